/* fan.c: history, and what is expected with its band. See chart.h. */
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"
#include <stdio.h>

enum { DAY, VALUE, LOW, HIGH }; /* columns */
enum { RIGHT = 2960, TOP = 24, BASE = 170, TICKS = 186, HEIGHT = 190, LABEL = 13 };

typedef struct fan {
    chart_drawing *d;
    const chart_table *t;
    size_t first, today, n; /* rows first .. first + n - 1; today's is the one before row first + today */
    chart_scale y;
    int left, rest; /* tenths; rest: for a figure behind the end */
    chart_unit unit;
} fan;

static chart_value value_at(const fan *f, int column, size_t i)
{
    return f->t->column[column].value[f->first + i];
}

static int point_at(const fan *f, size_t i)
{
    if (f->n < 2) return f->left;
    return f->left + (int)((int64_t)(RIGHT - f->left) * (int64_t)i / (int64_t)(f->n - 1));
}

/* The rows from .. to - 1 of a column as a line; what is not known is passed over. */
static void draw_line(const fan *f, const char *classes, size_t from, size_t to)
{
    bool begun = false;
    chart_path(f->d, classes, 0);
    for (size_t i = from; i < to; i++) {
        chart_value v = value_at(f, VALUE, i);
        if (v == CHART_NONE) continue;
        if (begun)
            chart_line(f->d, point_at(f, i), chart_at(&f->y, v));
        else
            chart_move(f->d, point_at(f, i), chart_at(&f->y, v));
        begun = true;
    }
    chart_path_end(f->d);
}

/* From today's value out along the upper bounds and back along the lower ones. */
static void draw_band(const fan *f)
{
    size_t last = f->n;
    chart_value now = value_at(f, VALUE, f->today - 1);
    while (last > f->today &&
           (value_at(f, LOW, last - 1) == CHART_NONE || value_at(f, HIGH, last - 1) == CHART_NONE))
        last--;
    if (last == f->today || now == CHART_NONE) return;
    chart_path(f->d, "bd", 0);
    chart_move(f->d, point_at(f, f->today - 1), chart_at(&f->y, now));
    for (size_t i = f->today; i < last; i++)
        if (value_at(f, HIGH, i) != CHART_NONE)
            chart_line(f->d, point_at(f, i), chart_at(&f->y, value_at(f, HIGH, i)));
    for (size_t i = last; i-- > f->today;)
        if (value_at(f, LOW, i) != CHART_NONE)
            chart_line(f->d, point_at(f, i), chart_at(&f->y, value_at(f, LOW, i)));
    chart_close(f->d);
    chart_path_end(f->d);
}

/* The upper bound, the expected value and the lower bound, moved apart where they would meet. */
static void draw_ends(const fan *f)
{
    static const int column[] = {HIGH, VALUE, LOW};
    int at[3], size[3], kept[3], n = 0;
    for (int i = 0; i < 3; i++) {
        chart_value v = value_at(f, column[i], f->n - 1);
        if (v == CHART_NONE || (f->n == f->today && column[i] != VALUE)) continue;
        kept[n] = column[i];
        size[n] = LABEL * 10;
        at[n++] = chart_at(&f->y, v) - LABEL * 5;
    }
    chart_spread(at, size, n, 0, (TOP - 6) * 10, BASE * 10);
    for (int i = 0; i < n; i++) {
        chart_value v = value_at(f, kept[i], f->n - 1);
        bool expected = kept[i] == VALUE;
        chart_number s = chart_figure(v, f->unit);
        if (chart_string_width(s.s, CHART_TEXT_SIZE, expected) > f->rest) s = chart_short(v);
        chart_string(f->d, RIGHT / 10 + 5, chart_unit_of(at[i]) + LABEL - 3, expected ? "i b" : "", s.s);
    }
}

/* The first month, today's and the last, as far as they have room. */
static void draw_days(const fan *f)
{
    const cst_day *day = f->t->column[DAY].day + f->first;
    int today = point_at(f, f->today - 1), left = f->left;
    chart_number s = chart_month(day[f->today - 1]), last = chart_month(day[f->n - 1]),
                 first = chart_month(day[0]);
    int wide = chart_string_width(s.s, CHART_TEXT_SIZE, false);
    int ending = RIGHT - chart_string_width(last.s, CHART_TEXT_SIZE, false) - 60;
    chart_axis(f->d, f->left, RIGHT, BASE * 10);
    if (f->n > f->today) chart_string(f->d, RIGHT / 10, TICKS, "e", last.s);
    if (today - wide >= f->left + chart_string_width(first.s, CHART_TEXT_SIZE, false) + 60 && f->today > 1) {
        chart_string(f->d, chart_unit_of(f->left), TICKS, "", first.s);
        left = f->left + chart_string_width(first.s, CHART_TEXT_SIZE, false) + 60;
    }
    if (today - wide >= left && (today <= ending || f->n == f->today))
        chart_string(f->d, chart_unit_of(today), TICKS, "e", s.s);
    else if (left == f->left && f->left + wide <= ending)
        chart_string(f->d, chart_unit_of(f->left), TICKS, "", f->today > 1 ? first.s : s.s);
}

static void draw_today(const fan *f)
{
    if (f->n == f->today) return;
    chart_path(f->d, "rf", 0);
    chart_move(f->d, point_at(f, f->today - 1), (TOP - 4) * 10);
    chart_down(f->d, BASE * 10);
    chart_path_end(f->d);
}

void chart_fan(chart_drawing *d, const chart_table *t, size_t today, cst_text heading)
{
    size_t back = today < CHART_FAN_BACK ? today : CHART_FAN_BACK;
    size_t ahead = t->rows - today < CHART_FAN_AHEAD ? t->rows - today : CHART_FAN_AHEAD;
    fan f = {.d = d,
             .t = t,
             .first = today - back,
             .today = back,
             .n = back + ahead,
             .unit = t->column[VALUE].unit};
    chart_range r = chart_range_none;
    chart_ticks ticks;
    for (size_t i = 0; i < f.n; i++)
        for (int column = VALUE; column <= (i < f.today ? VALUE : HIGH); column++)
            chart_range_add(&r, value_at(&f, column, i));
    bool positive = r.low >= 0;
    chart_range_pad(&r, 4);
    if (positive && r.low < 0) r.low = 0;
    chart_ticks_of(&r, 1, &ticks);
    f.y = (chart_scale){r.low, r.high, BASE * 10, TOP * 10};
    f.left = (chart_grid_width(&ticks, f.unit) + 5) * 10;
    f.rest = CHART_WIDTH * 10 - RIGHT - 50;
    d->width = CHART_WIDTH;
    d->height = HEIGHT;
    chart_paragraph(d, 0, 10, "", heading, CHART_WIDTH * 10, 1, 0);
    chart_grid(d, &ticks, &f.y, f.unit, f.left, RIGHT);
    draw_band(&f);
    draw_line(&f, "med da", f.today - 1, f.n);
    draw_line(&f, "ln", 0, f.today);
    draw_today(&f);
    draw_days(&f);
    draw_ends(&f);
}
