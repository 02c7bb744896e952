/* metrics/running.h: counts and sums of many windows over the same rows. Each row is looked at once: what a
 * window holds is the difference of two running totals, those where it ends and where it begins. */
#ifndef CST_METRICS_RUNNING_H
#define CST_METRICS_RUNNING_H
#include "metrics/sliding.h"

/* The rows low <= i < high stand in a window. */
typedef struct met_bound {
    size_t low, high;
} met_bound;
/* Rows are in order of time; out[k] for k of [w->begin, w->end). */
void met_bounds_find(const met_item *row, size_t n, const met_windows *w, met_bound *out);

/* Totals of the rows before the i-th, i = 0 ... n; zero-initialise. */
typedef struct met_running {
    struct met_running_total *total;
    size_t room;
} met_running;
void met_running_clear(met_running *r);
/* Whether the measure is a count, a sum or a mean. */
bool met_running_serves(const met_measure *u);
/* The values of rows are pointers to their records, `mask` their conditions by class. *exact: all values are
 * whole millionths, and so is every total within 64 bits; else the totals are not to be used. false: out of
 * memory. */
bool met_running_make(met_running *r, const met_measure *u, const met_mask *mask, const met_item *row,
                      size_t n, bool *exact);
/* The figures of all windows, as met_slide gives them. */
cst_status met_running_measure(const met_running *r, const met_measure *u, const met_bound *bound,
                               const met_windows *w, uint64_t *cell, cst_error *e);
#endif
