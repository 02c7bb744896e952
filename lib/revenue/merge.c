/* revenue/merge.c: parts are tables of integers. The first one says which definition the run follows;
 * the others must say the same, and so must whatever options the command line gives. Then every row is
 * added to its place. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/intern.h"
#include "base/number.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "revenue/partial.h"
#include "revenue/parts.h"
#include <stdlib.h>
#include <string.h>

const char *const cst_effect_name[CST_EFFECTS] = {"quantity_effect", "price_effect", "term_effect"};

typedef struct merge {
    cst_session *s;
    cst_revenue_opts opts; /* of the parts, with the command line's presentation */
    cst_arena *arena;
    cst_intern *names; /* of groups, parts joined */
    cst_definition given[CST_DEFINITIONS], preset[CST_DEFINITIONS];
    const cst_table *table; /* the part in hand */
    int column[5];          /* item, period, group, name, value */
    uint32_t *group;        /* of the part in hand: to the session's */
    uint32_t groups, group_room;
    bool some_currency; /* a part with rows was seen */
    cst_wide size;      /* of all integers taken so far, without their signs */
} merge;

static cst_status fail_row(const merge *m, size_t row, const char *expected, cst_error *e)
{
    cst_text found = cst_table_at(m->table, row, m->column[4]);
    return cst_fail_at(e, CST_DATA, cst_table_place(m->table, row, m->column[4]), "value",
                       "expected %s, found \"%.*s\"; --merge wants tables that --partial wrote, unchanged",
                       expected, (int)found.n, found.p);
}

/* ---- definitions ------------------------------------------------------------------------------------- */

static cst_status take_definition(merge *m, size_t row, bool first, cst_text name, cst_text value,
                                  cst_error *e)
{
    size_t i = 0;
    while (i < CST_DEFINITIONS && !cst_text_is(name, m->given[i].name)) i++;
    if (i == CST_DEFINITIONS) return fail_row(m, row, "a definition this version knows", e);
    bool asked = strcmp(m->given[i].text, m->preset[i].text) != 0;
    /* how it is printed may be said anew */
    if (strcmp(m->given[i].name, "decimals") == 0 && (asked || !first)) return CST_OK;
    if (first && asked && !cst_text_is(value, m->given[i].text))
        return cst_fail(e, CST_USAGE,
                        "--%s: expected %s%.*s%s as the part %s has it, found %s; leave the option out",
                        m->given[i].name, value.n ? "\"" : "none", (int)value.n, value.p, value.n ? "\"" : "",
                        cst_table_file(m->table), m->given[i].text);
    if (first) {
        const char *text = cst_arena_string(m->arena, value.p, value.n);
        if (!text) return cst_fail(e, CST_MEMORY, "out of memory");
        if (!cst_definition_apply(&m->opts, m->given[i].name, text))
            return fail_row(m, row, "the value of an option", e);
        free(m->preset[i].text);
        free(m->given[i].text);
        m->preset[i].text = strdup("");
        m->given[i].text = strdup(text);
        return m->preset[i].text && m->given[i].text ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    }
    if (!cst_text_is(value, m->given[i].text))
        return cst_fail_at(
            e, CST_DATA, cst_table_place(m->table, row, m->column[4]), "value",
            "expected --%s \"%s\" as in the first part, found \"%.*s\"; make all parts with the same options",
            m->given[i].name, m->given[i].text, (int)value.n, value.p);
    return CST_OK;
}

static cst_status take_fact(merge *m, size_t row, bool first, cst_text name, cst_text value, cst_error *e)
{
    cst_session *s = m->s;
    cst_day day;
    bool yes = cst_text_is(value, "yes");
    if (cst_text_is(name, "groups_of_rows")) {
        if (first) s->rules.groups_of_rows = yes;
        return yes == s->rules.groups_of_rows
                   ? CST_OK
                   : fail_row(m, row, "groups by the same columns in all parts", e);
    }
    if (cst_text_is(name, "by_currency")) {
        s->by_currency = yes;
    } else if (cst_text_is(name, "mixed")) {
        s->sums.mixed = true;
    } else if (cst_text_is(name, "total")) {
        s->total &= yes;
    } else if (cst_text_is(name, "currency")) {
        bool same = cst_text_is(value, s->currency);
        if (m->some_currency && !same && !s->by_currency)
            return fail_row(m, row, "the same currency in all parts", e);
        if (m->some_currency && !same) s->total = false;
        if (value.n >= sizeof s->currency) return fail_row(m, row, "a currency", e);
        memcpy(s->currency, value.p, value.n);
        s->currency[value.n] = 0;
        m->some_currency = true;
    } else if (!cst_day_parse(value, &day)) {
        return fail_row(m, row, "a date", e);
    } else if (cst_text_is(name, "first")) {
        if (s->counts.first == CST_DAY_NONE || day < s->counts.first) s->counts.first = day;
    } else if (s->counts.last == CST_DAY_NONE || day > s->counts.last) {
        s->counts.last = day;
    }
    return CST_OK;
}

