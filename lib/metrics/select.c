/* metrics/select.c: rows day by day. A record counts if it has begun, if the condition holds with the ends
 * of that day hidden or not, and if its date lies in the window or its stretch holds. */
#include "metrics/select.h"
#include "base/date.h"
#include "base/memory.h"
#include "metrics/field.h"
#include <stdlib.h>

void met_items_clear(met_items *l)
{
    free(l->item);
    *l = (met_items){0};
}

void met_selector_open(met_selector *s, const met_plans *plans, const met_scratch *d, const met_grid *g,
                       const met_valuation *v, const cst_renewal_rules *rules)
{
    *s = (met_selector){
        .plans = plans, .company = d->company, .scratch = d, .grid = g, .valuation = v, .rules = rules};
}

void met_selector_clear(met_selector *s)
{
    free(s->renewals.row);
    free(s->changes.row);
    free(s->endings.row);
    cst_renewals_free(&s->lines);
    met_tally_clear(&s->tally);
    s->renewals = s->changes = s->endings = (met_generated_list){0};
}

/* Which account an error across its rows is about. */
static cst_status blame(const met_selector *s, uint32_t account, cst_status status, cst_error *e)
{
    if (status != CST_DATA && status != CST_LIMIT) return status;
    cst_error why = e ? *e : (cst_error){0};
    cst_text id = met_company_account(s->company, account);
    if (why.file[0]) return status;
    return cst_fail(e, status, "account \"%.*s\": %s", (int)(id.n < 200 ? id.n : 200), id.p, why.message);
}

static cst_status make_lines(met_selector *s, met_rows rows, met_wanted wanted, cst_day last, cst_error *e)
{
    const met_plan *plan = s->plans->plan;
    cst_status status = met_lines_find(&s->lines, s->valuation, rows, s->rules, last, e);
    if (status == CST_OK && wanted.renewals)
        status = met_renewals_make(&plan[MET_FROM_RENEWALS], s->valuation, &s->lines, &s->renewals, e);
    if (status == CST_OK && wanted.endings)
        status = met_endings_make(&plan[MET_FROM_ENDINGS], s->valuation, &s->lines, last, &s->endings, e);
    return status;
}

cst_status met_select_account(met_selector *s, uint32_t account, met_wanted wanted, cst_error *e)
{
    cst_day last = s->grid->day[s->grid->n - 1];
    met_rows rows = met_scratch_rows(s->scratch, MET_FROM_SUBSCRIPTIONS, account);
    cst_status status = CST_OK;
    if (wanted.renewals || wanted.endings) status = make_lines(s, rows, wanted, last, e);
    if (status == CST_OK && wanted.changes)
        status =
            met_changes_make(&s->plans->plan[MET_FROM_CHANGES], s->valuation, rows, last, &s->changes, e);
    return blame(s, account, status, e);
}

static int64_t time_of(const met_plan *p, const uint64_t *r, int slot)
{
    return slot < 0 ? MET_TIME_NONE : (int64_t)r[met_plan_slot_at(p, slot)];
}

static bool has_begun(const met_plan *p, const uint64_t *r, int64_t close)
{
    for (size_t i = 0; i < p->begins; i++)
        if (time_of(p, r, p->begin[i]) >= close) return false; /* a missing one lies before all */
    return true;
}

static unsigned state_of(const met_plan *p, const uint64_t *r, int64_t close)
{
    unsigned state = 0;
    for (size_t i = 0; i < p->hides; i++) state |= (unsigned)(time_of(p, r, p->hide[i]) >= close) << i;
    return state;
}

static bool holds(const met_plan *p, const uint64_t *r, int64_t close)
{
    int64_t end = time_of(p, r, p->end);
    return time_of(p, r, p->start) < close && (end == MET_TIME_NONE || end >= close);
}

/* The time at which a record counts for the measure; false: it does not. */
static bool find_time(const met_measure *u, const uint64_t *r, cst_day day, int64_t from, int64_t to,
                      int64_t close, int64_t *t)
{
    const met_plan *p = u->plan;
    bool until = u->metric->aggregate == MET_AGGREGATE_UNTIL;
    *t = 0;
    switch (u->at) {
    case MET_AT_ANY:
        return true;
    case MET_AT_ACTIVE:
        return holds(p, r, close);
    case MET_AT_OPENING:
        return holds(p, r, from);
    case MET_AT_RENEWAL: {
        cst_day next = met_renewal_next(p, r, day);
        *t = next == CST_DAY_NONE ? MET_TIME_NONE : cst_day_instant(next);
        if (!holds(p, r, close)) return false;
        break;
    }
    case MET_AT_POINT:
        *t = time_of(p, r, u->at_slot);
        break;
    }
    if (*t == MET_TIME_NONE) return false;
    if (!until) return *t >= from && *t < to;
    cst_day end = u->metric->window.unit ? cst_day_plus(day, u->metric->window) : CST_DAY_NONE;
    return *t >= close &&
           (end == CST_DAY_NONE || *t < cst_grid_close(end)); /* none: it ends after all dates */
}

