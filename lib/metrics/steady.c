/* metrics/steady.c: measures over rows that do not change: the account's rows are sorted once for each date
 * that counts; counts, sums and means come from running totals over them (running.c), the others, and sums
 * that totals cannot hold, from windows that slide over the items of the measure (sliding.c). */
#include "base/memory.h"
#include "metrics/field.h"
#include "metrics/job.h"
#include <string.h>

#define AHEAD 8 /* records */

/* The account's records in order of the time in a slot: items whose value is where the record stands. */
static bool sort_rows(met_hand *h, const met_plan *p, uint32_t account, int slot)
{
    const met_rows rows = met_scratch_rows(&h->scratch, p->from, account);
    size_t at = met_plan_slot_at(p, slot), kept = 0;
    if (!met_items_room(&h->rows, rows.n) || !met_items_room(&h->spare, rows.n)) return false;
    for (size_t i = 0; i < rows.n; i++) {
        if (i + AHEAD < rows.n) { /* its first words and the line after them */
            __builtin_prefetch(rows.row[i + AHEAD]);
            __builtin_prefetch(rows.row[i + AHEAD] + 7);
        }
        int64_t t = (int64_t)rows.row[i][at];
        if (t != MET_TIME_NONE) h->rows.item[kept++] = (met_item){t, (uintptr_t)rows.row[i]};
    }
    h->rows.n = kept;
    met_items_sort(h->rows.item, kept, h->spare.item);
    return true;
}

/* The value of an item; of values that are counted, its number. */
static uint64_t item_value(met_hand *h, const met_measure *u, const uint64_t *r, uint64_t v)
{
    if (u->metric->aggregate != MET_AGGREGATE_DISTINCT) return v;
    if (u->kind == MET_SLOT_STRING) return met_tally_text(&h->tally, met_record_string(r, v));
    return met_tally_value(&h->tally, v);
}

/* The rows for which the measure's condition holds and its column is filled. */
static bool list_items(met_hand *h, const met_gathered *g, const met_measure *u)
{
    size_t at = u->column < 0 ? 0 : met_plan_slot_at(g->plan, u->column);
    if (!met_items_room(&h->item, h->rows.n)) return false;
    if (u->metric->aggregate == MET_AGGREGATE_DISTINCT && !met_tally_begin(&h->tally, h->rows.n))
        return false;
    h->item.n = 0;
    for (size_t i = 0; i < h->rows.n; i++) {
        const uint64_t *r = (const uint64_t *)(uintptr_t)h->rows.item[i].v;
        if (!met_mask_has(&g->mask[met_record_class(r, 0)], u->condition)) continue;
        if (u->column >= 0 && met_field_missing(u->kind, r[at])) continue;
        h->item.item[h->item.n++] =
            (met_item){h->rows.item[i].t, u->column < 0 ? 0 : item_value(h, u, r, r[at])};
    }
    return true;
}

static bool shares_items(const met_measure *a, const met_measure *b)
{
    return a->plan == b->plan && a->at_slot == b->at_slot && a->condition == b->condition &&
           a->column == b->column &&
           (a->column < 0 || (a->kind == b->kind && (a->metric->aggregate == MET_AGGREGATE_DISTINCT) ==
                                                        (b->metric->aggregate == MET_AGGREGATE_DISTINCT)));
}

/* What the hand has made of the account's rows last, for the measures that can use it too. */
typedef struct generated {
    const met_measure *rows, *items, *running;
    bool exact; /* the running totals */
} generated;

static const met_bound *find_bounds(const met_job *j, met_hand *h, size_t metric, const met_windows *w)
{
    size_t like = j->like[metric];
    met_bound *bound = h->bound + like * j->v->grid->n;
    if (!h->bounded[like]) met_bounds_find(h->rows.item, h->rows.n, w, bound);
    h->bounded[like] = true;
    return bound;
}

/* Whether running totals give the measure; if so, they are made. */
static cst_status try_running(met_hand *h, const met_gathered *g, const met_measure *u, generated *m,
                              bool *serves, cst_error *e)
{
    *serves = met_running_serves(u);
    if (!*serves) return CST_OK;
    bool same = m->running && shares_items(m->running, u) &&
                (m->running->metric->aggregate == MET_AGGREGATE_COUNT) ==
                    (u->metric->aggregate == MET_AGGREGATE_COUNT);
    if (!same && !met_running_make(&h->running, u, g->mask, h->rows.item, h->rows.n, &m->exact))
        return cst_no_memory(e);
    m->running = u;
    *serves = m->exact;
    return CST_OK;
}

static cst_status slide_measure(const met_job *j, met_hand *h, const met_measure *u, size_t begin,
                                generated *m, uint64_t *cell, cst_error *e)
{
    const met_gathered *g = &j->v->company->stream[u->plan->from];
    size_t metric = (size_t)(u - j->v->plans->measure);
    met_windows w = j->window[metric];
    bool running;
    w.begin = begin;
    cst_status status = try_running(h, g, u, m, &running, e);
    if (status != CST_OK) return status;
    if (running)
        return met_running_measure(&h->running, u, find_bounds(j, h, metric, &w), &w, cell + metric, e);
    if (!m->items || !shares_items(m->items, u))
        if (!list_items(h, g, u)) return cst_no_memory(e);
    m->items = u;
    return met_slide(u, h->item.item, h->item.n, &w, &h->tally, cell + metric, e);
}

cst_status met_steady_measure(const met_job *j, met_hand *h, uint32_t account, size_t begin, uint64_t *cell,
                              cst_error *e)
{
    generated m = {NULL, NULL, NULL, false};
    cst_status status = CST_OK;
    memset(h->bounded, 0, j->v->plans->measures * sizeof *h->bounded);
    for (size_t i = 0; i < j->measures && status == CST_OK; i++) {
        const met_measure *u = j->order[i];
        if (!met_job_is_steady(j, u)) continue;
        if (!m.rows || m.rows->plan != u->plan || m.rows->at_slot != u->at_slot)
            if (!sort_rows(h, u->plan, account, u->at_slot)) return cst_no_memory(e);
        m.rows = u;
        status = met_job_blame(j, u, account, slide_measure(j, h, u, begin, &m, cell, e), e);
    }
    return status;
}