static cst_status take_column(merge *m, bool first, cst_text value, cst_error *e)
{
    cst_session *s = m->s;
    if (!first) return CST_OK;
    char *text = cst_arena_alloc(m->arena, value.n + 4);
    const char **grown = realloc(s->segment, (s->bys + 1) * sizeof *grown);
    if (grown) s->segment = grown;
    if (!text || !grown) return cst_fail(e, CST_MEMORY, "out of memory");
    memcpy(text, "by_", 3);
    memcpy(text + 3, value.p, value.n);
    text[3 + value.n] = 0;
    s->segment[s->bys++] = text + 3;
    return CST_OK;
}

/* ---- groups ------------------------------------------------------------------------------------------ */

/* The rows of one group, one per column: its name is put together, and its number found. */
static cst_status take_group(merge *m, size_t *row, cst_error *e)
{
    cst_buffer b = {0};
    const cst_session *s = m->s;
    for (size_t k = 0; k < s->bys; k++) {
        if (*row >= cst_table_rows(m->table) ||
            !cst_text_is(cst_table_at(m->table, *row, m->column[0]), "group")) {
            cst_buffer_free(&b);
            return fail_row(m, *row - 1, "a group's value for every column", e);
        }
        cst_text part = cst_table_at(m->table, *row, m->column[4]);
        if (k) cst_buffer_add_char(&b, CST_LABEL_JOINT);
        cst_buffer_add(&b, part.p, part.n);
        if (k + 1 < s->bys) (*row)++;
    }
    uint32_t id =
        b.failed ? CST_INTERN_NONE : cst_intern_id(m->names, (cst_text){b.p ? b.p : "", (uint32_t)b.n});
    cst_buffer_free(&b);
    if (m->groups == m->group_room) {
        uint32_t room = m->group_room ? 2 * m->group_room : 16;
        uint32_t *grown = realloc(m->group, room * sizeof *grown);
        if (!grown) return cst_fail(e, CST_MEMORY, "out of memory");
        m->group = grown;
        m->group_room = room;
    }
    if (id == CST_INTERN_NONE || !cst_sums_group(&m->s->sums, id))
        return cst_fail(e, CST_MEMORY, "out of memory");
    m->group[m->groups++] = id;
    return CST_OK;
}

/* ---- sums -------------------------------------------------------------------------------------------- */

/* 10^36: a hundredth of what 128 bits hold, so that twelve times a sum fits as well. */
static cst_wide most_of_all(void)
{
    cst_wide v = INT64_C(1000000000000000000);
    return v * v;
}

/* Up to 37 digits. */
static bool parse_wide(cst_text t, cst_wide *out)
{
    uint32_t i = t.n > 0 && t.p[0] == '-';
    if (i == t.n || t.n - i > 37) return false;
    cst_wide v = 0;
    for (; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        v = 10 * v + (t.p[i] - '0');
    }
    *out = t.p[0] == '-' ? -v : v;
    return true;
}

/* No sum is larger than all integers together without their signs: while these are within bounds, none
 * can overflow, whoever wrote the parts. */
static cst_status count_size(merge *m, size_t row, cst_wide v, cst_error *e)
{
    m->size += v < 0 ? -v : v;
    if (m->size <= most_of_all()) return CST_OK;
    return cst_fail_at(
        e, CST_LIMIT, cst_table_place(m->table, row, m->column[4]), "value",
        "expected integers that add up to at most 10^36 without their signs, found more; use a "
        "larger unit");
}

static bool add_ret(cst_ret *r, cst_text name, cst_wide v)
{
    if (cst_text_is(name, "base"))
        r->base += v;
    else if (cst_text_is(name, "net"))
        r->net += v;
    else if (cst_text_is(name, "gross"))
        r->gross += v;
    else if (cst_text_is(name, "logos"))
        r->logos += (int64_t)v;
    else if (cst_text_is(name, "kept"))
        r->kept += (int64_t)v;
    else
        return false;
    return true;
}

static bool add_replicate(merge *m, cst_wide **r, cst_text name, cst_wide v)
{
    int64_t i;
    uint32_t n = m->s->rules.replicates;
    if (!cst_int_parse(name, &i) || i < 0 || i >= 3 * (int64_t)n) return false;
    if (!*r && !(*r = calloc(n, 3 * sizeof **r))) {
        m->s->sums.failed = true;
        return true;
    }
    (*r)[i] += v;
    return true;
}

