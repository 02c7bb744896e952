/* drivers/correlate.h: which measures go with the outcome: a row per measure, for the whole and for
 * each segment. */
#ifndef CST_DRIVERS_CORRELATE_H
#define CST_DRIVERS_CORRELATE_H
#include "drivers/sample.h"
#include <cstools/stats.h>
#include <cstools/write.h>

#define DRV_COLLINEAR 0.5 /* |r| from which measures fall into one cluster */

typedef struct drv_correlations {
    cst_association *row; /* by measure */
    double *q;            /* Benjamini-Hochberg over the measures */
    uint32_t *cluster;    /* 1, 2 ... */
} drv_correlations;

/* Of all rows of the sample; threads share out the measures, the figures are the same for any number. */
cst_status drv_correlate(const drv_sample *s, int threads, drv_correlations *out, cst_error *e);
void drv_correlations_clear(drv_correlations *c);

/* The table, with the columns of --by first, and then drv_segment_columns last. The header is the caller's.
 */
#define DRV_CORRELATE_COLUMNS 16
#define DRV_SEGMENT_COLUMNS   4
extern const cst_column drv_correlate_columns[DRV_CORRELATE_COLUMNS];
extern const cst_column drv_segment_columns[DRV_SEGMENT_COLUMNS];
cst_status drv_correlate_write(const drv_sample *s, int threads, cst_writer *w, cst_error *e);
#endif
