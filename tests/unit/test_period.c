/* Periods: every day of the range in its week, month, quarter and year, for all twelve fiscal starts,
 * against a walk that counts along; ISO weeks at the edges of years; names; the edges of the range. */
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

static cst_day read_day(const char *s)
{
    cst_day d;
    assert_true(cst_day_parse(cst_text_of(s), &d));
    return d;
}

/* Walks all days. `starts` tells whether a day begins a period, by the calendar alone; then the number
 * goes up by one, and the first and last days are those where it does. */
static void walk(const cst_calendar *c, bool (*starts)(const cst_calendar *c, cst_day d))
{
    cst_period p = cst_period_of(c, CST_DAY_MIN);
    cst_day first = CST_DAY_MIN;
    for (cst_day d = CST_DAY_MIN + 1; d <= CST_DAY_MAX + 1; d++) {
        bool next = d > CST_DAY_MAX || starts(c, d);
        if (next) {
            if (cst_period_first(c, p) != first || cst_period_last(c, p) != d - 1) {
                fail_msg("period %d of days %d to %d", p, first, d - 1);
            }
            p++;
            first = d;
        }
        if (d <= CST_DAY_MAX && cst_period_of(c, d) != p) fail_msg("day %d is not in period %d", d, p);
    }
    assert_int_equal(cst_period_first(c, p), CST_DAY_NONE); /* past the last */
    assert_int_equal(cst_period_last(c, p), CST_DAY_NONE);
    p = cst_period_of(c, CST_DAY_MIN) - 1;
    assert_int_equal(cst_period_first(c, p), CST_DAY_NONE);
    assert_int_equal(cst_period_last(c, p), CST_DAY_NONE);
}

static bool starts_week(const cst_calendar *c, cst_day d)
{
    (void)c;
    return (d - CST_DAY_MIN) % 7 == 0; /* 0001-01-01 is a Monday */
}

static bool starts_months(const cst_calendar *c, cst_day d)
{
    int year, month, day, start = c->fiscal_start && c->every != CST_MONTH ? c->fiscal_start : 1;
    cst_day_civil(d, &year, &month, &day);
    int size = c->every == CST_YEAR ? 12 : c->every == CST_QUARTER ? 3 : 1;
    return day == 1 && (month - start + 12) % size == 0;
}

static void weeks(void **state)
{
    (void)state;
    assert_int_equal(read_day("2024-01-01") % 7,
                     (read_day("0001-01-01") + 7 * 200000) % 7); /* both Mondays */
    walk(&(cst_calendar){CST_WEEK, 0}, starts_week);
}

static void months_and_longer(void **state)
{
    (void)state;
    for (int start = 0; start <= 12; start += 1) {
        if (start < 2) walk(&(cst_calendar){CST_MONTH, start}, starts_months);
        walk(&(cst_calendar){CST_QUARTER, start}, starts_months);
        walk(&(cst_calendar){CST_YEAR, start}, starts_months);
    }
    walk(&(cst_calendar){CST_MONTH, 7}, starts_months);
}

/* Names of ISO weeks over the whole range: week 1 is the one that holds January 4, and the number goes
 * up each Monday. */
