/* forecast/result.c: the periods of the forecast, each with the identity it must hold, and their table. */
#include "forecast/result.h"
#include "base/date.h"
#include <string.h>

static const cst_calendar months = {CST_MONTH, 1};

/* ---- periods ----------------------------------------------------------------------------------------- */

static int months_ahead(const forecast_session *s)
{
    return s->o->months.set ? (int)s->o->months.n : FORECAST_AHEAD;
}

/* The period that holds month t + 1, and the last that ends within the months ahead. */
static cst_period first_period(const forecast_session *s)
{
    return cst_period_of(&s->periods, cst_period_first(&months, s->rules.t + 1));
}

static cst_period last_period(const forecast_session *s)
{
    cst_period after = s->rules.t + months_ahead(s) + 1;
    return cst_period_of(&s->periods, cst_period_first(&months, after)) - 1;
}

size_t forecast_periods(const forecast_session *s)
{
    cst_period first = first_period(s), last = last_period(s);
    return last < first ? 0 : (size_t)(last - first) + 1;
}

/* opening + the six movements = closing. */
static bool adds_up(const forecast_step *step)
{
    cst_wide sum = step->opening;
    for (int k = 0; k < CST_OWN_MOVEMENTS; k++) sum += step->move[k];
    return sum == step->closing;
}

/* The months of a period that are over, as they were: at most two, where there are four or more. */
static void add_past(const forecast_session *s, const forecast_history *h, cst_period first,
                     forecast_step *step)
{
    int t = h->months - 1, from = t - (int)(s->rules.t - first);
    step->opening = forecast_opening(h, from);
    for (int m = from; m <= t; m++)
        for (int k = 0; k < CST_OWN_MOVEMENTS; k++) step->move[k] += forecast_moved(h, m, k);
}

static void add_ahead(const forecast_record *r, int ahead, forecast_period *p)
{
    const forecast_step *said = &forecast_origin_at(r, r->last)->said[ahead - 1];
    for (int k = 0; k < CST_OWN_MOVEMENTS; k++) p->step.move[k] += said->move[k];
    for (int k = 0; k < FORECAST_KNOWN; k++) p->known[k] += r->history->known[k][ahead - 1];
    p->step.closing = said->closing;
}

/* What stands at the end of a period: bounds, and the shares of today's base, `ahead` months after t. */
static void close_period(const forecast_record *r, forecast_band band[FORECAST_SHARES + 1][FORECAST_AHEAD],
                         int ahead, forecast_period *p)
{
    const forecast_origin *o = forecast_origin_at(r, r->last);
    const forecast_band *b = &band[FORECAST_SHARES][ahead - 1];
    p->closing = forecast_bounds_of((cst_maybe){p->step.closing, true}, b, FORECAST_SHARES);
    p->band_horizon = b->horizon;
    p->band_origins = b->origins;
    for (int k = 0; k < FORECAST_SHARES; k++)
        p->share[k] = (forecast_bound_share){o->share[k][ahead],
                                             forecast_bounds_of(o->share[k][ahead], &band[k][ahead - 1], k)};
}

cst_status forecast_periods_of(const forecast_session *s, const forecast_record *r, forecast_period *out,
                               cst_error *e)
{
    const forecast_origin *o = forecast_origin_at(r, r->last);
    forecast_band band[FORECAST_SHARES + 1][FORECAST_AHEAD];
    for (int k = 0; k <= FORECAST_SHARES; k++) forecast_bands(r, r->last, k, band[k]);
    cst_period first = first_period(s);
    cst_wide opening = forecast_closing(r->history, r->last);
    for (size_t i = 0; i < forecast_periods(s); i++) {
        forecast_period *p = &out[i];
        cst_day from = cst_period_first(&s->periods, first + (cst_period)i),
                to = cst_period_last(&s->periods, first + (cst_period)i);
        *p = (forecast_period){.as_of = s->rules.as_of,
                               .first = from,
                               .last = to,
                               .method = forecast_choice_name[o->choice],
                               .step.opening = opening};
        int begins = (int)(cst_period_of(&months, from) - s->rules.t),
            ends = (int)(cst_period_of(&months, to) - s->rules.t);
        if (begins < 1) add_past(s, r->history, cst_period_of(&months, from), &p->step);
        for (int ahead = begins < 1 ? 1 : begins; ahead <= ends; ahead++) add_ahead(r, ahead, p);
        close_period(r, band, ends, p);
        if (!adds_up(&p->step) || (i > 0 && p->step.opening != out[i - 1].step.closing))
            return cst_fail(
                e, CST_INTERNAL,
                "the identity \"opening + movements = closing\" does not hold in the forecast; this is a "
                "defect of cs-forecast: please report it");
        opening = p->step.closing;
    }
    return CST_OK;
}

