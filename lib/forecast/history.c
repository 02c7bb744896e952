/* forecast/history.c: sums laid out from month 0 on, and held against one another. Balances, movements and
 * bases are counted apart, so that holding one against the other says something:
 *
 *   opening + the six movements = closing
 *   what the base of a month pays a month later = its closing + upsell + cross_sell + contraction + churn
 *   the sum over groups = the total                          closings */
#include "forecast/history.h"
#include "base/date.h"
#include <stdlib.h>
#include <string.h>

static bool has_revenue(const forecast_series *s, size_t back)
{
    return back < s->months && s->month[back].v[FORECAST_KEPT] > 0;
}

int forecast_months_of(const forecast_sums *s)
{
    size_t most = s->total.months;
    for (size_t i = 0; i < s->groups; i++)
        if (s->group[i].months > most) most = s->group[i].months;
    for (; most > 0; most--) {
        bool any = has_revenue(&s->total, most - 1);
        for (size_t i = 0; i < s->groups && !any; i++) any = has_revenue(&s->group[i], most - 1);
        if (any) break;
    }
    return (int)most;
}

bool forecast_history_of(forecast_series *s, int months, forecast_history *out)
{
    *out = (forecast_history){.months = months};
    out->month = calloc((size_t)(months > 0 ? months : 1), sizeof *out->month);
    if (!out->month) return false;
    for (int k = 0; k < months && (size_t)k < s->months; k++) out->month[months - 1 - k] = s->month[k];
    memcpy(out->known, s->known, sizeof out->known);
    return true;
}

void forecast_history_free(forecast_history *h)
{
    free(h->month);
    *h = (forecast_history){0};
}

void forecast_history_clear_moves(forecast_history *total)
{
    for (int s = 0; s < total->months; s++)
        memset(total->month[s].v + FORECAST_MOVE, 0, CST_OWN_MOVEMENTS * sizeof(cst_wide));
}

void forecast_history_add_moves(forecast_history *total, const forecast_history *group)
{
    for (int s = 0; s < total->months; s++)
        for (int k = 0; k < CST_OWN_MOVEMENTS; k++)
            total->month[s].v[FORECAST_MOVE + k] += forecast_moved(group, s, k);
}

/* ---- identities -------------------------------------------------------------------------------------- */

static cst_status violation(cst_period month, const char *what, cst_error *e)
{
    char day[CST_DAY_ROOM];
    cst_day_format(cst_period_last(&(cst_calendar){CST_MONTH, 1}, month), day);
    return cst_fail(
        e, CST_INTERNAL,
        "the identity \"%s\" does not hold in the month that ends on %s; this is a defect of cs-forecast: "
        "please report it",
        what, day);
}

static cst_status check_size(const forecast_month *m, cst_error *e)
{
    /* 10^24: what is computed of sums up to here fits 128 bits, or is cut (method.c) */
    const cst_wide most = (cst_wide)1000000000000 * 1000000000000;
    for (int i = 0; i < FORECAST_SUMS; i++)
        if (m->v[i] > most || m->v[i] < -most)
            return cst_fail(e, CST_LIMIT,
                            "expected sums of at most 10^18 a month, found more; use a larger unit");
    return CST_OK;
}

cst_status forecast_history_check(const forecast_history *h, cst_period last, cst_error *e)
{
    cst_status status = CST_OK;
    for (int s = 0; s < h->months && status == CST_OK; s++) {
        cst_period month = last - (h->months - 1 - s);
        status = check_size(&h->month[s], e);
        if (status < 0 || s == 0) continue;
        cst_wide kept = forecast_opening(h, s);
        for (int k = CST_UPSELL; k <= CST_CHURN; k++) kept += forecast_moved(h, s, k);
        if (h->month[s - 1].v[FORECAST_KEPT + 1] != kept)
            return violation(month,
                             "opening + upsell + cross_sell + contraction + churn = what its base pays", e);
        if (kept + forecast_moved(h, s, CST_NEW) + forecast_moved(h, s, CST_REACTIVATION) !=
            forecast_closing(h, s))
            return violation(month, "opening + movements = closing", e);
    }
    return status;
}

cst_status forecast_history_check_groups(const forecast_history *total, const forecast_sums *s,
                                         cst_period last, cst_error *e)
{
    for (int m = 0; m < total->months; m++) {
        size_t back = (size_t)(total->months - 1 - m);
        cst_wide sum = 0;
        for (size_t i = 0; i < s->groups; i++)
            if (back < s->group[i].months) sum += s->group[i].month[back].v[FORECAST_KEPT];
        if (sum != forecast_closing(total, m))
            return violation(last - (cst_period)back, "the sum over groups = the total", e);
    }
    return CST_OK;
}
