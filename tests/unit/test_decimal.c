/* Arithmetic on decimals: rounding half away at every sign, the edges where overflow must be reported,
 * and every result against its definition in 128 bits: r is num / den rounded half away where 2 |num -
 * r den| <= |den|, with the tie going outwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/decimal.h"

__extension__ typedef unsigned __int128 magnitude;

static const cst_wide most = (cst_wide)(~(magnitude)0 >> 1);

static uint64_t draw(void)
{
    uint64_t v = 0;
    for (int i = 0; i < 5; i++) v = v << 15 ^ (uint64_t)rand();
    return v;
}

/* Any size of number, of either sign, the small and the largest as likely as those between. */
static int64_t draw_value(void)
{
    int64_t v = (int64_t)(draw() >> 1 >> draw() % 63);
    return draw() % 2 ? -v : v;
}

static magnitude find_size(cst_wide v)
{
    return v < 0 ? -(magnitude)v : (magnitude)v;
}

/* By the definition; num and den small enough that r x den does not overflow. */
static bool is_rounded(cst_wide num, cst_wide den, cst_wide r)
{
    cst_wide rest = num - r * den;
    if (2 * find_size(rest) < find_size(den)) return true;
    /* a tie: |r x den| > |num| */
    return 2 * find_size(rest) == find_size(den) && find_size(r * den) > find_size(num);
}

static void divides(void **state)
{
    (void)state;
    static const struct {
        int num, den, want;
    } rows[] = {{0, 7, 0},    {1, 2, 1},      {-1, 2, -1}, {1, -2, -1}, {-1, -2, 1},  {3, 2, 2},
                {5, 2, 3},    {-5, 2, -3},    {1, 3, 0},   {2, 3, 1},   {-2, 3, -1},  {49, 100, 0},
                {50, 100, 1}, {-50, 100, -1}, {7, 7, 1},   {10, 4, 3},  {-10, -4, 3}, {9, 4, 2},
                {11, 4, 3},   {-11, 4, -3},   {6, -4, -2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t q;
        assert_true(cst_wide_divide(rows[i].num, rows[i].den) == rows[i].want);
        assert_true(cst_mul_div(rows[i].num, 1, rows[i].den, &q));
        assert_int_equal(q, rows[i].want);
    }
    assert_true(cst_wide_divide(most, 1) == most);
    assert_true(cst_wide_divide(most, -1) == -most);
    assert_true(cst_wide_divide(most, 2) == most / 2 + 1); /* odd: a tie */
    assert_true(cst_wide_divide(-most, 2) == -(most / 2) - 1);
    assert_true(cst_wide_divide(most, most) == 1);
    assert_true(cst_wide_divide(most / 2, most) == 0);
    assert_true(cst_wide_divide(most / 2 + 1, most) == 1);
    assert_true(cst_wide_divide(-most - 1, 2) == -most / 2 - 1);
}

/* A product past 128 bits; checked by what it is the quotient of. */
static void multiplies_widely(void **state)
{
    (void)state;
    const cst_wide large = (cst_wide)1 << 100;
    cst_wide q;
    assert_true(cst_wide_mul_div(7, 3, 2, &q) && q == 11);
    assert_true(cst_wide_mul_div(-7, 3, 2, &q) && q == -11);
    assert_true(cst_wide_mul_div(-5, -1, 3, &q) && q == 2);
    assert_true(cst_wide_mul_div(large, large, large, &q) && q == large);
    assert_true(cst_wide_mul_div(large + 1, large - 1, large, &q) && q == large); /* less 1 / large */
    assert_true(cst_wide_mul_div(large * 3, large, large * 2, &q) && q == large / 2 * 3);
    assert_true(cst_wide_mul_div(-large * 3, large + 1, large * 2, &q) &&
                q == -(large / 2 * 3 + 2)); /* a tie */
    assert_true(cst_wide_mul_div(large, 3, large * 2, &q) && q == 2);
    assert_false(cst_wide_mul_div(large, large, 1, &q));
    assert_false(cst_wide_mul_div(large, large, (cst_wide)1 << 73, &q));
    assert_false(cst_wide_mul_div(1, 1, 0, &q));
    for (int i = 1; i < 2000; i++) { /* a x b / b is a, and a bit more is a bit more */
        cst_wide a = large / i * 7 + i, b = large - (cst_wide)i * i * 977;
        assert_true(cst_wide_mul_div(a, b, b, &q) && q == a);
        assert_true(cst_wide_mul_div(a * 2 + 1, b, b * 2, &q) && q == a + 1);
    }
}

static void divides_at_random(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 500000; i++) {
        cst_wide num = (cst_wide)draw_value() * (i % 2 ? draw_value() >> 3 : 1);
        int64_t den = draw_value();
        if (i % 5 == 0) den = (int64_t)(draw() % 20) - 10;
        if (den == 0) continue;
        if (i % 7 == 0) num = (cst_wide)den * (draw_value() >> 34) + den / 2; /* ties are rare otherwise */
        assert_true(is_rounded(num, den, cst_wide_divide(num, den)));
    }
}

