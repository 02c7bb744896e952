/* metrics/output.h: the metrics stream: account_id, period, active, then a column per metric, sorted by
 * period and account. */
#ifndef CST_METRICS_OUTPUT_H
#define CST_METRICS_OUTPUT_H
#include "metrics/evaluate.h"
#include <cstools/write.h>

typedef struct cst_output {
    const cst_plans *plans;
    const cst_company *company;
    const cst_grid *grid;
    const cst_figures *figures;
} cst_output;

/* The caller frees the array. */
cst_status cst_output_columns(const cst_spec *s, cst_column **out, size_t *n, cst_error *e);
cst_status cst_output_write(const cst_output *o, int threads, cst_writer *w, cst_error *e);
#endif