static bool add_amount(cst_wide *into, const char *const *names, int n, cst_text name, cst_wide v)
{
    for (int k = 0; k < n; k++) {
        if (!cst_text_is(name, names[k])) continue;
        into[k] += v;
        return true;
    }
    return false;
}

static bool add_to_cell(merge *m, cst_series *of, cst_period p, cst_text item, cst_text name, cst_wide v)
{
    cst_cell *c = cst_sums_cell(&m->s->sums, of, p);
    if (!c) return true;
    if (cst_text_is(item, "amount")) return add_amount(c->amount, cst_movement_name, CST_MOVEMENTS, name, v);
    if (cst_text_is(item, "effect")) return add_amount(c->effect, cst_effect_name, CST_EFFECTS, name, v);
    if (cst_text_is(item, "retention")) return add_ret(&c->ret, name, v);
    if (cst_text_is(item, "replicate")) return add_replicate(m, &c->replicate, name, v);
    if (cst_text_is(item, "top")) {
        cst_period until = cst_text_is(name, "held") ? p + 1 : CST_TICK_NEVER;
        cst_sums_top(&m->s->sums, of, p, until, (cst_money)v);
        return true;
    }
    if (cst_text_is(name, "closing"))
        c->closing += v;
    else if (cst_text_is(name, "closing_logos"))
        c->closing_logos += (int64_t)v;
    else if (cst_text_is(name, "new"))
        c->new_logos += (int64_t)v;
    else if (cst_text_is(name, "reactivated"))
        c->reactivated += (int64_t)v;
    else if (cst_text_is(name, "churned"))
        c->churned += (int64_t)v;
    else
        return false;
    return true;
}

static bool add_to_link(merge *m, cst_series *of, cst_period p, cst_text item, cst_text name, cst_wide v)
{
    cst_link *l = cst_sums_link(&m->s->sums, of, p);
    if (!l) return true;
    return cst_text_is(item, "link") ? add_ret(&l->ret, name, v) : add_replicate(m, &l->replicate, name, v);
}

static cst_status take_sum(merge *m, size_t row, cst_text item, cst_text name, cst_text value, cst_error *e)
{
    cst_sums *sums = &m->s->sums;
    cst_text group = cst_table_at(m->table, row, m->column[2]);
    int64_t p, g = -1;
    cst_wide v;
    if (!parse_wide(value, &v)) return fail_row(m, row, "an integer of at most 37 digits", e);
    cst_status status = count_size(m, row, v, e);
    if (status < 0) return status;
    if (!cst_int_parse(cst_table_at(m->table, row, m->column[1]), &p) || p < INT32_MIN + 2 ||
        p > INT32_MAX - 2)
        return fail_row(m, row, "a row with a period", e);
    if (cst_text_is(item, "left")) {
        cst_sums_churned(sums, (cst_day)p);
        if (!sums->failed) sums->churned[p - sums->day_low] += (int64_t)v - 1;
        return CST_OK;
    }
    if (cst_text_is(item, "tick")) {
        cst_sums_tick(sums, (cst_period)p, 0);
        if (!sums->failed) sums->tick[p - sums->tick_low] += v;
        return CST_OK;
    }
    if (!cst_text_is(group, "total") && (!cst_int_parse(group, &g) || g < 0 || g >= m->groups))
        return fail_row(m, row, "a row of a group that the part names", e);
    cst_series *of = g < 0 ? &sums->total : &sums->group[m->group[g]];
    bool link = cst_text_is(item, "link") || cst_text_is(item, "link_replicate");
    bool known = link ? add_to_link(m, of, (cst_period)p, item, name, v)
                      : add_to_cell(m, of, (cst_period)p, item, name, v);
    return known ? CST_OK : fail_row(m, row, "a sum this version knows", e);
}

/* ---- parts ------------------------------------------------------------------------------------------- */

static cst_status bind_part(merge *m, cst_error *e)
{
    static const char *const names[5] = {"item", "period", "group", "name", "value"};
    for (int i = 0; i < 5; i++) {
        cst_status s = cst_table_bind(m->table, names[i], CST_REQUIRED, &m->column[i], e);
        if (s < 0) return s;
    }
    return CST_OK;
}

/* Once the first part's definition is in: the rules of the run. */
static cst_status start_rules(merge *m, cst_error *e)
{
    cst_session *s = m->s;
    bool rows = s->rules.groups_of_rows;
    m->opts.merge = true;
    s->o = &m->opts;
    cst_grid_free(&s->grid);
    cst_status status = cst_session_rules(s, e);
    s->rules.tops = true;
    s->rules.groups_of_rows = rows;
    s->rules.groups = m->opts.by != NULL;
    s->value = m->opts.value ? m->opts.value : "mrr";
    s->centre = m->opts.cross_sell_by;
    return status;
}

