/* One record: first what kind of revenue it is (what does not count is set aside unread), then its
 * columns, the currency before the amounts, then the rules of revenue and the checks between columns. */
#include "ingest/convert.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "ingest/revenue.h"
#include <stdio.h>
#include <stdlib.h>

/* The raw column that the failure of a chain is about: an argument's, or the one it began with. */
static int find_blamed(const ing_convert *c, int ref)
{
    return c->view.blamed ? c->view.blamed - 1 : ref;
}

/* Puts the place of a raw column, and its name, on an error. */
static cst_status blame(const ing_convert *c, int ref, cst_error *e)
{
    int slot = ref >= 0 ? c->plan->origin[ref].slot : -1;
    return cst_error_place(e, cst_place_at(c->batch, c->row, slot),
                           ref >= 0 ? ing_refs_name(&c->plan->map->refs, ref).p : NULL);
}

static cst_status no_match(ing_convert *c, int lookup, cst_text key, cst_error *e)
{
    char shown[80];
    ing_found(key, shown);
    const ing_lookup_spec *spec = &c->plan->map->lookup[lookup];
    c->view.reason = ING_REASON_NO_MATCH;
    cst_fail(e, CST_DATA, "expected a row with %.*s \"%s\" in %s, found none; add it there, or see --rejects",
             (int)spec->key[0].there.n, spec->key[0].there.p, shown,
             ing_lookup_file(c->plan->lookup[lookup]));
    return blame(c, c->plan->lookup_key[lookup][0], e);
}

/* By the first of the lookup's keys that finds a row. */
static bool find_match(ing_convert *c, int lookup, cst_error *e)
{
    const ing_plan *p = c->plan;
    const ing_lookup_spec *spec = &p->map->lookup[lookup];
    cst_text key = {"", 0}, first = key;
    c->found[lookup] = ING_LOOKUP_NONE;
    for (int k = 0; p->lookup[lookup] && k < spec->keys && c->found[lookup] < 0; k++) {
        if (!c->view.field(c, p->lookup_key[lookup][k], &key, e)) return false;
        if (k == 0) first = key;
        c->found[lookup] = ing_lookup_find(p->lookup[lookup], k, key);
    }
    if (c->found[lookup] >= 0) {
        ing_lookup_use(p->lookup[lookup], c->found[lookup]);
        return true;
    }
    if (!spec->optional) return no_match(c, lookup, first, e) == CST_OK;
    /* a subscription may well have no discount, but a discount's coupon ought to be there */
    c->missed[lookup] += spec->keys == 1 && first.n > 0 && p->origin[p->lookup_key[lookup][0]].lookup >= 0;
    return true;
}

static bool give_field(void *context, int ref, cst_text *out, cst_error *e)
{
    ing_convert *c = context;
    const ing_origin_of *o = &c->plan->origin[ref];
    if (o->lookup < 0) {
        *out = cst_text_at(c->batch, c->row, o->slot);
        return true;
    }
    if (c->found[o->lookup] == -2 && !find_match(c, o->lookup, e)) return false;
    *out = c->plan->lookup[o->lookup]
               ? ing_lookup_at(c->plan->lookup[o->lookup], c->found[o->lookup], o->column)
               : (cst_text){"", 0};
    return true;
}

static bool give_tier(void *context, int lookup, int64_t *row, cst_text cell[3], cst_error *e)
{
    ing_convert *c = context;
    ing_lookup *l = c->plan->lookup[lookup];
    const ing_lookup_spec *spec = &c->plan->map->lookup[lookup];
    if (*row < 0) {
        if (c->found[lookup] == -2 && !find_match(c, lookup, e)) return false;
        *row = c->found[lookup];
    } else {
        *row = ing_lookup_next(l, *row);
        if (*row >= 0) ing_lookup_use(l, *row);
    }
    for (int i = 0; i < 3 && *row >= 0; i++)
        cell[i] = spec->tier[i] < 0 ? (cst_text){"", 0} : ing_lookup_at(l, *row, spec->tier[i]);
    return true;
}

