/* lines.c: see lines.h. */
#include "ingest/lines.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/memory.h"
#include "ingest/netting.h"
#include "ingest/revenue.h"
#include <stdlib.h>

/* A line that takes part; a credit's dates are those of the line it names, where it has none. */
typedef struct ing_group_line {
    uint32_t place; /* of the line held */
    uint32_t payer; /* account and currency */
    uint32_t group;
    uint32_t named; /* place of the line that a credit names; UINT32_MAX: none of that name */
    cst_instant from, to;
    cst_day start, end;
    int months; /* that it is for, if these are whole; else 0 */
    cst_money amount;
    ing_carry *carry; /* NULL: no credit has met it */
    cst_wide rest;    /* of a credit */
    bool rejected;
} ing_group_line;

typedef struct ing_line_row {
    uint32_t place;
    cst_day start, end;
    cst_money mrr;
} ing_line_row;

typedef struct settling {
    const ing_plan *p;
    ing_hold *h;
    ing_totals *t;
    cst_arena *arena;
    cst_intern *groups, *names;
    uint32_t *of_name; /* by name: the place of its line */
    size_t name_room;
    ing_group_line *line; /* by payer, from, to and place */
    size_t lines;
    uint32_t *index;                     /* by place: of the line; not set of one that takes no part */
    ing_group_line **by_end, **by_start; /* those of whole months, by group and that day, then as the lines */
    size_t terms;
    ing_carry **met;
    size_t met_room;
    ing_line_row *row;
    size_t rows, row_room;
} settling;

/* ---- groups and names ---- */

/* The packed cells of the group's targets; those of the first two, account and currency, are *payer bytes. */
static bool pack_group(const settling *s, const ing_piece *piece, cst_buffer *out, size_t *payer)
{
    cst_text cells = ing_hold_text(s->h, piece->cells);
    cst_buffer_clear(out);
    for (int k = 0; k < ING_GROUP; k++) {
        cst_buffer_add_packed(out, ing_piece_cell(s->p, cells, s->p->group[k]));
        if (k == 1) *payer = out->n;
    }
    return !out->failed;
}

/* A line's name among those of its payer: in front of the packed map.line stands the payer's number. *id is
 * CST_INTERN_NONE where it is not to be added and not there; false: out of memory. */
static bool find_name(settling *s, uint32_t payer, ing_bytes key, bool add, cst_buffer *b, uint32_t *id)
{
    cst_text text = ing_hold_text(s->h, key);
    cst_buffer_clear(b);
    cst_buffer_add(b, &payer, sizeof payer);
    cst_buffer_add(b, text.p, text.n);
    if (b->failed) return false;
    cst_text name = {b->p, (uint32_t)b->n};
    *id = add ? cst_intern_id(s->names, name) : cst_intern_find(s->names, name);
    return !add || *id != CST_INTERN_NONE;
}

static cst_status name_line(settling *s, const ing_group_line *l, const ing_piece *piece, cst_buffer *b,
                            cst_error *e)
{
    uint32_t id;
    if (!piece->key.n || piece->amount < 0) return CST_OK;
    if (!find_name(s, l->payer, piece->key, true, b, &id) ||
        !cst_grow(&s->of_name, &s->name_room, (size_t)id + 1, sizeof *s->of_name))
        return cst_no_memory(e);
    s->of_name[id] = l->place;
    return CST_OK;
}

static cst_status add_line(settling *s, uint32_t place, cst_buffer *b, cst_error *e)
{
    const ing_piece *p = &s->h->line[place].piece;
    size_t payer = 0;
    ing_group_line *l = &s->line[s->lines++];
    *l = (ing_group_line){.place = place,
                          .named = UINT32_MAX,
                          .from = p->from,
                          .to = p->to,
                          .start = p->start,
                          .end = p->end,
                          .amount = p->amount};
    if (!pack_group(s, p, b, &payer)) return cst_no_memory(e);
    l->group = cst_intern_id(s->groups, (cst_text){b->p, (uint32_t)b->n});
    l->payer = cst_intern_id(s->groups, (cst_text){b->p, (uint32_t)payer});
    if (l->group == CST_INTERN_NONE || l->payer == CST_INTERN_NONE) return cst_no_memory(e);
    if (l->amount < 0) return CST_OK;
    l->months = ing_whole_months(l->start, l->end);
    return name_line(s, l, p, b, e);
}

