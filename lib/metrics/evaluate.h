/* metrics/evaluate.h: all measures of all accounts on all days of the grid. */
#ifndef CST_METRICS_EVALUATE_H
#define CST_METRICS_EVALUATE_H
#include "metrics/aggregate.h"
#include "metrics/derive.h"
#include "metrics/grid.h"
#include "metrics/lines.h"

/* The figures: of account a, rows row[a] to row[a + 1], one per day of the grid from day grid.n - rows on;
 * `metrics` cells a row. */
typedef struct met_figures {
    size_t *row; /* accounts + 1 */
    size_t metrics;
    uint64_t *cell;
    unsigned char *active; /* by row: 0, 1; 2: not known (no subscriptions) */
} met_figures;

typedef struct met_evaluation {
    const met_plans *plans;
    const met_company *company;
    const met_grid *grid;
    const met_derived *derived;
    met_valuation valuation;
    cst_renewal_rules rules;
} met_evaluation;

/* CST_DATA: an account below zero, a rate that is not there, a value that an expression cannot read. */
cst_status met_evaluate(const met_evaluation *v, int threads, met_figures *out, cst_error *e);
void met_figures_clear(met_figures *f);
/* How the rows lie: sets row[]; `skip` (may be NULL) tells accounts to leave out. */
cst_status met_figures_place(const met_company *c, const met_grid *g, const bool *skip, size_t metrics,
                             met_figures *out, cst_error *e);
#endif
