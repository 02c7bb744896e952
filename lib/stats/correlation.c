/* Pearson and Spearman. Pearson's sums are exact sums of products of deviations, so the order of the
 * rows cannot be seen in the result; Spearman's are sums of integers. Deviations are first scaled by a
 * power of two, so that squares neither overflow nor vanish. */
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

cst_correlation cst_correlation_of(double r, size_t n)
{
    cst_correlation c = {n, r, NAN, NAN};
    if (isnan(r) || n < 3) return c;
    double df = (double)n - 2, rest = (1 - r) * (1 + r);
    if (rest <= 0) {
        c.p = 0;
        return c;
    }
    c.t = r * sqrt(df / rest);
    c.p = cst_student_two_sided(c.t, df);
    return c;
}

static double bound(double r)
{
    return fmin(fmax(r, -1), 1);
}

double cst_power_of(const cst_summary *s)
{
    double most = fmax(s->greatest / 2 - s->mean / 2, s->mean / 2 - s->least / 2);
    return most > 0 ? ldexp(1, (int)fmin(fmax(-logb(most), -1000), 1000)) : 1;
}

cst_correlation cst_product_moment(const double *x, const double *y, size_t n)
{
    cst_summary sx, sy;
    cst_summary_of(x, n, &sx);
    cst_summary_of(y, n, &sy);
    if (n < 2 || sx.least == sx.greatest || sy.least == sy.greatest) return cst_correlation_of(NAN, n);
    double fx = cst_power_of(&sx), fy = cst_power_of(&sy), mx = sx.mean * fx, my = sy.mean * fy;
    cst_sum xx = {0}, yy = {0}, xy = {0};
    for (size_t i = 0; i < n; i++) {
        double dx = x[i] * fx - mx, dy = y[i] * fy - my;
        cst_sum_add(&xx, dx * dx);
        cst_sum_add(&yy, dy * dy);
        cst_sum_add(&xy, dx * dy);
    }
    double r = cst_sum_value(&xy) / sqrt(cst_sum_value(&xx) * cst_sum_value(&yy));
    return cst_correlation_of(bound(r), n);
}

/* The pairs without NAN; *px and *py are the caller's to free, also on failure. */
static cst_status keep_pairs(const double *x, const double *y, size_t n, double **px, double **py,
                             size_t *kept, cst_error *e)
{
    *kept = 0;
    *px = cst_zeroed(n, sizeof **px);
    *py = cst_zeroed(n, sizeof **py);
    if (!*px || !*py) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i])) continue;
        if (isinf(x[i]) || isinf(y[i]))
            return cst_fail(e, CST_DATA, "row %zu: expected finite numbers, found an infinite one", i + 1);
        (*px)[*kept] = x[i];
        (*py)[(*kept)++] = y[i];
    }
    return CST_OK;
}

cst_status cst_pearson(const double *x, const double *y, size_t n, cst_correlation *out, cst_error *e)
{
    double *px, *py;
    size_t kept;
    cst_status status = keep_pairs(x, y, n, &px, &py, &kept, e);
    if (status == CST_OK) *out = cst_product_moment(px, py, kept);
    free(px);
    free(py);
    return status;
}

/* Doubled midranks have the mean n + 1, whatever the ties. */
static double correlate_ranks(const uint64_t *a, const uint64_t *b, size_t n)
{
    cst_wide aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        cst_wide da = (cst_wide)a[i] - (cst_wide)(n + 1), db = (cst_wide)b[i] - (cst_wide)(n + 1);
        aa += da * da;
        bb += db * db;
        ab += da * db;
    }
    if (aa == 0 || bb == 0) return NAN;
    return bound((double)ab / sqrt((double)aa * (double)bb));
}

cst_status cst_spearman(const double *x, const double *y, size_t n, cst_correlation *out, cst_error *e)
{
    double *px, *py;
    size_t kept;
    cst_status status = keep_pairs(x, y, n, &px, &py, &kept, e);
    uint64_t *rank = cst_zeroed(2 * kept, sizeof *rank);
    if (status == CST_OK && !rank) status = cst_no_memory(e);
    if (status == CST_OK) status = cst_midranks(px, kept, rank, e);
    if (status == CST_OK) status = cst_midranks(py, kept, rank + kept, e);
    if (status == CST_OK) *out = cst_correlation_of(correlate_ranks(rank, rank + kept, kept), kept);
    free(rank);
    free(px);
    free(py);
    return status;
}
