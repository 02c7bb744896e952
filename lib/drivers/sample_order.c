/* sample_order.c: keys of 16 bytes are sorted, then one column after the other is brought into their order.
 * Rows that are in order already, as cs-metrics writes them, stay where they are. */
#include "drivers/sample_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"

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
    uint32_t accounts = cst_intern_count(s->accounts);
    uint32_t *sorted = cst_intern_sorted(s->accounts);
    uint32_t *rank = malloc(accounts * sizeof *rank + 1);
    drv_sort_key *k = sorted && rank ? malloc(s->n * sizeof *k + 1) : NULL;
    for (uint32_t i = 0; k && i < accounts; i++) rank[sorted[i]] = i;
    for (size_t i = 0; k && i < s->n; i++)
        k[i] = (drv_sort_key){(uint64_t)(uint32_t)(s->period[i] - CST_DAY_MIN) << 32 | rank[s->account[i]],
                              (uint32_t)i};
    free(sorted);
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
    if (!room) return drv_sample_no_memory(e);
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
    if (!k) return drv_sample_no_memory(e);
    bool ready = true;
    for (size_t i = 1; i < s->n && ready; i++) ready = k[i - 1].key < k[i].key;
    if (!ready) qsort(k, s->n, sizeof *k, compare_keys);
    cst_status status = check_unique(reader, s, k, e);
    if (!status && !ready) status = reorder_rows(s, k, e);
    free(k);
    return status;
}
