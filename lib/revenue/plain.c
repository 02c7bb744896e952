/* revenue/plain.c: the short way. Most accounts have rows of one centre and no negative ones, and most runs
 * ask for nothing but the account's movements: then the running total is all there is to keep, no balance
 * can fall below zero or overflow, and a period's movement is told by the total before and after it. What
 * comes out is what walk_periods.c would give; it takes every account that is not so. */
#include "base/memory.h"
#include "ledger/labels.h"
#include "revenue/walk.h"

bool rev_walk_quick(const rev_walk *w)
{
    const rev_rules *r = w->rules;
    return !r->fx && !r->event && !r->net_line && !r->groups_of_rows && !r->entries && r->min_movement == 0 &&
           r->reactivation.unit == 0 && r->retention != REV_BY_MOVEMENTS && r->retention != REV_COMPOUNDED;
}

bool rev_walk_is_plain(const rev_walk *w)
{
    const cst_ledger_row *first = w->row;
    cst_money sum = 0;
    for (size_t i = 0; i < w->rows; i++) {
        const cst_ledger_row *row = &w->row[i];
        /* the sum is within half the range before each addition, so that it cannot overflow */
        if (row->amount < 0 || row->amount > INT64_MAX / 2 || (sum += row->amount) > INT64_MAX / 2)
            return false;
        if (row->unit != first->unit && cst_labels_unit(w->account->labels, row->unit).centre !=
                                            cst_labels_unit(w->account->labels, first->unit).centre)
            return false;
    }
    return true;
}

/* Applies the events of a period, tick by tick. Returns whether a balance stood at any of them. */
static bool apply_period(rev_walk *w, size_t *i, cst_period close)
{
    bool longer = w->rules->grid->periods.every != w->rules->grid->ticks.every, seen = false;
    cst_money total = w->total;
    size_t k = *i;
    while (k < w->events && w->event[k].key <= close) {
        int32_t key = w->event[k].key;
        cst_money before = total;
        for (; k < w->events && w->event[k].key == key; k++) {
            cst_money amount = w->row[w->event[k].what / 2].amount;
            total += w->event[k].what & 1 ? -amount : amount;
        }
        if (longer) rev_sums_tick(w->sums, key, total - before);
        seen |= total > 0;
    }
    *i = k;
    w->total = total;
    return seen;
}

static inline void book(rev_cell *c, cst_movement kind, cst_money change, bool was, bool is)
{
    c->amount[kind] += change;
    c->closing += change;
    c->closing_logos += is - was;
    c->new_logos += !was && is && kind == CST_NEW;
    c->reactivated += !was && is && kind == CST_REACTIVATION;
    c->churned += was && !is;
}

void rev_walk_plain(rev_walk *w)
{
    const cst_grid *grid = w->rules->grid;
    w->group = w->rules->groups ? cst_labels_unit(w->account->labels, w->row[0].unit).segment : 0;
    rev_series *group = w->rules->groups ? rev_sums_group(w->sums, w->group) : NULL;
    w->memory |= !cst_grow(&w->point, &w->point_room, w->events, sizeof *w->point);
    for (size_t i = 0; !w->memory && i < w->events;) {
        cst_period p = cst_grid_period(grid, w->event[i].key), close = cst_grid_close(grid, p);
        cst_money before = w->total;
        bool was = w->was, seen = apply_period(w, &i, close), is = w->total > 0;
        cst_money change = w->total - before;
        cst_movement kind = cst_movement_of(was, is, w->ever, change > 0);
        rev_cell *c = rev_sums_cell(w->sums, &w->sums->total, p);
        if (!c) return;
        book(c, kind, change, was, is);
        if (group && (c = rev_sums_cell(w->sums, group, p))) book(c, kind, change, was, is);
        if (was && !is && w->rules->churn_days) rev_walk_count_churned(w, cst_grid_close(grid, p - 1), close);
        w->was = is;
        w->ever |= seen;
        w->point[w->points++] = (walk_point){p, w->total};
    }
}
