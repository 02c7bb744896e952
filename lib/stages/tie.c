/* stages/tie.c: what was won beside what the subscriptions of those who won gained: a comparison, since a
 * deal that is won may start later, and what grows need not have been an opportunity. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/currency.h"
#include "ledger/movement.h"
#include "stages/flow.h"
#include <stdlib.h>
#include <string.h>

static int compare_wins(const void *a, const void *b)
{
    const stages_win *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

/* What the account's rows come to at a close, at the rate of a close. */
static cst_status sum_rows(const stages_flow *f, const cst_ledger_account *a, size_t close, size_t rate,
                           cst_wide *out, cst_error *e)
{
    cst_status status = CST_OK;
    *out = 0;
    for (size_t i = 0; i < a->rows && status == CST_OK; i++) {
        const cst_ledger_row *r = &a->row[i];
        cst_money amount;
        if (r->start > f->close[close] || r->end <= f->close[close]) continue;
        cst_text currency = cst_labels_currency(a->labels, cst_labels_unit(a->labels, r->unit).currency);
        status = stages_session_convert(f->s, r->amount, currency, f->close[rate], &amount, e);
        if (status == CST_OK) *out += amount;
    }
    return status;
}

/* Upsell and cross-sell of an account in a period: what it pays more, if it paid before. */
static cst_status find_growth(const stages_flow *f, const cst_ledger_account *a, size_t period, cst_wide *out,
                              cst_error *e)
{
    cst_wide before, after;
    cst_status status = sum_rows(f, a, period, period + 1, &before, e);
    if (status == CST_OK) status = sum_rows(f, a, period + 1, period + 1, &after, e);
    *out = 0;
    if (status != CST_OK || before <= 0) return status;
    if (cst_movement_of(true, after > 0, true, after > before) == CST_UPSELL) *out = after - before;
    return CST_OK;
}

static cst_status visit(void *flow, const cst_ledger_account *a, cst_error *e)
{
    stages_flow *f = flow;
    uint32_t account = cst_intern_find(f->accounts, a->id);
    if (account == CST_INTERN_NONE) return CST_OK;
    const stages_win key = {.account = account};
    size_t low = 0, high = f->wins;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_wins(&f->win[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    cst_status status = CST_OK;
    cst_wide growth = 0;
    for (size_t i = low; i < f->wins && f->win[i].account == account && status == CST_OK; i++) {
        const stages_win *win = &f->win[i];
        bool fresh = i == low || win[-1].period != win->period;
        if (!fresh && win[-1].group == win->group) continue; /* it won twice */
        if (fresh) status = find_growth(f, a, win->period, &growth, e);
        if (fresh && status == CST_OK) stages_flow_at(f, win->period, STAGES_TOTAL)->expansion.v += growth;
        if (status == CST_OK && f->s->groups.n)
            stages_flow_at(f, win->period, win->group)->expansion.v += growth; /* it won there: it is there */
    }
    return status;
}

static cst_status check_currency(const stages_session *s, const cst_ledger *l, cst_error *e)
{
    const cst_labels *const labels[] = {cst_ledger_labels(l)};
    char currency[CST_CURRENCY_ROOM];
    bool several;
    if (s->several)
        return cst_option_needs("--subscriptions", "--fx FILE --report-currency CODE",
                                "amounts of several currencies are compared in one", e);
    cst_status status = cst_currency_settle(labels, 1, s->subjects.fx, false, currency, &several, e);
    if (status != CST_OK || !*currency || !*s->currency || strcmp(currency, s->currency) == 0) return status;
    return cst_fail(
        e, CST_DATA,
        "--subscriptions: expected amounts in %s, as the stages have them, found %s; convert both with "
        "--fx FILE --report-currency CODE",
        s->currency, currency);
}

static cst_status read_ledger(stages_flow *f, cst_ledger *l, cst_error *e)
{
    const stages_session *s = f->s;
    const cst_inputs in = {&s->o->subscriptions, 1};
    cst_reader *r;
    cst_status status = cst_io_reader_over(s->io, &in, CST_SUBSCRIPTIONS_HINT, &r, e);
    if (status == CST_OK) status = cst_ledger_read(l, r, cst_io_threads(s->io), e);
    if (status == CST_OK) status = cst_ledger_each(l, 1, visit, (void *const[]){f}, e);
    if (status == CST_OK) status = check_currency(s, l, e); /* accounts were visited: there are labels */
    if (status != CST_OK) return status;
    cst_ledger_counts n = cst_ledger_counted(l);
    return cst_subscriptions_check_keys(s->io, r, &n, e);
}

cst_status stages_tie(stages_flow *f, cst_error *e)
{
    const stages_session *s = f->s;
    const cst_groups none = {0};
    const cst_subscriptions subscriptions = {.subjects = &s->subjects, .groups = &none};
    cst_ledger_opts o = {.value = "mrr", .as_of = s->as_of};
    cst_ledger *l = NULL;
    cst_subscriptions_serve(&subscriptions, &o);
    o.known = NULL; /* the stages have told which accounts are not known */
    for (size_t i = 0; i < f->steps; i++) f->step[i].expansion.there = true;
    if (f->wins > 1) qsort(f->win, f->wins, sizeof *f->win, compare_wins);
    cst_status status = cst_ledger_open(&o, &l, e);
    if (status == CST_OK) status = read_ledger(f, l, e);
    for (size_t i = 0; i < f->steps; i++)
        f->step[i].difference = (cst_maybe){f->step[i].won - f->step[i].expansion.v, true};
    cst_ledger_free(l);
    return status;
}
