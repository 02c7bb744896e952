/* metrics/evaluate.h: all measures of all accounts on all days of the grid. */
#ifndef CST_METRICS_EVALUATE_H
#define CST_METRICS_EVALUATE_H
#include "metrics/aggregate.h"
#include "metrics/derive.h"
#include "metrics/grid.h"
#include "metrics/lines.h"

/* The figures: of account a, rows row[a] to row[a + 1], one per day of the grid from day grid.n - rows on;
 * `metrics` cells a row. */
typedef struct cst_figures {
    size_t *row; /* accounts + 1 */
    size_t metrics;
    uint64_t *cell;
    unsigned char *active; /* by row: 0, 1; 2: not known (no subscriptions) */
} cst_figures;

typedef struct cst_evaluation {
    const cst_plans *plans;
    const cst_company *company;
    const cst_grid *grid;
    const cst_derived *derived;
    cst_valuation valuation;
    int32_t grace;
} cst_evaluation;

/* CST_DATA: an account below zero, a rate that is not there, a value that an expression cannot read. */
cst_status cst_evaluate(const cst_evaluation *v, int threads, cst_figures *out, cst_error *e);
void cst_figures_clear(cst_figures *f);
/* How the rows lie: sets row[]; `skip` (may be NULL) tells accounts to leave out. CST_MEMORY. */
cst_status cst_figures_place(const cst_company *c, const cst_grid *g, const bool *skip, size_t metrics,
                             cst_figures *out, cst_error *e);
#endif
