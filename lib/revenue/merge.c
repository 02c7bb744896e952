/* revenue/merge.c: --merge. Parts are tables of integers that --partial wrote. They are read one after the
 * other, and what their rows say is taken in; the sums are then what one run over all accounts has. */
#include "revenue/merge.h"
#include "base/number.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include <stdlib.h>
#include <string.h>

cst_status rev_merge_refuse(const rev_merge *m, size_t row, const char *expected, cst_error *e)
{
    cst_text found = cst_table_at(m->table, row, m->column[4]);
    return cst_fail_at(e, CST_DATA, cst_table_place(m->table, row, m->column[4]), "value",
                       "expected %s, found \"%.*s\"; --merge wants tables that --partial wrote, unchanged",
                       expected, (int)found.n, found.p);
}

/* ---- parts ------------------------------------------------------------------------------------------- */

static cst_status bind_part(rev_merge *m, cst_error *e)
{
    static const char *const names[5] = {"item", "period", "group", "name", "value"};
    for (int i = 0; i < 5; i++) {
        cst_status status = cst_table_bind(m->table, names[i], CST_REQUIRED, &m->column[i], e);
        if (status < 0) return status;
    }
    return CST_OK;
}

/* The last row counts those before it: a part that was cut short would be sums that are too small. */
static cst_status check_end(const rev_merge *m, size_t *rows, cst_error *e)
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

static cst_status add_part(rev_merge *m, const cst_table *t, bool first, cst_error *e)
{
    m->table = t;
    m->groups = 0;
    size_t rows = 0;
    cst_status status = bind_part(m, e);
    if (status == CST_OK) status = check_end(m, &rows, e);
    bool started = !first;
    for (size_t row = 0; status == CST_OK && row < rows; row++) {
        cst_text item = cst_table_at(t, row, m->column[0]);
        bool head = rev_merge_is_head(item);
        if (!head && !started) {
            status = rev_merge_rules(m, e);
            started = true;
            if (status < 0) return status;
        }
        if (head)
            status = rev_merge_head(m, row, first, e);
        else if (cst_text_is(item, "group"))
            status = rev_merge_group(m, &row, e);
        else
            status = rev_merge_sum(m, row, e);
        if (status == CST_OK && m->s->sums.failed)
            status = cst_fail(e, CST_MEMORY, "out of memory, or periods too far apart");
    }
    return status == CST_OK && !started ? rev_merge_rules(m, e) : status;
}

static cst_status add_parts(rev_merge *m, cst_error *e)
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

static cst_status name_groups(rev_merge *m, cst_error *e)
{
    rev_session *s = m->s;
    s->group_name = calloc(s->sums.groups + 1, sizeof *s->group_name);
    if (!s->group_name) return cst_fail(e, CST_MEMORY, "out of memory");
    for (uint32_t i = 0; i < s->sums.groups; i++) s->group_name[i] = cst_intern_text(m->names, i);
    return rev_session_order_groups(s, e);
}

cst_status rev_merge_run(rev_session *s, cst_error *e)
{
    rev_opts preset;
    rev_init(&preset);
    rev_merge m = {.s = s, .opts = *s->o, .arena = cst_arena_new(), .names = cst_intern_new()};
    rev_sums_init(&s->sums, &s->rules);
    s->rules.tops = true;
    s->counts.first = s->counts.last = CST_DAY_NONE;
    const rev_opts *own = s->o;
    cst_status status = m.arena && m.names ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    if (status == CST_OK) status = rev_definition_of(s->o, NULL, m.given, e);
    if (status == CST_OK) status = rev_definition_of(&preset, NULL, m.preset, e);
    if (status == CST_OK) status = add_parts(&m, e);
    if (status == CST_OK) status = name_groups(&m, e);
    if (status == CST_OK) {
        rev_session_range(s, s->counts.first, s->counts.last);
        status = rev_bridge_close(s, NULL, e);
    }
    if (status == CST_OK) status = rev_bridge_write(s, e);
    if (status == CST_OK) status = rev_definition_tell(s, e);
    if (status == CST_OK) rev_session_warn(s);
    s->o = own;
    rev_definition_free(m.given);
    rev_definition_free(m.preset);
    cst_intern_free(m.names);
    cst_arena_free(m.arena);
    free(m.group);
    return status;
}
