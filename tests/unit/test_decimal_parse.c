/* Decimal text in: every form and fault, rounding at every scale, the edges of 64 bits; the quick lane
 * for money against the careful one over all short texts, and against an independent reading of random
 * ones. */
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

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        cst_decimal_status status;
        int64_t value;
    } rows[] = {
        {"0", CST_DECIMAL_OK, 0},
        {"833.00", CST_DECIMAL_OK, 833000000},
        {"+1", CST_DECIMAL_OK, 1000000},
        {"-1", CST_DECIMAL_OK, -1000000},
        {"-0", CST_DECIMAL_OK, 0},
        {"-0.000000", CST_DECIMAL_OK, 0},
        {".5", CST_DECIMAL_OK, 500000},
        {"5.", CST_DECIMAL_OK, 5000000},
        {"-.5", CST_DECIMAL_OK, -500000},
        {"0000000000000000000000000000001.5", CST_DECIMAL_OK, 1500000},
        {"1.5000000000000000000000000000000", CST_DECIMAL_OK, 1500000},
        {"12345678", CST_DECIMAL_OK, INT64_C(12345678000000)},
        {"123456789", CST_DECIMAL_OK, INT64_C(123456789000000)},
        {"1234567.8", CST_DECIMAL_OK, INT64_C(1234567800000)},
        {"0.123456", CST_DECIMAL_OK, 123456},
        {".1234567", CST_DECIMAL_ROUNDED, 123457},
        {"0.0000005", CST_DECIMAL_ROUNDED, 1},
        {"0.00000049999999999999999999999999", CST_DECIMAL_ROUNDED, 0},
        {"-0.0000005", CST_DECIMAL_ROUNDED, -1},
        {"-0.0000004", CST_DECIMAL_ROUNDED, 0},
        {"0.9999995", CST_DECIMAL_ROUNDED, 1000000},
        {"1.00000050", CST_DECIMAL_ROUNDED, 1000001},
        {"2.0000000", CST_DECIMAL_OK, 2000000},
        {"9223372036854.775807", CST_DECIMAL_OK, INT64_MAX},
        {"-9223372036854.775807", CST_DECIMAL_OK, -INT64_MAX},
        {"9223372036854.7758074999", CST_DECIMAL_ROUNDED, INT64_MAX},
        {"9223372036854.7758075", CST_DECIMAL_TOO_LARGE, 0},
        {"9223372036854.775808", CST_DECIMAL_TOO_LARGE, 0},
        {"-9223372036854.775808", CST_DECIMAL_TOO_LARGE, 0},
        {"9223372036855", CST_DECIMAL_TOO_LARGE, 0},
        {"18446744073709.551616", CST_DECIMAL_TOO_LARGE, 0}, /* 2^64: would wrap to 0 */
        {"18446744073709551616", CST_DECIMAL_TOO_LARGE, 0},
        {"18446744073710", CST_DECIMAL_TOO_LARGE, 0},
        {"99999999999999999999999999999999999999999999", CST_DECIMAL_TOO_LARGE, 0},
        {"99999999999999999999999999999999999999999999x", CST_DECIMAL_BAD, 0},
        {"", CST_DECIMAL_BAD, 0},
        {".", CST_DECIMAL_BAD, 0},
        {"-", CST_DECIMAL_BAD, 0},
        {"+", CST_DECIMAL_BAD, 0},
        {"-.", CST_DECIMAL_BAD, 0},
        {"--1", CST_DECIMAL_BAD, 0},
        {"1-", CST_DECIMAL_BAD, 0},
        {"1..2", CST_DECIMAL_BAD, 0},
        {"1.2.3", CST_DECIMAL_BAD, 0},
        {"1.23456789.", CST_DECIMAL_BAD, 0},
        {" 1", CST_DECIMAL_BAD, 0},
        {"1 ", CST_DECIMAL_BAD, 0},
        {"1e3", CST_DECIMAL_BAD, 0},
        {"1,5", CST_DECIMAL_BAD, 0},
        {"0x1", CST_DECIMAL_BAD, 0},
        {"nan", CST_DECIMAL_BAD, 0},
        {"$5", CST_DECIMAL_BAD, 0},
        {"1/2", CST_DECIMAL_BAD, 0}, /* the bytes just below '0' and above '9' */
        {"1:2", CST_DECIMAL_BAD, 0},
        {"\xb1", CST_DECIMAL_BAD, 0}, /* '1' with the top bit set */
        {"1\xb1", CST_DECIMAL_BAD, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 0;
        if (cst_money_parse(cst_text_of(rows[i].text), &v) != rows[i].status || v != rows[i].value) {
            fail_msg("\"%s\" gives %lld", rows[i].text, (long long)v);
        }
        v = 0;
        assert_int_equal(cst_decimal_parse(cst_text_of(rows[i].text), 6, &v), rows[i].status);
        assert_true(v == rows[i].value);
    }
    int64_t v = 77;
    assert_int_equal(cst_money_parse((cst_text){NULL, 0}, &v), CST_DECIMAL_BAD);
    assert_int_equal(v, 77); /* left alone */
    assert_int_equal(cst_money_parse((cst_text){"1\0", 2}, &v), CST_DECIMAL_BAD);
}

