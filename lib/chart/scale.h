/* chart/scale.h: from figures to places, in whole numbers. */
#ifndef CST_CHART_SCALE_H
#define CST_CHART_SCALE_H
#include "chart/chart.h"

/* low lies at `from`, high at `to`, both in tenths of a unit; low < high. */
typedef struct chart_scale {
    chart_value low, high;
    int from, to;
} chart_scale;
int chart_at(const chart_scale *s, chart_value v); /* rounded half away from zero; beyond the ends too */

/* Widens the range so that it holds v. Begin with chart_range_none; what is not known changes nothing. */
typedef struct chart_range {
    chart_value low, high;
} chart_range;
extern const chart_range chart_range_none;
void chart_range_add(chart_range *r, chart_value v);
bool chart_range_empty(const chart_range *r);
/* Gives an axis room: `percent` of the range at both ends, and a range of one value or none some width. */
void chart_range_pad(chart_range *r, int percent);

/* Ticks at 1, 2, 2.5 or 5 times a power of ten: 3 to 5 of them, where the range is wide enough for three of
 * the least step (CHART_ONE for counts, which have no halves). */
enum { CHART_TICKS_MOST = 5 };
typedef struct chart_ticks {
    int n;
    chart_value step, v[CHART_TICKS_MOST];
} chart_ticks;
void chart_ticks_of(const chart_range *r, chart_value least_step, chart_ticks *out);

/* Grid lines and their labels, right-aligned before the axis. x, to: tenths. */
void chart_grid(chart_drawing *d, const chart_ticks *t, const chart_scale *y, chart_unit unit, int x, int to);
/* Units that the labels take. */
int chart_grid_width(const chart_ticks *t, chart_unit unit);
/* The axis line, from x to x. */
void chart_axis(chart_drawing *d, int x, int to, int y);
/* The names of the first and last day under a time axis, the last one ending at `to`; one alone where they
 * are the same. Units. */
void chart_time_axis(chart_drawing *d, cst_day first, cst_day last, int x, int to, int y);
/* A place in tenths as a place of text in units. */
static inline int chart_unit_of(int tenths)
{
    return tenths < 0 ? -((5 - tenths) / 10) : (tenths + 5) / 10;
}
#endif
