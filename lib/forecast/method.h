/* forecast/method.h: the method, from a history and a month t of it: what lies after t is not looked at.
 * Whole numbers only; cs-forecast(1) has the formulas. */
#ifndef CST_FORECAST_METHOD_H
#define CST_FORECAST_METHOD_H
#include "base/decimal.h"
#include "forecast/history.h"

enum {
    FORECAST_YEAR = 12,  /* months whose rates count */
    FORECAST_RECENT = 3, /* of them, those that count FORECAST_HEAVY times */
    FORECAST_HEAVY = 5,
    FORECAST_START = 6,  /* the first month whose forecast serves as a record of the past */
    FORECAST_LEAST = 8,  /* as many forecasts of the past make a choice, and a band */
    FORECAST_TREND = 38, /* of 66 pairs: Kendall's test at one in a hundred, n = 12 */
    FORECAST_ENOUGH = 4  /* month ends: fewer are no history */
};

typedef struct forecast_step {
    cst_wide opening, move[CST_OWN_MOVEMENTS], closing;
} forecast_step;

/* `recent`: losses and growth as rates of the opening, new business from two views. */
void forecast_recent(const forecast_history *h, int t, forecast_step out[FORECAST_AHEAD]);
/* `steady`: every movement as its mean amount. */
void forecast_steady(const forecast_history *h, int t, forecast_step out[FORECAST_AHEAD]);

/* What becomes of today's base: out[m], of m months, millionths; not there from the first whose divisor is
 * 0. */
enum forecast_share { FORECAST_NRR, FORECAST_GRR, FORECAST_LOGO, FORECAST_SHARES };
void forecast_retention(const forecast_history *h, int t, enum forecast_share share,
                        cst_maybe out[FORECAST_AHEAD + 1]);
/* What became of the base of s, m months later; not there where it was empty. */
cst_maybe forecast_kept_share(const forecast_history *h, int s, int m, enum forecast_share share);

/* Kendall's S of y[0 .. n - 1]: pairs that rise less pairs that fall. */
int forecast_rises(const cst_wide *y, int n);

/* a x b / den, half away from zero, in 256 bits; cut at +/- 10^28, so that whatever a month without measure
 * is extrapolated to, nothing overflows. den != 0. */
cst_wide forecast_share_of(cst_wide a, cst_wide b, cst_wide den);
#endif
