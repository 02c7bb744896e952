/* sample_order.c: which rows count, and in which order. The periods that count are known only when all have
 * been seen, so the choice is made on the rows that were read, and the columns are closed up. Then keys of 16
 * bytes are sorted, and one column after the other is brought into their order; rows that are in order
 * already, as cs-metrics writes them, stay where they are. */
#include "drivers/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"

/* Marks the periods that count: from the last backwards, each at least a horizon before the one after
 * it. days: distinct, ascending. */
static void space_periods(const cst_day *day, size_t n, cst_duration horizon, bool *counts)
{
    cst_day next = CST_DAY_MAX;
    for (size_t i = n; i-- > 0;) {
        counts[i] = i == n - 1 || cst_day_plus(day[i], horizon) <= next;
        if (counts[i]) next = day[i];
    }
}

static void close_up(drv_sample *s, const cst_day *day, size_t days, const bool *counts)
{
    size_t to = 0;
    for (size_t i = 0; i < s->n; i++) {
        const cst_day *d = bsearch(&s->period[i], day, days, sizeof *d, cst_compare_days);
        if (!counts[d - day]) {
            s->between++;
            continue;
        }
        s->label[to] = s->label[i];
        s->account[to] = s->account[i];
        s->group[to] = s->group[i];
        s->period[to] = s->period[i];
        s->place[to] = s->place[i];
        for (size_t k = 0; k < s->measures; k++) s->x[k][to] = s->x[k][i];
        to++;
    }
    s->n = to;
}

cst_status drv_sample_space(const drv_sample_opts *o, drv_sample *s, cst_error *e)
{
    if (!o->labels || o->all_periods || s->n == 0) return CST_OK;
    cst_day *day = malloc(s->n * sizeof *day);
    if (!day) return cst_no_memory(e);
    size_t days = 0;
    for (size_t i = 0; i < s->n; i++) /* runs of one period shrink to one */
        if (i == 0 || s->period[i] != s->period[i - 1]) day[days++] = s->period[i];
    qsort(day, days, sizeof *day, cst_compare_days);
    size_t distinct = 0;
    for (size_t i = 0; i < days; i++)
        if (i == 0 || day[i] != day[distinct - 1]) day[distinct++] = day[i];
    bool *counts = calloc(distinct, sizeof *counts);
    if (counts) {
        space_periods(day, distinct, o->horizon, counts);
        close_up(s, day, distinct, counts);
    }
    free(day);
    free(counts);
    return counts ? CST_OK : cst_no_memory(e);
}

typedef struct drv_sort_key {
    uint64_t key; /* period, then rank of the account */
    uint32_t row;
} drv_sort_key;

static int compare_keys(const void *a, const void *b)
{
    const drv_sort_key *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static drv_sort_key *make_keys(const drv_sample *s)
{
    uint32_t *rank = cst_intern_ranks(s->accounts);
    drv_sort_key *k = rank ? malloc(s->n * sizeof *k + 1) : NULL;
    for (size_t i = 0; k && i < s->n; i++)
        k[i] = (drv_sort_key){(uint64_t)(uint32_t)(s->period[i] - CST_DAY_MIN) << 32 | rank[s->account[i]],
                              (uint32_t)i};
    free(rank);
    return k;
}

/* One row for an account and period: else an account would weigh twice. Of several the one is told that the
 * input has first. */
static cst_status check_unique(const cst_reader *reader, const drv_sample *s, const drv_sort_key *k,
                               cst_error *e)
{
    const drv_sort_key *second = NULL;
    for (size_t i = 1; i < s->n; i++)
        if (k[i].key == k[i - 1].key && (!second || k[i].row < second->row)) second = &k[i];
    if (!second) return CST_OK;
    cst_text id = cst_intern_text(s->accounts, s->account[second->row]);
    drv_sample_place at = s->place[second->row], before = s->place[second[-1].row];
    char day[CST_DAY_ROOM] = "";
    if (s->period[second->row] != CST_DAY_NONE) cst_day_format(s->period[second->row], day);
    return cst_fail_at(
        e, CST_DATA, (cst_place){cst_reader_file(reader, at.file), at.line, 0}, "account_id",
        "expected one row for an account and period, found a second for \"%.*s\"%s%s (the first is %s:%llu); "
        "leave one of them out",
        (int)id.n, id.p, *day ? " at " : "", day, cst_reader_file(reader, before.file),
        (unsigned long long)before.line);
}

/* Brings a column into the order of the keys; `room` holds a copy of it. */
static void reorder(void *column, size_t width, const drv_sort_key *k, size_t n, char *room)
{
    char *to = column;
    memcpy(room, column, n * width);
    for (size_t i = 0; i < n; i++) memcpy(to + i * width, room + k[i].row * width, width);
}

static cst_status reorder_rows(drv_sample *s, const drv_sort_key *k, cst_error *e)
{
    char *room = malloc(s->n * sizeof(double) + 1);
    if (!room) return cst_no_memory(e);
    reorder(s->label, 1, k, s->n, room);
    reorder(s->account, sizeof *s->account, k, s->n, room);
    reorder(s->group, sizeof *s->group, k, s->n, room);
    reorder(s->period, sizeof *s->period, k, s->n, room);
    for (size_t m = 0; m < s->measures; m++) reorder(s->x[m], sizeof *s->x[m], k, s->n, room);
    free(room);
    return CST_OK;
}

cst_status drv_sample_order(drv_sample *s, const cst_reader *reader, cst_error *e)
{
    drv_sort_key *k = make_keys(s);
    if (!k) return cst_no_memory(e);
    bool ready = true;
    for (size_t i = 1; i < s->n && ready; i++) ready = k[i - 1].key < k[i].key;
    if (!ready) qsort(k, s->n, sizeof *k, compare_keys);
    cst_status status = check_unique(reader, s, k, e);
    if (status == CST_OK && !ready) status = reorder_rows(s, k, e);
    free(k);
    return status;
}
