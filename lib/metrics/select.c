/* metrics/select.c: rows day by day. A record counts if it has begun, if the condition holds with the ends
 * of that day hidden or not, and if its date lies in the window or its stretch holds. */
#include "metrics/select.h"
#include "base/date.h"
#include "metrics/field.h"
#include <stdlib.h>

bool cst_items_room(cst_items *l, size_t n)
{
    if (n <= l->room) return true;
    size_t room = n + n / 2 + 64;
    cst_item *item = realloc(l->item, room * sizeof *item);
    if (!item) return false;
    l->item = item;
    l->room = room;
    return true;
}

void cst_items_clear(cst_items *l)
{
    free(l->item);
    *l = (cst_items){0};
}

void cst_selector_open(cst_selector *s, const cst_plans *plans, const cst_desk *d, const cst_grid *g,
                       const cst_valuation *v, int32_t grace)
{
    *s = (cst_selector){
        .plans = plans, .company = d->company, .desk = d, .grid = g, .valuation = v, .grace = grace};
}

void cst_selector_clear(cst_selector *s)
{
    free(s->renewals.row);
    free(s->changes.row);
    cst_tally_clear(&s->tally);
    s->renewals = s->changes = (cst_made_list){0};
}

/* Which account an error across its rows is about. */
static cst_status blame(const cst_selector *s, uint32_t account, cst_status status, cst_error *e)
{
    if (status != CST_DATA && status != CST_LIMIT) return status;
    cst_error why = e ? *e : (cst_error){0};
    cst_text id = cst_company_account(s->company, account);
    if (why.file[0]) return status;
    return cst_fail(e, status, "account \"%.*s\": %s", (int)(id.n < 200 ? id.n : 200), id.p, why.message);
}

cst_status cst_select_account(cst_selector *s, uint32_t account, bool renewals, bool changes, cst_error *e)
{
    cst_day last = s->grid->day[s->grid->n - 1];
    cst_rows rows = cst_desk_rows(s->desk, CST_FROM_SUBSCRIPTIONS, account);
    cst_status status = CST_OK;
    if (renewals)
        status = cst_renewals_make(&s->plans->plan[CST_FROM_RENEWALS], s->valuation, rows, last, s->grace,
                                   &s->renewals, e);
    if (!status && changes)
        status =
            cst_changes_make(&s->plans->plan[CST_FROM_CHANGES], s->valuation, rows, last, &s->changes, e);
    return blame(s, account, status, e);
}

static int64_t time_of(const cst_plan *p, const uint64_t *r, int slot)
{
    return slot < 0 ? CST_TIME_NONE : (int64_t)r[cst_plan_slot_at(p, slot)];
}

static bool has_begun(const cst_plan *p, const uint64_t *r, int64_t close)
{
    for (size_t i = 0; i < p->begins; i++)
        if (time_of(p, r, p->begin[i]) >= close) return false; /* a missing one lies before all */
    return true;
}

static unsigned state_of(const cst_plan *p, const uint64_t *r, int64_t close)
{
    unsigned state = 0;
    for (size_t i = 0; i < p->hides; i++) state |= (unsigned)(time_of(p, r, p->hide[i]) >= close) << i;
    return state;
}

static bool holds(const cst_plan *p, const uint64_t *r, int64_t close)
{
    int64_t end = time_of(p, r, p->end);
    return time_of(p, r, p->start) < close && (end == CST_TIME_NONE || end >= close);
}

/* The time at which a record counts for the measure; false: it does not. */
static bool find_time(const cst_measure *u, const uint64_t *r, cst_day day, int64_t from, int64_t to,
                      int64_t close, int64_t *t)
{
    const cst_plan *p = u->plan;
    bool until = u->metric->aggregate == CST_AGGREGATE_UNTIL;
    *t = 0;
    switch (u->at) {
    case CST_AT_ANY:
        return true;
    case CST_AT_ACTIVE:
        return holds(p, r, close);
    case CST_AT_OPENING:
        return holds(p, r, from);
    case CST_AT_RENEWAL: {
        cst_day next = cst_renewal_next(p, r, day);
        *t = next == CST_DAY_NONE ? CST_TIME_NONE : cst_day_instant(next);
        if (!holds(p, r, close)) return false;
        break;
    }
    case CST_AT_POINT:
        *t = time_of(p, r, u->at_slot);
        break;
    }
    if (*t == CST_TIME_NONE) return false;
    if (!until) return *t >= from && *t < to;
    cst_day end = u->metric->window.unit ? cst_day_plus(day, u->metric->window) : CST_DAY_NONE;
    return *t >= close &&
           (end == CST_DAY_NONE || *t < cst_grid_close(end)); /* none: it ends after all dates */
}

