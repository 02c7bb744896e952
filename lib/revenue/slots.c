/* revenue/slots.c: labels are numbers of the whole ledger; an account has a handful of them. Each kind
 * is laid out as a small array in order of first sight, found through a table by label whose entries are
 * stamped with the account, so that nothing is cleared. */
#include "base/memory.h"
#include "ledger/labels.h"
#include "revenue/walk.h"
#include <stdlib.h>

void rev_walk_free_slots(walk_slots *s)
{
    free(s->at);
    free(s->touched);
    free(s->local);
    free(s->stamp);
}

/* Room for one more slot and its place in the touched list. */
static bool grow_slots(walk_slots *s)
{
    if (s->n < s->room) return true;
    size_t room = cst_room_for(s->room, s->n + 1);
    if (!cst_resize(&s->at, room, sizeof *s->at) || !cst_resize(&s->touched, room, sizeof *s->touched))
        return false;
    s->room = room;
    return true;
}

static bool grow_labels(walk_slots *s, uint32_t label)
{
    return label < s->labels ||
           (cst_resize(&s->local, cst_room_for(s->labels, label + 1), sizeof *s->local) &&
            cst_grow_zeroed(&s->stamp, &s->labels, label + 1, sizeof *s->stamp));
}

static uint32_t push_slot(walk_slots *s, uint32_t label)
{
    if (!grow_slots(s)) return WALK_END;
    s->at[s->n] = (walk_slot){.label = label, .side = WALK_END, .next = WALK_END};
    return s->n++;
}

/* The index of a label's slot, new if it must be. */
static uint32_t find_slot(walk_slots *s, uint32_t label, uint32_t epoch)
{
    if (!grow_labels(s, label)) return WALK_END;
    if (s->stamp[label] == epoch) return s->local[label];
    uint32_t i = push_slot(s, label);
    if (i == WALK_END) return i;
    s->stamp[label] = epoch;
    s->local[label] = i;
    return i;
}

/* The part of a line in a segment. */
static uint32_t find_cell(rev_walk *w, uint32_t line, uint32_t segment)
{
    for (uint32_t c = w->line.at[line].side; c != WALK_END; c = w->cell.at[c].next)
        if (w->cell.at[c].side == segment) return c;
    uint32_t c = push_slot(&w->cell, 0);
    if (c == WALK_END) return c;
    w->cell.at[c].up = line;
    w->cell.at[c].side = segment;
    w->cell.at[c].next = w->line.at[line].side;
    w->line.at[line].side = c;
    return c;
}

bool rev_walk_lay_out(rev_walk *w)
{
    const cst_labels *labels = w->account->labels;
    w->line.n = w->centre.n = w->segment.n = w->cell.n = 0;
    w->line.touches = w->centre.touches = w->segment.touches = w->cell.touches = 0;
    w->epoch++;
    w->step = 0;
    uint32_t last_unit = CST_UNIT_NONE, last_cell = 0;
    for (size_t i = 0; i < w->rows; i++) {
        uint32_t unit = w->row[i].unit;
        if (unit != last_unit) {
            cst_unit u = cst_labels_unit(labels, unit);
            uint32_t centre = find_slot(&w->centre, u.centre, w->epoch);
            uint32_t line = w->rules->net_line ? find_slot(&w->line, u.line, w->epoch)
                                               : find_slot(&w->line, u.centre, w->epoch);
            uint32_t segment = find_slot(&w->segment, w->rules->groups_of_rows ? u.segment : 0, w->epoch);
            if (centre == WALK_END || line == WALK_END || segment == WALK_END) return false;
            w->line.at[line].up = centre;
            last_cell = find_cell(w, line, segment);
            if (last_cell == WALK_END) return false;
            last_unit = unit;
        }
        w->cell_of[i] = last_cell;
    }
    w->group = w->rules->groups ? cst_labels_unit(labels, w->row[0].unit).segment : 0;
    const rev_rules *r = w->rules;
    w->plain = w->cell.n == 1 && !r->entries && !r->net_line && !r->groups_of_rows;
    return true;
}

void rev_walk_begin_step(rev_walk *w)
{
    w->step++;
    w->line.touches = w->centre.touches = w->segment.touches = w->cell.touches = 0;
}

void rev_walk_reset(rev_walk *w)
{
    walk_slots *all[4] = {&w->line, &w->centre, &w->segment, &w->cell};
    for (int k = 0; k < 4; k++)
        for (uint32_t i = 0; i < all[k]->n; i++) all[k]->at[i].now = all[k]->at[i].before = 0;
    w->total = 0;
    rev_walk_begin_step(w);
}

/* Half the range, so that the difference of two balances always fits. */
static inline bool is_large(cst_money m)
{
    return m > INT64_MAX / 2 || m < INT64_MIN / 2;
}

/* A balance that leaves the range fails the account; it goes on from 0, so that nothing that is still
 * computed of it overflows. */
static inline void move_balance(rev_walk *w, cst_money *balance, cst_money change)
{
    if (!__builtin_add_overflow(*balance, change, balance) && !is_large(*balance)) return;
    w->overflow = true;
    *balance = 0;
}

static inline void touch_slot(rev_walk *w, walk_slots *s, uint32_t i, cst_money change)
{
    walk_slot *at = &s->at[i];
    if (at->step != w->step) {
        at->step = w->step;
        at->before = at->now;
        at->posted = 0;
        s->touched[s->touches++] = i;
    }
    move_balance(w, &at->now, change);
}

void rev_walk_touch(rev_walk *w, size_t i, cst_money change)
{
    if (w->plain)
        move_balance(w, &w->total, change);
    else
        rev_walk_touch_cell(w, w->cell_of[i], change);
}

void rev_walk_touch_cell(rev_walk *w, uint32_t cell, cst_money change)
{
    uint32_t line = w->cell.at[cell].up;
    move_balance(w, &w->total, change);
    touch_slot(w, &w->cell, cell, change);
    touch_slot(w, &w->line, line, change);
    if (w->rules->net_line) touch_slot(w, &w->centre, w->line.at[line].up, change);
    touch_slot(w, &w->segment, w->cell.at[cell].side, change);
}

void rev_walk_list_segment(rev_walk *w, uint32_t segment)
{
    walk_slot *s = &w->segment.at[segment];
    if (s->mark == w->serial) return;
    s->mark = w->serial;
    w->memory |= !cst_grow(&w->listed, &w->listed_room, w->listings + 1, sizeof *w->listed);
    if (!w->memory) w->listed[w->listings++] = segment;
}
