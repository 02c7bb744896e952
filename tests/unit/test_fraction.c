/* Exact fractions: signs, floors and what is left, comparison, and the end of their room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fraction.h"

static int64_t floor_of(cst_fraction x, cst_wide num, cst_wide den)
{
    int64_t whole;
    cst_fraction rest, want = cst_fraction_of(num, den);
    assert_true(cst_fraction_floor(&x, &whole, &rest));
    assert_false(rest.negative);
    assert_int_equal(cst_fraction_compare(&rest, &want), 0);
    return whole;
}

static void sums_and_products_are_exact(void **unused)
{
    (void)unused;
    cst_fraction third = cst_fraction_of(1, 3), half = cst_fraction_of(1, 2), minus = cst_fraction_of(-7, 2);
    assert_int_equal(floor_of(cst_fraction_plus(&third, &half), 5, 6), 0);
    assert_int_equal(floor_of(cst_fraction_minus(&third, &half), 5, 6), -1); /* -1/6 */
    assert_int_equal(floor_of(cst_fraction_minus(&half, &minus), 0, 1), 4);
    assert_int_equal(floor_of(cst_fraction_times(&third, &minus), 5, 6), -2); /* -7/6 */
    assert_int_equal(floor_of(cst_fraction_plus(&minus, &half), 0, 1), -3);
    cst_fraction nothing = cst_fraction_minus(&minus, &minus);
    assert_int_equal(floor_of(nothing, 0, 1), 0);
    assert_int_equal(floor_of(cst_fraction_times(&minus, &nothing), 0, 1), 0);
    assert_true(cst_fraction_compare(&third, &half) < 0);
}

static void large_sums_fit(void **unused)
{
    (void)unused;
    cst_wide large = ((cst_wide)1 << 126) + 12345;
    cst_fraction a = cst_fraction_of(large, large - 1), b = cst_fraction_of(large - 1, large);
    assert_int_equal(floor_of(cst_fraction_times(&a, &b), 0, 1), 1);
    assert_int_equal(floor_of(cst_fraction_of(-large, large), 0, 1), -1);
    cst_fraction much = cst_fraction_of(large, 1), rest;
    int64_t whole;
    assert_false(cst_fraction_floor(&much, &whole, &rest)); /* past 62 bits */
    for (int i = 0; i < 24 && !a.wide; i++) a = cst_fraction_times(&a, &b);
    assert_true(a.wide);
    assert_false(cst_fraction_floor(&a, &whole, &rest));
    cst_fraction sum = cst_fraction_plus(&b, &a);
    assert_true(sum.wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products_are_exact),
        cmocka_unit_test(large_sums_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
