/* One record: first what kind of revenue it is (what does not count is set aside unread), then its
 * columns, the currency before the amounts, then the rules of revenue and the checks between columns. */
#include "ingest/convert.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "ingest/revenue.h"
#include <stdio.h>
#include <stdlib.h>

static const char *raw_name(const cst_plan *p, int ref)
{
    return ref >= 0 ? p->map->refs.name[ref].p : NULL;
}

/* The raw column that the failure of a chain is about: an argument's, or the one it began with. */
static int find_blamed(const cst_convert *c, int ref)
{
    return c->view.blamed ? c->view.blamed - 1 : ref;
}

/* Puts the place of a raw column, and its name, on an error. */
static cst_status blame(const cst_convert *c, int ref, cst_error *e)
{
    int slot = ref >= 0 ? c->plan->origin[ref].slot : -1;
    return cst_error_place(e, cst_place_at(c->batch, c->row, slot), raw_name(c->plan, ref));
}

static bool find_match(cst_convert *c, int lookup, cst_error *e)
{
    const cst_plan *p = c->plan;
    cst_text key;
    if (!c->view.field(c, p->lookup_key[lookup], &key, e)) return false;
    c->found[lookup] = p->lookup[lookup] ? cst_lookup_find(p->lookup[lookup], key) : -1;
    if (c->found[lookup] >= 0) return true;
    if (p->map->lookup[lookup].optional) {
        /* a subscription may well have no discount, but a discount's coupon ought to be there */
        c->missed[lookup] += key.n > 0 && p->origin[p->lookup_key[lookup]].lookup >= 0;
        return true;
    }
    char shown[80];
    cst_found(key, shown);
    const cst_lookup_spec *spec = &p->map->lookup[lookup];
    c->view.reason = CST_REASON_NO_MATCH;
    cst_fail(e, CST_DATA, "expected a row with %.*s \"%s\" in %s, found none; add it there, or see --rejects",
             (int)spec->key_there.n, spec->key_there.p, shown, cst_lookup_file(p->lookup[lookup]));
    blame(c, p->lookup_key[lookup], e);
    return false;
}

static bool give_field(void *context, int ref, cst_text *out, cst_error *e)
{
    cst_convert *c = context;
    const cst_origin_of *o = &c->plan->origin[ref];
    if (o->lookup < 0) {
        *out = cst_text_at(c->batch, c->row, o->slot);
        return true;
    }
    if (c->found[o->lookup] == -2 && !find_match(c, o->lookup, e)) return false;
    *out = c->plan->lookup[o->lookup]
               ? cst_lookup_at(c->plan->lookup[o->lookup], c->found[o->lookup], o->column)
               : (cst_text){"", 0};
    return true;
}

cst_status cst_convert_open(cst_convert *c, const cst_plan *p, cst_error *e)
{
    size_t n = (size_t)p->targets;
    *c = (cst_convert){.plan = p,
                       .scratch = cst_arena_new(),
                       .cell = calloc(n, sizeof *c->cell),
                       .room = calloc(n, sizeof *c->room)};
    c->view = (cst_transform_row){.field = give_field, .context = c, .scratch = c->scratch};
    return c->scratch && c->cell && c->room ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
}

void cst_convert_close(cst_convert *c)
{
    cst_arena_free(c->scratch);
    free(c->cell);
    free(c->room);
    cst_buffer_free(&c->was);
}

static cst_status run_rule(cst_convert *c, const cst_rule *r, cst_datum *v, cst_error *e)
{
    *v = (cst_datum){.kind = CST_DATUM_TEXT, .text = {"", 0}, .den = 1};
    if (r->ref >= 0 && !give_field(c, r->ref, &v->text, e)) return e->status;
    v->missing = v->text.n == 0;
    cst_status st = cst_chain_apply(&r->chain, &c->view, v, e);
    if (v->kind == CST_DATUM_TEXT) v->missing = v->text.n == 0;
    return st ? blame(c, find_blamed(c, r->ref), e) : CST_OK;
}

