/* sample_periods.c: which periods count. It is known only when all have been seen, so the choice is made on
 * the rows that were read, and the columns are closed up. */
#include "drivers/sample_periods.h"

#include <stdlib.h>

static int compare_days(const void *a, const void *b)
{
    cst_day x = *(const cst_day *)a, y = *(const cst_day *)b;
    return (x > y) - (x < y);
}

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
        const cst_day *d = bsearch(&s->period[i], day, days, sizeof *d, compare_days);
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
    if (!day) return drv_sample_no_memory(e);
    size_t days = 0;
    for (size_t i = 0; i < s->n; i++) /* runs of one period shrink to one */
        if (i == 0 || s->period[i] != s->period[i - 1]) day[days++] = s->period[i];
    qsort(day, days, sizeof *day, compare_days);
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
    return counts ? CST_OK : drv_sample_no_memory(e);
}
