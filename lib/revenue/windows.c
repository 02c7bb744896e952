/* revenue/windows.c: retention. A window ends with a period and opens with the closing of the period
 * `window` before. Who is in it: the customers of its opening.
 *
 *   cohort      net = what they pay at its closing; gross = the lesser of that and what they paid at its
 *               opening
 *   movements   net = what they paid at its opening and all their growth, shrinkage and losses within it,
 *               month by month (what came back after a loss is left out); gross = the same without growth
 *   compounded  the cohort figures of each month on its own (links), multiplied up when all accounts are in
 *
 * In a segment of rows an account pays at the window's closing what it paid there at the opening and the
 * segment's share of the account's movement.
 *
 * Without rates the cohort figures change only where a balance at either end of the window does, and are
 * found by merging the account's closings with the same closings `window` later. Everything else is
 * computed period by period. */
#include "ledger/labels.h"
#include "revenue/walk.h"
#include <cstools/stats.h>
#include <stdlib.h>
#include <string.h>

/* The account's bootstrap weights, drawn when first needed; NULL without a bootstrap. */
static const unsigned char *find_weights(rev_walk *w)
{
    uint32_t n = w->rules->replicates;
    if (n == 0 || w->weighed) return n ? w->weight : NULL;
    if (!w->weight && !(w->weight = malloc(n))) {
        w->memory = true;
        return NULL;
    }
    uint64_t key = cst_bootstrap_key(w->account->id);
    for (uint32_t i = 0; i < n; i++)
        w->weight[i] = (unsigned char)cst_bootstrap_weight(w->rules->seed, i, key);
    w->weighed = true;
    return w->weight;
}

static rev_ret cohort_of(cst_money a0, cst_money a1)
{
    if (a0 <= 0) return (rev_ret){0};
    return (rev_ret){.base = a0, .net = a1, .gross = a0 < a1 ? a0 : a1, .logos = 1, .kept = a1 > 0};
}

static rev_ret difference(const rev_ret *now, const rev_ret *before)
{
    rev_ret d;
    for (int k = 0; k < REV_RET_SUMS; k++) d.sum[k] = now->sum[k] - before->sum[k];
    for (int k = 0; k < REV_RET_COUNTS; k++) d.count[k] = now->count[k] - before->count[k];
    return d;
}

/* Adds a change of retention at a period, or at a tick for a link. */
static void add_change(rev_walk *w, rev_series *of, cst_period at, bool link, const rev_ret *change,
                       bool replicate)
{
    if ((change->base | change->net | change->gross | change->logos | change->kept) == 0) return;
    const unsigned char *weight = replicate ? find_weights(w) : NULL;
    if (link) {
        rev_link *l = rev_sums_link(w->sums, of, at);
        if (l) rev_sums_ret(w->sums, &l->ret, &l->replicate, change, weight);
    } else {
        rev_cell *c = rev_sums_cell(w->sums, of, at);
        if (c) rev_sums_ret(w->sums, &c->ret, &c->replicate, change, weight);
    }
}

/* ---- cohorts without rates --------------------------------------------------------------------------- */

/* A cohort's figures of one account. Balances are within half the range of an amount (a walk that
 * leaves it fails), so that differences fit too, and nothing needs 128 bits before the sums. */
typedef struct cohort_figures {
    cst_money base, net, gross;
    int logos, kept;
} cohort_figures;

static inline cohort_figures figure_cohort(cst_money a0, cst_money a1)
{
    if (a0 <= 0) return (cohort_figures){0};
    return (cohort_figures){a0, a1, a0 < a1 ? a0 : a1, 1, a1 > 0};
}

/* Adds the step from one to the other at a period. */
static inline void add_step(rev_walk *w, rev_series *of, cst_period at, const cohort_figures *from,
                            const cohort_figures *to, bool replicate)
{
    cohort_figures d = {to->base - from->base, to->net - from->net, to->gross - from->gross,
                        to->logos - from->logos, to->kept - from->kept};
    if (replicate) {
        rev_ret change = {{d.base, d.net, d.gross, d.logos, d.kept}};
        add_change(w, of, at, false, &change, true);
        return;
    }
    if ((d.base | d.net | d.gross | d.logos | d.kept) == 0) return;
    rev_cell *c = rev_sums_cell(w->sums, of, at);
    if (!c) return;
    c->ret.base += d.base;
    c->ret.net += d.net;
    c->ret.gross += d.gross;
    c->ret.logos += d.logos;
    c->ret.kept += d.kept;
}