static cst_status value_wrong(cst_convert *c, const cst_target *t, cst_text found, bool too_large,
                              cst_error *e)
{
    char shown[80], column[80] = "";
    cst_found(found, shown);
    const cst_rule *r = t->rule;
    bool constant = r->ref < 0 && !r->cells; /* no raw column is to be blamed, which would name it */
    if (constant || (r->ref >= 0 && !cst_text_equal(c->plan->map->refs.name[r->ref], r->column)))
        snprintf(column, sizeof column, "%.*s: ", (int)(r->column.n < 60 ? r->column.n : 60), r->column.p);
    c->view.reason = too_large                      ? CST_REASON_TOO_LARGE
                     : t->type == CST_TYPE_CURRENCY ? CST_REASON_CURRENCY
                                                    : CST_REASON_VALUE;
    if (too_large && t->type == CST_TYPE_RATE)
        cst_fail(e, CST_DATA,
                 "%sexpected a rate from 0.000000000001 to 9,223,372.036854, found \"%s\"; see --rejects",
                 column, shown);
    else if (too_large)
        cst_fail(e, CST_DATA,
                 "%sexpected an amount that fits (below 9,223,372,036,854.78, at most 18 decimals), found "
                 "\"%s\"; see --rejects",
                 column, shown);
    else if (t->words)
        cst_fail(e, CST_DATA, "%sexpected one of %s, found \"%s\"; see --map", column, t->words, shown);
    else
        cst_fail(e, CST_DATA, "%sexpected %s, found \"%s\"; see --map", column, cst_type_expects(t->type),
                 shown);
    return blame(c, r->ref, e);
}

static cst_status value_missing(cst_convert *c, const cst_target *t, cst_error *e)
{
    c->view.reason = CST_REASON_MISSING;
    cst_fail(e, CST_DATA,
             "expected %.*s, which every row of %s needs, found nothing; see --set, --map and --rejects",
             (int)t->rule->column.n, t->rule->column.p, c->plan->map->stream->name);
    return blame(c, t->rule->ref, e);
}

/* Keeps the name that a snapshot's row had: rows of two accounts that become one are still rows apart. */
static bool rename_text(cst_convert *c, int target, cst_text *name)
{
    const cst_plan *p = c->plan;
    cst_text was = *name;
    *name = cst_identity_rename(p->identity, (enum cst_identity_kind)p->target[target].identity, was);
    if (p->map->shape != CST_SHAPE_SNAPSHOT || cst_text_equal(was, *name)) return true;
    cst_buffer_add(&c->was, &target, sizeof target);
    cst_buffer_add(&c->was, &was.n, sizeof was.n);
    cst_buffer_add(&c->was, was.p, was.n);
    return !c->was.failed;
}

static cst_status fill_cell(cst_convert *c, int i, cst_error *e)
{
    const cst_target *t = &c->plan->target[i];
    cst_cell *cell = &c->cell[i];
    cst_datum v = {.kind = CST_DATUM_TEXT};
    bool too_large = false, good;
    if (t->slot >= 0) {
        v.text = cst_text_at(c->batch, c->row, t->slot);
    } else {
        cst_status st = run_rule(c, t->rule, &v, e);
        if (st) return st;
    }
    *cell = (cst_cell){.text = {"", 0}, .plain = true, .day = CST_DAY_NONE};
    if (v.kind == CST_DATUM_TEXT ? v.text.n == 0 : v.missing)
        return t->required ? value_missing(c, t, e) : CST_OK;
    if (v.kind == CST_DATUM_TEXT) {
        if (t->identity >= 0 && c->plan->identity && !rename_text(c, i, &v.text))
            return cst_fail(e, CST_MEMORY, "out of memory");
        good = cst_cell_raw(t->type, t->words, v.text, c->room[i], cell, &too_large);
    } else {
        good = cst_cell_value(t->type, &v, c->room[i], cell, &too_large);
    }
    if (!good) return value_wrong(c, t, v.text, too_large, e);
    c->rounded += cell->rounded;
    return CST_OK;
}

static cst_status find_kind(cst_convert *c, cst_error *e)
{
    const cst_ingest_map *m = c->plan->map;
    c->kind = CST_KIND_RECURRING;
    for (int i = 0; i < m->kinds && c->kind == CST_KIND_RECURRING; i++) {
        cst_datum v;
        cst_status st = run_rule(c, &m->kind[i], &v, e);
        if (st) return st;
        c->kind = v.missing ? CST_KIND_RECURRING : cst_kind_of(v.text);
        if (v.kind == CST_DATUM_TEXT && c->kind < CST_KINDS) continue;
        char shown[80];
        cst_found(v.text, shown);
        c->view.reason = CST_REASON_VALUE;
        cst_fail(e, CST_DATA,
                 "map.kind: expected recurring, trial, usage, one_time, tax or another kind of cs-tables(5), "
                 "found \"%s\"; see --map",
                 shown);
        return blame(c, m->kind[i].ref, e);
    }
    return c->plan->counts[c->kind] ? CST_OK : CST_END;
}

