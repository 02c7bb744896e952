/* revenue/report.c: what an account did in a period, for whoever takes account periods: which rows are
 * behind it, what it paid at either end, and the day on which its revenue changed last. */
#include "revenue/walk.h"
#include <stdlib.h>

/* Rows in exactly one of the two snapshots; with the event basis, rows that began or ended on a day of
 * the period. */
static void mark_sources(rev_walk *w, int32_t open, int32_t close)
{
    for (size_t i = 0; i < w->rows; i++) {
        w->changed[i] = w->rules->event ? w->on[i] < w->off[i] && ((w->on[i] > open && w->on[i] <= close) ||
                                                                   (w->off[i] > open && w->off[i] <= close))
                                        : walk_holds(w, i, open) != walk_holds(w, i, close);
    }
}

/* The last day in (open, close] on which the account's total changed; without one, on which anything
 * did; else close. */
static cst_day find_effective(rev_walk *w, cst_day open, cst_day close)
{
    const cst_balance *b = &w->balance;
    if (!cst_balance_fill(&w->balance, w->row, w->rows, CST_DAY_NONE)) {
        w->memory = true;
        return close;
    }
    size_t last = cst_balance_after(b, close);
    for (size_t i = last; i > 0 && b->at[i - 1].day > open; i--)
        if (b->at[i - 1].by != 0) return b->at[i - 1].day;
    return last > 0 && b->at[last - 1].day > open ? b->at[last - 1].day : close;
}

/* What all stays of the account together pay at the close of a period, at that period's rates. */
static cst_money find_whole(rev_walk *w, cst_period p)
{
    const rev_rules *r = w->rules;
    int32_t key = rev_walk_close_key(w, p);
    cst_money sum = 0;
    if (r->history_from != CST_DAY_NONE && p < cst_period_of(&r->grid->periods, r->history_from)) return 0;
    const cst_ledger_row *own = w->row;
    cst_day valued = w->valued;
    w->row = w->whole;
    rev_walk_value_on(w, cst_grid_day(r->grid, cst_grid_close(r->grid, p)));
    for (size_t i = 0; i < w->wholes; i++) {
        const cst_ledger_row *row = &w->whole[i];
        int32_t on = r->event ? row->start : cst_grid_on(r->grid, row->start);
        int32_t off = r->event ? row->end : cst_grid_off(r->grid, row->end);
        cst_money v;
        if (on <= key && off > key && rev_walk_value(w, i, &v)) rev_walk_add(w, &sum, v);
    }
    w->row = own;
    w->valued = valued;
    return sum;
}

cst_status rev_walk_tell(rev_walk *w, cst_period p, cst_money from, bool was, cst_error *e)
{
    if (!w->sink || w->entries == 0) return CST_OK;
    int32_t open = rev_walk_close_key(w, p - 1), close = rev_walk_close_key(w, p);
    mark_sources(w, open, close);
    rev_account_period x = {.account = w->account,
                            .period = p,
                            .from = from,
                            .to = w->total,
                            .was = was,
                            .is = w->was,
                            .entry = w->entry,
                            .entries = w->entries,
                            .changed = w->changed};
    if (w->whole) {
        x.from = find_whole(w, p - 1);
        x.to = find_whole(w, p);
    }
    x.effective = find_effective(w, rev_walk_key_day(w, open), rev_walk_key_day(w, close));
    return w->sink(w->context, &x, e);
}
