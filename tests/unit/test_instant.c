/* Instants: the forms of exports, offsets to UTC, what is refused, the edges of the range, out then in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"2024-05-01", "2024-05-01"},
        {"2024-05-01T00:00:00Z", "2024-05-01"},
        {"2024-05-01T13:45", "2024-05-01T13:45:00Z"},
        {"2024-05-01 13:45:09", "2024-05-01T13:45:09Z"},
        {"2024-05-01T13:45:09Z", "2024-05-01T13:45:09Z"},
        {"2024-05-01 13:45:09 UTC", "2024-05-01T13:45:09Z"},
        {"2024-05-01 13:45:09 +0200", "2024-05-01T11:45:09Z"},
        {"2024-05-01 23:45:09 -05:00", "2024-05-02T04:45:09Z"},
        {"2024-05-01 13:45 UTC", "2024-05-01T13:45:00Z"},
        {"2024-05-01T13:45:09.5Z", "2024-05-01T13:45:09.500000Z"},
        {"2024-05-01T13:45:09.000001", "2024-05-01T13:45:09.000001Z"},
        {"2024-05-01T13:45:09.123456789Z", "2024-05-01T13:45:09.123456Z"}, /* cut, not rounded */
        {"2024-05-01T13:45:09.999999999Z", "2024-05-01T13:45:09.999999Z"},
        {"2024-05-01T00:00:00.0000009Z", "2024-05-01"},
        {"2024-05-01T01:30:00+02", "2024-04-30T23:30:00Z"},
        {"2024-05-01T01:30:00+0200", "2024-04-30T23:30:00Z"},
        {"2024-05-01T01:30:00+02:00", "2024-04-30T23:30:00Z"},
        {"2024-05-01T01:30+05:45", "2024-04-30T19:45:00Z"},
        {"2023-12-31T20:00:00-05:00", "2024-01-01T01:00:00Z"},
        {"2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00Z"},
        {"2024-05-01T12:00:00-00:00", "2024-05-01T12:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
        {"1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000001Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cst_instant at;
        char out[CST_INSTANT_ROOM];
        if (!cst_instant_parse(cst_text_of(rows[i].text), &at)) fail_msg("\"%s\" is not read", rows[i].text);
        assert_int_equal(cst_instant_format(at, out), strlen(rows[i].want));
        assert_string_equal(out, rows[i].want);
    }
    cst_instant at;
    assert_true(cst_instant_parse(cst_text_of("2001-09-09T01:46:40Z"), &at)); /* a billion seconds */
    assert_true(at == INT64_C(1000000000000000));
}

static void refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2024-05",
                                        "2024-05-01T",
                                        "2024-05-01 ",
                                        "2024-05-01T1",
                                        "2024-05-01T13",
                                        "2024-05-01T13:",
                                        "2024-05-01T13:4",
                                        "2024-05-01T24:00",
                                        "2024-05-01T13:60",
                                        "2024-05-01T13:45:60",
                                        "2024-05-01T13:45:",
                                        "2024-05-01T13:45:9",
                                        "2024-05-01T13:45:09.",
                                        "2024-05-01T13:45:09.1234567890",
                                        "2024-05-01T13:45:09,5",
                                        "2024-05-01T13:45.5",
                                        "2024-05-01T13:45:09z",
                                        "2024-05-01t13:45",
                                        "2024-05-01  13:45",
                                        "2024-05-01T13:45:09 ",
                                        "2024-05-01T13:45:09ZZ",
                                        "2024-05-01T13:45:09 utc",
                                        "2024-05-01T13:45:09UTC",
                                        "2024-05-01T13:45:09 UTC ",
                                        "2024-05-01T13:45:09 ",
                                        "2024-05-01T13:45:09  +02",
                                        "2024-05-01T13:45:09 02",
                                        "2024-05-01T13:45+",
                                        "2024-05-01T13:45+2",
                                        "2024-05-01T13:45+020",
                                        "2024-05-01T13:45+02:",
                                        "2024-05-01T13:45+02:0",
                                        "2024-05-01T13:45+24:00",
                                        "2024-05-01T13:45+02:60",
                                        "2024-05-01T13:45+02:000",
                                        "2024-05-01T13:45+02:00Z",
                                        "2024-02-30T13:45",
                                        "2024-05-01Z",
                                        "2024-05-01+02",
                                        "13:45",
                                        "0001-01-01T00:00:00+00:01",
                                        "9999-12-31T23:59:00-00:01"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cst_instant at = 5;
        if (cst_instant_parse(cst_text_of(texts[i]), &at)) fail_msg("\"%s\" is read", texts[i]);
        assert_true(at == 5);
    }
}

static void days(void **state)
{
    (void)state;
    assert_int_equal(cst_instant_day(0), 0);
    assert_int_equal(cst_instant_day(-1), -1);
    assert_int_equal(cst_instant_day(CST_MICROS_PER_DAY - 1), 0);
    assert_int_equal(cst_instant_day(CST_MICROS_PER_DAY), 1);
    assert_int_equal(cst_instant_day(-CST_MICROS_PER_DAY), -1);
    assert_int_equal(cst_instant_day(-CST_MICROS_PER_DAY - 1), -2);
    for (cst_day d = CST_DAY_MIN; d <= CST_DAY_MAX; d += 997) {
        assert_int_equal(cst_instant_day(cst_day_instant(d)), d);
        assert_int_equal(cst_instant_day(cst_day_instant(d) + CST_MICROS_PER_DAY - 1), d);
    }
}

static void there_and_back(void **state)
{
    (void)state;
    srand(6);
    for (int i = 0; i < 200000; i++) {
        int64_t span = (int64_t)(CST_DAY_MAX - CST_DAY_MIN + 1) * CST_MICROS_PER_DAY;
        int64_t draw = (int64_t)(((uint64_t)rand() << 31 ^ (uint64_t)rand()) << 1 ^ (uint64_t)rand());
        cst_instant at = cst_day_instant(CST_DAY_MIN) + (draw & INT64_MAX) % span, back;
        if (i % 2) at -= at % 1000000;
        char out[CST_INSTANT_ROOM];
        size_t n = cst_instant_format(at, out);
        assert_true(cst_instant_parse((cst_text){out, (uint32_t)n}, &back));
        assert_true(back == at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(refused),
        cmocka_unit_test(days),
        cmocka_unit_test(there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