/* The amount of an invoice line, read before all else, so that it is counted whatever becomes of the line. */
static cst_status read_amount(cst_convert *c, cst_error *e)
{
    const cst_rule *r = &c->plan->map->amount;
    cst_datum v;
    cst_status st = run_rule(c, r, &v, e);
    if (st) return st;
    cst_target t = {.rule = r, .type = CST_TYPE_MONEY};
    if (v.missing) return CST_OK;
    cst_cell cell = {0};
    char room[CST_CELL_ROOM];
    bool too_large = false;
    bool good = v.kind == CST_DATUM_TEXT ? cst_cell_raw(CST_TYPE_MONEY, NULL, v.text, room, &cell, &too_large)
                                         : v.kind == CST_DATUM_AMOUNT &&
                                               cst_cell_value(CST_TYPE_MONEY, &v, room, &cell, &too_large);
    if (!good) return value_wrong(c, &t, v.text, too_large, e);
    c->amount = cell.money;
    c->has_amount = true;
    return CST_OK;
}

static cst_status read_month(cst_convert *c, cst_error *e)
{
    const cst_rule *r = &c->plan->map->month;
    cst_datum v;
    cst_status st = run_rule(c, r, &v, e);
    if (st) return st;
    bool good = !v.missing;
    if (good && v.kind == CST_DATUM_TEXT) good = cst_month_parse(v.text, &v.day);
    if (!good || v.kind == CST_DATUM_AMOUNT) {
        char shown[80];
        cst_found(v.text, shown);
        c->view.reason = v.missing ? CST_REASON_MISSING : CST_REASON_VALUE;
        cst_fail(e, CST_DATA,
                 "map.month: expected a month as 2025-01, 01/2025, Jan-25 or January 2025, found \"%s\"; see "
                 "--map",
                 shown);
        return blame(c, r->ref, e);
    }
    int year, month, day;
    cst_day_civil(v.day, &year, &month, &day);
    c->month = cst_day_of(year, month, 1);
    return CST_OK;
}

static cst_status fill_cells(cst_convert *c, cst_error *e)
{
    const cst_plan *p = c->plan;
    cst_status st = CST_OK;
    cst_buffer_clear(&c->was);
    c->view.currency = (cst_text){"", 0};
    if (p->at_currency >= 0) {
        st = fill_cell(c, p->at_currency, e);
        c->view.currency = c->cell[p->at_currency].text;
    }
    for (int i = 0; !st && i < p->targets; i++) {
        if (i == p->at_currency) continue;
        if (cst_rule_filled(p->target[i].rule) && !p->target[i].rule->cells)
            st = fill_cell(c, i, e);
        else /* the shape fills it later; what the record before left is no value of this one */
            c->cell[i] = (cst_cell){.text = {"", 0}, .plain = true, .day = CST_DAY_NONE};
    }
    return st;
}

cst_status cst_convert_some(cst_convert *c, const int *target, int n, cst_error *e)
{
    const cst_plan *p = c->plan;
    uint64_t rounded = c->rounded; /* no amount of the row is written */
    cst_status st = CST_OK;
    c->view.reason = CST_REASON_VALUE;
    for (int i = 0; !st && i < n; i++) {
        if (target[i] == p->at_mrr && p->at_currency >= 0) { /* minor units need the currency */
            st = fill_cell(c, p->at_currency, e);
            c->view.currency = c->cell[p->at_currency].text;
        }
        if (!st) st = fill_cell(c, target[i], e);
    }
    c->rounded = rounded;
    return st;
}

