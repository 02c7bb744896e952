/* revenue/walk.c: one account. Its rows (or those of one stay after the other) become events, which are
 * applied period by period, in full or the short way; then what only the whole says, its windows and its
 * largest balances, is added. What is wrong with an account is kept until all have been seen. */
#include "revenue/walk.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

void rev_walk_init(rev_walk *w, const rev_rules *rules, rev_sums *sums)
{
    *w = (rev_walk){.rules = rules, .sums = sums, .valued = CST_DAY_NONE, .mean_from = CST_DAY_NONE};
}

void rev_walk_free(rev_walk *w)
{
    if (!w) return;
    rev_walk_free_slots(&w->line);
    rev_walk_free_slots(&w->centre);
    rev_walk_free_slots(&w->segment);
    rev_walk_free_slots(&w->cell);
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
    free(w->ended);
    cst_account_failure_free(&w->failure);
    cst_balance_free(&w->balance);
    *w = (rev_walk){0};
}

/* ---- failures ---------------------------------------------------------------------------------------- */

static void keep_failure(rev_walk *w, const cst_error *e)
{
    w->failed = true;
    if (cst_account_failure_keep(&w->failure, w->account->id, e, NULL) != CST_OK) w->memory = true;
}

void rev_walk_fail_below_zero(rev_walk *w, int32_t key)
{
    cst_place place = {0};
    for (size_t i = 0; i < w->rows && !place.file; i++)
        if (w->row[i].amount < 0 && walk_holds(w, i, key))
            place = (cst_place){.file = w->row[i].file, .line = w->row[i].line};
    cst_error e;
    cst_balance_fail_below(w->account->id, place, rev_walk_key_day(w, key), &e);
    keep_failure(w, &e);
}

void rev_walk_check_failures(rev_walk *w)
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

/* When something about an account changes. Each of its rows becomes two events, the keys from which on it
 * counts and no longer counts; a row that never ends has one, a row that counts at no key none. In order of
 * keys they are all that the steps over its periods need to look at. */
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

static bool reserve_rows(rev_walk *w)
{
    if (w->rows > w->row_room) {
        size_t room = cst_room_for(w->row_room, w->rows);
        if (!cst_resize(&w->on, room, sizeof *w->on) || !cst_resize(&w->off, room, sizeof *w->off) ||
            !cst_resize(&w->cell_of, room, sizeof *w->cell_of) ||
            !cst_resize(&w->changed, room, sizeof *w->changed))
            return false;
        w->row_room = room;
    }
    return cst_grow(&w->event, &w->event_room, 2 * w->rows, sizeof *w->event);
}

/* The keys between which a row counts. What is before the history counts from its first key on. */
static void place_row(rev_walk *w, size_t i, int32_t history)
{
    const rev_rules *r = w->rules;
    const cst_ledger_row *row = &w->row[i];
    w->on[i] = r->event ? row->start : cst_grid_on(r->grid, row->start);
    w->off[i] = r->event ? row->end : cst_grid_off(r->grid, row->end);
    if (w->on[i] < history) w->on[i] = history;
    if (w->on[i] >= w->off[i]) w->off[i] = w->on[i];
}

