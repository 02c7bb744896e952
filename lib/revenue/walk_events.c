/* revenue/walk_events.c: when something about an account changes. Each of its rows becomes two events, the
 * keys from which on it counts and no longer counts; a row that never ends has one, a row that counts at no
 * key none. In order of keys they are all that the steps over its periods need to look at. */
#include "revenue/walk.h"
#include <stdlib.h>

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
    w->event = rev_walk_more(w->event, &w->event_room, 2 * w->rows, sizeof *w->event, &failed);
    return !failed;
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

bool rev_walk_list_events(rev_walk *w)
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
