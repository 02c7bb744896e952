/* metrics/lines.c: renewals and changes, account by account. Rows of a line stand together after a sort, so
 * that the work on a line grows with its own rows alone. */
#include "metrics/lines.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/fx.h"
#include "metrics/field.h"
#include <math.h>
#include <stdlib.h>

/* A record of the subscriptions, read. */
typedef struct met_line_span {
    cst_day start, end; /* end CST_LEDGER_OPEN: none */
    cst_money amount;
    uint64_t currency, line;
    int term; /* months; 0: none */
} met_line_span;

static uint64_t slot_of(const met_plan *p, const uint64_t *r, int slot, uint64_t missing)
{
    return slot < 0 ? missing : r[met_plan_slot_at(p, slot)];
}

static int term_of(const met_plan *p, const uint64_t *r)
{
    double term = p->term < 0 ? 0 : met_field_double(slot_of(p, r, p->term, 0));
    return term >= 1 && term <= 1200 ? (int)term : 0;
}

static met_line_span read_span(const met_plan *p, const uint64_t *r)
{
    int64_t end = (int64_t)slot_of(p, r, p->end, (uint64_t)MET_TIME_NONE);
    return (met_line_span){.start = cst_instant_day((int64_t)slot_of(p, r, p->start, 0)),
                           .end = end == MET_TIME_NONE ? CST_LEDGER_OPEN : cst_instant_day(end),
                           .amount = (cst_money)slot_of(p, r, p->mrr, 0),
                           .currency = slot_of(p, r, p->currency, UINT64_MAX),
                           .line = slot_of(p, r, p->line, UINT64_MAX),
                           .term = term_of(p, r)};
}

cst_status met_valuation_of(const met_valuation *v, uint64_t currency, cst_money amount, cst_day day,
                            cst_money *out, cst_error *e)
{
    cst_rate rate;
    *out = amount;
    if (!v->fx) return CST_OK;
    cst_text name = currency == UINT64_MAX ? (cst_text){"", 0}
                                           : cst_intern_text(v->subscriptions->text, (uint32_t)currency);
    cst_status status = cst_fx_rate(v->fx, name, day, &rate, e);
    if (status) return status;
    if (cst_money_convert(amount, rate, out)) return CST_OK;
    return cst_fail(e, CST_LIMIT,
                    "expected amounts of at most 9223372036854.775807 after conversion, found more");
}

static int compare_spans(const void *a, const void *b)
{
    const met_line_span *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

/* The account's stretches by line; the caller frees. *n == 0 and *out == NULL: none. */
static cst_status read_spans(const met_valuation *v, met_rows rows, met_line_span **out, size_t *n,
                             cst_error *e)
{
    const met_gathered *g = v->subscriptions;
    *n = rows.n;
    *out = NULL;
    if (!*n) return CST_OK;
    *out = malloc(*n * sizeof **out);
    if (!*out) return cst_no_memory(e);
    for (size_t i = 0; i < *n; i++) (*out)[i] = read_span(g->plan, rows.row[i]);
    qsort(*out, *n, sizeof **out, compare_spans);
    return CST_OK;
}

/* A line's rows by start, and those of them that may count on the day it is turned to or the day before.
 * Days ascend, so a row comes in once and goes out once: a line of contracts that follow each other takes as
 * long as it has rows, however many. */
typedef struct book {
    const met_line_span *row;
    size_t n, next; /* the first row that begins after the day */
    size_t *live, lives;
} book;

static void turn_to(book *b, cst_day day)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->lives; i++)
        if (b->row[b->live[i]].end >= day) b->live[kept++] = b->live[i];
    while (b->next < b->n && b->row[b->next].start <= day) b->live[kept++] = b->next++;
    b->lives = kept;
}

/* What the rows come to at the close of a day, at the rates of another. */
static cst_status sum_rows(const met_valuation *v, const book *b, cst_day day, cst_day rates, cst_money *out,
                           cst_error *e)
{
    cst_wide sum = 0;
    for (size_t i = 0; i < b->lives; i++) {
        const met_line_span *row = &b->row[b->live[i]];
        cst_money m;
        if (row->start > day || row->end <= day) continue;
        cst_status status = met_valuation_of(v, row->currency, row->amount, rates, &m, e);
        if (status) return status;
        sum += m;
    }
    if (cst_money_of_wide(sum, out)) return CST_OK;
    return cst_fail(e, CST_LIMIT, "expected a sum of at most 9223372036854.775807, found more");
}

/* The first day within the grace on which there is something again; CST_DAY_NONE: none. */
static cst_day find_return(const book *b, cst_day day, int32_t grace)
{
    for (size_t i = b->next; i < b->n && b->row[i].start - day <= grace; i++)
        if (b->row[i].amount > 0 && b->row[i].end > b->row[i].start) return b->row[i].start;
    return CST_DAY_NONE;
}

