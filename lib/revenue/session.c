/* revenue/session.c: reads the subscriptions, lets every thread walk its accounts, and adds up what they
 * found. */
#include "revenue/session.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "ledger/currency.h"
#include "ledger/labels.h"
#include <stdlib.h>

void rev_session_close_books(rev_session *s)
{
    for (int i = 0; s->worker && i <= s->threads; i++) {
        session_worker *w = rev_session_worker(s, i);
        if (!w->book) continue;
        if (s->callback->close) s->callback->close(w->book);
        for (int k = 0; k < SESSION_WRITERS; k++) cst_writer_free(w->book->fork[k]);
        free(w->book);
        w->book = NULL;
    }
    s->callback = NULL;
}

void rev_session_free(rev_session *s)
{
    if (!s) return;
    for (int i = 0; s->worker && i <= s->threads; i++) {
        rev_walk_free(&rev_session_worker(s, i)->walk);
        rev_sums_free(&rev_session_worker(s, i)->sums);
        cst_intern_free(rev_session_worker(s, i)->accounts);
    }
    free(s->worker);
    rev_sums_free(&s->sums);
    free(s->group_name);
    free(s->group_order);
    cst_ledger_free(s->ledger);
    cst_filter_free(s->filter);
    cst_groups_free(&s->groups);
    free(s->line_names);
    free(s->line);
    cst_subjects_free(&s->subjects);
    rev_compare_free(s);
    cst_grid_free(&s->grid);
}

void rev_session_take(rev_session *s, const session_callback *callback)
{
    s->callback = callback;
    s->rules.entries = callback->period != NULL;
    s->ledger_opts.facts = true;
    s->ledger_opts.ordered = true;
}

/* ---- the range --------------------------------------------------------------------------------------- */

/* The last period that as-of and to allow; CST_TICK_NEVER: neither is given. */
static cst_period find_bound(const rev_session *s)
{
    const cst_periodic *o = &s->o->periodic;
    cst_period bound = CST_TICK_NEVER;
    if (o->as_of != CST_DAY_NONE) {
        bound = cst_period_of(&s->calendar, o->as_of);
        if (cst_period_last(&s->calendar, bound) > o->as_of && !s->o->incomplete) bound--;
    }
    if (o->to != CST_DAY_NONE && cst_period_of(&s->calendar, o->to) < bound)
        bound = cst_period_of(&s->calendar, o->to);
    return bound;
}

void rev_session_range(rev_session *s, cst_day first_day, cst_day last_day)
{
    const cst_periodic *o = &s->o->periodic;
    cst_period bound = find_bound(s);
    s->any = (first_day != CST_DAY_NONE || o->from != CST_DAY_NONE) &&
             (last_day != CST_DAY_NONE || bound != CST_TICK_NEVER);
    if (!s->any) return;
    cst_day first = o->from != CST_DAY_NONE ? o->from : first_day;
    s->first = cst_period_of(&s->calendar, first);
    if (s->o->history_from != CST_DAY_NONE && cst_period_of(&s->calendar, s->o->history_from) >= s->first)
        s->first = cst_period_of(&s->calendar, s->o->history_from) + 1;
    s->last = bound != CST_TICK_NEVER ? bound : cst_period_of(&s->calendar, last_day);
    s->any = s->first <= s->last;
}

/* Whether a period is printed, as far as is known before the last row. */
bool rev_session_printed(const rev_session *s, cst_period p)
{
    const cst_periodic *o = &s->o->periodic;
    if (o->from != CST_DAY_NONE && p < cst_period_of(&s->calendar, o->from)) return false;
    if (s->o->history_from != CST_DAY_NONE && p <= cst_period_of(&s->calendar, s->o->history_from))
        return false;
    return p <= find_bound(s);
}

