/* number.c: see number.h. */
#include "chart/number.h"
#include "base/date.h"
#include "base/decimal.h"
#include <stdio.h>

#define MINUS "\xE2\x88\x92"

/* millionths as a decimal of so many places, after rounding; sign: before a positive one */
static chart_number format(cst_wide v, int decimals, bool sign, const char *behind)
{
    chart_number out;
    char digits[40];
    cst_wide unit = 1;
    for (int i = decimals; i < 6; i++) unit *= 10;
    v = cst_wide_divide(v, unit);
    bool negative = v<0, positive = v> 0;
    if (negative) v = -v;
    size_t at = sizeof digits;
    digits[--at] = '\0';
    for (int place = 0; v > 0 || place <= decimals; place++, v /= 10) {
        int whole = place - decimals;
        if (decimals > 0 && whole == 0) digits[--at] = '.';
        if (whole > 0 && whole % 3 == 0) digits[--at] = ',';
        digits[--at] = (char)('0' + (int)(v % 10));
    }
    snprintf(out.s, sizeof out.s, "%s%s%s",
             negative           ? MINUS
             : sign && positive ? "+"
                                : "",
             digits + at, behind);
    return out;
}

static const chart_number none = {""};

chart_number chart_money(chart_value v)
{
    return v == CHART_NONE ? none : format(v, 0, false, "");
}

chart_number chart_change(chart_value v)
{
    return v == CHART_NONE ? none : format(v, 0, true, "");
}

chart_number chart_percent(chart_value v)
{
    return v == CHART_NONE ? none : format((cst_wide)v * 100, 1, false, "%");
}

chart_number chart_hundred(chart_value v)
{
    return v == CHART_NONE ? none : format((cst_wide)v * 100, 1, false, "");
}

chart_number chart_whole_percent(chart_value v)
{
    return v == CHART_NONE ? none : format((cst_wide)v * 100, 0, false, "%");
}

chart_number chart_count(chart_value v)
{
    return chart_money(v);
}

/* How many decimals v has, at most `most`. */
static int count_decimals(cst_wide v, int least, int most)
{
    int decimals = most;
    cst_wide unit = 1;
    for (int i = most; i < 6; i++) unit *= 10;
    v = cst_wide_divide(v, unit);
    while (decimals > least && v % 10 == 0) v /= 10, decimals--;
    return decimals;
}

chart_number chart_decimals(chart_value v, int least, int most)
{
    return v == CHART_NONE ? none : format(v, count_decimals(v, least, most), false, "");
}

/* Thousands and what comes above them. */
static const struct scale_word {
    cst_wide unit; /* of money units */
    const char *word;
} words[] = {{INT64_C(1000000000000), "T"}, {1000000000, "B"}, {1000000, "M"}, {1000, "k"}, {1, ""}};

/* The largest unit that `size` holds once. */
static const struct scale_word *find_word(cst_wide size)
{
    size_t i = 0;
    while (words[i].unit > 1 && size < words[i].unit * CHART_ONE) i++;
    return &words[i];
}

chart_number chart_short(chart_value v)
{
    cst_wide size = v < 0 ? -(cst_wide)v : v;
    if (v == CHART_NONE) return none;
    if (size < 10000 * CHART_ONE) return format(v, 0, false, "");
    const struct scale_word *w =
        find_word(size + size / 19000); /* what would round to the next unit is printed in it */
    return format(cst_wide_divide(v, w->unit), w->unit > 1000 ? 2 : 1, false, w->word);
}

chart_number chart_figure(chart_value v, chart_unit unit)
{
    switch (unit) {
    case CHART_PERCENT:
        return chart_percent(v);
    case CHART_SCORE:
        return v == CHART_NONE ? none : format(v, 1, false, "");
    case CHART_DECIMAL:
        return chart_decimals(v, 0, 2);
    case CHART_COUNT:
        return chart_count(v);
    case CHART_MONEY:
        break;
    }
    return chart_money(v);
}

chart_number chart_difference(chart_value v, chart_unit unit)
{
    if (v == CHART_NONE) return none;
    switch (unit) {
    case CHART_PERCENT:
        return format((cst_wide)v * 100, 1, true, "\xC2\xA0pp");
    case CHART_SCORE:
        return format(v, 1, true, "");
    case CHART_DECIMAL:
        return format(v, count_decimals(v, 0, 2), true, "");
    case CHART_COUNT:
    case CHART_MONEY:
        break;
    }
    return chart_change(v);
}

chart_number chart_tick(const chart_ticks *t, int i, chart_unit unit)
{
    chart_value first = t->v[0], last = t->v[t->n - 1], v = t->v[i];
    if (unit == CHART_PERCENT)
        return format((cst_wide)v * 100, count_decimals((cst_wide)t->step * 100, 0, 4), false, "%");
    if (v == 0) return format(0, 0, false, "");
    const struct scale_word *w = find_word(first < 0 && -first > last ? -first : last);
    return format(cst_wide_divide(v, w->unit), count_decimals(cst_wide_divide(t->step, w->unit), 0, 6), false,
                  w->word);
}

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

enum shape { DAY, SHORT_DAY, MONTH, QUARTER, YEAR };

static chart_number format_day(cst_day d, enum shape shape)
{
    chart_number out = none;
    int year, month, day;
    cst_day_civil(d, &year, &month, &day);
    if (month == 0) return out;
    if (shape == YEAR && month != 12) shape = MONTH;
    switch (shape) {
    case YEAR:
        snprintf(out.s, sizeof out.s, "%d", year);
        break;
    case DAY:
        snprintf(out.s, sizeof out.s, "%d %s %d", day, months[month - 1], year);
        break;
    case SHORT_DAY:
        snprintf(out.s, sizeof out.s, "%d %s", day, months[month - 1]);
        break;
    case MONTH:
        snprintf(out.s, sizeof out.s, "%s %d", months[month - 1], year);
        break;
    case QUARTER:
        snprintf(out.s, sizeof out.s, "Q%d %d", (month + 2) / 3, year);
        break;
    }
    return out;
}

chart_number chart_day(cst_day d)
{
    return format_day(d, DAY);
}

chart_number chart_short_day(cst_day d)
{
    return format_day(d, SHORT_DAY);
}

chart_number chart_month(cst_day d)
{
    return format_day(d, MONTH);
}

chart_number chart_quarter(cst_day d)
{
    return format_day(d, QUARTER);
}

chart_number chart_year(cst_day d)
{
    return format_day(d, YEAR);
}
