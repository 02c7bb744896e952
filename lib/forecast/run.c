/* forecast/run.c: a run from its sums to its tables: each row of the result gets its history, its record
 * and its periods; groups add up to the total. */
#include "base/date.h"
#include "base/memory.h"
#include "forecast/partial.h"
#include "forecast/result.h"
#include "ledger/freshness.h"
#include <stdlib.h>

typedef struct forecast_job {
    forecast_session *s;
    int months;              /* month ends there are */
    forecast_period *period; /* as forecast_write takes them */
    forecast_history total;
    forecast_record record; /* of the total */
    forecast_backtest backtest;
} forecast_job;

static void free_job(forecast_job *j)
{
    free(j->period);
    forecast_record_free(&j->record);
    forecast_history_free(&j->total);
    forecast_backtest_free(&j->backtest);
}

/* ---- history there is -------------------------------------------------------------------------------- */

static cst_status count_months(forecast_job *j, cst_error *e)
{
    forecast_session *s = j->s;
    forecast_series_flush(&s->sums.total);
    for (size_t i = 0; i < s->sums.groups; i++) forecast_series_flush(&s->sums.group[i]);
    j->months = forecast_months_of(&s->sums);
    if (s->o->history_from != CST_DAY_NONE) {
        int64_t known = (int64_t)s->rules.t - s->rules.history + 1;
        j->months = known < 0 ? 0 : (int)known;
    }
    if (j->months >= FORECAST_ENOUGH) return CST_OK;
    char day[CST_DAY_ROOM];
    cst_day_format(cst_period_last(&(cst_calendar){CST_MONTH, 1}, s->rules.t), day);
    return cst_fail(e, CST_DATA,
                    "needs %d month ends, has %d up to %s; give a longer history, or a later --as-of",
                    FORECAST_ENOUGH, j->months, day);
}

static void warn_little(const forecast_job *j)
{
    const forecast_session *s = j->s;
    int size = forecast_record_size(&j->record, j->record.last);
    if (j->record.origin && size < FORECAST_LEAST && !s->o->backtest)
        cst_io_warn(s->io, "no band: %d forecasts of the past are needed, there %s %d", FORECAST_LEAST,
                    size == 1 ? "is" : "are", size);
    if (j->months < 14 && (s->o->backtest || s->o->detail))
        cst_io_warn(s->io, "no back-test: 14 month ends are needed, there are %d", j->months);
}

/* ---- rows of the result ------------------------------------------------------------------------------ */

/* Row i of the result, once its record is made. */
static cst_status close_row(forecast_job *j, const forecast_record *r, size_t i, int64_t group, cst_error *e)
{
    forecast_session *s = j->s;
    cst_status status = CST_OK;
    if (!s->o->backtest) status = forecast_periods_of(s, r, j->period + i * forecast_periods(s), e);
    return status == CST_OK ? forecast_backtest_add(s, &j->backtest, r, group, e) : status;
}

static cst_status run_group(forecast_job *j, size_t i, cst_error *e)
{
    forecast_session *s = j->s;
    uint32_t group = s->group_order[i];
    forecast_history h = {0};
    forecast_record r = {0};
    bool ok = forecast_history_of(&s->sums.group[group], j->months, &h);
    cst_status status = ok ? forecast_history_check(&h, s->rules.t, e) : cst_no_memory(e);
    if (status == CST_OK && !forecast_record_of(&h, &r)) status = cst_no_memory(e);
    if (status == CST_OK) status = close_row(j, &r, i, group, e);
    if (status == CST_OK && s->rules.total) {
        forecast_history_add_moves(&j->total, &h);
        forecast_record_add(&j->record, &r, i == 0);
    }
    forecast_record_free(&r);
    forecast_history_free(&h);
    return status;
}

static cst_status open_total(forecast_job *j, cst_error *e)
{
    forecast_session *s = j->s;
    if (!forecast_history_of(&s->sums.total, j->months, &j->total)) return cst_no_memory(e);
    cst_status status = forecast_history_check(&j->total, s->rules.t, e);
    if (status < 0 || !s->rules.groups)
        return status < 0 || forecast_record_of(&j->total, &j->record) ? status : cst_no_memory(e);
    status = forecast_history_check_groups(&j->total, &s->sums, s->rules.t, e);
    forecast_history_clear_moves(&j->total);
    return status < 0 || forecast_record_total(&j->total, &j->record) ? status : cst_no_memory(e);
}

