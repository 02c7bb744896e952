/* forecast/setup.c: from options to rules: which combinations make sense, what is read, what columns are
 * called. */
#include "base/text.h"
#include "forecast/session.h"

void forecast_init(forecast_opts *o)
{
    *o = (forecast_opts){.as_of = CST_DAY_NONE, .history_from = CST_DAY_NONE};
    o->subjects.fx_max_age.n = CST_FX_AGE;
}

/* ---- which options go together ----------------------------------------------------------------------- */

static cst_status check_presentation(const forecast_opts *o, cst_error *e)
{
    const char *given = o->backtest           ? "--backtest"
                        : o->detail           ? "--detail"
                        : o->months.set       ? "--months"
                        : o->every            ? "--every"
                        : o->fiscal_start.set ? "--fiscal-year-start"
                                              : NULL;
    if (o->parts.partial && given)
        return cst_fail(e, CST_USAGE,
                        "%s: expected it with --merge, found --partial; a part holds the sums of all months",
                        given);
    if (o->months.set && (o->months.n < 1 || o->months.n > FORECAST_AHEAD))
        return cst_fail(e, CST_USAGE,
                        "--months: expected 1 to %d, found %llu; farther ahead was never measured",
                        FORECAST_AHEAD, (unsigned long long)o->months.n);
    if (o->months.set && o->backtest)
        return cst_fail(e, CST_USAGE,
                        "--months: expected the forecast, found --backtest, which has months of its own");
    if (o->every && o->backtest)
        return cst_fail(e, CST_USAGE,
                        "--every: expected the forecast, found --backtest, which counts in months");
    if (o->fiscal_start.set && o->every != FORECAST_QUARTER)
        return cst_option_needs("--fiscal-year-start", "--every quarter", "months begin with no other month",
                                e);
    return CST_OK;
}

/* A part is past what these are for. */
static cst_status check_merge(const forecast_opts *o, cst_error *e)
{
    const char *given = o->subjects.accounts   ? "--accounts"
                        : o->subjects.identity ? "--identity"
                        : o->subjects.fx       ? "--fx"
                        : o->sorted            ? "--sorted"
                                               : NULL;
    if (!o->parts.merge || !given) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "%s: expected it with --partial, found --merge; the parts hold sums already", given);
}

static cst_status check_options(const forecast_opts *o, cst_error *e)
{
    cst_status status = check_presentation(o, e);
    if (status == CST_OK) status = check_merge(o, e);
    if (status < 0) return status;
    if (!o->parts.merge) status = cst_as_of_check(o->as_of, "the subscriptions are", e);
    if (status == CST_OK) status = cst_groups_check(o->stream.by, e);
    if (status == CST_OK) status = cst_days_check("grace", o->grace.n, e);
    return status != CST_OK || o->parts.merge ? status : cst_subjects_check(&o->subjects, e);
}

/* ---- tables ------------------------------------------------------------------------------------------ */

static cst_status open_stream(forecast_session *s, cst_error *e)
{
    const forecast_opts *o = s->o;
    cst_status status = cst_io_reader(s->io, CST_SUBSCRIPTIONS_HINT, &s->reader, e);
    if (status == CST_OK)
        status = cst_subscriptions_where(o->stream.where, s->reader, &s->subjects, o->as_of, &s->filter, e);
    if (status == CST_OK)
        status = cst_groups_resolve(o->stream.by, s->reader, s->subjects.accounts, &s->groups, e);
    if (status != CST_OK) return status;
    s->group_column = s->groups.name;
    s->bys = s->groups.n;
    s->value = o->value ? o->value : "mrr";
    s->centre = cst_subscriptions_centre(o->cross_sell_by, s->reader);
    return CST_OK;
}

/* ---- rules ------------------------------------------------------------------------------------------- */

cst_status forecast_session_rules(forecast_session *s, cst_error *e)
{
    const forecast_opts *o = s->o;
    forecast_rules *r = &s->rules;
    const cst_calendar months = {CST_MONTH, 1};
    s->periods = months;
    if (o->every == FORECAST_QUARTER)
        s->periods = (cst_calendar){CST_QUARTER, o->fiscal_start.set ? (int)o->fiscal_start.n : 1};
    *r = (forecast_rules){
        .as_of = o->as_of, .history = INT32_MIN, .grace = (int32_t)o->grace.n, .total = true};
    r->t = cst_period_of(&months, o->as_of);
    if (cst_period_last(&months, r->t) > o->as_of) r->t--;
    if (o->history_from != CST_DAY_NONE) r->history = cst_period_of(&months, o->history_from);
    return cst_grid_init(&r->grid, months, (enum cst_snapshot)o->snapshot, o->as_of, e);
}

/* The ledger is told of no as-of and no grace: rows that are signed for later, and ends that are known to
 * come, are wanted, and the walk sets both apart before it closes gaps. */
static void set_ledger_opts(forecast_session *s)
{
    s->ledger_opts = (cst_ledger_opts){
        .value = s->value,
        .centre = s->centre,
        .as_of = CST_DAY_NONE,
        .count_overlaps = s->o->shared.verbose || s->o->shared.manifest,
    };
    cst_subscriptions_serve(&s->subscriptions, &s->ledger_opts);
}

cst_status forecast_session_open(forecast_session *s, const forecast_opts *o, cst_program_io *io,
                                 cst_error *e)
{
    *s = (forecast_session){.o = o, .io = io, .threads = cst_io_threads(io), .subjects = {.customer = -1}};
    cst_shard shard;
    cst_status status = check_options(o, e);
    if (status == CST_OK) status = cst_part_check(&o->parts, io, &shard, e);
    if (status < 0 || o->parts.merge) return status;
    status = forecast_session_rules(s, e);
    if (status == CST_OK) status = cst_subjects_open(&s->subjects, &s->o->subjects, s->io, e);
    if (status == CST_OK) status = open_stream(s, e);
    if (status < 0) return status;
    s->subscriptions = (cst_subscriptions){&s->subjects, &s->groups, s->filter, shard};
    s->by_currency = cst_subscriptions_by_currency(&s->subscriptions);
    s->rules.fx = s->subjects.fx;
    s->rules.groups = s->bys > 0;
    s->rules.total = !s->by_currency;
    set_ledger_opts(s);
    return CST_OK;
}
