/* panel/build.c: what a panel is made of before its first row: tables, names, and which columns are wanted
 * how far back. */
#include "base/buffer.h"
#include "base/date.h"
#include "base/suggest.h"
#include "base/text.h"
#include "panel/inside.h"
#include <stdlib.h>

cst_status cst_panel_new(cst_panel_order order, cst_panel **out, cst_error *e)
{
    cst_panel *p = calloc(1, sizeof *p);
    if (p) p->accounts = cst_intern_new();
    if (!p || !p->accounts) {
        free(p);
        *out = NULL;
        return cst_no_memory(e);
    }
    p->order = order;
    p->view = (cst_panel_view){p, 0};
    p->row = (cst_row){.context = &p->view,
                       .text = cst_panel_view_text,
                       .number = cst_panel_view_number,
                       .place = cst_panel_view_place,
                       .today = CST_DAY_NONE};
    *out = p;
    return CST_OK;
}

void cst_panel_free(cst_panel *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->feeds; i++) cst_feed_free(p->feed[i]);
    cst_history_free(p->history);
    cst_intern_free(p->accounts);
    free(p->feed);
    free(p->here);
    free(p->more);
    free(p->column);
    free(p->name);
    free(p->kept);
    free(p->keep);
    free(p->parsed);
    free(p->number);
    free(p);
}

static cst_status add_column(cst_panel *p, cst_text name, cst_column_origin origin, size_t table, int index,
                             cst_error *e)
{
    if (p->columns == p->room) {
        size_t room = cst_room_for(p->room, p->columns + 1);
        if (!cst_resize(&p->column, room, sizeof *p->column) || !cst_resize(&p->name, room, sizeof *p->name))
            return cst_no_memory(e);
        p->room = room;
    }
    p->name[p->columns] = name;
    p->column[p->columns++] =
        (cst_panel_column){.origin = origin, .table = (uint32_t)table, .index = index, .kept = -1};
    return CST_OK;
}

static cst_status add_feed_columns(cst_panel *p, const cst_feed *s, cst_error *e)
{
    const char *account = cst_feed_account_column(s), *period = cst_feed_period_column(s);
    cst_status status = CST_OK;
    if (p->feeds == 1 && account) status = add_column(p, cst_text_of(account), CST_COLUMN_ACCOUNT, 0, 0, e);
    if (p->feeds == 1 && status == CST_OK)
        status = add_column(p, cst_text_of(period), CST_COLUMN_PERIOD, 0, 0, e);
    const cst_reader *r = cst_feed_reader(s);
    for (size_t i = 0; i < cst_reader_columns(r) && status == CST_OK; i++) {
        cst_text name = cst_reader_column_name(r, i);
        if (cst_text_is(name, period) || (account && cst_text_is(name, account))) continue;
        status = add_column(p, name, CST_COLUMN_ROW, p->feeds - 1, -1, e);
    }
    return status;
}

cst_status cst_panel_add(cst_panel *p, cst_reader *r, const char *account_column, const char *period_column,
                         cst_error *e)
{
    cst_feed *s;
    if (p->feeds && !cst_feed_account_column(p->feed[0]) != !account_column)
        return cst_fail(e, CST_INTERNAL, "row tables keyed by the period alone stand with others in a panel");
    size_t n = p->feeds + 1;
    if (!cst_resize(&p->feed, n, sizeof *p->feed) || !cst_resize(&p->here, n, sizeof *p->here) ||
        !cst_resize(&p->more, n, sizeof *p->more))
        return cst_no_memory(e);
    cst_status status = cst_feed_new(r, p->accounts, account_column, period_column, &s, e);
    if (status < 0) return status;
    p->here[p->feeds] = p->more[p->feeds] = false;
    p->feed[p->feeds++] = s;
    return add_feed_columns(p, s, e);
}

