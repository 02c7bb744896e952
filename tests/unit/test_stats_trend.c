/* Mann-Kendall against counts over all permutations (by Python's itertools) and R; Theil-Sen against R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <string.h>

static cst_error e;

static void expect_trend(const double *y, size_t n, int64_t s, double p)
{
    cst_trend t;
    assert_int_equal(cst_mann_kendall(y, n, &t, &e), CST_OK);
    assert_true(t.exact == (n <= 10));
    assert_int_equal(t.s, s);
    assert_true(fabs(t.p - p) < 1e-14);
}

static void exact(void **state)
{
    (void)state;
    expect_trend((const double[]){1, 2, 3, 4}, 4, 6, 2 / 24.);
    expect_trend((const double[]){1, 2, 4, 3}, 4, 4, 8 / 24.);
    expect_trend((const double[]){1, 2, 3, 5, 4}, 5, 8, 10 / 120.);
    expect_trend((const double[]){5, 4, 3, 2, 1}, 5, -10, 2 / 120.);
    expect_trend((const double[]){1, 2, 2, 3}, 4, 5, 4 / 24.);
    expect_trend((const double[]){1, 2, 3, 4, 6, 5}, 6, 13, 12 / 720.);
    expect_trend((const double[]){3, 1, 2, 2, 2, 5}, 6, 4, 408 / 720.);
    expect_trend((const double[]){1, 1, 2, 2, 3, 3, 1}, 7, 8, 1392 / 5040.);
    expect_trend((const double[]){4, 4, 4}, 3, 0, 1);
    expect_trend((const double[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 10, 45, 2 / 3628800.);
    expect_trend((const double[]){2}, 1, 0, 1);
    expect_trend(NULL, 0, 0, 1);
}

/* Without ties p <= .10 means |S| >= 6 of 4 values, 8 of 5, 11 of 6. */
static void thresholds(void **state)
{
    (void)state;
    const int64_t least[] = {6, 8, 11};
    for (size_t n = 4; n <= 6; n++) {
        size_t seen = 0;
        for (size_t k = 0; k < n; k++) { /* k swaps of neighbours from the end: S falls by 2 each */
            double y[6];
            cst_trend t;
            for (size_t i = 0; i < n; i++) y[i] = (double)i;
            for (size_t i = n - 1; i > n - 1 - k; i--) {
                double swap = y[i];
                y[i] = y[i - 1];
                y[i - 1] = swap;
            }
            assert_int_equal(cst_mann_kendall(y, n, &t, &e), CST_OK);
            assert_true((t.p <= .10) == (t.s >= least[n - 4]));
            seen += t.p <= .10;
        }
        assert_true(seen > 0 && seen < n);
    }
}

static void by_approximation(void **state)
{
    (void)state;
    expect_trend((const double[]){1, 3, 2, 5, 5, 7, 6, 8, 9, 9, 10, 12, 11, 4}, 14, 63, 0.000663092039590321);
    expect_trend((const double[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 11, 0, 1);
}

static void slope(void **state)
{
    (void)state;
    double s;
    const double x[] = {1, 2, 4, 4, 7, 9}, y[] = {3, 2, 8, 9, 9, 20};
    assert_int_equal(cst_theil_sen(x, y, 6, &s, &e), CST_OK);
    assert_true(s == 2.0625);
    assert_int_equal(cst_theil_sen(x + 2, y + 2, 2, &s, &e), CST_OK);
    assert_true(isnan(s));
    assert_int_equal(cst_theil_sen(x, y, 0, &s, &e), CST_OK);
    assert_true(isnan(s));
    assert_int_equal(cst_theil_sen(x, y, 10001, &s, &e), CST_LIMIT);
    assert_int_equal(cst_theil_sen((const double[]){1, NAN}, y, 2, &s, &e), CST_DATA);
    cst_trend t;
    assert_int_equal(cst_mann_kendall((const double[]){1, NAN}, 2, &t, &e), CST_DATA);
    assert_non_null(strstr(e.message, "value 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exact), cmocka_unit_test(thresholds),
                                       cmocka_unit_test(by_approximation), cmocka_unit_test(slope)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
