/* revenue/step.c: from what an account paid before a step to what it pays after: the movement, and where
 * it belongs.
 *
 * The movement is settled for the account as a whole first (or line by line with net_line). Only where
 * somebody asks for centres or segments is an amount shared out: over the lines that moved the same way,
 * in proportion, then each line's share over its segments that moved the same way. Shares are
 * differences of rounded-down running sums in the order of the labels' bytes, so that they add up to the
 * amount exactly. What is left of a segment's change is transfer. */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "revenue/walk.h"
#include <stdlib.h>

enum held { HELD_ANY, HELD_YES, HELD_NO };

static cst_money change_of(const walk_slot *s)
{
    return s->now - s->before;
}

static bool is_held(const rev_walk *w, const walk_slot *line)
{
    const walk_slot *s = w->rules->net_line ? &w->centre.at[line->up] : line;
    return (s->step == w->step ? s->before : s->now) > 0;
}

/* ---- booking ----------------------------------------------------------------------------------------- */

static void book_effects(rev_walk *w, const cst_money *effect)
{
    for (int k = 0; effect && k < REV_EFFECTS; k++) {
        w->sum_total->effect[k] += effect[k];
        if (w->sum_group) w->sum_group->effect[k] += effect[k];
    }
}

void rev_walk_book(rev_walk *w, cst_movement kind, cst_money amount)
{
    if (w->flowing) {
        if (kind == CST_UPSELL || kind == CST_CROSS_SELL) rev_walk_add(w, &w->flow_grow, amount);
        if (kind == CST_CONTRACTION || kind == CST_CHURN) rev_walk_add(w, &w->flow_shrink, amount);
        if (kind == CST_NEW || kind == CST_REACTIVATION) rev_walk_add(w, &w->flow_back, amount);
        return;
    }
    w->sum_total->amount[kind] += amount;
    if (w->sum_group) w->sum_group->amount[kind] += amount;
}

/* Keeps an entry of the period: one per movement, segment and centre. */
static void keep_entry(rev_walk *w, const rev_entry *new)
{
    for (size_t i = 0; i < w->entries; i++) {
        rev_entry *e = &w->entry[i];
        if (e->movement != new->movement || e->segment != new->segment || e->centre != new->centre) continue;
        rev_walk_add(w, &e->amount, new->amount);
        for (int k = 0; k < REV_EFFECTS; k++) rev_walk_add(w, &e->effect[k], new->effect[k]);
        e->day = new->day;
        return;
    }
    w->memory |= !cst_grow(&w->entry, &w->entry_room, w->entries + 1, sizeof *w->entry);
    if (!w->memory) w->entry[w->entries++] = *new;
}

void rev_walk_book_part(rev_walk *w, cst_movement kind, uint32_t segment, uint32_t centre, cst_money amount,
                        const cst_money *effect)
{
    if (amount == 0 && (!effect || (effect[0] == 0 && effect[1] == 0 && effect[2] == 0))) return;
    walk_slot *s = &w->segment.at[segment];
    if (kind != CST_TRANSFER) rev_walk_add(w, &s->posted, amount);
    if (w->flowing) {
        if (kind == CST_UPSELL || kind == CST_CROSS_SELL) s->grow += amount;
        if (kind == CST_CONTRACTION || kind == CST_CHURN) s->shrink += amount;
        return;
    }
    if (w->rules->groups_of_rows) {
        rev_series *g = rev_sums_group(w->sums, s->label);
        rev_cell *c = g ? rev_sums_cell(w->sums, g, w->period) : NULL;
        if (!c) return;
        c->amount[kind] += amount;
        for (int k = 0; effect && k < REV_EFFECTS; k++) c->effect[k] += effect[k];
    }
    if (!w->rules->entries) return;
    rev_entry e = {.movement = kind, .segment = s->label, .centre = centre, .amount = amount, .day = w->day};
    for (int k = 0; effect && k < REV_EFFECTS; k++) e.effect[k] = effect[k];
    if (!w->rules->groups_of_rows) e.segment = w->group;
    keep_entry(w, &e);
}

/* ---- sharing ----------------------------------------------------------------------------------------- */