/* The last row counts those before it: a part that was cut short would be sums that are too small. */
static cst_status check_end(const merge *m, size_t *rows, cst_error *e)
{
    size_t n = cst_table_rows(m->table);
    int64_t counted;
    if (n > 0 && cst_text_is(cst_table_at(m->table, n - 1, m->column[0]), "end") &&
        cst_int_parse(cst_table_at(m->table, n - 1, m->column[4]), &counted) && counted == (int64_t)n - 1) {
        *rows = n - 1;
        return CST_OK;
    }
    cst_place place = n > 0 ? cst_table_place(m->table, n - 1, m->column[0])
                            : (cst_place){.file = cst_table_file(m->table)};
    return cst_fail_at(e, CST_DATA, place, "item",
                       "expected as last row an end that counts the %zu rows before it, found another; the "
                       "part was cut short or changed: make it again with --partial",
                       n > 0 ? n - 1 : 0);
}

static cst_status add_part(merge *m, const cst_table *t, bool first, cst_error *e)
{
    m->table = t;
    m->groups = 0;
    size_t rows = 0;
    cst_status status = bind_part(m, e);
    if (status == CST_OK) status = check_end(m, &rows, e);
    bool started = !first;
    for (size_t row = 0; status == CST_OK && row < rows; row++) {
        cst_text item = cst_table_at(t, row, m->column[0]), name = cst_table_at(t, row, m->column[3]);
        cst_text value = cst_table_at(t, row, m->column[4]);
        bool head =
            cst_text_is(item, "definition") || cst_text_is(item, "fact") || cst_text_is(item, "column");
        if (!head && !started) {
            status = start_rules(m, e);
            started = true;
            if (status < 0) return status;
        }
        if (cst_text_is(item, "definition"))
            status = take_definition(m, row, first, name, value, e);
        else if (cst_text_is(item, "fact"))
            status = take_fact(m, row, first, name, value, e);
        else if (cst_text_is(item, "column"))
            status = take_column(m, first, value, e);
        else if (cst_text_is(item, "group"))
            status = take_group(m, &row, e);
        else
            status = take_sum(m, row, item, name, value, e);
        if (status == CST_OK && m->s->sums.failed)
            status = cst_fail(e, CST_MEMORY, "out of memory, or periods too far apart");
    }
    return status == CST_OK && !started ? start_rules(m, e) : status;
}

static cst_status add_parts(merge *m, cst_error *e)
{
    const cst_inputs *in = cst_io_operands(m->s->io);
    cst_status status = CST_OK;
    for (size_t i = 1; i < in->n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(in->path[i], in->path[k]) == 0)
                return cst_fail(
                    e, CST_USAGE,
                    "--merge: expected every part once, found %s twice; its accounts would count double",
                    in->path[i]);
    for (size_t i = 0; status == CST_OK && i < in->n; i++) {
        cst_table *t = NULL;
        status = cst_io_table(m->s->io, in->path[i], &t, e);
        if (status == CST_OK) status = add_part(m, t, i == 0, e);
        cst_table_free(t);
    }
    return status;
}

static cst_status name_groups(merge *m, cst_error *e)
{
    cst_session *s = m->s;
    s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name);
    if (!s->group_name) return cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t i = 0; i < s->sums.groups; i++) s->group_name[i] = cst_intern_text(m->names, i);
    return cst_session_order_groups(s, e);
}

cst_status cst_merge_run(cst_session *s, cst_error *e)
{
    cst_revenue_opts preset;
    cst_revenue_init(&preset);
    merge m = {.s = s, .opts = *s->o, .arena = cst_arena_new(), .names = cst_intern_new()};
    cst_sums_init(&s->sums, &s->rules);
    s->rules.tops = true;
    s->counts.first = s->counts.last = CST_DAY_NONE;
    const cst_revenue_opts *own = s->o;
    cst_status status = m.arena && m.names ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    if (status == CST_OK) status = cst_definition_of(s->o, NULL, m.given, e);
    if (status == CST_OK) status = cst_definition_of(&preset, NULL, m.preset, e);
    if (status == CST_OK) status = add_parts(&m, e);
    if (status == CST_OK) status = name_groups(&m, e);
    if (status == CST_OK) {
        cst_session_range(s, s->counts.first, s->counts.last);
        status = cst_bridge_close(s, NULL, e);
    }
    if (status == CST_OK) status = cst_bridge_write(s, e);
    if (status == CST_OK) status = cst_definition_tell(s, e);
    if (status == CST_OK) cst_session_warn(s);
    s->o = own;
    cst_definition_free(m.given);
    cst_definition_free(m.preset);
    cst_intern_free(m.names);
    cst_arena_free(m.arena);
    free(m.group);
    return status;
}
