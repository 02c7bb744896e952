/* metrics/sliding.h: measures over rows that do not change: a window that slides over items in order of
 * time, each of which enters once and leaves once. */
#ifndef CST_METRICS_SLIDING_H
#define CST_METRICS_SLIDING_H
#include "metrics/aggregate.h"

/* Sorts by time; `spare` has as much room. Runs that stand in order already are merged, so that what comes
 * in order costs one look. */
void met_items_sort(met_item *item, size_t n, met_item *spare);

/* Numbers for distinct values; zero-initialise. */
typedef struct met_tally {
    struct met_tally_key *key; /* open addressing */
    uint32_t *count;           /* by number; for whoever counts */
    size_t memory, room, counts;
    uint64_t seed; /* of the hashes */
} met_tally;
void met_tally_clear(met_tally *t);
/* Forgets all, and makes room for at most n values. */
bool met_tally_begin(met_tally *t, size_t n);
/* 0, 1, 2 ..., the same for the same: of a value, or of a text, which stays where it is until the next
 * begin. */
uint32_t met_tally_value(met_tally *t, uint64_t v);
uint32_t met_tally_text(met_tally *t, cst_text text);

/* Windows from[k] <= t < to[k], neither ever going back, to cell[k * stride] for k of [begin, end). */
typedef struct met_windows {
    const int64_t *from, *to; /* from INT64_MIN: since ever */
    const bool *missing;      /* begins before the stream does */
    const cst_day *day;
    size_t begin, end, stride;
} met_windows;
/* Items are sorted; for `distinct` their values are numbers of the tally. */
cst_status met_slide(const met_measure *u, met_item *item, size_t n, const met_windows *w, met_tally *t,
                     uint64_t *cell, cst_error *e);
#endif
