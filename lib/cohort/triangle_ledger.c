/* triangle_ledger.c: a triangle of revenue. An account's balance at the close of each tick is the sum of
 * the rows that hold on its last day; the first tick above zero is its first recurring revenue. Where
 * rates are given each row is valued at the rate of the tick's last day, and for nrr and grr what the
 * account paid at its anchor at the same rate, so that retention is at constant currency. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "cohort/book.h"
#include "cohort/triangle.h"
#include <stdlib.h>

typedef struct revenue_plan {
    cohort_input *in;
    cohort_frame *frame;
    cst_period first; /* tick of the earliest start */
    bool money;       /* amounts are printed, so that currencies matter */
} revenue_plan;

typedef struct revenue_worker {
    const revenue_plan *plan;
    const cst_labels *labels; /* NULL before the first account */
    cohort_triangle triangle;
    cst_wide *amount, *base; /* by tick of the account in hand */
    unsigned char *active;
    size_t room, base_room, active_room;
    cst_balance balance; /* scratch */
    cst_rate *rate;      /* [currency][tick - first]; 0: not looked up yet */
    unsigned char *seen; /* by account of the accounts table */
    uint64_t several;    /* accounts in several groups */
} revenue_worker;

static cst_status find_rate(revenue_worker *w, uint32_t currency, cst_period tick, cst_rate *out,
                            cst_error *e)
{
    const revenue_plan *p = w->plan;
    size_t ticks = (size_t)(p->frame->last - p->first) + 1;
    cst_rate *at = &w->rate[currency * ticks + (size_t)(tick - p->first)];
    if (*at == 0) {
        cst_status status = cst_fx_rate(p->in->subjects.fx, cst_labels_currency(w->labels, currency),
                                        cst_period_last(&p->frame->ages, tick), at, e);
        if (status != CST_OK) return status;
    }
    *out = *at;
    return CST_OK;
}

/* The row's amount at a tick, in the currency that is reported. */
static cst_status value_row(void *worker, const cst_ledger_row *row, cst_period tick, cst_wide *out,
                            cst_error *e)
{
    revenue_worker *w = worker;
    cst_rate rate;
    cst_money converted;
    cst_status status = find_rate(w, cst_labels_unit(w->labels, row->unit).currency, tick, &rate, e);
    if (status != CST_OK) return status;
    if (!cst_money_convert(row->amount, rate, &converted))
        return cst_fail(e, CST_LIMIT,
                        "expected an amount that fits 64 bits after conversion, found a larger one");
    *out = converted;
    return CST_OK;
}

/* The ticks of the triangle, with rates where there are any. */
static cst_closings closings_of(revenue_worker *w)
{
    return (cst_closings){.calendar = &w->plan->frame->ages,
                          .last = w->plan->frame->last,
                          .value = w->plan->in->subjects.fx ? value_row : NULL,
                          .context = w};
}

/* Balances by tick from `low` on; *n ticks, up to the last that any row reaches. */
static cst_status fill_balances(revenue_worker *w, const cst_ledger_account *a, const cst_ledger_row *row,
                                size_t rows, cst_period *low, uint32_t *n, cst_error *e)
{
    const cst_closings c = closings_of(w);
    cst_closings_span(&c, row, rows, low, n);
    if (*n == 0) return CST_OK;
    if (!cst_grow(&w->active, &w->active_room, *n, 1) ||
        !cst_grow(&w->amount, &w->room, *n, sizeof *w->amount))
        return cst_no_memory(e);
    cst_status status = cst_closings_fill(&c, row, rows, *low, *n, w->amount, e);
    if (status != CST_OK) return status;
    for (uint32_t i = 0; i < *n; i++) {
        if (w->amount[i] < 0) {
            cst_day day = cst_period_last(c.calendar, *low + (cst_period)i);
            return cst_balance_fail_below(a->id, cst_balance_negative(row, rows, day), day, e);
        }
        w->active[i] = w->amount[i] > 0;
    }
    return CST_OK;
}