void ing_convert_choose(ing_convert *c, int64_t row)
{
    const ing_plan *p = c->plan;
    if (p->all < 0) return;
    for (int l = 0; l < p->map->lookups; l++)
        if (p->repeats[p->lookup_key[l][0]]) c->found[l] = -2;
    c->found[p->all] = row;
}

static void choose_given(void *context, int discount)
{
    ing_convert *c = context;
    if (c->given) ing_convert_choose(c, c->given[discount]);
}

cst_status ing_convert_open(ing_convert *c, const ing_plan *p, cst_error *e)
{
    size_t n = (size_t)p->targets;
    *c = (ing_convert){.plan = p,
                       .scratch = cst_arena_new(),
                       .cell = calloc(n, sizeof *c->cell),
                       .room = calloc(n, sizeof *c->room)};
    c->view = (ing_transform_row){.field = give_field,
                                  .tier = give_tier,
                                  .context = c,
                                  .zone = p->map->zone,
                                  .scratch = c->scratch,
                                  .discounts = ing_map_splits(p->map) ? 0 : 1,
                                  .choose = p->all >= 0 ? choose_given : NULL,
                                  .repeats = p->repeats};
    return c->scratch && c->cell && c->room ? CST_OK : cst_no_memory(e);
}

void ing_convert_close(ing_convert *c)
{
    ing_advisor_free(&c->advisor);
    cst_arena_free(c->scratch);
    free(c->cell);
    free(c->room);
    cst_buffer_free(&c->was);
    cst_buffer_free(&c->line_key);
    cst_buffer_free(&c->credit_of);
}

static cst_status run_rule(ing_convert *c, const ing_rule *r, ing_datum *v, cst_error *e)
{
    *v = (ing_datum){.kind = ING_DATUM_TEXT, .text = {"", 0}, .den = 1};
    if (r->ref >= 0 && !give_field(c, r->ref, &v->text, e)) return e->status;
    v->missing = v->text.n == 0;
    cst_status status = ing_chain_apply(&r->chain, &c->view, v, e);
    if (v->kind == ING_DATUM_TEXT) v->missing = v->text.n == 0;
    return status != CST_OK ? blame(c, find_blamed(c, r->ref), e) : CST_OK;
}

static cst_status value_wrong(ing_convert *c, const ing_target *t, cst_text found, bool too_large,
                              cst_error *e)
{
    char shown[80], column[80] = "", advice[ING_ADVICE_ROOM];
    ing_found(found, shown);
    const ing_rule *r = t->rule;
    bool constant = r->ref < 0 && !r->cells; /* no raw column is to be blamed, which would name it */
    if (constant || (r->ref >= 0 && !cst_text_equal(ing_refs_name(&c->plan->map->refs, r->ref), r->column)))
        snprintf(column, sizeof column, "%.*s: ", (int)(r->column.n < 60 ? r->column.n : 60), r->column.p);
    c->view.reason = too_large                      ? ING_REASON_TOO_LARGE
                     : t->type == CST_TYPE_CURRENCY ? ING_REASON_CURRENCY
                                                    : ING_REASON_VALUE;
    if (!too_large) ing_advice(&c->advisor, t->type, t->words, found, c->scratch, advice);
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
        cst_fail(e, CST_DATA, "%sexpected one of %s, found \"%s\"%s", column, t->words, shown, advice);
    else
        cst_fail(e, CST_DATA, "%sexpected %s, found \"%s\"%s", column, cst_type_expects(t->type), shown,
                 advice);
    return blame(c, r->ref, e);
}

static cst_status value_missing(ing_convert *c, const ing_target *t, cst_error *e)
{
    c->view.reason = ING_REASON_MISSING;
    cst_fail(e, CST_DATA,
             "expected %.*s, which every row of %s needs, found nothing; see --set, --map and --rejects",
             (int)t->rule->column.n, t->rule->column.p, ing_map_makes(c->plan->map));
    return blame(c, t->rule->ref, e);
}

