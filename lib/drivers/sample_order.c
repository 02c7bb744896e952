/* sample_order.c: which rows count, and in which order. Whether a row without a word in `active`
 * counts, and the periods that count, are known only when all rows have been seen, so the choice is
 * made on what was read, and the columns are closed up. Rows that are in order already, as cs-metrics
 * writes them, stay where they are. */
#include "drivers/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/memory.h"

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

/* Moves a row down to where the next of those that stay goes. */
static void keep_row(drv_sample *s, size_t to, size_t i)
{
    s->label[to] = s->label[i];
    s->group[to] = s->group[i];
    s->rows.row[to] = s->rows.row[i];
    for (size_t k = 0; k < s->measures; k++) s->x[k][to] = s->x[k][i];
}

void drv_sample_drop_unknown(drv_sample *s)
{
    size_t to = 0;
    if (s->rows.unknown == 0) return;
    for (size_t i = 0; i < s->n; i++)
        if (s->rows.row[i].active) keep_row(s, to++, i);
    s->unknown = s->n - to;
    s->n = s->rows.n = to;
}

static void drop_between(drv_sample *s, const cst_day *day, size_t days, const bool *counts)
{
    size_t to = 0;
    for (size_t i = 0; i < s->n; i++) {
        const cst_day *d = bsearch(&s->rows.row[i].period, day, days, sizeof *d, cst_compare_days);
        if (counts[d - day]) keep_row(s, to++, i);
    }
    s->between = s->n - to;
    s->n = s->rows.n = to;
}

cst_status drv_sample_space(const drv_sample_opts *o, drv_sample *s, cst_error *e)
{
    if (!o->labels || o->all_periods || s->n == 0) return CST_OK;
    cst_day *day = malloc(s->n * sizeof *day);
    if (!day) return cst_no_memory(e);
    size_t days = 0;
    for (size_t i = 0; i < s->n; i++) /* runs of one period shrink to one */
        if (i == 0 || s->rows.row[i].period != s->rows.row[i - 1].period) day[days++] = s->rows.row[i].period;
    qsort(day, days, sizeof *day, cst_compare_days);
    size_t distinct = 0;
    for (size_t i = 0; i < days; i++)
        if (i == 0 || day[i] != day[distinct - 1]) day[distinct++] = day[i];
    bool *counts = calloc(distinct, sizeof *counts);
    if (counts) {
        space_periods(day, distinct, o->horizon, counts);
        drop_between(s, day, distinct, counts);
    }
    free(day);
    free(counts);
    return counts ? CST_OK : cst_no_memory(e);
}

/* Brings a column into order; `room` holds a copy of it. */
static void reorder(void *column, size_t width, const uint32_t *order, size_t n, char *room)
{
    char *to = column;
    memcpy(room, column, n * width);
    for (size_t i = 0; i < n; i++) memcpy(to + i * width, room + order[i] * width, width);
}

static cst_status reorder_rows(drv_sample *s, cst_error *e)
{
    const uint32_t *order = s->rows.order;
    char *room = malloc(s->n * sizeof *s->rows.row + 1); /* no column is wider */
    if (!room) return cst_no_memory(e);
    reorder(s->label, 1, order, s->n, room);
    reorder(s->group, sizeof *s->group, order, s->n, room);
    reorder(s->rows.row, sizeof *s->rows.row, order, s->n, room);
    for (size_t m = 0; m < s->measures; m++) reorder(s->x[m], sizeof *s->x[m], order, s->n, room);
    free(room);
    return CST_OK;
}

cst_status drv_sample_order(drv_sample *s, const cst_reader *reader, cst_error *e)
{
    cst_status status = cst_metrics_order(&s->rows, reader, e);
    if (status != CST_OK) return status;
    bool ready = true;
    for (size_t i = 0; i < s->n && ready; i++) ready = s->rows.order[i] == i;
    return ready ? CST_OK : reorder_rows(s, e);
}
