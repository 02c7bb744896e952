/* trend.c: figures over time, panels on one time axis. See chart.h. */
#include "base/text.h"
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"
#include <stdio.h>

enum { FIRST_HEIGHT = 82, OTHER_HEIGHT = 62, HEADING = 20, BARE = 6, GAP = 20, END_GAP = 5 };

typedef struct trend {
    chart_drawing *d;
    const chart_table *t;
    size_t first, rows; /* those that are drawn */
    int left, right;    /* tenths */
} trend;

static chart_value value_at(const trend *g, size_t column, size_t row)
{
    return g->t->column[column].value[g->first + row];
}

/* A line takes its points at even distances, the first at the left and the last at the right. */
static int point_at(const trend *g, size_t row)
{
    if (g->rows < 2) return g->right;
    return g->left + (int)((int64_t)(g->right - g->left) * (int64_t)row / (int64_t)(g->rows - 1));
}

static chart_range range_of(const trend *g, const chart_panel *p)
{
    chart_range r = chart_range_none;
    for (size_t i = 0; i < g->rows; i++) {
        chart_range_add(&r, value_at(g, p->column, i));
        if (p->against && value_at(g, p->against, i) != CHART_NONE)
            chart_range_add(&r, -value_at(g, p->against, i));
    }
    chart_range_add(&r, p->against ? 0 : p->reference);
    return r;
}

/* A line that is broken where a value is not known; a value alone is a dot. */
static void draw_line(const trend *g, size_t column, const chart_scale *y)
{
    for (int pass = 0; pass < 2; pass++) {
        chart_path(g->d, pass ? "dot" : "ln", 0);
        bool before = false;
        for (size_t i = 0; i < g->rows; i++) {
            chart_value v = value_at(g, column, i);
            bool known = v != CHART_NONE, after = i + 1 < g->rows && value_at(g, column, i + 1) != CHART_NONE;
            bool alone = known && !before && !after;
            if (known && alone == (pass == 1)) {
                int x = point_at(g, i), at = chart_at(y, v);
                if (before)
                    chart_line(g->d, x, at);
                else
                    chart_move(g->d, x, at);
                if (alone) chart_across(g->d, x);
            }
            before = known;
        }
        chart_path_end(g->d);
    }
}

/* A figure as it stands behind the end of a line: whole where there is room. */
static chart_number fit_figure(const trend *g, chart_value v, chart_unit unit)
{
    chart_number s = chart_figure(v, unit);
    int room = CHART_WIDTH * 10 - g->right - END_GAP * 10 - 80; /* with a sign before it */
    return chart_string_width(s.s, CHART_TEXT_SIZE, true) > room ? chart_short(v) : s;
}

static void draw_line_panel(const trend *g, const chart_panel *p, int top, int height)
{
    chart_unit unit = g->t->column[p->column].unit;
    chart_range r = range_of(g, p);
    chart_ticks ticks;
    chart_range_pad(&r, 8);
    if (r.low < 0 && range_of(g, p).low >= 0) r.low = 0;
    chart_ticks_of(&r, 1, &ticks);
    chart_scale y = {r.low, r.high, (top + height) * 10, top * 10};
    chart_grid(g->d, &ticks, &y, unit, g->left, g->right);
    if (p->reference != CHART_NONE) {
        chart_path(g->d, "rf", 0);
        chart_move(g->d, g->left, chart_at(&y, p->reference));
        chart_across(g->d, g->right);
        chart_path_end(g->d);
    }
    draw_line(g, p->column, &y);
    size_t last = g->rows;
    while (last > 0 && value_at(g, p->column, last - 1) == CHART_NONE) last--;
    if (last == 0) return;
    chart_value v = value_at(g, p->column, last - 1);
    chart_string(g->d, chart_unit_of(g->right) + END_GAP, chart_unit_of(chart_at(&y, v)) + 4, "i b",
                 fit_figure(g, v, unit).s);
}

