/* funnel.c: how many are left from stage to stage. See chart.h. */
#include "chart/fit.h"
#include "chart/number.h"
#include "chart/scale.h"

enum { STAGE, ENTERED, SHARE }; /* columns */
enum { ROW = 22, BAR = 14, NAMES_MOST = 1200, FIGURES = 1050, NOTE = 18 };

static chart_value value_at(const chart_table *t, int column, size_t row)
{
    return t->column[column].value[row];
}

static int find_left(const chart_table *t, size_t n)
{
    int left = 0;
    for (size_t i = 0; i < n; i++) {
        int w = chart_width(t->column[STAGE].text[i], CHART_TEXT_SIZE, false);
        if (w > left) left = w;
    }
    return (left > NAMES_MOST ? NAMES_MOST : left) + 80;
}

void chart_funnel(chart_drawing *d, const chart_table *t, cst_text note)
{
    size_t n = t->rows < CHART_FUNNEL_MOST ? t->rows : CHART_FUNNEL_MOST;
    int left = find_left(t, n);
    chart_range r = {0, CHART_ONE};
    for (size_t i = 0; i < n; i++) chart_range_add(&r, value_at(t, ENTERED, i));
    chart_scale x = {0, r.high, left, CHART_WIDTH * 10 - FIGURES};
    chart_path(d, "ft", 0);
    for (size_t i = 0; i < n; i++) {
        chart_value v = value_at(t, ENTERED, i);
        if (v > 0) chart_box(d, left, ((int)i * ROW + 4) * 10, chart_at(&x, v) - left, BAR * 10);
    }
    chart_path_end(d);
    for (size_t i = 0; i < n; i++) {
        chart_value v = value_at(t, ENTERED, i);
        int y = (int)i * ROW + 15, at = chart_unit_of(chart_at(&x, v > 0 ? v : 0)) + 5;
        chart_number s = chart_count(v);
        if (chart_string_width(s.s, CHART_TEXT_SIZE, true) > 500) s = chart_short(v);
        chart_paragraph(d, 0, y, "i", t->column[STAGE].text[i], left - 80, 1, 0);
        chart_string(d, at, y, "i b", s.s);
        at += chart_string_width(s.s, CHART_TEXT_SIZE, true) / 10 + 6;
        chart_string(d, at, y, "", chart_percent(value_at(t, SHARE, i)).s);
    }
    int lines = chart_paragraph(d, 0, (int)n * ROW + NOTE, "", note, CHART_WIDTH * 10, 2, 14);
    d->width = CHART_WIDTH;
    d->height = (int)n * ROW + (lines ? NOTE + 4 + (lines - 1) * 14 : 2);
}
