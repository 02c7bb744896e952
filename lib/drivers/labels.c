/* labels.c: days by account, counted, laid out, sorted; a question is one bisection. */
#include "drivers/labels.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "panel/happened.h"
#include "tables/filter.h"

/* Sorts (account, day) pairs into l->day by counting. */
static cst_status lay_out(drv_labels *l, const uint32_t *account, const cst_day *day, cst_error *e)
{
    uint32_t accounts = cst_intern_count(l->accounts);
    l->day = calloc(l->n + 1, sizeof *l->day);
    l->begin = calloc((size_t)accounts + 2, sizeof *l->begin);
    if (!l->day || !l->begin) return cst_no_memory(e);
    for (size_t i = 0; i < l->n; i++) l->begin[account[i] + 2]++;
    for (uint32_t a = 0; a < accounts; a++) l->begin[a + 2] += l->begin[a + 1];
    for (size_t i = 0; i < l->n; i++) l->day[l->begin[account[i] + 1]++] = day[i];
    for (uint32_t a = 0; a < accounts; a++)
        qsort(l->day + l->begin[a], l->begin[a + 1] - l->begin[a], sizeof *l->day, cst_compare_days);
    return CST_OK;
}

static cst_status read_rows(const cst_happened *h, const drv_label_rows *which, drv_labels *out,
                            uint32_t *account, cst_day *day, cst_error *e)
{
    for (size_t row = 0; row < cst_table_rows(h->table); row++) {
        cst_text id;
        if (!cst_happened_counts(h, row, which->outcome)) continue;
        if (which->date && cst_table_at(h->table, row, h->day).n == 0) {
            out->undated++;
            continue;
        }
        cst_status status = cst_happened_read(h, row, &id, &day[out->n], e);
        if (status != CST_OK) return status;
        account[out->n] = cst_intern_id(out->accounts, id);
        if (account[out->n++] == CST_INTERN_NONE) return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status refuse_none(const cst_happened *h, const char *outcome, const char *where, cst_error *e)
{
    bool any = !where;
    for (size_t row = 0; !any && row < cst_table_rows(h->table); row++) any = h->keep[row];
    if (any) return outcome ? cst_happened_refuse(h, outcome, e) : CST_OK;
    return cst_fail_at(
        e, CST_DATA, (cst_place){cst_table_file(h->table), 0, 0}, "--label-where",
        "expected rows for which it is true, found none of %zu; see that its texts are written "
        "as in the table",
        cst_table_rows(h->table));
}

cst_status drv_labels_read(const cst_table *t, const drv_label_rows *which, drv_labels *out, cst_error *e)
{
    const char *outcome = which->outcome, *where = which->where;
    cst_happened h;
    bool *keep = NULL;
    *out = (drv_labels){.accounts = cst_intern_new()};
    size_t rows = cst_table_rows(t);
    uint32_t *account = calloc(rows + 1, sizeof *account);
    cst_day *day = calloc(rows + 1, sizeof *day);
    cst_status status = out->accounts && account && day ? cst_happened_bind(t, outcome, which->date, &h, e)
                                                        : cst_no_memory(e);
    if (status == CST_OK && where) {
        const cst_table_condition c = {.text = cst_text_of(where), .label = "--label-where"};
        status = cst_table_where(t, &c, &keep, e);
        h.keep = keep;
    }
    if (status == CST_OK) status = cst_happened_settle(&h, outcome, e);
    if (status == CST_OK) status = read_rows(&h, which, out, account, day, e);
    if (status == CST_OK && out->n + out->undated == 0) status = refuse_none(&h, outcome, where, e);
    if (status == CST_OK) status = lay_out(out, account, day, e);
    free(account);
    free(day);
    free(keep);
    return status;
}

void drv_labels_clear(drv_labels *l)
{
    cst_intern_free(l->accounts);
    free(l->day);
    free(l->begin);
    *l = (drv_labels){0};
}

bool drv_labels_within(const drv_labels *l, cst_text account, cst_day from, cst_day to)
{
    uint32_t id = cst_intern_find(l->accounts, account);
    if (id == CST_INTERN_NONE) return false;
    uint32_t low = l->begin[id], high = l->begin[id + 1], end = high; /* the first day past `from` */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (l->day[middle] <= from)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && l->day[low] <= to;
}
