/* revenue/merge.c: --merge. Parts are tables of integers that --partial wrote. They are read one after the
 * other, and what their rows say goes to the rules of the run or to its sums, which are then what one run
 * over all accounts has. */
#include "base/date.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "tables/part.h"
#include <stdlib.h>
#include <string.h>

typedef struct rev_merge {
    rev_session *s;
    rev_opts opts; /* of the parts, with the command line's presentation */
    cst_parts parts;
    bool some_currency; /* a part with rows was seen */
} rev_merge;

/* ---- what a part is ------------------------------------------------------------------------------------ */

/* The definition a part was made under, facts about its rows, its group columns. The first part says which
 * definition the run follows; the others must say the same, and so must whatever options the command line
 * gives. */
static cst_status take_fact(rev_merge *m, size_t row, cst_text name, cst_text value, cst_error *e)
{
    const cst_parts *p = &m->parts;
    rev_session *s = m->s;
    cst_day day;
    bool yes = cst_text_is(value, "yes");
    if (cst_text_is(name, "groups_of_rows")) {
        if (p->first) s->rules.groups_of_rows = yes;
        return yes == s->rules.groups_of_rows
                   ? CST_OK
                   : cst_part_refuse(p, row, "groups by the same columns in all parts", e);
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
            return cst_part_refuse(p, row, "the same currency in all parts", e);
        if (m->some_currency && !same) s->total = false;
        if (value.n >= sizeof s->currency) return cst_part_refuse(p, row, "a currency", e);
        memcpy(s->currency, value.p, value.n);
        s->currency[value.n] = 0;
        m->some_currency = true;
    } else if (!cst_day_parse(value, &day)) {
        return cst_part_refuse(p, row, "a date", e);
    } else if (cst_text_is(name, "first")) {
        if (s->counts.first == CST_DAY_NONE || day < s->counts.first) s->counts.first = day;
    } else if (s->counts.last == CST_DAY_NONE || day > s->counts.last) {
        s->counts.last = day;
    }
    return CST_OK;
}

static bool is_head(cst_text item)
{
    return cst_text_is(item, "definition") || cst_text_is(item, "fact") || cst_text_is(item, "column");
}

static cst_status take_head(rev_merge *m, size_t row, cst_error *e)
{
    cst_parts *p = &m->parts;
    cst_text item = cst_part_item(p, row), name = cst_part_name(p, row);
    if (cst_text_is(item, "fact")) return take_fact(m, row, name, cst_part_value(p, row), e);
    /* how it is printed may be said anew */
    if (cst_text_is(item, "definition")) return cst_part_definition(p, row, cst_text_is(name, "decimals"), e);
    cst_status status = cst_part_column(p, row, e);
    m->s->segment = p->column;
    m->s->bys = p->columns;
    return status;
}

/* Once the first part's head is in: the rules of the run. */
static cst_status open_rules(rev_merge *m, cst_error *e)
{
    rev_session *s = m->s;
    bool rows = s->rules.groups_of_rows;
    m->opts.parts.merge = true;
    s->o = &m->opts;
    cst_grid_free(&s->grid);
    cst_status status = rev_session_rules(s, e);
    s->rules.tops = true;
    s->rules.groups_of_rows = rows;
    s->rules.groups = m->opts.stream.by != NULL;
    s->value = m->opts.value ? m->opts.value : "mrr";
    s->centre = m->opts.cross_sell_by;
    return status;
}

/* ---- what a part adds up to ---------------------------------------------------------------------------- */

/* Integers, each with its period and group, are added to their places. Groups are numbers of the part, which
 * names them first; the session has numbers of its own. */
static bool add_replicate(rev_merge *m, cst_wide **r, cst_text name, cst_wide v)
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

/* Adds a row to the cell's or link's sum of that name. */
static bool add_sum(rev_cell *c, rev_link *l, cst_text item, cst_text name, cst_wide v)
{
    for (int k = l ? REV_RET_FIRST : 0; k < REV_ALL_SUMS; k++) {
        rev_sum is = rev_sum_of(k);
        if (!cst_text_is(item, l ? "link" : is.item) || !cst_text_is(name, is.name)) continue;
        if (is.count)
            *(l ? &l->ret.count[is.at] : &c->count[is.at]) += (int64_t)v;
        else
            *(l ? &l->ret.sum[is.at - REV_RET_AT] : &c->sum[is.at]) += v;
        return true;
    }
    return false;
}