cst_status cst_convert_row(cst_convert *c, cst_batch *b, uint32_t row, cst_error *e)
{
    const cst_plan *p = c->plan;
    cst_status st = CST_OK;
    c->batch = b;
    c->row = row;
    c->line = 0;
    c->has_amount = false;
    c->amount = 0;
    c->view.reason = CST_REASON_VALUE;
    for (int i = 0; i < p->map->lookups; i++) c->found[i] = -2;
    if (p->where) {
        bool keep = true;
        st = cst_filter_row(p->where, b, row, &keep, e);
        if (st) return st;
        if (!keep) {
            c->kind = CST_KIND_FILTERED;
            return CST_END;
        }
    }
    if (p->map->shape == CST_SHAPE_INVOICE_LINES) {
        /* minor units need the currency */
        c->view.currency = (cst_text){"", 0};
        if (p->at_currency >= 0 && !(st = fill_cell(c, p->at_currency, e)))
            c->view.currency = c->cell[p->at_currency].text;
        if (!st) st = read_amount(c, e);
        if (st) return st;
    }
    if (p->map->kinds && (st = find_kind(c, e))) return st;
    if (!p->map->kinds) c->kind = CST_KIND_RECURRING;
    if (p->map->shape == CST_SHAPE_SNAPSHOT && (st = read_month(c, e))) return st;
    st = fill_cells(c, e);
    return st ? st : cst_convert_rules(c, e);
}

cst_status cst_convert_month(cst_convert *c, int month, cst_money *out, cst_error *e)
{
    const cst_plan *p = c->plan;
    const cst_target *t = &p->target[p->at_mrr];
    cst_datum v = {.kind = CST_DATUM_TEXT, .den = 1};
    cst_cell cell = {0};
    char room[CST_CELL_ROOM];
    bool too_large = false;
    v.text = cst_text_at(c->batch, c->row, p->month[month].slot);
    v.missing = v.text.n == 0;
    cst_text raw = v.text;
    c->view.reason = CST_REASON_VALUE;
    cst_status st = cst_chain_apply(&t->rule->chain, &c->view, &v, e);
    *out = 0;
    if (!st && !(v.kind == CST_DATUM_TEXT ? v.text.n == 0 : v.missing)) {
        bool good = v.kind == CST_DATUM_TEXT
                        ? cst_cell_raw(CST_TYPE_MONEY, NULL, v.text, room, &cell, &too_large)
                        : cst_cell_value(CST_TYPE_MONEY, &v, room, &cell, &too_large);
        if (!good)
            st = value_wrong(c, t, raw, too_large, e);
        else if (cell.money < 0 && !p->map->negative)
            st = cst_convert_negative(c, e);
    }
    if (!st) {
        c->rounded += cell.rounded;
        *out = cell.money;
        return CST_OK;
    }
    if (c->view.blamed) return blame(c, find_blamed(c, -1), e);
    e->file[0] = 0;
    e->line = e->column = 0; /* the place is the cell's, not the record's */
    e->field[0] = 0;
    return cst_error_place(e, cst_place_at(c->batch, c->row, p->month[month].slot), p->month[month].heading);
}

uint64_t cst_convert_line(cst_convert *c)
{
    if (!c->line) c->line = cst_line_at(c->batch, c->row);
    return c->line;
}

cst_key cst_convert_key(const cst_convert *c)
{
    const cst_plan *p = c->plan;
    if (p->keys == 0 || (p->key_if >= 0 && c->cell[p->key_if].text.n == 0)) return (cst_key){0, 0};
    cst_key k = cst_key_begin();
    for (int i = 0; i < p->keys; i++) cst_key_add(&k, c->cell[p->key[i]].text);
    return cst_key_end(k);
}

void cst_convert_key_text(const cst_convert *c, cst_buffer *b)
{
    const cst_plan *p = c->plan;
    for (int i = 0; i < p->keys; i++) {
        cst_text name = p->target[p->key[i]].rule->column, t = c->cell[p->key[i]].text;
        if (!t.n) continue;
        cst_buffer_printf(b, "%s%.*s \"", b->n ? ", " : "", (int)name.n, name.p);
        cst_buffer_add_visible(b, t.p, t.n, 60);
        cst_buffer_add_char(b, '"');
    }
}

void cst_convert_set_day(cst_convert *c, int target, cst_day d)
{
    cst_cell *cell = &c->cell[target];
    *cell = (cst_cell){.text = {"", 0}, .plain = true, .day = d};
    if (d != CST_DAY_NONE)
        cell->text = (cst_text){c->room[target], (uint32_t)cst_day_format(d, c->room[target])};
}

void cst_convert_set_money(cst_convert *c, int target, cst_money m)
{
    cst_cell *cell = &c->cell[target];
    *cell = (cst_cell){.plain = true, .money = m};
    cell->text = (cst_text){c->room[target], (uint32_t)cst_money_format(m, 2, c->room[target])};
}