/* Keeps the name that a snapshot's row had: rows of two accounts that become one are still rows apart. */
static bool rename_text(ing_convert *c, int target, cst_text *name)
{
    const ing_plan *p = c->plan;
    cst_text was = *name;
    *name = cst_identity_rename(p->identity, (enum cst_identity_kind)p->target[target].identity, was);
    if (p->map->shape != ING_SHAPE_SNAPSHOT || cst_text_equal(was, *name)) return true;
    cst_buffer_add(&c->was, &target, sizeof target);
    cst_buffer_add_packed(&c->was, was);
    return !c->was.failed;
}

static cst_status fill_cell(ing_convert *c, int i, cst_error *e)
{
    const ing_target *t = &c->plan->target[i];
    ing_cell *cell = &c->cell[i];
    ing_datum v = {.kind = ING_DATUM_TEXT};
    bool too_large = false, good;
    if (t->slot >= 0) {
        v.text = cst_text_at(c->batch, c->row, t->slot);
    } else {
        cst_status status = run_rule(c, t->rule, &v, e);
        if (status != CST_OK) return status;
    }
    *cell = (ing_cell){.text = {"", 0}, .plain = true, .day = CST_DAY_NONE};
    if (v.kind == ING_DATUM_TEXT ? v.text.n == 0 : v.missing)
        return t->required ? value_missing(c, t, e) : CST_OK;
    if (v.kind == ING_DATUM_TEXT) {
        if (t->identity >= 0 && c->plan->identity && !rename_text(c, i, &v.text)) return cst_no_memory(e);
        good = ing_cell_raw(t->type, t->words, v.text, c->room[i], cell, &too_large);
    } else {
        good = ing_cell_value(t->type, &v, c->room[i], cell, &too_large);
    }
    if (!good) return value_wrong(c, t, v.text, too_large, e);
    c->rounded += cell->rounded;
    if (t->type == CST_TYPE_CURRENCY) ing_currency_note(&c->currencies, cell->text.p);
    return CST_OK;
}

static cst_status find_kind(ing_convert *c, cst_error *e)
{
    const ing_map *m = c->plan->map;
    c->kind = ING_KIND_RECURRING;
    for (int i = 0; i < m->kinds && c->kind == ING_KIND_RECURRING; i++) {
        ing_datum v;
        cst_status status = run_rule(c, &m->kind[i], &v, e);
        if (status != CST_OK) return status;
        c->kind = v.missing ? ING_KIND_RECURRING : ing_kind_of(v.text);
        if (v.kind == ING_DATUM_TEXT && c->kind < ING_KINDS) continue;
        char shown[80];
        ing_found(v.text, shown);
        c->view.reason = ING_REASON_VALUE;
        cst_fail(e, CST_DATA,
                 "map.kind: expected recurring, trial, usage, one_time, tax or another kind of cs-tables(5), "
                 "found \"%s\"; see --map",
                 shown);
        return blame(c, m->kind[i].ref, e);
    }
    if (c->plan->counts[c->kind]) return CST_OK;
    if (c->kind != ING_KIND_PAUSED || !ing_map_pauses(m)) return CST_END;
    cst_day since; /* what was paid before the pause counts, where the export says since when it lasts */
    cst_status status = ing_convert_day(c, &m->pause_start, &since, e);
    if (status != CST_OK || since == CST_DAY_NONE) return status != CST_OK ? status : CST_END;
    c->kind = ING_KIND_RECURRING;
    return CST_OK;
}

/* The amount of an invoice line, read before all else, so that it is counted whatever becomes of the line. */
static cst_status read_amount(ing_convert *c, cst_error *e)
{
    const ing_rule *r = &c->plan->map->amount;
    ing_datum v;
    cst_status status = run_rule(c, r, &v, e);
    if (status != CST_OK) return status;
    ing_target t = {.rule = r, .type = CST_TYPE_MONEY};
    if (v.missing) return CST_OK;
    bool rounded = false;
    ing_amount_status read = v.kind == ING_DATUM_TEXT     ? ing_amount_parse(v.text, &v.num, &v.den)
                             : v.kind == ING_DATUM_AMOUNT ? ING_AMOUNT_OK
                                                          : ING_AMOUNT_BAD;
    if (read == ING_AMOUNT_OK && !ing_amount_money(v.num, v.den, &c->amount, &rounded))
        read = ING_AMOUNT_TOO_LARGE;
    if (read != ING_AMOUNT_OK) return value_wrong(c, &t, v.text, read == ING_AMOUNT_TOO_LARGE, e);
    c->amount_num = v.num, c->amount_den = v.den;
    c->has_amount = true;
    return CST_OK;
}

