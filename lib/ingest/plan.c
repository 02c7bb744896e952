/* plan.c: see plan.h. */
#include "base/date.h"
#include "base/text.h"
#include "ingest/convert.h"
#include <stdlib.h>

/* Which raw columns must be in every input, not in one alone: they fill a column that every row
 * needs. */
static bool *find_needed(const ing_map *m)
{
    bool *needed = cst_arena_alloc(m->arena, sizeof *needed * (size_t)(ing_refs_count(&m->refs) + 1));
    if (!needed) return NULL;
    for (int i = 0; i < m->n; i++)
        if (m->rule[i].ref >= 0 && m->rule[i].canonical && m->rule[i].canonical->required)
            needed[m->rule[i].ref] = true;
    for (int i = 0; i < m->lines; i++)
        if (m->line[i].ref >= 0) needed[m->line[i].ref] = true;
    if (m->amount.ref >= 0) needed[m->amount.ref] = true;
    if (m->month.ref >= 0) needed[m->month.ref] = true;
    return needed;
}

/* A lookup brings columns only to those after it, so that no two wait for each other. */
static bool find_in_lookups(const ing_map *m, cst_text name, int before, ing_origin_of *out)
{
    for (int l = 0; l < before; l++)
        for (int k = 0; k < m->lookup[l].n; k++)
            if (cst_text_equal(m->lookup[l].here[k], name)) {
                *out = (ing_origin_of){-1, l, k};
                return true;
            }
    return false;
}

/* A column that the export may lack is written NAME?; where it has one of just that name it is meant. */
static cst_status bind_question(ing_plan *p, cst_text name, ing_origin_of *o, cst_error *e)
{
    char *asked = cst_arena_alloc(p->map->arena, (size_t)name.n + 2);
    if (!asked) return cst_no_memory(e);
    memcpy(asked, name.p, name.n);
    memcpy(asked + name.n, "?", 2);
    return cst_reader_bind(p->reader, asked, CST_OPTIONAL, &o->slot, e);
}

static cst_status bind_ref(ing_plan *p, int ref, int before, bool everywhere, cst_error *e)
{
    const ing_map *m = p->map;
    cst_text name = ing_refs_name(&m->refs, ref);
    ing_origin_of *o = &p->origin[ref];
    bool brought = find_in_lookups(m, name, before, o);
    if (brought && cst_reader_has(p->reader, name.p))
        return cst_fail(
            e, CST_USAGE,
            "--lookup: expected a column that the input does not have, found %s in both; rename it "
            "as NEW=%s",
            name.p, name.p);
    if (brought) return CST_OK;
    *o = (ing_origin_of){-1, -1, 0};
    cst_status status = CST_OK;
    if (!everywhere || !m->refs.needed[ref])
        status = cst_reader_bind(p->reader, name.p, CST_OPTIONAL, &o->slot, e);
    if (status == CST_OK && o->slot < 0 && m->refs.needed[ref])
        status = cst_reader_bind(p->reader, name.p, CST_REQUIRED, &o->slot, e);
    if (status == CST_OK && o->slot < 0) status = bind_question(p, name, o, e);
    return status;
}

/* The first lookup that a raw column is a key of; as many as there are: none. */
static int find_asker(const ing_plan *p, const ing_map *m, int ref)
{
    for (int l = 0; l < m->lookups; l++)
        for (int k = 0; k < m->lookup[l].keys; k++)
            if (p->lookup_key[l][k] == ref) return l;
    return m->lookups;
}

static cst_status bind_refs(ing_plan *p, ing_map *m, cst_error *e)
{
    for (int i = 0; i < m->lookups; i++)
        for (int k = 0; k < m->lookup[i].keys; k++)
            if ((p->lookup_key[i][k] = ing_refs_add(&m->refs, m->lookup[i].key[k].asked)) < 0)
                return cst_no_memory(e);
    p->origin = cst_arena_alloc(m->arena, sizeof *p->origin * (size_t)(ing_refs_count(&m->refs) + 1));
    const bool *everywhere = find_needed(m);
    if (!p->origin || !everywhere) return cst_no_memory(e);
    cst_status status = CST_OK;
    for (int i = 0; status == CST_OK && i < ing_refs_count(&m->refs); i++) {
        int before = find_asker(p, m, i);
        /* the key of a lookup that was not given is not asked for */
        bool idle = before < m->lookups && !p->lookup[before];
        if (idle) m->refs.needed[i] = false;
        status = bind_ref(p, i, before, everywhere[i], e);
    }
    return status;
}

