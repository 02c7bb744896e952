/* revenue/churn_reasons.c: which reason goes with which loss. Of one account, a loss and a reason that lie no
 * more than so many days apart are a pair. Pairs are taken the nearest first; then the earlier loss, the
 * earlier reason, the order of the rows. A reason serves one loss, and a loss has one reason. */
#include "base/memory.h"
#include "base/text.h"
#include "revenue/churn_by.h"
#include <stdlib.h>

const cst_text rev_churn_unknown = {"unknown", 7};

static int compare_reasons(const void *a, const void *b)
{
    const churn_reason *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static cst_status read_row(churn_reasons *r, const rev_session *s, size_t i, int date, int value,
                           cst_error *e)
{
    cst_text account = cst_table_at(r->table, i, r->id);
    churn_reason x = {.row = i};
    cst_status status = cst_table_day(r->table, i, date, &x.day, e);
    if (status == CST_END || (status == CST_OK && account.n == 0))
        return cst_fail_at(e, CST_DATA, cst_table_place(r->table, i, account.n ? date : r->id),
                           account.n ? "date" : "account_id", "expected a value, found none; fill it in");
    if (status != CST_OK) return status;
    if (s->o->periodic.as_of != CST_DAY_NONE && x.day > s->o->periodic.as_of) {
        r->later++;
        return CST_OK;
    }
    x.account = cst_intern_id(r->accounts, cst_subjects_of(&s->subjects, account));
    cst_text text = cst_table_at(r->table, i, value);
    x.value = cst_intern_id(r->values, text.n ? text : rev_churn_unknown);
    if (x.account == CST_INTERN_NONE || x.value == CST_INTERN_NONE ||
        !cst_grow(&r->at, &r->room, r->n + 1, sizeof *r->at))
        return cst_no_memory(e);
    r->at[r->n++] = x;
    return CST_OK;
}

cst_status rev_churn_reasons_open(churn_reasons *r, const rev_session *s, cst_error *e)
{
    int date, value;
    r->accounts = cst_intern_new();
    r->values = cst_intern_new();
    if (!r->accounts || !r->values) return cst_no_memory(e);
    cst_status status = cst_io_table(s->io, s->o->reasons, &r->table, e);
    if (status == CST_OK) status = cst_table_bind(r->table, "account_id", CST_REQUIRED, &r->id, e);
    if (status == CST_OK) status = cst_table_bind(r->table, "date", CST_REQUIRED, &date, e);
    if (status == CST_OK) status = cst_table_bind(r->table, s->o->churn_by, CST_REQUIRED, &value, e);
    for (size_t i = 0; status == CST_OK && i < cst_table_rows(r->table); i++)
        status = read_row(r, s, i, date, value, e);
    if (status == CST_OK && r->n > 1) qsort(r->at, r->n, sizeof *r->at, compare_reasons);
    return status;
}

void rev_churn_reasons_free(churn_reasons *r)
{
    cst_table_free(r->table);
    cst_intern_free(r->accounts);
    cst_intern_free(r->values);
    free(r->at);
    *r = (churn_reasons){0};
}

/* ---- pairs ------------------------------------------------------------------------------------------- */

typedef struct pair {
    int64_t apart;       /* days */
    size_t loss, reason; /* in the order of both */
} pair;

static int compare_pairs(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->apart != y->apart) return x->apart < y->apart ? -1 : 1;
    if (x->loss != y->loss) return x->loss < y->loss ? -1 : 1;
    return (x->reason > y->reason) - (x->reason < y->reason);
}

/* By account, then day; of one day churn is before contraction, and the earlier period before the later. */
static int compare_losses(const void *a, const void *b)
{
    const churn_loss *x = a, *y = b;
    if (x->account != y->account) return x->account < y->account ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->kind != y->kind) return x->kind > y->kind ? -1 : 1;
    return (x->period > y->period) - (x->period < y->period);
}

/* The losses [from, to) and reasons [first, end) of one account. */
static bool pair_account(churn_reasons *r, churn_loss *loss, size_t from, size_t to, size_t first, size_t end,
                         int64_t within)
{
    pair *p = NULL;
    size_t n = 0, room = 0;
    bool *used = calloc(end - first + 1, sizeof *used), ok = used != NULL;
    for (size_t i = from; ok && i < to; i++)
        for (size_t k = first; ok && k < end; k++) {
            int64_t apart = llabs((long long)loss[i].day - r->at[k].day);
            if (apart > within) continue;
            ok = cst_grow(&p, &room, n + 1, sizeof *p);
            if (ok) p[n++] = (pair){apart, i, k};
        }
    if (ok && n > 1) qsort(p, n, sizeof *p, compare_pairs);
    for (size_t i = 0; ok && i < n; i++) {
        if (used[p[i].reason - first] || loss[p[i].loss].value != CST_INTERN_NONE) continue;
        loss[p[i].loss].value = r->at[p[i].reason].value;
        used[p[i].reason - first] = true;
        r->served++;
    }
    free(p);
    free(used);
    return ok;
}

cst_status rev_churn_reasons_pair(churn_reasons *r, churn_loss *loss, size_t n, int64_t within, cst_error *e)
{
    if (n > 1) qsort(loss, n, sizeof *loss, compare_losses);
    size_t first = 0, end = 0;
    for (size_t i = 0, to; i < n; i = to) {
        for (to = i; to < n && loss[to].account == loss[i].account; to++) {
        }
        for (first = end; first < r->n && r->at[first].account < loss[i].account; first++) {
        }
        for (end = first; end < r->n && r->at[end].account == loss[i].account; end++) {
        }
        if (!pair_account(r, loss, i, to, first, end, within)) return cst_no_memory(e);
    }
    return CST_OK;
}
