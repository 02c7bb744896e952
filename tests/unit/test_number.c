/* Doubles in and out: against strtod and printf, round trips over all sizes, the shortest text, fixed
 * decimals rounded half away, and all of it once more under a locale with a decimal comma. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "base/text.h"
#include <unistd.h>

static uint64_t draw(void)
{
    uint64_t v = 0;
    for (int i = 0; i < 5; i++) v = v << 15 ^ (uint64_t)rand();
    return v;
}

/* Any bit pattern that is a finite number. */
static double draw_double(void)
{
    double v;
    do {
        uint64_t bits = draw();
        memcpy(&v, &bits, sizeof v);
    } while (!isfinite(v));
    return v;
}

static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void parses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double want;
    } rows[] = {
        {"0", 0},
        {"1", 1},
        {"-1.5", -1.5},
        {"+2.25", 2.25},
        {".5", 0.5},
        {"5.", 5},
        {"1e3", 1000},
        {"1E+3", 1000},
        {"1.e3", 1000},
        {"25e-2", 0.25},
        {"0.1", 0.1},
        {"0.30000000000000004", 0.1 + 0.2},
        {"9007199254740993", 9007199254740992.0}, /* 2^53 + 1: a tie, to even */
        {"9007199254740993.00000000000000000000000000001", 9007199254740994.0},
        {"9007199254740992", 9007199254740992.0},
        {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"1e308", 1e308},
        {"1.7976931348623157e308", DBL_MAX},
        {"2.2250738585072014e-308", DBL_MIN},
        {"4.9e-324", 0x1p-1074},
        {"2e-324", 0},
        {"1e-999999999999999999999", 0},
        {"0e999999999999999999999", 0},
        {"0.000000000000000000000000000000000000000000000001e48", 1},
        {"100000000000000000000000000000000000000000000000000e-50", 1},
        {"00000000000000000000000000000000000000001", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double v = 42;
        if (!cst_number_parse(cst_text_of(rows[i].text), &v) || !is_same(v, rows[i].want)) {
            fail_msg("\"%s\" gives %a", rows[i].text, v);
        }
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      ".",
                                      "e5",
                                      ".e5",
                                      "1e",
                                      "1e+",
                                      "1e-",
                                      "1e5.",
                                      "1e5x",
                                      "1.2.3",
                                      "--1",
                                      "+-1",
                                      " 1",
                                      "1 ",
                                      "nan",
                                      "NaN",
                                      "inf",
                                      "-inf",
                                      "infinity",
                                      "0x10",
                                      "1p3",
                                      "1,5",
                                      "1_000",
                                      "1d3",
                                      "1f",
                                      "1e309",
                                      "-1e309",
                                      "1.7976931348623159e308",
                                      "1e999999999999999999999",
                                      "\xd9\xa1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double v = 42;
        if (cst_number_parse(cst_text_of(bad[i]), &v)) fail_msg("\"%s\" is read", bad[i]);
        assert_true(v == 42);
    }
    double v;
    assert_false(cst_number_parse((cst_text){NULL, 0}, &v));
    assert_false(cst_number_parse((cst_text){"1\0", 2}, &v));
    assert_true(cst_number_parse((cst_text){"123456", 3}, &v) && v == 123);
}

/* The middle between two doubles, written out in full (up to 767 digits), goes to even; one digit
 * after it, however far behind, tips it upwards. */
static void long_middles(void **state)
{
    (void)state;
    static const struct {
        double below;
    } rows[] = {{1},
                {0x1.8p0},
                {9007199254740993e-3},
                {DBL_MIN},
                {0x0.0000000000001p-1022},
                {0x1.fffffffffffffp-1022},
                {1e-300}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double below = rows[i].below, above = nextafter(below, INFINITY), v;
        static char text[4000];
        /* exact: the long double of x86 has the one bit more that the middle needs */
        int n = snprintf(text, sizeof text, "%.1200Lf", ((long double)below + above) / 2);
        uint64_t bits;
        memcpy(&bits, &below, sizeof bits);
        assert_true(cst_number_parse((cst_text){text, (uint32_t)n}, &v));
        assert_true(is_same(v, bits % 2 ? above : below));
        memset(text + n, '0', 2000);
        text[n + 2000] = '1';
        assert_true(cst_number_parse((cst_text){text, (uint32_t)n + 2001}, &v));
        assert_true(is_same(v, above));
        assert_true(cst_number_parse((cst_text){text, (uint32_t)n + 2000}, &v));
        assert_true(is_same(v, bits % 2 ? above : below));
    }
}

static void parses_as_strtod(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 300000; i++) {
        char text[64];
        int digits = rand() % 22 + 1, point = rand() % (digits + 1), n = 0;
        for (int k = 0; k < digits; k++) {
            if (k == point) text[n++] = '.';
            text[n++] = (char)('0' + rand() % 10);
        }
        if (rand() % 2) n += sprintf(text + n, "e%d", rand() % 60 - 30);
        text[n] = '\0';
        double v;
        assert_true(cst_number_parse((cst_text){text, (uint32_t)n}, &v));
        if (!is_same(v, strtod(text, NULL))) fail_msg("%s", text);
    }
}

