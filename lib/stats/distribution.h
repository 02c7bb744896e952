/* stats/distribution.h: tail probabilities and the logistic function. Tails are GSL's, with the arguments
 * kept inside the range where GSL neither underflows (its handler would end the process) nor approximates.
 * Below 1e-300 they are 0. */
#ifndef CST_STATS_DISTRIBUTION_H
#define CST_STATS_DISTRIBUTION_H

#include <math.h>

/* The chance whose logit this is: 1 / (1 + exp(-logit)), without overflow. */
static inline double cst_chance_of_logit(double logit)
{
    double t = exp(-fabs(logit));
    return logit >= 0 ? 1 / (1 + t) : t / (1 + t);
}
double cst_normal_two_sided(double z);
double cst_normal_quantile(double level);          /* z with P(|Z| <= z) = level, 0 < level < 1 */
double cst_student_two_sided(double t, double df); /* df > 0 */
double cst_chi_square_upper(double x, double df);  /* P(X > x), df > 0 */
#endif
