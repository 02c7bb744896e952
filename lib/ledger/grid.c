/* ledger/grid.c: days and ticks are looked up in tables over 1970 to 2099, computed outside. */
#include "ledger/grid.h"
#include "base/date.h"
#include "base/memory.h"
#include <stdlib.h>

cst_status cst_grid_init(cst_grid *g, cst_calendar periods, enum cst_snapshot rule, cst_day as_of,
                         cst_error *e)
{
    *g = (cst_grid){.periods = periods, .rule = rule, .as_of = as_of};
    g->ticks.every = periods.every == CST_WEEK ? CST_WEEK : CST_MONTH;
    cst_period first = cst_period_of(&g->ticks, 0), last = cst_period_of(&g->ticks, CST_GRID_DAYS - 1);
    g->tick_of = malloc(CST_GRID_DAYS * sizeof *g->tick_of);
    g->period_of = malloc((size_t)(last - first + 1) * sizeof *g->period_of);
    if (!g->tick_of || !g->period_of) {
        cst_grid_free(g);
        return cst_no_memory(e);
    }
    for (cst_day d = 0; d < CST_GRID_DAYS; d++) g->tick_of[d] = cst_period_of(&g->ticks, d);
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

cst_period cst_grid_far_tick(const cst_grid *g, cst_day d)
{
    return cst_period_of(&g->ticks, d);
}

cst_period cst_grid_first_from(const cst_grid *g, cst_day d)
{
    cst_period t = cst_grid_tick(g, d);
    return cst_period_first(&g->ticks, t) < d ? t + 1 : t;
}

cst_period cst_grid_far_period(const cst_grid *g, cst_period tick)
{
    return cst_period_of(&g->periods, cst_period_first(&g->ticks, tick));
}

cst_day cst_grid_day(const cst_grid *g, cst_period tick)
{
    cst_day d =
        g->rule == CST_SNAP_FIRST ? cst_period_first(&g->ticks, tick) : cst_period_last(&g->ticks, tick);
    return g->as_of != CST_DAY_NONE && d > g->as_of ? g->as_of : d;
}
