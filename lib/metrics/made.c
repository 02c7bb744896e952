/* metrics/made.c: measures over renewals, endings and changes. They lie in order of days, so each enters
 * the window once and leaves it once. What a renewal is does change, but not for ever: once it is settled
 * it stays as it is. Up to the first that is still open, they are items for good; the few after it are
 * judged again on each day of the grid, and put back. So the work grows with the renewals and the days,
 * not with their product, but for min, max and slope, which are made anew in each window. */
#include "base/date.h"
#include "base/memory.h"
#include "metrics/field.h"
#include "metrics/job.h"

typedef struct window {
    const met_measure *u;
    met_items *item;
    size_t low, next; /* the first item within; the first renewal or change that is not an item for good */
    met_total total;  /* of the items within; of count, sum and mean */
} window;

/* Whether what a row counts as is the same on all later days. */
static bool is_settled(const met_measure *u, const met_generated *m, cst_day day)
{
    if (u->plan->from == MET_FROM_RENEWALS) return m->final <= day;
    return u->plan->from != MET_FROM_ENDINGS || m->back == CST_DAY_NONE || m->back <= day;
}

static cst_status counts_on(const met_selector *s, const met_measure *u, const met_generated *m, cst_day day,
                            bool *counts, cst_error *e)
{
    cst_renewal_fate fate = {0};
    cst_status status = CST_OK;
    if (u->plan->from == MET_FROM_RENEWALS)
        status = cst_renewal_judge(&s->lines, &s->lines.date[m->date], day, &fate, e);
    bool over = u->plan->from == MET_FROM_ENDINGS && m->back != CST_DAY_NONE && m->back <= day;
    *counts = !over && met_mask_has(&m->mask[fate.status], u->condition);
    return status;
}

static void enter(window *w, const met_generated *m)
{
    const met_measure *u = w->u;
    uint64_t v = u->column < 0 ? 0 : m->v[u->plan->name[u->plan->slot[u->column].name].column];
    if (met_running_serves(u)) met_total_add(&w->total, u->kind, v);
    w->item->item[w->item->n++] = (met_item){cst_day_instant(m->day), v};
}

static void leave(window *w, const met_item *i)
{
    if (met_running_serves(w->u)) met_total_take(&w->total, w->u->kind, i->v);
}

/* Not of distinct values, which plan.c refuses. */
static cst_status measure(const window *w, cst_day day, uint64_t *cell, cst_error *e)
{
    met_item *item = w->item->item + w->low;
    size_t n = w->item->n - w->low;
    return met_running_serves(w->u) ? met_aggregate_total(w->u, &w->total, item, n, cell, e)
                                    : met_aggregate_window(w->u, item, n, day, cell, e);
}

/* The figure of a day, later than all before, of what happened since `from`. */
static cst_status turn_to(window *w, const met_selector *s, const met_generated_list *l, cst_day day,
                          int64_t from, uint64_t *cell, cst_error *e)
{
    const met_generated *m = l->row;
    cst_status status = CST_OK;
    bool counts = false;
    for (; status == CST_OK && w->next < l->n && m[w->next].day <= day && is_settled(w->u, &m[w->next], day);
         w->next++) {
        status = counts_on(s, w->u, &m[w->next], day, &counts, e);
        if (counts) enter(w, &m[w->next]);
    }
    for (; w->low < w->item->n && w->item->item[w->low].t < from; w->low++) leave(w, &w->item->item[w->low]);
    size_t settled = w->item->n;
    for (size_t i = w->next; status == CST_OK && i < l->n && m[i].day <= day; i++) {
        if (cst_day_instant(m[i].day) < from) continue;
        status = counts_on(s, w->u, &m[i], day, &counts, e);
        if (counts) enter(w, &m[i]);
    }
    if (status == CST_OK) status = measure(w, day, cell, e);
    while (w->item->n > settled) leave(w, &w->item->item[--w->item->n]);
    return status;
}

static cst_status measure_days(const met_job *j, met_hand *h, const met_measure *u, size_t begin,
                               uint64_t *cell, cst_error *e)
{
    const met_generated_list *l = u->plan->from == MET_FROM_RENEWALS  ? &h->select.renewals
                                  : u->plan->from == MET_FROM_ENDINGS ? &h->select.endings
                                                                      : &h->select.changes;
    size_t metric = (size_t)(u - j->v->plans->measure);
    const met_windows *days = &j->window[metric];
    window w = {.u = u, .item = &h->item};
    h->item.n = 0;
    if (!met_items_room(&h->item, l->n)) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (size_t k = begin; k < days->end && status == CST_OK; k++)
        if (!days->missing[k])
            status = turn_to(&w, &h->select, l, days->day[k], days->from[k],
                             &cell[(k - begin) * days->stride + metric], e);
    return status;
}

cst_status met_generated_measure(const met_job *j, met_hand *h, uint32_t account, size_t begin,
                                 uint64_t *cell, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < j->measures && status == CST_OK; i++) {
        const met_measure *u = j->order[i];
        if (!u->plan->stream) status = met_job_blame(j, u, account, measure_days(j, h, u, begin, cell, e), e);
    }
    return status;
}