static void multiplies_and_divides(void **state)
{
    (void)state;
    srand(2);
    int refused = 0;
    for (int i = 0; i < 500000; i++) {
        int64_t a = draw_value(), b = draw_value(), den = draw_value(), got = 5;
        if (i % 11 == 0) den = (int64_t)(draw() % 4);
        if (den == 0) {
            assert_false(cst_mul_div(a, b, den, &got));
            continue;
        }
        cst_wide product = (cst_wide)a * b, down = product / den;
        if (cst_mul_div(a, b, den, &got)) {
            assert_true(is_rounded(product, den, got));
        } else {
            refused++;
            assert_true(find_size(down) >= (magnitude)INT64_MAX);
        }
    }
    assert_in_range(refused, 50000, 250000); /* both outcomes were tried */
}

static void edges(void **state)
{
    (void)state;
    int64_t v = 42;
    assert_true(cst_mul_div(INT64_MAX, INT64_MAX, INT64_MAX, &v) && v == INT64_MAX);
    assert_true(cst_mul_div(INT64_MAX, -1, 1, &v) && v == -INT64_MAX);
    assert_true(cst_mul_div(INT64_MIN, 1, 2, &v) && v == INT64_MIN / 2);
    assert_true(cst_mul_div(INT64_MIN, INT64_MIN, INT64_MIN, &v) == false);
    v = 42;
    assert_false(cst_mul_div(INT64_MAX, 2, 1, &v));
    assert_false(cst_mul_div(INT64_MIN, 1, 1, &v)); /* INT64_MIN is never a result */
    assert_false(cst_mul_div(INT64_MIN, 1, -1, &v));
    assert_false(cst_mul_div(1, 1, 0, &v));
    assert_false(cst_money_add(INT64_MAX, 1, &v));
    assert_false(cst_money_add(-INT64_MAX, -1, &v));
    assert_false(cst_money_add(-INT64_MAX, -2, &v));
    assert_false(cst_money_of_wide((cst_wide)INT64_MAX + 1, &v));
    assert_false(cst_money_of_wide((cst_wide)INT64_MIN, &v));
    assert_false(cst_money_of_wide(most, &v));
    assert_false(cst_money_of_wide(-most - 1, &v));
    assert_int_equal(v, 42);
    assert_true(cst_money_add(INT64_MAX, -INT64_MAX, &v) && v == 0);
    assert_true(cst_money_add(INT64_MAX - 1, 1, &v) && v == INT64_MAX);
    assert_true(cst_money_of_wide(-(cst_wide)INT64_MAX, &v) && v == -INT64_MAX);
}

static void ratios(void **state)
{
    (void)state;
    cst_ratio r = 42;
    assert_true(cst_ratio_of(975, 1000, &r) && r == 975000);
    assert_true(cst_ratio_of(2, 3, &r) && r == 666667);
    assert_true(cst_ratio_of(-2, 3, &r) && r == -666667);
    assert_true(cst_ratio_of(1, 2000000, &r) && r == 1);
    assert_true(cst_ratio_of(-1, 2000000, &r) && r == -1);
    assert_true(cst_ratio_of(1, 2000001, &r) && r == 0);
    assert_true(cst_ratio_of(0, -5, &r) && r == 0);
    assert_true(cst_ratio_of(most, most, &r) && r == 1000000);
    assert_true(cst_ratio_of(-most - 1, -most - 1, &r) && r == 1000000);
    assert_true(cst_ratio_of(most / 3, most, &r) && r == 333333);
    assert_true(cst_ratio_of(-(most / 3 * 2), most, &r) && r == -666667);
    assert_true(cst_ratio_of(1, most, &r) && r == 0);
    r = 42;
    assert_false(cst_ratio_of(1, 0, &r));
    assert_false(cst_ratio_of(0, 0, &r));
    assert_false(cst_ratio_of(most, 1, &r));
    assert_false(cst_ratio_of(INT64_C(9223372036855), 1, &r));
    assert_int_equal(r, 42);
    assert_true(cst_ratio_of(INT64_C(9223372036854), 1, &r) && r == INT64_C(9223372036854000000));
    assert_true(cst_ratio_of(INT64_MAX, CST_MONEY_UNIT, &r) && r == INT64_MAX);
    /* INT64_MAX is reached by rounding, and passed by it: (2^63 - 1) + 1/2 - 1/10 and + 1/2 */
    assert_true(cst_ratio_of((cst_wide)INT64_MAX * 10 + 4, 10 * CST_MONEY_UNIT, &r) && r == INT64_MAX);
    assert_false(cst_ratio_of((cst_wide)INT64_MAX * 10 + 5, 10 * CST_MONEY_UNIT, &r));
}

