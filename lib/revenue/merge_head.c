/* revenue/merge_head.c: what a part is: the definition it was made under, facts about its rows, its group
 * columns. The first part says which definition the run follows; the others must say the same, and so must
 * whatever options the command line gives. */
#include "base/date.h"
#include "base/text.h"
#include "revenue/merge.h"
#include <stdlib.h>
#include <string.h>

static cst_status take_definition(rev_merge *m, size_t row, bool first, cst_text name, cst_text value,
                                  cst_error *e)
{
    size_t i = 0;
    while (i < REV_DEFINITIONS && !cst_text_is(name, m->given[i].name)) i++;
    if (i == REV_DEFINITIONS) return rev_merge_refuse(m, row, "a definition this version knows", e);
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
        if (!rev_definition_apply(&m->opts, m->given[i].name, text))
            return rev_merge_refuse(m, row, "the value of an option", e);
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

static cst_status take_fact(rev_merge *m, size_t row, bool first, cst_text name, cst_text value, cst_error *e)
{
    rev_session *s = m->s;
    cst_day day;
    bool yes = cst_text_is(value, "yes");
    if (cst_text_is(name, "groups_of_rows")) {
        if (first) s->rules.groups_of_rows = yes;
        return yes == s->rules.groups_of_rows
                   ? CST_OK
                   : rev_merge_refuse(m, row, "groups by the same columns in all parts", e);
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
            return rev_merge_refuse(m, row, "the same currency in all parts", e);
        if (m->some_currency && !same) s->total = false;
        if (value.n >= sizeof s->currency) return rev_merge_refuse(m, row, "a currency", e);
        memcpy(s->currency, value.p, value.n);
        s->currency[value.n] = 0;
        m->some_currency = true;
    } else if (!cst_day_parse(value, &day)) {
        return rev_merge_refuse(m, row, "a date", e);
    } else if (cst_text_is(name, "first")) {
        if (s->counts.first == CST_DAY_NONE || day < s->counts.first) s->counts.first = day;
    } else if (s->counts.last == CST_DAY_NONE || day > s->counts.last) {
        s->counts.last = day;
    }
    return CST_OK;
}

static cst_status take_column(rev_merge *m, bool first, cst_text value, cst_error *e)
{
    rev_session *s = m->s;
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

bool rev_merge_is_head(cst_text item)
{
    return cst_text_is(item, "definition") || cst_text_is(item, "fact") || cst_text_is(item, "column");
}

cst_status rev_merge_head(rev_merge *m, size_t row, bool first, cst_error *e)
{
    cst_text item = cst_table_at(m->table, row, m->column[0]);
    cst_text name = cst_table_at(m->table, row, m->column[3]),
             value = cst_table_at(m->table, row, m->column[4]);
    if (cst_text_is(item, "definition")) return take_definition(m, row, first, name, value, e);
    if (cst_text_is(item, "fact")) return take_fact(m, row, first, name, value, e);
    return take_column(m, first, value, e);
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
