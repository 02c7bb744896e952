/* forecast/collect.c: reads the subscriptions, lets every thread walk its accounts, and adds up what they
 * found. */
#include "base/intern.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "forecast/session.h"
#include <stdlib.h>

static forecast_walk *walk_at(const forecast_session *s, int i)
{
    return s->walk[i];
}

void forecast_session_free(forecast_session *s)
{
    for (int i = 0; s->walk && i <= s->threads; i++) forecast_walk_free(walk_at(s, i));
    free(s->walk);
    forecast_sums_free(&s->sums);
    free(s->group_name);
    free(s->group_order);
    cst_ledger_free(s->ledger);
    cst_filter_free(s->filter);
    cst_groups_free(&s->groups);
    free(s->merged);
    cst_parts_free(&s->parts);
    cst_subjects_free(&s->subjects);
    cst_grid_free(&s->rules.grid);
}

/* ---- accounts ---------------------------------------------------------------------------------------- */

static cst_status read_accounts(forecast_session *s, cst_error *e)
{
    s->walk = cst_workers(s->threads + 1, sizeof(forecast_walk));
    if (!s->walk) return cst_no_memory(e);
    for (int i = 0; i <= s->threads; i++) {
        walk_at(s, i)->rules = &s->rules;
        if (s->o->parts.partial && !s->subscriptions.shard.of && !(walk_at(s, i)->names = cst_intern_new()))
            return cst_no_memory(e);
    }
    cst_status status;
    if (s->o->sorted) {
        status = cst_ledger_stream(s->ledger, s->reader, s->threads, forecast_walk_account, s->walk, NULL,
                                   NULL, e);
    } else {
        status = cst_ledger_read(s->ledger, s->reader, s->threads, e);
        if (status == CST_OK)
            status = cst_ledger_each(s->ledger, s->threads, forecast_walk_account, s->walk, e);
    }
    s->counts = cst_ledger_counted(s->ledger);
    return status == CST_OK ? cst_subscriptions_check_keys(s->io, s->reader, &s->counts, e) : status;
}

static cst_status find_failure(const forecast_session *s, cst_error *e)
{
    const cst_account_failure *first = NULL;
    for (int i = 0; i <= s->threads; i++) first = cst_account_failure_first(first, &walk_at(s, i)->failure);
    if (!first) return CST_OK;
    if (e) *e = first->error;
    return first->error.status;
}

static cst_status settle_currency(forecast_session *s, cst_error *e)
{
    const cst_labels **labels = calloc((size_t)s->threads + 1, sizeof *labels);
    if (!labels) return cst_no_memory(e);
    for (int i = 0; i <= s->threads; i++) labels[i] = walk_at(s, i)->labels;
    bool several;
    cst_status status = cst_currency_settle(labels, (size_t)s->threads + 1, s->subjects.fx, s->by_currency,
                                            s->currency, &several, e);
    free(labels);
    return status;
}

/* ---- sums -------------------------------------------------------------------------------------------- */

/* How many groups a thread has seen: all that its labels name, be it by rows that add nothing. */
static uint32_t count_groups(const forecast_walk *w)
{
    return w->labels && w->rules->groups ? cst_labels_segments(w->labels) : 0;
}

/* Adds one thread's sums, its groups matched by name. */
static bool merge_walk(forecast_session *s, cst_intern *names, forecast_walk *w)
{
    bool ok = forecast_series_add(&s->sums.total, &w->sums.total);
    for (uint32_t i = 0; ok && i < count_groups(w); i++) {
        uint32_t id = cst_intern_id(names, cst_labels_segment(w->labels, i));
        forecast_series *from = forecast_sums_group(&w->sums, i),
                        *group = id == CST_INTERN_NONE ? NULL : forecast_sums_group(&s->sums, id);
        ok = from && group && forecast_series_add(group, from);
    }
    s->signed_rows += w->signed_rows;
    return ok;
}

static cst_status merge_walks(forecast_session *s, cst_error *e)
{
    cst_intern *names = cst_intern_new();
    bool ok = names != NULL;
    for (int i = 0; ok && i <= s->threads; i++) ok = merge_walk(s, names, walk_at(s, i));
    if (ok) ok = (s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name)) != NULL;
    for (int i = 0; ok && i <= s->threads; i++) {
        for (uint32_t k = 0; k < count_groups(walk_at(s, i)); k++) {
            cst_text t = cst_labels_segment(walk_at(s, i)->labels, k); /* outlives the names */
            s->group_name[cst_intern_find(names, t)] = t;
        }
    }
    cst_intern_free(names);
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status forecast_session_order(forecast_session *s, cst_error *e)
{
    s->group_order = cst_texts_sorted(s->group_name, (uint32_t)s->sums.groups);
    return s->group_order ? CST_OK : cst_no_memory(e);
}

cst_status forecast_session_collect(forecast_session *s, cst_error *e)
{
    cst_status status = cst_ledger_open(&s->ledger_opts, &s->ledger, e);
    if (status == CST_OK) status = read_accounts(s, e);
    if (status == CST_OK) status = settle_currency(s, e);
    if (status == CST_OK) status = find_failure(s, e);
    if (status == CST_OK) status = merge_walks(s, e);
    return status == CST_OK ? forecast_session_order(s, e) : status;
}
