/* flags/run.c: a run from the options to the outputs. Parts of the accounts are walked by threads; where
 * one of them finds a bad row, the run is made once more by one thread, so that the row that is told is
 * the first one for any number of threads. */
#include "flags/backtest.h"
#include "flags/listing.h"
#include "flags/session.h"

static cst_status check_options(const flag_opts *o, cst_error *e)
{
    bool history = o->backtest || o->loss_review;
    const char *mode = o->backtest ? "backtest" : "loss-review";
    if (!o->rules)
        return cst_fail(
            e, CST_USAGE,
            "--rules: expected the name of a rule pack or a file, found none; --list-rules lists the "
            "built-in ones, --print-rules prints one to start from");
    if (history && !o->labels)
        return cst_fail(e, CST_USAGE, "--%s: expected --labels FILE with it, found none; it holds the losses",
                        mode);
    if (o->loss_column && !o->customers)
        return cst_fail(e, CST_USAGE, "--loss-column: expected --customers FILE with it, found none");
    if (!history && (o->labels || o->outcome || o->horizon.n))
        return cst_fail(e, CST_USAGE, "--%s: expected --backtest or --loss-review with it, found neither",
                        o->labels    ? "labels"
                        : o->outcome ? "outcome"
                                     : "horizon");
    if (o->reasons && !o->loss_review)
        return cst_fail(e, CST_USAGE, "--reasons: expected --loss-review with it, found none");
    if (history && (o->state || o->decisions || o->changes || o->all || o->exit_code || o->by || o->totals ||
                    o->customers))
        return cst_fail(
            e, CST_USAGE,
            "--%s: expected none of --state, --decisions, --changes, --all, --by, --totals, "
            "--customers and --exit-code with it, found one; it runs over the whole history by itself",
            mode);
    cst_status span = cst_span_check(o->from, o->to, e);
    if (span < 0) return span;
    if (o->changes && o->all)
        return cst_fail(e, CST_USAGE, "expected one of --changes and --all, found both; leave one out");
    return CST_OK;
}

static void tell_manifest(const flag_night *s, const flag_listing_counts *c)
{
    uint64_t rows = 0;
    cst_manifest *m = cst_io_manifest(s->io);
    for (size_t i = 0; i < s->parts; i++) rows += s->part[i]->rows;
    cst_manifest_count(m, "rows", NULL, "account periods judged", rows);
    cst_manifest_count(m, "rules", NULL, "judged", s->rules->n);
    cst_manifest_count(m, "flags", NULL, "open", c->open);
    cst_manifest_count(m, "flags", NULL, "opened", c->opened);
    cst_manifest_count(m, "flags", NULL, "cleared", c->cleared);
    cst_manifest_count(m, "accounts", NULL, "with an open flag", c->accounts);
    cst_manifest_money(m, "money", NULL, "mrr at risk", c->mrr);
    cst_io_note(s->io, "%llu flag%s open, %llu opened, %llu cleared; %llu %s one",
                (unsigned long long)c->open, c->open == 1 ? "" : "s", (unsigned long long)c->opened,
                (unsigned long long)c->cleared, (unsigned long long)c->accounts,
                c->accounts == 1 ? "account has" : "accounts have");
}

static cst_status run_once(const flag_opts *o, cst_program_io *io, bool *single, int *lock, cst_error *e)
{
    flag_night s;
    flag_listing_counts counts = {0};
    flag_losses losses = {0};
    cst_status status = flag_night_open(o, io, *single, lock, &s, e);
    if (status == CST_OK && (o->backtest || o->loss_review)) status = flag_losses_open(&s, &losses, e);
    bool once_more = status == CST_OK && s.parts > 1;
    if (status == CST_OK) status = flag_night_pass(&s, e);
    *single = once_more && status == CST_DATA;
    if (status == CST_OK && o->backtest)
        status = flag_backtest_write(&s, &losses, e);
    else if (status == CST_OK && o->loss_review)
        status = flag_review_write(&s, &losses, e);
    else if (status == CST_OK)
        status = flag_listing_write(&s, &counts, e);
    if (status == CST_OK && o->customers) status = flag_customers_write(&s, e);
    if (status == CST_OK && o->state && !o->backtest && !o->loss_review)
        status = flag_state_write(o->state, io, s.part, s.parts, s.portfolio, &s.pass, e);
    if (status == CST_OK) tell_manifest(&s, &counts);
    flag_losses_close(&losses);
    flag_night_close(&s);
    return status == CST_OK && o->exit_code && counts.opened ? CST_END : status;
}

cst_status flags_run(const flag_opts *o, cst_program_io *io, cst_error *e)
{
    bool single = false;
    int lock = -1;
    cst_status status = check_options(o, e);
    if (status == CST_OK) status = run_once(o, io, &single, &lock, e);
    return single ? run_once(o, io, &single, &lock, e) : status;
}