static void rounds_at_every_scale(void **state)
{
    (void)state;
    int64_t unit = 1;
    for (int scale = 0; scale <= 12; scale++, unit *= 10) {
        static const struct {
            const char *tail;
            int up;
            bool changed;
        } tails[] = {{"", 0, false}, {"0", 0, false},
                     {"4", 0, true}, {"49999999999999999999", 0, true},
                     {"5", 1, true}, {"50000000000001", 1, true},
                     {"9", 1, true}, {"00000000000000000000001", 0, true}};
        for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
            char text[64];
            int64_t v;
            int n = sprintf(text, "-7.%.*s%s", scale, "999999999999", tails[i].tail);
            int64_t magnitude = 8 * unit - 1 + tails[i].up;
            cst_decimal_status want = tails[i].changed ? CST_DECIMAL_ROUNDED : CST_DECIMAL_OK;
            assert_int_equal(cst_decimal_parse((cst_text){text, (uint32_t)n}, scale, &v), want);
            assert_true(v == -magnitude);
            assert_int_equal(cst_decimal_parse((cst_text){text + 1, (uint32_t)n - 1}, scale, &v), want);
            assert_true(v == magnitude);
        }
        /* the edge of 64 bits: INT64_MAX at this scale, and one more in the last place, and half of one */
        char digits[32], edge[64];
        sprintf(digits, "%lld", (long long)INT64_MAX);
        int whole = 19 - scale;
        int64_t v;
        for (int sign = 0; sign < 2; sign++) {
            int n = sprintf(edge, "%s%.*s.%s", sign ? "-" : "", whole, digits, digits + whole);
            assert_int_equal(cst_decimal_parse((cst_text){edge, (uint32_t)n}, scale, &v), CST_DECIMAL_OK);
            assert_true(v == (sign ? -INT64_MAX : INT64_MAX));
            edge[n] = '5';
            assert_int_equal(cst_decimal_parse((cst_text){edge, (uint32_t)n + 1}, scale, &v),
                             CST_DECIMAL_TOO_LARGE);
            edge[n] = '4';
            assert_int_equal(cst_decimal_parse((cst_text){edge, (uint32_t)n + 1}, scale, &v),
                             CST_DECIMAL_ROUNDED);
            edge[n - 1 - (scale == 0)] = '8';
            assert_int_equal(cst_decimal_parse((cst_text){edge, (uint32_t)n}, scale, &v),
                             CST_DECIMAL_TOO_LARGE);
        }
    }
}

