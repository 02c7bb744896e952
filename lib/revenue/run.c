/* revenue/run.c: the modes of cs-waterfall. */
#include "base/date.h"
#include "base/text.h"
#include "ledger/freshness.h"
#include "revenue/bridge.h"
#include "revenue/session.h"

/* What is counted, and what a reader of the figures should know. */
static void tell_counts(rev_session *s)
{
    const cst_ledger_counts *n = &s->counts;
    cst_manifest *m = cst_io_manifest(s->io);
    cst_manifest_count(m, "rows", NULL, "used", n->rows);
    cst_manifest_count(m, "rows", NULL, "left out by --where", n->filtered);
    if (s->subscriptions.shard.of) cst_manifest_count(m, "rows", NULL, "left to other shards", n->others);
    cst_manifest_count(m, "rows", NULL, "set aside: start after --as-of", n->after);
    cst_manifest_count(m, "rows", NULL, "of the used: no days", n->empty);
    cst_manifest_count(m, "rows", NULL, "of the used: overlapping", n->overlapping);
    cst_manifest_count(m, "rows", NULL, "of the used: rounded to six decimals", n->rounded);
    cst_manifest_count(m, "accounts", NULL, NULL, n->accounts);
    cst_subscriptions_check(s->io, s->o->subjects.accounts, n);
    cst_io_note(s->io, "cross-sell by %s", s->centre ? s->centre : "no column: all growth is upsell");
    cst_io_note(s->io, "%llu row%s of %llu account%s; %llu hold%s no day, %llu overlap%s",
                (unsigned long long)n->rows, n->rows == 1 ? "" : "s", (unsigned long long)n->accounts,
                n->accounts == 1 ? "" : "s", (unsigned long long)n->empty, n->empty == 1 ? "s" : "",
                (unsigned long long)n->overlapping, n->overlapping == 1 ? "s" : "");
    if (n->after)
        cst_io_note(s->io, "%llu %s set aside", (unsigned long long)n->after,
                    n->after == 1 ? "row starts after --as-of and was" : "rows start after --as-of and were");
}

/* Where more than half of a period's customers leave at once, the export ends there rather than they. */
static void warn_mass_churn(rev_session *s, cst_period p)
{
    const rev_cell *now = &s->sums.total.cell[p - s->sums.total.low];
    if (2 * now->churned <= now[-1].closing_logos) return;
    cst_day first = cst_period_first(&s->calendar, p), last = cst_period_last(&s->calendar, p),
            worst = CST_DAY_NONE;
    int64_t most = 0;
    for (uint32_t i = 0; i < s->sums.days; i++) {
        cst_day d = s->sums.day_low + (cst_day)i;
        if (d < first || d > last || s->sums.churned[i] <= most) continue;
        most = s->sums.churned[i];
        worst = d;
    }
    char day[CST_DAY_ROOM];
    cst_day_format(worst == CST_DAY_NONE ? last : worst, day);
    cst_io_warn(s->io,
                "%lld of %lld %s in one period, most of them on %s: does the export end there? "
                "give --as-of",
                (long long)now->churned, (long long)now[-1].closing_logos,
                now->churned == 1 ? "customer leaves" : "customers leave", day);
}

/* Periods that were asked for but are not over are left out: not without a word. */
static void warn_cut(rev_session *s)
{
    const cst_periodic *o = &s->o->periodic;
    if (o->to == CST_DAY_NONE || rev_session_printed(s, cst_period_of(&s->calendar, o->to))) return;
    char to[CST_DAY_ROOM], as_of[CST_DAY_ROOM];
    cst_day_format(o->to, to);
    cst_day_format(o->as_of, as_of);
    const char *remedy = s->o->incomplete ? "" : "; --incomplete adds the one that is running";
    char last[CST_DAY_ROOM];
    cst_day_format(s->any ? cst_period_last(&s->calendar, s->last) : CST_DAY_NONE, last);
    cst_io_warn(s->io, "--to %s lies in a period that is not over by --as-of %s: the table %s%s%s", to, as_of,
                s->any ? "ends with the period to " : "has no periods", last, remedy);
}

/* A night's table that is empty because nothing was read should not pass for one without customers. */
static void warn_empty(rev_session *s)
{
    if (s->counts.rows > 0 || s->o->parts.merge) return;
    cst_io_warn(s->io, "expected subscriptions, found none%s%s: nobody is in the table",
                s->filter ? " that --where keeps" : "", s->counts.after ? " that start by --as-of" : "");
}

/* Of such a line the whole change is one of price. */
static void warn_unmeasured(const rev_session *s)
{
    uint64_t n = 0;
    for (int i = 0; s->worker && i <= s->threads; i++) n += rev_session_worker(s, i)->walk.unmeasured;
    if (n > 0)
        cst_io_warn(
            s->io,
            "--split: %llu change%s of lines of which only some rows have a quantity: all of it is price; "
            "fill quantity in every row of a line",
            (unsigned long long)n, n == 1 ? "" : "s");
}

void rev_session_warn(rev_session *s)
{
    warn_empty(s);
    warn_unmeasured(s);
    if (s->o->periodic.as_of != CST_DAY_NONE) {
        if (!s->o->parts.merge) cst_ledger_warn_stale(s->io, &s->counts, s->o->periodic.as_of, &s->calendar);
        if (!s->o->known_to_come) warn_cut(s); /* whose months all lie after as_of */
        return;
    }
    cst_io_warn(
        s->io,
        "without --as-of nobody knows what has happened yet: ends that are only scheduled look like churn");
    for (cst_period p = s->first; s->any && !s->o->renewals && p <= s->last; p++) warn_mass_churn(s, p);
}

static cst_status run_mode(rev_session *s, cst_error *e)
{
    const rev_opts *o = s->o;
    if (o->parts.merge) return rev_merge_run(s, e);
    if (o->restate) return rev_restate_run(s, e);
    if (o->tie_out) return rev_tieout_run(s, e);
    if (o->top) return rev_top_run(s, e);
    if (o->trace) return rev_trace_run(s, e);
    if (o->renewals) return rev_renewals_run(s, e);
    if (o->known_to_come) return rev_known_run(s, e);
    if (o->churn_by) return rev_churn_by_run(s, e);
    if (o->explain_change) return rev_explain_run(s, e);
    if (o->definitions) return rev_published_run(s, e);
    if (o->parts.partial) return rev_partial_run(s, e);
    if (o->detail) return rev_detail_run(s, e);
    cst_status status = rev_session_collect(s, e);
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    return status == CST_OK ? rev_bridge_write(s, e) : status;
}

cst_status revenue_run(void *opts, cst_program_io *io, cst_error *e)
{
    const rev_opts *o = opts;
    if (o->list_definitions) return rev_published_list(io, e);
    rev_session s;
    cst_status status = rev_session_open(&s, o, io, e);
    if (status == CST_OK) status = run_mode(&s, e);
    if (status >= 0 && !o->parts.merge) {
        tell_counts(&s);
        if (!o->parts.partial) rev_session_warn(&s);
    }
    if (status >= 0 && !o->parts.merge) {
        cst_status told = rev_definition_tell(&s, e);
        if (told < 0) status = told;
    }
    rev_session_free(&s);
    return status;
}
