/* Reads a map: each row goes either to the column it fills or, by the table below, to what it says of the
 * map. */
#include "ingest/map.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "ingest/cell.h"

static const char *const shapes[] = {"rows", "invoice_lines", "snapshot", "cube", "changes"};

const char *ing_shape_name(ing_shape s)
{
    return shapes[s];
}

const char *ing_map_makes(const ing_map *m)
{
    return m->trials ? "trials" : m->stream->name;
}

bool ing_rule_filled(const ing_rule *r)
{
    return r->ref >= 0 || r->cells || r->chain.n > 0;
}

cst_status ing_map_new(const struct cst_stream *s, ing_map **out, cst_error *e)
{
    cst_arena *a = cst_arena_new();
    ing_map *m = a ? cst_arena_alloc(a, sizeof *m) : NULL;
    if (!m) {
        cst_arena_free(a);
        return cst_no_memory(e);
    }
    m->arena = m->refs.arena = a;
    m->stream = s;
    m->name = "(none)";
    m->amount.ref = m->month.ref = m->cancelled.ref = m->trial_start.ref = m->trial_end.ref =
        m->past_due_since.ref = -1;
    m->discount_start.ref = m->discount_end.ref = m->pause_start.ref = m->pause_end.ref = -1;
    *out = m;
    return CST_OK;
}

void ing_map_free(ing_map *m)
{
    if (!m) return;
    ing_zone_free(m->zone);
    cst_intern_free(m->names);
    ing_refs_clear(&m->refs);
    cst_arena_free(m->arena);
}

/* One row of the map on its way in. */
struct ing_map_entry {
    cst_text column, from, transform;
    cst_place place;
};

static cst_status set_rule(ing_map *m, const struct ing_map_entry *in, ing_rule *r, cst_error *e)
{
    *r = (ing_rule){.ref = -1, .place = in->place};
    bool ok = true;
    r->column = cst_arena_text(m->arena, in->column, &ok);
    if (!ok) return cst_no_memory(e);
    cst_status status = ing_chain_parse(in->transform, &m->refs, &r->chain, e);
    if (status != CST_OK) return status;
    if (cst_text_is(in->from, "*")) {
        r->cells = true;
    } else if (in->from.n && (r->ref = ing_refs_add(&m->refs, in->from)) < 0) {
        return cst_no_memory(e);
    }
    if (!ing_rule_filled(r))
        return cst_fail(e, CST_DATA,
                        "%.*s: expected a column in from, or a transform as constant(TEXT), found neither",
                        (int)in->column.n, in->column.p);
    return CST_OK;
}

/* The index of from among words split at '|'. */
static cst_status choose(const struct ing_map_entry *in, const char *words, int *out, cst_error *e)
{
    *out = in->transform.n == 0 ? cst_word_find(words, in->from) : -1;
    if (*out >= 0) return CST_OK;
    return cst_fail(e, CST_DATA,
                    "%.*s: expected one of %s in from and nothing in transform, found \"%.*s\", \"%.*s\"",
                    (int)in->column.n, in->column.p, words, (int)in->from.n, in->from.p, (int)in->transform.n,
                    in->transform.p);
}

static cst_status read_stream(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    if (cst_text_is(in->from, m->stream->name) || (m->trials && cst_text_is(in->from, "trials")))
        return CST_OK;
    return cst_fail(e, CST_USAGE, "the map %s makes %.*s, not %s; say cs-ingest %.*s", m->name,
                    (int)in->from.n, in->from.p, m->stream->name, (int)in->from.n, in->from.p);
}

static cst_status read_shape(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    int k = 0;
    cst_status status = choose(in, "rows|invoice_lines|snapshot|cube|changes", &k, e);
    if (status == CST_OK && k && strcmp(m->stream->name, "subscriptions") != 0)
        return cst_fail(e, CST_DATA, "map.shape: %s makes subscriptions only, not %s", shapes[k],
                        m->stream->name);
    if (status == CST_OK) m->shape = (ing_shape)k;
    return status;
}

static cst_status read_ends(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    int k = 0;
    cst_status status = choose(in, "exclusive|inclusive", &k, e);
    m->inclusive = k == 1;
    return status;
}

static cst_status read_zone(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    ing_zone_free(m->zone);
    m->zone = NULL;
    cst_status status = ing_zone_load(in->from, &m->zone, e);
    bool ok = true;
    m->zone_name = cst_arena_text(m->arena, in->from, &ok).p;
    if (!ok) return cst_no_memory(e);
    if (status != CST_DATA) return status;
    cst_error why = *e;
    return cst_fail(e, CST_DATA, "map.zone: %s", why.message);
}

