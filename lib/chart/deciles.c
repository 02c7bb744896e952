/* deciles.c: what happened beside what was predicted, from decile to decile. See chart.h. */
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"
#include <stdio.h>

enum { DECILE, CASES, EVENTS, RATE, PREDICTED }; /* columns */
enum { RIGHT = 3560, TOP = 28, BASE = 150, TICKS = 164, UNDER = 178, AGAIN = 192, HEIGHT = 210 };

typedef struct deciles {
    chart_drawing *d;
    const chart_table *t;
    size_t n;
    chart_scale y;
    int left, pitch; /* tenths */
} deciles;

static chart_value value_at(const deciles *g, int column, size_t row)
{
    return g->t->column[column].value[row];
}

static void draw_bars(const deciles *g)
{
    chart_path(g->d, "st", g->pitch > 60 ? g->pitch - 40 : g->pitch * 3 / 4);
    for (size_t i = 0; i < g->n; i++) {
        chart_value v = value_at(g, RATE, i);
        if (v == CHART_NONE || v == 0) continue;
        chart_move(g->d, g->left + (int)i * g->pitch + g->pitch / 2, BASE * 10);
        chart_down(g->d, chart_at(&g->y, v));
    }
    chart_path_end(g->d);
}

/* A step a decile, from edge to edge; broken where nothing was predicted. */
static void draw_predicted(const deciles *g)
{
    bool on = false;
    chart_path(g->d, "out", 0);
    for (size_t i = 0; i < g->n; i++) {
        chart_value v = value_at(g, PREDICTED, i);
        int x = g->left + (int)i * g->pitch;
        if (v != CHART_NONE && on)
            chart_down(g->d, chart_at(&g->y, v));
        else if (v != CHART_NONE)
            chart_move(g->d, x, chart_at(&g->y, v));
        on = v != CHART_NONE;
        if (on) chart_across(g->d, x + g->pitch);
    }
    chart_path_end(g->d);
}

/* A row of figures under the axis, with what they are before them; short where there is little room, else
 * none. */
static void draw_figures(const deciles *g, int column, int y, const char *classes)
{
    chart_string(g->d, 0, y, "", g->t->column[column].name);
    for (size_t i = 0; i < g->n; i++) {
        chart_value v = value_at(g, column, i);
        chart_number s = chart_count(v);
        if (chart_string_width(s.s, CHART_TEXT_SIZE, false) > g->pitch - 20) s = chart_short(v);
        if (chart_string_width(s.s, CHART_TEXT_SIZE, false) > g->pitch - 20) continue;
        chart_string(g->d, chart_unit_of(g->left + (int)i * g->pitch + g->pitch / 2), y, classes, s.s);
    }
}

/* The axis begins behind the percentages and behind the names of the figures. */
static int find_left(const deciles *g, const chart_ticks *ticks)
{
    static const int named[] = {DECILE, EVENTS, CASES};
    int left = chart_grid_width(ticks, CHART_PERCENT) * 10;
    for (size_t i = 0; i < 3; i++) {
        int w = chart_string_width(g->t->column[named[i]].name, CHART_TEXT_SIZE, false);
        if (w > left) left = w;
    }
    return (left + 59) / 10 * 10;
}

void chart_deciles(chart_drawing *d, const chart_table *t, cst_text heading, cst_text axis)
{
    deciles g = {.d = d, .t = t, .n = t->rows < CHART_DECILES_MOST ? t->rows : CHART_DECILES_MOST};
    chart_range r = {0, 10000}; /* at least a hundredth */
    chart_ticks ticks;
    for (size_t i = 0; i < g.n; i++) {
        chart_range_add(&r, value_at(&g, RATE, i));
        chart_range_add(&r, value_at(&g, PREDICTED, i));
    }
    chart_ticks_of(&r, 1, &ticks);
    g.y = (chart_scale){r.low, r.high, BASE * 10, TOP * 10};
    g.left = find_left(&g, &ticks);
    g.pitch = (RIGHT - g.left) / (int)(g.n ? g.n : 1);
    d->width = CHART_WIDTH;
    d->height = HEIGHT;
    chart_paragraph(d, 0, 10, "", heading, CHART_WIDTH * 10, 1, 0);
    chart_grid(d, &ticks, &g.y, CHART_PERCENT, g.left, RIGHT);
    draw_bars(&g);
    draw_predicted(&g);
    chart_axis(d, g.left, RIGHT, BASE * 10);
    draw_figures(&g, DECILE, TICKS, "m");
    draw_figures(&g, EVENTS, UNDER, "m i");
    draw_figures(&g, CASES, AGAIN, "m");
    chart_paragraph(d, RIGHT / 10, AGAIN + 14, "e", axis, RIGHT, 1, 0);
}
