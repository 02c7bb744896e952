/* The last look at a map: its columns in the stream's order, the required ones filled, the shape's own
 * rows there. */
#include "base/buffer.h"
#include "base/text.h"
#include "ingest/trials.h"

static int rank(const ing_map *m, const ing_rule *r)
{
    int i = 0;
    for (const struct cst_stream_column *c = m->stream->columns; c->name && c != r->canonical;) c++, i++;
    return i;
}

/* Canonical columns in the stream's order, then the others as the map has them. Insertion: a map is short. */
static void sort_rules(ing_map *m)
{
    m->sorted = true;
    for (int i = 1; i < m->n; i++) {
        ing_rule r = m->rule[i];
        int k = i, to = rank(m, &r);
        for (; k > 0 && rank(m, &m->rule[k - 1]) > to; k--) m->rule[k] = m->rule[k - 1];
        m->rule[k] = r;
    }
}

static cst_status not_filled(const ing_map *m, const char *column, cst_error *e)
{
    return cst_fail(e, CST_DATA, "the map %s does not fill %s, which every row of %s needs", m->name, column,
                    ing_map_makes(m));
}

/* Rows a shape makes itself must not be mapped too; rows it needs must be. */
static cst_status check_shape(const ing_map *m, cst_error *e)
{
    static const struct {
        ing_shape shape;
        const char *never;
    } own[] = {{ING_SHAPE_INVOICE_LINES, "mrr"},   {ING_SHAPE_INVOICE_LINES, "arr"},
               {ING_SHAPE_SNAPSHOT, "start_date"}, {ING_SHAPE_SNAPSHOT, "end_date"},
               {ING_SHAPE_SNAPSHOT, "arr"},        {ING_SHAPE_CUBE, "start_date"},
               {ING_SHAPE_CUBE, "end_date"},       {ING_SHAPE_CUBE, "arr"},
               {ING_SHAPE_CHANGES, "end_date"},    {ING_SHAPE_CHANGES, "arr"}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (own[i].shape == m->shape && ing_map_find(m, own[i].never) >= 0)
            return cst_fail(e, CST_DATA, "the map %s fills %s, which the shape %s makes itself", m->name,
                            own[i].never, ing_shape_name(m->shape));
    if (m->shape == ING_SHAPE_INVOICE_LINES && !ing_rule_filled(&m->amount))
        return not_filled(m, "map.amount", e);
    if (m->shape == ING_SHAPE_INVOICE_LINES && ing_map_find(m, "end_date") < 0)
        return not_filled(m, "end_date", e);
    if (m->shape == ING_SHAPE_SNAPSHOT && !ing_rule_filled(&m->month)) return not_filled(m, "map.month", e);
    if (m->shape != ING_SHAPE_INVOICE_LINES && ing_rule_filled(&m->amount))
        return cst_fail(e, CST_DATA, "the map %s fills map.amount, which only the shape invoice_lines has",
                        m->name);
    if (m->shape != ING_SHAPE_SNAPSHOT && ing_rule_filled(&m->month))
        return cst_fail(e, CST_DATA, "the map %s fills map.month, which only the shape snapshot has",
                        m->name);
    if (m->shape != ING_SHAPE_CHANGES && ing_rule_filled(&m->cancelled))
        return cst_fail(e, CST_DATA, "the map %s fills map.cancelled, which only the shape changes has",
                        m->name);
    for (int i = 0; i < m->n; i++)
        if (m->rule[i].cells && (m->shape != ING_SHAPE_CUBE || !cst_text_is(m->rule[i].column, "mrr")))
            return cst_fail(e, CST_DATA, "%.*s: from may be * for mrr in the shape cube only",
                            (int)m->rule[i].column.n, m->rule[i].column.p);
    return CST_OK;
}

static cst_status check_lines(const ing_map *m, cst_error *e)
{
    if (m->negative == ING_NEGATIVE_NET && m->shape != ING_SHAPE_INVOICE_LINES)
        return cst_fail(e, CST_DATA, "map.negative: net is for the shape invoice_lines, found the shape %s",
                        ing_shape_name(m->shape));
    if (m->credits_of && !ing_map_nets(m))
        return cst_fail(
            e, CST_DATA,
            "map.credit_of: expected the shape invoice_lines with map.negative net or allow, found "
            "%s without",
            ing_shape_name(m->shape));
    if (m->credits_of && m->credits_of != m->lines)
        return cst_fail(e, CST_DATA, "map.credit_of: expected as many rows as of map.line, found %d for %d",
                        m->credits_of, m->lines);
    return CST_OK;
}

static bool shape_makes(ing_shape s, const char *column)
{
    if (s == ING_SHAPE_INVOICE_LINES) return strcmp(column, "mrr") == 0;
    if (s == ING_SHAPE_SNAPSHOT) return strcmp(column, "start_date") == 0;
    return s == ING_SHAPE_CUBE && (strcmp(column, "start_date") == 0 || strcmp(column, "mrr") == 0);
}

/* Whether a lookup that has its file brings the key of this one: a discount without its coupon is none. */
static bool is_asked_for(const ing_map *m, const ing_lookup_spec *l)
{
    for (int i = 0; i < m->lookups; i++)
        for (int k = 0; m->lookup[i].path.n && k < m->lookup[i].n; k++)
            if (cst_text_equal(m->lookup[i].here[k], l->key[0].here)) return true;
    return false;
}

static cst_status check_lookups(const ing_map *m, cst_error *e)
{
    for (int i = 0; i < m->lookups; i++) {
        const ing_lookup_spec *l = &m->lookup[i];
        if (l->path.n || (l->optional && (l->all || l->keys > 1 || !is_asked_for(m, l)))) continue;
        cst_buffer b = {0};
        for (int k = 0; k < l->n; k++)
            if (!l->maybe[k])
                cst_buffer_printf(&b, "%s%.*s", b.n ? ", " : "", (int)l->there[k].n, l->there[k].p);
        cst_status status = cst_fail(
            e, CST_USAGE, "the map %s needs --lookup %.*s=FILE, a file with the columns %.*s, %s", m->name,
            (int)l->name.n, l->name.p, (int)l->key[0].there.n, l->key[0].there.p, cst_buffer_string(&b));
        cst_buffer_free(&b);
        return status;
    }
    return CST_OK;
}

/* The columns that a shape makes are written though no row of the map fills them. */
static cst_status add_made(ing_map *m, cst_error *e)
{
    static const char *const made[] = {"mrr", "start_date", "end_date"};
    if (m->shape == ING_SHAPE_ROWS) return CST_OK;
    for (int i = 0; i < 3; i++) {
        if (ing_map_find(m, made[i]) >= 0) continue;
        if (m->shape == ING_SHAPE_SNAPSHOT && i == 0) continue; /* the map's own: the MRR of the month */
        if (m->shape == ING_SHAPE_CHANGES && i < 2) continue;   /* likewise, and the day of the change */
        cst_status status = ing_map_made(m, made[i], e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

/* At most one lookup has all of its rows count, and those are discounts with days. */
static cst_status check_all(const ing_map *m, cst_error *e)
{
    const ing_lookup_spec *first = NULL;
    for (int i = 0; i < m->lookups; i++) {
        const ing_lookup_spec *l = &m->lookup[i];
        if (l->besides && (!l->all || l->keys < 2))
            return cst_fail_at(e, CST_DATA, l->place, NULL,
                               "map.lookup_besides: expected a lookup with map.lookup_all and a second key, "
                               "found %s",
                               l->name.p);
        if (!l->all) continue;
        if (first || l->chosen)
            return cst_fail_at(e, CST_DATA, l->place, NULL,
                               "map.lookup_all: expected one lookup, without map.lookup_winner, found %s%s%s",
                               first ? first->name.p : l->name.p, first ? " and " : " with it",
                               first ? l->name.p : "");
        first = l;
    }
    return CST_OK;
}

bool ing_map_splits(const ing_map *m)
{
    for (int i = 0; i < m->lookups; i++)
        if (m->lookup[i].all) return true;
    return ing_rule_filled(&m->discount_start) || ing_rule_filled(&m->discount_end);
}

/* A row that is split where its discount ends has an end, whether the export gives one or not. */
static cst_status prepare_split(ing_map *m, cst_error *e)
{
    bool pauses = ing_map_pauses(m);
    if (!pauses && ing_rule_filled(&m->pause_end))
        return cst_fail_at(e, CST_DATA, m->pause_end.place, NULL,
                           "map.pause_end: expected map.pause_start too, found none");
    if (!pauses && !ing_map_splits(m)) return CST_OK;
    const ing_rule *r = ing_rule_filled(&m->discount_end) ? &m->discount_end : &m->discount_start;
    const ing_rule all = {.column = cst_text_of("map.lookup_all")};
    if (!ing_rule_filled(r)) r = pauses ? &m->pause_start : &all;
    if (m->shape != ING_SHAPE_ROWS || strcmp(m->stream->name, "subscriptions") != 0)
        return cst_fail_at(
            e, CST_DATA, r->place, NULL,
            "%.*s: expected a map of subscriptions of the shape rows, found %s of the shape %s",
            (int)r->column.n, r->column.p, m->stream->name, ing_shape_name(m->shape));
    return ing_map_find(m, "end_date") < 0 ? ing_map_made(m, "end_date", e) : CST_OK;
}

/* A lookup of tiers has their columns, and all of its rows of a key count. */
static cst_status find_tiers(ing_map *m, ing_rule *r, cst_error *e)
{
    static const char *const names[] = {"up_to", "price", "flat"};
    for (int i = 0; i < r->chain.n; i++) {
        ing_step *s = &r->chain.step[i];
        if (s->t->apply != ing_step_tiers) continue;
        ing_lookup_spec *l = ing_lookup_spec_find(m, s->arg[0], e);
        if (!l) return cst_error_place(e, r->place, NULL);
        for (int c = 0; c < 3; c++) {
            l->tier[c] = -1;
            for (int k = 0; k < l->n; k++)
                if (cst_text_is(l->here[k], names[c])) l->tier[c] = k;
            if (l->tier[c] < 0 && c < 2)
                return cst_fail_at(
                    e, CST_DATA, l->place, NULL,
                    "map.lookup: expected up_to and price, and perhaps flat, among the columns of "
                    "the tiers %s (NAME=THERE calls one so), found no %s",
                    l->name.p, names[c]);
        }
        if (l->all || l->chosen)
            return cst_fail_at(
                e, CST_DATA, l->place, NULL,
                "map.lookup: expected tiers without map.lookup_all and map.lookup_winner, found %s "
                "with one of them",
                l->name.p);
        s->lookup = (int)(l - m->lookup);
        l->tiers = true;
    }
    return CST_OK;
}

/* An amount of a year or a term is brought to a month behind its own steps, and rounded with them, once. */
static cst_status finish_amount(ing_map *m, cst_error *e)
{
    int at = ing_map_find(m, "amount");
    if (!m->amount_per.n) return CST_OK;
    if (at < 0)
        return cst_fail(e, CST_DATA, "the map %s fills map.amount_per, but no amount; add a row amount",
                        m->name);
    ing_chain *own = &m->rule[at].chain, more;
    cst_buffer b = {0};
    if (ing_chain_gives(own) == ING_DATUM_TEXT) cst_buffer_add_string(&b, "money|");
    cst_buffer_add(&b, m->amount_per.p, m->amount_per.n);
    bool ok = true;
    cst_text written = cst_arena_text(m->arena, cst_text_of(cst_buffer_string(&b)), &ok);
    ok &= !b.failed;
    cst_buffer_free(&b);
    if (!ok) return cst_no_memory(e);
    cst_status status = ing_chain_parse(written, &m->refs, &more, e);
    if (status != CST_OK) return status;
    ing_step *all = cst_arena_alloc(m->arena, sizeof *all * (size_t)(own->n + more.n));
    if (!all) return cst_no_memory(e);
    if (own->n) memcpy(all, own->step, sizeof *all * (size_t)own->n);
    memcpy(all + own->n, more.step, sizeof *all * (size_t)more.n);
    *own = (ing_chain){all, own->n + more.n};
    return CST_OK;
}

cst_status ing_map_finish(ing_map *m, cst_error *e)
{
    cst_status status = check_shape(m, e);
    if (status == CST_OK) status = check_lines(m, e);
    if (status == CST_OK) status = add_made(m, e);
    if (status == CST_OK) status = prepare_split(m, e);
    if (status == CST_OK) status = finish_amount(m, e);
    for (int i = 0; status == CST_OK && i < m->n; i++) status = find_tiers(m, &m->rule[i], e);
    if (status == CST_OK) status = find_tiers(m, &m->amount, e);
    sort_rules(m);
    for (const struct cst_stream_column *c = m->stream->columns; status == CST_OK && c->name; c++)
        if (c->required && !shape_makes(m->shape, c->name) && ing_map_find(m, c->name) < 0)
            status = not_filled(m, c->name, e);
    m->written = m->n;
    if (status == CST_OK && m->trials) status = ing_trials_finish(m, e);
    if (status == CST_OK) status = check_all(m, e);
    return status != CST_OK ? status : check_lookups(m, e);
}