static met_generated *add_generated(met_generated_list *l)
{
    if (l->n == l->room) {
        size_t room = l->room * 2 + 16;
        met_generated *row = realloc(l->row, room * sizeof *row);
        if (!row) return NULL;
        l->row = row;
        l->room = room;
    }
    l->row[l->n] = (met_generated){.back = CST_DAY_NONE};
    return &l->row[l->n++];
}

static const char *const status_names[] = {"renewed", "late", "lost", "pending"};

/* Which conditions hold, of a row in each of `states` states; the second cell of renewals is the state. */
static cst_status judge_generated(const met_plan *p, met_generated *m, cst_text line, unsigned states,
                                  cst_error *e)
{
    char day[CST_DAY_ROOM], text[MET_GENERATED_CELLS][CST_DECIMAL_ROOM];
    cst_text cell[MET_GENERATED_CELLS] = {{day, (uint32_t)cst_day_format(m->day, day)}};
    for (int i = 1; i < MET_GENERATED_CELLS; i++)
        cell[i] = (cst_text){text[i], (uint32_t)cst_money_format((cst_money)m->v[i], 2, text[i])};
    if (states > 1) {
        cell[2] = line;
        cell[4].n = (uint32_t)cst_int_format((int64_t)met_field_double(m->v[4]), text[4]);
    }
    for (unsigned k = 0; k < states; k++) {
        const met_view v = {.plan = p, .cell = cell};
        if (states > 1) cell[1] = cst_text_of(status_names[k]);
        cst_status status = met_view_judge(&v, MET_JUDGE_ALL, &m->mask[k], e);
        if (status) return status;
    }
    return CST_OK;
}

/* What a line is up with on the day its book is turned to. */
static cst_status add_renewal(const met_plan *p, const met_valuation *v, const book *b, cst_day day,
                              cst_day first, int32_t grace, met_generated_list *out, cst_error *e)
{
    cst_money before, on;
    cst_status status = sum_rows(v, b, day - 1, day, &before, e);
    if (!status) status = sum_rows(v, b, day, day, &on, e);
    if (status || before <= 0) return status;
    met_generated *m = add_generated(out);
    if (!m) return cst_no_memory(e);
    m->day = day;
    m->back = on > 0 ? day : find_return(b, day, grace);
    m->v[3] = (uint64_t)before;
    m->v[4] = met_field_of_double((double)day - (double)first);
    uint64_t line = b->row->line;
    cst_text name =
        line == UINT64_MAX ? (cst_text){"", 0} : cst_intern_text(v->subscriptions->text, (uint32_t)line);
    return judge_generated(p, m, name, MET_RENEWAL_STATUSES, e);
}

static int compare_days(const void *a, const void *b)
{
    cst_day x = *(const cst_day *)a, y = *(const cst_day *)b;
    return (x > y) - (x < y);
}

/* The days, each once, on which one of the rows is up; the caller frees. */
static cst_status list_days(const met_line_span *row, size_t n, cst_day last, cst_day **out, size_t *days,
                            cst_error *e)
{
    size_t room = 0;
    *days = 0;
    *out = NULL;
    for (size_t i = 0; i < n; i++) {
        cst_day until = row[i].end < last ? row[i].end : last;
        for (int k = 1; row[i].term; k++) {
            cst_day day = cst_day_add_months(row[i].start, k * row[i].term);
            if (day == CST_DAY_NONE || day > until) break;
            if (*days == room) {
                cst_day *more = realloc(*out, (room = room * 2 + 16) * sizeof *more);
                if (!more) return cst_no_memory(e);
                *out = more;
            }
            (*out)[(*days)++] = day;
        }
    }
    if (*days) qsort(*out, *days, sizeof **out, compare_days);
    size_t kept = 0;
    for (size_t i = 0; i < *days; i++)
        if (!i || (*out)[i] != (*out)[i - 1]) (*out)[kept++] = (*out)[i];
    *days = kept;
    return CST_OK;
}