/* whole x part / all, rounded down; whole >= 0, 0 <= part <= all. */
static cst_money share_of(cst_money whole, cst_wide part, cst_wide all)
{
    return (cst_money)((cst_wide)whole * part / all);
}

static int compare_lines(const rev_walk *w, uint32_t a, uint32_t b)
{
    const cst_labels *l = w->account->labels;
    uint32_t x = w->line.at[a].label, y = w->line.at[b].label;
    return w->rules->net_line ? cst_text_compare(cst_labels_line(l, x), cst_labels_line(l, y))
                              : cst_text_compare(cst_labels_centre(l, x), cst_labels_centre(l, y));
}

static int compare_cells(const rev_walk *w, uint32_t a, uint32_t b)
{
    const cst_labels *l = w->account->labels;
    return cst_text_compare(cst_labels_segment(l, w->segment.at[w->cell.at[a].side].label),
                            cst_labels_segment(l, w->segment.at[w->cell.at[b].side].label));
}

/* Sorts the touched slots of the step by their labels: few, so by insertion. */
static void sort_touched(const rev_walk *w, walk_slots *s,
                         int (*compare)(const rev_walk *, uint32_t, uint32_t))
{
    for (uint32_t i = 1; i < s->touches; i++) {
        uint32_t x = s->touched[i], k = i;
        for (; k > 0 && compare(w, s->touched[k - 1], x) > 0; k--) s->touched[k] = s->touched[k - 1];
        s->touched[k] = x;
    }
}

static bool same_way(cst_money a, cst_money b)
{
    return (a > 0 && b > 0) || (a < 0 && b < 0);
}

/* Shares a line's amount (and its effects) over its segments. */
static void share_line(rev_walk *w, cst_movement kind, uint32_t line, cst_money amount,
                       const cst_money *effect)
{
    const walk_slot *l = &w->line.at[line];
    uint32_t centre = w->centre.at[l->up].label;
    cst_wide all = 0, sum = 0;
    for (uint32_t i = 0; i < w->cell.touches; i++) {
        const walk_slot *c = &w->cell.at[w->cell.touched[i]];
        if (c->up == line && same_way(change_of(c), change_of(l))) all += change_of(c);
    }
    if (all == 0) return;
    cst_wide sign = all < 0 ? -1 : 1;
    cst_money done = 0, whole = amount < 0 ? -amount : amount;
    cst_money spent[REV_EFFECTS] = {0};
    for (uint32_t i = 0; i < w->cell.touches; i++) {
        const walk_slot *c = &w->cell.at[w->cell.touched[i]];
        if (c->up != line || !same_way(change_of(c), change_of(l))) continue;
        sum += change_of(c);
        cst_money upto = share_of(whole, sum * sign, all * sign), part[REV_EFFECTS] = {0};
        for (int k = 0; effect && k < REV_EFFECTS; k++) {
            cst_money size = effect[k] < 0 ? -effect[k] : effect[k],
                      now = share_of(size, sum * sign, all * sign);
            part[k] = effect[k] < 0 ? spent[k] - now : now - spent[k];
            spent[k] = now;
        }
        rev_walk_book_part(w, kind, c->side, centre, amount < 0 ? done - upto : upto - done,
                           effect ? part : NULL);
        done = upto;
    }
}

/* Shares an amount of the account over its lines that moved its way. */
static void share_account(rev_walk *w, cst_movement kind, cst_money amount, cst_money way, enum held held)
{
    cst_wide all = 0, sum = 0;
    for (uint32_t i = 0; i < w->line.touches; i++) {
        const walk_slot *l = &w->line.at[w->line.touched[i]];
        if (same_way(change_of(l), way) && (held == HELD_ANY || is_held(w, l) == (held == HELD_YES)))
            all += change_of(l);
    }
    if (all == 0) return;
    cst_wide sign = all < 0 ? -1 : 1;
    cst_money done = 0, whole = amount < 0 ? -amount : amount;
    for (uint32_t i = 0; i < w->line.touches; i++) {
        uint32_t line = w->line.touched[i];
        const walk_slot *l = &w->line.at[line];
        if (!same_way(change_of(l), way) || (held != HELD_ANY && is_held(w, l) != (held == HELD_YES)))
            continue;
        sum += change_of(l);
        cst_money upto = share_of(whole, sum * sign, all * sign);
        share_line(w, kind, line, amount < 0 ? done - upto : upto - done, NULL);
        done = upto;
    }
}