/* Merges a series' closings with the same closings `window` later. */
static void add_cohorts(rev_walk *w, rev_series *of, rev_series *and, const walk_point *point, size_t n,
                        bool replicate)
{
    cst_money a0 = 0, a1 = 0;
    cohort_figures last = {0};
    int lag = w->rules->window;
    size_t end = 0, start = 0;
    replicate = replicate && w->rules->replicates;
    while (start < n) {
        cst_period opened = point[start].period + lag;
        cst_period p = end < n && point[end].period < opened ? point[end].period : opened;
        if (end < n && point[end].period == p) a1 = point[end++].value;
        if (opened == p) a0 = point[start++].value;
        cohort_figures now = figure_cohort(a0, a1);
        add_step(w, of, p, &last, &now, replicate);
        if (and) add_step(w, and, p, &last, &now, replicate);
        last = now;
    }
}

/* ---- segments of rows -------------------------------------------------------------------------------- */

/* What the cells hold at the window's opening, by segment. */
static void sum_bases(rev_walk *w, enum walk_part into)
{
    for (uint32_t k = 0; k < w->segment.n; k++)
        *(into == WALK_BASE ? &w->segment.at[k].base : &w->segment.at[k].net) = 0;
    for (uint32_t k = 0; k < w->cell.n; k++) {
        walk_slot *s = &w->segment.at[w->cell.at[k].side];
        rev_walk_add(w, into == WALK_BASE ? &s->base : &s->net, w->cell.at[k].base);
    }
}

/* From one end of the window to the other in one step: `net` of a segment becomes its opening and its share
 * of the account's movement, so that a move to another segment is no loss. What an account pays that was no
 * customer at the opening is in no cohort. */
static void step_window(rev_walk *w)
{
    bool moves = false;
    for (uint32_t k = 0; k < w->cell.n; k++) moves |= w->cell.at[k].net != w->cell.at[k].base;
    sum_bases(w, WALK_NET);
    if (!moves) return;
    rev_walk_reset(w);
    for (uint32_t k = 0; k < w->cell.n; k++)
        if (w->cell.at[k].base != 0) rev_walk_touch_cell(w, k, w->cell.at[k].base);
    rev_walk_begin_step(w);
    cst_money before = w->total;
    for (uint32_t k = 0; k < w->segment.n; k++) w->segment.at[k].grow = w->segment.at[k].shrink = 0;
    for (uint32_t k = 0; k < w->cell.n; k++) {
        cst_money change = rev_walk_less(w, w->cell.at[k].net, w->cell.at[k].base);
        if (change != 0) rev_walk_touch_cell(w, k, change);
    }
    w->flowing = true;
    rev_walk_settle(w, before, before > 0, w->total > 0);
    w->flowing = false;
    for (uint32_t k = 0; k < w->segment.n; k++) {
        walk_slot *s = &w->segment.at[k];
        rev_walk_add(w, &s->net, (cst_money)(s->grow + s->shrink));
    }
}

/* Brings the cells to where the events of all periods up to p leave them. */
static void follow_cells(rev_walk *w, size_t *i, cst_period p, enum walk_part part)
{
    for (; *i < w->events && rev_walk_key_period(w, w->event[*i].key) <= p; ++*i) {
        uint32_t row = w->event[*i].what / 2;
        walk_slot *c = &w->cell.at[w->cell_of[row]];
        cst_money amount = w->row[row].amount;
        rev_walk_add(w, part == WALK_BASE ? &c->base : &c->net, w->event[*i].what & 1 ? -amount : amount);
    }
}