static void week_names(void **state)
{
    (void)state;
    cst_calendar c = {CST_WEEK, 0};
    int year = 0, week = 0;
    for (cst_day monday = CST_DAY_MIN; monday <= CST_DAY_MAX; monday += 7) {
        int y, m, d;
        bool first = false;
        for (cst_day day = monday; day < monday + 7 && day <= CST_DAY_MAX; day++) {
            cst_day_civil(day, &y, &m, &d);
            first |= m == 1 && d == 4;
        }
        week = first ? 1 : week + 1;
        year += first;
        char want[32], got[CST_PERIOD_ROOM];
        size_t n = (size_t)sprintf(want, "%04d-W%02d", year, week);
        assert_int_equal(cst_period_name(&c, cst_period_of(&c, monday), got), n);
        if (strcmp(got, want) != 0) fail_msg("%s is named %s", want, got);
    }
    assert_int_equal(year, 9999);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        cst_calendar c;
        const char *day, *name, *first, *last;
        int last_month; /* 12 x year + month - 1 */
    } rows[] = {
        {{CST_DAILY, 0}, "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29", 2024 * 12 + 1},
        {{CST_DAILY, 0}, "9999-12-31", "9999-12-31", "9999-12-31", "9999-12-31", 9999 * 12 + 11},
        {{CST_WEEK, 0}, "2020-12-31", "2020-W53", "2020-12-28", "2021-01-03", 2021 * 12},
        {{CST_WEEK, 0}, "2021-01-03", "2020-W53", "2020-12-28", "2021-01-03", 2021 * 12},
        {{CST_WEEK, 0}, "2021-01-04", "2021-W01", "2021-01-04", "2021-01-10", 2021 * 12},
        {{CST_WEEK, 0}, "2024-12-30", "2025-W01", "2024-12-30", "2025-01-05", 2025 * 12},
        {{CST_WEEK, 0}, "2024-02-01", "2024-W05", "2024-01-29", "2024-02-04", 2024 * 12 + 1},
        {{CST_WEEK, 0}, "1969-12-31", "1970-W01", "1969-12-29", "1970-01-04", 1970 * 12},
        {{CST_WEEK, 0}, "1969-12-28", "1969-W52", "1969-12-22", "1969-12-28", 1969 * 12 + 11},
        {{CST_WEEK, 0}, "9999-12-31", "9999-W52", "9999-12-27", "9999-12-31", 9999 * 12 + 11},
        {{CST_MONTH, 0}, "2024-02-29", "2024-02", "2024-02-01", "2024-02-29", 2024 * 12 + 1},
        {{CST_MONTH, 4}, "2024-02-29", "2024-02", "2024-02-01", "2024-02-29", 2024 * 12 + 1},
        {{CST_QUARTER, 0}, "2024-02-29", "2024-Q1", "2024-01-01", "2024-03-31", 2024 * 12 + 2},
        {{CST_QUARTER, 1}, "2024-12-31", "2024-Q4", "2024-10-01", "2024-12-31", 2024 * 12 + 11},
        {{CST_YEAR, 0}, "2024-02-29", "2024", "2024-01-01", "2024-12-31", 2024 * 12 + 11},
        {{CST_YEAR, 1}, "2024-02-29", "2024", "2024-01-01", "2024-12-31", 2024 * 12 + 11},
        /* fiscal: the year it ends in */
        {{CST_QUARTER, 4}, "2024-04-01", "FY2025-Q1", "2024-04-01", "2024-06-30", 2024 * 12 + 5},
        {{CST_QUARTER, 4}, "2024-03-31", "FY2024-Q4", "2024-01-01", "2024-03-31", 2024 * 12 + 2},
        {{CST_YEAR, 4}, "2024-04-01", "FY2025", "2024-04-01", "2025-03-31", 2025 * 12 + 2},
        {{CST_YEAR, 4}, "2024-03-31", "FY2024", "2023-04-01", "2024-03-31", 2024 * 12 + 2},
        {{CST_YEAR, 2}, "2024-01-31", "FY2024", "2023-02-01", "2024-01-31", 2024 * 12},
        {{CST_YEAR, 2}, "2024-02-01", "FY2025", "2024-02-01", "2025-01-31", 2025 * 12},
        {{CST_YEAR, 12}, "2023-12-01", "FY2024", "2023-12-01", "2024-11-30", 2024 * 12 + 10},
        {{CST_QUARTER, 2}, "2024-01-31", "FY2024-Q4", "2023-11-01", "2024-01-31", 2024 * 12},
        {{CST_QUARTER, 3}, "2024-02-29", "FY2024-Q4", "2023-12-01", "2024-02-29", 2024 * 12 + 1},
        /* cut at the edges of the range of dates */
        {{CST_YEAR, 7}, "0001-01-01", "FY0001", "0001-01-01", "0001-06-30", 1 * 12 + 5},
        {{CST_YEAR, 7}, "9999-12-31", "FY10000", "9999-07-01", "9999-12-31", 10000 * 12 + 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const cst_calendar *c = &rows[i].c;
        char name[CST_PERIOD_ROOM];
        cst_period p = cst_period_of(c, read_day(rows[i].day));
        assert_int_equal(cst_period_name(c, p, name), strlen(rows[i].name));
        assert_string_equal(name, rows[i].name);
        assert_int_equal(cst_period_first(c, p), read_day(rows[i].first));
        assert_int_equal(cst_period_last(c, p), read_day(rows[i].last));
        assert_int_equal(cst_period_last_month(c, p), rows[i].last_month);
    }
}

/* The last month of a period is the number that the calendar of months gives its last day. */
static void last_months(void **state)
{
    (void)state;
    cst_calendar months = {CST_MONTH, 0};
    for (int every = CST_WEEK; every <= CST_YEAR; every++) {
        for (int start = 0; start <= 12; start++) {
            cst_calendar c = {(cst_every)every, start};
            for (cst_day d = read_day("2019-01-01"); d <= read_day("2026-12-31"); d += 5) {
                cst_period p = cst_period_of(&c, d);
                assert_int_equal(cst_period_last_month(&c, p),
                                 cst_period_of(&months, cst_period_last(&c, p)));
            }
        }
    }
}

static void far_away(void **state)
{
    (void)state;
    for (int every = CST_WEEK; every <= CST_YEAR; every++) {
        cst_calendar c = {(cst_every)every, 4};
        assert_int_equal(cst_period_first(&c, INT32_MAX), CST_DAY_NONE);
        assert_int_equal(cst_period_last(&c, INT32_MIN), CST_DAY_NONE);
    }
}

static void words(void **state)
{
    (void)state;
    static const char *const good[] = {"week", "month", "quarter", "year"};
    cst_every every;
    for (int i = 0; i < 4; i++) {
        assert_true(cst_every_parse(good[i], &every));
        assert_int_equal(every, i);
    }
    assert_false(cst_every_parse("day", &every));
    assert_false(cst_every_parse("Month", &every));
    assert_false(cst_every_parse("months", &every));
    assert_false(cst_every_parse("", &every));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weeks), cmocka_unit_test(months_and_longer), cmocka_unit_test(week_names),
        cmocka_unit_test(names), cmocka_unit_test(last_months),       cmocka_unit_test(far_away),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
