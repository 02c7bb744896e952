/* split.c: a row is cut at the days on which its discounts begin and end, and priced anew for each piece with
 * those that hold in it. */
#include "base/date.h"
#include "base/decimal.h"
#include "ingest/revenue.h"
#include "ingest/worker.h"
#include <stdlib.h>
#include <string.h>

enum { ING_MATCHES_MOST = 8, ING_PIECES_MOST = 2 * ING_MATCHES_MOST + 1 };

/* A discount of the row; days exclusive at the end, INT32_MAX: open. */
typedef struct ing_match {
    int64_t row; /* of the lookup; ING_LOOKUP_NONE: the row's own discount */
    int level;   /* the key that found it */
    cst_day from, to;
} ing_match;

typedef struct ing_split {
    ing_match match[ING_MATCHES_MOST];
    int n;
    cst_day cut[ING_PIECES_MOST + 1]; /* where pieces begin, and the end of the last */
    int pieces;
    cst_day start, end; /* of the row */
} ing_split;

static cst_status too_many(ing_worker *w, int level, cst_error *e)
{
    ing_convert *c = &w->c;
    const ing_plan *p = c->plan;
    const ing_lookup_spec *spec = &p->map->lookup[p->all];
    int ref = p->lookup_key[p->all][level];
    cst_text key = {"", 0};
    if (!c->view.field(c, ref, &key, e)) return e->status;
    char shown[80];
    ing_found(key, shown);
    c->view.reason = ING_REASON_VALUE;
    cst_fail(e, CST_DATA, "expected at most %d rows of %s for a row, found more for %s \"%s\"; see --rejects",
             ING_MATCHES_MOST, spec->name.p, spec->key[level].here.p, shown);
    return cst_error_place(e, cst_place_at(c->batch, c->row, p->origin[ref].slot),
                           ing_refs_name(&p->map->refs, ref).p);
}

/* Keeps the discount that is chosen, if it is given within the row and not just once. */
static cst_status add_match(ing_worker *w, ing_split *s, ing_match m, cst_error *e)
{
    ing_convert *c = &w->c;
    const ing_plan *p = c->plan;
    ing_convert_choose(c, m.row);
    cst_status status = ing_convert_discount(c, &m.from, &m.to, e);
    bool endless = m.to == CST_DAY_NONE;
    if (endless) m.to = INT32_MAX;
    if (status != CST_OK || m.from >= m.to) return status;
    if (m.from >= s->end ? m.from > s->start : m.to <= s->start) return CST_OK;
    c->view.given = c->view.ends = c->view.amount_off = false;
    status = ing_convert_price(c, &m.row, 1, e);
    if (status != CST_OK || !c->view.given) return status;
    if (s->n == ING_MATCHES_MOST) return too_many(w, m.level, e);
    c->endless += endless && c->view.ends;
    if (c->view.amount_off && m.row >= 0) ing_lookup_share(p->lookup[p->all], m.row);
    s->match[s->n++] = m;
    return CST_OK;
}

static cst_status find_matches(ing_worker *w, ing_split *s, cst_error *e)
{
    ing_convert *c = &w->c;
    const ing_plan *p = c->plan;
    if (p->all < 0) return add_match(w, s, (ing_match){.row = ING_LOOKUP_NONE}, e);
    ing_lookup *l = p->lookup[p->all];
    for (int k = 0; l && k < p->map->lookup[p->all].keys; k++) {
        cst_text key;
        if (!c->view.field(c, p->lookup_key[p->all][k], &key, e)) return e->status;
        for (int64_t row = ing_lookup_find(l, k, key); row >= 0; row = ing_lookup_next(l, row)) {
            ing_lookup_use(l, row);
            cst_status status = add_match(w, s, (ing_match){.row = row, .level = k}, e);
            if (status != CST_OK) return status;
        }
    }
    return CST_OK;
}

/* Discounts that count besides the others come first; then by (start, place). */
static bool comes_first(const ing_match *a, const ing_match *b, bool besides)
{
    bool first = besides && a->level == 0, second = besides && b->level == 0;
    if (first != second) return first;
    return a->from != b->from ? a->from < b->from : a->row < b->row;
}

static void sort_matches(ing_split *s, bool besides)
{
    for (int i = 1; i < s->n; i++) {
        ing_match m = s->match[i];
        int k = i;
        for (; k > 0 && comes_first(&m, &s->match[k - 1], besides); k--) s->match[k] = s->match[k - 1];
        s->match[k] = m;
    }
}

/* The days in order, each once. */
static void add_cut(ing_split *s, cst_day d)
{
    int k = 0;
    if (d <= s->start || d >= s->end) return;
    while (k < s->pieces && s->cut[k] < d) k++;
    if (k < s->pieces && s->cut[k] == d) return;
    memmove(s->cut + k + 1, s->cut + k, (size_t)(s->pieces - k) * sizeof *s->cut);
    s->cut[k] = d;
    s->pieces++;
}

static void find_cuts(ing_split *s)
{
    s->cut[0] = s->start;
    s->pieces = 1;
    for (int i = 0; i < s->n; i++) {
        add_cut(s, s->match[i].from);
        add_cut(s, s->match[i].to);
    }
    s->cut[s->pieces] = s->end;
}

/* The discounts of a piece that begins on `day`: of each day, those of the first key that has one. */
static int find_given(const ing_split *s, cst_day day, bool besides, int64_t given[ING_MATCHES_MOST])
{
    int level = ING_LOOKUP_KEYS, n = 0;
    for (int i = 0; i < s->n; i++) {
        const ing_match *m = &s->match[i];
        bool counts = m->from <= day && day < m->to && !(besides && m->level == 0);
        if (counts && m->level < level) level = m->level;
    }
    for (int i = 0; i < s->n; i++) {
        const ing_match *m = &s->match[i];
        if (m->from > day || day >= m->to) continue;
        if (m->level == level || (besides && m->level == 0)) given[n++] = m->row;
    }
    return n;
}

