/* revenue/renewals.c: the renewals of one account. Every row with a term gives its dates; what several
 * rows of a line bring up on one day comes up once, with what they pay together. What else the line paid the
 * day before, the rest, is not up: it is taken off what the line pays afterwards, so that a line of several
 * contracts is not up whole with each of them. Balances are running totals over the days on which a line's
 * rows begin and end, found by halves, so that no number of rows or dates is multiplied by another. */
#include "revenue/renewals.h"
#include "base/date.h"
#include "base/memory.h"
#include "ledger/labels.h"
#include <stdlib.h>

static uint32_t line_of(const cst_ledger_account *a, size_t i)
{
    return cst_labels_unit(a->labels, a->row[i].unit).line;
}

/* A row of a line begins or ends. */
typedef struct rev_balance_step {
    uint32_t line;
    cst_day day;
    bool begins;
    cst_wide sum; /* by how much the line goes up; then what it comes to with all steps before */
} rev_balance_step;

typedef struct balances {
    rev_balance_step *at;
    size_t n;
} balances;

static int compare_steps(const void *a, const void *b)
{
    const rev_balance_step *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

/* The caller frees out->at. */
static bool make_balances(const cst_ledger_account *a, balances *out)
{
    *out = (balances){.at = malloc((2 * a->rows + 1) * sizeof *out->at)};
    if (!out->at) return false;
    for (size_t i = 0; i < a->rows; i++) {
        const cst_ledger_row *row = &a->row[i];
        bool pays = row->start < row->end;
        out->at[out->n++] = (rev_balance_step){line_of(a, i), row->start, true, pays ? row->amount : 0};
        if (pays)
            out->at[out->n++] = (rev_balance_step){line_of(a, i), row->end, false, -(cst_wide)row->amount};
    }
    qsort(out->at, out->n, sizeof *out->at, compare_steps);
    for (size_t i = 1; i < out->n; i++)
        if (out->at[i].line == out->at[i - 1].line) out->at[i].sum += out->at[i - 1].sum;
    return true;
}

/* The first step of the line that is later than a day; where there is none, the next line's. */
static size_t find_later(const balances *b, uint32_t line, cst_day day)
{
    const rev_balance_step until = {.line = line, .day = day};
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_steps(&b->at[middle], &until) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static cst_wide balance_of(const balances *b, uint32_t line, cst_day day)
{
    size_t next = find_later(b, line, day);
    return next > 0 && b->at[next - 1].line == line ? b->at[next - 1].sum : 0;
}

/* The first day after `day`, at most `latest`, on which a row begins and the line pays more than the rest;
 * CST_DAY_NONE: none. */
static cst_day find_return(const balances *b, uint32_t line, cst_day day, int64_t latest, cst_wide rest)
{
    bool begins = false;
    for (size_t i = find_later(b, line, day); i < b->n && b->at[i].line == line && b->at[i].day <= latest;
         i++) {
        const rev_balance_step *s = &b->at[i];
        begins |= s->begins;
        if (i + 1 < b->n && s[1].line == line && s[1].day == s->day) continue;
        if (begins && s->sum > rest) return s->day;
        begins = false;
    }
    return CST_DAY_NONE;
}

static int compare_renewals(const void *a, const void *b)
{
    const rev_renewal *x = a, *y = b;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Ids of lines depend on threads, rows do not. */
static int compare_places(const void *a, const void *b)
{
    const rev_renewal *x = a, *y = b;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static cst_status fit(cst_wide w, cst_money *out, cst_error *e)
{
    *out = (cst_money)w;
    return *out == w ? CST_OK
                     : cst_fail(e, CST_LIMIT, "the balance of a line does not fit; use a larger unit");
}

/* `up`: what the rows pay that are up. */
static cst_status settle_status(const balances *b, int32_t grace, cst_day as_of, cst_wide up, rev_renewal *r,
                                cst_error *e)
{
    cst_wide rest = balance_of(b, r->line, r->due - 1) - up;
    cst_status status = fit(up, &r->before, e);
    if (status < 0) return status;
    if (r->due > as_of) {
        r->status = REV_UPCOMING;
        return CST_OK;
    }
    cst_day day = r->due;
    cst_wide after = balance_of(b, r->line, day) - rest;
    r->status = REV_RENEWED;
    if (after <= 0) {
        int64_t latest = (int64_t)r->due + grace;
        day =
            grace > 0 ? find_return(b, r->line, r->due, latest < as_of ? latest : as_of, rest) : CST_DAY_NONE;
        after = day == CST_DAY_NONE ? 0 : balance_of(b, r->line, day) - rest;
        r->status = day == CST_DAY_NONE ? REV_LOST : REV_LATE;
    }
    r->renewed = day;
    return fit(after, &r->after, e);
}

/* Adds a row's dates. Credits have theirs too: they lessen what is up, and bring up nothing alone. */
static bool list_dates(const cst_ledger_account *a, size_t i, cst_day until, rev_renewal **list, size_t *n,
                       size_t *room)
{
    const cst_ledger_row *row = &a->row[i];
    if (row->term <= 0 || row->amount == 0 || row->start >= row->end) return true;
    for (int k = 1;; k++) {
        cst_day due = cst_day_add_months(row->start, k * row->term);
        if (due == CST_DAY_NONE || due > until || due > row->end) return true;
        if (*n == *room) {
            size_t wanted = *room ? 2 * *room : 16;
            rev_renewal *grown = realloc(*list, wanted * sizeof *grown);
            if (!grown) return false;
            *list = grown;
            *room = wanted;
        }
        (*list)[(*n)++] = (rev_renewal){.due = due,
                                        .renewed = CST_DAY_NONE,
                                        .line = line_of(a, i),
                                        .unit = row->unit,
                                        .term = row->term,
                                        .row = i};
    }
}

/* Makes one renewal, in its first place, of the rows of a line that are up on one day; false in *is_one:
 * nothing is. *next: the first that is of another line or day. */
static cst_status join_rows(const cst_ledger_account *a, const balances *b, int32_t grace, cst_day as_of,
                            rev_renewal *r, size_t n, size_t *next, bool *is_one, cst_error *e)
{
    cst_wide up = 0;
    size_t first = n;
    for (*next = 0; *next < n && r[*next].due == r->due && r[*next].line == r->line; ++*next) {
        cst_money amount = a->row[r[*next].row].amount;
        if (first == n && amount > 0) first = *next;
        up += amount;
    }
    *is_one = false;
    if (first == n) return CST_OK;
    *r = r[first];
    cst_status status = settle_status(b, grace, as_of, up, r, e);
    *is_one = r->before > 0;
    return status;
}

cst_status rev_renewals_of(const cst_ledger_account *a, int32_t grace, cst_day as_of, cst_day until,
                           rev_renewal **out, size_t *n, cst_error *e)
{
    size_t room = 0, kept = 0, next;
    balances b = {0};
    bool ok = true;
    *out = NULL;
    *n = 0;
    for (size_t i = 0; i < a->rows && ok; i++) ok = list_dates(a, i, until, out, n, &room);
    if (ok && *n) ok = make_balances(a, &b);
    if (!ok) {
        free(*out);
        *out = NULL;
        *n = 0;
        return cst_no_memory(e);
    }
    if (*n > 1) qsort(*out, *n, sizeof **out, compare_renewals);
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < *n; i += next) {
        bool is_one;
        status = join_rows(a, &b, grace, as_of, *out + i, *n - i, &next, &is_one, e);
        if (status == CST_OK && is_one) (*out)[kept++] = (*out)[i];
    }
    free(b.at);
    *n = kept;
    if (kept > 1) qsort(*out, kept, sizeof **out, compare_places);
    return status;
}
