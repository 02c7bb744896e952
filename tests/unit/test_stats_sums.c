/* Exact sums; figures by Python's fractions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <float.h>
#include <math.h>

static double sum_of(const double *v, size_t n)
{
    cst_sum s = {0};
    for (size_t i = 0; i < n; i++) cst_sum_add(&s, v[i]);
    return cst_sum_value(&s);
}

static void doubles(void **state)
{
    (void)state;
    assert_true(sum_of(NULL, 0) == 0);
    assert_true(sum_of((const double[]){1e308, 1, -1e308}, 3) == 1);
    assert_true(sum_of((const double[]){1e100, 3.5, 1e-100, -1e100, -3.5}, 5) == 1e-100);
    assert_true(sum_of((const double[]){0.1, 0.2, 0.3, -0.6}, 4) ==
                2.7755575615628914e-17); /* Python's fsum */
    assert_true(sum_of((const double[]){5e-324, 5e-324, 5e-324}, 3) == 15e-324);
    assert_true(sum_of((const double[]){-5e-324, DBL_MIN}, 2) == DBL_MIN - 5e-324);
    assert_true(sum_of((const double[]){DBL_MAX, -1e292, DBL_MAX, -DBL_MAX}, 4) == DBL_MAX - 1e292);
    assert_true(isinf(sum_of((const double[]){DBL_MAX, DBL_MAX}, 2)));
    assert_true(sum_of((const double[]){-1, -0x1p-53, -0x1p-80}, 3) ==
                -(1 + 0x1p-52));                               /* just over half: up */
    assert_true(sum_of((const double[]){1, 0x1p-53}, 2) == 1); /* half: to even */
    assert_true(sum_of((const double[]){1, 0x1p-53, 0x1p-1000}, 3) == 1 + 0x1p-52);
}

static void summary(void **state)
{
    (void)state;
    cst_summary s;
    cst_summary_of((const double[]){3, NAN, 1, 2, NAN}, 5, &s);
    assert_true(s.n == 3 && s.mean == 2 && s.sd == 1 && s.least == 1 && s.greatest == 3);
    cst_summary_of((const double[]){NAN}, 1, &s);
    assert_true(s.n == 0 && isnan(s.mean) && isnan(s.sd) && isnan(s.least));
    cst_summary_of((const double[]){0.1, 0.1, 0.1}, 3, &s);
    assert_true(s.sd == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(doubles), cmocka_unit_test(summary)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
