/* chart/number.h: figures as people read them: thousands by commas, a real minus (U+2212), half away from
 * zero. Each returns its text in a struct, so that it may stand in a call: chart_string(d, x, y, "e",
 * chart_money(v).s). What is not known is an empty text. */
#ifndef CST_CHART_NUMBER_H
#define CST_CHART_NUMBER_H
#include "chart/chart.h"
#include "chart/scale.h"

enum { CHART_NUMBER_ROOM = 48 };
typedef struct chart_number {
    char s[CHART_NUMBER_ROOM];
} chart_number;

#define CHART_DASH "\xE2\x80\x93" /* an en dash: nothing there */

chart_number chart_money(chart_value v);                         /* 257,604 */
chart_number chart_change(chart_value v);                        /* +7,031, a minus and 2,614, 0 */
chart_number chart_percent(chart_value v);                       /* of a ratio: 91.5% */
chart_number chart_hundred(chart_value v);                       /* the same without the sign: 116.6 */
chart_number chart_whole_percent(chart_value v);                 /* 59% */
chart_number chart_count(chart_value v);                         /* 1,204 */
chart_number chart_decimals(chart_value v, int least, int most); /* as many as it needs */
chart_number chart_short(chart_value v); /* 3.38M, 257.6k, 912; B and T: where there is little room */
chart_number chart_figure(chart_value v, chart_unit unit);     /* by its unit */
chart_number chart_difference(chart_value v, chart_unit unit); /* by its unit, signed; of ratios: +0.5 pp */
/* A tick of an axis: k and M (and B, T), as many decimals as keep the ticks apart; 0 as it is. */
chart_number chart_tick(const chart_ticks *t, int i, chart_unit unit);
chart_number chart_day(cst_day d);       /* 31 Dec 2024 */
chart_number chart_short_day(cst_day d); /* 31 Dec */
chart_number chart_month(cst_day d);     /* Dec 2024 */
chart_number chart_quarter(cst_day d);   /* Q4 2024 */
chart_number chart_year(cst_day d);      /* 2024; of a year that does not end with December Mar 2024 */
#endif
