/* revenue/renewal_counts.c: cells lie in a row from the first period to the last, which is widened to either
 * side as accounts bring new ones. All of it is integers, so that books can be added in any order. */
#include "base/memory.h"
#include "revenue/renewals.h"
#include <stdlib.h>
#include <string.h>

const rev_stretch rev_stretches[] = {
    {"due_30", 1, 30}, {"due_60", 1, 60}, {"due_90", 1, 90}, {"due_31_60", 31, 60}, {"due_61_90", 61, 90}};

void rev_renewal_counts_free(rev_renewal_counts *c)
{
    for (size_t i = 0; i < c->n; i++) free(c->series[i].cell);
    free(c->series);
    *c = (rev_renewal_counts){0};
}

rev_renewal_series *rev_renewal_series_at(rev_renewal_counts *c, size_t i)
{
    if (!cst_grow_zeroed(&c->series, &c->room, i + 1, sizeof *c->series)) return NULL;
    if (i >= c->n) c->n = i + 1;
    return &c->series[i];
}

rev_renewal_cell *rev_renewal_cell_at(rev_renewal_series *s, cst_period p)
{
    if (s->n && p >= s->low && p < s->low + (cst_period)s->n) return &s->cell[p - s->low];
    cst_period low = s->n && s->low < p ? s->low : p,
               high = s->n && s->low + (cst_period)s->n - 1 > p ? s->low + (cst_period)s->n - 1 : p;
    size_t n = (size_t)(high - low + 1), before = s->n ? (size_t)(s->low - low) : 0;
    if (!cst_grow(&s->cell, &s->room, n, sizeof *s->cell)) return NULL;
    if (before > 0) {
        memmove(s->cell + before, s->cell, s->n * sizeof *s->cell);
        memset(s->cell, 0, before * sizeof *s->cell);
    }
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
    for (int i = 0; i < REV_RENEWAL_FIGURES; i++) {
        a->lines[i] += b->lines[i];
        a->mrr[i] += b->mrr[i];
    }
    a->renewed += b->renewed;
    for (int i = 0; i < CST_ENDS; i++) a->ended[i] += b->ended[i];
}

bool rev_renewal_series_add(rev_renewal_series *into, const rev_renewal_series *from)
{
    for (size_t i = 0; i < from->n; i++) {
        rev_renewal_cell *c = rev_renewal_cell_at(into, from->low + (cst_period)i);
        if (!c) return false;
        add_cells(c, &from->cell[i]);
    }
    into->met |= from->met;
    for (int k = 0; k < REV_STRETCHES; k++) add_cells(&into->ahead[k], &from->ahead[k]);
    return true;
}

cst_status rev_renewal_check(const rev_renewal_cell *c, bool total, cst_error *e)
{
    static const enum rev_renewal_figure status[] = {REV_ON_TIME, REV_LATE, REV_LOST, REV_FELL_THROUGH,
                                                     REV_PENDING};
    int64_t lines = c->lines[REV_DUE];
    cst_wide mrr = c->mrr[REV_DUE];
    for (size_t i = 0; i < sizeof status / sizeof *status; i++) {
        lines -= c->lines[status[i]];
        mrr -= c->mrr[status[i]];
    }
    if (lines != 0 || mrr != 0)
        return cst_fail(e, CST_INTERNAL, "renewals: what is due is not the sum of its statuses");
    if (total && c->mrr[REV_ON_TIME] + c->mrr[REV_LATE] + c->mrr[REV_MORE] + c->mrr[REV_LESS] != c->renewed)
        return cst_fail(e, CST_INTERNAL, "renewals: on time, late, more and less do not add up to renewed");
    return CST_OK;
}