static cst_status add_item(cst_selector *s, const cst_measure *u, const uint64_t *r, int64_t t, cst_day day,
                           cst_items *out, cst_error *e)
{
    const cst_plan *p = u->plan;
    uint64_t v = u->column < 0 ? 0 : r[cst_plan_slot_at(p, u->column)];
    if (u->column >= 0 && cst_field_missing(u->kind, v)) return CST_OK;
    if (u->column >= 0 && u->kind == CST_SLOT_MONEY && p->currency >= 0) {
        cst_money m;
        cst_status status =
            cst_valuation_of(s->valuation, r[cst_plan_slot_at(p, p->currency)], (cst_money)v, day, &m, e);
        if (status) return status;
        v = (uint64_t)m;
    }
    if (u->column >= 0 && u->metric->aggregate == CST_AGGREGATE_DISTINCT)
        v = u->kind == CST_SLOT_STRING ? cst_tally_text(&s->tally, cst_record_string(r, v))
                                       : cst_tally_value(&s->tally, v);
    if (!cst_items_room(out, out->n + 1)) return cst_fail(e, CST_MEMORY, "out of memory");
    out->item[out->n++] = (cst_item){t, v};
    return CST_OK;
}

cst_status cst_select(cst_selector *s, const cst_measure *u, uint32_t account, cst_day day, int64_t from,
                      int64_t to, cst_items *out, cst_error *e)
{
    const cst_plan *p = u->plan;
    const cst_gathered *g = &s->company->stream[p->from];
    const cst_rows rows = cst_desk_rows(s->desk, p->from, account);
    int64_t close = cst_grid_close(day), t;
    if (u->metric->aggregate == CST_AGGREGATE_DISTINCT && !cst_tally_begin(&s->tally, rows.n))
        return cst_fail(e, CST_MEMORY, "out of memory");
    for (size_t i = 0; i < rows.n; i++) {
        const uint64_t *r = rows.row[i];
        if (!has_begun(p, r, close) || !find_time(u, r, day, from, to, close, &t)) continue;
        if (!cst_mask_has(&g->mask[cst_record_class(r, state_of(p, r, close))], u->condition)) continue;
        cst_status status = add_item(s, u, r, t, day, out, e);
        if (status) return blame(s, account, status, e);
    }
    return CST_OK;
}

cst_day cst_select_first(const cst_selector *s, uint32_t account)
{
    const cst_gathered *g = &s->company->stream[CST_FROM_SUBSCRIPTIONS];
    int64_t first = INT64_MAX;
    if (!g->plan) return CST_DAY_NONE;
    const cst_rows rows = cst_desk_rows(s->desk, CST_FROM_SUBSCRIPTIONS, account);
    for (size_t i = 0; i < rows.n; i++) {
        int64_t t = time_of(g->plan, rows.row[i], g->plan->start);
        if (t < first) first = t;
    }
    return first == INT64_MAX ? CST_DAY_NONE : cst_instant_day(first);
}

cst_status cst_select_active(const cst_selector *s, uint32_t account, cst_day day, int *out, cst_error *e)
{
    const cst_gathered *g = &s->company->stream[CST_FROM_SUBSCRIPTIONS];
    const cst_plan *p = g->plan;
    cst_wide sum = 0;
    *out = 2;
    if (!p) return CST_OK;
    const cst_rows rows = cst_desk_rows(s->desk, CST_FROM_SUBSCRIPTIONS, account);
    for (size_t i = 0; i < rows.n; i++) {
        const uint64_t *r = rows.row[i];
        if (has_begun(p, r, cst_grid_close(day)) && holds(p, r, cst_grid_close(day)))
            sum += (cst_money)r[cst_plan_slot_at(p, p->mrr)];
    }
    *out = sum > 0;
    if (sum >= 0) return CST_OK;
    char date[CST_DAY_ROOM];
    cst_day_format(day, date);
    cst_text id = cst_company_account(s->company, account);
    return cst_fail(
        e, CST_DATA,
        "account \"%.*s\": expected an MRR of zero or more, found one below zero on %s; look for a credit "
        "without the charge it belongs to",
        (int)(id.n < 200 ? id.n : 200), id.p, date);
}
