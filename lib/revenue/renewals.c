/* revenue/renewals.c: the renewals of one account. Every row with a term gives its dates; what several
 * rows of a line bring up on one day comes up once. What else the line paid the day before, the rest, is
 * not up: it is taken off what the line pays afterwards, so that a line of several contracts is not up
 * whole with each of them. Lines are few and short, so balances are taken by adding up rows. */
#include "revenue/renewals.h"
#include "base/date.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

static uint32_t line_of(const cst_ledger_account *a, size_t i)
{
    return cst_labels_unit(a->labels, a->row[i].unit).line;
}

static cst_wide balance_of(const cst_ledger_account *a, uint32_t line, cst_day day)
{
    cst_wide sum = 0;
    for (size_t i = 0; i < a->rows; i++)
        if (a->row[i].start <= day && a->row[i].end > day && line_of(a, i) == line) sum += a->row[i].amount;
    return sum;
}

/* Whether a row's term is up on a day. */
static bool is_up(const cst_ledger_row *row, cst_day day)
{
    if (row->term <= 0) return false;
    for (int k = 1;; k++) {
        cst_day due = cst_day_add_months(row->start, k * row->term);
        if (due == CST_DAY_NONE || due > day || due > row->end) return false;
        if (due == day) return true;
    }
}

/* What the rows of a line whose term is not up on a day pay on the day before. */
static cst_wide rest_of(const cst_ledger_account *a, uint32_t line, cst_day day)
{
    cst_wide sum = 0;
    for (size_t i = 0; i < a->rows; i++) {
        const cst_ledger_row *row = &a->row[i];
        if (row->start < day && row->end >= day && line_of(a, i) == line && !is_up(row, day))
            sum += row->amount;
    }
    return sum;
}

/* The first day after `day`, at most `latest`, on which the line pays more than the rest; CST_DAY_NONE:
 * none. */
static cst_day find_return(const cst_ledger_account *a, uint32_t line, cst_day day, int64_t latest,
                           cst_wide rest)
{
    cst_day first = CST_DAY_NONE;
    for (size_t i = 0; i < a->rows; i++) {
        cst_day start = a->row[i].start;
        if (start <= day || start > latest || (first != CST_DAY_NONE && start >= first) ||
            line_of(a, i) != line)
            continue;
        if (balance_of(a, line, start) > rest) first = start;
    }
    return first;
}

static int compare_renewals(const void *a, const void *b)
{
    const cst_renewal *x = a, *y = b;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Ids of lines depend on threads, rows do not. */
static int compare_places(const void *a, const void *b)
{
    const cst_renewal *x = a, *y = b;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static cst_status fit(cst_wide w, cst_money *out, cst_error *e)
{
    *out = (cst_money)w;
    return *out == w ? CST_OK
                     : cst_fail(e, CST_LIMIT, "the balance of a line does not fit; use a larger unit");
}

static cst_status settle_fate(const cst_ledger_account *a, int32_t grace, cst_day as_of, cst_renewal *r,
                              cst_error *e)
{
    cst_wide rest = rest_of(a, r->line, r->due);
    cst_status s = fit(balance_of(a, r->line, r->due - 1) - rest, &r->before, e);
    if (s < 0) return s;
    if (r->due > as_of) {
        r->fate = CST_UPCOMING;
        return CST_OK;
    }
    cst_day day = r->due;
    cst_wide after = balance_of(a, r->line, day) - rest;
    r->fate = CST_RENEWED;
    if (after <= 0) {
        int64_t latest = (int64_t)r->due + grace;
        day =
            grace > 0 ? find_return(a, r->line, r->due, latest < as_of ? latest : as_of, rest) : CST_DAY_NONE;
        after = day == CST_DAY_NONE ? 0 : balance_of(a, r->line, day) - rest;
        r->fate = day == CST_DAY_NONE ? CST_LOST : CST_LATE;
    }
    r->renewed = day;
    return fit(after, &r->after, e);
}

/* Adds a row's dates. */
static bool list_dates(const cst_ledger_account *a, size_t i, cst_day until, cst_renewal **list, size_t *n,
                       size_t *room)
{
    const cst_ledger_row *row = &a->row[i];
    if (row->term <= 0 || row->amount <= 0 || row->start >= row->end) return true;
    for (int k = 1;; k++) {
        cst_day due = cst_day_add_months(row->start, k * row->term);
        if (due == CST_DAY_NONE || due > until || due > row->end) return true;
        if (*n == *room) {
            size_t wanted = *room ? 2 * *room : 16;
            cst_renewal *grown = realloc(*list, wanted * sizeof *grown);
            if (!grown) return false;
            *list = grown;
            *room = wanted;
        }
        (*list)[(*n)++] = (cst_renewal){.due = due,
                                        .renewed = CST_DAY_NONE,
                                        .line = line_of(a, i),
                                        .unit = row->unit,
                                        .term = row->term,
                                        .row = i};
    }
}

cst_status cst_renewals_of(const cst_ledger_account *a, int32_t grace, cst_day as_of, cst_day until,
                           cst_renewal **out, size_t *n, cst_error *e)
{
    size_t room = 0, kept = 0;
    *out = NULL;
    *n = 0;
    for (size_t i = 0; i < a->rows; i++) {
        if (list_dates(a, i, until, out, n, &room)) continue;
        free(*out);
        *out = NULL;
        *n = 0;
        return cst_fail(e, CST_MEMORY, "out of memory");
    }
    if (*n > 1) qsort(*out, *n, sizeof **out, compare_renewals);
    cst_status s = CST_OK;
    for (size_t i = 0; s == CST_OK && i < *n; i++) {
        cst_renewal *r = &(*out)[i];
        if (kept > 0 && (*out)[kept - 1].due == r->due && (*out)[kept - 1].line == r->line) continue;
        s = settle_fate(a, grace, as_of, r, e);
        if (s == CST_OK && r->before > 0) (*out)[kept++] = *r;
    }
    *n = kept;
    if (kept > 1) qsort(*out, kept, sizeof **out, compare_places);
    return s;
}