/* With rates: the periods that are valued. */
static void set_valued(rev_session *s)
{
    const cst_periodic *o = &s->o->periodic;
    rev_rules *r = &s->rules;
    r->fx_first = cst_period_of(&s->calendar, CST_DAY_MIN) + r->window + 2;
    /* of --churn-by losses before --from are paired with reasons too */
    if (o->from != CST_DAY_NONE && !s->o->churn_by &&
        cst_period_of(&s->calendar, o->from) - s->back > r->fx_first)
        r->fx_first = cst_period_of(&s->calendar, o->from) - s->back;
    if (s->o->history_from != CST_DAY_NONE && cst_period_of(&s->calendar, s->o->history_from) >= r->fx_first)
        r->fx_first = cst_period_of(&s->calendar, s->o->history_from) + 1;
    cst_period bound = find_bound(s);
    r->fx_last = bound != CST_TICK_NEVER          ? bound
                 : s->counts.last != CST_DAY_NONE ? cst_period_of(&s->calendar, s->counts.last)
                                                  : r->fx_first - 1;
}

/* The months that revenue by days is wanted of, before the first account is walked. */
static void set_earned(rev_session *s)
{
    rev_rules *r = &s->rules;
    if (!r->revenue) return;
    if (s->o->sorted) rev_session_range(s, CST_DAY_MIN, CST_DAY_NONE);
    r->earn_first = cst_grid_close(&s->grid, s->first - s->back - 1) + 1;
    r->earn_last = s->any ? cst_grid_close(&s->grid, s->last) : r->earn_first - 1;
    cst_day as_of = s->o->periodic.as_of;
    if (as_of != CST_DAY_NONE && cst_grid_tick(&s->grid, as_of) < r->earn_last)
        r->earn_last = cst_grid_tick(&s->grid, as_of);
}

/* ---- currencies and groups --------------------------------------------------------------------------- */

cst_status rev_session_currency(rev_session *s, const cst_labels *const *labels, size_t n, cst_error *e)
{
    bool several;
    cst_status status =
        cst_currency_settle(labels, n, s->subjects.fx, s->by_currency, s->currency, &several, e);
    if (several) s->total = false;
    return status;
}

cst_status rev_session_order_groups(rev_session *s, cst_error *e)
{
    cst_intern *names = cst_intern_new();
    uint32_t n = s->sums.groups;
    s->group_order = NULL;
    bool ok = names != NULL;
    for (uint32_t i = 0; ok && i < n; i++) ok = cst_intern_id(names, s->group_name[i]) == i;
    if (ok) s->group_order = cst_intern_sorted(names);
    cst_intern_free(names);
    return s->group_order ? CST_OK : cst_no_memory(e);
}

/* ---- the collection ---------------------------------------------------------------------------------- */

static cst_status walk_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    if (w->accounts && cst_intern_id(w->accounts, a->id) == CST_INTERN_NONE) return cst_no_memory(e);
    return rev_walk_account(&w->walk, a, e);
}

static cst_status settle(void *worker, void *shared, cst_error *e)
{
    (void)shared;
    session_worker *w = worker;
    const session_callback *t = w->session->callback;
    cst_status status = t && t->settle ? t->settle(w->book, e) : CST_OK;
    for (int k = 0; k < SESSION_WRITERS && t && status == CST_OK; k++)
        if (t->writer[k]) status = cst_writer_absorb(t->writer[k], w->book->fork[k], e);
    return status;
}

static cst_status open_book(session_worker *w, const session_callback *t, cst_error *e)
{
    w->book = calloc(1, t->size);
    if (!w->book) return cst_no_memory(e);
    *w->book = (session_book){.s = w->session, .owner = t->owner};
    w->walk.sink = t->period;
    w->walk.balances = t->balances;
    w->walk.context = w->book;
    cst_status status = CST_OK;
    for (int k = 0; k < SESSION_WRITERS && status == CST_OK; k++)
        if (t->writer[k]) status = cst_writer_fork(t->writer[k], &w->book->fork[k], e);
    return status;
}

static cst_status open_workers(rev_session *s, cst_error *e)
{
    s->worker = cst_workers(s->threads + 1, sizeof(session_worker));
    cst_status status = s->worker ? CST_OK : cst_no_memory(e);
    for (int i = 0; status == CST_OK && i <= s->threads; i++) {
        session_worker *w = rev_session_worker(s, i);
        w->session = s;
        rev_sums_init(&w->sums, &s->rules);
        rev_walk_init(&w->walk, &s->rules, &w->sums);
        if (s->callback) status = open_book(w, s->callback, e);
        if (s->o->parts.partial && !s->subscriptions.shard.of && !(w->accounts = cst_intern_new()))
            status = cst_no_memory(e);
    }
    return status;
}