/* The windows at one of whose ends something changes, without rates. */
static void add_segment_cohorts(rev_walk *w, bool replicate)
{
    if (w->segment.n == 1) { /* all of the account's movement is in it */
        rev_series *only = rev_sums_group(w->sums, w->segment.at[0].label);
        if (only) add_cohorts(w, only, NULL, w->point, w->points, replicate);
        return;
    }
    for (uint32_t k = 0; k < w->segment.n; k++) w->segment.at[k].ret = (rev_ret){0};
    for (uint32_t k = 0; k < w->cell.n; k++) w->cell.at[k].base = w->cell.at[k].net = 0;
    size_t open = 0, close = 0;
    while (open < w->events) {
        cst_period p = rev_walk_key_period(w, w->event[open].key) + w->rules->window;
        if (close < w->events && rev_walk_key_period(w, w->event[close].key) < p)
            p = rev_walk_key_period(w, w->event[close].key);
        follow_cells(w, &open, p - w->rules->window, WALK_BASE);
        follow_cells(w, &close, p, WALK_NET);
        sum_bases(w, WALK_BASE);
        step_window(w);
        for (uint32_t k = 0; k < w->segment.n; k++) {
            walk_slot *s = &w->segment.at[k];
            rev_ret now = cohort_of(s->base, s->net), change = difference(&now, &s->ret);
            rev_series *g = rev_sums_group(w->sums, s->label);
            if (g) add_change(w, g, p, false, &change, replicate);
            s->ret = now;
        }
    }
}

/* ---- period by period -------------------------------------------------------------------------------- */

/* All movements of the account from after one key to another, tick by tick, into the flows. */
static void flow_through(rev_walk *w, cst_period open, cst_period close)
{
    const rev_rules *r = w->rules;
    w->flowing = true;
    w->flow_grow = w->flow_shrink = w->flow_back = 0;
    for (uint32_t k = 0; k < w->segment.n; k++) w->segment.at[k].grow = w->segment.at[k].shrink = 0;
    size_t i = 0;
    while (i < w->events && w->event[i].key <= rev_walk_tick_key(w, open)) i++;
    rev_walk_stand_at(w, rev_walk_tick_key(w, open));
    bool was = w->total > 0;
    for (cst_period t = open + 1; t <= close; t++) {
        if (r->fx && r->spot) {
            rev_walk_value_on(w, cst_grid_day(r->grid, t));
            rev_walk_stand_at(w, rev_walk_tick_key(w, t - 1));
        }
        int32_t key1 = rev_walk_tick_key(w, t);
        while (i < w->events && w->event[i].key <= key1) {
            int32_t key = w->event[i].key;
            cst_money before = w->total;
            rev_walk_begin_step(w);
            w->key0 = key - 1;
            w->key1 = key;
            for (; i < w->events && w->event[i].key == key; i++) rev_walk_apply(w, &w->event[i]);
            bool is = w->total > 0;
            rev_walk_settle(w, before, was, is);
            was = is;
        }
    }
    w->flowing = false;
}

typedef struct window_frame {
    cst_period open, close; /* ticks */
    cst_day valued;         /* with rates: the day that both ends are valued at */
    cst_day opening;        /* with slot: the day the opening is valued at */
} window_frame;

static rev_ret flow_of(cst_money a0, cst_money a1, cst_wide grow, cst_wide shrink)
{
    if (a0 <= 0) return (rev_ret){0};
    return (rev_ret){.base = a0, .net = a0 + grow + shrink, .gross = a0 + shrink, .logos = 1, .kept = a1 > 0};
}

