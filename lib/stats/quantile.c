/* Quantiles by linear interpolation (type 7), by GSL; a value that is the same on both sides is not
 * interpolated. */
#include <cstools/stats.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

double cst_quantile(const double *sorted, size_t n, double p)
{
    if (n == 0) return NAN;
    if (!(p > 0)) return sorted[0];
    if (p >= 1) return sorted[n - 1];
    return gsl_stats_quantile_from_sorted_data(sorted, 1, n, p);
}
