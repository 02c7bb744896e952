/* revenue/walk.c: one account. Its rows become events, the keys at which they begin and end to count, in
 * order. Period by period the events are applied to running balances; with the snapshot basis a period
 * is one step, with the event basis each day is one. What an account adds to balances is added as a
 * change, so that nothing needs doing in periods in which nothing happens. With rates every period with
 * a balance is valued afresh, since rates move where rows do not. */
#include "revenue/walk.h"
#include "base/date.h"
#include "base/text.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

void cst_walk_init(cst_walk *w, const cst_rules *rules, cst_sums *sums)
{
    *w = (cst_walk){.rules = rules, .sums = sums, .valued = CST_DAY_NONE};
}

void cst_walk_free(cst_walk *w)
{
    if (!w) return;
    cst_walk_free_spots(&w->line);
    cst_walk_free_spots(&w->centre);
    cst_walk_free_spots(&w->segment);
    cst_walk_free_spots(&w->cell);
    free(w->on);
    free(w->off);
    free(w->cell_of);
    free(w->changed);
    free(w->clipped);
    free(w->event);
    free(w->entry);
    free(w->point);
    free(w->segment_point);
    free(w->listed);
    free(w->weight);
    free(w->rate);
    free(w->rate_day);
    free(w->failed_account);
    *w = (cst_walk){0};
}

/* ---- failures ---------------------------------------------------------------------------------------- */

/* Keeps a failure if its account comes before that of the one that is kept. */
static void keep_failure(cst_walk *w, const cst_error *e)
{
    cst_text id = w->account->id;
    if (w->status < 0 && cst_text_compare(id, (cst_text){w->failed_account, w->failed_n}) >= 0) return;
    bool failed = false;
    w->failed_account = cst_walk_more(w->failed_account, &w->failed_room, id.n + 1, 1, &failed);
    if (failed) {
        w->memory = true;
        return;
    }
    memcpy(w->failed_account, id.p, id.n);
    w->failed_n = id.n;
    w->status = e->status;
    w->error = *e;
}

/* Names the first negative row that holds then: one of those that make it so. */
static void fail_below_zero(cst_walk *w, int32_t key)
{
    char day[CST_DAY_ROOM];
    cst_day_format(cst_walk_key_day(w, key), day);
    cst_place place = {0};
    for (size_t i = 0; i < w->rows && !place.file; i++)
        if (w->row[i].amount < 0 && walk_holds(w, i, key))
            place = (cst_place){.file = w->row[i].file, .line = w->row[i].line};
    cst_error e;
    cst_fail_at(&e, CST_DATA, place, NULL,
                "account \"%.*s\" is below zero on %s: expected its rows to add up to 0 or more; correct the "
                "negative row, or "
                "leave the account out with --where",
                (int)w->account->id.n, w->account->id.p, day);
    keep_failure(w, &e);
}

static void check_failures(cst_walk *w)
{
    cst_error e;
    if (w->overflow) {
        cst_fail(
            &e, CST_LIMIT,
            "account \"%.*s\": expected balances within 4.6 million millions, found more; use a larger unit",
            (int)w->account->id.n, w->account->id.p);
        keep_failure(w, &e);
    } else if (w->unrated) {
        keep_failure(w, &w->rate_error);
    }
    w->overflow = w->unrated = false;
}

/* ---- events ------------------------------------------------------------------------------------------ */

static int compare_events(const void *a, const void *b)
{
    const walk_event *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->what > y->what) - (x->what < y->what);
}

/* Few events are the rule, and mostly in order. */
static void sort_events(walk_event *v, size_t n)
{
    if (n > 64) {
        qsort(v, n, sizeof *v, compare_events);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        walk_event x = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1].key > x.key; k--) v[k] = v[k - 1];
        v[k] = x;
    }
}

