/* bars.c: a figure by month in bars from a common zero: one of several small pictures that share a
 * scale. */
#include "base/decimal.h"
#include "chart/chart.h"
#include "chart/number.h"
#include <string.h>

enum { WIDTH = 200, HEIGHT = 108, TOP = 14, BOTTOM = 80, LEFT = 4 };

/* The place of a value, in tenths of a unit. */
static int place(chart_value v, chart_value low, chart_value high)
{
    cst_wide room = (cst_wide)(BOTTOM - TOP) * 10;
    if (high == low) return BOTTOM * 10;
    return BOTTOM * 10 - (int)cst_wide_divide(((cst_wide)v - low) * room, (cst_wide)high - low);
}

static void draw(chart_drawing *d, const chart_value *v, size_t n, chart_value low, chart_value high, bool up)
{
    int step = (WIDTH - 2 * LEFT) * 10 / (int)n, zero = place(0, low, high);
    chart_path(d, up ? "sg" : "sl", step * 82 / 100);
    for (size_t i = 0; i < n; i++) {
        if (v[i] == CHART_NONE || v[i] == 0 || (v[i] > 0) != up) continue;
        int at = place(v[i], low, high);
        if (at - zero < 8 && zero - at < 8) at = up ? zero - 8 : zero + 8; /* what is there is seen */
        chart_move(d, LEFT * 10 + step * (int)i + step / 2, zero);
        chart_down(d, at);
    }
    chart_path_end(d);
}

void chart_bars(chart_drawing *d, const chart_table *t, chart_value low, chart_value high)
{
    const chart_value *v = t->column[1].value;
    size_t n = t->rows, extreme = n;
    d->width = WIDTH;
    d->height = HEIGHT;
    if (n == 0 || n > CHART_TREND_MOST) return;
    for (size_t i = 0; i < n; i++) {
        if (v[i] == CHART_NONE || v[i] == 0) continue;
        cst_wide size = v[i] < 0 ? -(cst_wide)v[i] : v[i];
        if (extreme == n || size > (v[extreme] < 0 ? -(cst_wide)v[extreme] : v[extreme])) extreme = i;
    }
    if (low > 0) low = 0;
    if (high < 0) high = 0;
    draw(d, v, n, low, high, true);
    draw(d, v, n, low, high, false);
    chart_path(d, "ax", 0);
    chart_move(d, 0, place(0, low, high));
    chart_across(d, WIDTH * 10);
    chart_path_end(d);
    if (extreme < n && n > 1) {
        int at = place(v[extreme], low, high) / 10, step = (WIDTH - 2 * LEFT) / (int)n;
        int x = LEFT + step * (int)extreme + step / 2;
        const char *classes = x < WIDTH / 3 ? "i" : x > WIDTH * 2 / 3 ? "i e" : "i m";
        int edge = x < WIDTH / 3 ? x - step / 2 : x > WIDTH * 2 / 3 ? x + step / 2 : x;
        chart_string(d, edge, v[extreme] > 0 ? at - 4 : at + 12, classes, chart_change(v[extreme]).s);
    }
    const cst_day *day = t->column[0].day;
    chart_string(d, 0, HEIGHT - 1, "", chart_month(day[0]).s);
    if (n > 1) chart_string(d, WIDTH, HEIGHT - 1, "e", chart_month(day[n - 1]).s);
}
