/* latest.c: an interner over the accounts, and by account the best row so far. */
#include "tables/latest.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

typedef struct latest_row {
    size_t row;
    cst_day period;
} latest_row;

struct cst_latest {
    cst_intern *names;
    latest_row *at; /* by name */
    size_t room;
};

void cst_latest_free(cst_latest *l)
{
    if (!l) return;
    cst_intern_free(l->names);
    free(l->at);
    free(l);
}

static cst_status fail_repeated(const cst_table *t, size_t row, int column, size_t first, cst_error *e)
{
    cst_text id = cst_table_at(t, row, column);
    return cst_fail_at(
        e, CST_DATA, cst_table_place(t, row, column), "account_id",
        "expected one row per account and period, found \"%.*s\" again (first on line %llu); keep one "
        "of the two",
        id.n > 60 ? 60 : (int)id.n, id.p, (unsigned long long)cst_table_place(t, first, column).line);
}

static cst_status take_row(cst_latest *l, const cst_table *t, const cst_renaming *renaming, size_t row,
                           const int column[2], cst_day until, cst_error *e)
{
    cst_day period;
    cst_text id = cst_table_at(t, row, column[0]);
    cst_status status = cst_table_day(t, row, column[1], &period, e);
    if (status < 0) return status;
    if (id.n == 0 || status == CST_END)
        return cst_fail_at(e, CST_DATA, cst_table_place(t, row, column[id.n ? 1 : 0]),
                           id.n ? "period" : "account_id",
                           "expected an account and its period, found none; fill it or leave the row out");
    if (period > until) return CST_OK;
    cst_text raw = id;
    if (renaming) id = renaming->rename(renaming->context, raw);
    uint32_t known = cst_intern_count(l->names), k = cst_intern_id(l->names, id);
    if (k == CST_INTERN_NONE || !cst_grow(&l->at, &l->room, (size_t)k + 1, sizeof *l->at))
        return cst_no_memory(e);
    bool same = k < known && l->at[k].period == period;
    if (same && cst_text_equal(raw, cst_table_at(t, l->at[k].row, column[0])))
        return fail_repeated(t, row, column[0], l->at[k].row, e);
    /* of one period an account's own row goes before that of a name it had */
    if (k == known || period > l->at[k].period || (same && cst_text_equal(raw, id)))
        l->at[k] = (latest_row){row, period};
    return CST_OK;
}

cst_status cst_latest_new(const cst_table *t, const cst_renaming *renaming, cst_day until, cst_latest **out,
                          cst_error *e)
{
    int column[2];
    *out = NULL;
    cst_latest *l = calloc(1, sizeof *l);
    if (!l) return cst_no_memory(e);
    cst_status status = (l->names = cst_intern_new()) ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_table_bind(t, "account_id", CST_REQUIRED, &column[0], e);
    if (status == CST_OK) status = cst_table_bind(t, "period", CST_REQUIRED, &column[1], e);
    for (size_t row = 0; status == CST_OK && row < cst_table_rows(t); row++)
        status = take_row(l, t, renaming, row, column, until, e);
    if (status == CST_OK)
        *out = l;
    else
        cst_latest_free(l);
    return status;
}

bool cst_latest_find(const cst_latest *l, cst_text account, size_t *row, cst_day *period)
{
    uint32_t k = cst_intern_find(l->names, account);
    if (k == CST_INTERN_NONE) return false;
    *row = l->at[k].row;
    *period = l->at[k].period;
    return true;
}