static cst_status run_rows(forecast_job *j, cst_error *e)
{
    forecast_session *s = j->s;
    cst_status status = s->rules.total ? open_total(j, e) : CST_OK;
    size_t groups = s->rules.groups ? s->sums.groups : 0;
    for (size_t i = 0; status == CST_OK && i < groups; i++) status = run_group(j, i, e);
    if (status == CST_OK && s->rules.total) status = close_row(j, &j->record, groups, -1, e);
    return status;
}

static cst_status run_result(forecast_session *s, cst_error *e)
{
    forecast_job j = {.s = s};
    cst_status status = count_months(&j, e);
    if (status == CST_OK && !s->o->backtest && forecast_periods(s) == 0)
        status = cst_fail(e, CST_USAGE,
                          "--months: expected a quarter that ends within them, found none in %llu; give more",
                          (unsigned long long)s->o->months.n);
    if (status < 0) return status;
    j.period = calloc((s->sums.groups + 1) * (forecast_periods(s) + 1), sizeof *j.period);
    status = j.period ? forecast_backtest_open(s, &j.backtest, e) : cst_no_memory(e);
    if (status == CST_OK) status = run_rows(&j, e);
    if (status == CST_OK) warn_little(&j);
    if (status == CST_OK && !s->o->backtest) status = forecast_write(s, j.period, e);
    if (status == CST_OK) status = forecast_backtest_finish(&j.backtest, e);
    free_job(&j);
    return status;
}

/* ---- the run ----------------------------------------------------------------------------------------- */

static void tell_counts(forecast_session *s)
{
    const cst_ledger_counts *n = &s->counts;
    cst_manifest *m = cst_io_manifest(s->io);
    uint64_t used = n->rows - s->signed_rows;
    cst_manifest_count(m, "rows", NULL, "used", used);
    cst_manifest_count(m, "rows", NULL, "left out by --where", n->filtered);
    if (s->subscriptions.shard.of) cst_manifest_count(m, "rows", NULL, "left to other shards", n->others);
    cst_manifest_count(m, "rows", NULL, "set aside: start after --as-of", s->signed_rows);
    cst_manifest_count(m, "rows", NULL, "of all: no days", n->empty);
    cst_manifest_count(m, "rows", NULL, "of all: overlapping", n->overlapping);
    cst_manifest_count(m, "rows", NULL, "of all: rounded to six decimals", n->rounded);
    cst_manifest_count(m, "accounts", NULL, NULL, n->accounts);
    cst_subscriptions_check(s->io, s->o->subjects.accounts, n);
    const cst_calendar months = {CST_MONTH, 1};
    if (!s->subscriptions.shard.of) cst_ledger_warn_stale(s->io, n, s->o->as_of, &months);
    cst_io_note(s->io, "cross-sell by %s", s->centre ? s->centre : "no column: all growth is upsell");
    cst_io_note(s->io, "%llu row%s of %llu account%s; %llu start%s after --as-of: see the column signed",
                (unsigned long long)used, used == 1 ? "" : "s", (unsigned long long)n->accounts,
                n->accounts == 1 ? "" : "s", (unsigned long long)s->signed_rows,
                s->signed_rows == 1 ? "s" : "");
}

cst_status forecast_run(void *opts, cst_program_io *io, cst_error *e)
{
    const forecast_opts *o = opts;
    forecast_session s;
    cst_status status = forecast_session_open(&s, o, io, e);
    if (status == CST_OK) status = o->parts.merge ? forecast_merge(&s, e) : forecast_session_collect(&s, e);
    if (status == CST_OK) status = o->parts.partial ? forecast_partial(&s, e) : run_result(&s, e);
    if (status == CST_OK && !o->parts.merge) tell_counts(&s);
    if (status == CST_OK) status = forecast_definition_tell(&s, e);
    forecast_session_free(&s);
    return status;
}
