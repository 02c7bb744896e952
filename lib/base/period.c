/* base/period.c: periods as consecutive numbers. A week is counted from the Monday of 1970-01-01's
 * week; a month is 12 x year + month - 1; quarters and years are groups of 3 and 12 months after the
 * fiscal start's shift is taken off, so that one formula serves calendar and fiscal ones. The first
 * and last day of a period that reaches over the edge of the range of dates are cut to it. */
#include "base/period.h"
#include "base/date.h"
#include <stdio.h>
#include <string.h>

/* Months that the fiscal year begins after January: 0..11. */
static int find_shift(const cst_calendar *c)
{
    return c->every >= CST_QUARTER && c->fiscal_start > 1 ? c->fiscal_start - 1 : 0;
}

static int count_months(const cst_calendar *c)
{
    return c->every == CST_YEAR ? 12 : c->every == CST_QUARTER ? 3 : 1;
}

/* Division that rounds down; b > 0. */
static int64_t divide_down(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static cst_day cut_day(int64_t d)
{
    return (cst_day)(d < CST_DAY_MIN ? CST_DAY_MIN : d > CST_DAY_MAX ? CST_DAY_MAX : d);
}

cst_period cst_period_of(const cst_calendar *c, cst_day d)
{
    if (c->every == CST_DAILY) return d;
    if (c->every == CST_WEEK) return (cst_period)divide_down((int64_t)d + 3, 7);
    int year, month, day;
    cst_day_civil(d, &year, &month, &day);
    return (cst_period)divide_down(year * 12 + month - 1 - find_shift(c), count_months(c));
}

/* The first and last month (12 x year + month - 1) of a period that is not of weeks. */
static void find_months(const cst_calendar *c, cst_period p, int64_t *first, int64_t *last)
{
    *first = (int64_t)p * count_months(c) + find_shift(c);
    *last = *first + count_months(c) - 1;
}

/* The day that a period of a day is. */
static cst_day find_day(cst_period p)
{
    return p < CST_DAY_MIN || p > CST_DAY_MAX ? CST_DAY_NONE : p;
}

cst_day cst_period_first(const cst_calendar *c, cst_period p)
{
    if (c->every == CST_DAILY) return find_day(p);
    if (c->every == CST_WEEK) {
        int64_t monday = (int64_t)p * 7 - 3;
        return monday + 6 < CST_DAY_MIN || monday > CST_DAY_MAX ? CST_DAY_NONE : cut_day(monday);
    }
    int64_t first, last;
    find_months(c, p, &first, &last);
    if (last < 12 || first >= 120000) return CST_DAY_NONE;
    return first < 12 ? CST_DAY_MIN : cst_day_of((int)(first / 12), (int)(first % 12) + 1, 1);
}

cst_day cst_period_last(const cst_calendar *c, cst_period p)
{
    if (c->every == CST_DAILY) return find_day(p);
    if (c->every == CST_WEEK) {
        int64_t sunday = (int64_t)p * 7 + 3;
        return sunday < CST_DAY_MIN || sunday - 6 > CST_DAY_MAX ? CST_DAY_NONE : cut_day(sunday);
    }
    int64_t first, last;
    find_months(c, p, &first, &last);
    if (last < 12 || first >= 120000) return CST_DAY_NONE;
    if (last >= 120000) return CST_DAY_MAX;
    int year = (int)(last / 12), month = (int)(last % 12) + 1;
    return cst_day_of(year, month, cst_month_days(year, month));
}

cst_period cst_period_last_month(const cst_calendar *c, cst_period p)
{
    if (c->every <= CST_WEEK) return cst_period_of(&(cst_calendar){CST_MONTH, 0}, cst_period_last(c, p));
    int64_t first, last;
    find_months(c, p, &first, &last);
    return (cst_period)last;
}

/* An ISO week belongs to the year that holds its Thursday. */
static int name_week(cst_period p, char out[CST_PERIOD_ROOM])
{
    int year, month, day;
    cst_day thursday = (cst_day)((int64_t)p * 7);
    cst_day_civil(thursday, &year, &month, &day);
    int week = day ? (thursday - cst_day_of(year, 1, 1)) / 7 + 1 : 0;
    return snprintf(out, CST_PERIOD_ROOM, "%04d-W%02d", year, week);
}

size_t cst_period_name(const cst_calendar *c, cst_period p, char out[CST_PERIOD_ROOM])
{
    int n = 0;
    bool fiscal = find_shift(c) > 0;
    const char *mark = fiscal ? "FY" : "";
    switch (c->every) {
    case CST_DAILY:
        return cst_day_format(p, out);
    case CST_WEEK:
        n = name_week(p, out);
        break;
    case CST_MONTH:
        n = snprintf(out, CST_PERIOD_ROOM, "%04d-%02d", (int)divide_down(p, 12),
                     (int)(p - 12 * divide_down(p, 12)) + 1);
        break;
    case CST_QUARTER:
        n = snprintf(out, CST_PERIOD_ROOM, "%s%04d-Q%d", mark, (int)divide_down(p, 4) + fiscal,
                     (int)(p - 4 * divide_down(p, 4)) + 1);
        break;
    case CST_YEAR:
        n = snprintf(out, CST_PERIOD_ROOM, "%s%04d", mark, p + fiscal);
        break;
    }
    return n < 0 ? 0 : (size_t)n;
}

bool cst_every_parse(const char *word, cst_every *out)
{
    static const char *const words[] = {"week", "month", "quarter", "year"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(word, words[i]) == 0) {
            *out = (cst_every)i;
            return true;
        }
    }
    return false;
}