/* ---- settling ---------------------------------------------------------------------------------------- */

static bool wants_parts(const rev_walk *w)
{
    return w->rules->groups_of_rows || (w->rules->entries && !w->flowing);
}

static bool is_small(const rev_walk *w, cst_money change)
{
    cst_money size = change < 0 ? -change : change;
    return !w->flowing && size < w->rules->min_movement;
}

static void settle_whole(rev_walk *w, cst_movement kind, cst_money change)
{
    if (change == 0) return;
    if (is_small(w, change)) kind = CST_ROUNDING;
    rev_walk_book(w, kind, change);
    if (wants_parts(w)) share_account(w, kind, change, change, HELD_ANY);
}

/* Growth of an account, split by the centres it held and those it did not. */
static void settle_growth(rev_walk *w, cst_money change)
{
    cst_wide had = 0, had_not = 0;
    for (uint32_t i = 0; i < w->line.touches; i++) {
        const walk_slot *l = &w->line.at[w->line.touched[i]];
        if (change_of(l) <= 0) continue;
        if (is_held(w, l))
            had += change_of(l);
        else
            had_not += change_of(l);
    }
    cst_money cross = cst_cross_sell_of(change, had, had_not);
    rev_walk_book(w, CST_UPSELL, change - cross);
    rev_walk_book(w, CST_CROSS_SELL, cross);
    if (!wants_parts(w)) return;
    share_account(w, CST_UPSELL, change - cross, change, HELD_YES);
    share_account(w, CST_CROSS_SELL, cross, change, HELD_NO);
}

/* Quantity and the longest term of a line's rows that hold at a key. A line has a quantity only if all of
 * its rows of some amount have one: else that of some would be held against the revenue of all. false:
 * some have one. */
static bool measure_line(const rev_walk *w, uint32_t line, int32_t key, int64_t *quantity, int32_t *term)
{
    bool with = false, without = false;
    *quantity = 0;
    *term = 0;
    for (size_t i = 0; i < w->rows; i++) {
        const cst_ledger_row *r = &w->row[i];
        if (w->cell.at[w->cell_of[i]].up != line || !walk_holds(w, i, key)) continue;
        if (__builtin_add_overflow(*quantity, r->quantity, quantity)) *quantity = 0;
        if (r->term > *term) *term = r->term;
        with |= r->quantity > 0;
        without |= r->quantity == 0 && r->amount != 0;
    }
    if (with && without) *quantity = 0;
    return !(with && without);
}

/* quantity effect = round((q1 - q0) x mrr0 / q0); the rest is price, or term where the terms differ. */
static void split_change(rev_walk *w, uint32_t line, cst_money effect[REV_EFFECTS])
{
    const walk_slot *l = &w->line.at[line];
    int64_t q0, q1;
    int32_t t0, t1;
    bool whole = measure_line(w, line, w->key0, &q0, &t0);
    whole &= measure_line(w, line, w->key1, &q1, &t1);
    if (!whole) q0 = 0; /* all is price */
    w->unmeasured += !whole;
    if (l->now == 0) t1 = t0; /* a line that ends or begins has changed no term */
    if (l->before == 0) t0 = t1;
    cst_money by_quantity = 0;
    if (q0 > 0 && (q1 > 0 || l->now == 0) &&
        !cst_mul_div(rev_walk_less(w, q1, q0), l->before, q0, &by_quantity))
        w->overflow = true;
    effect[REV_EFFECT_QUANTITY] = by_quantity;
    effect[t0 != t1 ? REV_EFFECT_TERM : REV_EFFECT_PRICE] = rev_walk_less(w, change_of(l), by_quantity);
}

/* A line that pays as much as before for another quantity, or at another term: no movement, but effects
 * that cancel. They are told with the first of its segments that moved. */
