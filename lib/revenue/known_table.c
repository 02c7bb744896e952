/* revenue/known_table.c: the sums of --known-to-come, and how they are printed: a row per month and group. */
#include "base/memory.h"
#include "revenue/bridge.h"
#include "revenue/known.h"
#include <stdlib.h>

/* ---- sums -------------------------------------------------------------------------------------------- */

void rev_known_free(known_sums *s)
{
    free(s->cell);
    free(s->opening);
    free(s->met);
    *s = (known_sums){0};
}

bool rev_known_reach(known_sums *s, uint32_t series)
{
    if (!cst_grow_zeroed(&s->opening, &s->opening_room, (size_t)series + 1, sizeof *s->opening) ||
        !cst_grow_zeroed(&s->met, &s->met_room, (size_t)series + 1, sizeof *s->met))
        return false;
    if (series >= s->series) s->series = (size_t)series + 1;
    s->met[series] = true;
    return true;
}

static int compare_cells(const void *a, const void *b)
{
    const known_cell *x = a, *y = b;
    if (x->month != y->month) return x->month < y->month ? -1 : 1;
    return (x->series > y->series) - (x->series < y->series);
}

void rev_known_compact(known_sums *s)
{
    size_t n = 0;
    if (s->cells > 1) qsort(s->cell, s->cells, sizeof *s->cell, compare_cells);
    for (size_t i = 0; i < s->cells; i++) {
        if (n == 0 || compare_cells(&s->cell[n - 1], &s->cell[i]) != 0) {
            s->cell[n++] = s->cell[i];
            continue;
        }
        s->cell[n - 1].gain += s->cell[i].gain;
        s->cell[n - 1].ending += s->cell[i].ending;
        s->cell[n - 1].ending_at_term += s->cell[i].ending_at_term;
    }
    s->cells = s->compact = n;
}

/* Memory follows the cells there are, not the accounts: they are brought together whenever they have
 * doubled. */
bool rev_known_add(known_sums *s, const known_cell *c)
{
    enum { FEW = 4096 };
    if (s->cells >= FEW && s->cells >= 2 * s->compact) rev_known_compact(s);
    if (!rev_known_reach(s, c->series) || !cst_grow(&s->cell, &s->room, s->cells + 1, sizeof *s->cell))
        return false;
    s->cell[s->cells++] = *c;
    return true;
}

/* ---- the table --------------------------------------------------------------------------------------- */

/* A row through time. */
typedef struct known_row {
    cst_wide opening, carr;
    const cst_text *group; /* NULL: the total */
    cst_text name;
    known_cell now;
} known_row;

typedef struct known_table {
    const rev_session *s;
    cst_writer *w;
    const known_sums *sums;
    known_row *row;  /* by series */
    uint32_t *order; /* groups in order of their names */
    cst_period first;
} known_table;

/* 12 x (what is paid on as_of + signed - (ending - ending at the end of a term)), over all months. */
static void find_carr(known_table *t)
{
    const known_sums *sums = t->sums;
    for (size_t i = 0; i < sums->series; i++) t->row[i].carr = t->row[i].opening = sums->opening[i];
    for (size_t i = 0; i < sums->cells; i++) {
        const known_cell *c = &sums->cell[i];
        t->row[c->series].carr += c->gain - (c->ending - c->ending_at_term);
    }
    for (size_t i = 0; i < sums->series; i++) t->row[i].carr *= 12;
}

static cst_status write_row(known_table *t, known_row *r, cst_period p, cst_error *e)
{
    const rev_session *s = t->s;
    const cst_periodic *o = &s->o->periodic;
    const known_cell *c = &r->now;
    cst_day from = cst_period_first(&s->calendar, p), to = cst_period_last(&s->calendar, p);
    cst_wide opening = r->opening;
    r->opening += c->gain - c->ending;
    if ((o->from != CST_DAY_NONE && to < o->from) || (o->to != CST_DAY_NONE && from > o->to)) return CST_OK;
    cst_put_day(t->w, from > o->as_of ? from : o->as_of + 1);
    cst_put_day(t->w, to);
    rev_bridge_put_by(s, t->w, r->group);
    cst_put_string(t->w, r->group ? "segment" : "total");
    cst_put_text(t->w, rev_bridge_currency(s, r->group));
    cst_put_wide(t->w, opening);
    cst_put_wide(t->w, c->gain);
    cst_put_wide(t->w, c->ending);
    cst_put_wide(t->w, c->ending_at_term);
    cst_put_wide(t->w, r->opening);
    cst_put_wide(t->w, r->carr);
    return cst_end_row(t->w, e);
}

static cst_status write_months(known_table *t, cst_period last, cst_error *e)
{
    const known_sums *sums = t->sums;
    cst_status status = CST_OK;
    size_t k = 0;
    cst_day to = t->s->o->periodic.to;
    if (to != CST_DAY_NONE && cst_period_of(&t->s->calendar, to) < last)
        last = cst_period_of(&t->s->calendar, to);
    for (cst_period p = t->first; p <= last && status == CST_OK; p++) {
        for (size_t i = 0; i < sums->series; i++) t->row[i].now = (known_cell){0};
        for (; k < sums->cells && sums->cell[k].month == p; k++)
            t->row[sums->cell[k].series].now = sums->cell[k];
        for (size_t i = 0; i + 1 < sums->series && status == CST_OK; i++)
            status = write_row(t, &t->row[t->order[i] + 1], p, e);
        if (status == CST_OK && t->s->total) status = write_row(t, &t->row[0], p, e);
    }
    return status;
}

static cst_status open_table(known_table *t, rev_session *s, cst_error *e)
{
    static const char *const taken[] = {"period_start", "period_end", "row",    "currency",
                                        "opening",      "signed",     "ending", "ending_at_term",
                                        "closing",      "carr",       NULL};
    cst_column *c = calloc(10 + s->bys, sizeof *c);
    if (!c) return cst_no_memory(e);
    size_t n = 0;
    for (size_t k = 0; k < 2; k++) c[n++] = (cst_column){taken[k], CST_COL_TEXT};
    n += rev_bridge_by_columns(s, taken, c + n);
    for (size_t k = 2; taken[k]; k++) c[n++] = (cst_column){taken[k], k < 4 ? CST_COL_TEXT : CST_COL_NUMBER};
    cst_status status = cst_io_writer(s->io, c, n, &t->w, e);
    free(c);
    return status;
}

cst_status rev_known_write(rev_session *s, const known_sums *sums, const cst_intern *names, cst_period last,
                           cst_error *e)
{
    known_table t = {.s = s,
                     .sums = sums,
                     .row = calloc(sums->series, sizeof *t.row),
                     .order = cst_intern_sorted(names),
                     .first = cst_period_of(&s->calendar, s->o->periodic.as_of + 1)};
    cst_status status = t.row && t.order ? CST_OK : cst_no_memory(e);
    for (uint32_t i = 1; status == CST_OK && i < sums->series; i++) {
        t.row[i].name = cst_intern_text(names, i - 1);
        t.row[i].group = &t.row[i].name;
    }
    if (status == CST_OK) find_carr(&t);
    if (status == CST_OK) status = open_table(&t, s, e);
    if (status == CST_OK) status = write_months(&t, last, e);
    if (status == CST_OK) status = cst_writer_finish(t.w, e);
    cst_writer_free(t.w);
    free(t.row);
    free(t.order);
    return status;
}