/* The expected texts are Python's repr, which has the same rule for digits. */
static void shortest(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *want;
    } rows[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1, "-1"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {100, "100"},
        {1234567.891, "1234567.891"},
        {1e-6, "0.000001"},
        {0.00012, "0.00012"},
        {1.5e-6, "0.0000015"},
        {9.999999999999997e-7, "9.999999999999997e-07"},
        {1e-7, "1e-07"},
        {-2.5e-10, "-2.5e-10"},
        {1e15, "1000000000000000"},
        {1e16, "10000000000000000"},
        {99999999999999984.0, "99999999999999980"},
        {1e17, "1e+17"},
        {1.25e100, "1.25e+100"},
        {9007199254740993.0, "9007199254740992"},
        {123456789.123456, "123456789.123456"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {0x1p-1074, "5e-324"},
        {0x1p-44,
         "5.684341886080802e-14"}, /* a power of two: its nearest 16 digits, ...801, are another double's */
        {0x1p-24, "5.960464477539063e-08"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[CST_NUMBER_ROOM];
        assert_int_equal(cst_number_format(rows[i].v, out), strlen(rows[i].want));
        assert_string_equal(out, rows[i].want);
    }
    char out[CST_NUMBER_ROOM] = "x";
    assert_int_equal(cst_number_format(NAN, out), 0);
    assert_string_equal(out, "");
    assert_int_equal(cst_number_format(INFINITY, out), 0);
    assert_int_equal(cst_number_format(-INFINITY, out), 0);
}

/* How many digits of a text count: without the zeros at both ends. */
static int count_digits(const char *p)
{
    int n = 0, zeros = 0;
    for (; *p && *p != 'e'; p++) {
        if (*p < '0' || *p > '9' || (n == 0 && *p == '0')) continue;
        zeros = *p == '0' ? zeros + 1 : 0;
        n++;
    }
    return n - zeros;
}

/* Reads back as itself; and printf with one digit fewer does not. */
static void check_round_trip(double v)
{
    char out[CST_NUMBER_ROOM], fewer[64];
    double back;
    size_t n = cst_number_format(v, out);
    assert_int_equal(strlen(out), n);
    if (!cst_number_parse((cst_text){out, (uint32_t)n}, &back) || back != v) fail_msg("%a gives %s", v, out);
    int digits = count_digits(out);
    if (digits < 2) return;
    snprintf(fewer, sizeof fewer, "%.*e", digits - 2, v);
    if (strtod(fewer, NULL) == v) fail_msg("%s is shorter than %s", fewer, out);
}

static void round_trips(void **state)
{
    (void)state;
    srand(2);
    for (int i = 0; i < 60000; i++) check_round_trip(draw_double());
    for (int i = 0; i < 60000; i++) {
        check_round_trip((double)(int64_t)(draw() >> 12) / 1e6);
        check_round_trip((double)(draw() % 100000000) / 1000);
        check_round_trip(ldexp((double)(draw() >> 11), -53)); /* ratios in 0..1 */
    }
    for (int e = -1074; e < 1024; e++) {
        check_round_trip(ldexp(1, e));
        check_round_trip(nextafter(ldexp(1, e), 0));
        check_round_trip(-nextafter(ldexp(1, e), INFINITY));
    }
}

static void fixed(void **state)
{
    (void)state;
    static const struct {
        double v;
        int decimals;
        const char *want;
    } rows[] = {
        {0, 0, "0"},
        {0, 2, "0.00"},
        {-0.0, 2, "0.00"},
        {-0.004, 2, "0.00"},
        {-0.005, 2, "-0.01"}, /* the double lies a little beyond */
        {0.125, 2, "0.13"},
        {-0.125, 2, "-0.13"},
        {0.375, 2, "0.38"},
        {0.5, 0, "1"},
        {1.5, 0, "2"},
        {2.5, 0, "3"},
        {-2.5, 0, "-3"},
        {0.49999999999999994, 0, "0"},
        {1.005, 2, "1.00"},         /* 1.00499999999999989... */
        {1.0000005, 6, "1.000001"}, /* 1.00000050000000006... */
        {1.0000015, 6, "1.000001"}, /* 1.00000149999999987... */
        {0.1, 12, "0.100000000000"},
        {4503599627370495.5, 0, "4503599627370496"},
        {4503599627370496.5, 0, "4503599627370496"},   /* the literal is a tie, read as ...496 */
        {9007.0001220703125, 12, "9007.000122070313"}, /* an exact tie beyond 2^53 */
        {-9007.0001220703125, 12, "-9007.000122070313"},
        {549755813887.9998779296875, 12, "549755813887.999877929688"}, /* 2^39 - 2^-13 */
        {1e22, 2, "10000000000000000000000.00"},
        {123456789012.34375, 4, "123456789012.3438"},
        {1e-300, 6, "0.000000"},
        {0x1p-1074, 12, "0.000000000000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[CST_NUMBER_ROOM];
        assert_int_equal(cst_number_format_fixed(rows[i].v, rows[i].decimals, out), strlen(rows[i].want));
        assert_string_equal(out, rows[i].want);
    }
    char out[CST_NUMBER_ROOM] = "x";
    assert_int_equal(cst_number_format_fixed(NAN, 2, out), 0);
    assert_string_equal(out, "");
    assert_int_equal(cst_number_format_fixed(-INFINITY, 2, out), 0);
    assert_int_equal(cst_number_format_fixed(-DBL_MAX, 12, out), 1 + 309 + 1 + 12);
}

/* Rounds the exact decimal text of v, which printf writes out to the last digit, by hand: half away.
 * Cuts `exact` there. */
static void round_text(char *exact, int decimals)
{
    char *cut = strchr(exact, '.') + 1 + decimals;
    bool up = *cut >= '5';
    if (decimals == 0) cut--;
    *cut = '\0';
    for (char *p = cut - 1; up && p >= exact; p--) {
        if (*p == '.') continue;
        up = *p == '9';
        *p = up ? '0' : (char)(*p + 1);
    }
    if (up) {
        memmove(exact + 1, exact, strlen(exact) + 1);
        exact[0] = '1';
    }
}

static void check_fixed(double v, int decimals)
{
    static char want[1500];
    char out[CST_NUMBER_ROOM];
    snprintf(want, sizeof want, "%.1100f", v);
    round_text(want, decimals);
    cst_number_format_fixed(v, decimals, out);
    if (strcmp(out, want) != 0) fail_msg("%a at %d: %s, not %s", v, decimals, out, want);
    cst_number_format_fixed(-v, decimals, out);
    bool zero = strspn(want, "0.") == strlen(want);
    if (strcmp(out + !zero, want) != 0 || (!zero && out[0] != '-'))
        fail_msg("%a at %d: %s", -v, decimals, out);
}

static void fixed_by_hand(void **state)
{
    (void)state;
    srand(3);
    for (int i = 0; i < 20000; i++) {
        int decimals = rand() % 13;
        check_fixed(ldexp((double)(draw() >> rand() % 60), -(rand() % 45)), decimals);
        check_fixed((double)(draw() % 20000001) / 2e4, decimals);
        /* ties: an odd multiple of 2^-(decimals + 1), small and up to the last bit of a double */
        check_fixed(ldexp((double)(draw() >> (12 + rand() % 50) | 1), -decimals - 1), decimals);
        check_fixed(ldexp((double)((UINT64_C(1) << (20 + rand() % 33)) - 1), -decimals - 1), decimals);
    }
    check_fixed(DBL_MAX, 12);
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"-12", true, -12},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1/", false, 0},
        {"1:", false, 0},
        {"--1", false, 0},
        {"\xb1", false, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999999", false, 0},
        {"00000000000000000000000000000005", true, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 0;
        assert_int_equal(cst_int_parse(cst_text_of(rows[i].text), &v), rows[i].ok);
        assert_true(v == rows[i].want);
    }
}

/* A locale with a decimal comma: an installed one, or one made in a folder of our own. NULL: neither. */
static const char *set_comma_locale(char folder[])
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8",
                                        "es_ES.UTF-8", "nl_NL.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0) return names[i];
    }
    char command[256];
    if (!mkdtemp(folder)) return NULL;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder,
             folder);
    if (system(command) != 0 || setenv("LOCPATH", folder, 1) != 0) return NULL;
    return setlocale(LC_ALL, "de_DE.UTF-8") && strcmp(localeconv()->decimal_point, ",") == 0 ? "de_DE.UTF-8"
                                                                                             : NULL;
}