static int compare_generated(const void *a, const void *b)
{
    const met_generated *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

cst_status met_renewals_make(const met_plan *p, const met_valuation *v, met_rows rows, cst_day last,
                             int32_t grace, met_generated_list *out, cst_error *e)
{
    met_line_span *row;
    size_t n, days;
    out->n = 0;
    cst_status status = read_spans(v, rows, &row, &n, e);
    size_t *live = malloc((n + 1) * sizeof *live);
    if (!status && !live) status = cst_no_memory(e);
    cst_day first = CST_DAY_MAX;
    for (size_t i = 0; i < n && !status; i++)
        if (row[i].start < first) first = row[i].start;
    for (size_t i = 0, next; i < n && !status; i = next) {
        cst_day *day;
        for (next = i + 1; next < n && row[next].line == row[i].line;) next++;
        book b = {.row = &row[i], .n = next - i, .live = live};
        status = list_days(b.row, b.n, last, &day, &days, e);
        for (size_t k = 0; k < days && !status; k++) {
            turn_to(&b, day[k]);
            status = add_renewal(p, v, &b, day[k], first, grace, out, e);
        }
        free(day);
    }
    free(live);
    free(row);
    if (out->n > 1) qsort(out->row, out->n, sizeof *out->row, compare_generated);
    return status;
}

met_renewal_status met_renewal_on(const met_generated *r, cst_day day, int32_t grace)
{
    if (r->back == r->day) return MET_RENEWED;
    if (r->back != CST_DAY_NONE && r->back <= day) return MET_RENEWED_LATE;
    return day - r->day >= grace ? MET_RENEWAL_LOST : MET_RENEWAL_PENDING;
}

cst_day met_renewal_next(const met_plan *p, const uint64_t *record, cst_day day)
{
    met_line_span s = read_span(p, record);
    if (!s.term) return CST_DAY_NONE;
    int months = s.start <= day ? cst_months_between(s.start, day) : 0;
    return cst_day_add_months(s.start, (months / s.term + 1) * s.term);
}

/* A change of what is paid in one currency. */
typedef struct met_line_step {
    cst_day day;
    uint64_t currency;
    cst_money by;
} met_line_step;

static int compare_steps(const void *a, const void *b)
{
    const met_line_step *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

/* What is paid in each currency. */
typedef struct currency_sum {
    uint64_t currency;
    cst_wide sum;
} currency_sum;

static cst_status value_currency_sums(const met_valuation *v, const currency_sum *p, size_t n, cst_day day,
                                      cst_money *out, cst_error *e)
{
    cst_wide sum = 0;
    for (size_t i = 0; i < n; i++) {
        cst_money m;
        if (!p[i].sum) continue;
        if (!cst_money_of_wide(p[i].sum, &m))
            return cst_fail(e, CST_LIMIT, "expected sums that fit, found more");
        cst_status status = met_valuation_of(v, p[i].currency, m, day, &m, e);
        if (status) return status;
        sum += m;
    }
    if (cst_money_of_wide(sum, out)) return CST_OK;
    return cst_fail(e, CST_LIMIT, "expected a sum of at most 9223372036854.775807, found more");
}

static void take_step(currency_sum *p, size_t *n, const met_line_step *s)
{
    size_t i = 0;
    while (i < *n && p[i].currency != s->currency) i++;
    if (i == *n) p[(*n)++] = (currency_sum){s->currency, 0};
    p[i].sum += s->by;
}

static cst_status add_changes(const met_plan *p, const met_valuation *v, const met_line_step *at, size_t n,
                              currency_sum *held, met_generated_list *out, cst_error *e)
{
    size_t currency_sums = 0;
    cst_status status = CST_OK;
    for (size_t i = 0, next; i < n && !status; i = next) {
        cst_money from, to;
        status = value_currency_sums(v, held, currency_sums, at[i].day, &from, e);
        for (next = i; next < n && at[next].day == at[i].day; next++)
            take_step(held, &currency_sums, &at[next]);
        if (!status) status = value_currency_sums(v, held, currency_sums, at[i].day, &to, e);
        if (status || from == to) continue;
        met_generated *m = add_generated(out);
        if (!m) return cst_no_memory(e);
        m->day = at[i].day;
        m->v[1] = (uint64_t)from;
        m->v[2] = (uint64_t)to;
        m->v[3] = (uint64_t)(to - from);
        status = judge_generated(p, m, (cst_text){"", 0}, 1, e);
    }
    return status;
}

cst_status met_changes_make(const met_plan *p, const met_valuation *v, met_rows rows, cst_day last,
                            met_generated_list *out, cst_error *e)
{
    met_line_span *row;
    size_t n, steps = 0;
    out->n = 0;
    cst_status status = read_spans(v, rows, &row, &n, e);
    met_line_step *at = malloc((2 * n + 1) * sizeof *at);
    currency_sum *held = malloc((n + 1) * sizeof *held);
    if (!at || !held) status = cst_no_memory(e);
    for (size_t i = 0; i < n && !status; i++) {
        if (row[i].start == row[i].end) continue;
        if (row[i].start <= last) at[steps++] = (met_line_step){row[i].start, row[i].currency, row[i].amount};
        if (row[i].end <= last) at[steps++] = (met_line_step){row[i].end, row[i].currency, -row[i].amount};
    }
    if (!status && steps) qsort(at, steps, sizeof *at, compare_steps);
    if (!status) status = add_changes(p, v, at, steps, held, out, e);
    free(row);
    free(at);
    free(held);
    return status;
}