static cst_status price(ing_worker *w, const ing_split *s, int piece, bool *rounded, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    int64_t given[ING_MATCHES_MOST];
    bool besides = p->all >= 0 && p->map->lookup[p->all].besides;
    int n = find_given(s, s->cut[piece], besides, given);
    w->c.rounded = 0;
    cst_status status = ing_convert_price(&w->c, given, n, e);
    *rounded = w->c.rounded > 0;
    return status;
}

/* Pieces at the MRR of the one before them are one with it. */
static cst_status join_pieces(ing_worker *w, ing_split *s, cst_error *e)
{
    cst_money mrr = 0;
    bool rounded;
    int n = 0;
    for (int i = 0; s->pieces > 1 && i < s->pieces; i++) {
        cst_status status = price(w, s, i, &rounded, e);
        if (status != CST_OK) return status;
        cst_money now = w->c.cell[w->run->plan->at_mrr].money;
        if (i == 0 || now != mrr) s->cut[n++] = s->cut[i];
        mrr = now;
    }
    if (s->pieces > 1) {
        s->cut[n] = s->end;
        s->pieces = n;
    }
    return CST_OK;
}

static cst_status put_stretch(ing_worker *w, cst_day from, cst_day to, uint32_t *rows, cst_money *mrr,
                              cst_error *e)
{
    const ing_plan *p = w->run->plan;
    ing_convert_set_day(&w->c, p->at_start, from);
    ing_convert_set_day(&w->c, p->at_end, to == INT32_MAX ? CST_DAY_NONE : to);
    if (!cst_money_add(*mrr, w->c.cell[p->at_mrr].money, mrr)) {
        w->c.view.reason = ING_REASON_TOO_LARGE;
        cst_fail(e, CST_DATA,
                 "expected amounts whose sum fits, found a sum that is too large; see --rejects");
        return cst_error_place(e, cst_place_at(w->c.batch, w->c.row, -1), NULL);
    }
    ++*rows;
    return ing_worker_put_row(w, e);
}

/* What is before the pause and what is behind it. */
static cst_status put_paid(ing_worker *w, cst_day from, cst_day to, uint32_t *rows, cst_money *mrr,
                           cst_error *e)
{
    cst_day pause = w->c.pause_start, back = w->c.pause_end;
    if (pause == CST_DAY_NONE || pause >= to || back <= from || pause == back)
        return put_stretch(w, from, to, rows, mrr, e);
    cst_status status = pause > from ? put_stretch(w, from, pause, rows, mrr, e) : CST_OK;
    return status == CST_OK && back < to ? put_stretch(w, back, to, rows, mrr, e) : status;
}

cst_status ing_pause_put(ing_worker *w, uint32_t *rows, cst_money *mrr, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    cst_day start = w->c.cell[p->at_start].day, end = w->c.cell[p->at_end].day;
    *rows = 0;
    *mrr = 0;
    cst_status status = put_paid(w, start, end == CST_DAY_NONE ? INT32_MAX : end, rows, mrr, e);
    ing_convert_set_day(&w->c, p->at_start, start); /* the record's key */
    if (status != CST_OK || *rows) return status;
    w->c.kind = ING_KIND_PAUSED;
    return CST_END;
}

static cst_status put_piece(ing_worker *w, const ing_split *s, int piece, uint32_t *rows, cst_money *mrr,
                            cst_error *e)
{
    if (ing_convert_is_free(&w->c)) return CST_OK;
    return put_paid(w, s->cut[piece], s->cut[piece + 1], rows, mrr, e);
}

static cst_status put_pieces(ing_worker *w, ing_split *s, uint32_t *rows, cst_money *mrr, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    find_cuts(s);
    sort_matches(s, p->all >= 0 && p->map->lookup[p->all].besides);
    cst_status status = join_pieces(w, s, e);
    bool any = false, rounded;
    w->c.view.amount_off = false;
    for (int i = 0; status == CST_OK && i < s->pieces; i++) {
        status = price(w, s, i, &rounded, e);
        if (status == CST_OK) status = put_piece(w, s, i, rows, mrr, e);
        any |= rounded;
    }
    w->c.rounded = any;
    return status;
}

cst_status ing_split_put(ing_worker *w, uint32_t *rows, cst_money *mrr, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    ing_convert *c = &w->c;
    cst_day start = c->cell[p->at_start].day, end = c->cell[p->at_end].day;
    ing_split s = {.start = start, .end = end == CST_DAY_NONE ? INT32_MAX : end};
    uint64_t rounded = c->rounded, missed[ING_LOOKUPS_MOST]; /* the record counts once */
    memcpy(missed, c->missed, sizeof missed);
    for (int i = 0; i < p->prices; i++) rounded -= c->cell[p->priced[i]].rounded;
    *rows = 0;
    *mrr = 0;
    cst_status status = find_matches(w, &s, e);
    if (status == CST_OK) status = put_pieces(w, &s, rows, mrr, e);
    for (int i = 0; i < ING_LOOKUPS_MOST; i++)
        if (c->missed[i] > missed[i]) c->missed[i] = missed[i] + 1;
    bool again = c->rounded > 0;
    c->rounded = rounded + again;
    if (status != CST_OK) return status;
    ing_convert_set_day(c, p->at_start, start); /* the record's key */
    if (*rows) return CST_OK;
    c->kind = c->pause_start != CST_DAY_NONE ? ING_KIND_PAUSED : ING_KIND_FREE;
    return CST_END;
}