static bool reserve_rows(cst_walk *w)
{
    if (w->rows > w->row_room) {
        size_t room = 2 * w->rows + 16;
        int32_t *on = realloc(w->on, room * sizeof *on);
        if (on) w->on = on;
        int32_t *off = realloc(w->off, room * sizeof *off);
        if (off) w->off = off;
        uint32_t *cell = realloc(w->cell_of, room * sizeof *cell);
        if (cell) w->cell_of = cell;
        bool *changed = realloc(w->changed, room * sizeof *changed);
        if (changed) w->changed = changed;
        if (!on || !off || !cell || !changed) return false;
        w->row_room = room;
    }
    bool failed = false;
    w->event = cst_walk_more(w->event, &w->event_room, 2 * w->rows, sizeof *w->event, &failed);
    return !failed;
}

/* The keys between which a row counts. What is before the history counts from its first key on. */
static void place_row(cst_walk *w, size_t i, int32_t history)
{
    const cst_rules *r = w->rules;
    const cst_ledger_row *row = &w->row[i];
    w->on[i] = r->event ? row->start : cst_grid_on(r->grid, row->start);
    w->off[i] = r->event ? row->end : cst_grid_off(r->grid, row->end);
    if (w->on[i] < history) w->on[i] = history;
    if (w->on[i] >= w->off[i]) w->off[i] = w->on[i];
}

static bool list_events(cst_walk *w)
{
    if (!reserve_rows(w)) return false;
    const cst_rules *r = w->rules;
    int32_t history = INT32_MIN;
    if (r->history_from != CST_DAY_NONE)
        history = r->event ? r->history_from : cst_grid_tick(r->grid, r->history_from);
    w->events = 0;
    for (size_t i = 0; i < w->rows; i++) {
        place_row(w, i, history);
        if (w->on[i] == w->off[i]) continue;
        w->event[w->events++] = (walk_event){w->on[i], (uint32_t)(2 * i)};
        if (w->off[i] != CST_TICK_NEVER)
            w->event[w->events++] = (walk_event){w->off[i], (uint32_t)(2 * i + 1)};
    }
    sort_events(w->event, w->events);
    return true;
}

/* ---- a period ---------------------------------------------------------------------------------------- */

void cst_walk_count_churned(cst_walk *w, int32_t open, int32_t close)
{
    cst_day last = CST_DAY_NONE;
    for (size_t i = 0; i < w->rows; i++) {
        if (w->off[i] <= open || w->off[i] > close || w->on[i] > open) continue;
        if (w->row[i].end > last) last = w->row[i].end;
    }
    if (last != CST_DAY_NONE) cst_sums_churned(w->sums, last);
}

/* Takes the segments that moved to their new balances. */
static void close_segments(cst_walk *w, cst_period p)
{
    for (size_t i = 0; i < w->listings; i++) {
        uint32_t k = w->listed[i];
        walk_spot *s = &w->segment.at[k];
        cst_series *g = cst_sums_group(w->sums, s->label);
        cst_cell *c = g ? cst_sums_cell(w->sums, g, p) : NULL;
        if (!c) return;
        c->closing += s->now - s->opening;
        c->closing_logos += (s->now > 0) - (s->opening > 0);
        s->opening = s->now;
        w->segment_point = cst_walk_more(w->segment_point, &w->segment_point_room, w->segment_points + 1,
                                         sizeof *w->segment_point, &w->memory);
        if (!w->memory) w->segment_point[w->segment_points++] = (walk_segment_point){k, {p, s->now}};
    }
}

static void list_touched(cst_walk *w)
{
    if (!w->rules->groups_of_rows) return;
    for (uint32_t i = 0; i < w->segment.touches; i++) cst_walk_list_segment(w, w->segment.touched[i]);
}

/* Values what stands at the opening at the period's rates; books the difference as fx. *from: at the
 * opening's own rate. */
