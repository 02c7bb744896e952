/* Tail probabilities on GSL's cumulative distributions.
 *
 * GSL's Student t takes a Cornish-Fisher expansion for many degrees of freedom, good to a few digits
 * only; the identity with the incomplete beta function keeps full precision: P(|T| > t) =
 * I_{v/(v+t^2)}(v/2, 1/2) (Abramowitz and Stegun 26.7.1). GSL's gamma and beta tails report an
 * underflow as an error, which ends the process unless the program switched the handler; a Chernoff
 * bound tells beforehand.
 */
#include "stats/distribution.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

static const double deepest = 690; /* exp(-690) = 2e-300 */

double cst_normal_two_sided(double z)
{
    z = fabs(z);
    if (z * z / 2 > deepest) return 0;
    return 2 * gsl_cdf_ugaussian_Q(z);
}

double cst_normal_quantile(double level)
{
    return gsl_cdf_ugaussian_Qinv((1 - level) / 2);
}

double cst_student_two_sided(double t, double df)
{
    double t2 = t * t;
    if (t2 == 0) return 1;
    if (df > 1e5) {
        /* GSL's beta function turns to an expansion here; Hill's (1970, Algorithm 396) is exact */
        double a = df - 0.5, b = 48 * a * a, y = a * log1p(t2 / df);
        double more = (((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3;
        return cst_normal_two_sided((more / b + 1) * sqrt(y));
    }
    if (df / 2 * log1p(t2 / df) > deepest) return 0;
    if (t2 < df) return gsl_cdf_beta_Q(t2 / (df + t2), 0.5, df / 2);
    return gsl_cdf_beta_P(df / (df + t2), df / 2, 0.5);
}

double cst_chi_square_upper(double x, double df)
{
    if (x <= 0) return 1;
    if (x > df && (x - df - df * log(x / df)) / 2 > deepest) return 0;
    if (df == 1) return cst_normal_two_sided(sqrt(x));
    return gsl_cdf_chisq_Q(x, df);
}
