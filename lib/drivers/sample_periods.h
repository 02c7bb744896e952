/* drivers/sample_periods.h: periods a horizon apart, so that one loss counts once. */
#ifndef CST_DRIVERS_SAMPLE_PERIODS_H
#define CST_DRIVERS_SAMPLE_PERIODS_H
#include "drivers/sample.h"

/* Leaves out the rows of periods that come less than a horizon before the next that counts, and counts them
 * as `between`. Nothing is left out where there is no horizon (labels from a column) or --all-periods. */
cst_status drv_sample_space(const drv_sample_opts *o, drv_sample *s, cst_error *e);
#endif
