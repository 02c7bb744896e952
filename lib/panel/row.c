/* panel/row.c: reads the current row and the kept ones. A number is parsed once per row and column, however
 * many expressions ask for it. */
#include "base/date.h"
#include "base/number.h"
#include "base/text.h"
#include "panel/inside.h"
#include <stdio.h>

cst_text cst_panel_account(const cst_panel *p)
{
    return cst_intern_text(p->accounts, p->key.account);
}

uint32_t cst_panel_account_number(const cst_panel *p)
{
    return p->key.account;
}

cst_day cst_panel_period(const cst_panel *p)
{
    return p->key.period;
}

bool cst_panel_in(const cst_panel *p, size_t table)
{
    return p->here[table];
}

const cst_row *cst_panel_row(const cst_panel *p)
{
    return &p->row;
}

static uint32_t find_attributes(cst_panel *p)
{
    if (!p->attribute_found) p->attribute_row = cst_accounts_find(p->joined, cst_panel_account(p));
    p->attribute_found = true;
    return p->attribute_row;
}

cst_text cst_panel_text(cst_panel *p, uint32_t column)
{
    const cst_panel_column *c = &p->column[column];
    switch (c->origin) {
    case CST_COLUMN_ACCOUNT:
        return cst_panel_account(p);
    case CST_COLUMN_PERIOD:
        /* the text lives in the panel: it is asked for while others of the row are */
        return (cst_text){p->period_text, (uint32_t)cst_day_format(p->key.period, p->period_text)};
    case CST_COLUMN_ATTRIBUTE:
        return cst_accounts_at(p->joined, find_attributes(p), c->index);
    default:
        if (!c->needed || !p->here[c->table]) return (cst_text){"", 0};
        return cst_feed_text(p->feed[c->table], c->index);
    }
}

cst_place cst_panel_place(cst_panel *p, uint32_t column)
{
    const cst_panel_column *c = &p->column[column];
    if (c->origin == CST_COLUMN_ATTRIBUTE) return cst_accounts_place(p->joined, find_attributes(p), c->index);
    if (c->origin == CST_COLUMN_ROW && c->needed && p->here[c->table])
        return cst_feed_place(p->feed[c->table], c->index);
    for (size_t i = 0; i < p->feeds; i++)
        if (p->here[i]) return cst_feed_place(p->feed[i], -1);
    return (cst_place){0};
}

static cst_parsed parse_number(cst_panel *p, uint32_t column)
{
    const cst_panel_column *c = &p->column[column];
    if (c->origin == CST_COLUMN_ROW && c->needed && p->here[c->table])
        return cst_feed_number(p->feed[c->table], c->index, &p->number[column]);
    cst_text t = cst_panel_text(p, column);
    if (t.n == 0) return CST_PARSED_MISSING;
    return cst_number_parse(t, &p->number[column]) ? CST_PARSED_NUMBER : CST_PARSED_NO_NUMBER;
}

static cst_status read_number(cst_panel *p, uint32_t column, double *out)
{
    if (p->parsed[column] == CST_PARSED_NOT) p->parsed[column] = (uint8_t)parse_number(p, column);
    *out = p->number[column];
    return p->parsed[column] == CST_PARSED_NUMBER    ? CST_OK
           : p->parsed[column] == CST_PARSED_MISSING ? CST_END
                                                     : CST_DATA;
}

cst_kept cst_panel_value(cst_panel *p, uint32_t column)
{
    cst_reading reading = p->parsed[column] == CST_PARSED_NUMBER      ? CST_IS_NUMBER
                          : p->parsed[column] == CST_PARSED_NO_NUMBER ? CST_NO_NUMBER
                                                                      : CST_UNREAD;
    return (cst_kept){cst_panel_text(p, column), reading, p->number[column]};
}

/* ---- as expressions read it, some rows back ---- */

cst_text cst_panel_view_text(void *context, uint32_t column)
{
    const cst_panel_view *v = context;
    if (v->back == 0) return cst_panel_text(v->panel, column);
    int kept = v->panel->column[column].kept;
    return kept < 0 ? (cst_text){"", 0}
                    : cst_history_text(v->panel->history, v->panel->key.account, (size_t)kept, v->back);
}

cst_status cst_panel_view_number(void *context, uint32_t column, double *out)
{
    const cst_panel_view *v = context;
    if (v->back == 0) return read_number(v->panel, column, out);
    int kept = v->panel->column[column].kept;
    return kept < 0
               ? CST_END
               : cst_history_number(v->panel->history, v->panel->key.account, (size_t)kept, v->back, out);
}

/* Where an earlier value stood is not known any more. */
cst_place cst_panel_view_place(void *context, uint32_t column)
{
    const cst_panel_view *v = context;
    return v->back == 0 ? cst_panel_place(v->panel, column) : (cst_place){0};
}

/* ---- what is kept ---- */

size_t cst_panel_kept(const cst_panel *p)
{
    return p->kepts;
}

size_t cst_panel_kept_place(const cst_panel *p, uint32_t column)
{
    return p->column[column].kept < 0 ? p->kepts : (size_t)p->column[column].kept;
}

uint32_t cst_panel_kept_column(const cst_panel *p, size_t kept, int *back)
{
    *back = p->column[p->kept[kept]].back;
    return p->kept[kept];
}

int cst_panel_depth(const cst_panel *p)
{
    return p->depth;
}

uint32_t cst_panel_accounts(const cst_panel *p)
{
    return cst_intern_count(p->accounts);
}

cst_text cst_panel_account_id(const cst_panel *p, uint32_t account)
{
    return cst_intern_text(p->accounts, account);
}

cst_day cst_panel_earlier_period(const cst_panel *p, uint32_t account, int back)
{
    return cst_history_period(p->history, account, back);
}

cst_text cst_panel_earlier(const cst_panel *p, uint32_t account, size_t kept, int back)
{
    return cst_history_text(p->history, account, kept, back);
}
