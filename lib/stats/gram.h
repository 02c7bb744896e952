/* stats/gram.h: products of tall matrices, a' b. */
#ifndef CST_STATS_GRAM_H
#define CST_STATS_GRAM_H
#include <cstools/base.h>

/* Columns are laid out in fours: width rounded up, the rest 0. */
static inline size_t cst_gram_width(size_t columns)
{
    return (columns + 3) & ~(size_t)3;
}

/* out[i * width + j] += sum over rows of a[r * width + i] b[r * width + j], width a multiple of 4;
 * with `lower`, only the tiles that hold elements j <= i. */
void cst_gram_add(const double *a, const double *b, size_t rows, size_t width, bool lower, double *out);
#endif
