/* The last look at a map: its columns in the stream's order, the required ones filled, the shape's own
 * rows there. */
#include "base/buffer.h"
#include "base/text.h"
#include "ingest/map.h"

static int rank(const cst_ingest_map *m, const cst_rule *r)
{
    int i = 0;
    for (const struct cst_stream_column *c = m->stream->columns; c->name && c != r->canonical;) c++, i++;
    return i;
}

/* Canonical columns in the stream's order, then the others as the map has them. Insertion: a map is short. */
static void sort_rules(cst_ingest_map *m)
{
    for (int i = 1; i < m->n; i++) {
        cst_rule r = m->rule[i];
        int k = i, to = rank(m, &r);
        for (; k > 0 && rank(m, &m->rule[k - 1]) > to; k--) m->rule[k] = m->rule[k - 1];
        m->rule[k] = r;
    }
}

static cst_status not_filled(const cst_ingest_map *m, const char *column, cst_error *e)
{
    return cst_fail(e, CST_DATA, "the map %s does not fill %s, which every row of %s needs", m->name, column,
                    m->stream->name);
}

/* Rows a shape makes itself must not be mapped too; rows it needs must be. */
static cst_status check_shape(const cst_ingest_map *m, cst_error *e)
{
    static const struct {
        cst_shape shape;
        const char *never;
    } own[] = {{CST_SHAPE_INVOICE_LINES, "mrr"},   {CST_SHAPE_INVOICE_LINES, "arr"},
               {CST_SHAPE_SNAPSHOT, "start_date"}, {CST_SHAPE_SNAPSHOT, "end_date"},
               {CST_SHAPE_SNAPSHOT, "arr"},        {CST_SHAPE_CUBE, "start_date"},
               {CST_SHAPE_CUBE, "end_date"},       {CST_SHAPE_CUBE, "arr"}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (own[i].shape == m->shape && cst_ingest_map_find(m, own[i].never) >= 0)
            return cst_fail(e, CST_DATA, "the map %s fills %s, which the shape %s makes itself", m->name,
                            own[i].never, cst_shape_name(m->shape));
    if (m->shape == CST_SHAPE_INVOICE_LINES && !cst_rule_filled(&m->amount))
        return not_filled(m, "map.amount", e);
    if (m->shape == CST_SHAPE_INVOICE_LINES && cst_ingest_map_find(m, "end_date") < 0)
        return not_filled(m, "end_date", e);
    if (m->shape == CST_SHAPE_SNAPSHOT && !cst_rule_filled(&m->month)) return not_filled(m, "map.month", e);
    if (m->shape != CST_SHAPE_INVOICE_LINES && cst_rule_filled(&m->amount))
        return cst_fail(e, CST_DATA, "the map %s fills map.amount, which only the shape invoice_lines has",
                        m->name);
    if (m->shape != CST_SHAPE_SNAPSHOT && cst_rule_filled(&m->month))
        return cst_fail(e, CST_DATA, "the map %s fills map.month, which only the shape snapshot has",
                        m->name);
    for (int i = 0; i < m->n; i++)
        if (m->rule[i].cells && (m->shape != CST_SHAPE_CUBE || !cst_text_is(m->rule[i].column, "mrr")))
            return cst_fail(e, CST_DATA, "%.*s: from may be * for mrr in the shape cube only",
                            (int)m->rule[i].column.n, m->rule[i].column.p);
    return CST_OK;
}

static bool shape_makes(cst_shape s, const char *column)
{
    if (s == CST_SHAPE_INVOICE_LINES) return strcmp(column, "mrr") == 0;
    if (s == CST_SHAPE_SNAPSHOT) return strcmp(column, "start_date") == 0;
    return s == CST_SHAPE_CUBE && (strcmp(column, "start_date") == 0 || strcmp(column, "mrr") == 0);
}

/* Whether a lookup that has its file brings the key of this one: a discount without its coupon is none. */
static bool is_asked_for(const cst_ingest_map *m, const cst_lookup_spec *l)
{
    for (int i = 0; i < m->lookups; i++)
        for (int k = 0; m->lookup[i].path.n && k < m->lookup[i].n; k++)
            if (cst_text_equal(m->lookup[i].here[k], l->key_here)) return true;
    return false;
}

static cst_status check_lookups(const cst_ingest_map *m, cst_error *e)
{
    for (int i = 0; i < m->lookups; i++) {
        const cst_lookup_spec *l = &m->lookup[i];
        if (l->path.n || (l->optional && !is_asked_for(m, l))) continue;
        cst_buffer b = {0};
        for (int k = 0; k < l->n; k++)
            cst_buffer_printf(&b, "%s%.*s", k ? ", " : "", (int)l->there[k].n, l->there[k].p);
        cst_status st = cst_fail(
            e, CST_USAGE, "the map %s needs --lookup %.*s=FILE, a file with the columns %.*s, %s", m->name,
            (int)l->name.n, l->name.p, (int)l->key_there.n, l->key_there.p, cst_buffer_string(&b));
        cst_buffer_free(&b);
        return st;
    }
    return CST_OK;
}

/* The columns that a shape makes are written though no row of the map fills them. */
static cst_status add_made(cst_ingest_map *m, cst_error *e)
{
    static const char *const made[] = {"mrr", "start_date", "end_date"};
    if (m->shape == CST_SHAPE_ROWS) return CST_OK;
    for (int i = 0; i < 3; i++) {
        if (cst_ingest_map_find(m, made[i]) >= 0) continue;
        if (m->shape == CST_SHAPE_SNAPSHOT && i == 0) continue; /* the map's own: the MRR of the month */
        cst_status st = cst_ingest_map_made(m, made[i], e);
        if (st) return st;
    }
    return CST_OK;
}

bool cst_ingest_map_splits(const cst_ingest_map *m)
{
    return cst_rule_filled(&m->discount_start) || cst_rule_filled(&m->discount_end);
}

/* A row that is split where its discount ends has an end, whether the export gives one or not. */
static cst_status prepare_split(cst_ingest_map *m, cst_error *e)
{
    if (!cst_ingest_map_splits(m)) return CST_OK;
    const cst_rule *r = cst_rule_filled(&m->discount_end) ? &m->discount_end : &m->discount_start;
    if (m->shape != CST_SHAPE_ROWS || strcmp(m->stream->name, "subscriptions") != 0)
        return cst_fail_at(
            e, CST_DATA, r->place, NULL,
            "%.*s: expected a map of subscriptions of the shape rows, found %s of the shape %s",
            (int)r->column.n, r->column.p, m->stream->name, cst_shape_name(m->shape));
    return cst_ingest_map_find(m, "end_date") < 0 ? cst_ingest_map_made(m, "end_date", e) : CST_OK;
}

cst_status cst_ingest_map_finish(cst_ingest_map *m, cst_error *e)
{
    cst_status st = check_shape(m, e);
    if (!st) st = add_made(m, e);
    if (!st) st = prepare_split(m, e);
    sort_rules(m);
    for (const struct cst_stream_column *c = m->stream->columns; !st && c->name; c++)
        if (c->required && !shape_makes(m->shape, c->name) && cst_ingest_map_find(m, c->name) < 0)
            st = not_filled(m, c->name, e);
    return st ? st : check_lookups(m, e);
}
