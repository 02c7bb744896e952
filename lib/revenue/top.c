/* revenue/top.c: movers are ranked by the size of their change without fx, equal ones by account_id. */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "revenue/records.h"
#include <stdlib.h>
#include <string.h>

typedef struct mover {
    const rev_record *record;
    cst_money amount;
} mover;

static int compare_movers(const void *a, const void *b)
{
    const mover *x = a, *y = b;
    cst_money p = x->amount < 0 ? -x->amount : x->amount, q = y->amount < 0 ? -y->amount : y->amount;
    if (p != q) return p > q ? -1 : 1;
    int order = cst_text_compare(x->record->account, y->record->account);
    return order ? order : cst_text_compare(x->record->currency, y->record->currency);
}

static cst_status write_mover(const rev_session *s, cst_writer *w, const mover *m, uint64_t rank,
                              cst_error *e)
{
    const rev_record *r = m->record;
    char moves[REV_MOVES_ROOM];
    size_t n = rev_record_moves(r->amount, moves);
    cst_put_day(w, cst_period_first(&s->calendar, r->period));
    cst_put_day(w, cst_period_last(&s->calendar, r->period));
    cst_put_int(w, (int64_t)rank);
    cst_put_text(w, r->account);
    cst_put_text(w, (cst_text){moves, (uint32_t)n});
    cst_put_money(w, m->amount);
    cst_put_money(w, r->from);
    cst_put_money(w, r->to);
    cst_put_text(w, r->currency);
    cst_put_day(w, r->effective);
    cst_put_text(w, r->source);
    cst_put_string(w, "account");
    cst_put_int(w, 1);
    return cst_end_row(w, e);
}

/* The currency that comes next by its bytes after `last` (NULL: the first); false: there is none. */
static bool find_currency(const mover *m, size_t n, const cst_text *last, cst_text *out)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        cst_text c = m[i].record->currency;
        if (last && cst_text_compare(c, *last) <= 0) continue;
        if (!found || cst_text_compare(c, *out) < 0) *out = c;
        found = true;
    }
    return found;
}

/* Those beyond the rank as one row for each currency, so that the period's rows are all that moved. */
static cst_status write_rest(const rev_session *s, cst_writer *w, const mover *m, size_t n, cst_error *e)
{
    cst_text currency = {0}, next;
    cst_status status = CST_OK;
    for (bool any = false; status == CST_OK && find_currency(m, n, any ? &currency : NULL, &next);
         any = true) {
        cst_wide amount = 0, from = 0, to = 0;
        int64_t accounts = 0;
        currency = next;
        for (size_t i = 0; i < n; i++) {
            if (!cst_text_equal(m[i].record->currency, currency)) continue;
            amount += m[i].amount;
            from += m[i].record->from;
            to += m[i].record->to;
            accounts++;
        }
        cst_put_day(w, cst_period_first(&s->calendar, m->record->period));
        cst_put_day(w, cst_period_last(&s->calendar, m->record->period));
        for (int k = 0; k < 3; k++) cst_put_missing(w);
        cst_put_wide(w, amount);
        cst_put_wide(w, from);
        cst_put_wide(w, to);
        cst_put_text(w, currency);
        for (int k = 0; k < 2; k++) cst_put_missing(w);
        cst_put_string(w, "rest");
        cst_put_int(w, accounts);
        status = cst_end_row(w, e);
    }
    return status;
}

/* The movers of one period, records [first, end). */
static cst_status write_period(const rev_session *s, cst_writer *w, const rev_records *all, size_t first,
                               size_t end, int64_t most, cst_error *e)
{
    mover *m = malloc((end - first) * sizeof *m);
    if (!m) return cst_no_memory(e);
    size_t n = 0;
    cst_status status = CST_OK;
    for (size_t i = first; status == CST_OK && i < end; i++) {
        const rev_record *r = &all->at[i];
        m[n] = (mover){r, 0};
        status = rev_record_sum(r->amount, &m[n].amount, e);
        if (status == CST_OK && cst_money_add(m[n].amount, -r->amount[CST_FX], &m[n].amount) &&
            m[n].amount != 0)
            n++;
    }
    if (n > 1) qsort(m, n, sizeof *m, compare_movers);
    for (size_t i = 0; status == CST_OK && i < n && i < (size_t)most; i++)
        status = write_mover(s, w, &m[i], i + 1, e);
    if (status == CST_OK && n > (size_t)most) status = write_rest(s, w, m + most, n - (size_t)most, e);
    free(m);
    return status;
}

/* An account that had several stays in a period (--reactivation-window) moved once there: by their sum. */
static cst_status join_tenure(rev_records *all, cst_error *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->n; i++) {
        const rev_record *r = &all->at[i];
        rev_record *last = kept ? &all->at[kept - 1] : NULL;
        if (!last || rev_record_compare(last, r) != 0) {
            all->at[kept++] = *r;
            continue;
        }
        for (int m = 0; m < CST_MOVEMENTS; m++)
            if (!cst_money_add(last->amount[m], r->amount[m], &last->amount[m]))
                return cst_fail(e, CST_LIMIT, "expected movements within 9 million millions, found more");
        if (!rev_records_join_sources(all, &last->source, r->source)) return cst_no_memory(e);
        last->effective = r->effective; /* the later: records come in order of days */
    }
    all->n = kept;
    return CST_OK;
}

static cst_status write_all(const rev_session *s, const rev_records *all, int64_t most, cst_error *e)
{
    static const cst_column columns[] = {
        {"period_start", CST_COL_TEXT},   {"period_end", CST_COL_TEXT}, {"rank", CST_COL_NUMBER},
        {"account_id", CST_COL_TEXT},     {"movement", CST_COL_TEXT},   {"amount", CST_COL_NUMBER},
        {"from_mrr", CST_COL_NUMBER},     {"to_mrr", CST_COL_NUMBER},   {"currency", CST_COL_TEXT},
        {"effective_date", CST_COL_TEXT}, {"source", CST_COL_TEXT},     {"row", CST_COL_TEXT},
        {"accounts", CST_COL_NUMBER}};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(s->io, columns, sizeof columns / sizeof *columns, &w, e);
    for (size_t i = 0; status == CST_OK && i < all->n;) {
        size_t first = i;
        while (i < all->n && all->at[i].period == all->at[first].period) i++;
        status = write_period(s, w, all, first, i, most, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status rev_top_run(rev_session *s, cst_error *e)
{
    int64_t most;
    if (!cst_int_parse(cst_text_of(s->o->top), &most) || most < 1)
        return cst_fail(e, CST_USAGE, "--top: expected a number of accounts, at least 1, found \"%s\"",
                        s->o->top);
    rev_records all = {0};
    cst_status status = rev_records_collect(s, &all, e);
    if (status == CST_OK) status = rev_bridge_close(s, NULL, e);
    if (status == CST_OK) status = join_tenure(&all, e);
    if (status == CST_OK) status = write_all(s, &all, most, e);
    rev_records_free(&all);
    return status;
}
