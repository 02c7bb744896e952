/* stats/concordance.h: do those of higher risk leave earlier? */
#ifndef CST_STATS_CONCORDANCE_H
#define CST_STATS_CONCORDANCE_H
#include <cstools/base.h>

/* Rows in ascending order of time. (concordant + tied risk / 2) / comparable pairs; NAN when there are
 * none. */
cst_status cst_concordance(const double *time, const unsigned char *event, const double *risk, size_t n,
                           double *out, cst_error *e);
#endif
