/* lookup_choose.c: the condition of map.lookup_where over the rows of a lookup's file. */
#include "base/memory.h"
#include "base/text.h"
#include "expr/expr.h"
#include "ingest/lookup.h"
#include <stdlib.h>

/* A row of the table as an expression sees it: the table's columns, then those that it may lack and does. */
typedef struct table_row {
    const cst_table *table;
    size_t row;
} table_row;

static cst_text read_text(void *context, uint32_t slot)
{
    const table_row *v = context;
    bool there = slot < cst_table_columns(v->table);
    return cst_table_at(v->table, v->row, there ? (int)slot : -1);
}

static cst_place find_place(void *context, uint32_t slot)
{
    const table_row *v = context;
    bool there = slot < cst_table_columns(v->table);
    return cst_table_place(v->table, v->row, there ? (int)slot : -1);
}

static cst_status parse(const ing_lookup_spec *spec, const cst_table *t, cst_expr **out, cst_error *e)
{
    size_t columns = cst_table_columns(t), n = columns;
    cst_text *names = calloc(columns + (size_t)spec->n + 1, sizeof *names);
    if (!names) return cst_no_memory(e);
    for (size_t i = 0; i < columns; i++) names[i] = cst_table_name(t, i);
    for (int k = 0; k < spec->n; k++)
        if (spec->maybe[k]) names[n++] = spec->there[k];
    const cst_expr_env env = {
        .label = "map.lookup_where", .names = names, .n = n, .want = CST_WANT_CONDITION};
    cst_status status = cst_expr_parse(spec->where, &env, out, e);
    free(names);
    return status;
}

cst_status ing_lookup_where(const ing_lookup_spec *spec, const cst_table *t, bool **keep, cst_error *e)
{
    size_t rows = cst_table_rows(t);
    cst_expr *x = NULL;
    *keep = calloc(rows + 1, sizeof **keep);
    if (!*keep) return cst_no_memory(e);
    cst_status status = spec->where.n ? parse(spec, t, &x, e) : CST_OK;
    table_row view = {t, 0};
    const cst_row row = {.context = &view, .text = read_text, .place = find_place, .today = CST_DAY_NONE};
    for (; status == CST_OK && view.row < rows; view.row++) {
        (*keep)[view.row] = true;
        if (x) status = cst_expr_true(x, &row, &(*keep)[view.row], e);
    }
    cst_expr_free(x);
    return status;
}