static void revalue(cst_walk *w, cst_period p, cst_money *from)
{
    const cst_rules *r = w->rules;
    int32_t open = cst_walk_close_key(w, p - 1);
    cst_walk_value_on(w, cst_grid_day(r->grid, cst_grid_close(r->grid, p - 1)));
    *from = 0;
    for (uint32_t k = 0; k < w->cell.n; k++) w->cell.at[k].opening = 0;
    for (size_t i = 0; i < w->rows; i++) {
        cst_money v;
        if (!walk_holds(w, i, open) || !cst_walk_value(w, i, &v)) continue;
        cst_walk_add(w, from, v);
        cst_walk_add(w, &w->cell.at[w->cell_of[i]].opening, v);
    }
    cst_walk_value_on(w, cst_grid_day(r->grid, cst_grid_close(r->grid, p)));
    cst_walk_stand_at(w, open);
    cst_walk_book(w, CST_FX, cst_walk_less(w, w->total, *from));
    bool parts = r->groups_of_rows || r->entries;
    for (uint32_t k = 0; parts && k < w->cell.n; k++) {
        const walk_spot *c = &w->cell.at[k];
        uint32_t centre = w->centre.at[w->line.at[c->up].up].label;
        cst_walk_book_part(w, CST_FX, c->side, centre, cst_walk_less(w, c->now, c->opening), NULL);
        if (r->groups_of_rows) cst_walk_list_segment(w, c->side);
    }
}

static void open_period(cst_walk *w, cst_period p)
{
    w->period = p;
    w->serial++;
    w->entries = w->listings = 0;
    w->day = CST_DAY_NONE;
    w->sum_group = NULL;
    w->sum_total = cst_sums_cell(w->sums, &w->sums->total, p);
    if (w->rules->groups && !w->rules->groups_of_rows) {
        cst_series *g = cst_sums_group(w->sums, w->group);
        w->sum_group = g ? cst_sums_cell(w->sums, g, p) : NULL;
    }
}

static void close_period(cst_walk *w, cst_period p, cst_money from, bool was)
{
    cst_cell *cell[2] = {w->sum_total, w->sum_group};
    for (int k = 0; k < 2 && cell[k]; k++) {
        cell[k]->closing += (cst_wide)w->total - from;
        cell[k]->closing_logos += w->was - was;
    }
    if (w->rules->groups_of_rows) close_segments(w, p);
    if (was && !w->was && w->rules->churn_days)
        cst_walk_count_churned(w, cst_walk_close_key(w, p - 1), cst_walk_close_key(w, p));
    w->point = cst_walk_more(w->point, &w->point_room, w->points + 1, sizeof *w->point, &w->memory);
    if (!w->memory) w->point[w->points++] = (walk_point){p, w->total};
}

/* Applies the events of one key; false: below zero. */
static bool apply_key(cst_walk *w, size_t *i)
{
    int32_t key = w->event[*i].key;
    for (; *i < w->events && w->event[*i].key == key; (*i)++) cst_walk_apply(w, &w->event[*i]);
    if (w->total >= 0 || w->overflow || w->unrated) return true;
    fail_below_zero(w, key);
    return false;
}

/* The steps of a period: all its events, from *i on. */
static bool step_period(cst_walk *w, cst_period p, size_t *i)
{
    bool seen = false;
    cst_money before = w->total;
    w->key0 = cst_walk_close_key(w, p - 1);
    w->key1 = cst_walk_close_key(w, p);
    cst_walk_begin_step(w);
    while (*i < w->events && w->event[*i].key <= w->key1) {
        int32_t key = w->event[*i].key;
        if (w->rules->event) {
            before = w->total;
            w->key0 = key - 1;
            w->key1 = key;
            w->day = key;
            cst_walk_begin_step(w);
        }
        cst_money tick_before = w->total;
        if (!apply_key(w, i)) return false;
        if (w->rules->grid->periods.every != w->rules->grid->ticks.every && !w->rules->fx)
            cst_sums_tick(w->sums, cst_walk_key_tick(w, key), w->total - tick_before);
        if (w->rules->event) {
            bool is = w->total > 0;
            cst_walk_settle(w, before, w->was, is);
            list_touched(w);
            w->was = is;
            w->ever |= is;
            w->key1 = cst_walk_close_key(w, p);
        }
        seen |= w->total > 0;
    }
    if (!w->rules->event) {
        bool is = w->total > 0;
        cst_walk_settle(w, before, w->was, is);
        list_touched(w);
        w->was = is;
    }
    w->ever |= seen;
    return true;
}