/* Every text of up to 6 bytes over a small alphabet, each in memory of its own size: both lanes agree. */
static void lanes_agree(void **state)
{
    (void)state;
    static const char alphabet[] = "0159.-+ /:";
    enum { LETTERS = sizeof alphabet - 1 };
    for (uint32_t n = 0; n <= 6; n++) {
        char *text = malloc(n ? n : 1);
        assert_non_null(text);
        long all = 1;
        for (uint32_t i = 0; i < n; i++) all *= LETTERS;
        for (long code = 0; code < all; code++) {
            long rest = code;
            for (uint32_t i = 0; i < n; i++, rest /= LETTERS) text[i] = alphabet[rest % LETTERS];
            int64_t quick = -1, careful = -1;
            cst_decimal_status a = cst_money_parse((cst_text){text, n}, &quick);
            cst_decimal_status b = cst_decimal_parse((cst_text){text, n}, 6, &careful);
            if (a != b || quick != careful) fail_msg("\"%.*s\": the lanes differ", (int)n, text);
            uint32_t decimals = 0;
            if (cst_decimal_short((cst_text){text, n}, &quick, &decimals) &&
                (b != CST_DECIMAL_OK || quick != careful || (decimals && text[n - 1 - decimals] != '.')))
                fail_msg("\"%.*s\": read as a short decimal", (int)n, text);
        }
        free(text);
    }
}

/* Digits put together here, in 128 bits, and read back, over lengths 1 to 20 and every place of the point. */
static void random_values(void **state)
{
    (void)state;
    srand(3);
    for (int i = 0; i < 300000; i++) {
        char text[32];
        int digits = rand() % 20 + 1, point = rand() % (digits + 2), at = 0, decimals = 0, past = -1;
        cst_wide want = 0;
        bool negative = rand() % 4 == 0, changed = false;
        if (negative) text[at++] = '-';
        for (int k = 0; k < digits; k++) {
            if (k == point) text[at++] = '.';
            int digit = rand() % 10;
            text[at++] = (char)('0' + digit);
            if (k < point || decimals < 6) {
                want = want * 10 + digit;
                decimals += k >= point;
            } else {
                if (past < 0) past = digit;
                changed |= digit != 0;
            }
        }
        for (; decimals < 6; decimals++) want *= 10;
        want += past >= 5;
        int64_t v = 0;
        cst_decimal_status status = cst_money_parse((cst_text){text, (uint32_t)at}, &v);
        if (want > INT64_MAX) {
            assert_int_equal(status, CST_DECIMAL_TOO_LARGE);
        } else {
            assert_int_equal(status, changed ? CST_DECIMAL_ROUNDED : CST_DECIMAL_OK);
            if (v != (negative ? -want : want)) fail_msg("\"%.*s\" gives %lld", at, text, (long long)v);
        }
        int whole = point < digits ? point : digits, behind = digits - whole;
        uint32_t told = 0;
        bool is_short = !negative && whole >= 1 && whole <= 12 && behind <= 6;
        assert_int_equal(cst_decimal_short((cst_text){text, (uint32_t)at}, &v, &told), is_short);
        assert_true(!is_short || (v == want && told == (uint32_t)behind));
    }
}

static void rates(void **state)
{
    (void)state;
    int64_t v;
    assert_int_equal(cst_rate_parse(cst_text_of("0.000039215686"), &v), CST_DECIMAL_OK); /* dong to dollar */
    assert_int_equal(v, 39215686);
    assert_int_equal(cst_rate_parse(cst_text_of("1.10"), &v), CST_DECIMAL_OK);
    assert_true(v == INT64_C(1100000000000));
    assert_int_equal(cst_rate_parse(cst_text_of("0.0000000000005"), &v), CST_DECIMAL_ROUNDED);
    assert_int_equal(v, 1);
    assert_int_equal(cst_rate_parse(cst_text_of("9223372.036854775808"), &v), CST_DECIMAL_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),       cmocka_unit_test(rounds_at_every_scale),
        cmocka_unit_test(lanes_agree), cmocka_unit_test(random_values),
        cmocka_unit_test(rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