/* What the rows that count at the anchor come to at each later tick's rate. */
static cst_status fill_base(revenue_worker *w, const cst_ledger_row *row, size_t rows, cst_period anchor,
                            cst_error *e)
{
    uint32_t n = (uint32_t)(w->plan->frame->last - anchor) + 1;
    if (!cst_grow(&w->base, &w->base_room, n, sizeof *w->base)) return cst_no_memory(e);
    const cst_closings c = closings_of(w);
    return cst_closings_worth(&c, row, rows, anchor, w->base, e);
}

/* The day on which the stretch of revenue begins that holds at the close of the first tick. */
static bool find_day(revenue_worker *w, const cst_ledger_row *row, size_t rows, cohort_began *began)
{
    cst_balance *b = &w->balance;
    cst_day close = cst_period_last(&w->plan->frame->ages, began->tick);
    if (!cst_balance_fill(b, row, rows, CST_DAY_NONE)) return false;
    size_t i = cst_balance_after(b, close);
    began->day = close;
    for (; i > 0 && b->at[i - 1].level > 0; i--) began->day = b->at[i - 1].day;
    return true;
}

static cst_status add_account(revenue_worker *w, const cst_ledger_account *a, const cst_ledger_row *row,
                              size_t rows, uint32_t group, cst_error *e)
{
    const cohort_frame *f = w->plan->frame;
    cohort_profile p = {.account = a->id, .key = cst_labels_segment(a->labels, group)};
    cohort_began began = COHORT_NEVER;
    cst_period anchor, cohort;
    cst_status status = fill_balances(w, a, row, rows, &p.low, &p.n, e);
    if (status != CST_OK) return status;
    for (uint32_t i = 0; i < p.n && began.tick == INT32_MAX; i++)
        if (w->active[i]) began.tick = p.low + (cst_period)i;
    if (f->split && began.tick != INT32_MAX && !find_day(w, row, rows, &began)) return cst_no_memory(e);
    if (!cohort_anchor(&w->triangle, f, w->plan->in, a->id, began, &anchor, &cohort, &status, e))
        return status;
    bool ratio = f->measure == COHORT_NRR || f->measure == COHORT_GRR;
    if (ratio && w->plan->in->subjects.fx && anchor <= f->last) {
        status = fill_base(w, row, rows, anchor, e);
        p.base = w->base;
    }
    p.active = w->active;
    p.amount = w->plan->money ? w->amount : NULL;
    return status == CST_OK ? cohort_triangle_add(&w->triangle, f, &p, anchor, cohort, e) : status;
}

/* Amounts of several currencies have no sum. The two that are named are the first by their bytes, whatever
 * the threads. */
static cst_status check_currencies(const revenue_plan *p, const cst_labels *s, cst_error *e)
{
    uint32_t n = cst_labels_currencies(s);
    cst_text a = {0}, b = {0};
    if (!p->money || p->in->subjects.fx || n < 2) return CST_OK;
    for (size_t i = 0; i < p->in->groups.n; i++)
        if (cst_text_is(p->in->groups.column[i].name, "currency")) return CST_OK;
    for (uint32_t i = 0; i < n; i++) {
        cst_text t = cst_labels_currency(s, i);
        if (i == 0 || cst_text_compare(t, a) < 0) {
            b = a;
            a = t;
        } else if (i == 1 || cst_text_compare(t, b) < 0) {
            b = t;
        }
    }
    return cst_fail(e, CST_DATA,
                    "expected amounts in one currency, found \"%.*s\" and \"%.*s\"; give --fx and "
                    "--report-currency, or group --by currency",
                    (int)a.n, a.p, (int)b.n, b.p);
}

/* With the first account the labels of all are known. */
static cst_status meet_labels(revenue_worker *w, const cst_labels *labels, cst_error *e)
{
    const revenue_plan *p = w->plan;
    cst_status status = check_currencies(p, labels, e);
    w->labels = labels;
    if (status != CST_OK || !p->in->subjects.fx) return status;
    size_t ticks = p->frame->last < p->first ? 1 : (size_t)(p->frame->last - p->first) + 1;
    w->rate = calloc(ticks * cst_labels_currencies(labels), sizeof *w->rate);
    return w->rate ? CST_OK : cst_no_memory(e);
}