static cst_status read_negative(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    int k = 0;
    cst_status status = choose(in, "reject|net|allow", &k, e);
    m->negative = (ing_negative)k;
    return status;
}

/* The steps that bring an amount to a month are put behind its own by ing_map_finish. */
static cst_status read_amount_per(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    cst_buffer b = {0};
    bool ok = true;
    if (strcmp(m->stream->name, "stages") != 0)
        return cst_fail(e, CST_DATA,
                        "map.amount_per: expected a map of stages, found one of %s; say per(%.*s) "
                        "in the transform of the amount",
                        m->stream->name, (int)in->from.n, in->from.p);
    bool term = cst_text_is(in->from, "term");
    if (!term && !cst_text_is(in->from, "year") && !cst_text_is(in->from, "month"))
        return cst_fail(e, CST_DATA, "map.amount_per: expected month, year or term in from, found \"%.*s\"",
                        (int)in->from.n, in->from.p);
    if (term && !in->transform.n)
        return cst_fail(e, CST_DATA,
                        "map.amount_per: expected the column of the months of a term in transform, found "
                        "nothing");
    if (!term && in->transform.n)
        return cst_fail(e, CST_DATA, "map.amount_per: expected nothing in transform, found \"%.*s\"",
                        (int)in->transform.n, in->transform.p);
    cst_buffer_add_string(&b, "per(");
    if (term) {
        cst_buffer_add_string(&b, "month,'");
        for (uint32_t i = 0; i < in->transform.n; i++) {
            if (in->transform.p[i] == '\'') cst_buffer_add_char(&b, '\'');
            cst_buffer_add_char(&b, in->transform.p[i]);
        }
        cst_buffer_add_char(&b, '\'');
    } else {
        cst_buffer_add(&b, in->from.p, in->from.n);
    }
    cst_buffer_add_char(&b, ')');
    m->amount_per = cst_arena_text(m->arena, cst_text_of(cst_buffer_string(&b)), &ok);
    ok &= !b.failed;
    cst_buffer_free(&b);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status add_of_line(ing_map *m, const struct ing_map_entry *in, ing_rule *rule, int *n,
                              cst_error *e)
{
    if (*n == ING_LINE_RULES_MOST)
        return cst_fail(e, CST_DATA, "%.*s: expected at most %d rows", (int)in->column.n, in->column.p,
                        ING_LINE_RULES_MOST);
    return set_rule(m, in, &rule[(*n)++], e);
}

static cst_status read_line(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return add_of_line(m, in, m->line, &m->lines, e);
}

static cst_status read_credit_of(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return add_of_line(m, in, m->credit_of, &m->credits_of, e);
}

static cst_status read_kind(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    if (m->kinds == ING_KIND_RULES_MOST)
        return cst_fail(e, CST_DATA, "map.kind: expected at most %d rows", ING_KIND_RULES_MOST);
    return set_rule(m, in, &m->kind[m->kinds++], e);
}

static cst_status read_amount(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->amount, e);
}

static cst_status read_month(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->month, e);
}

static cst_status read_cancelled(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->cancelled, e);
}

static cst_status read_trial_end(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->trial_end, e);
}

static cst_status read_trial_start(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->trial_start, e);
}

static cst_status read_discount_start(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->discount_start, e);
}

static cst_status read_discount_end(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->discount_end, e);
}

static cst_status read_pause_start(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->pause_start, e);
}

static cst_status read_pause_end(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->pause_end, e);
}

static cst_status read_past_due(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return set_rule(m, in, &m->past_due_since, e);
}

static cst_status read_lookup(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    return ing_lookup_spec_read(m, in->from, in->transform, in->place, e);
}

/* The lookup a row is about, and what it says of it: from NAME and transform, or, as --set has them, both in
 * from as NAME:WHAT. */
static ing_lookup_spec *read_about(ing_map *m, const struct ing_map_entry *in, cst_text *what, cst_error *e)
{
    const char *colon = in->from.n ? memchr(in->from.p, ':', in->from.n) : NULL;
    cst_text name = in->from;
    *what = in->transform;
    if (colon && !in->transform.n) {
        name.n = (uint32_t)(colon - in->from.p);
        *what = (cst_text){colon + 1, in->from.n - name.n - 1};
    }
    bool ok = true;
    *what = cst_arena_text(m->arena, *what, &ok);
    ing_lookup_spec *l = ing_lookup_spec_find(m, name, e);
    if (l && !ok) cst_no_memory(e);
    return ok ? l : NULL;
}

