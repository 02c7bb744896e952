/* stats/linear.h: positive definite systems, row-major n x n, and products of tall matrices, a' b. */
#ifndef CST_STATS_LINEAR_H
#define CST_STATS_LINEAR_H
#include <cstools/base.h>

/* Factors the lower triangle of a in place, a = L L'. Returns n, or the first row whose pivot is not
 * above `tolerance` times its diagonal element (or not a number): the row that depends on those before
 * it. */
size_t cst_cholesky(double *a, size_t n, double tolerance);
/* Solves L L' b = b in place. false: GSL refused. */
bool cst_cholesky_solve(const double *l, size_t n, double *b);
/* Replaces L by the whole inverse of L L'. false: GSL refused. */
bool cst_cholesky_invert(double *l, size_t n);
/* diagonal[n] = that of the inverse of L L'; the factor stays, `room` takes n x n. false: GSL refused. */
bool cst_cholesky_variances(const double *l, size_t n, double *room, double *diagonal);
/* The element of now[n] that has grown most against before[n], if by more than a factor of a million
 * (a coefficient on its way to infinity loses its information by e per step); n: none. */
size_t cst_runaway(const double *before, const double *now, size_t n);

/* Columns are laid out in fours: width rounded up, the rest 0. */
static inline size_t cst_gram_width(size_t columns)
{
    return (columns + 3) & ~(size_t)3;
}

/* out[i * width + j] += sum over rows of a[r * width + i] b[r * width + j], width a multiple of 4;
 * with `lower`, only the tiles that hold elements j <= i. */
void cst_gram_add(const double *a, const double *b, size_t rows, size_t width, bool lower, double *out);
#endif
