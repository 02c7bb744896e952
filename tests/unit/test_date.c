/* Days: every day of the range walked by a naive calendar; what is no date; month arithmetic by its
 * three rules. */
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

static int count_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Every day from 0001-01-01 to 9999-12-31, counted up one by one: number, date and text in both
 * directions. */
static void the_whole_range(void **state)
{
    (void)state;
    cst_day d = CST_DAY_MIN;
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            int days = count_days(year, month);
            assert_int_equal(cst_month_days(year, month), days);
            for (int day = 1; day <= days; day++, d++) {
                int y, m, dd;
                char want[32], got[CST_DAY_ROOM];
                cst_day back;
                cst_day_civil(d, &y, &m, &dd);
                sprintf(want, "%04d-%02d-%02d", year, month, day);
                if (y != year || m != month || dd != day || cst_day_of(year, month, day) != d)
                    fail_msg("%s", want);
                if (cst_day_format(d, got) != 10 || strcmp(got, want) != 0) fail_msg("%s for %s", got, want);
                if (!cst_day_parse((cst_text){want, 10}, &back) || back != d) fail_msg("%s unread", want);
            }
            assert_int_equal(cst_day_of(year, month, days + 1), CST_DAY_NONE);
        }
    }
    assert_int_equal(d, CST_DAY_MAX + 1);
    assert_int_equal(cst_day_of(1970, 1, 1), 0);
    assert_int_equal(cst_day_of(2000, 3, 1), 11017);
}

static void no_dates(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2024",
                                        "2024-02-30",
                                        "2023-02-29",
                                        "1900-02-29",
                                        "2024-13-01",
                                        "2024-00-10",
                                        "2024-01-00",
                                        "2024-01-32",
                                        "2024-04-31",
                                        "0000-01-01",
                                        "2024-1-01",
                                        "2024-01-1",
                                        "2024/01/01",
                                        "20240101",
                                        "2024-01-011",
                                        " 2024-01-1",
                                        "2024-01-01 ",
                                        "31.12.2024",
                                        "2024-0a-01",
                                        "2024-01-0:",
                                        "2024-01-/1",
                                        "202/-01-01",
                                        "202:-01-01",
                                        "2024.01.01",
                                        "2024-01.01",
                                        "2024-01/01",
                                        "+024-01-01",
                                        "\xb2"
                                        "024-01-01",
                                        "2024-01-\xb1"
                                        "1",
                                        "2024\xad"
                                        "01-01"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cst_day d = 5;
        if (cst_day_parse(cst_text_of(texts[i]), &d)) fail_msg("\"%s\" is read", texts[i]);
        assert_int_equal(d, 5);
    }
    assert_int_equal(cst_day_of(0, 1, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_of(10000, 1, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_of(2024, 0, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_of(2024, 13, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_of(2024, 1, 0), CST_DAY_NONE);
    assert_int_equal(cst_day_of(-1, 1, 1), CST_DAY_NONE);
    char out[CST_DAY_ROOM];
    assert_int_equal(cst_day_format(CST_DAY_NONE, out), 0);
    assert_string_equal(out, "");
    assert_int_equal(cst_day_format(CST_DAY_MAX + 1, out), 0);
}

/* Each byte of a good date replaced by every other value: read only where the result is a date by the
 * naive calendar. */
static void every_byte(void **state)
{
    (void)state;
    static const char good[] = "2024-02-28";
    for (int at = 0; at < 10; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char *text = malloc(10); /* of its own size: a longer read shows under the address sanitizer */
            assert_non_null(text);
            memcpy(text, good, 10);
            text[at] = (char)byte;
            bool want = at == 4 || at == 7 ? byte == '-' : byte >= '0' && byte <= '9';
            if (want) {
                char copy[11] = {0};
                int y, m, d;
                memcpy(copy, text, 10);
                assert_int_equal(sscanf(copy, "%d-%d-%d", &y, &m, &d), 3);
                want = y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= count_days(y, m);
            }
            cst_day out;
            assert_int_equal(cst_day_parse((cst_text){text, 10}, &out), want);
            free(text);
        }
    }
}

static cst_day read_day(const char *s)
{
    cst_day d;
    assert_true(cst_day_parse(cst_text_of(s), &d));
    return d;
}

static void adds_months(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int n;
        const char *clamped, *end;
    } rows[] = {
        {"2024-01-31", 1, "2024-02-29", "2024-02-29"},
        {"2024-01-31", 2, "2024-03-31", "2024-03-31"},
        {"2024-02-29", 3, "2024-05-29", "2024-05-31"},
        {"2024-02-29", 12, "2025-02-28", "2025-02-28"},
        {"2025-02-28", 12, "2026-02-28", "2026-02-28"},
        {"2025-02-28", -12, "2024-02-28", "2024-02-29"},
        {"2025-02-28", -24, "2023-02-28", "2023-02-28"},
        {"2024-02-28", 1, "2024-03-28", "2024-03-28"}, /* not a last day in a leap year */
        {"2024-04-30", 1, "2024-05-30", "2024-05-31"},
        {"2024-04-30", -2, "2024-02-29", "2024-02-29"},
        {"2024-12-31", 2, "2025-02-28", "2025-02-28"},
        {"2024-03-15", -3, "2023-12-15", "2023-12-15"},
        {"2024-03-15", 0, "2024-03-15", "2024-03-15"},
        {"2025-02-28", -12, "2024-02-28", "2024-02-29"},
        {"9999-11-30", 1, "9999-12-30", "9999-12-31"},
        {"0001-02-28", -1, "0001-01-28", "0001-01-31"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(cst_day_add_months(read_day(rows[i].from), rows[i].n), read_day(rows[i].clamped));
        assert_int_equal(cst_day_add_months_end(read_day(rows[i].from), rows[i].n), read_day(rows[i].end));
    }
    assert_int_equal(cst_day_add_months(CST_DAY_MAX, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_add_months(CST_DAY_MIN, -1), CST_DAY_NONE);
    assert_int_equal(cst_day_add_months(0, INT32_MAX), CST_DAY_NONE);
    assert_int_equal(cst_day_add_months(0, INT32_MIN), CST_DAY_NONE);
    assert_int_equal(cst_day_add_months_end(CST_DAY_MAX, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_add_months(CST_DAY_NONE, 1), CST_DAY_NONE);
    assert_int_equal(cst_day_add_months_end(CST_DAY_NONE, 1), CST_DAY_NONE);
}

/* By the definition: the largest n with anchor + n months <= b; over all pairs of a few years around a
 * leap day. */
static void months_between(void **state)
{
    (void)state;
    cst_day from = read_day("2023-01-01"), to = read_day("2025-03-31");
    for (cst_day a = from; a <= to; a++) {
        int n = 0;
        for (cst_day b = a; b <= to; b++) {
            while (cst_day_add_months(a, n + 1) <= b) n++;
            if (cst_months_between(a, b) != n) fail_msg("day %d to %d: not %d months", a, b, n);
        }
    }
    assert_int_equal(cst_months_between(read_day("2024-01-31"), read_day("2024-02-28")), 0);
    assert_int_equal(cst_months_between(read_day("2024-01-31"), read_day("2024-02-29")), 1);
    assert_int_equal(cst_months_between(CST_DAY_MIN, CST_DAY_MAX), 9998 * 12 + 11);
    assert_int_equal(cst_months_between(read_day("2024-03-15"), read_day("2024-03-14")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_range), cmocka_unit_test(no_dates),       cmocka_unit_test(every_byte),
        cmocka_unit_test(adds_months),     cmocka_unit_test(months_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