static cst_status read_lookup_where(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    cst_text what;
    ing_lookup_spec *l = read_about(m, in, &what, e);
    if (!l) return e->status;
    if (!what.n)
        return cst_fail(e, CST_DATA, "map.lookup_where: expected a condition in transform, found nothing");
    l->where = what;
    return CST_OK;
}

static cst_status read_lookup_winner(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    cst_text what, rank;
    ing_lookup_spec *l = read_about(m, in, &what, e);
    bool ok = true;
    if (!l) return e->status;
    if (!ing_winner_read(what, &l->winner, &rank))
        return cst_fail(e, CST_DATA, "map.lookup_winner: expected " ING_WINNERS ", found \"%.*s\"",
                        (int)what.n, what.p);
    l->rank = cst_arena_text(m->arena, rank, &ok);
    l->chosen = true;
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status read_lookup_all(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    ing_lookup_spec *l = ing_lookup_spec_find(m, in->from, e);
    if (!l) return e->status;
    l->all = true;
    return CST_OK;
}

static cst_status read_lookup_besides(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    ing_lookup_spec *l = ing_lookup_spec_find(m, in->from, e);
    if (!l) return e->status;
    l->besides = true;
    return CST_OK;
}

static cst_status read_total(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    bool ok = true;
    if (!in->from.n || in->transform.n || m->totals == ING_LINE_RULES_MOST)
        return cst_fail(
            e, CST_DATA,
            "map.total: expected a value in from, as Total, and nothing in transform, in at most %d "
            "rows, found \"%.*s\"",
            ING_LINE_RULES_MOST, (int)in->from.n, in->from.p);
    m->total[m->totals++] = cst_arena_text(m->arena, in->from, &ok);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status read_skip(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    int64_t n;
    if (!cst_int_parse(in->from, &n) || n < 0 || n > 1000)
        return cst_fail(e, CST_DATA, "map.skip: expected a number of lines from 0 to 1000, found \"%.*s\"",
                        (int)in->from.n, in->from.p);
    m->skip = (uint32_t)n;
    return CST_OK;
}

static cst_status read_header(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    bool ok = true;
    if (!in->from.n)
        return cst_fail(e, CST_DATA, "map.header: expected a column of the header in from, found nothing");
    m->header = cst_arena_text(m->arena, in->from, &ok).p;
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status read_note(ing_map *m, const struct ing_map_entry *in, cst_error *e)
{
    (void)m, (void)in, (void)e;
    return CST_OK;
}

static const struct {
    const char *name;
    cst_status (*read)(ing_map *m, const struct ing_map_entry *in, cst_error *e);
} directives[] = {
    {"map.stream", read_stream},
    {"map.shape", read_shape},
    {"map.ends", read_ends},
    {"map.zone", read_zone},
    {"map.kind", read_kind},
    {"map.amount", read_amount},
    {"map.amount_per", read_amount_per},
    {"map.line", read_line},
    {"map.credit_of", read_credit_of},
    {"map.month", read_month},
    {"map.cancelled", read_cancelled},
    {"map.note", read_note},
    {"map.total", read_total},
    {"map.skip", read_skip},
    {"map.header", read_header},
    {"map.lookup", read_lookup},
    {"map.lookup_where", read_lookup_where},
    {"map.lookup_winner", read_lookup_winner},
    {"map.lookup_all", read_lookup_all},
    {"map.lookup_besides", read_lookup_besides},
    {"map.trial_start", read_trial_start},
    {"map.trial_end", read_trial_end},
    {"map.discount_start", read_discount_start},
    {"map.discount_end", read_discount_end},
    {"map.pause_start", read_pause_start},
    {"map.pause_end", read_pause_end},
    {"map.negative", read_negative},
    {"map.past_due_since", read_past_due},
};
enum { DIRECTIVES = sizeof directives / sizeof directives[0] };

static cst_status directive_unknown(cst_text name, cst_error *e)
{
    cst_text names[DIRECTIVES];
    for (int i = 0; i < DIRECTIVES; i++) names[i] = cst_text_of(directives[i].name);
    cst_buffer b = {0};
    cst_buffer_printf(&b, "no row \"%.*s\" in a map", (int)name.n, name.p);
    cst_suggest_add(&b, name, names, DIRECTIVES);
    cst_buffer_add_string(&b, "; there are ");
    cst_suggest_list(&b, names, DIRECTIVES, DIRECTIVES);
    return cst_buffer_fail(&b, CST_DATA, (cst_place){0}, NULL, e);
}

/* The rule of a column that has none, empty but for its name. */
static ing_rule *new_rule(ing_map *m, cst_text column)
{
    if (m->n == m->rule_room) {
        int room = m->rule_room ? 2 * m->rule_room : 32;
        ing_rule *more = cst_arena_alloc(m->arena, sizeof *more * (size_t)room);
        if (!more) return NULL;
        if (m->n) memcpy(more, m->rule, sizeof *more * (size_t)m->n);
        m->rule = more;
        m->rule_room = room;
    }
    if (!m->names && !(m->names = cst_intern_new())) return NULL;
    if (cst_intern_id(m->names, column) != (uint32_t)m->n) return NULL;
    m->rule[m->n] = (ing_rule){.column = column, .ref = -1};
    return &m->rule[m->n++];
}

/* By the names while rules are in the order they came in, one by one once they are sorted. */
static int find_rule(const ing_map *m, cst_text column)
{
    if (m->names && !m->sorted) {
        uint32_t id = cst_intern_find(m->names, column);
        return id == CST_INTERN_NONE ? -1 : (int)id;
    }
    for (int i = 0; i < m->n; i++)
        if (cst_text_equal(m->rule[i].column, column)) return i;
    return -1;
}

int ing_map_find(const ing_map *m, const char *column)
{
    return find_rule(m, cst_text_of(column));
}

/* A column of an output table: what other commands can name in expressions and --by. */
static bool is_column_name(cst_text name)
{
    for (uint32_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c == '_' || (c >= 'a' && c <= 'z') || (i > 0 && c >= '0' && c <= '9'))) return false;
    }
    return name.n > 0;
}

/* Holds the chain to the column's type: what it gives must be what the column takes. */
static cst_status check_type(const ing_rule *r, cst_error *e)
{
    cst_type t = r->canonical ? r->canonical->type : CST_TYPE_TEXT;
    ing_datum_kind gives = ing_chain_gives(&r->chain);
    bool fits = gives == ING_DATUM_TEXT;
    if (gives == ING_DATUM_DAY || gives == ING_DATUM_INSTANT)
        fits = t == CST_TYPE_DAY || t == CST_TYPE_INSTANT || t == CST_TYPE_TEXT;
    if (gives == ING_DATUM_AMOUNT)
        fits = t == CST_TYPE_MONEY || t == CST_TYPE_NUMBER || t == CST_TYPE_COUNT || t == CST_TYPE_RATE ||
               t == CST_TYPE_TEXT;
    if (fits) return CST_OK;
    return cst_fail(e, CST_DATA, "%.*s takes %s, but its transform gives %s", (int)r->column.n, r->column.p,
                    cst_type_expects(t), gives == ING_DATUM_AMOUNT ? "an amount" : "a date");
}

static cst_status add_entry(ing_map *m, const struct ing_map_entry *in, bool replace, cst_error *e)
{
    if (in->column.n > 4 && memcmp(in->column.p, "map.", 4) == 0) {
        for (int i = 0; i < DIRECTIVES; i++)
            if (cst_text_is(in->column, directives[i].name)) return directives[i].read(m, in, e);
        return directive_unknown(in->column, e);
    }
    int at = find_rule(m, in->column);
    if (at >= 0 && (!replace || m->rule[at].set))
        return cst_fail(e, CST_DATA, "%.*s: expected each column once, found it twice; leave one out",
                        (int)in->column.n, in->column.p);
    if (!is_column_name(in->column) || cst_text_is(in->column, "source"))
        return cst_fail(e, CST_DATA,
                        "expected a column name of small letters, digits and _ (source is written by "
                        "itself), found \"%.*s\"",
                        (int)in->column.n, in->column.p);
    ing_rule *r = at >= 0 ? &m->rule[at] : new_rule(m, in->column);
    if (!r) return cst_no_memory(e);
    cst_status status = set_rule(m, in, r, e);
    if (status != CST_OK) return status;
    r->set = replace;
    r->canonical = cst_stream_column_find(m->stream, r->column);
    return check_type(r, e);
}

cst_status ing_map_load(ing_map *m, const char *name, const cst_table *t, cst_error *e)
{
    int column, from, transform;
    cst_status status = cst_table_bind(t, "column", CST_REQUIRED, &column, e);
    if (status == CST_OK) status = cst_table_bind(t, "from", CST_REQUIRED, &from, e);
    if (status == CST_OK) status = cst_table_bind(t, "transform", CST_REQUIRED, &transform, e);
    if (status < 0)
        return cst_error_advise(e, status,
                                "a map is a table column,from,transform; --print-map NAME shows one");
    m->name = cst_arena_string(m->arena, name, strlen(name));
    if (!m->name) return cst_no_memory(e);
    m->given = true;
    for (size_t i = 0; i < cst_table_rows(t); i++) {
        struct ing_map_entry in = {cst_table_at(t, i, column), cst_table_at(t, i, from),
                                   cst_table_at(t, i, transform), cst_table_place(t, i, column)};
        status = add_entry(m, &in, false, e);
        if (status != CST_OK) return status == CST_DATA ? cst_error_place(e, in.place, NULL) : status;
    }
    return CST_OK;
}

/* What a constant has to be is known before any row is read; the rows are not to blame. */
static cst_status check_constant(const struct cst_stream_column *c, cst_text value, cst_error *e)
{
    ing_cell cell;
    char room[ING_CELL_ROOM], shown[80];
    bool too_large = false;
    if (!c || value.n == 0 || ing_cell_raw(c->type, c->words, value, room, &cell, &too_large)) return CST_OK;
    ing_found(value, shown);
    return cst_fail(e, CST_DATA, "%s: expected %s%s%s, found \"%s\"", c->name, c->words ? "one of " : "",
                    c->words ? c->words : cst_type_expects(c->type), too_large ? ", one that fits" : "",
                    shown);
}

cst_status ing_map_set(ing_map *m, const char *setting, cst_error *e)
{
    const char *equals = strchr(setting, '=');
    if (!equals || equals == setting)
        return cst_fail(e, CST_USAGE, "--set: expected COLUMN=VALUE, found \"%s\"", setting);
    struct ing_map_entry in = {.column = {setting, (uint32_t)(equals - setting)}};
    cst_buffer b = {0};
    if (strncmp(setting, "map.", 4) == 0) {
        in.from = cst_text_of(equals + 1);
    } else {
        cst_buffer_add_string(&b, "constant('");
        for (const char *p = equals + 1; *p; p++) {
            if (*p == '\'') cst_buffer_add_char(&b, '\'');
            cst_buffer_add_char(&b, *p);
        }
        cst_buffer_add_string(&b, "')");
        in.transform = cst_text_of(cst_buffer_string(&b));
    }
    cst_status status = b.failed ? cst_no_memory(e) : add_entry(m, &in, true, e);
    if (status == CST_OK)
        status = check_constant(cst_stream_column_find(m->stream, in.column), cst_text_of(equals + 1), e);
    if (status == CST_DATA) {
        cst_error why = *e;
        status = cst_fail(e, CST_USAGE, "--set: %s", why.message);
    }
    cst_buffer_free(&b);
    return status;
}

cst_status ing_map_by_name(ing_map *m, const cst_text *columns, size_t n, cst_error *e)
{
    for (size_t i = 0; i < n; i++) {
        if (find_rule(m, columns[i]) >= 0 || cst_text_is(columns[i], "source")) continue;
        ing_rule *r = new_rule(m, columns[i]);
        char *asked =
            cst_arena_alloc(m->arena, (size_t)columns[i].n + 1); /* a ? that is the name's own stays */
        if (!r || !asked) return cst_no_memory(e);
        if (columns[i].n) memcpy(asked, columns[i].p, columns[i].n);
        asked[columns[i].n] = '?';
        *r = (ing_rule){.column = columns[i],
                        .ref = ing_refs_add(&m->refs, (cst_text){asked, columns[i].n + (columns[i].n > 0)})};
        if (r->ref < 0) return cst_no_memory(e);
        r->canonical = cst_stream_column_find(m->stream, r->column);
    }
    return CST_OK;
}

cst_status ing_map_made(ing_map *m, const char *column, cst_error *e)
{
    ing_rule *r = new_rule(m, cst_text_of(column));
    if (!r) return cst_no_memory(e);
    r->canonical = cst_stream_column_find(m->stream, r->column);
    return CST_OK;
}