static cst_status walk_period(cst_walk *w, cst_period p, size_t *i, cst_error *e)
{
    bool was = w->was;
    cst_money from = w->total;
    open_period(w, p);
    if (!w->sum_total) return CST_OK;
    if (w->rules->fx) revalue(w, p, &from);
    if (was != (w->total > 0)) w->sums->mixed = true;
    if (!step_period(w, p, i)) return CST_END;
    close_period(w, p, from, was);
    return cst_walk_tell(w, p, from, was, e);
}

/* ---- an account -------------------------------------------------------------------------------------- */

/* Before the valued periods: balances in the rows' own currencies, only to know who was a customer. */
static bool walk_unvalued(cst_walk *w, size_t *i)
{
    int32_t until = cst_walk_close_key(w, w->rules->fx_first - 1);
    cst_walk_begin_step(w);
    while (*i < w->events && w->event[*i].key <= until) {
        if (!apply_key(w, i)) return false;
        w->was = w->total > 0;
        w->ever |= w->was;
    }
    return true;
}

/* What stands where the valued periods begin is their opening: the closing of the period before. */
static void bring_forward(cst_walk *w)
{
    const cst_rules *r = w->rules;
    cst_period p = r->fx_first - 1;
    int32_t close = cst_walk_close_key(w, p);
    bool stands = false;
    for (size_t i = 0; !stands && i < w->rows; i++) stands = walk_holds(w, i, close);
    if (!stands) return;
    open_period(w, p);
    if (!w->sum_total) return;
    cst_walk_value_on(w, cst_grid_day(r->grid, cst_grid_close(r->grid, p)));
    cst_walk_stand_at(w, close);
    cst_cell *cell[2] = {w->sum_total, w->sum_group};
    for (int k = 0; k < 2 && cell[k]; k++) {
        cell[k]->closing += w->total;
        cell[k]->closing_logos += w->was;
    }
    if (!r->groups_of_rows) return;
    for (uint32_t k = 0; k < w->segment.n; k++) cst_walk_list_segment(w, k);
    close_segments(w, p);
    w->segment_points = 0;
}

static cst_status walk_valued(cst_walk *w, cst_error *e)
{
    const cst_rules *r = w->rules;
    size_t i = 0;
    if (!walk_unvalued(w, &i)) return CST_END;
    bring_forward(w);
    cst_period p = r->fx_first;
    cst_status s = CST_OK;
    while (s == CST_OK && p <= r->fx_last) {
        bool stands = w->total != 0 || w->was;
        for (size_t k = 0; !stands && k < w->rows; k++)
            stands = walk_holds(w, k, cst_walk_close_key(w, p - 1));
        if (!stands) {
            if (i == w->events) break;
            cst_period next = cst_walk_key_period(w, w->event[i].key);
            if (next > r->fx_last) break;
            if (next > p) p = next;
        }
        s = walk_period(w, p++, &i, e);
    }
    cst_walk_value_on(w, CST_DAY_NONE);
    w->valued = CST_DAY_NONE;
    return s;
}

static void add_tops(cst_walk *w)
{
    const cst_rules *r = w->rules;
    cst_series *group = r->groups && !r->groups_of_rows ? cst_sums_group(w->sums, w->group) : NULL;
    for (size_t i = 0; i < w->points; i++) {
        cst_period until = i + 1 < w->points ? w->point[i + 1].period
                           : r->fx           ? w->point[i].period + 1
                                             : CST_TICK_NEVER;
        cst_sums_top(w->sums, &w->sums->total, w->point[i].period, until, w->point[i].value);
        if (group) cst_sums_top(w->sums, group, w->point[i].period, until, w->point[i].value);
    }
    for (uint32_t k = 0; r->groups_of_rows && k < w->segment.n; k++) {
        cst_series *g = cst_sums_group(w->sums, w->segment.at[k].label);
        const walk_point *last = NULL;
        for (size_t i = 0; g && i <= w->segment_points; i++) {
            if (i < w->segment_points && w->segment_point[i].segment != k) continue;
            const walk_point *next = i < w->segment_points ? &w->segment_point[i].point : NULL;
            cst_period until = r->fx && last ? last->period + 1 : next ? next->period : CST_TICK_NEVER;
            if (last) cst_sums_top(w->sums, g, last->period, until, last->value);
            last = next;
        }
    }
}

