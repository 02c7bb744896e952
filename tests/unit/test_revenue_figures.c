/* The arithmetic behind ratios: products rounded once, quantiles of integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "revenue/figures.h"

static void products_are_rounded_once(void **unused)
{
    (void)unused;
    bool failed = false;
    cst_wide net[3] = {220, 130, 110}, gross[3] = {200, 130, 90}, base[3] = {200, 270, 130};
    assert_int_equal(rev_product_of(net, base, 3, &failed).v, 448148);
    assert_int_equal(rev_product_of(gross, base, 3, &failed).v, 333333);
    /* half away from zero: 1/2 x 1/10^6 = 0.0000005 */
    cst_wide one[2] = {1, 1}, half[2] = {2, 1000000};
    assert_int_equal(rev_product_of(one, half, 2, &failed).v, 1);
    cst_wide minus[2] = {-1, 1};
    assert_int_equal(rev_product_of(minus, half, 2, &failed).v, -1);
    /* a hundred months of sums past 64 bits: exactly 1, and exactly 2 */
    cst_wide large[100], same[100];
    for (int i = 0; i < 100; i++) large[i] = same[i] = ((cst_wide)INT64_MAX << 30) + i;
    assert_int_equal(rev_product_of(large, same, 100, &failed).v, 1000000);
    large[99] *= 2;
    assert_int_equal(rev_product_of(large, same, 100, &failed).v, 2000000);
    same[50] = 0;
    assert_false(rev_product_of(large, same, 100, &failed).there);
    large[3] = 0;
    same[50] = 1;
    assert_int_equal(rev_product_of(large, same, 100, &failed).v, 0);
    assert_false(failed);
}

static void quantiles_are_of_type_7(void **unused)
{
    (void)unused;
    /* R: quantile(c(10, 20, 30, 40), c(0, .025, .5, .975, 1), type = 7): 10 10.75 25 39.25 40 */
    static const cst_ratio x[4] = {10000000, 20000000, 30000000, 40000000};
    assert_int_equal(rev_ratio_quantile(x, 4, 0, 1000), 10000000);
    assert_int_equal(rev_ratio_quantile(x, 4, 25, 1000), 10750000);
    assert_int_equal(rev_ratio_quantile(x, 4, 500, 1000), 25000000);
    assert_int_equal(rev_ratio_quantile(x, 4, 975, 1000), 39250000);
    assert_int_equal(rev_ratio_quantile(x, 4, 1000, 1000), 40000000);
    assert_int_equal(rev_ratio_quantile(x, 1, 500, 1000), 10000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_rounded_once),
        cmocka_unit_test(quantiles_are_of_type_7),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