/* Where num x 10^6 passes 128 bits the quotient comes out the same as with num and den cut to what
 * fits: exactly, for pairs made as multiples of one factor. */
static void large_ratios(void **state)
{
    (void)state;
    srand(4);
    for (int i = 0; i < 200000; i++) {
        int64_t num = draw_value() >> 2, den = draw_value() >> 2;
        cst_ratio small = 1, large = 2;
        if (den == 0) continue;
        bool fits = cst_ratio_of(num, den, &small);
        if (fits) assert_true(is_rounded((cst_wide)num * CST_MONEY_UNIT, den, small));
        cst_wide factor = (cst_wide)1 << (int)(draw() % 64);
        if (i % 2) factor = (cst_wide)(draw() >> 1) + 1;
        assert_int_equal(cst_ratio_of(num * factor, den * factor, &large), fits);
        if (fits) assert_true(small == large);
    }
}

static void rounds(void **state)
{
    (void)state;
    assert_int_equal(cst_money_round(1005000, 2), 1010000);
    assert_int_equal(cst_money_round(-1005000, 2), -1010000);
    assert_int_equal(cst_money_round(1004999, 2), 1000000);
    assert_int_equal(cst_money_round(-1004999, 2), -1000000);
    assert_int_equal(cst_money_round(500000, 0), 1000000);
    assert_int_equal(cst_money_round(-500000, 0), -1000000);
    assert_int_equal(cst_money_round(499999, 0), 0);
    int64_t limit = INT64_MAX - 1000000, unit = 1000000;
    for (int decimals = 0; decimals <= 6; decimals++, unit /= 10) {
        for (int sign = -1; sign <= 1; sign += 2) {
            for (int64_t m = 0; m <= 2100000; m += 7) {
                int64_t r = cst_money_round(sign * m, decimals);
                assert_true(r % unit == 0 && is_rounded(sign * m, unit, r / unit));
            }
        }
        for (int k = 0; k < 2; k++) {
            int64_t m = k ? -limit : limit, r = cst_money_round(m, decimals);
            assert_true(r % unit == 0 && is_rounded(m, unit, r / unit));
        }
    }
}

static void converts(void **state)
{
    (void)state;
    cst_money m;
    assert_true(cst_money_convert(100 * CST_MONEY_UNIT, INT64_C(1100000000000), &m) &&
                m == 110 * CST_MONEY_UNIT);
    assert_true(cst_money_convert(-120 * CST_MONEY_UNIT, INT64_C(1200000000000), &m) &&
                m == -144 * CST_MONEY_UNIT);
    assert_true(cst_money_convert(1000000 * CST_MONEY_UNIT, 39215686, &m) && m == 39215686); /* dong */
    assert_true(cst_money_convert(1, CST_RATE_UNIT / 2, &m) && m == 1);
    assert_true(cst_money_convert(-1, CST_RATE_UNIT / 2, &m) && m == -1);
    assert_true(cst_money_convert(1, CST_RATE_UNIT / 2 - 1, &m) && m == 0);
    assert_true(cst_money_convert(INT64_MAX, CST_RATE_UNIT, &m) && m == INT64_MAX);
    assert_false(cst_money_convert(INT64_MAX, CST_RATE_UNIT + 1, &m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divides),
        cmocka_unit_test(divides_at_random),
        cmocka_unit_test(multiplies_widely),
        cmocka_unit_test(multiplies_and_divides),
        cmocka_unit_test(edges),
        cmocka_unit_test(ratios),
        cmocka_unit_test(large_ratios),
        cmocka_unit_test(rounds),
        cmocka_unit_test(converts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
