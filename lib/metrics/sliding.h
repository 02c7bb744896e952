/* metrics/sliding.h: measures over rows that do not change: a window that slides over items in order of
 * time, each of which enters once and leaves once. */
#ifndef CST_METRICS_SLIDING_H
#define CST_METRICS_SLIDING_H
#include "metrics/aggregate.h"

/* Sorts by time; `spare` has as much room. Runs that stand in order already are merged, so that what comes
 * in order costs one look. */
void cst_items_sort(cst_item *item, size_t n, cst_item *spare);

/* Numbers for distinct values; zero-initialise. */
typedef struct cst_tally {
    struct cst_tally_key *key; /* open addressing */
    uint32_t *count;           /* by number; for whoever counts */
    size_t memory, room, counts;
} cst_tally;
void cst_tally_clear(cst_tally *t);
/* Forgets all, and makes room for at most n values; false: out of memory. */
bool cst_tally_begin(cst_tally *t, size_t n);
/* 0, 1, 2 ..., the same for the same: of a value, or of a text, which stays where it is until the next
 * begin. */
uint32_t cst_tally_value(cst_tally *t, uint64_t v);
uint32_t cst_tally_text(cst_tally *t, cst_text text);

/* Windows from[k] <= t < to[k], neither ever going back, to cell[k * stride] for k of [begin, end). */
typedef struct cst_windows {
    const int64_t *from, *to; /* from INT64_MIN: since ever */
    const bool *missing;      /* begins before the stream does */
    const cst_day *day;
    size_t begin, end, stride;
} cst_windows;
/* Items are sorted; for `distinct` their values are numbers of the tally. */
cst_status cst_slide(const cst_measure *u, cst_item *item, size_t n, const cst_windows *w, cst_tally *t,
                     uint64_t *cell, cst_error *e);
#endif