static bool list_events(rev_walk *w)
{
    if (!reserve_rows(w)) return false;
    const rev_rules *r = w->rules;
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

/* ---- an account -------------------------------------------------------------------------------------- */

static void add_tops(rev_walk *w)
{
    const rev_rules *r = w->rules;
    rev_series *group = r->groups && !r->groups_of_rows ? rev_sums_group(w->sums, w->group) : NULL;
    for (size_t i = 0; i < w->points; i++) {
        cst_period until = i + 1 < w->points ? w->point[i + 1].period
                           : r->fx           ? w->point[i].period + 1
                                             : CST_TICK_NEVER;
        rev_sums_top(w->sums, &w->sums->total, w->point[i].period, until, w->point[i].value);
        if (group) rev_sums_top(w->sums, group, w->point[i].period, until, w->point[i].value);
    }
    for (uint32_t k = 0; r->groups_of_rows && k < w->segment.n; k++) {
        rev_series *g = rev_sums_group(w->sums, w->segment.at[k].label);
        const walk_point *last = NULL;
        for (size_t i = 0; g && i <= w->segment_points; i++) {
            if (i < w->segment_points && w->segment_point[i].segment != k) continue;
            const walk_point *next = i < w->segment_points ? &w->segment_point[i].point : NULL;
            cst_period until = r->fx && last ? last->period + 1 : next ? next->period : CST_TICK_NEVER;
            if (last) rev_sums_top(w->sums, g, last->period, until, last->value);
            last = next;
        }
    }
}

/* What the account's rows come to by days, month by month at each month's own rates. */
static void add_earnings(rev_walk *w)
{
    const rev_rules *r = w->rules;
    for (size_t i = 0; i < w->rows; i++) {
        cst_period m = cst_grid_tick(r->grid, w->row[i].start);
        rev_series *group =
            r->groups ? rev_sums_group(w->sums, cst_labels_unit(w->account->labels, w->row[i].unit).segment)
                      : NULL;
        if (m < r->earn_first) m = r->earn_first;
        for (; m <= r->earn_last && cst_period_first(&r->grid->ticks, m) < w->row[i].known_end; m++) {
            cst_money v;
            if (r->movement_fx == REV_FX_AVERAGE)
                rev_walk_value_over(w, cst_period_first(&r->grid->ticks, m),
                                    cst_period_last(&r->grid->ticks, m));
            else
                rev_walk_value_on(w, cst_grid_day(r->grid, m));
            if (!rev_walk_earn(w, i, m, &v) || v == 0) continue;
            rev_sums_earn(w->sums, &w->sums->total, cst_grid_period(r->grid, m), v);
            if (group) rev_sums_earn(w->sums, group, cst_grid_period(r->grid, m), v);
        }
    }
    rev_walk_value_on(w, CST_DAY_NONE);
}

/* Walks the rows in w->row as one account. */
static cst_status walk_rows(rev_walk *w, cst_error *e)
{
    if (!list_events(w)) {
        w->memory = true;
        return CST_OK;
    }
    w->total = 0;
    w->was = w->ever = false;
    w->points = 0;
    w->weighed = false;
    cst_status status = CST_OK;
    if (w->quick && rev_walk_is_plain(w))
        rev_walk_plain(w);
    else
        status = rev_walk_periods(w, e);
    if (status == CST_OK && !w->overflow && !w->unrated && !w->memory) {
        rev_walk_windows(w);
        if (w->rules->tops) add_tops(w);
        if (w->balances) status = w->balances(w->context, w->account, w->point, w->points, e);
    }
    return status;
}

/* ---- stays ------------------------------------------------------------------------------------------- */

/* What the history begins with is known by its tick's snapshot, as rows are, on whichever day that is. */
static bool is_seen(const rev_walk *w, cst_day start, cst_day end)
{
    const rev_rules *r = w->rules;
    if (r->event) return true;
    cst_period on = cst_grid_on(r->grid, start);
    if (r->history_from != CST_DAY_NONE && on < cst_grid_tick(r->grid, r->history_from))
        on = cst_grid_tick(r->grid, r->history_from);
    return on < cst_grid_off(r->grid, end);
}

/* With a reactivation window, who comes back too late is a new customer everywhere. The account's time is cut
 * where a stretch of days with revenue begins more than the window after the end of the one before, and each
 * piece is walked as an account of its own. With the snapshot basis a stretch that touches no snapshot does
 * not make a customer, and so neither ends nor begins a stay. */
static bool find_tenure(rev_walk *w, const cst_ledger_account *a, cst_day **cut, size_t *cuts)
{
    cst_balance *b = &w->balance;
    *cut = NULL;
    *cuts = 0;
    cst_day from = w->rules->event ? w->rules->history_from : CST_DAY_NONE;
    if (!cst_balance_fill(b, a->row, a->rows, from)) return false;
    cst_day *at = malloc((b->n + 1) * sizeof *at);
    if (!at) return false;
    cst_day start = CST_DAY_NONE, last_end = CST_DAY_NONE;
    for (size_t i = 0; i < b->n; i++) {
        cst_day day = b->at[i].day;
        cst_wide before = i ? b->at[i - 1].level : 0, total = b->at[i].level;
        if (before <= 0 && total > 0) start = day;
        bool ends = before > 0 && total <= 0, stays = total > 0 && i + 1 == b->n;
        if (!ends && !stays) continue;
        if (!is_seen(w, start, ends ? day : CST_LEDGER_OPEN)) continue;
        if (last_end != CST_DAY_NONE && cst_day_plus(last_end, w->rules->reactivation) < start)
            at[(*cuts)++] = start;
        last_end = ends ? day : CST_DAY_NONE;
    }
    *cut = at;
    return true;
}

/* Walks each stay as an account of its own: the rows cut to the days from one cut to the next. */
static cst_status walk_tenure(rev_walk *w, const cst_ledger_account *a, const cst_day *cut, size_t cuts,
                              cst_error *e)
{
    if (!cst_grow(&w->clipped, &w->clipped_room, a->rows, sizeof *w->clipped)) {
        w->memory = true;
        return CST_OK;
    }
    cst_status status = CST_OK;
    w->whole = cuts > 0 ? a->row : NULL;
    w->wholes = a->rows;
    for (size_t k = 0; status >= 0 && k <= cuts; k++) {
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
        if (w->rows > 0) status = walk_rows(w, e);
        rev_walk_check_failures(w);
        w->account = a;
    }
    w->whole = NULL;
    return status;
}

cst_status rev_walk_account(void *walk, const cst_ledger_account *a, cst_error *e)
{
    rev_walk *w = walk;
    w->account = a;
    w->row = a->row;
    w->rows = a->rows;
    w->failed = false;
    w->endeds = 0;
    w->sums->accounts++;
    if (!w->sums->labels) {
        w->sums->labels = a->labels;
        w->quick = rev_walk_quick(w);
    }
    /* every segment of a row is one of the result, whether or not the row holds revenue on some day */
    size_t named = w->rules->groups_of_rows ? a->rows : w->rules->groups;
    for (size_t i = 0; i < named; i++)
        rev_sums_group(w->sums, cst_labels_unit(a->labels, a->row[i].unit).segment);
    if (w->rules->revenue) add_earnings(w);
    cst_status status = CST_OK;
    if (w->rules->reactivation.unit) {
        cst_day *cut;
        size_t cuts;
        if (!find_tenure(w, a, &cut, &cuts)) return cst_no_memory(e);
        status = walk_tenure(w, a, cut, cuts, e);
        free(cut);
    } else {
        status = walk_rows(w, e);
        rev_walk_check_failures(w);
    }
    if (w->memory || w->sums->failed) return cst_no_memory(e);
    return status < 0 ? status : CST_OK;
}