/* The values of several rules, each behind its length; nothing where one is missing. */
static cst_status pack_rules(ing_convert *c, const ing_rule *r, int n, cst_buffer *out, cst_error *e)
{
    bool all = true;
    cst_buffer_clear(out);
    for (int i = 0; i < n; i++) {
        ing_datum v;
        char room[ING_CELL_ROOM];
        ing_cell cell = {0};
        bool too_large = false;
        cst_status status = run_rule(c, &r[i], &v, e);
        if (status != CST_OK) return status;
        if (v.kind == ING_DATUM_TEXT)
            cell.text = v.text;
        else if (!v.missing && !ing_cell_value(CST_TYPE_TEXT, &v, room, &cell, &too_large))
            return value_wrong(c, &(ing_target){.rule = &r[i], .type = CST_TYPE_TEXT}, v.text, too_large, e);
        all &= cell.text.n > 0;
        cst_buffer_add_packed(out, cell.text);
    }
    if (!all) cst_buffer_clear(out);
    return out->failed ? cst_no_memory(e) : CST_OK;
}

static cst_status read_line_key(ing_convert *c, cst_error *e)
{
    const ing_map *m = c->plan->map;
    cst_status status = pack_rules(c, m->line, m->lines, &c->line_key, e);
    return status != CST_OK ? status : pack_rules(c, m->credit_of, m->credits_of, &c->credit_of, e);
}