static void settle_even_line(rev_walk *w, uint32_t line)
{
    if (!w->rules->split || w->flowing || w->line.at[line].before <= 0 || w->rules->min_movement > 0) return;
    cst_money effect[REV_EFFECTS] = {0};
    split_change(w, line, effect);
    if (effect[REV_EFFECT_QUANTITY] == 0) return;
    book_effects(w, effect);
    if (!wants_parts(w)) return;
    for (uint32_t i = 0; i < w->cell.touches; i++) {
        const walk_slot *c = &w->cell.at[w->cell.touched[i]];
        if (c->up != line) continue;
        rev_walk_book_part(w, CST_UPSELL, c->side, w->centre.at[w->line.at[line].up].label, 0, effect);
        return;
    }
}

static void settle_lines(rev_walk *w)
{
    for (uint32_t i = 0; i < w->line.touches; i++) {
        uint32_t line = w->line.touched[i];
        const walk_slot *l = &w->line.at[line];
        cst_money change = change_of(l), effect[REV_EFFECTS] = {0};
        if (change == 0) {
            settle_even_line(w, line);
            continue;
        }
        cst_movement kind = change < 0 ? CST_CONTRACTION : is_held(w, l) ? CST_UPSELL : CST_CROSS_SELL;
        if (is_small(w, change)) kind = CST_ROUNDING;
        bool split = w->rules->split && !w->flowing && (kind == CST_UPSELL || kind == CST_CONTRACTION);
        if (split) split_change(w, line, effect);
        rev_walk_book(w, kind, change);
        if (split) book_effects(w, effect);
        if (wants_parts(w)) share_line(w, kind, line, change, split ? effect : NULL);
    }
}

/* What no movement explains of a segment's change. */
static void settle_transfers(rev_walk *w)
{
    for (uint32_t i = 0; i < w->segment.touches; i++) {
        uint32_t k = w->segment.touched[i];
        const walk_slot *s = &w->segment.at[k];
        rev_walk_book_part(w, CST_TRANSFER, k, CST_UNIT_NONE, rev_walk_less(w, change_of(s), s->posted),
                           NULL);
    }
}

/* By groups of rows an account counts where its movement has a part; who moves between segments is in
 * none of the three. */
static void count_logos(rev_walk *w, bool was, bool is)
{
    int64_t fresh = !was && is && !w->ever, back = !was && is && w->ever, lost = was && !is;
    rev_cell *cell[2] = {w->sum_total, w->sum_group};
    for (int k = 0; k < 2 && cell[k]; k++) {
        cell[k]->new_logos += fresh;
        cell[k]->reactivated += back;
        cell[k]->churned += lost;
    }
    if (!w->rules->groups_of_rows) return;
    for (uint32_t i = 0; i < w->segment.touches; i++) {
        const walk_slot *s = &w->segment.at[w->segment.touched[i]];
        if (s->posted == 0) continue;
        rev_series *g = rev_sums_group(w->sums, s->label);
        rev_cell *c = g ? rev_sums_cell(w->sums, g, w->period) : NULL;
        if (!c) return;
        c->new_logos += fresh;
        c->reactivated += back;
        c->churned += lost;
    }
}

/* Lines of which nothing is left. */
static void note_ended(rev_walk *w)
{
    for (uint32_t i = 0; i < w->line.touches; i++) {
        const walk_slot *l = &w->line.at[w->line.touched[i]];
        if (l->before <= 0 || l->now > 0) continue;
        w->memory |= !cst_grow(&w->ended, &w->ended_room, w->endeds + 1, sizeof *w->ended);
        if (!w->memory) w->ended[w->endeds++] = (walk_point){w->period, l->before};
    }
}

void rev_walk_settle(rev_walk *w, cst_money before, bool was, bool is)
{
    cst_money change = w->total - before;
    if (wants_parts(w)) {
        sort_touched(w, &w->line, compare_lines);
        sort_touched(w, &w->cell, compare_cells);
    }
    if (!was && !is) {
        settle_whole(w, CST_FX, change);
    } else if (was && is && w->rules->net_line) {
        settle_lines(w);
    } else {
        cst_movement kind = cst_movement_of(was, is, w->ever, change > 0);
        if (kind == CST_UPSELL && !is_small(w, change) && !w->plain)
            settle_growth(w, change);
        else
            settle_whole(w, kind, change);
    }
    if (w->rules->groups_of_rows) settle_transfers(w);
    if (w->note_ended && !w->flowing) note_ended(w);
    if (!w->flowing && was != is) count_logos(w, was, is);
}