static cst_status read_accounts(rev_session *s, cst_error *e)
{
    cst_ledger_visit *visit = s->visit ? s->visit : walk_account;
    cst_status status;
    if (s->o->sorted) {
        set_valued(s);
        set_earned(s);
        status = cst_ledger_stream(s->ledger, s->reader, s->threads, visit, s->worker, settle, s, e);
    } else {
        status = cst_ledger_read(s->ledger, s->reader, s->threads, e);
        s->counts = cst_ledger_counted(s->ledger);
        set_valued(s);
        rev_session_range(s, s->counts.first, s->counts.last);
        set_earned(s);
        if (status == CST_OK) status = cst_ledger_each(s->ledger, s->threads, visit, s->worker, e);
        for (int i = 0; status == CST_OK && s->callback && i < s->threads; i++)
            status = settle(s->worker[i], s, e);
    }
    s->counts = cst_ledger_counted(s->ledger);
    return status == CST_OK ? cst_subscriptions_check_keys(s->io, s->reader, &s->counts, e) : status;
}

static cst_status find_failure(const rev_session *s, cst_error *e)
{
    const cst_account_failure *first = NULL;
    for (int i = 0; i <= s->threads; i++)
        first = cst_account_failure_first(first, &rev_session_worker(s, i)->walk.failure);
    if (!first) return CST_OK;
    if (e) *e = first->error;
    return first->error.status;
}

/* Adds one thread's sums, its groups matched by name. */
static cst_status merge_worker(rev_session *s, cst_intern *names, const rev_sums *from, cst_error *e)
{
    uint32_t *map = malloc((from->groups + 1) * sizeof *map);
    bool ok = map != NULL;
    for (uint32_t i = 0; ok && i < from->groups; i++) {
        map[i] = cst_intern_id(names, cst_labels_segment(from->labels, i));
        ok = map[i] != CST_INTERN_NONE;
    }
    ok = ok && rev_sums_merge(&s->sums, from, map);
    free(map);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status merge_workers(rev_session *s, cst_error *e)
{
    cst_intern *names = cst_intern_new();
    if (!names) return cst_no_memory(e);
    rev_sums_init(&s->sums, &s->rules);
    cst_status status = CST_OK;
    for (int i = 0; status == CST_OK && i <= s->threads; i++)
        status = merge_worker(s, names, &rev_session_worker(s, i)->sums, e);
    s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name);
    if (status == CST_OK && !s->group_name) status = cst_no_memory(e);
    for (int i = 0; status == CST_OK && i <= s->threads; i++) {
        const rev_sums *from = &rev_session_worker(s, i)->sums;
        for (uint32_t k = 0; k < from->groups; k++) {
            cst_text t = cst_labels_segment(from->labels, k);
            s->group_name[cst_intern_find(names, t)] = t;
        }
    }
    cst_intern_free(names);
    return status;
}

cst_status rev_session_collect(rev_session *s, cst_error *e)
{
    cst_status status = cst_ledger_open(&s->ledger_opts, &s->ledger, e);
    if (status == CST_OK) status = open_workers(s, e);
    if (status == CST_OK) status = read_accounts(s, e);
    if (status < 0) return status;
    const cst_labels **labels = calloc((size_t)s->threads + 1, sizeof *labels);
    if (!labels) return cst_no_memory(e);
    for (int i = 0; i <= s->threads; i++) labels[i] = rev_session_worker(s, i)->sums.labels;
    status = rev_session_currency(s, labels, (size_t)s->threads + 1, e);
    free(labels);
    if (status == CST_OK) status = find_failure(s, e);
    if (status == CST_OK) status = merge_workers(s, e);
    if (status == CST_OK) status = rev_session_order_groups(s, e);
    if (status == CST_OK) rev_session_range(s, s->counts.first, s->counts.last);
    return status;
}
