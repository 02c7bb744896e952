/* revenue/merge_head.c: what a part is: the definition it was made under, facts about its rows, its group
 * columns. The first part says which definition the run follows; the others must say the same, and so must
 * whatever options the command line gives. */
#include "base/date.h"
#include "base/text.h"
#include "revenue/merge.h"
#include <string.h>

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

bool rev_merge_is_head(cst_text item)
{
    return cst_text_is(item, "definition") || cst_text_is(item, "fact") || cst_text_is(item, "column");
}

cst_status rev_merge_head(rev_merge *m, size_t row, cst_error *e)
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

cst_status rev_merge_rules(rev_merge *m, cst_error *e)
{
    rev_session *s = m->s;
    bool rows = s->rules.groups_of_rows;
    m->opts.merge = true;
    s->o = &m->opts;
    cst_grid_free(&s->grid);
    cst_status status = rev_session_rules(s, e);
    s->rules.tops = true;
    s->rules.groups_of_rows = rows;
    s->rules.groups = m->opts.by != NULL;
    s->value = m->opts.value ? m->opts.value : "mrr";
    s->centre = m->opts.cross_sell_by;
    return status;
}
