/* metrics_order.c: the order of output is found by counting: rows are dealt into place by account (left
 * out where they come so), then, keeping that order, by period. That is linear, and an account that
 * stands twice in a period is met there as the last one dealt to it. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/memory.h"
#include "tables/metrics_rows.h"

/* Where a period stands in the list, searched from where the last row's was: rows mostly come in runs of one
 * period, or account by account with one period after the other. false: it is not in the list. */
static inline bool find_period(const cst_metrics_rows *m, cst_day d, size_t *at)
{
    size_t next = *at + 1 < m->days ? *at + 1 : 0;
    if (m->days == 0) return false;
    if (m->day[*at] == d) return true;
    if (m->day[next] == d) return *at = next, true;
    const cst_day *p = bsearch(&d, m->day, m->days, sizeof d, cst_compare_days);
    if (p) *at = (size_t)(p - m->day);
    return p != NULL;
}

/* The distinct periods. */
static cst_status list_periods(cst_metrics_rows *m, cst_error *e)
{
    size_t room = 0, at = 0;
    for (size_t i = 0; i < m->n; i++) {
        cst_day d = m->row[i].period;
        if (find_period(m, d, &at)) continue;
        if (!cst_grow(&m->day, &room, m->days + 1, sizeof *m->day)) return cst_no_memory(e);
        for (at = m->days++; at > 0 && m->day[at - 1] > d; at--) m->day[at] = m->day[at - 1];
        m->day[at] = d;
    }
    return CST_OK;
}

static cst_status refuse_twice(const cst_metrics_rows *m, const cst_reader *reader, uint32_t first_row,
                               uint32_t second_row, cst_error *e)
{
    const cst_metrics_row *first = &m->row[first_row], *second = &m->row[second_row];
    char day[CST_DAY_ROOM] = "";
    if (first->period != CST_DAY_NONE) cst_day_format(first->period, day);
    cst_text id = cst_intern_text(m->accounts, first->account);
    return cst_fail_at(
        e, CST_DATA, (cst_place){cst_reader_file(reader, second->file), second->line, 1}, "account_id",
        "expected one row for an account and period, found a second one for \"%.*s\"%s%s (the first is "
        "%s:%llu); leave one of them out",
        (int)id.n, id.p, *day ? " at " : "", day, cst_reader_file(reader, first->file),
        (unsigned long long)first->line);
}

/* What a sort works with: an account's place in order of bytes, how many rows go where, the rows by account,
 * and the last row dealt to each period + 1. */
struct deal {
    uint32_t *rank, *count, *by_account, *last;
};

/* Numbers to the places where each kind's rows begin. */
static void begin_places(uint32_t *count, size_t n)
{
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = count[i];
        count[i] = at;
        at += c;
    }
}

static bool is_by_account(const cst_metrics_rows *m, const uint32_t *rank)
{
    for (size_t i = 1; i < m->n; i++)
        if (rank[m->row[i].account] < rank[m->row[i - 1].account]) return false;
    return true;
}

static void deal_by_account(const cst_metrics_rows *m, struct deal *d, uint32_t accounts)
{
    if (is_by_account(m, d->rank)) {
        for (size_t i = 0; i < m->n; i++) d->by_account[i] = (uint32_t)i;
        return;
    }
    for (size_t i = 0; i < m->n; i++) d->count[d->rank[m->row[i].account]]++;
    begin_places(d->count, accounts);
    for (size_t i = 0; i < m->n; i++) d->by_account[d->count[d->rank[m->row[i].account]]++] = (uint32_t)i;
    memset(d->count, 0, accounts * sizeof *d->count);
}

/* Fills m->order and m->begin. true: an account stands twice in a period; of such pairs, `twice` is the one
 * whose second row the input has first. */
static bool deal_by_period(cst_metrics_rows *m, struct deal *d, uint32_t twice[2])
{
    bool any = false;
    size_t p = 0;
    for (size_t i = 0; i < m->n; i++)
        if (find_period(m, m->row[i].period, &p)) d->count[p]++;
    begin_places(d->count, m->days);
    memcpy(m->begin, d->count, m->days * sizeof *m->begin);
    m->begin[m->days] = (uint32_t)m->n;
    for (size_t i = 0; i < m->n; i++) {
        uint32_t row = d->by_account[i];
        find_period(m, m->row[row].period, &p);
        uint32_t before = d->last[p];
        if (before && m->row[before - 1].account == m->row[row].account && (!any || row < twice[1])) {
            any = true;
            twice[0] = before - 1;
            twice[1] = row;
        }
        d->last[p] = row + 1;
        m->order[d->count[p]++] = row;
    }
    return any;
}

cst_status cst_metrics_order(cst_metrics_rows *m, const cst_reader *reader, cst_error *e)
{
    uint32_t accounts = cst_intern_count(m->accounts), twice[2] = {0};
    m->order = malloc(m->n * sizeof *m->order + 1);
    cst_status status = m->order ? list_periods(m, e) : cst_no_memory(e);
    size_t kinds = m->days > accounts ? m->days : accounts;
    struct deal d = {.rank = cst_intern_ranks(m->accounts),
                     .count = calloc(kinds + 1, sizeof *d.count),
                     .by_account = malloc(m->n * sizeof *d.by_account + 1),
                     .last = calloc(m->days + 1, sizeof *d.last)};
    m->begin = malloc((m->days + 1) * sizeof *m->begin);
    if (status == CST_OK && !(m->begin && d.rank && d.count && d.by_account && d.last))
        status = cst_no_memory(e);
    if (status == CST_OK) deal_by_account(m, &d, accounts);
    if (status == CST_OK && deal_by_period(m, &d, twice))
        status = refuse_twice(m, reader, twice[0], twice[1], e);
    free(d.rank);
    free(d.count);
    free(d.by_account);
    free(d.last);
    return status;
}
