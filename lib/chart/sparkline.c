/* sparkline.c: a line without words. See chart.h. */
#include "chart/scale.h"

enum { STEP = 50, HEIGHT = 34, EDGE = 40 };

void chart_sparkline(chart_drawing *d, const chart_value *value, size_t n, chart_value reference)
{
    chart_range r = chart_range_none;
    d->line_only = true;
    d->height = HEIGHT;
    if (n > CHART_TREND_MOST) value += n - CHART_TREND_MOST, n = CHART_TREND_MOST;
    int width = n > 1 ? (int)(n - 1) * STEP : STEP;
    d->width = width / 10;
    for (size_t i = 0; i < n; i++) chart_range_add(&r, value[i]);
    if (chart_range_empty(&r)) return;
    chart_range_add(&r, reference);
    chart_range_pad(&r, 0);
    chart_scale y = {r.low, r.high, HEIGHT * 10 - EDGE, EDGE};
    if (reference != CHART_NONE) {
        chart_path(d, "rf", 0);
        chart_move(d, 0, chart_at(&y, reference));
        chart_across(d, width);
        chart_path_end(d);
    }
    size_t last = 0;
    bool before = false;
    chart_path(d, "ln", 0);
    for (size_t i = 0; i < n; before = value[i++] != CHART_NONE) {
        if (value[i] == CHART_NONE) continue;
        last = i;
        if (before)
            chart_line(d, (int)i * STEP, chart_at(&y, value[i]));
        else
            chart_move(d, (int)i * STEP, chart_at(&y, value[i]));
    }
    chart_path_end(d);
    chart_path(d, "dot", 0);
    chart_move(d, (int)last * STEP, chart_at(&y, value[last]));
    chart_across(d, (int)last * STEP);
    chart_path_end(d);
}
