/* metrics/lines.c: renewals, endings and changes, account by account. */
#include "metrics/lines.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/balance.h"
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

static cst_text currency_name(const met_valuation *v, uint64_t currency)
{
    return currency == UINT64_MAX ? (cst_text){"", 0}
                                  : cst_intern_text(v->subscriptions->text, (uint32_t)currency);
}

cst_status met_valuation_of(const met_valuation *v, uint64_t currency, cst_money amount, cst_day day,
                            cst_money *out, cst_error *e)
{
    cst_rate rate;
    *out = amount;
    if (!v->fx) return CST_OK;
    cst_status status = cst_fx_rate(v->fx, currency_name(v, currency), day, &rate, e);
    if (status != CST_OK) return status;
    if (cst_money_convert(amount, rate, out)) return CST_OK;
    return cst_fail(e, CST_LIMIT,
                    "expected amounts of at most 9223372036854.775807 after conversion, found more");
}

/* The account's rows; the caller frees. *n == 0 and *out == NULL: none. */
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
    return CST_OK;
}

/* ---- renewals and endings ---- */

/* Numbers of texts fit 32 bits; UINT64_MAX, none, becomes UINT32_MAX. */
static cst_status value_row(const void *context, uint32_t currency, cst_money amount, cst_day day,
                            cst_money *out, cst_error *e)
{
    uint64_t name = currency == UINT32_MAX ? UINT64_MAX : currency;
    return met_valuation_of(context, name, amount, day, out, e);
}

/* The first of the account's rows that has all that tells a line in common with a row. */
static uint32_t find_line(const met_plan *p, met_rows rows, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        bool same = slot_of(p, rows.row[i], p->line, 0) == slot_of(p, rows.row[row], p->line, 0);
        for (int k = 0; k < p->finers && same; k++)
            same = slot_of(p, rows.row[i], p->finer[k], 0) == slot_of(p, rows.row[row], p->finer[k], 0);
        if (same) return (uint32_t)i;
    }
    return (uint32_t)row;
}

cst_status met_lines_find(cst_renewals *w, const met_valuation *v, met_rows rows,
                          const cst_renewal_rules *rules, cst_day last, cst_error *e)
{
    cst_renewal_rules own = *rules;
    own.value = v->fx ? value_row : NULL;
    own.context = v;
    cst_renewals_clear(w, &own);
    for (size_t i = 0; i < rows.n; i++) {
        const met_plan *p = v->subscriptions->plan;
        met_line_span s = read_span(p, rows.row[i]);
        const cst_renewal_row row = {.start = s.start,
                                     .end = s.end,
                                     .held = s.end,
                                     .amount = s.amount,
                                     .term = s.term,
                                     .line = p->finers ? find_line(p, rows, i) : (uint32_t)s.line,
                                     .currency = (uint32_t)s.currency,
                                     .tag = (uint32_t)s.line};
        if (!cst_renewals_add(w, &row)) return cst_no_memory(e);
    }
    return cst_renewals_find(w, last, e);
}

static met_generated *add_generated(met_generated_list *l)
{
    if (!cst_grow(&l->row, &l->room, l->n + 1, sizeof *l->row)) return NULL;
    l->row[l->n] = (met_generated){.back = CST_DAY_NONE};
    return &l->row[l->n++];
}

