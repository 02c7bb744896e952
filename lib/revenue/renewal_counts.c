/* revenue/renewal_counts.c: cells lie in a row from the first period to the last, which is widened to either
 * side as accounts bring new ones. All of it is integers, so that books can be added in any order. */
#include "revenue/renewal_counts.h"
#include <stdlib.h>
#include <string.h>

const int rev_renewal_ahead_days[REV_RENEWAL_AHEAD] = {30, 60, 90};

void rev_renewal_counts_free(rev_renewal_counts *c)
{
    for (size_t i = 0; i < c->n; i++) free(c->series[i].cell);
    free(c->series);
    *c = (rev_renewal_counts){0};
}

rev_renewal_series *rev_renewal_series_at(rev_renewal_counts *c, size_t i)
{
    if (i >= c->n) {
        size_t n = i + 8;
        rev_renewal_series *grown = realloc(c->series, n * sizeof *grown);
        if (!grown) return NULL;
        memset(grown + c->n, 0, (n - c->n) * sizeof *grown);
        c->series = grown;
        c->n = n;
    }
    return &c->series[i];
}

rev_renewal_cell *rev_renewal_cell_at(rev_renewal_series *s, cst_period p)
{
    if (s->n && p >= s->low && p < s->low + (cst_period)s->n) return &s->cell[p - s->low];
    cst_period low = s->n && s->low < p ? s->low : p,
               high = s->n && s->low + (cst_period)s->n - 1 > p ? s->low + (cst_period)s->n - 1 : p;
    size_t n = (size_t)(high - low + 1), before = s->n ? (size_t)(s->low - low) : 0;
    if (n > s->room) { /* with some to spare, for an account brings its periods one after the other */
        size_t room = n + n / 2;
        rev_renewal_cell *grown = realloc(s->cell, room * sizeof *grown);
        if (!grown) return NULL;
        s->cell = grown;
        s->room = room;
    }
    memmove(s->cell + before, s->cell, s->n * sizeof *s->cell);
    memset(s->cell, 0, before * sizeof *s->cell);
    memset(s->cell + before + s->n, 0, (n - before - s->n) * sizeof *s->cell);
    s->low = low;
    s->n = n;
    return &s->cell[p - low];
}

const rev_renewal_cell *rev_renewal_cell_of(const rev_renewal_series *s, cst_period p)
{
    static const rev_renewal_cell none;
    bool there = s->n && p >= s->low && p < s->low + (cst_period)s->n;
    return there ? &s->cell[p - s->low] : &none;
}

static void add_cells(rev_renewal_cell *a, const rev_renewal_cell *b)
{
    a->logos += b->logos;
    a->due += b->due;
    a->on_time += b->on_time;
    a->late += b->late;
    a->more += b->more;
    a->less += b->less;
    a->lost += b->lost;
    a->due_mrr += b->due_mrr;
    a->on_time_mrr += b->on_time_mrr;
    a->late_mrr += b->late_mrr;
    a->more_mrr += b->more_mrr;
    a->less_mrr += b->less_mrr;
    a->lost_mrr += b->lost_mrr;
    a->renewed_mrr += b->renewed_mrr;
}

void rev_renewal_count(rev_renewal_cell *c, const rev_renewal *r)
{
    c->due++;
    c->due_mrr += r->before;
    if (r->status == REV_UPCOMING) return;
    c->on_time += r->status == REV_RENEWED;
    c->late += r->status == REV_LATE;
    c->lost += r->status == REV_LOST;
    c->on_time_mrr += r->status == REV_RENEWED ? r->before : 0;
    c->late_mrr += r->status == REV_LATE ? r->before : 0;
    c->lost_mrr += r->status == REV_LOST ? r->before : 0;
    c->renewed_mrr += r->after;
    if (r->status == REV_LOST) return;
    c->more += r->after > r->before;
    c->less += r->after < r->before;
    c->more_mrr += r->after > r->before ? (cst_wide)r->after - r->before : 0;
    c->less_mrr += r->after < r->before ? (cst_wide)r->after - r->before : 0;
}

bool rev_renewal_series_add(rev_renewal_series *into, const rev_renewal_series *from)
{
    for (size_t i = 0; i < from->n; i++) {
        rev_renewal_cell *c = rev_renewal_cell_at(into, from->low + (cst_period)i);
        if (!c) return false;
        add_cells(c, &from->cell[i]);
    }
    for (int k = 0; k < REV_RENEWAL_AHEAD; k++) add_cells(&into->ahead[k], &from->ahead[k]);
    return true;
}