/* The last values of a pair, above and below its line. */
static void draw_pair(const trend *g, const chart_panel *p, int top, int zero)
{
    chart_unit unit = g->t->column[p->column].unit;
    chart_value up = value_at(g, p->column, g->rows - 1), down = value_at(g, p->against, g->rows - 1);
    int x = chart_unit_of(g->right) + END_GAP, upper = zero - 6 < top + 12 ? top + 12 : zero - 6;
    if (up != CHART_NONE) {
        char text[CHART_NUMBER_ROOM + 1];
        snprintf(text, sizeof text, "%s%s", up > 0 ? "+" : "", fit_figure(g, up, unit).s);
        chart_string(g->d, x, upper, "i b", text);
    }
    if (down == CHART_NONE) return;
    chart_string(g->d, x, zero + 14 < upper + 14 ? upper + 14 : zero + 14, "i b",
                 fit_figure(g, -down, unit).s);
}

/* Bars from a line at 0: `column` up, `against` down. */
static void draw_bar_panel(const trend *g, const chart_panel *p, int top, int height)
{
    chart_range r = range_of(g, p);
    int pitch = (g->right - g->left) / (int)(g->rows ? g->rows : 1),
        wide = pitch > 60 ? pitch - 20 : pitch * 3 / 4;
    chart_range_pad(&r, 0);
    chart_scale y = {r.low, r.high, (top + height) * 10, top * 10};
    int zero = chart_at(&y, 0);
    for (int down = 0; down < 2; down++) {
        chart_path(g->d, down ? "sl" : "sg", wide);
        for (size_t i = 0; i < g->rows; i++) {
            chart_value v = value_at(g, down ? p->against : p->column, i);
            int x = g->left + (int)i * pitch + pitch / 2;
            if (v == CHART_NONE || v == 0) continue;
            chart_move(g->d, x, zero);
            chart_down(g->d, chart_at(&y, down ? -v : v));
        }
        chart_path_end(g->d);
    }
    chart_axis(g->d, g->left, g->right, zero);
    chart_string(g->d, chart_unit_of(g->left) - END_GAP, chart_unit_of(zero) + 4, "e", "0");
    if (g->rows > 0) draw_pair(g, p, top, chart_unit_of(zero));
}

/* Room for the labels of all panels' ticks. */
static int find_left(const trend *g, const chart_panel *panel, size_t panels)
{
    int left = 31;
    for (size_t i = 0; i < panels; i++) {
        chart_ticks ticks;
        chart_range r = range_of(g, &panel[i]);
        if (panel[i].against) continue;
        chart_range_pad(&r, 8);
        chart_ticks_of(&r, 1, &ticks);
        int w = chart_grid_width(&ticks, g->t->column[panel[i].column].unit);
        if (w > left) left = w;
    }
    return (left + END_GAP) * 10;
}

void chart_trend(chart_drawing *d, const chart_table *t, const chart_panel *panel, size_t panels)
{
    trend g = {.d = d, .t = t, .right = 2960};
    g.rows = t->rows < CHART_TREND_MOST ? t->rows : CHART_TREND_MOST;
    g.first = t->rows - g.rows;
    g.left = find_left(&g, panel, panels);
    int top = 0;
    for (size_t i = 0; i < panels; i++) {
        int height = i == 0 ? FIRST_HEIGHT : OTHER_HEIGHT, head = panel[i].heading.n ? HEADING : BARE;
        chart_paragraph(d, 0, top + 10, "i", panel[i].heading, CHART_WIDTH * 10, 1, 0);
        if (panel[i].against)
            draw_bar_panel(&g, &panel[i], top + head, height);
        else
            draw_line_panel(&g, &panel[i], top + head, height);
        top += head + height + (i + 1 < panels ? GAP : 0);
    }
    if (g.rows > 0) {
        const cst_day *day = t->column[0].day + g.first;
        chart_time_axis(d, day[0], day[g.rows - 1], chart_unit_of(g.left), chart_unit_of(g.right), top + 18);
    }
    d->width = CHART_WIDTH;
    d->height = top + 22;
}
