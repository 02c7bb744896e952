/* scale.c: see scale.h. */
#include "chart/scale.h"
#include "base/decimal.h"
#include "chart/fit.h"
#include "chart/number.h"
#include <string.h>

/* A range is kept within these, so that its width and the room around it fit 64 bits. */
#define FARTHEST (INT64_MAX / 4)

const chart_range chart_range_none = {INT64_MAX, INT64_MIN};

static chart_value clamp(cst_wide v)
{
    return v > FARTHEST ? FARTHEST : v < -FARTHEST ? -FARTHEST : (chart_value)v;
}

int chart_at(const chart_scale *s, chart_value v)
{
    cst_wide way = cst_wide_divide(((cst_wide)v - s->low) * (s->to - s->from), (cst_wide)s->high - s->low);
    return s->from + (int)(way > 1000000 ? 1000000 : way < -1000000 ? -1000000 : way);
}

void chart_range_add(chart_range *r, chart_value v)
{
    if (v == CHART_NONE) return;
    if (v < r->low) r->low = v;
    if (v > r->high) r->high = v;
}

bool chart_range_empty(const chart_range *r)
{
    return r->low > r->high;
}

void chart_range_pad(chart_range *r, int percent)
{
    if (chart_range_empty(r)) *r = (chart_range){0, CHART_ONE};
    cst_wide low = r->low, high = r->high, room = cst_wide_divide((high - low) * percent, 100);
    if (high - low < 100) room = (high < 0 ? -high : high) / 20 + 100; /* one value, or as good as one */
    r->low = clamp(low - room);
    r->high = clamp(high + room);
}

/* How many multiples of step lie in the range. */
static cst_wide count_ticks(const chart_range *r, cst_wide step)
{
    cst_wide first = r->low / step + (r->low > 0 && r->low % step != 0);
    cst_wide last = r->high / step - (r->high < 0 && r->high % step != 0);
    return last - first + 1;
}

void chart_ticks_of(const chart_range *r, chart_value least_step, chart_ticks *out)
{
    static const int times[] = {10, 20, 25, 50}; /* tenths of a power of ten */
    cst_wide step = 0;
    bool found = false;
    for (cst_wide power = 1; !found; power *= 10)
        for (int i = 0; i < 4 && !found; i++) {
            if (power * times[i] % 10 != 0) continue;
            step = power * times[i] / 10;
            found = step >= least_step && step % least_step == 0 && count_ticks(r, step) <= CHART_TICKS_MOST;
        }
    out->step = (chart_value)step;
    out->n = 0;
    cst_wide v = (r->low / step + (r->low > 0 && r->low % step != 0)) * step;
    for (; v <= r->high && out->n < CHART_TICKS_MOST; v += step) out->v[out->n++] = (chart_value)v;
}

void chart_grid(chart_drawing *d, const chart_ticks *t, const chart_scale *y, chart_unit unit, int x, int to)
{
    chart_path(d, "gr", 0);
    for (int i = 0; i < t->n; i++) {
        int at = chart_at(y, t->v[i]);
        if (at == y->from) continue; /* the axis line lies there */
        chart_move(d, x, at);
        chart_across(d, to);
    }
    chart_path_end(d);
    for (int i = 0; i < t->n; i++)
        chart_string(d, chart_unit_of(x) - 5, chart_unit_of(chart_at(y, t->v[i])) + 4, "e",
                     chart_tick(t, i, unit).s);
}

int chart_grid_width(const chart_ticks *t, chart_unit unit)
{
    int width = 0;
    for (int i = 0; i < t->n; i++) {
        int w = chart_string_width(chart_tick(t, i, unit).s, CHART_TEXT_SIZE, false);
        if (w > width) width = w;
    }
    return (width + 9) / 10;
}

void chart_axis(chart_drawing *d, int x, int to, int y)
{
    chart_path(d, "ax", 0);
    chart_move(d, x, y);
    chart_across(d, to);
    chart_path_end(d);
}

void chart_time_axis(chart_drawing *d, cst_day first, cst_day last, int x, int to, int y)
{
    chart_number one = chart_month(first), other = chart_month(last);
    if (strcmp(one.s, other.s) == 0) {
        one = chart_day(first);
        other = chart_day(last);
    }
    if (first != last) chart_string(d, x, y, "", one.s);
    chart_string(d, to, y, "e", other.s);
}
