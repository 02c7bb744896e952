/* drivers/sample_measures.h: the columns that a sample measures. */
#ifndef CST_DRIVERS_SAMPLE_MEASURES_H
#define CST_DRIVERS_SAMPLE_MEASURES_H
#include "drivers/sample.h"

/* Sets the sample's measures, their names, and a column without rows for each. *slot: where the reader has
 * each; the caller frees it, also after a failure. CST_USAGE: a list with a name twice or empty. CST_DATA: a
 * column that is not there, or nothing to measure. */
cst_status drv_sample_measures(const drv_sample_opts *o, const cst_groups *by, drv_sample *s, int **slot,
                               cst_error *e);
#endif
