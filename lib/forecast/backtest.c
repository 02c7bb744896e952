/* forecast/backtest.c: from every month with twelve changes behind it, what would have been said of 1, 3, 6
 * and 12 months later beside what happened then: each case as a row of the detail, their means as the
 * summary. */
#include "base/date.h"
#include "base/decimal.h"
#include "forecast/result.h"
#include <string.h>

enum {
    FORECAST_FIRST_ORIGIN = 12,
    FORECAST_HORIZONS = 4,
    FORECAST_MANY = 20 /* bands, before they are judged */
};
static const int horizons[FORECAST_HORIZONS] = {1, 3, 6, 12};

/* ---- cases ------------------------------------------------------------------------------------------- */

typedef struct forecast_case {
    cst_day as_of, last;
    int horizon;
    const char *method;
    cst_wide said, happened, error;
    forecast_bounds bounds;
    const char *inside; /* yes, no; NULL: no band */
    cst_wide last_value, steady, recent;
    cst_wide said_new, happened_new, said_churn, happened_churn;
    cst_maybe said_share[FORECAST_SHARES], happened_share[FORECAST_SHARES];
} forecast_case;

#define AT(field) offsetof(forecast_case, field)

static const cst_layout_column case_columns[] = {
    {"as_of", CST_LAY_DAY, AT(as_of)},
    {"period_end", CST_LAY_DAY, AT(last)},
    {NULL, CST_LAY_BY, 0},
    {"horizon", CST_LAY_NUMBER, AT(horizon)},
    {"method", CST_LAY_WORD, AT(method)},
    {"said", CST_LAY_AMOUNT, AT(said)},
    {"low", CST_LAY_MAYBE_AMOUNT, AT(bounds.low)},
    {"high", CST_LAY_MAYBE_AMOUNT, AT(bounds.high)},
    {"happened", CST_LAY_AMOUNT, AT(happened)},
    {"error", CST_LAY_AMOUNT, AT(error)},
    {"inside", CST_LAY_WORD, AT(inside)},
    {"last_value", CST_LAY_AMOUNT, AT(last_value)},
    {"steady", CST_LAY_AMOUNT, AT(steady)},
    {"recent", CST_LAY_AMOUNT, AT(recent)},
    {"said_new", CST_LAY_AMOUNT, AT(said_new)},
    {"happened_new", CST_LAY_AMOUNT, AT(happened_new)},
    {"said_churn", CST_LAY_AMOUNT, AT(said_churn)},
    {"happened_churn", CST_LAY_AMOUNT, AT(happened_churn)},
    {"said_nrr", CST_LAY_RATIO, AT(said_share[FORECAST_NRR])},
    {"happened_nrr", CST_LAY_RATIO, AT(happened_share[FORECAST_NRR])},
    {"said_grr", CST_LAY_RATIO, AT(said_share[FORECAST_GRR])},
    {"happened_grr", CST_LAY_RATIO, AT(happened_share[FORECAST_GRR])},
    {"said_logo", CST_LAY_RATIO, AT(said_share[FORECAST_LOGO])},
    {"happened_logo", CST_LAY_RATIO, AT(happened_share[FORECAST_LOGO])},
};
enum { CASE_COLUMNS = sizeof case_columns / sizeof *case_columns };

static cst_day month_end(const forecast_session *s, const forecast_record *r, int month)
{
    return cst_period_last(&(cst_calendar){CST_MONTH, 1}, s->rules.t - (r->last - month));
}

static void fill_case(const forecast_session *s, const forecast_record *r, int u, int m,
                      const forecast_band *band, forecast_case *c)
{
    const forecast_origin *o = forecast_origin_at(r, u);
    *c = (forecast_case){.as_of = month_end(s, r, u),
                         .last = month_end(s, r, u + m),
                         .horizon = m,
                         .method = forecast_choice_name[o->choice],
                         .said = o->said[m - 1].closing,
                         .happened = forecast_closing(r->history, u + m),
                         .last_value = forecast_closing(r->history, u),
                         .steady = o->steady[m - 1],
                         .recent = o->recent[m - 1]};
    c->error = c->said - c->happened;
    c->bounds = forecast_bounds_of((cst_maybe){c->said, true}, band, FORECAST_SHARES);
    if (c->bounds.low.there)
        c->inside = c->bounds.low.v <= c->happened && c->happened <= c->bounds.high.v ? "yes" : "no";
    for (int j = 1; j <= m; j++) {
        c->said_new += o->said[j - 1].move[CST_NEW];
        c->said_churn += o->said[j - 1].move[CST_CHURN];
        c->happened_new += forecast_moved(r->history, u + j, CST_NEW);
        c->happened_churn += forecast_moved(r->history, u + j, CST_CHURN);
    }
    for (int k = 0; k < FORECAST_SHARES; k++) {
        c->said_share[k] = o->share[k][m];
        c->happened_share[k] = forecast_kept_share(r->history, u, m, (enum forecast_share)k);
    }
}

