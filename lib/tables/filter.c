/* tables/filter.c: an expression whose slots are columns of the main stream or attributes. The account is
 * looked up at most once per row, and only if an attribute is read. */
#include "tables/filter.h"
#include "base/memory.h"
#include "base/text.h"
#include "expr/expr.h"
#include "tables/accounts.h"
#include <stdlib.h>

enum { MOST_SIMPLE = 8 };

struct cst_filter {
    cst_expr *expr;
    cst_simple simple[MOST_SIMPLE]; /* what the condition comes to, if it is so simple */
    size_t n_simple;
    const cst_accounts *accounts;
    cst_joined *column; /* by slot of the expression; only those it reads are bound */
    int account_slot;
    cst_text (*rename)(const void *context, cst_text column, cst_text value);
    const void *rename_context;
    bool lifted;
    int customer_column;
    cst_day today;
};

typedef struct row_view {
    const cst_filter *filter;
    cst_batch *batch;
    uint32_t row;
    bool looked_up;
    uint32_t account;
    cst_text customer; /* with lifted: its name */
} row_view;

static cst_text rename_value(const cst_filter *f, cst_text column, cst_text value)
{
    return f->rename ? f->rename(f->rename_context, column, value) : value;
}

static uint32_t find_account(row_view *v)
{
    if (!v->looked_up) {
        const cst_filter *f = v->filter;
        cst_text name = cst_text_at(v->batch, v->row, f->account_slot);
        name = rename_value(f, cst_text_of("account_id"), name);
        if (f->lifted) v->customer = name = cst_accounts_lift(f->accounts, name, f->customer_column);
        v->account = cst_accounts_find(f->accounts, name);
        v->looked_up = true;
    }
    return v->account;
}

static cst_text read_text(void *context, uint32_t slot)
{
    row_view *v = context;
    const cst_joined *c = &v->filter->column[slot];
    if (c->from == CST_FROM_ROW)
        return rename_value(v->filter, c->name, cst_text_at(v->batch, v->row, c->column));
    uint32_t account = find_account(v);
    if (v->filter->lifted && c->column == v->filter->customer_column) return v->customer;
    return cst_accounts_at(v->filter->accounts, account, c->column);
}

static cst_place find_place(void *context, uint32_t slot)
{
    row_view *v = context;
    const cst_joined *c = &v->filter->column[slot];
    if (c->from == CST_FROM_ROW) return cst_place_at(v->batch, v->row, c->column);
    return cst_accounts_place(v->filter->accounts, find_account(v), c->column);
}

static cst_status bind_columns(cst_filter *f, cst_reader *r, const cst_filter_opts *o, size_t n, cst_error *e)
{
    bool joined = false;
    f->column = calloc(n + 1, sizeof *f->column);
    if (!f->column) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        if (cst_expr_back(f->expr, (uint32_t)i) < 0) continue;
        cst_status status = cst_joined_bind(r, f->accounts, i, &f->column[i], e);
        if (status < 0) return status;
        if (f->column[i].from == CST_FROM_ACCOUNT) joined = true;
    }
    if (!joined) return CST_OK;
    return cst_reader_bind(r, o->account_column ? o->account_column : "account_id", CST_REQUIRED,
                           &f->account_slot, e);
}

/* Only columns of the row as they stand are at hand for the short way. */
static void find_simple(cst_filter *f)
{
    size_t n = f->rename ? 0 : cst_expr_simple(f->expr, f->simple, MOST_SIMPLE);
    for (size_t i = 0; i < n; i++)
        if (f->column[f->simple[i].slot].from != CST_FROM_ROW) return;
    f->n_simple = n;
}

static cst_status open_filter(cst_filter *f, const char *text, cst_reader *r, const cst_filter_opts *o,
                              cst_error *e)
{
    size_t n;
    cst_text *names = cst_joined_names(r, o->accounts, &n);
    if (!names) return cst_no_memory(e);
    const cst_expr_env env = {.label = o->label ? o->label : "--where",
                              .names = names,
                              .n = n,
                              .want = CST_WANT_CONDITION,
                              .has_today = o->has_today};
    cst_status status = cst_expr_parse(cst_text_of(text), &env, &f->expr, e);
    if (status == CST_OK) status = bind_columns(f, r, o, n, e);
    if (status == CST_OK) find_simple(f);
    free(names);
    return status;
}

cst_status cst_filter_open(const char *text, cst_reader *r, const cst_filter_opts *o, cst_filter **out,
                           cst_error *e)
{
    cst_filter *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f) return cst_no_memory(e);
    f->accounts = o->accounts;
    f->account_slot = -1;
    f->rename = o->rename;
    f->rename_context = o->rename_context;
    f->lifted = o->lifted;
    f->customer_column = o->customer_column;
    f->today = o->has_today ? o->today : CST_DAY_NONE;
    cst_status status = open_filter(f, text, r, o, e);
    if (status == CST_OK)
        *out = f;
    else
        cst_filter_free(f);
    return status;
}

void cst_filter_free(cst_filter *f)
{
    if (!f) return;
    cst_expr_free(f->expr);
    free(f->column);
    free(f);
}

static enum cst_verdict judge_simple(const cst_filter *f, cst_batch *b, uint32_t row)
{
    enum cst_verdict verdict = CST_ASK;
    for (size_t i = 0; i < f->n_simple; i++) {
        const cst_simple *s = &f->simple[i];
        verdict = cst_simple_judge(s, cst_text_at(b, row, f->column[s->slot].column));
        if (verdict != CST_YES) break;
    }
    return verdict;
}

cst_status cst_filter_row(const cst_filter *f, cst_batch *b, uint32_t row, bool *keep, cst_error *e)
{
    enum cst_verdict verdict = judge_simple(f, b, row);
    *keep = verdict == CST_YES;
    if (verdict != CST_ASK) return CST_OK;
    row_view view = {.filter = f, .batch = b, .row = row};
    const cst_row over = {.context = &view, .text = read_text, .place = find_place, .today = f->today};
    return cst_expr_true(f->expr, &over, keep, e);
}
