/* Decimals out: decimals as needed and fixed, rounding half away, the widest values, and out then in
 * is the identity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/text.h"

static void as_needed(void **state)
{
    (void)state;
    static const struct {
        cst_money m;
        int least;
        const char *want;
    } rows[] = {
        {0, 2, "0.00"},
        {0, 0, "0"},
        {833000000, 2, "833.00"},
        {833000000, 0, "833"},
        {833500000, 0, "833.5"},
        {833500000, 2, "833.50"},
        {833500000, 6, "833.500000"},
        {1, 2, "0.000001"},
        {-1, 2, "-0.000001"},
        {-50000, 2, "-0.05"},
        {10, 0, "0.00001"},
        {1200000, 1, "1.2"},
        {1230000, 1, "1.23"},
        {1234000, 2, "1.234"},
        {1230000, 3, "1.230"},
        {1000000, 3, "1.000"},
        {1000000, 5, "1.00000"},
        {INT64_C(1000000000000), 2, "1000000.00"},
        {INT64_MAX, 2, "9223372036854.775807"},
        {-INT64_MAX, 2, "-9223372036854.775807"},
        {INT64_MIN, 2, "-9223372036854.775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[CST_DECIMAL_ROOM];
        assert_int_equal(cst_money_format(rows[i].m, rows[i].least, out), strlen(rows[i].want));
        assert_string_equal(out, rows[i].want);
        assert_int_equal(cst_wide_format(rows[i].m, rows[i].least, out), strlen(rows[i].want));
        assert_string_equal(out, rows[i].want);
    }
}

static void fixed(void **state)
{
    (void)state;
    static const struct {
        cst_money m;
        int decimals;
        const char *want;
    } rows[] = {
        {0, 0, "0"},
        {0, 2, "0.00"},
        {166666667, 2, "166.67"},
        {1005000, 2, "1.01"}, /* no double is there to make it 1.00 */
        {-1005000, 2, "-1.01"},
        {1004999, 2, "1.00"},
        {-4999, 2, "0.00"}, /* no minus before a zero */
        {-5000, 2, "-0.01"},
        {499999, 0, "0"},
        {500000, 0, "1"},
        {-500000, 0, "-1"},
        {999999, 5, "1.00000"},
        {999994, 5, "0.99999"},
        {-123456, 6, "-0.123456"},
        {99995000, 2, "100.00"},
        {INT64_MAX, 6, "9223372036854.775807"},
        {INT64_MAX, 5, "9223372036854.77581"},
        {INT64_MAX, 0, "9223372036855"},
        {INT64_MIN, 0, "-9223372036855"},
        {INT64_MIN, 6, "-9223372036854.775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[CST_DECIMAL_ROOM];
        assert_int_equal(cst_money_format_fixed(rows[i].m, rows[i].decimals, out), strlen(rows[i].want));
        assert_string_equal(out, rows[i].want);
    }
}

static void wide(void **state)
{
    (void)state;
    char out[CST_DECIMAL_ROOM];
    cst_wide half = (cst_wide)1 << 126, most = half - 1 + half;
    cst_wide_format(most, 2, out);
    assert_string_equal(out, "170141183460469231731687303715884.105727"); /* 2^127 - 1, in millionths */
    cst_wide_format(-most - 1, 2, out);
    assert_string_equal(out, "-170141183460469231731687303715884.105728");
    cst_wide limb = (cst_wide)INT64_C(1000000000000000000) * CST_MONEY_UNIT; /* the inner zeros are kept */
    cst_wide_format(limb, 2, out);
    assert_string_equal(out, "1000000000000000000.00");
    cst_wide_format(limb * 7 + 5 * CST_MONEY_UNIT, 0, out);
    assert_string_equal(out, "7000000000000000005");
    cst_wide_format(limb - 1, 2, out);
    assert_string_equal(out, "999999999999999999.999999");
    cst_wide_format(-(cst_wide)INT64_MAX - 2, 2, out);
    assert_string_equal(out, "-9223372036854.775809");
}

static void others(void **state)
{
    (void)state;
    char out[CST_DECIMAL_ROOM];
    cst_ratio_format(975000, out);
    assert_string_equal(out, "0.975000");
    cst_ratio_format(-1000000, out);
    assert_string_equal(out, "-1.000000");
    cst_rate_format(CST_RATE_UNIT, out);
    assert_string_equal(out, "1");
    cst_rate_format(39215686, out);
    assert_string_equal(out, "0.000039215686");
    cst_rate_format(INT64_C(1100000000000), out);
    assert_string_equal(out, "1.1");
    cst_rate_format(-1, out);
    assert_string_equal(out, "-0.000000000001");
    static const int64_t whole[] = {0, 9, 10, 99, 100, 101, -1, -10, 12345, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        char want[32];
        int n = sprintf(want, "%lld", (long long)whole[i]);
        assert_int_equal(cst_int_format(whole[i], out), n);
        assert_string_equal(out, want);
    }
}

/* Against printf on the parts, and read back, over magnitudes of every size. */
static void there_and_back(void **state)
{
    (void)state;
    srand(8);
    for (int i = 0; i < 300000; i++) {
        uint64_t bits = (uint64_t)rand() << 42 ^ (uint64_t)rand() << 21 ^ (uint64_t)rand();
        int64_t m = (int64_t)(bits >> 1 >> rand() % 63);
        if (i % 3 == 0) m = m / 10000 * 10000;
        if (rand() % 2) m = -m;
        char out[CST_DECIMAL_ROOM], want[64];
        int64_t size = m < 0 ? -m : m, back;
        size_t n = cst_money_format(m, 6, out);
        sprintf(want, "%s%lld.%06lld", m < 0 ? "-" : "", (long long)(size / 1000000),
                (long long)(size % 1000000));
        assert_string_equal(out, want);
        assert_int_equal(n, strlen(want));
        for (int least = 0; least <= 2; least += 2) {
            n = cst_money_format(m, least, out);
            assert_int_equal(cst_money_parse((cst_text){out, (uint32_t)n}, &back), CST_DECIMAL_OK);
            assert_true(back == m);
            const char *point = strchr(out, '.');
            size_t decimals = point ? strlen(point) - 1 : 0;
            assert_true(decimals == (size_t)least || (decimals > (size_t)least && out[n - 1] != '0'));
        }
        n = cst_rate_format(m, out);
        assert_int_equal(cst_rate_parse((cst_text){out, (uint32_t)n}, &back), CST_DECIMAL_OK);
        assert_true(back == m);
        for (int decimals = 0; decimals <= 6; decimals++) {
            n = cst_money_format_fixed(m, decimals, out);
            assert_int_equal(cst_money_parse((cst_text){out, (uint32_t)n}, &back), CST_DECIMAL_OK);
            assert_true(back == cst_money_round(m, decimals));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_needed), cmocka_unit_test(fixed),          cmocka_unit_test(wide),
        cmocka_unit_test(others),    cmocka_unit_test(there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