static bool add_to_series(rev_merge *m, rev_series *of, cst_period p, cst_text item, cst_text name,
                          cst_wide v)
{
    rev_sums *s = &m->s->sums;
    bool replicate = cst_text_is(item, "link_replicate");
    if (replicate || cst_text_is(item, "link")) {
        rev_link *l = rev_sums_link(s, of, p);
        if (!l) return true;
        return replicate ? add_replicate(m, &l->replicate, name, v) : add_sum(NULL, l, item, name, v);
    }
    rev_cell *c = rev_sums_cell(s, of, p);
    if (!c) return true;
    if (cst_text_is(item, "replicate")) return add_replicate(m, &c->replicate, name, v);
    if (!cst_text_is(item, "top")) return add_sum(c, NULL, item, name, v);
    rev_sums_top(s, of, p, cst_text_is(name, "held") ? p + 1 : CST_TICK_NEVER, (cst_money)v);
    return true;
}

static cst_status take_sum(rev_merge *m, size_t row, cst_error *e)
{
    cst_parts *part = &m->parts;
    cst_text item = cst_part_item(part, row), name = cst_part_name(part, row);
    rev_sums *sums = &m->s->sums;
    cst_period p;
    int64_t g;
    cst_wide v;
    cst_status status = cst_part_number(part, row, &v, e);
    if (status == CST_OK) status = cst_part_period(part, row, &p, e);
    if (status != CST_OK) return status;
    if (cst_text_is(item, "left")) {
        rev_sums_churned(sums, (cst_day)p, (int64_t)v);
        return CST_OK;
    }
    if (cst_text_is(item, "tick")) {
        rev_sums_tick(sums, p, v);
        return CST_OK;
    }
    if ((status = cst_part_find_group(part, row, &g, e)) != CST_OK) return status;
    return add_to_series(m, g < 0 ? &sums->total : &sums->group[g], p, item, name, v)
               ? CST_OK
               : cst_part_refuse_sum(part, row, e);
}

/* ---- all parts ----------------------------------------------------------------------------------------- */

static cst_status take_part(void *merge, cst_parts *p, cst_error *e)
{
    rev_merge *m = merge;
    bool started = !p->first;
    cst_status status = CST_OK;
    for (size_t row = 0; status == CST_OK && row < p->rows; row++) {
        cst_text item = cst_part_item(p, row);
        bool head = is_head(item);
        uint32_t group;
        if (!head && !started) {
            status = open_rules(m, e);
            started = true;
            if (status < 0) return status;
        }
        if (head)
            status = take_head(m, row, e);
        else if (cst_text_is(item, "group"))
            status = cst_part_name_group(p, &row, &group, e);
        else
            status = take_sum(m, row, e);
        if (status == CST_OK && cst_text_is(item, "group") && !rev_sums_group(&m->s->sums, group))
            status = cst_no_memory(e);
        if (status == CST_OK && m->s->sums.failed) status = cst_no_memory(e);
    }
    return status == CST_OK && !started ? open_rules(m, e) : status;
}

static cst_status name_groups(rev_merge *m, cst_error *e)
{
    rev_session *s = m->s;
    s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name);
    if (!s->group_name) return cst_no_memory(e);
    for (uint32_t i = 0; i < s->sums.groups; i++) s->group_name[i] = cst_intern_text(m->parts.names, i);
    return rev_session_order_groups(s, e);
}

cst_status rev_merge_run(rev_session *s, cst_error *e)
{
    rev_opts preset;
    rev_init(&preset);
    rev_merge m = {.s = s, .opts = *s->o};
    rev_sums_init(&s->sums, &s->rules);
    s->rules.tops = true;
    s->counts.first = s->counts.last = CST_DAY_NONE;
    const rev_opts *own = s->o;
    cst_status status = cst_parts_open(&m.parts, rev_definition_rows, own, &preset, &m.opts, e);
    if (status == CST_OK) status = cst_parts_each(&m.parts, s->io, take_part, &m, e);
    if (status == CST_OK) status = name_groups(&m, e);
    if (status == CST_OK) {
        rev_session_range(s, s->counts.first, s->counts.last);
        status = rev_bridge_close(s, NULL, e);
    }
    if (status == CST_OK) status = rev_bridge_write(s, e);
    if (status == CST_OK) status = rev_definition_tell(s, e);
    if (status == CST_OK) rev_session_warn(s);
    s->o = own;
    cst_parts_free(&m.parts);
    return status;
}