/* ---- the table --------------------------------------------------------------------------------------- */

#define AT(field) offsetof(forecast_period, field)
#define MOVE(m)   offsetof(forecast_period, step.move) + (m) * sizeof(cst_wide)

static const cst_layout_column columns[] = {
    {"as_of", CST_LAY_DAY, AT(as_of)},
    {"period_start", CST_LAY_DAY, AT(first)},
    {"period_end", CST_LAY_DAY, AT(last)},
    {NULL, CST_LAY_BY, 0},
    {"method", CST_LAY_WORD, AT(method)},
    {"opening", CST_LAY_AMOUNT, AT(step.opening)},
    {"new", CST_LAY_AMOUNT, MOVE(CST_NEW)},
    {"reactivation", CST_LAY_AMOUNT, MOVE(CST_REACTIVATION)},
    {"upsell", CST_LAY_AMOUNT, MOVE(CST_UPSELL)},
    {"cross_sell", CST_LAY_AMOUNT, MOVE(CST_CROSS_SELL)},
    {"contraction", CST_LAY_AMOUNT, MOVE(CST_CONTRACTION)},
    {"churn", CST_LAY_AMOUNT, MOVE(CST_CHURN)},
    {"closing", CST_LAY_AMOUNT, AT(step.closing)},
    {"closing_low", CST_LAY_MAYBE_AMOUNT, AT(closing.low)},
    {"closing_high", CST_LAY_MAYBE_AMOUNT, AT(closing.high)},
    {"nrr", CST_LAY_RATIO, AT(share[FORECAST_NRR].said)},
    {"nrr_low", CST_LAY_RATIO, AT(share[FORECAST_NRR].bounds.low)},
    {"nrr_high", CST_LAY_RATIO, AT(share[FORECAST_NRR].bounds.high)},
    {"grr", CST_LAY_RATIO, AT(share[FORECAST_GRR].said)},
    {"grr_low", CST_LAY_RATIO, AT(share[FORECAST_GRR].bounds.low)},
    {"grr_high", CST_LAY_RATIO, AT(share[FORECAST_GRR].bounds.high)},
    {"logo_retention", CST_LAY_RATIO, AT(share[FORECAST_LOGO].said)},
    {"logo_low", CST_LAY_RATIO, AT(share[FORECAST_LOGO].bounds.low)},
    {"logo_high", CST_LAY_RATIO, AT(share[FORECAST_LOGO].bounds.high)},
    {"band_horizon", CST_LAY_MAYBE_NUMBER, AT(band_horizon)},
    {"band_origins", CST_LAY_MAYBE_NUMBER, AT(band_origins)},
    {"signed", CST_LAY_AMOUNT, AT(known[FORECAST_SIGNED])},
    {"ending", CST_LAY_AMOUNT, AT(known[FORECAST_ENDING])},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

cst_status forecast_write(const forecast_session *s, const forecast_period *period, cst_error *e)
{
    cst_write_opts o;
    cst_status status = cst_io_write_opts(s->io, &o, e);
    if (status < 0) return status;
    if (o.format == CST_PRETTY && !o.columns) return forecast_sheet_write(s, period, &o, e);
    cst_writer *w = NULL;
    cst_layout layout = forecast_layout(s, columns, COLUMNS);
    status = cst_layout_open(&layout, s->io, NULL, &w, e);
    size_t periods = forecast_periods(s);
    for (size_t p = 0; status == CST_OK && p < periods; p++) {
        for (size_t i = 0; status == CST_OK && s->bys && i < s->sums.groups; i++)
            status =
                cst_layout_row(&layout, w, s->group_name[s->group_order[i]], &period[i * periods + p], e);
        if (status == CST_OK && s->rules.total)
            status = cst_layout_row(&layout, w, (cst_text){0}, &period[s->sums.groups * periods + p], e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

void forecast_title(const forecast_session *s, int64_t group, char out[CST_TITLE_ROOM])
{
    if (group < 0)
        strcpy(out, "Total");
    else
        cst_label_title(s->group_name[group], s->bys, out);
}
