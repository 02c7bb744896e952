/* filter_table.c: a condition over the rows of a small table that is held whole. */
#include "base/memory.h"
#include "expr/expr.h"
#include "tables/filter.h"
#include <stdlib.h>

/* A row of the table as an expression sees it: the table's columns, then those that it may lack and does. */
typedef struct table_row {
    const cst_table *table;
    size_t row;
} table_row;

static int column_of(const table_row *v, uint32_t slot)
{
    return slot < cst_table_columns(v->table) ? (int)slot : -1;
}

static cst_text read_text(void *context, uint32_t slot)
{
    const table_row *v = context;
    return cst_table_at(v->table, v->row, column_of(v, slot));
}

static cst_place find_place(void *context, uint32_t slot)
{
    const table_row *v = context;
    return cst_table_place(v->table, v->row, column_of(v, slot));
}

static cst_status parse(const cst_table *t, const cst_table_condition *c, cst_expr **out, cst_error *e)
{
    size_t columns = cst_table_columns(t);
    cst_text *names = calloc(columns + c->lacking + 1, sizeof *names);
    if (!names) return cst_no_memory(e);
    for (size_t i = 0; i < columns; i++) names[i] = cst_table_name(t, i);
    for (size_t i = 0; i < c->lacking; i++) names[columns + i] = c->lacks[i];
    const cst_expr_env env = {
        .label = c->label, .names = names, .n = columns + c->lacking, .want = CST_WANT_CONDITION};
    cst_status status = cst_expr_parse(c->text, &env, out, e);
    free(names);
    return status;
}

cst_status cst_table_where(const cst_table *t, const cst_table_condition *c, bool **keep, cst_error *e)
{
    size_t rows = cst_table_rows(t);
    cst_expr *x = NULL;
    *keep = calloc(rows + 1, sizeof **keep);
    if (!*keep) return cst_no_memory(e);
    cst_status status = c->text.n ? parse(t, c, &x, e) : CST_OK;
    table_row view = {t, 0};
    const cst_row row = {.context = &view, .text = read_text, .place = find_place, .today = CST_DAY_NONE};
    for (; status == CST_OK && view.row < rows; view.row++) {
        (*keep)[view.row] = true;
        if (x) status = cst_expr_true(x, &row, &(*keep)[view.row], e);
    }
    cst_expr_free(x);
    return status;
}
