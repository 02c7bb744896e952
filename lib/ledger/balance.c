/* balance.c: a row is two events, its beginning and its end. Accounts have few rows: their events are put in
 * order as they come in; only many are sorted. */
#include "ledger/balance.h"
#include "base/date.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { MANY = 24 };

struct cst_balance_event {
    cst_money amount;
    cst_day day;
    bool begins;
};

typedef struct cst_balance_event event;

void cst_balance_free(cst_balance *b)
{
    free(b->at);
    free(b->event);
    *b = (cst_balance){0};
}

static int compare_events(const void *a, const void *b)
{
    const event *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static void insert(event *list, size_t n, event x)
{
    for (; n > 0 && list[n - 1].day > x.day; n--) list[n] = list[n - 1];
    list[n] = x;
}

static size_t list_events(event *list, const cst_ledger_row *row, size_t rows, cst_day from)
{
    size_t n = 0;
    for (size_t i = 0; i < rows; i++) {
        cst_day start = row[i].start < from ? from : row[i].start;
        if (row[i].amount == 0 || row[i].end <= start) continue;
        event begin = {row[i].amount, start, true}, end = {row[i].amount, row[i].end, false};
        if (2 * rows <= MANY) {
            insert(list, n++, begin);
            if (end.day != CST_LEDGER_OPEN) insert(list, n++, end);
        } else {
            list[n++] = begin;
            if (end.day != CST_LEDGER_OPEN) list[n++] = end;
        }
    }
    if (2 * rows > MANY) qsort(list, n, sizeof *list, compare_events);
    return n;
}

bool cst_balance_fill(cst_balance *b, const cst_ledger_row *row, size_t n, cst_day from)
{
    b->n = 0;
    if (!cst_grow(&b->event, &b->event_room, 2 * n, sizeof *b->event)) return false;
    size_t events = list_events(b->event, row, n, from);
    if (!cst_grow(&b->at, &b->room, events, sizeof *b->at)) return false;
    cst_wide level = 0;
    for (size_t i = 0; i < events;) {
        cst_balance_change c = {.day = b->event[i].day};
        for (; i < events && b->event[i].day == c.day; i++) {
            c.by += b->event[i].begins ? b->event[i].amount : -(cst_wide)b->event[i].amount;
            c.begins |= b->event[i].begins;
        }
        c.level = level += c.by;
        b->at[b->n++] = c;
    }
    return true;
}

size_t cst_balance_after(const cst_balance *b, cst_day day)
{
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->at[middle].day <= day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

cst_wide cst_balance_on(const cst_balance *b, cst_day day)
{
    size_t next = cst_balance_after(b, day);
    return next > 0 ? b->at[next - 1].level : 0;
}

/* ---- closes of periods ---- */

typedef struct reach {
    cst_period on, off; /* the row holds at the close of periods on <= p < off */
} reach;

static reach find_reach(const cst_closings *c, const cst_ledger_row *row)
{
    if (row->amount == 0 || row->end <= row->start) return (reach){0, 0};
    cst_period end = c->last + 1;
    cst_period off = row->end == CST_LEDGER_OPEN ? end : cst_period_of(c->calendar, row->end);
    return (reach){cst_period_of(c->calendar, row->start), off < end ? off : end};
}

void cst_closings_span(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period *low,
                       uint32_t *n)
{
    cst_period first = INT32_MAX, end = INT32_MIN;
    for (size_t i = 0; i < rows; i++) {
        reach r = find_reach(c, &row[i]);
        if (r.on >= r.off) continue;
        if (r.on < first) first = r.on;
        if (r.off > end) end = r.off;
    }
    *low = first;
    *n = end > first ? (uint32_t)(end - first) : 0;
}

/* Rows as they are: what begins and ends at each close, added up. */
static void fill_plain(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period low,
                       uint32_t n, cst_wide *out)
{
    for (size_t i = 0; i < rows; i++) {
        reach r = find_reach(c, &row[i]);
        if (r.on >= r.off) continue;
        out[r.on - low] += row[i].amount;
        if ((uint32_t)(r.off - low) < n) out[r.off - low] -= row[i].amount;
    }
    for (uint32_t k = 1; k < n; k++) out[k] += out[k - 1];
}

cst_status cst_closings_fill(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period low,
                             uint32_t n, cst_wide *out, cst_error *e)
{
    memset(out, 0, n * sizeof *out);
    if (!c->value) {
        fill_plain(c, row, rows, low, n, out);
        return CST_OK;
    }
    for (size_t i = 0; i < rows; i++) {
        reach r = find_reach(c, &row[i]);
        for (cst_period p = r.on; p < r.off; p++) {
            cst_wide v;
            cst_status status = c->value(c->context, &row[i], p, &v, e);
            if (status != CST_OK) return status;
            out[p - low] += v;
        }
    }
    return CST_OK;
}

cst_status cst_closings_worth(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period at,
                              cst_wide *out, cst_error *e)
{
    memset(out, 0, (size_t)(c->last - at + 1) * sizeof *out);
    for (size_t i = 0; i < rows; i++) {
        reach r = find_reach(c, &row[i]);
        if (at < r.on || at >= r.off) continue;
        for (cst_period p = at; p <= c->last; p++) {
            cst_wide v = row[i].amount;
            cst_status status = c->value ? c->value(c->context, &row[i], p, &v, e) : CST_OK;
            if (status != CST_OK) return status;
            out[p - at] += v;
        }
    }
    return CST_OK;
}

/* ---- short gaps ---- */

/* Amounts of several currencies may add up to zero by chance. */
static bool is_zero_in_each(const cst_ledger_row *row, size_t n, cst_day day, const cst_labels *labels)
{
    for (size_t i = 0; labels && i < n; i++) {
        uint32_t currency = cst_labels_unit(labels, row[i].unit).currency;
        cst_wide sum = 0;
        if (row[i].start > day || row[i].end <= day) continue;
        for (size_t k = 0; k < n; k++)
            if (row[k].start <= day && row[k].end > day &&
                cst_labels_unit(labels, row[k].unit).currency == currency)
                sum += row[k].amount;
        if (sum != 0) return false;
    }
    return true;
}

/* The start that a row which ends where nothing is paid runs on to; its own end where there is none in
 * time. A gap is filled exactly, so that no other gap changes. */
static cst_day bridged_end(const cst_balance *b, const cst_ledger_row *row, size_t n, size_t i, int32_t days,
                           const cst_labels *labels)
{
    const cst_ledger_row *r = &row[i];
    if (r->start >= r->end || r->amount == 0 || r->end == CST_LEDGER_OPEN) return r->end;
    size_t next = cst_balance_after(b, r->end);
    if (b->at[next - 1].level != 0) return r->end;
    while (next < b->n && !b->at[next].begins) next++; /* the end of a credit starts nothing */
    if (next == b->n || (int64_t)b->at[next].day - r->end > days) return r->end;
    return is_zero_in_each(row, n, r->end, labels) ? b->at[next].day : r->end;
}

bool cst_ledger_grace(cst_ledger_row *row, size_t n, int32_t days, const cst_labels *labels)
{
    if (days <= 0 || n < 2) return true;
    cst_balance b = {0};
    cst_day *end = malloc(n * sizeof *end);
    bool ok = end && cst_balance_fill(&b, row, n, CST_DAY_NONE);
    for (size_t i = 0; ok && i < n; i++) end[i] = bridged_end(&b, row, n, i, days, labels);
    for (size_t i = 0; ok && i < n; i++) row[i].end = end[i];
    free(end);
    cst_balance_free(&b);
    return ok;
}

cst_place cst_balance_negative(const cst_ledger_row *row, size_t n, cst_day day)
{
    for (size_t i = 0; i < n; i++)
        if (row[i].amount < 0 && row[i].start <= day && day < row[i].end && row[i].file)
            return (cst_place){.file = row[i].file, .line = row[i].line};
    return (cst_place){0};
}

cst_status cst_balance_fail_below(cst_text account, cst_place place, cst_day day, cst_error *e)
{
    char text[CST_DAY_ROOM];
    cst_day_format(day, text);
    return cst_fail_at(e, CST_DATA, place, NULL,
                       "account \"%.*s\" is below zero on %s: expected its rows to add up to 0 or more; "
                       "correct the negative row, or leave the account out with --where",
                       account.n > 200 ? 200 : (int)account.n, account.p, text);
}
