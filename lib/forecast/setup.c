/* forecast/setup.c: from options to rules: which combinations make sense, what is read, what columns are
 * called. */
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "forecast/session.h"
#include <stdlib.h>
#include <string.h>

void forecast_init(forecast_opts *o)
{
    *o = (forecast_opts){.as_of = CST_DAY_NONE, .history_from = CST_DAY_NONE};
    o->subjects.fx_max_age.n = CST_FX_AGE;
}

/* ---- which options go together ----------------------------------------------------------------------- */

static cst_status need(const char *option, const char *other, const char *why, cst_error *e)
{
    return cst_fail(e, CST_USAGE, "%s: expected %s beside it, found none; %s", option, other, why);
}

static cst_status check_presentation(const forecast_opts *o, cst_error *e)
{
    const char *given = o->backtest           ? "--backtest"
                        : o->detail           ? "--detail"
                        : o->months.set       ? "--months"
                        : o->every            ? "--every"
                        : o->fiscal_start.set ? "--fiscal-year-start"
                                              : NULL;
    if (o->partial && given)
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
        return need("--fiscal-year-start", "--every quarter", "months begin with no other month", e);
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
    if (!o->merge || !given) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "%s: expected it with --partial, found --merge; the parts hold sums already", given);
}

static cst_status check_options(const forecast_opts *o, cst_error *e)
{
    cst_status status = check_presentation(o, e);
    if (status == CST_OK) status = check_merge(o, e);
    if (status < 0) return status;
    if (o->as_of == CST_DAY_NONE && !o->merge)
        return cst_fail(
            e, CST_USAGE,
            "--as-of: expected the day that the subscriptions are good for, found none; no clock is asked: "
            "give the day of the export");
    if (o->by && !*o->by) /* an empty variable of a shell, rather than a wish */
        return cst_fail(
            e, CST_USAGE,
            "--by: expected columns with a comma between, found an empty name; leave the option out");
    status = cst_days_check("grace", o->grace.n, e);
    return status != CST_OK || o->merge ? status : cst_subjects_check(&o->subjects, e);
}

/* ---- tables ------------------------------------------------------------------------------------------ */

/* The names of the group columns as strings. */
static cst_status name_columns(forecast_session *s, cst_error *e)
{
    size_t room = 1;
    for (size_t i = 0; i < s->bys; i++) room += s->groups.column[i].name.n + 4;
    s->names = malloc(room);
    s->group_column = calloc(s->bys + 1, sizeof *s->group_column);
    if (!s->names || !s->group_column) return cst_no_memory(e);
    char *at = s->names;
    for (size_t i = 0; i < s->bys; i++) {
        cst_text name = s->groups.column[i].name;
        memcpy(at, "by_", 3);
        memcpy(at + 3, name.p, name.n);
        at[3 + name.n] = 0;
        s->group_column[i] = at + 3;
        at += name.n + 4;
        s->by_currency |=
            !s->subjects.fx && cst_text_is(name, "currency") && s->groups.column[i].from == CST_FROM_ROW;
    }
    return CST_OK;
}

/* The cross-sell column: the one that is named, else the first of buying_center and product that the header
 * has. */
static const char *find_centre(const forecast_session *s)
{
    if (s->o->cross_sell_by) return s->o->cross_sell_by;
    if (cst_reader_has(s->reader, "buying_center")) return "buying_center";
    return cst_reader_has(s->reader, "product") ? "product" : NULL;
}

static cst_status open_stream(forecast_session *s, cst_error *e)
{
    const forecast_opts *o = s->o;
    cst_status status = cst_io_reader(s->io, NULL, &s->reader, e);
    if (status == CST_OK && o->where) {
        cst_filter_opts f = {.accounts = s->subjects.accounts,
                             .rename = s->subjects.identity ? cst_identity_value : NULL,
                             .rename_context = s->subjects.identity,
                             .lifted = o->subjects.customer,
                             .customer_column = s->subjects.customer,
                             .has_today = true,
                             .today = o->as_of};
        status = cst_filter_open(o->where, s->reader, &f, &s->filter, e);
    }
    if (status == CST_OK) status = cst_groups_resolve(o->by, s->reader, s->subjects.accounts, &s->groups, e);
    s->bys = s->groups.n;
    if (status < 0) return status;
    s->value = o->value ? o->value : "mrr";
    s->centre = find_centre(s);
    return name_columns(s, e);
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

static cst_text give_attribute(const void *context, cst_text account, size_t group)
{
    const forecast_session *s = context;
    int column = s->groups.column[group].column;
    if (s->o->subjects.customer && column == s->subjects.customer) return account; /* which is the customer */
    return cst_accounts_at(s->subjects.accounts, cst_accounts_find(s->subjects.accounts, account), column);
}

static cst_text give_customer(const void *context, cst_text account)
{
    const forecast_session *s = context;
    return cst_subjects_customer(&s->subjects, account);
}

static cst_status use_row(const void *context, cst_batch *b, uint32_t row, cst_text account, bool *use,
                          cst_error *e)
{
    (void)account;
    return cst_filter_row(((const forecast_session *)context)->filter, b, row, use, e);
}

/* The ledger is told of no as-of and no grace: rows that are signed for later, and ends that are known to
 * come, are wanted, and the walk sets both apart before it closes gaps. */
static void set_ledger_opts(forecast_session *s)
{
    s->ledger_opts = (cst_ledger_opts){
        .value = s->value,
        .centre = s->centre,
        .segment = s->group_column,
        .segments = s->bys,
        .attribute = s->groups.of_accounts ? give_attribute : NULL,
        .attribute_context = s,
        .filter = s->filter ? use_row : NULL,
        .filter_context = s,
        .identity = s->subjects.identity,
        .customer = s->o->subjects.customer ? give_customer : NULL,
        .customer_context = s,
        .as_of = CST_DAY_NONE,
        .count_overlaps = s->o->shared.verbose || s->o->shared.manifest,
    };
}

cst_status forecast_session_open(forecast_session *s, const forecast_opts *o, cst_program_io *io,
                                 cst_error *e)
{
    *s = (forecast_session){.o = o, .io = io, .threads = cst_io_threads(io), .subjects = {.customer = -1}};
    cst_status status = check_options(o, e);
    if (status < 0 || o->merge) return status;
    status = forecast_session_rules(s, e);
    if (status == CST_OK) status = cst_subjects_open(&s->subjects, &s->o->subjects, s->io, e);
    if (status == CST_OK) status = open_stream(s, e);
    if (status < 0) return status;
    s->rules.fx = s->subjects.fx;
    s->rules.groups = s->bys > 0;
    s->rules.total = !s->by_currency;
    set_ledger_opts(s);
    return CST_OK;
}
