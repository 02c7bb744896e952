/* revenue/walk_periods.c: the steps of an account over its periods. Period by period its events are applied
 * to running balances; with the snapshot basis a period is one step, with the event basis each day is one.
 * What an account adds to balances is added as a change, so that nothing needs doing in periods in which
 * nothing happens. With rates every period with a balance is valued afresh, since rates move where rows do
 * not. The whole loop over events stands here, since it is what a run spends its time on. */
#include "base/memory.h"
#include "revenue/walk.h"

/* ---- a period ---------------------------------------------------------------------------------------- */

void rev_walk_count_churned(rev_walk *w, int32_t open, int32_t close)
{
    cst_day last = CST_DAY_NONE;
    for (size_t i = 0; i < w->rows; i++) {
        if (w->off[i] <= open || w->off[i] > close || w->on[i] > open) continue;
        if (w->row[i].end > last) last = w->row[i].end;
    }
    if (last != CST_DAY_NONE) rev_sums_churned(w->sums, last, 1);
}

/* Takes the segments that moved to their new balances. */
static void close_segments(rev_walk *w, cst_period p)
{
    for (size_t i = 0; i < w->listings; i++) {
        uint32_t k = w->listed[i];
        walk_slot *s = &w->segment.at[k];
        rev_series *g = rev_sums_group(w->sums, s->label);
        rev_cell *c = g ? rev_sums_cell(w->sums, g, p) : NULL;
        if (!c) return;
        c->closing += s->now - s->opening;
        c->closing_logos += (s->now > 0) - (s->opening > 0);
        s->opening = s->now;
        w->memory |= !cst_grow(&w->segment_point, &w->segment_point_room, w->segment_points + 1,
                               sizeof *w->segment_point);
        if (!w->memory) w->segment_point[w->segment_points++] = (walk_segment_point){k, {p, s->now}};
    }
}

static void list_touched(rev_walk *w)
{
    if (!w->rules->groups_of_rows) return;
    for (uint32_t i = 0; i < w->segment.touches; i++) rev_walk_list_segment(w, w->segment.touched[i]);
}

/* What moves in a period is valued at the rates of its closing, of its opening, or at their mean over its
 * days. */
static void value_movements(rev_walk *w, cst_period p)
{
    const cst_grid *g = w->rules->grid;
    switch (w->rules->movement_fx) {
    case REV_FX_CLOSING:
        rev_walk_value_on(w, cst_grid_day(g, cst_grid_close(g, p)));
        break;
    case REV_FX_OPENING:
        rev_walk_value_on(w, cst_grid_day(g, cst_grid_close(g, p - 1)));
        break;
    case REV_FX_AVERAGE:
        rev_walk_value_over(w, cst_period_first(&g->periods, p), cst_period_last(&g->periods, p));
        break;
    }
}

/* Books as fx what the slots hold now beyond `before` in all, and each cell beyond its `opening`. */
static void book_fx(rev_walk *w, cst_money before)
{
    const rev_rules *r = w->rules;
    rev_walk_book(w, CST_FX, rev_walk_less(w, w->total, before));
    bool parts = r->groups_of_rows || r->entries;
    for (uint32_t k = 0; parts && k < w->cell.n; k++) {
        const walk_slot *c = &w->cell.at[k];
        uint32_t centre = w->centre.at[w->line.at[c->up].up].label;
        rev_walk_book_part(w, CST_FX, c->side, centre, rev_walk_less(w, c->now, c->opening), NULL);
        if (r->groups_of_rows) rev_walk_list_segment(w, c->side);
    }
}

/* Values what stands at the opening at the rates of the period's movements; books the difference as fx.
 * *from: at the opening's own rate. */
static void revalue(rev_walk *w, cst_period p, cst_money *from)
{
    const rev_rules *r = w->rules;
    int32_t open = rev_walk_close_key(w, p - 1);
    rev_walk_value_on(w, cst_grid_day(r->grid, cst_grid_close(r->grid, p - 1)));
    *from = 0;
    for (uint32_t k = 0; k < w->cell.n; k++) w->cell.at[k].opening = 0;
    for (size_t i = 0; i < w->rows; i++) {
        cst_money v;
        if (!walk_holds(w, i, open) || !rev_walk_value(w, i, &v)) continue;
        rev_walk_add(w, from, v);
        rev_walk_add(w, &w->cell.at[w->cell_of[i]].opening, v);
    }
    value_movements(w, p);
    rev_walk_stand_at(w, open);
    book_fx(w, *from);
}

