/* stats/rank.h: what the rank statistics share. */
#ifndef CST_STATS_RANK_H
#define CST_STATS_RANK_H
#include <cstools/stats.h>

/* Twice the midranks, from the sorting order. */
void cst_midranks_from(const double *x, const uint32_t *order, size_t n, uint64_t *rank2);
/* One past the last position of the run of equal values that begins at `begin` of the order. */
size_t cst_tie_end(const double *x, const uint32_t *order, size_t n, size_t begin);
/* floor(i x n / parts) without overflow: where part i of n ranks ends. */
static inline size_t cst_part_edge(size_t i, size_t n, size_t parts)
{
    return (size_t)((cst_wide)i * (cst_wide)n / (cst_wide)parts);
}
/* t and p of a coefficient over n pairs. */
cst_correlation cst_correlation_of(double r, size_t n);
/* Product moment of n pairs of finite numbers. */
cst_correlation cst_product_moment(const double *x, const double *y, size_t n);
/* The power of two by which the largest deviation from the mean comes near 1, so that squares neither
 * overflow nor vanish. */
double cst_power_of(const cst_summary *s);
/* The area and Spearman's coefficient (NAN where it does not exist) of ascending x with its labels. */
void cst_rank_association(const double *x, const unsigned char *label, size_t n, double level, cst_auc *out,
                          double *rho);
/* Rows of x that are not NAN, with what belongs to them: fills kept_x and kept_label (which may be
 * NULL), returns how many; inf is CST_DATA. */
cst_status cst_drop_missing(const double *x, const unsigned char *label, size_t n, double *kept_x,
                            unsigned char *kept_label, size_t *kept, cst_error *e);
#endif
