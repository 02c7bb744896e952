/* metrics/output.h: the metrics stream: account_id, period, active, then a column per metric, sorted by
 * period and account. */
#ifndef CST_METRICS_OUTPUT_H
#define CST_METRICS_OUTPUT_H
#include "metrics/evaluate.h"
#include <cstools/write.h>

typedef struct met_output {
    const met_plans *plans;
    const met_company *company;
    const met_grid *grid;
    const met_figures *figures;
} met_output;

/* The caller frees the array. */
cst_status met_output_columns(const met_spec *s, cst_column **out, size_t *n, cst_error *e);
cst_status met_output_write(const met_output *o, int threads, cst_writer *w, cst_error *e);
#endif