/* Brings what stands at the close from the rates of the movements to its own; the difference is fx too. */
static void restate_closing(rev_walk *w, cst_period p)
{
    cst_money before = w->total;
    for (uint32_t k = 0; k < w->cell.n; k++) w->cell.at[k].opening = w->cell.at[k].now;
    w->day = CST_DAY_NONE;
    rev_walk_value_on(w, cst_grid_day(w->rules->grid, cst_grid_close(w->rules->grid, p)));
    rev_walk_stand_at(w, rev_walk_close_key(w, p));
    book_fx(w, before);
}

static void open_period(rev_walk *w, cst_period p)
{
    w->period = p;
    w->serial++;
    w->entries = w->listings = 0;
    w->day = CST_DAY_NONE;
    w->sum_group = NULL;
    w->sum_total = rev_sums_cell(w->sums, &w->sums->total, p);
    if (w->rules->groups && !w->rules->groups_of_rows) {
        rev_series *g = rev_sums_group(w->sums, w->group);
        w->sum_group = g ? rev_sums_cell(w->sums, g, p) : NULL;
    }
}

static void close_period(rev_walk *w, cst_period p, cst_money from, bool was)
{
    rev_cell *cell[2] = {w->sum_total, w->sum_group};
    for (int k = 0; k < 2 && cell[k]; k++) {
        cell[k]->closing += (cst_wide)w->total - from;
        cell[k]->closing_logos += w->was - was;
    }
    if (w->rules->groups_of_rows) close_segments(w, p);
    if (was && !w->was && w->rules->churn_days)
        rev_walk_count_churned(w, rev_walk_close_key(w, p - 1), rev_walk_close_key(w, p));
    w->memory |= !cst_grow(&w->point, &w->point_room, w->points + 1, sizeof *w->point);
    if (!w->memory) w->point[w->points++] = (walk_point){p, w->total};
}

/* Applies the events of one key; false: below zero. */
static bool apply_key(rev_walk *w, size_t *i)
{
    int32_t key = w->event[*i].key;
    for (; *i < w->events && w->event[*i].key == key; (*i)++) rev_walk_apply(w, &w->event[*i]);
    if (w->total >= 0 || w->overflow || w->unrated) return true;
    rev_walk_fail_below_zero(w, key);
    return false;
}

/* The steps of a period: all its events, from *i on. */
static bool step_period(rev_walk *w, cst_period p, size_t *i)
{
    bool seen = false;
    cst_money before = w->total;
    w->key0 = rev_walk_close_key(w, p - 1);
    w->key1 = rev_walk_close_key(w, p);
    rev_walk_begin_step(w);
    while (*i < w->events && w->event[*i].key <= w->key1) {
        int32_t key = w->event[*i].key;
        if (w->rules->event) {
            before = w->total;
            w->key0 = key - 1;
            w->key1 = key;
            w->day = key;
            rev_walk_begin_step(w);
        }
        cst_money tick_before = w->total;
        if (!apply_key(w, i)) return false;
        if (w->rules->grid->periods.every != w->rules->grid->ticks.every && !w->rules->fx)
            rev_sums_tick(w->sums, rev_walk_key_tick(w, key), w->total - tick_before);
        if (w->rules->event) {
            bool is = w->total > 0;
            rev_walk_settle(w, before, w->was, is);
            list_touched(w);
            w->was = is;
            w->ever |= is;
            w->key1 = rev_walk_close_key(w, p);
        }
        seen |= w->total > 0;
    }
    if (!w->rules->event) {
        bool is = w->total > 0;
        rev_walk_settle(w, before, w->was, is);
        list_touched(w);
        w->was = is;
    }
    w->ever |= seen;
    return true;
}

