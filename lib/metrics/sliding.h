/* metrics/sliding.h: measures over rows that do not change: a window that slides over items in order of time, each of
 * which enters once and leaves once. */
#ifndef CST_METRICS_SLIDING_H
#define CST_METRICS_SLIDING_H
#include "metrics/aggregate.h"

/* Sorts by time; `spare` has as much room. Runs that stand in order already are merged, so that what comes in order costs
 * one look. */
void cst_items_sort(cst_item *item, size_t n, cst_item *spare);

/* Memory for counting distinct values; zero-initialise. */
typedef struct cst_tally {
    uint64_t *key; /* a table of values, open addressing */
    uint32_t *value, *count;
    size_t room, counts;
} cst_tally;
void cst_tally_clear(cst_tally *t);
/* Replaces the values of n items by small numbers 0, 1, 2 ..., the same for the same; false: out of memory. */
bool cst_tally_number(cst_tally *t, cst_item *item, size_t n);

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