cst_status cst_panel_join_accounts(cst_panel *p, const cst_accounts *a, cst_error *e)
{
    cst_status status = CST_OK;
    p->joined = a;
    for (size_t i = 0; i < cst_accounts_columns(a) && status == CST_OK; i++) {
        cst_text name = cst_accounts_column_name(a, i);
        if (!cst_text_is(name, "account_id"))
            status = add_column(p, name, CST_COLUMN_ATTRIBUTE, 0, (int)i, e);
    }
    return status;
}

const cst_text *cst_panel_names(const cst_panel *p, size_t *n)
{
    *n = p->columns;
    return p->name;
}

static size_t find_name(const cst_panel *p, cst_text name)
{
    size_t i = 0;
    while (i < p->columns && !cst_text_equal(p->name[i], name)) i++;
    return i;
}

bool cst_panel_has(const cst_panel *p, cst_text name)
{
    return find_name(p, name) < p->columns;
}

cst_status cst_panel_find(const cst_panel *p, cst_text name, uint32_t *column, cst_error *e)
{
    size_t i = find_name(p, name);
    *column = (uint32_t)i;
    if (i < p->columns) return CST_OK;
    cst_buffer b = {0};
    cst_suggest_unknown(&b, "a column", name, p->name, p->columns, "; the columns are ", 20);
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, NULL, e);
}

cst_status cst_panel_need(cst_panel *p, uint32_t column, int back, cst_error *e)
{
    cst_panel_column *c = &p->column[column];
    if (back > c->back) c->back = back;
    if (back > p->depth) p->depth = back;
    if (c->needed) return CST_OK;
    c->needed = true;
    if (c->origin != CST_COLUMN_ROW) return CST_OK;
    return cst_feed_bind(p->feed[c->table], p->name[column].p, &c->index, e);
}

cst_status cst_panel_need_expr(cst_panel *p, const cst_expr *x, cst_error *e)
{
    cst_status status = CST_OK;
    if (cst_expr_depth(x) > p->depth) p->depth = cst_expr_depth(x);
    for (size_t i = 0; i < p->columns && status == CST_OK; i++) {
        int back = cst_expr_back(x, (uint32_t)i);
        if (back >= 0) status = cst_panel_need(p, (uint32_t)i, back, e);
    }
    return status;
}

cst_status cst_panel_test(cst_panel *p, uint32_t column, cst_readable *test, const char *expected,
                          cst_error *e)
{
    const cst_panel_column *c = &p->column[column];
    if (c->origin != CST_COLUMN_ROW) return CST_OK;
    return cst_feed_test(p->feed[c->table], c->index, p->name[column].p, test, expected, e);
}

static cst_status test_field(void *context, uint32_t slot, cst_readable *test, const char *expected,
                             cst_error *e)
{
    return cst_panel_test(context, slot, test, expected, e);
}

cst_status cst_panel_test_expr(cst_panel *p, const cst_expr *x, cst_error *e)
{
    return cst_expr_reads(x, test_field, p, e);
}

void cst_panel_part(cst_panel *p, uint32_t part, uint32_t parts)
{
    for (size_t i = 0; i < p->feeds; i++) cst_feed_part(p->feed[i], part, parts);
}

cst_status cst_panel_only(cst_panel *p, uint32_t column, const char *value, cst_error *e)
{
    cst_status status = cst_panel_need(p, column, 0, e);
    const cst_panel_column *c = &p->column[column];
    if (status == CST_OK && c->origin != CST_COLUMN_ROW)
        status = cst_fail(e, CST_INTERNAL, "only rows of a row table can be chosen");
    if (status == CST_OK) cst_feed_only(p->feed[c->table], c->index, value);
    return status;
}

void cst_panel_keep_spare(cst_panel *p)
{
    if (p->depth > 0) p->depth++;
    for (size_t i = 0; i < p->columns; i++)
        if (p->column[i].back > 0) p->column[i].back++;
}

bool cst_panel_attribute(const cst_panel *p, uint32_t column, int *attribute)
{
    *attribute = p->column[column].index;
    return p->column[column].origin == CST_COLUMN_ATTRIBUTE;
}

void cst_panel_set_order(cst_panel *p, cst_panel_order order)
{
    p->order = order;
}