/* ---- what an account did in a period ----------------------------------------------------------------- */

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
    cst_day valued = w->valued, mean_from = w->mean_from;
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
    w->mean_from = mean_from;
    return sum;
}

/* Hands the period in hand to the sink, if there is one and anything moved. */
static cst_status tell_period(rev_walk *w, cst_period p, cst_money from, bool was, cst_error *e)
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

static cst_status walk_period(rev_walk *w, cst_period p, size_t *i, cst_error *e)
{
    bool was = w->was;
    cst_money from = w->total;
    open_period(w, p);
    if (!w->sum_total) return CST_OK;
    if (w->rules->fx) revalue(w, p, &from);
    if (was != (w->total > 0)) w->sums->mixed = true;
    if (!step_period(w, p, i)) return CST_END;
    if (w->rules->fx && w->rules->movement_fx != REV_FX_CLOSING) restate_closing(w, p);
    close_period(w, p, from, was);
    return tell_period(w, p, from, was, e);
}

/* ---- all periods ------------------------------------------------------------------------------------- */

/* Before the valued periods: balances in the rows' own currencies, only to know who was a customer. */
static bool walk_unvalued(rev_walk *w, size_t *i)
{
    int32_t until = rev_walk_close_key(w, w->rules->fx_first - 1);
    rev_walk_begin_step(w);
    while (*i < w->events && w->event[*i].key <= until) {
        if (!apply_key(w, i)) return false;
        w->was = w->total > 0;
        w->ever |= w->was;
    }
    return true;
}

/* What stands where the valued periods begin is their opening: the closing of the period before. */
static void bring_forward(rev_walk *w)
{
    const rev_rules *r = w->rules;
    cst_period p = r->fx_first - 1;
    int32_t close = rev_walk_close_key(w, p);
    bool stands = false;
    for (size_t i = 0; !stands && i < w->rows; i++) stands = walk_holds(w, i, close);
    if (!stands) return;
    open_period(w, p);
    if (!w->sum_total) return;
    rev_walk_value_on(w, cst_grid_day(r->grid, cst_grid_close(r->grid, p)));
    rev_walk_stand_at(w, close);
    rev_cell *cell[2] = {w->sum_total, w->sum_group};
    for (int k = 0; k < 2 && cell[k]; k++) {
        cell[k]->closing += w->total;
        cell[k]->closing_logos += w->was;
    }
    if (!r->groups_of_rows) return;
    for (uint32_t k = 0; k < w->segment.n; k++) rev_walk_list_segment(w, k);
    close_segments(w, p);
    w->segment_points = 0;
}

static cst_status walk_valued(rev_walk *w, cst_error *e)
{
    const rev_rules *r = w->rules;
    size_t i = 0;
    if (!walk_unvalued(w, &i)) return CST_END;
    bring_forward(w);
    cst_period p = r->fx_first;
    cst_status status = CST_OK;
    while (status == CST_OK && p <= r->fx_last) {
        bool stands = w->total != 0 || w->was;
        for (size_t k = 0; !stands && k < w->rows; k++)
            stands = walk_holds(w, k, rev_walk_close_key(w, p - 1));
        if (!stands) {
            if (i == w->events) break;
            cst_period next = rev_walk_key_period(w, w->event[i].key);
            if (next > r->fx_last) break;
            if (next > p) p = next;
        }
        status = walk_period(w, p++, &i, e);
    }
    rev_walk_value_on(w, CST_DAY_NONE);
    w->valued = CST_DAY_NONE;
    return status;
}

cst_status rev_walk_periods(rev_walk *w, cst_error *e)
{
    if (!rev_walk_lay_out(w)) {
        w->memory = true;
        return CST_OK;
    }
    w->segment_points = 0;
    w->serial = 0;
    w->valued = CST_DAY_NONE;
    cst_status status = CST_OK;
    if (w->rules->fx) {
        status = walk_valued(w, e);
    } else {
        for (size_t i = 0; status == CST_OK && i < w->events;)
            status = walk_period(w, rev_walk_key_period(w, w->event[i].key), &i, e);
    }
    return status;
}