static void remove_folder(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (access(folder, F_OK) == 0 && system(command) != 0) print_message("cannot remove %s\n", folder);
}

static void under_a_comma(void **state)
{
    char folder[] = "/tmp/cst-locale-XXXXXX";
    const char *name = set_comma_locale(folder);
    if (!name) {
        remove_folder(folder);
        print_message("SKIP: no locale with a decimal comma is installed and localedef makes none\n");
        skip();
    }
    remove_folder(folder); /* loaded; gone even if something below fails */
    char seen[16];
    snprintf(seen, sizeof seen, "%.1f", 0.5);
    assert_string_equal(seen, "0,5"); /* the C library does follow it */
    double v = 42;
    assert_true(
        cst_number_parse(cst_text_of("1234.56789012345678901234e-3"), &v)); /* the lane through strtod */
    assert_true(v == 1.23456789012345678901234);
    assert_false(cst_number_parse(cst_text_of("0,5"), &v));
    parses(state);
    shortest(state);
    fixed(state);
    srand(4);
    for (int i = 0; i < 20000; i++) {
        char out[CST_NUMBER_ROOM];
        double original = draw_double();
        size_t n = cst_number_format(original, out);
        assert_null(strchr(out, ','));
        assert_true(cst_number_parse((cst_text){out, (uint32_t)n}, &v) && v == original);
    }
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),        cmocka_unit_test(long_middles), cmocka_unit_test(parses_as_strtod),
        cmocka_unit_test(shortest),      cmocka_unit_test(round_trips),  cmocka_unit_test(fixed),
        cmocka_unit_test(fixed_by_hand), cmocka_unit_test(integers),     cmocka_unit_test(under_a_comma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