/* What comes from the lookup of which all rows of a key count: a column of it, or of one whose key comes from
 * it. Lookups bring columns only to those after them, so once through is enough. */
static cst_status find_repeats(ing_plan *p, const ing_map *m, cst_error *e)
{
    p->all = -1;
    for (int l = 0; l < m->lookups; l++)
        if (m->lookup[l].all) p->all = l;
    if (p->all < 0) return CST_OK;
    bool from[ING_LOOKUPS_MOST] = {false};
    p->repeats = cst_arena_alloc(m->arena, sizeof *p->repeats * (size_t)(ing_refs_count(&m->refs) + 1));
    if (!p->repeats) return cst_no_memory(e);
    for (int l = p->all; l < m->lookups; l++) {
        int key = p->origin[p->lookup_key[l][0]].lookup;
        from[l] = l == p->all || (key >= 0 && from[key]);
    }
    for (int i = 0; i < ing_refs_count(&m->refs); i++)
        p->repeats[i] = p->origin[i].lookup >= 0 && from[p->origin[i].lookup];
    return CST_OK;
}

/* The columns that a discount changes, or whose values it brings. */
static cst_status find_priced(ing_plan *p, cst_error *e)
{
    if (!ing_map_splits(p->map)) return CST_OK;
    p->priced = cst_arena_alloc(p->map->arena, sizeof *p->priced * (size_t)(p->targets + 1));
    if (!p->priced) return cst_no_memory(e);
    for (int i = 0; i < p->targets; i++) {
        const ing_rule *r = p->target[i].rule;
        bool priced = i == p->at_mrr || (p->repeats && r->ref >= 0 && p->repeats[r->ref]);
        for (int k = 0; k < r->chain.n; k++) priced |= ing_step_repeats(&r->chain.step[k], p->repeats);
        if (priced) p->priced[p->prices++] = i;
    }
    return CST_OK;
}

static int find_target(const ing_plan *p, const char *name)
{
    for (int i = 0; i < p->targets; i++)
        if (cst_text_is(p->target[i].rule->column, name)) return i;
    return -1;
}

static cst_status make_targets(ing_plan *p, cst_error *e)
{
    const ing_map *m = p->map;
    p->target = cst_arena_alloc(m->arena, sizeof *p->target * (size_t)(m->n + 1));
    if (!p->target) return cst_no_memory(e);
    p->targets = m->n;
    p->written = m->written;
    for (int i = 0; i < m->n; i++) {
        const ing_rule *r = &m->rule[i];
        enum cst_identity_kind kind;
        ing_target *t = &p->target[i];
        *t = (ing_target){.rule = r, .type = CST_TYPE_TEXT, .slot = -1, .identity = -1};
        if (r->canonical) {
            t->type = r->canonical->type;
            t->words = r->canonical->words;
            t->required = r->canonical->required;
        }
        if (m->shape == ING_SHAPE_INVOICE_LINES && cst_text_is(r->column, "start_date")) t->required = false;
        if (m->trials && cst_text_is(r->column, "subscription_id")) t->required = true;
        if (r->ref >= 0 && r->chain.n == 0 && p->origin[r->ref].lookup < 0) t->slot = p->origin[r->ref].slot;
        bool renames = strcmp(m->stream->name, "identity") != 0;
        if (renames && p->identity && cst_identity_column(r->column.p, &kind)) t->identity = (int)kind;
        /* a customer's parent is an account too */
        if (renames && p->identity && cst_text_is(r->column, "parent_id")) t->identity = CST_ID_ACCOUNT;
    }
    p->at_currency = find_target(p, "currency");
    bool events = strcmp(m->stream->name, "events") == 0;
    p->at_event = events ? find_target(p, "event") : -1;
    p->at_value = events ? find_target(p, "value") : -1;
    p->at_stage = p->map->trials ? find_target(p, "stage") : -1;
    p->at_pipeline = p->map->trials ? find_target(p, "pipeline") : -1;
    p->at_account = find_target(p, "account_id");
    p->at_mrr = p->revenue ? find_target(p, "mrr") : -1;
    p->at_arr = find_target(p, "arr");
    bool owners = strcmp(m->stream->name, "owners") == 0;
    p->at_start = find_target(p, owners ? "from" : "start_date");
    p->at_end = find_target(p, owners ? "until" : "end_date");
    return CST_OK;
}