static cst_status add_item(met_selector *s, const met_measure *u, const uint64_t *r, int64_t t, cst_day day,
                           met_items *out, cst_error *e)
{
    const met_plan *p = u->plan;
    uint64_t v = u->column < 0 ? 0 : r[met_plan_slot_at(p, u->column)];
    if (u->column >= 0 && met_field_missing(u->kind, v)) return CST_OK;
    if (u->column >= 0 && u->kind == MET_SLOT_MONEY && p->currency >= 0) {
        cst_money m;
        cst_status status =
            met_valuation_of(s->valuation, r[met_plan_slot_at(p, p->currency)], (cst_money)v, day, &m, e);
        if (status != CST_OK) return status;
        v = (uint64_t)m;
    }
    if (u->column >= 0 && u->metric->aggregate == MET_AGGREGATE_DISTINCT)
        v = u->kind == MET_SLOT_STRING ? met_tally_text(&s->tally, met_record_string(r, v))
                                       : met_tally_value(&s->tally, v);
    if (!met_items_room(out, out->n + 1)) return cst_no_memory(e);
    out->item[out->n++] = (met_item){t, v};
    return CST_OK;
}

cst_status met_select(met_selector *s, const met_measure *u, uint32_t account, cst_day day, int64_t from,
                      int64_t to, met_items *out, cst_error *e)
{
    const met_plan *p = u->plan;
    const met_gathered *g = &s->company->stream[p->from];
    const met_rows rows = met_scratch_rows(s->scratch, p->from, account);
    int64_t close = cst_grid_close(day), t;
    if (u->metric->aggregate == MET_AGGREGATE_DISTINCT && !met_tally_begin(&s->tally, rows.n))
        return cst_no_memory(e);
    for (size_t i = 0; i < rows.n; i++) {
        const uint64_t *r = rows.row[i];
        if (!has_begun(p, r, close) || !find_time(u, r, day, from, to, close, &t)) continue;
        if (!met_mask_has(&g->mask[met_record_class(r, state_of(p, r, close))], u->condition)) continue;
        cst_status status = add_item(s, u, r, t, day, out, e);
        if (status != CST_OK) return blame(s, account, status, e);
    }
    return CST_OK;
}

cst_day met_select_first(const met_selector *s, uint32_t account)
{
    const met_gathered *g = &s->company->stream[MET_FROM_SUBSCRIPTIONS];
    int64_t first = INT64_MAX;
    if (!g->plan) return CST_DAY_NONE;
    const met_rows rows = met_scratch_rows(s->scratch, MET_FROM_SUBSCRIPTIONS, account);
    for (size_t i = 0; i < rows.n; i++) {
        int64_t t = time_of(g->plan, rows.row[i], g->plan->start);
        if (t < first) first = t;
    }
    return first == INT64_MAX ? CST_DAY_NONE : cst_instant_day(first);
}

cst_status met_select_active(const met_selector *s, uint32_t account, cst_day day, int *out, cst_error *e)
{
    const met_gathered *g = &s->company->stream[MET_FROM_SUBSCRIPTIONS];
    const met_plan *p = g->plan;
    cst_wide sum = 0;
    *out = 2;
    if (!p) return CST_OK;
    const met_rows rows = met_scratch_rows(s->scratch, MET_FROM_SUBSCRIPTIONS, account);
    for (size_t i = 0; i < rows.n; i++) {
        const uint64_t *r = rows.row[i];
        if (has_begun(p, r, cst_grid_close(day)) && holds(p, r, cst_grid_close(day)))
            sum += (cst_money)r[met_plan_slot_at(p, p->mrr)];
    }
    *out = sum > 0;
    if (sum >= 0) return CST_OK;
    char date[CST_DAY_ROOM];
    cst_day_format(day, date);
    cst_text id = met_company_account(s->company, account);
    return cst_fail(
        e, CST_DATA,
        "account \"%.*s\": expected an MRR of zero or more, found one below zero on %s; look for a credit "
        "without the charge it belongs to",
        (int)(id.n < 200 ? id.n : 200), id.p, date);
}