/* ---- the summary ------------------------------------------------------------------------------------- */

/* A mean of ratios, each rounded to a millionth. */
typedef struct forecast_mean {
    cst_wide sum;
    int n;
} forecast_mean;

typedef struct forecast_summary {
    int horizon, origins;
    cst_maybe error, error_last_value, error_steady, error_recent, against_last_value, against_steady, bias;
    int steady_picked, banded, inside;
    cst_maybe width, churn_error, nrr_error, grr_error;
    /* not printed */
    forecast_mean mean[9];
    cst_wide off, off_last_value, off_steady;
} forecast_summary;

#undef AT
#define AT(field) offsetof(forecast_summary, field)

static const cst_layout_column summary_columns[] = {
    {NULL, CST_LAY_BY, 0},
    {"horizon", CST_LAY_NUMBER, AT(horizon)},
    {"origins", CST_LAY_NUMBER, AT(origins)},
    {"error", CST_LAY_RATIO, AT(error)},
    {"error_last_value", CST_LAY_RATIO, AT(error_last_value)},
    {"error_steady", CST_LAY_RATIO, AT(error_steady)},
    {"error_recent", CST_LAY_RATIO, AT(error_recent)},
    {"against_last_value", CST_LAY_RATIO, AT(against_last_value)},
    {"against_steady", CST_LAY_RATIO, AT(against_steady)},
    {"bias", CST_LAY_RATIO, AT(bias)},
    {"steady_picked", CST_LAY_NUMBER, AT(steady_picked)},
    {"banded", CST_LAY_NUMBER, AT(banded)},
    {"inside", CST_LAY_NUMBER, AT(inside)},
    {"width", CST_LAY_RATIO, AT(width)},
    {"churn_error", CST_LAY_RATIO, AT(churn_error)},
    {"nrr_error", CST_LAY_RATIO, AT(nrr_error)},
    {"grr_error", CST_LAY_RATIO, AT(grr_error)},
};
enum { SUMMARY_COLUMNS = sizeof summary_columns / sizeof *summary_columns };

static cst_wide size_of(cst_wide v)
{
    return v < 0 ? -v : v;
}

static void add_ratio(forecast_mean *m, cst_wide num, cst_wide den)
{
    if (den <= 0) return;
    m->sum += forecast_share_of(num, CST_MONEY_UNIT, den);
    m->n++;
}

static void add_difference(forecast_mean *m, cst_maybe a, cst_maybe b)
{
    if (!a.there || !b.there) return;
    m->sum += size_of(a.v - b.v);
    m->n++;
}

static cst_maybe mean_of(const forecast_mean *m)
{
    cst_maybe out = {0, m->n > 0};
    if (out.there) out.v = cst_wide_divide(m->sum, m->n);
    return out;
}

static cst_maybe quotient_of(cst_wide num, cst_wide den)
{
    cst_maybe out = {0, den != 0};
    if (out.there) out.v = forecast_share_of(num, CST_MONEY_UNIT, den);
    return out;
}

enum { OF_SAID, OF_LAST_VALUE, OF_STEADY, OF_RECENT, OF_BIAS, OF_WIDTH, OF_CHURN, OF_NRR, OF_GRR };

static void add_case(forecast_summary *s, const forecast_case *c, enum forecast_choice choice)
{
    forecast_mean *m = s->mean;
    s->origins++;
    s->steady_picked += choice == FORECAST_BY_STEADY;
    add_ratio(&m[OF_SAID], size_of(c->error), c->happened);
    add_ratio(&m[OF_LAST_VALUE], size_of(c->last_value - c->happened), c->happened);
    add_ratio(&m[OF_STEADY], size_of(c->steady - c->happened), c->happened);
    add_ratio(&m[OF_RECENT], size_of(c->recent - c->happened), c->happened);
    add_ratio(&m[OF_BIAS], c->error, c->happened);
    add_ratio(&m[OF_CHURN], size_of(c->said_churn - c->happened_churn), c->last_value);
    add_difference(&m[OF_NRR], c->said_share[FORECAST_NRR], c->happened_share[FORECAST_NRR]);
    add_difference(&m[OF_GRR], c->said_share[FORECAST_GRR], c->happened_share[FORECAST_GRR]);
    s->off += size_of(c->error);
    s->off_last_value += size_of(c->last_value - c->happened);
    s->off_steady += size_of(c->steady - c->happened);
    if (!c->inside) return;
    s->banded++;
    s->inside += *c->inside == 'y';
    add_ratio(&m[OF_WIDTH], c->bounds.high.v - c->bounds.low.v, c->happened);
}