static cst_status read_month(ing_convert *c, cst_error *e)
{
    const ing_rule *r = &c->plan->map->month;
    ing_datum v;
    cst_status status = run_rule(c, r, &v, e);
    if (status != CST_OK) return status;
    bool good = !v.missing;
    if (good && v.kind == ING_DATUM_TEXT) good = ing_month_parse(v.text, &v.day);
    if (!good || v.kind == ING_DATUM_AMOUNT) {
        char shown[80];
        ing_found(v.text, shown);
        c->view.reason = v.missing ? ING_REASON_MISSING : ING_REASON_VALUE;
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

static cst_status read_cancelled(ing_convert *c, cst_error *e)
{
    const ing_rule *r = &c->plan->map->cancelled;
    ing_datum v;
    cst_status status = run_rule(c, r, &v, e);
    c->cancelled = false;
    if (status != CST_OK || v.missing) return status;
    if (v.kind == ING_DATUM_TEXT && cst_bool_word(v.text, &c->cancelled)) return CST_OK;
    char shown[80];
    ing_found(v.text, shown);
    c->view.reason = ING_REASON_VALUE;
    cst_fail(e, CST_DATA, "map.cancelled: expected true or false, found \"%s\"; see --map", shown);
    return blame(c, r->ref, e);
}

static cst_status fill_cells(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_status status = CST_OK;
    cst_buffer_clear(&c->was);
    c->view.currency = (cst_text){"", 0};
    if (p->at_currency >= 0) {
        status = fill_cell(c, p->at_currency, e);
        c->view.currency = c->cell[p->at_currency].text;
    }
    for (int i = 0; status == CST_OK && i < p->targets; i++) {
        if (i == p->at_currency) continue;
        bool filled = ing_rule_filled(p->target[i].rule) && !p->target[i].rule->cells;
        if (filled && !(i == p->at_mrr && c->cancelled))
            status = fill_cell(c, i, e);
        else /* the shape fills it later; what the record before left is no value of this one */
            c->cell[i] = (ing_cell){.text = {"", 0}, .plain = true, .day = CST_DAY_NONE};
    }
    return status;
}

/* An answer to a survey is on the survey's scale: another one is another measure, or damage. */
static cst_status check_scale(ing_convert *c, cst_error *e)
{
    const ing_plan *p = c->plan;
    if (p->at_event < 0 || p->at_value < 0) return CST_OK;
    const struct cst_event_scale *s = cst_event_scale_find(c->cell[p->at_event].text);
    cst_text value = c->cell[p->at_value].text;
    if (!s || cst_event_scale_has(s, value)) return CST_OK;
    char shown[80];
    ing_found(value, shown);
    c->view.reason = ING_REASON_VALUE;
    cst_fail(e, CST_DATA,
             "expected a value of %s from %g to %g, found \"%s\"; bring it to that scale, or see --rejects",
             s->event, s->least, s->most, shown);
    return blame(c, p->target[p->at_value].rule->ref, e);
}

cst_status ing_convert_some(ing_convert *c, const int *target, int n, cst_error *e)
{
    const ing_plan *p = c->plan;
    uint64_t rounded = c->rounded; /* no amount of the row is written */
    cst_status status = CST_OK;
    c->view.reason = ING_REASON_VALUE;
    for (int i = 0; status == CST_OK && i < n; i++) {
        if (target[i] == p->at_mrr && p->at_currency >= 0) { /* minor units need the currency */
            status = fill_cell(c, p->at_currency, e);
            c->view.currency = c->cell[p->at_currency].text;
        }
        if (status == CST_OK) status = fill_cell(c, target[i], e);
    }
    c->rounded = rounded;
    return status;
}

cst_status ing_convert_price(ing_convert *c, const int64_t *given, int n, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_status status = CST_OK;
    c->given = given;
    c->view.discounts = n;
    for (int i = 0; status == CST_OK && i < p->prices; i++) {
        ing_convert_choose(c, given && n ? given[0] : ING_LOOKUP_NONE);
        status = fill_cell(c, p->priced[i], e);
    }
    c->view.discounts = 0;
    c->given = NULL;
    return status;
}

/* Whether it is a row of totals: by the raw account or its name, before anything is made of them. */
static bool is_total(ing_convert *c)
{
    const ing_plan *p = c->plan;
    for (int i = 0; i < p->targets; i++) {
        const ing_rule *r = p->target[i].rule;
        if (r->ref < 0 || p->origin[r->ref].lookup >= 0) continue;
        if (!cst_text_is(r->column, "account_id") && !cst_text_is(r->column, "name")) continue;
        cst_text t = cst_text_at(c->batch, c->row, p->origin[r->ref].slot);
        for (int k = 0; k < p->map->totals; k++)
            if (cst_text_equal(t, p->map->total[k])) return true;
    }
    return false;
}

cst_status ing_convert_row(ing_convert *c, cst_batch *b, uint32_t row, cst_error *e)
{
    const ing_plan *p = c->plan;
    cst_status status = CST_OK;
    c->batch = b;
    c->row = row;
    c->line = 0;
    c->has_amount = false;
    c->amount = 0;
    c->view.reason = ING_REASON_VALUE;
    for (int i = 0; i < p->map->lookups; i++) c->found[i] = -2;
    ing_convert_choose(c, ING_LOOKUP_NONE);
    if (p->where) {
        bool keep = true;
        status = cst_filter_row(p->where, b, row, &keep, e);
        if (status != CST_OK) return status;
        if (!keep) {
            c->kind = ING_KIND_FILTERED;
            return CST_END;
        }
    }
    if (p->map->totals && is_total(c)) {
        c->kind = ING_KIND_TOTAL;
        return CST_END;
    }
    if (p->map->shape == ING_SHAPE_INVOICE_LINES) {
        /* minor units need the currency */
        c->view.currency = (cst_text){"", 0};
        if (p->at_currency >= 0 && !(status = fill_cell(c, p->at_currency, e)))
            c->view.currency = c->cell[p->at_currency].text;
        if (status == CST_OK) status = read_amount(c, e);
        if (status != CST_OK) return status;
    }
    if (p->map->lines && (status = read_line_key(c, e))) return status;
    if (p->map->kinds && (status = find_kind(c, e))) return status;
    if (!p->map->kinds) c->kind = ING_KIND_RECURRING;
    if (p->map->shape == ING_SHAPE_SNAPSHOT && (status = read_month(c, e))) return status;
    if (ing_rule_filled(&p->map->cancelled) && (status = read_cancelled(c, e))) return status;
    status = fill_cells(c, e);
    if (status == CST_OK) status = check_scale(c, e);
    return status != CST_OK ? status : ing_convert_rules(c, e);
}

cst_status ing_convert_month(ing_convert *c, int month, cst_money *out, cst_error *e)
{
    const ing_plan *p = c->plan;
    const ing_target *t = &p->target[p->at_mrr];
    ing_datum v = {.kind = ING_DATUM_TEXT, .den = 1};
    ing_cell cell = {0};
    char room[ING_CELL_ROOM];
    bool too_large = false;
    v.text = cst_text_at(c->batch, c->row, p->month[month].slot);
    v.missing = v.text.n == 0;
    cst_text raw = v.text;
    c->view.reason = ING_REASON_VALUE;
    cst_status status = ing_chain_apply(&t->rule->chain, &c->view, &v, e);
    *out = 0;
    if (status == CST_OK && !(v.kind == ING_DATUM_TEXT ? v.text.n == 0 : v.missing)) {
        bool good = v.kind == ING_DATUM_TEXT
                        ? ing_cell_raw(CST_TYPE_MONEY, NULL, v.text, room, &cell, &too_large)
                        : ing_cell_value(CST_TYPE_MONEY, &v, room, &cell, &too_large);
        if (!good)
            status = value_wrong(c, t, raw, too_large, e);
        else if (cell.money < 0 && !p->map->negative)
            status = ing_convert_negative(c, e);
    }
    if (status == CST_OK) {
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

uint64_t ing_convert_line(ing_convert *c)
{
    if (!c->line) c->line = cst_line_at(c->batch, c->row);
    return c->line;
}

ing_key ing_convert_key(const ing_convert *c)
{
    const ing_plan *p = c->plan;
    if (p->map->lines) {
        if (c->line_key.n == 0) return (ing_key){0, 0};
        ing_key line = ing_key_begin(cst_hash_seed());
        ing_key_add(&line, (cst_text){c->line_key.p, (uint32_t)c->line_key.n});
        return ing_key_end(line);
    }
    if (p->keys == 0 || (p->key_if >= 0 && c->cell[p->key_if].text.n == 0)) return (ing_key){0, 0};
    ing_key k = ing_key_begin(cst_hash_seed());
    for (int i = 0; i < p->keys; i++) ing_key_add(&k, c->cell[p->key[i]].text);
    return ing_key_end(k);
}

void ing_convert_key_text(const ing_convert *c, cst_buffer *b)
{
    const ing_plan *p = c->plan;
    const char *at = c->line_key.p;
    for (int i = 0; i < p->map->lines && c->line_key.n; i++) {
        cst_text t = cst_packed_text(&at);
        cst_buffer_printf(b, "%smap.line \"", b->n ? ", " : "");
        cst_buffer_add_visible(b, t.p, t.n, 60);
        cst_buffer_add_char(b, '"');
    }
    for (int i = 0; i < p->keys && !p->map->lines; i++) {
        cst_text name = p->target[p->key[i]].rule->column, t = c->cell[p->key[i]].text;
        if (!t.n) continue;
        cst_buffer_printf(b, "%s%.*s \"", b->n ? ", " : "", (int)name.n, name.p);
        cst_buffer_add_visible(b, t.p, t.n, 60);
        cst_buffer_add_char(b, '"');
    }
}

void ing_convert_set_day(ing_convert *c, int target, cst_day d)
{
    ing_cell *cell = &c->cell[target];
    *cell = (ing_cell){.text = {"", 0}, .plain = true, .day = d};
    if (d != CST_DAY_NONE)
        cell->text = (cst_text){c->room[target], (uint32_t)cst_day_format(d, c->room[target])};
}

void ing_convert_set_money(ing_convert *c, int target, cst_money m)
{
    ing_cell *cell = &c->cell[target];
    *cell = (ing_cell){.plain = true, .money = m};
    cell->text = (cst_text){c->room[target], (uint32_t)cst_money_format(m, 2, c->room[target])};
}