/* The rows in w->row period by period, in full. */
static cst_status walk_periods(cst_walk *w, cst_error *e)
{
    if (!cst_walk_lay_out(w)) {
        w->memory = true;
        return CST_OK;
    }
    w->segment_points = 0;
    w->serial = 0;
    w->valued = CST_DAY_NONE;
    cst_status s = CST_OK;
    if (w->rules->fx) {
        s = walk_valued(w, e);
    } else {
        for (size_t i = 0; s == CST_OK && i < w->events;)
            s = walk_period(w, cst_walk_key_period(w, w->event[i].key), &i, e);
    }
    return s;
}

/* Walks the rows in w->row as one account. */
static cst_status walk_rows(cst_walk *w, cst_error *e)
{
    if (!list_events(w)) {
        w->memory = true;
        return CST_OK;
    }
    w->total = 0;
    w->was = w->ever = false;
    w->points = 0;
    w->weighed = false;
    cst_status s = CST_OK;
    if (w->quick && cst_walk_is_plain(w))
        cst_walk_plain(w);
    else
        s = walk_periods(w, e);
    if (s == CST_OK && !w->overflow && !w->unrated) {
        cst_walk_windows(w);
        if (w->rules->tops) add_tops(w);
        if (w->balances) s = w->balances(w->context, w->account, w->point, w->points, e);
    }
    return s;
}

/* Walks each stay as an account of its own: the rows cut to the days from one cut to the next. */
static cst_status walk_stays(cst_walk *w, const cst_ledger_account *a, const cst_day *cut, size_t cuts,
                             cst_error *e)
{
    bool failed = false;
    w->clipped = cst_walk_more(w->clipped, &w->clipped_room, a->rows, sizeof *w->clipped, &failed);
    if (failed) {
        w->memory = true;
        return CST_OK;
    }
    cst_status s = CST_OK;
    w->whole = cuts > 0 ? a->row : NULL;
    w->wholes = a->rows;
    for (size_t k = 0; s >= 0 && k <= cuts; k++) {
        cst_day from = k > 0 ? cut[k - 1] : CST_DAY_MIN, until = k < cuts ? cut[k] : CST_LEDGER_OPEN;
        w->rows = 0;
        for (size_t i = 0; i < a->rows; i++) {
            cst_ledger_row row = a->row[i];
            if (row.start >= until || (row.end <= from && k > 0)) continue;
            if (row.start < from) row.start = from;
            if (row.end > until) row.end = until;
            w->clipped[w->rows++] = row;
        }
        w->row = w->clipped;
        cst_ledger_account stay = *a;
        stay.row = w->clipped;
        stay.rows = w->rows;
        w->account = &stay;
        if (w->rows > 0) s = walk_rows(w, e);
        check_failures(w);
        w->account = a;
    }
    w->whole = NULL;
    return s;
}

cst_status cst_walk_account(void *walk, const cst_ledger_account *a, cst_error *e)
{
    cst_walk *w = walk;
    w->account = a;
    w->row = a->row;
    w->rows = a->rows;
    w->sums->accounts++;
    if (!w->sums->labels) {
        w->sums->labels = a->labels;
        w->quick = cst_walk_quick(w);
    }
    if (w->rules->groups) cst_sums_group(w->sums, cst_labels_unit(a->labels, a->row[0].unit).segment);
    cst_status s = CST_OK;
    if (w->rules->reactivation.unit) {
        cst_day *cut;
        size_t cuts;
        if (!cst_walk_find_stays(w, a, &cut, &cuts)) return cst_fail(e, CST_MEMORY, "out of memory");
        s = walk_stays(w, a, cut, cuts, e);
        free(cut);
    } else {
        s = walk_rows(w, e);
        check_failures(w);
    }
    if (w->memory || w->sums->failed)
        return cst_fail(e, CST_MEMORY, "out of memory, or periods too far apart");
    return s < 0 ? s : CST_OK;
}
