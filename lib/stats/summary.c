/* Count, mean, deviation, range and quantiles of doubles, the same for any order of the rows: exact sums
 * of x and of (x - mean)^2. Where the sum would pass the range of a double, or the squares would pass it
 * or vanish, powers of two keep them inside; they change no digit. */
#include "stats/rank.h"
#include <cstools/stats.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* The mean of values whose sum is past DBL_MAX; it is not, itself. */
static double mean_of_large(const double *x, size_t n, size_t kept)
{
    cst_sum sum = {0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) cst_sum_add(&sum, ldexp(x[i], -64));
    return ldexp(cst_sum_value(&sum) / (double)kept, 64);
}

void cst_summary_of(const double *x, size_t n, cst_summary *out)
{
    cst_sum sum = {0}, squares = {0};
    *out = (cst_summary){0, NAN, NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) continue;
        cst_sum_add(&sum, x[i]);
        if (out->n++ == 0) out->least = out->greatest = x[i];
        if (x[i] < out->least) out->least = x[i];
        if (x[i] > out->greatest) out->greatest = x[i];
    }
    if (out->n == 0) return;
    out->mean = cst_sum_value(&sum) / (double)out->n;
    if (isinf(out->mean)) out->mean = mean_of_large(x, n, out->n);
    if (out->n < 2) return;
    double f = cst_power_of(out), mean = out->mean * f;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] * f - mean;
        if (!isnan(x[i])) cst_sum_add(&squares, d * d);
    }
    out->sd = out->least == out->greatest ? 0 : sqrt(cst_sum_value(&squares) / (double)(out->n - 1)) / f;
}

/* Quantiles by linear interpolation (type 7), by GSL; a value that is the same on both sides is not
 * interpolated. */

double cst_quantile(const double *sorted, size_t n, double p)
{
    if (n == 0) return NAN;
    if (!(p > 0)) return sorted[0];
    if (p >= 1) return sorted[n - 1];
    return gsl_stats_quantile_from_sorted_data(sorted, 1, n, p);
}