static cst_status add_lines(settling *s, cst_error *e)
{
    cst_buffer b = {0};
    cst_status status = CST_OK;
    for (uint32_t i = 0; status == CST_OK && i < s->h->n; i++) {
        const ing_held_line *held = &s->h->line[i];
        if (!held->lost && held->piece.aside == ING_KIND_RECURRING) status = add_line(s, i, &b, e);
    }
    cst_buffer_free(&b);
    return status;
}

/* A credit that names a line takes back that one, and has its period where it has none. */
static cst_status find_named(settling *s, cst_error *e)
{
    cst_buffer b = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < s->lines; i++) {
        ing_group_line *l = &s->line[i];
        const ing_piece *p = &s->h->line[l->place].piece;
        if (l->amount >= 0 || !p->credit_of.n) continue;
        uint32_t id;
        ok = find_name(s, l->payer, p->credit_of, false, &b, &id);
        if (!ok || id == CST_INTERN_NONE) continue;
        l->named = s->of_name[id];
        const ing_piece *named = &s->h->line[l->named].piece;
        if (l->start != CST_DAY_NONE) continue;
        l->start = named->start, l->end = named->end;
        l->from = named->from, l->to = named->to;
    }
    cst_buffer_free(&b);
    return ok ? CST_OK : cst_no_memory(e);
}

