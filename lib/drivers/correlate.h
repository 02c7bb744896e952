/* drivers/correlate.h: which measures go with the outcome: a row per measure, for the whole and for
 * each segment. */
#ifndef CST_DRIVERS_CORRELATE_H
#define CST_DRIVERS_CORRELATE_H
#include "drivers/sample.h"
#include <cstools/stats.h>
#include <cstools/write.h>

#define CST_COLLINEAR 0.5 /* |r| from which measures fall into one cluster */

typedef struct cst_correlations {
    cst_association *row; /* by measure */
    double *q;            /* Benjamini-Hochberg over the measures */
    uint32_t *cluster;    /* 1, 2 ... */
} cst_correlations;

/* Of all rows of the sample; threads share out the measures, the figures are the same for any number. */
cst_status cst_correlate(const cst_sample *s, int threads, cst_correlations *out, cst_error *e);
void cst_correlations_clear(cst_correlations *c);

/* The table, with the columns of --by (names[]) first. The header is the caller's:
 * cst_correlate_columns of them. */
#define CST_CORRELATE_COLUMNS 16
extern const cst_column cst_correlate_columns[CST_CORRELATE_COLUMNS];
cst_status cst_correlate_write(const cst_sample *s, int threads, cst_writer *w, cst_error *e);
#endif
