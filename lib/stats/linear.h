/* stats/linear.h: positive definite systems, row-major n x n. */
#ifndef CST_STATS_LINEAR_H
#define CST_STATS_LINEAR_H
#include <cstools/base.h>

/* Factors the lower triangle of a in place, a = L L'. Returns n, or the first row whose pivot is not above `tolerance` times its
 * diagonal element (or not a number): the row that depends on those before it. */
size_t cst_cholesky(double *a, size_t n, double tolerance);
/* Solves L L' b = b in place. false: GSL refused. */
bool cst_cholesky_solve(const double *l, size_t n, double *b);
/* Replaces L by the whole inverse of L L'. false: GSL refused. */
bool cst_cholesky_invert(double *l, size_t n);
#endif