/* Which conditions hold, of a row in each of `states` states; `status` names them where there are such. */
static cst_status judge_generated(const met_plan *p, met_generated *m, cst_text line,
                                  const char *const *status_word, unsigned states, cst_error *e)
{
    char day[CST_DAY_ROOM], text[MET_GENERATED_CELLS][CST_DECIMAL_ROOM];
    cst_text cell[MET_GENERATED_CELLS] = {{day, (uint32_t)cst_day_format(m->day, day)}};
    for (int i = 1; i < MET_GENERATED_CELLS; i++)
        cell[i] = (cst_text){text[i], (uint32_t)cst_money_format((cst_money)m->v[i], 2, text[i])};
    if (status_word) {
        cell[2] = line;
        cell[4].n = (uint32_t)cst_int_format((int64_t)met_field_double(m->v[4]), text[4]);
    }
    for (unsigned k = 0; k < states; k++) {
        const met_view v = {.plan = p, .cell = cell};
        if (status_word) cell[1] = cst_text_of(status_word[k]);
        cst_status status = met_view_judge(&v, MET_JUDGE_ALL, &m->mask[k], e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

static cst_day first_start(const cst_renewals *w)
{
    cst_day first = CST_DAY_MAX;
    for (size_t i = 0; i < w->rows; i++)
        if (w->row[i].start < first) first = w->row[i].start;
    return first;
}

static cst_text line_name(const met_valuation *v, uint32_t centre)
{
    return centre == UINT32_MAX ? (cst_text){"", 0} : cst_intern_text(v->subscriptions->text, centre);
}

static int compare_generated(const void *a, const void *b)
{
    const met_generated *x = a, *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->date > y->date) - (x->date < y->date);
}

static void sort_generated(met_generated_list *l)
{
    if (l->n > 1) qsort(l->row, l->n, sizeof *l->row, compare_generated);
}

cst_status met_renewals_make(const met_plan *p, const met_valuation *v, const cst_renewals *w,
                             met_generated_list *out, cst_error *e)
{
    cst_day first = first_start(w);
    cst_status status = CST_OK;
    out->n = 0;
    for (size_t i = 0; i < w->dates && status == CST_OK; i++) {
        const cst_renewal *r = &w->date[i];
        met_generated *m = add_generated(out);
        if (!m) return cst_no_memory(e);
        m->day = r->due;
        m->date = i;
        m->final = cst_renewal_final(w, r);
        m->v[3] = (uint64_t)r->amount;
        m->v[4] = met_field_of_double((double)r->due - (double)first);
        status = judge_generated(p, m, line_name(v, w->row[w->up[r->up]].tag), cst_renewal_words,
                                 MET_GENERATED_STATES, e);
    }
    sort_generated(out);
    return status;
}

/* The next day after `day` on which a row of a line begins or ends; CST_LEDGER_OPEN: none. */
static cst_day next_change(const cst_renewals *w, size_t from, size_t to, cst_day day)
{
    cst_day next = CST_LEDGER_OPEN;
    for (size_t i = from; i < to; i++) {
        if (w->row[i].start > day && w->row[i].start < next) next = w->row[i].start;
        if (w->row[i].end > day && w->row[i].end < next) next = w->row[i].end;
    }
    return next;
}

/* A line that comes to nothing on a day. */
static cst_status add_ending(const met_plan *p, const met_valuation *v, const cst_renewals *w, size_t from,
                             size_t to, cst_day day, cst_wide before, met_generated_list *out, cst_error *e)
{
    cst_day ended;
    cst_line_end how;
    cst_money amount;
    cst_status status = cst_renewals_end(w, from, to, day, day, &ended, &how, e);
    if (status != CST_OK) return status;
    met_generated *m = add_generated(out);
    if (!m) return cst_no_memory(e);
    if (!cst_money_of_wide(before, &amount))
        return cst_fail(e, CST_LIMIT, "expected a sum of at most 9223372036854.775807, found more");
    m->day = day;
    m->v[3] = (uint64_t)amount;
    m->v[4] = met_field_of_double((double)day - (double)first_start(w));
    return judge_generated(p, m, line_name(v, w->row[from].tag), &cst_line_end_words[how], 1, e);
}

/* The endings of one line: days on which it pays nothing any more, each with the day on which it pays
 * again. */
static cst_status add_line(const met_plan *p, const met_valuation *v, const cst_renewals *w, size_t from,
                           size_t to, cst_day last, met_generated_list *out, cst_error *e)
{
    cst_wide before = 0, level;
    size_t open = SIZE_MAX;
    cst_status status = CST_OK;
    for (cst_day day = next_change(w, from, to, CST_DAY_NONE); day <= last && status == CST_OK;
         day = next_change(w, from, to, day)) {
        status = cst_renewals_level(w, from, to, day - 1, day, &before, e);
        if (status == CST_OK) status = cst_renewals_level(w, from, to, day, day, &level, e);
        if (status != CST_OK) break;
        if (level > 0 && open != SIZE_MAX) {
            out->row[open].back = day;
            open = SIZE_MAX;
        }
        if (before <= 0 || level > 0) continue;
        open = out->n;
        status = add_ending(p, v, w, from, to, day, before, out, e);
    }
    return status;
}

cst_status met_endings_make(const met_plan *p, const met_valuation *v, const cst_renewals *w, cst_day last,
                            met_generated_list *out, cst_error *e)
{
    cst_status status = CST_OK;
    out->n = 0;
    for (size_t from = 0, to; from < w->rows && status == CST_OK; from = to) {
        to = cst_renewals_line(w, from);
        status = add_line(p, v, w, from, to, last, out, e);
    }
    sort_generated(out);
    return status;
}

cst_day met_renewal_next(const met_plan *p, const uint64_t *record, cst_day day)
{
    met_line_span s = read_span(p, record);
    if (!s.term) return CST_DAY_NONE;
    int months = s.start <= day ? cst_months_between(s.start, day) : 0;
    return cst_day_add_months(s.start, (months / s.term + 1) * s.term);
}

/* What is paid in one currency: its rows, and their balance. */
typedef struct currency_balance {
    uint64_t currency;
    cst_balance balance;
    size_t next; /* change */
    cst_wide level;
} currency_balance;

static int compare_currencies(const void *a, const void *b, void *valuation)
{
    const met_line_span *x = a, *y = b;
    if (x->currency == y->currency) return 0;
    return cst_text_compare(currency_name(valuation, x->currency), currency_name(valuation, y->currency));
}

/* What all currencies are worth together on a day. */
static cst_status value_levels(const met_valuation *v, const currency_balance *b, size_t n, cst_day day,
                               cst_money *out, cst_error *e)
{
    cst_wide sum = 0;
    for (size_t i = 0; i < n; i++) {
        cst_money m;
        if (!b[i].level) continue;
        if (!cst_money_of_wide(b[i].level, &m))
            return cst_fail(e, CST_LIMIT, "expected sums that fit, found more");
        cst_status status = met_valuation_of(v, b[i].currency, m, day, &m, e);
        if (status != CST_OK) return status;
        sum += m;
    }
    if (cst_money_of_wide(sum, out)) return CST_OK;
    return cst_fail(e, CST_LIMIT, "expected a sum of at most 9223372036854.775807, found more");
}

/* The next day on which something changes, up to `last`; CST_LEDGER_OPEN: none. */
static cst_day find_day(const currency_balance *b, size_t n, cst_day last)
{
    cst_day day = CST_LEDGER_OPEN;
    for (size_t i = 0; i < n; i++)
        if (b[i].next < b[i].balance.n && b[i].balance.at[b[i].next].day < day)
            day = b[i].balance.at[b[i].next].day;
    return day <= last ? day : CST_LEDGER_OPEN;
}

static cst_status add_changes(const met_plan *p, const met_valuation *v, currency_balance *b, size_t n,
                              cst_day last, met_generated_list *out, cst_error *e)
{
    cst_status status = CST_OK;
    for (cst_day day = find_day(b, n, last); day != CST_LEDGER_OPEN && status == CST_OK;
         day = find_day(b, n, last)) {
        cst_money from, to;
        status = value_levels(v, b, n, day, &from, e);
        for (size_t i = 0; i < n; i++)
            if (b[i].next < b[i].balance.n && b[i].balance.at[b[i].next].day == day)
                b[i].level = b[i].balance.at[b[i].next++].level;
        if (status == CST_OK) status = value_levels(v, b, n, day, &to, e);
        if (status != CST_OK || from == to) continue;
        met_generated *m = add_generated(out);
        if (!m) return cst_no_memory(e);
        m->day = day;
        m->v[1] = (uint64_t)from;
        m->v[2] = (uint64_t)to;
        m->v[3] = (uint64_t)(to - from);
        status = judge_generated(p, m, (cst_text){"", 0}, NULL, 1, e);
    }
    return status;
}

/* Rows in order of currency to a balance each. *n of them are to be freed. */
static bool fill_currencies(const met_line_span *span, size_t spans, cst_ledger_row *row, currency_balance *b,
                            size_t *n)
{
    *n = 0;
    for (size_t i = 0, end; i < spans; i = end) {
        for (end = i; end < spans && span[end].currency == span[i].currency; end++)
            row[end] =
                (cst_ledger_row){.start = span[end].start, .end = span[end].end, .amount = span[end].amount};
        b[*n] = (currency_balance){.currency = span[i].currency};
        if (!cst_balance_fill(&b[(*n)++].balance, row + i, end - i, CST_DAY_NONE)) return false;
    }
    return true;
}

cst_status met_changes_make(const met_plan *p, const met_valuation *v, met_rows rows, cst_day last,
                            met_generated_list *out, cst_error *e)
{
    met_line_span *span;
    size_t spans, n = 0;
    out->n = 0;
    cst_status status = read_spans(v, rows, &span, &spans, e);
    if (status != CST_OK || spans == 0) return status;
    cst_ledger_row *row = malloc(spans * sizeof *row);
    currency_balance *b = malloc(spans * sizeof *b);
    if (spans > 1) qsort_r(span, spans, sizeof *span, compare_currencies, (void *)(uintptr_t)v);
    if (!row || !b || !fill_currencies(span, spans, row, b, &n)) status = cst_no_memory(e);
    if (status == CST_OK) status = add_changes(p, v, b, n, last, out, e);
    for (size_t i = 0; i < n; i++) cst_balance_free(&b[i].balance);
    free(span);
    free(row);
    free(b);
    return status;
}