static cst_status visit(void *worker, const cst_ledger_account *a, cst_error *e)
{
    revenue_worker *w = worker;
    cst_status status = w->labels ? CST_OK : meet_labels(w, a->labels, e);
    cohort_book_part(a);
    if (w->seen) {
        uint32_t account = cst_accounts_find(w->plan->in->subjects.accounts, a->id);
        if (account != CST_ACCOUNT_NONE) w->seen[account] = 1;
    }
    for (size_t from = 0, to; status == CST_OK && from < a->rows; from = to) {
        uint32_t group;
        to = cohort_book_group(a, from, &group);
        if (from == 0) w->several += to < a->rows;
        status = add_account(w, a, a->row + from, to - from, group, e);
    }
    return status;
}

static cst_status init_worker(revenue_worker *w, const revenue_plan *p, cst_error *e)
{
    *w = (revenue_worker){.plan = p};
    cst_status status = cohort_triangle_init(&w->triangle, e);
    if (status == CST_OK && p->frame->date_column >= 0) {
        w->seen = calloc(cst_accounts_count(p->in->subjects.accounts) + 1, 1);
        if (!w->seen) status = cst_no_memory(e);
    }
    return status;
}

static void free_worker(revenue_worker *w)
{
    cohort_triangle_free(&w->triangle);
    cst_balance_free(&w->balance);
    free(w->amount);
    free(w->base);
    free(w->active);
    free(w->rate);
    free(w->seen);
}

static cst_status gather(cohort_triangle *t, const revenue_plan *p, void *const worker[], cst_error *e)
{
    const cohort_input *in = p->in;
    unsigned char *seen = ((revenue_worker *)worker[0])->seen;
    for (int i = 0; i < in->threads; i++) {
        const revenue_worker *w = worker[i];
        if (!cohort_triangle_merge(t, &w->triangle)) return cst_no_memory(e);
        for (uint32_t a = 0; seen && i > 0 && a < cst_accounts_count(in->subjects.accounts); a++)
            seen[a] |= w->seen[a];
    }
    if (!seen || in->filter || in->groups.of_rows) return CST_OK;
    return cohort_triangle_add_unseen(t, p->frame, in, seen, e);
}

static void tell_several(const cohort_input *in, void *const worker[])
{
    uint64_t several = 0;
    for (int i = 0; i < in->threads; i++) several += ((const revenue_worker *)worker[i])->several;
    if (several > 0)
        cst_io_warn(in->io,
                    "%llu %s in several groups, and each group counts what it has of %s: a move from one to "
                    "another is a loss there and a beginning here; see --moves",
                    (unsigned long long)several, several == 1 ? "account is" : "accounts are",
                    several == 1 ? "it" : "them");
}

static cst_status visit_all(cohort_triangle *t, revenue_plan *p, cst_ledger *l, cst_error *e)
{
    int n = p->in->threads;
    void **worker = cst_workers(n, sizeof(revenue_worker));
    cst_status status = worker ? CST_OK : cst_no_memory(e);
    for (int i = 0; i < n && status == CST_OK; i++) status = init_worker(worker[i], p, e);
    if (status == CST_OK) status = cohort_book_each(p->in, l, n, visit, worker, e);
    if (status == CST_OK) status = gather(t, p, worker, e);
    if (status == CST_OK) tell_several(p->in, worker);
    for (int i = 0; i < n && worker; i++) free_worker(worker[i]);
    free(worker);
    return status;
}

cst_status cohort_triangle_of_subscriptions(cohort_triangle *t, cohort_frame *f, cohort_input *in,
                                            cst_error *e)
{
    revenue_plan p = {.in = in, .frame = f, .money = !cohort_measure_counts(f->measure) || f->worth};
    cst_ledger *l = NULL;
    cst_status status = cohort_book_read(in, false, &l, e);
    if (status == CST_OK) {
        cst_day day = cohort_book_day(in, l), first = cst_ledger_counted(l).first;
        bool edged = day != CST_DAY_NONE; /* else there is no row either, and nothing to lay out */
        if (edged) cohort_frame_close(f, in, day);
        p.first = first == CST_DAY_NONE ? f->last : cst_period_of(&f->ages, first);
        if (edged) status = visit_all(t, &p, l, e);
        cohort_book_tell(in, l);
    }
    cst_ledger_free(l);
    return status;
}
