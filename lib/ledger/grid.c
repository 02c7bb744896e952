/* ledger/grid.c: days and ticks are looked up in tables over 1970 to 2099, computed outside. */
#include "ledger/grid.h"
#include "base/date.h"
#include <stdlib.h>

enum { FIRST_DAY = 0, DAYS = 47482 /* to 2099-12-31 */ };

cst_status cst_grid_init(cst_grid *g, cst_calendar periods, enum cst_snapshot rule, cst_day as_of,
                         cst_error *e)
{
    *g = (cst_grid){.periods = periods, .rule = rule, .as_of = as_of};
    g->ticks.every = periods.every == CST_WEEK ? CST_WEEK : CST_MONTH;
    cst_period first = cst_period_of(&g->ticks, FIRST_DAY),
               last = cst_period_of(&g->ticks, FIRST_DAY + DAYS - 1);
    g->tick_of = malloc(DAYS * sizeof *g->tick_of);
    g->period_of = malloc((size_t)(last - first + 1) * sizeof *g->period_of);
    if (!g->tick_of || !g->period_of) {
        cst_grid_free(g);
        return cst_fail(e, CST_MEMORY, "out of memory");
    }
    for (cst_day d = 0; d < DAYS; d++) g->tick_of[d] = cst_period_of(&g->ticks, FIRST_DAY + d);
    for (cst_period t = first; t <= last; t++)
        g->period_of[t - first] = cst_period_of(&periods, cst_period_first(&g->ticks, t));
    return CST_OK;
}

void cst_grid_free(cst_grid *g)
{
    if (!g) return;
    free(g->tick_of);
    free(g->period_of);
    g->tick_of = NULL;
    g->period_of = NULL;
}

cst_period cst_grid_tick(const cst_grid *g, cst_day d)
{
    uint32_t i = (uint32_t)d - FIRST_DAY;
    return i < DAYS ? g->tick_of[i] : cst_period_of(&g->ticks, d);
}

/* The first tick whose first day is on or after d. */
static cst_period find_first(const cst_grid *g, cst_day d)
{
    cst_period t = cst_grid_tick(g, d);
    return cst_period_first(&g->ticks, t) < d ? t + 1 : t;
}

cst_period cst_grid_on(const cst_grid *g, cst_day start)
{
    return g->rule == CST_SNAP_FIRST ? find_first(g, start) : cst_grid_tick(g, start);
}

cst_period cst_grid_off(const cst_grid *g, cst_day end)
{
    if (end == CST_LEDGER_OPEN) return CST_TICK_NEVER;
    if (g->rule == CST_SNAP_FIRST) return find_first(g, end);
    return cst_grid_tick(g, end) + (g->rule == CST_SNAP_TOUCH);
}

cst_period cst_grid_period(const cst_grid *g, cst_period tick)
{
    uint32_t i = (uint32_t)tick - (uint32_t)g->tick_of[0];
    uint32_t n = (uint32_t)(g->tick_of[DAYS - 1] - g->tick_of[0]);
    return i <= n ? g->period_of[i] : cst_period_of(&g->periods, cst_period_first(&g->ticks, tick));
}

cst_period cst_grid_close(const cst_grid *g, cst_period period)
{
    if (g->periods.every == g->ticks.every) return period;
    return cst_period_last_month(&g->periods, period);
}

cst_day cst_grid_day(const cst_grid *g, cst_period tick)
{
    cst_day d =
        g->rule == CST_SNAP_FIRST ? cst_period_first(&g->ticks, tick) : cst_period_last(&g->ticks, tick);
    return g->as_of != CST_DAY_NONE && d > g->as_of ? g->as_of : d;
}
