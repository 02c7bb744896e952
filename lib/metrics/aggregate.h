/* metrics/aggregate.h: one figure from the items of a window. */
#ifndef CST_METRICS_AGGREGATE_H
#define CST_METRICS_AGGREGATE_H
#include "metrics/plan.h"

/* A row that counts: when, and its value as a slot has it. */
typedef struct met_item {
    int64_t t;
    uint64_t v;
} met_item;

/* A sum: exact in millionths of what has millionths (met_field_fixed); other numbers are counted as odd, and
 * then the items are summed as they are (cst_sum). */
typedef struct met_total {
    cst_wide fixed;
    uint64_t odd;
} met_total;
void met_total_add(met_total *s, met_slot_kind kind, uint64_t v);
void met_total_take(met_total *s, met_slot_kind kind, uint64_t v); /* of what was added */

/* A cell of the result: a double, the number of a day where the measure is a date, or money where it says
 * so. */
uint64_t met_cell_missing(const met_measure *u);
bool met_cell_is_missing(const met_measure *u, uint64_t cell);
double met_cell_number(const met_measure *u, uint64_t cell); /* NAN: missing; money in units */

/* The figure of n items in any order; `day` is the period's last day. Items are sorted by value for
 * `distinct`. CST_LIMIT: money that does not fit. */
cst_status met_aggregate_items(const met_measure *u, met_item *item, size_t n, cst_day day, uint64_t *cell,
                               cst_error *e);
/* The same of a count and a total (count, sum, mean); items are needed only where the total is odd. */
cst_status met_aggregate_total(const met_measure *u, const met_total *s, const met_item *item, size_t n,
                               uint64_t *cell, cst_error *e);
/* The same of items in order of time. */
cst_status met_aggregate_window(const met_measure *u, met_item *item, size_t n, cst_day day, uint64_t *cell,
                                cst_error *e);
#endif
