/* stats/contingency.h: two by two tables of whole numbers: whether two things go together beyond chance. */
#ifndef CST_STATS_CONTINGENCY_H
#define CST_STATS_CONTINGENCY_H
#include <stdbool.h>
#include <stdint.h>

/* Of n: a have the first thing, b the second, both have both (both <= a, b; a + b - both <= n). */
typedef struct cst_pair_count {
    uint64_t n, a, b, both;
} cst_pair_count;

/* Whether a cell is expected to hold less than five, so that chi-square is no approximation to trust. */
bool cst_pair_small(const cst_pair_count *c);
/* Pearson's chi-square on one degree of freedom, without a correction for continuity; 1 where a row or a
 * column is empty. As chisq.test(correct = FALSE) of R. */
double cst_pair_chi_square(const cst_pair_count *c);
/* Fisher's exact test, two-sided: the sum of all tables with these margins that are no more likely than
 * this one, as fisher.test of R (which takes those within 1e-7 of it for as likely). */
double cst_pair_fisher(const cst_pair_count *c);
#endif
