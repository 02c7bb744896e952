/* base/duration.c: N(d|w|m|q|y), the one grammar of lengths of time. Days and weeks are exact numbers
 * of days; months, quarters and years are numbers of months; neither turns into the other, for no
 * month is 30 days. */
#include "base/date.h"
#include "base/period.h"
#include <stdio.h>
#include <string.h>

bool cst_duration_parse(cst_text t, cst_duration *out)
{
    if (t.n < 2) return false;
    char unit = t.p[t.n - 1];
    if (!memchr("dwmqy", unit, 5)) return false;
    int64_t n = 0;
    for (uint32_t i = 0; i + 1 < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        n = n * 10 + (t.p[i] - '0');
        if (n > INT32_MAX) return false;
    }
    if (n == 0) return false;
    *out = (cst_duration){(int32_t)n, unit};
    return true;
}

size_t cst_duration_format(cst_duration d, char out[CST_PERIOD_ROOM])
{
    int n = d.unit ? snprintf(out, CST_PERIOD_ROOM, "%d%c", d.n, d.unit) : 0;
    if (n <= 0) out[0] = '\0';
    return n < 0 ? 0 : (size_t)n;
}

/* Months in one of the unit; 0 for days and weeks. */
static int count_months(char unit)
{
    return unit == 'm' ? 1 : unit == 'q' ? 3 : unit == 'y' ? 12 : 0;
}

/* d + sign x the duration. */
static cst_day move_day(cst_day d, cst_duration by, int sign)
{
    if (d < CST_DAY_MIN || d > CST_DAY_MAX) return CST_DAY_NONE;
    int months = count_months(by.unit);
    if (months) {
        int64_t n = (int64_t)by.n * months * sign;
        return n > 120000 || n < -120000 ? CST_DAY_NONE : cst_day_add_months_end(d, (int)n);
    }
    int64_t moved = d + (int64_t)by.n * (by.unit == 'w' ? 7 : 1) * sign;
    return moved < CST_DAY_MIN || moved > CST_DAY_MAX ? CST_DAY_NONE : (cst_day)moved;
}

cst_day cst_day_plus(cst_day d, cst_duration by)
{
    return move_day(d, by, 1);
}

cst_day cst_day_minus(cst_day d, cst_duration by)
{
    return move_day(d, by, -1);
}

bool cst_duration_periods(cst_duration d, const cst_calendar *c, int *out)
{
    static const int months_of[] = {[CST_WEEK] = 0, [CST_MONTH] = 1, [CST_QUARTER] = 3, [CST_YEAR] = 12};
    int64_t have, per;
    int months = count_months(d.unit);
    if (c->every == CST_WEEK) {
        if (d.unit != 'd' && d.unit != 'w') return false;
        have = (int64_t)d.n * (d.unit == 'w' ? 7 : 1);
        per = 7;
    } else {
        if (!months) return false;
        have = (int64_t)d.n * months;
        per = months_of[c->every];
    }
    if (have % per || have / per > INT32_MAX) return false;
    *out = (int)(have / per);
    return true;
}
