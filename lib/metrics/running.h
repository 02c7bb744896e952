/* metrics/running.h: counts and sums of many windows over the same rows. Each row is looked at once: what a
 * window holds is the difference of two running totals, those where it ends and where it begins. */
#ifndef CST_METRICS_RUNNING_H
#define CST_METRICS_RUNNING_H
#include "metrics/sliding.h"

/* The rows low <= i < high stand in a window. */
typedef struct cst_bound {
    size_t low, high;
} cst_bound;
/* Rows are in order of time; out[k] for k of [w->begin, w->end). */
void cst_bounds_find(const cst_item *row, size_t n, const cst_windows *w, cst_bound *out);

/* Totals of the rows before the i-th, i = 0 ... n; zero-initialise. */
typedef struct cst_running {
    struct cst_running_total *total;
    size_t room;
} cst_running;
void cst_running_clear(cst_running *r);
/* Whether the measure is a count, a sum or a mean. */
bool cst_running_serves(const cst_measure *u);
/* The values of rows are pointers to their records, `mask` their conditions by class. *exact: all values are
 * whole millionths, and so is every total within 64 bits; else the totals are not to be used. false: out of
 * memory. */
bool cst_running_make(cst_running *r, const cst_measure *u, const cst_mask *mask, const cst_item *row,
                      size_t n, bool *exact);
/* The figures of all windows, as cst_slide gives them. */
cst_status cst_running_measure(const cst_running *r, const cst_measure *u, const cst_bound *bound,
                               const cst_windows *w, uint64_t *cell, cst_error *e);
#endif