/* What one window comes to, for the account and (in `now`) for each of its segments. */
static rev_ret measure_window(rev_walk *w, const window_frame *f, bool flows, rev_ret *now)
{
    const rev_rules *r = w->rules;
    if (r->fx) rev_walk_value_on(w, r->spot ? f->opening : f->valued);
    cst_money a0 = rev_walk_balance(w, rev_walk_tick_key(w, f->open), WALK_BASE);
    uint32_t segments = r->groups_of_rows ? w->segment.n : 0;
    if (segments) sum_bases(w, WALK_BASE);
    if (r->fx) rev_walk_value_on(w, f->valued);
    if (segments && r->spot) rev_walk_balance(w, rev_walk_tick_key(w, f->open), WALK_BASE);
    cst_money a1 = rev_walk_balance(w, rev_walk_tick_key(w, f->close), WALK_NET);
    if (segments) step_window(w);
    if (flows) flow_through(w, f->open, f->close);
    for (uint32_t k = 0; k < segments; k++) {
        const walk_slot *s = &w->segment.at[k];
        now[k] = flows ? flow_of(s->base, s->net, s->grow, s->shrink) : cohort_of(s->base, s->net);
    }
    return flows ? flow_of(a0, a1, w->flow_grow, w->flow_shrink) : cohort_of(a0, a1);
}

static rev_series *own_group(rev_walk *w)
{
    return w->rules->groups && !w->rules->groups_of_rows ? rev_sums_group(w->sums, w->group) : NULL;
}

/* Adds windows first .. last, as periods (or as ticks for links), each measured on its own. */
static void add_windows(rev_walk *w, cst_period first, cst_period last, bool link, bool flows, bool replicate)
{
    const rev_rules *r = w->rules;
    uint32_t segments = r->groups_of_rows ? w->segment.n : 0;
    rev_ret *now = calloc(segments + 1, sizeof *now), before = {0};
    if (!now) {
        w->memory = true;
        return;
    }
    for (uint32_t k = 0; k < segments; k++) w->segment.at[k].ret = (rev_ret){0};
    for (cst_period p = first; p <= last; p++) {
        window_frame f = {.open = link ? p - 1 : cst_grid_close(r->grid, p - r->window),
                          .close = link ? p : cst_grid_close(r->grid, p)};
        f.valued = cst_grid_day(r->grid, f.close);
        f.opening = cst_grid_day(r->grid, f.open);
        rev_ret whole = measure_window(w, &f, flows, now), change = difference(&whole, &before);
        rev_series *group = own_group(w);
        add_change(w, &w->sums->total, p, link, &change, replicate);
        if (group) add_change(w, group, p, link, &change, replicate);
        before = whole;
        for (uint32_t k = 0; k < segments; k++) {
            walk_slot *s = &w->segment.at[k];
            change = difference(&now[k], &s->ret);
            rev_series *g = rev_sums_group(w->sums, s->label);
            if (g) add_change(w, g, p, link, &change, replicate);
            s->ret = now[k];
        }
    }
    free(now);
    rev_walk_value_on(w, CST_DAY_NONE);
    w->valued = CST_DAY_NONE;
}

static void add_periods(rev_walk *w, bool flows, bool replicate)
{
    const rev_rules *r = w->rules;
    cst_period first = rev_walk_key_period(w, w->event[0].key);
    cst_period last = rev_walk_key_period(w, w->event[w->events - 1].key) + r->window;
    if (r->fx) {
        if (first < r->fx_first) first = r->fx_first;
        last = r->fx_last;
    }
    add_windows(w, first, last, false, flows, replicate);
}

static void add_links(rev_walk *w)
{
    const rev_rules *r = w->rules;
    cst_period first = rev_walk_key_tick(w, w->event[0].key),
               last = rev_walk_key_tick(w, w->event[w->events - 1].key) + 1;
    if (r->fx) {
        cst_period least = cst_grid_close(r->grid, r->fx_first - r->window) + 1;
        if (first < least) first = least;
        last = cst_grid_close(r->grid, r->fx_last);
    }
    add_windows(w, first, last, true, false, true);
}

void rev_walk_windows(rev_walk *w)
{
    const rev_rules *r = w->rules;
    if (w->events == 0) return;
    if (r->retention == REV_COMPOUNDED) add_links(w);
    bool flows = r->retention == REV_BY_MOVEMENTS, replicate = r->retention != REV_COMPOUNDED;
    if (flows || r->fx) {
        add_periods(w, flows, replicate);
        return;
    }
    add_cohorts(w, &w->sums->total, own_group(w), w->point, w->points, replicate);
    if (r->groups_of_rows) add_segment_cohorts(w, replicate);
}
