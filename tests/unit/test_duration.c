/* Durations: the grammar, days and weeks exactly, months by the last-day rule, whole numbers of periods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/period.h"
#include "base/text.h"

static void grammar(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t n;
        char unit;
    } good[] = {{"1d", 1, 'd'}, {"28d", 28, 'd'}, {"2w", 2, 'w'},    {"12m", 12, 'm'},
                {"4q", 4, 'q'}, {"1y", 1, 'y'},   {"012m", 12, 'm'}, {"2147483647d", INT32_MAX, 'd'}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cst_duration d = {0, 0};
        assert_true(cst_duration_parse(cst_text_of(good[i].text), &d));
        assert_int_equal(d.n, good[i].n);
        assert_int_equal(d.unit, good[i].unit);
        char out[CST_PERIOD_ROOM], want[32];
        sprintf(want, "%d%c", good[i].n, good[i].unit);
        assert_int_equal(cst_duration_format(d, out), strlen(want));
        assert_string_equal(out, want);
    }
    static const char *const bad[] = {"",
                                      "m",
                                      "12",
                                      "0m",
                                      "-1m",
                                      "+1m",
                                      "1.5m",
                                      "1M",
                                      "1 m",
                                      " 1m",
                                      "1m ",
                                      "1mm",
                                      "m1",
                                      "1h",
                                      "1m1d",
                                      "000d",
                                      "a1d",
                                      "2147483648d",
                                      "99999999999999999999d"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cst_duration d = {7, 'w'};
        if (cst_duration_parse(cst_text_of(bad[i]), &d)) fail_msg("\"%s\" is read", bad[i]);
        assert_int_equal(d.n, 7);
    }
    cst_duration d;
    assert_false(cst_duration_parse((cst_text){"1\0", 2}, &d));
    char out[CST_PERIOD_ROOM] = "x";
    assert_int_equal(cst_duration_format((cst_duration){0, 0}, out), 0);
    assert_string_equal(out, "");
}

static cst_day read_day(const char *s)
{
    cst_day d;
    assert_true(cst_day_parse(cst_text_of(s), &d));
    return d;
}

static void moves(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        cst_duration by;
        const char *plus, *minus;
    } rows[] = {
        {"2024-02-29", {3, 'm'}, "2024-05-31", "2023-11-30"},
        {"2024-02-29", {1, 'q'}, "2024-05-31", "2023-11-30"},
        {"2024-02-29", {1, 'y'}, "2025-02-28", "2023-02-28"},
        {"2025-02-28", {12, 'm'}, "2026-02-28", "2024-02-29"},
        {"2024-01-30", {1, 'm'}, "2024-02-29", "2023-12-30"},
        {"2024-01-31", {30, 'd'}, "2024-03-01", "2024-01-01"},
        {"2024-02-28", {1, 'd'}, "2024-02-29", "2024-02-27"},
        {"2024-02-28", {2, 'w'}, "2024-03-13", "2024-02-14"},
        {"2024-06-15", {10, 'y'}, "2034-06-15", "2014-06-15"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(cst_day_plus(read_day(rows[i].from), rows[i].by), read_day(rows[i].plus));
        assert_int_equal(cst_day_minus(read_day(rows[i].from), rows[i].by), read_day(rows[i].minus));
    }
    static const char units[] = "dwmqy";
    for (const char *unit = units; *unit; unit++) {
        assert_int_equal(cst_day_plus(CST_DAY_MAX, (cst_duration){1, *unit}), CST_DAY_NONE);
        assert_int_equal(cst_day_minus(CST_DAY_MIN, (cst_duration){1, *unit}), CST_DAY_NONE);
        assert_int_equal(cst_day_plus(0, (cst_duration){INT32_MAX, *unit}), CST_DAY_NONE);
        assert_int_equal(cst_day_minus(0, (cst_duration){INT32_MAX, *unit}), CST_DAY_NONE);
        assert_int_equal(cst_day_plus(CST_DAY_NONE, (cst_duration){1, *unit}), CST_DAY_NONE);
    }
}

static void whole_periods(void **state)
{
    (void)state;
    /* rows: duration; columns: week, month, quarter, year; 0: no whole number */
    static const struct {
        cst_duration d;
        int want[4];
    } rows[] = {
        {{7, 'd'}, {1, 0, 0, 0}},  {{8, 'd'}, {0, 0, 0, 0}},   {{365, 'd'}, {0, 0, 0, 0}},
        {{3, 'w'}, {3, 0, 0, 0}},  {{12, 'm'}, {0, 12, 4, 1}}, {{3, 'm'}, {0, 3, 1, 0}},
        {{4, 'm'}, {0, 4, 0, 0}},  {{18, 'm'}, {0, 18, 6, 0}}, {{2, 'q'}, {0, 6, 2, 0}},
        {{4, 'q'}, {0, 12, 4, 1}}, {{2, 'y'}, {0, 24, 8, 2}},  {{INT32_MAX, 'y'}, {0, 0, 0, INT32_MAX}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int every = CST_WEEK; every <= CST_YEAR; every++) {
            cst_calendar c = {(cst_every)every, i % 2 ? 4 : 0};
            int n = -1, want = rows[i].want[every];
            assert_int_equal(cst_duration_periods(rows[i].d, &c, &n), want != 0);
            assert_int_equal(n, want ? want : -1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar),
        cmocka_unit_test(moves),
        cmocka_unit_test(whole_periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