static void find_key(ing_plan *p)
{
    p->key_if = -1;
    const struct cst_stream *s = p->map->stream;
    if (!s->key || (s->key_if && (p->key_if = find_target(p, s->key_if)) < 0)) return;
    cst_text rest = cst_text_of(p->map->trials ? "account_id,subscription_id" : s->key), name;
    while (cst_text_next(&rest, ',', &name))
        for (int i = 0; i < p->targets; i++)
            if (cst_text_equal(p->target[i].rule->column, name)) p->key[p->keys++] = i;
}

static void find_group(ing_plan *p)
{
    static const char *const names[ING_GROUP] = {"account_id", "currency", "subscription_id", "product",
                                                 "buying_center"};
    for (int i = 0; i < ING_GROUP; i++) p->group[i] = find_target(p, names[i]);
}

static int compare_months(const void *a, const void *b)
{
    const ing_month_column *x = a, *y = b;
    return (x->month > y->month) - (x->month < y->month);
}

/* Every column whose name is a month, and that no rule of the map reads. */
static cst_status find_months(ing_plan *p, cst_error *e)
{
    size_t n = cst_reader_columns(p->reader);
    p->month = cst_arena_alloc(p->map->arena, sizeof *p->month * (n + 1));
    if (!p->month) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        cst_text name = cst_reader_column_name(p->reader, i);
        ing_month_column *m = &p->month[p->months];
        if (ing_refs_has(&p->map->refs, name) || !ing_month_parse(name, &m->month)) continue;
        bool ok = true;
        m->heading = cst_arena_text(p->map->arena, name, &ok).p;
        if (!ok) return cst_no_memory(e);
        cst_status status = cst_reader_bind(p->reader, m->heading, CST_OPTIONAL, &m->slot, e);
        if (status != CST_OK) return status;
        p->months++;
    }
    cst_place header = {cst_reader_file(p->reader, 0), 1, 0};
    if (!p->months)
        return cst_fail_at(
            e, CST_DATA, header, NULL,
            "expected columns with a month as heading (2025-01, Jan-25, 01/2025, January 2025), found "
            "none; the map %s says the shape is a cube",
            p->map->name);
    qsort(p->month, (size_t)p->months, sizeof *p->month, compare_months);
    for (int i = 1; i < p->months; i++)
        if (p->month[i].month == p->month[i - 1].month)
            return cst_fail_at(e, CST_DATA, header, NULL,
                               "expected each month once, found the columns \"%s\" and \"%s\"",
                               p->month[i - 1].heading, p->month[i].heading);
    return CST_OK;
}

cst_status ing_plan_bind(ing_plan *p, ing_map *m, cst_reader *r, cst_error *e)
{
    p->map = m;
    p->reader = r;
    p->revenue = strcmp(m->stream->name, "subscriptions") == 0;
    cst_status status = bind_refs(p, m, e);
    if (status == CST_OK) status = find_repeats(p, m, e);
    if (status == CST_OK) status = make_targets(p, e);
    if (status == CST_OK) status = find_priced(p, e);
    if (status != CST_OK) return status;
    find_key(p);
    find_group(p);
    return m->shape == ING_SHAPE_CUBE ? find_months(p, e) : CST_OK;
}