static void close_summary(forecast_summary *s)
{
    s->error = mean_of(&s->mean[OF_SAID]);
    s->error_last_value = mean_of(&s->mean[OF_LAST_VALUE]);
    s->error_steady = mean_of(&s->mean[OF_STEADY]);
    s->error_recent = mean_of(&s->mean[OF_RECENT]);
    s->bias = mean_of(&s->mean[OF_BIAS]);
    s->width = mean_of(&s->mean[OF_WIDTH]);
    s->churn_error = mean_of(&s->mean[OF_CHURN]);
    s->nrr_error = mean_of(&s->mean[OF_NRR]);
    s->grr_error = mean_of(&s->mean[OF_GRR]);
    s->against_last_value = quotient_of(s->off, s->off_last_value);
    s->against_steady = quotient_of(s->off, s->off_steady);
}

/* ---- messages ---------------------------------------------------------------------------------------- */

static void warn_summary(const forecast_session *s, const forecast_summary *x, int64_t group)
{
    char title[CST_TITLE_ROOM + 2] = "";
    if (s->bys) {
        forecast_title(s, group, title);
        memcpy(title + strlen(title), ": ", 3);
    }
    if (x->banded >= FORECAST_MANY && 10 * x->inside < 7 * x->banded)
        cst_io_warn(
            s->io,
            "%sat %d month%s %d of %d bands held: expected about 4 in 5; take the band as too narrow here",
            title, x->horizon, x->horizon == 1 ? "" : "s", x->inside, x->banded);
    if (!x->against_steady.there || x->against_steady.v <= CST_MONEY_UNIT) return;
    char times[CST_DECIMAL_ROOM];
    times[cst_wide_format(x->against_steady.v, 2, times)] = 0;
    cst_io_warn(
        s->io,
        "%sat %d month%s the plain drift of twelve months was closer: the forecast missed by %s times as "
        "much over %d origins; compare the columns error and error_steady",
        title, x->horizon, x->horizon == 1 ? "" : "s", times, x->origins);
}

/* ---- writing ----------------------------------------------------------------------------------------- */

cst_status forecast_backtest_open(const forecast_session *s, forecast_backtest *b, cst_error *e)
{
    *b = (forecast_backtest){0};
    b->summary_layout = forecast_layout(s, summary_columns, SUMMARY_COLUMNS);
    b->detail_layout = forecast_layout(s, case_columns, CASE_COLUMNS);
    cst_status status = CST_OK;
    if (s->o->backtest) status = cst_layout_open(&b->summary_layout, s->io, NULL, &b->summary, e);
    if (status == CST_OK && s->o->detail)
        status = cst_layout_open(&b->detail_layout, s->io, s->o->detail, &b->detail, e);
    return status;
}

cst_status forecast_backtest_add(const forecast_session *s, forecast_backtest *b, const forecast_record *r,
                                 int64_t group, cst_error *e)
{
    forecast_summary sum[FORECAST_HORIZONS] = {0};
    const cst_text name = group < 0 ? (cst_text){0} : s->group_name[group];
    cst_status status = CST_OK;
    for (int u = FORECAST_FIRST_ORIGIN; u < r->last && status == CST_OK && (b->summary || b->detail); u++) {
        forecast_band band[FORECAST_AHEAD];
        forecast_bands(r, u, FORECAST_SHARES, band);
        for (int k = 0; k < FORECAST_HORIZONS && u + horizons[k] <= r->last && status == CST_OK; k++) {
            forecast_case c;
            fill_case(s, r, u, horizons[k], &band[horizons[k] - 1], &c);
            add_case(&sum[k], &c, forecast_origin_at(r, u)->choice);
            if (b->detail) status = cst_layout_row(&b->detail_layout, b->detail, name, &c, e);
        }
    }
    for (int k = 0; k < FORECAST_HORIZONS && status == CST_OK && b->summary; k++) {
        if (sum[k].origins == 0) continue;
        sum[k].horizon = horizons[k];
        close_summary(&sum[k]);
        warn_summary(s, &sum[k], group);
        status = cst_layout_row(&b->summary_layout, b->summary, name, &sum[k], e);
    }
    return status;
}

cst_status forecast_backtest_finish(forecast_backtest *b, cst_error *e)
{
    cst_status status = b->summary ? cst_writer_finish(b->summary, e) : CST_OK;
    return status == CST_OK && b->detail ? cst_writer_finish(b->detail, e) : status;
}

void forecast_backtest_free(forecast_backtest *b)
{
    cst_writer_free(b->summary);
    cst_writer_free(b->detail);
}