static int compare_lines(const void *x, const void *y)
{
    const ing_group_line *a = x, *b = y;
    if (a->payer != b->payer) return a->payer < b->payer ? -1 : 1;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    if (a->to != b->to) return a->to < b->to ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static int compare_ends(const void *x, const void *y)
{
    const ing_group_line *a = *(ing_group_line *const *)x, *b = *(ing_group_line *const *)y;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return compare_lines(a, b);
}

static int compare_starts(const void *x, const void *y)
{
    const ing_group_line *a = *(ing_group_line *const *)x, *b = *(ing_group_line *const *)y;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    return compare_lines(a, b);
}

static void sort_lines(settling *s)
{
    if (s->lines) qsort(s->line, s->lines, sizeof *s->line, compare_lines);
    for (size_t i = 0; i < s->lines; i++) {
        ing_group_line *l = &s->line[i];
        s->index[l->place] = (uint32_t)i;
        if (l->months && l->amount > 0) s->by_end[s->terms++] = l;
    }
    if (!s->terms) return;
    memcpy(s->by_start, s->by_end, s->terms * sizeof(void *));
    qsort(s->by_end, s->terms, sizeof(void *), compare_ends);
    qsort(s->by_start, s->terms, sizeof(void *), compare_starts);
}

/* ---- credits ---- */

static bool meet(settling *s, ing_group_line *l, size_t *n)
{
    if (l->amount <= 0) return true;
    if (!l->carry) {
        if (!(l->carry = cst_arena_alloc(s->arena, sizeof *l->carry))) return false;
        cst_wide all = (cst_wide)l->amount * ING_CARRY_UNIT;
        *l->carry = (ing_carry){l->from, l->to, all, all, NULL};
    }
    if (!cst_grow(&s->met, &s->met_room, *n + 1, sizeof *s->met)) return false;
    s->met[(*n)++] = l->carry;
    return true;
}

/* The lines that a credit may take back. Those of its payer are `first` to `last`, `longest` the longest of
 * them. */
static bool meet_lines(settling *s, const ing_group_line *c, size_t first, size_t last, cst_instant longest,
                       size_t *n)
{
    const ing_piece *p = &s->h->line[c->place].piece;
    if (p->credit_of.n) return c->named == UINT32_MAX || meet(s, &s->line[s->index[c->named]], n);
    size_t low = first, high = last;
    while (low < high) { /* the first line that may reach into the credit's time */
        size_t middle = low + (high - low) / 2;
        if (s->line[middle].from + longest <= c->from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < last && s->line[low].from < c->to; low++)
        if (s->line[low].group == c->group && s->line[low].to > c->from && !meet(s, &s->line[low], n))
            return false;
    return true;
}

/* In the order of the input, once all credits are netted. */
static cst_status reject_credit(settling *s, const ing_group_line *l, cst_error *e)
{
    const ing_held_line *held = &s->h->line[l->place];
    const ing_piece *p = &held->piece;
    char amount[CST_DECIMAL_ROOM], left[CST_DECIMAL_ROOM];
    amount[cst_money_format(l->amount, 2, amount)] = 0;
    cst_wide carried = -(cst_wide)l->amount * ING_CARRY_UNIT - l->rest;
    left[cst_wide_format(cst_wide_divide(carried, ING_CARRY_UNIT), 2, left)] = 0;
    cst_error why = {0};
    int ref = s->p->map->amount.ref;
    cst_fail_at(&why, CST_DATA, (cst_place){cst_reader_file(s->p->reader, held->file), p->line, p->column},
                ref >= 0 ? ing_refs_name(&s->p->map->refs, ref).p : NULL,
                "expected a credit of at most what the lines that it meets still carry, %s, found %s; "
                "map.negative allow keeps the rest as a row below zero, or see --rejects",
                left, amount);
    s->t->used--;
    s->t->rejected[ING_REASON_NEGATIVE]++;
    s->t->amount_used -= l->amount;
    s->t->amount_rejected += l->amount;
    return cst_reader_reject(s->p->reader, held->file, &why, ing_hold_text(s->h, p->record), e);
}

static cst_status net_credit(settling *s, ing_group_line *l, size_t first, size_t last, cst_instant longest,
                             cst_error *e)
{
    size_t n = 0;
    ing_taking taken;
    cst_wide minor = ing_minor_unit(s->h->line[l->place].piece.digits);
    ing_credit c = {l->from, l->to, -(cst_wide)l->amount * ING_CARRY_UNIT, ING_CARRY_UNIT * minor};
    bool allow = s->p->map->negative == ING_NEGATIVE_ALLOW && l->start != CST_DAY_NONE;
    if (!meet_lines(s, l, first, last, longest, &n) ||
        !ing_credit_take(&c, s->met, n, allow, s->arena, &taken))
        return cst_no_memory(e);
    l->rest = taken.rest;
    l->rejected = taken.rest && !allow;
    if (l->rejected) return CST_OK;
    s->t->netted_rows += taken.met;
    s->t->netted += taken.netted;
    s->t->rests -= taken.rest;
    return CST_OK;
}

static cst_status net_credits(settling *s, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t first = 0, last; status == CST_OK && first < s->lines; first = last) {
        cst_instant longest = 0;
        for (last = first; last < s->lines && s->line[last].payer == s->line[first].payer; last++)
            if (s->line[last].to - s->line[last].from > longest)
                longest = s->line[last].to - s->line[last].from;
        for (size_t i = first; status == CST_OK && i < last; i++)
            if (s->line[i].amount < 0) status = net_credit(s, &s->line[i], first, last, longest, e);
    }
    return status;
}

/* ---- what a line pays a month ---- */

/* An amount of a month, num / den millionths before rounding, and rounded. */
typedef struct ing_monthly {
    cst_wide num;
    int64_t den;
    cst_money mrr;
} ing_monthly;

/* The first of the terms, by end or by start, of the group and that day that begins at `start` or later. */
static size_t find_terms(const settling *s, bool by_end, uint32_t group, cst_day day, cst_day start)
{
    size_t low = 0, high = s->terms;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const ing_group_line *m = by_end ? s->by_end[middle] : s->by_start[middle];
        cst_day d = by_end ? m->end : m->start;
        bool before = m->group != group ? m->group < group : d != day ? d < day : m->start < start;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of the lines of whole months that end when this part does and began earlier, the one begun last. */
static const ing_group_line *find_term(const settling *s, const ing_group_line *l)
{
    size_t at = find_terms(s, true, l->group, l->end, l->start);
    const ing_group_line *m = at > 0 ? s->by_end[at - 1] : NULL;
    if (!m || m->group != l->group || m->end != l->end) return NULL;
    return s->by_end[find_terms(s, true, l->group, l->end, m->start)]; /* of those begun together the first */
}

/* The amount of a line of whole months that the part joins, where they differ by no more than rounding the
 * amount (by half a minor unit, a / b times that a month) and rounding the month does. */
static bool find_joined(const settling *s, const ing_group_line *l, bool before, int64_t a, int64_t b,
                        cst_money *mrr)
{
    const ing_piece *own = &s->h->line[l->place].piece;
    cst_day day = before ? l->start : l->end;
    cst_wide minor = ing_minor_unit(own->digits);
    for (size_t at = find_terms(s, before, l->group, day, CST_DAY_MIN); at < s->terms; at++) {
        const ing_group_line *m = before ? s->by_end[at] : s->by_start[at];
        if (m->group != l->group || (before ? m->end : m->start) != day) break;
        cst_money whole = s->h->line[m->place].piece.mrr;
        cst_wide apart = (cst_wide)whole - own->mrr;
        if (2 * (apart < 0 ? -apart : apart) * b > minor * ((cst_wide)a + b)) continue;
        *mrr = whole;
        return true;
    }
    return false;
}

static bool find_monthly(const settling *s, const ing_group_line *l, ing_monthly *out)
{
    const ing_piece *p = &s->h->line[l->place].piece;
    int64_t a, b;
    bool rounded = false;
    *out = (ing_monthly){p->num, p->den, p->mrr};
    if (!ing_invoice_share(l->start, l->end, &a, &b)) return false;
    const ing_group_line *term = l->months || l->amount <= 0 ? NULL : find_term(s, l);
    if (term) a = term->end - term->start, b = (int64_t)(l->end - l->start) * term->months;
    if (!ing_amount_scale(&out->num, &out->den, a, b)) return false;
    if (term) return ing_amount_round(out->num, out->den, p->digits, &out->mrr, &rounded);
    if (!l->months && l->amount > 0 && !find_joined(s, l, false, a, b, &out->mrr))
        (void)find_joined(s, l, true, a, b, &out->mrr);
    return true;
}

/* What a month pays of which now / was is left, rounded to `minor` millionths. The parts of a line are exact
 * to their last unit only: what comes within a millionth of a tie is one, as it would be with exact parts. */
static bool scale_month(const ing_monthly *m, const ing_carry *k, cst_money minor, cst_money *out)
{
    enum { FINER = 1000000 };
    cst_wide now = k->now, was = k->was, den, q;
    while (__builtin_mul_overflow(was, (cst_wide)m->den * minor, &den)) was >>= 1, now >>= 1;
    return cst_wide_mul_div(m->num, now * FINER, den, &q) &&
           cst_money_of_wide(cst_wide_divide(q, FINER) * minor, out);
}

/* ---- rows ---- */

static bool add_row(settling *s, ing_line_row row)
{
    ing_line_row *last = s->rows ? &s->row[s->rows - 1] : NULL;
    if (row.start >= row.end) return true;
    if (last && last->place == row.place && last->end == row.start && last->mrr == row.mrr) {
        last->end = row.end;
        return true;
    }
    if (!cst_grow(&s->row, &s->row_room, s->rows + 1, sizeof *s->row)) return false;
    s->row[s->rows++] = row;
    return true;
}

static cst_status too_large(const settling *s, const ing_group_line *l, cst_error *e)
{
    const ing_held_line *held = &s->h->line[l->place];
    cst_place at = {cst_reader_file(s->p->reader, held->file), held->piece.line, 0};
    return cst_fail_at(e, CST_DATA, at, NULL,
                       "expected an amount that fits as an MRR, found one that is too large for its service "
                       "period");
}

static cst_status add_rest(settling *s, const ing_group_line *l, cst_error *e)
{
    cst_money mrr;
    bool rounded = false;
    cst_wide num = -l->rest;
    int64_t den = ING_CARRY_UNIT;
    for (; num % 10 == 0 && den > 1; den /= 10) num /= 10;
    if (!ing_invoice_mrr(num, den, l->start, l->end, s->h->line[l->place].piece.digits, &mrr, &rounded))
        return too_large(s, l, e);
    return add_row(s, (ing_line_row){l->place, l->start, l->end, mrr}) ? CST_OK : cst_no_memory(e);
}

static cst_status add_rows(settling *s, const ing_group_line *l, cst_error *e)
{
    ing_monthly m;
    cst_money mrr, minor = ing_minor_unit(s->h->line[l->place].piece.digits);
    if (l->rejected) return reject_credit(s, l, e);
    if (l->amount < 0) return l->rest ? add_rest(s, l, e) : CST_OK;
    if (!find_monthly(s, l, &m)) return too_large(s, l, e);
    if (!l->carry) {
        s->t->carried += (cst_wide)l->amount * ING_CARRY_UNIT;
        return add_row(s, (ing_line_row){l->place, l->start, l->end, m.mrr}) ? CST_OK : cst_no_memory(e);
    }
    bool all = l->months && !l->carry->next;
    for (const ing_carry *k = l->carry; k; k = k->next) {
        cst_day from = cst_instant_day(k->from), to = cst_instant_day(k->to);
        s->t->carried += k->now;
        mrr = m.mrr;
        if (k->now == 0) continue;
        if (k->now != k->was && !scale_month(&m, k, all ? 1 : minor, &mrr)) return too_large(s, l, e);
        if (!add_row(s, (ing_line_row){l->place, from, to, mrr})) return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status write_rows(settling *s, ing_invoice *v, cst_writer *out, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < s->rows; i++) {
        const ing_line_row *r = &s->row[i];
        ing_piece piece = s->h->line[r->place].piece;
        piece.start = r->start, piece.end = r->end, piece.mrr = r->mrr;
        s->t->converted += r->mrr;
        status = ing_invoice_add(v, &piece, s->h->blob.p, out, s->t, e);
    }
    return status;
}

static cst_status open_settling(settling *s, cst_error *e)
{
    size_t n = s->h->n + 1;
    s->arena = cst_arena_new();
    s->groups = cst_intern_new();
    s->names = cst_intern_new();
    s->line = calloc(n, sizeof *s->line);
    s->index = calloc(n, sizeof *s->index);
    s->by_end = calloc(n, sizeof *s->by_end);
    s->by_start = calloc(n, sizeof *s->by_start);
    bool ok = s->arena && s->groups && s->names && s->line && s->index && s->by_end && s->by_start;
    return ok ? CST_OK : cst_no_memory(e);
}

static void close_settling(settling *s)
{
    cst_arena_free(s->arena);
    cst_intern_free(s->groups);
    cst_intern_free(s->names);
    free(s->of_name);
    free(s->line);
    free(s->index);
    free(s->by_end);
    free(s->by_start);
    free(s->met);
    free(s->row);
}

cst_status ing_lines_end(const ing_plan *p, ing_hold *h, ing_invoice *v, cst_writer *out, ing_totals *t,
                         cst_error *e)
{
    settling s = {.p = p, .h = h, .t = t};
    cst_status status = open_settling(&s, e);
    if (status == CST_OK) status = add_lines(&s, e);
    if (status == CST_OK) status = find_named(&s, e);
    if (status == CST_OK) sort_lines(&s);
    if (status == CST_OK) status = net_credits(&s, e);
    for (uint32_t i = 0; status == CST_OK && i < h->n; i++)
        if (!h->line[i].lost && h->line[i].piece.aside == ING_KIND_RECURRING)
            status = add_rows(&s, &s.line[s.index[i]], e);
    if (status == CST_OK) status = write_rows(&s, v, out, e);
    close_settling(&s);
    return status;
}
