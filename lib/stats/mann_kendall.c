/* Mann and Kendall's test of trend.
 *
 * S counts rising pairs less falling ones. Under no trend every order of the values is equally likely,
 * and S = pairs that differ - 2 x inversions, so P follows from the number of orders with k
 * inversions. For a multiset with t_1, t_2, ... equal values that is the coefficient of q^k in the
 * q-multinomial [n]! / ([t_1]! [t_2]! ...), [m]! = prod (1 + q + ... + q^(i - 1)), i <= m (MacMahon
 * 1913); up to n = 10 all of it are small integers. Above, the normal approximation with the variance
 * for ties (Kendall 1975), S taken one nearer to 0.
 */
#include "stats/column.h"
#include "stats/distribution.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_EXACT = 10, TERMS = MOST_EXACT * (MOST_EXACT - 1) / 2 + 1 };

/* poly x (1 + q + ... + q^(m - 1)) */
static void multiply_by(int64_t poly[TERMS], size_t m)
{
    int64_t out[TERMS] = {0};
    for (size_t k = 0; k < TERMS; k++)
        for (size_t i = 0; i < m && i <= k; i++) out[k] += poly[k - i];
    for (size_t k = 0; k < TERMS; k++) poly[k] = out[k];
}

/* The inverse; exact as long as the product before it held that factor. */
static void divide_by(int64_t poly[TERMS], size_t m)
{
    for (size_t k = 0; k < TERMS; k++)
        for (size_t i = 1; i < m && i <= k; i++) poly[k] -= poly[k - i];
}

static double exact_p(int64_t s, size_t n, int64_t pairs, const size_t *tie, size_t ties)
{
    int64_t orders[TERMS] = {1}, all = 0, as_far = 0;
    for (size_t m = 2; m <= n; m++) multiply_by(orders, m);
    for (size_t g = 0; g < ties; g++)
        for (size_t m = 2; m <= tie[g]; m++) divide_by(orders, m);
    for (int64_t k = 0; k <= pairs; k++) {
        all += orders[k];
        if (llabs(pairs - 2 * k) >= llabs(s)) as_far += orders[k];
    }
    return (double)as_far / (double)all;
}

static double normal_p(int64_t s, size_t n, const size_t *tie, size_t ties)
{
    double m = (double)n, variance = m * (m - 1) * (2 * m + 5);
    for (size_t g = 0; g < ties; g++) {
        double t = (double)tie[g];
        variance -= t * (t - 1) * (2 * t + 5);
    }
    variance /= 18;
    if (s == 0 || !(variance > 0)) return 1;
    return cst_normal_two_sided(((double)llabs(s) - 1) / sqrt(variance));
}

cst_status cst_mann_kendall(const double *y, size_t n, cst_trend *out, cst_error *e)
{
    *out = (cst_trend){0, 1, n <= MOST_EXACT};
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]))
            return cst_fail(e, CST_DATA, "value %zu: expected a finite number, found none", i + 1);
    if (n > 100000) return cst_fail(e, CST_LIMIT, "expected at most 100000 values for a trend, found %zu", n);
    double *sorted = cst_zeroed(n, sizeof *sorted);
    size_t *tie = cst_zeroed(n, sizeof *tie), ties = 0;
    cst_status status = sorted && tie ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) {
        int64_t pairs = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++) {
                out->s += (y[j] > y[i]) - (y[j] < y[i]);
                pairs += y[j] != y[i];
            }
        for (size_t i = 0; i < n; i++) sorted[i] = y[i];
        status = cst_sort(sorted, n, e);
        for (size_t i = 0; i < n; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) ties++;
            tie[ties - 1]++;
        }
        if (n > 0)
            out->p = out->exact ? exact_p(out->s, n, pairs, tie, ties) : normal_p(out->s, n, tie, ties);
    }
    free(sorted);
    free(tie);
    return status;
}
