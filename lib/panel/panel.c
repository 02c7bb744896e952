/* panel/panel.c: the merge. Every row table stands on its next row; the least of their keys is the panel's
 * row, and those that stand on it give it their columns and move on when the next row is asked for. */
#include "panel/panel.h"
#include "panel/inside.h"
#include <stdlib.h>
#include <string.h>

static cst_status start_history(cst_panel *p, cst_error *e)
{
    int *back = calloc(p->columns + 1, sizeof *back);
    p->kept = calloc(p->columns + 1, sizeof *p->kept);
    p->keep = calloc(p->columns + 1, sizeof *p->keep);
    p->parsed = calloc(p->columns + 1, sizeof *p->parsed);
    p->number = calloc(p->columns + 1, sizeof *p->number);
    for (size_t i = 0; back && p->kept && i < p->columns; i++) {
        if (p->column[i].back == 0) continue;
        p->column[i].kept = (int)p->kepts;
        back[p->kepts] = p->column[i].back;
        p->kept[p->kepts++] = (uint32_t)i;
    }
    p->row.parsed = p->parsed;
    p->row.numbers = p->number;
    if (back && p->kept && p->keep && p->parsed && p->number)
        p->history = cst_history_new(back, p->kepts, p->depth);
    free(back);
    return p->history ? CST_OK : cst_no_memory(e);
}

static cst_status load_all(cst_panel *p, cst_error *e)
{
    cst_status status = CST_OK;
    uint32_t *rank = NULL;
    for (size_t i = 0; i < p->feeds && status == CST_OK; i++) status = cst_feed_load(p->feed[i], e);
    if (status == CST_OK && !(rank = cst_intern_ranks(p->accounts))) status = cst_no_memory(e);
    for (size_t i = 0; i < p->feeds && status == CST_OK; i++) status = cst_feed_sort(p->feed[i], rank, e);
    free(rank);
    return status;
}

static cst_status advance(cst_panel *p, size_t i, cst_error *e)
{
    cst_status status = cst_feed_next(p->feed[i], p->order, e);
    p->here[i] = false;
    p->more[i] = status == CST_OK;
    return status < 0 ? status : CST_OK;
}

cst_status cst_panel_start(cst_panel *p, cst_error *e)
{
    cst_status status = CST_OK;
    if (p->feeds == 0) return cst_fail(e, CST_INTERNAL, "a panel without a row table");
    if (p->order == CST_PANEL_SORT) status = load_all(p, e);
    if (status == CST_OK) status = start_history(p, e);
    for (size_t i = 0; i < p->feeds && status == CST_OK; i++) status = advance(p, i, e);
    return status;
}

cst_status cst_panel_seed(cst_panel *p, cst_text account, cst_day period, const cst_text *values,
                          cst_error *e)
{
    uint32_t id = cst_intern_id(p->accounts, account);
    if (id == CST_INTERN_NONE) return cst_no_memory(e);
    for (size_t i = 0; i < p->kepts; i++) p->keep[i] = (cst_kept){.text = values[i], .reading = CST_UNREAD};
    return cst_history_add(p->history, id, period, p->keep, e);
}

/* The current row becomes an earlier one. */
static cst_status keep_row(cst_panel *p, cst_error *e)
{
    for (size_t i = 0; i < p->kepts; i++) p->keep[i] = cst_panel_value(p, p->kept[i]);
    cst_status status = cst_history_add(p->history, p->key.account, p->key.period, p->keep, e);
    for (size_t i = 0; i < p->feeds && status == CST_DATA; i++)
        if (p->here[i]) return cst_error_place(e, cst_feed_place(p->feed[i], -1), NULL);
    return status;
}

static cst_status leave_row(cst_panel *p, cst_error *e)
{
    cst_status status = p->dropped ? CST_OK : keep_row(p, e);
    for (size_t i = 0; i < p->feeds && status == CST_OK; i++)
        if (p->here[i]) status = advance(p, i, e);
    p->current = false;
    return status;
}

static void enter_row(cst_panel *p, cst_panel_key key)
{
    p->current = true;
    p->dropped = false;
    p->key = key;
    p->row.today = key.period;
    p->attribute_found = false;
    memset(p->parsed, CST_PARSED_NOT, p->columns);
}

cst_status cst_panel_next(cst_panel *p, cst_error *e)
{
    cst_panel_key least = {0};
    bool any = false;
    cst_status status = p->current ? leave_row(p, e) : CST_OK;
    if (status < 0) return status;
    for (size_t i = 0; i < p->feeds; i++) {
        if (!p->more[i]) continue;
        cst_panel_key key = cst_feed_key(p->feed[i]);
        if (!any || cst_key_compare(p->accounts, p->order, key, least) < 0) least = key;
        any = true;
    }
    if (!any) return CST_END;
    for (size_t i = 0; i < p->feeds; i++) {
        cst_panel_key key = cst_feed_key(p->feed[i]);
        p->here[i] = p->more[i] && key.account == least.account && key.period == least.period;
    }
    enter_row(p, least);
    return CST_OK;
}

void cst_panel_drop(cst_panel *p)
{
    p->dropped = true;
}

bool cst_panel_periods(const cst_panel *p, cst_periods *periods)
{
    for (size_t i = 0; i < p->feeds; i++)
        if (!cst_feed_periods(p->feed[i], periods)) return false;
    return true;
}

uint32_t cst_panel_know(cst_panel *p, cst_text account)
{
    return cst_intern_id(p->accounts, account);
}
