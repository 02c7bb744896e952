/* ledger/grid.h: the snapshots. Ticks are the finest snapshots there are, months or weeks; a period is
 * one tick or several (a quarter is three months). A snapshot rule says from which tick on a row that
 * starts on a day counts, and at which it no longer does, so that S(tick) is the sum of the rows with on
 * <= tick < off under every rule:
 *
 *   month-end   counts at the close of the tick's last day:  on = tick of start,  off = tick of end
 *   first-day   at the close of its first day:               on, off = the first tick whose first day
 *       is >= the date
 *   touch       start <= last day and end >= first day:      on = tick of start,  off = tick of end + 1 */
#ifndef CST_LEDGER_GRID_H
#define CST_LEDGER_GRID_H
#include "base/period.h"
#include <cstools/ledger.h>

enum cst_snapshot { CST_SNAP_LAST, CST_SNAP_FIRST, CST_SNAP_TOUCH };
#define CST_TICK_NEVER INT32_MAX
enum { CST_GRID_DAYS = 47482 /* to 2099-12-31 */ };

typedef struct cst_grid {
    cst_calendar periods; /* what is reported */
    cst_calendar ticks;   /* months, or weeks where weeks are reported */
    enum cst_snapshot rule;
    cst_day as_of;         /* CST_DAY_NONE: not known */
    cst_period *tick_of;   /* by day, CST_GRID_DAYS of them from 1970-01-01 on; for speed */
    cst_period *period_of; /* by tick from tick_of[0] on */
} cst_grid;

cst_status cst_grid_init(cst_grid *g, cst_calendar periods, enum cst_snapshot rule, cst_day as_of,
                         cst_error *e);
void cst_grid_free(cst_grid *g);

/* What the tables do not hold, computed. */
cst_period cst_grid_far_tick(const cst_grid *g, cst_day d);
cst_period cst_grid_far_period(const cst_grid *g, cst_period tick);
cst_period cst_grid_first_from(const cst_grid *g, cst_day d); /* the first tick that begins on or after d */

static inline cst_period cst_grid_tick(const cst_grid *g, cst_day d) /* the tick that holds a day */
{
    return (uint32_t)d < CST_GRID_DAYS ? g->tick_of[d] : cst_grid_far_tick(g, d);
}

static inline cst_period cst_grid_on(const cst_grid *g, cst_day start)
{
    return g->rule == CST_SNAP_FIRST ? cst_grid_first_from(g, start) : cst_grid_tick(g, start);
}

static inline cst_period cst_grid_off(const cst_grid *g, cst_day end) /* CST_LEDGER_OPEN: CST_TICK_NEVER */
{
    if (end == CST_LEDGER_OPEN) return CST_TICK_NEVER;
    if (g->rule == CST_SNAP_FIRST) return cst_grid_first_from(g, end);
    return cst_grid_tick(g, end) + (g->rule == CST_SNAP_TOUCH);
}

static inline cst_period cst_grid_period(const cst_grid *g, cst_period tick)
{
    if (g->periods.every == g->ticks.every) return tick;
    uint32_t i = (uint32_t)tick - (uint32_t)g->tick_of[0];
    uint32_t n = (uint32_t)(g->tick_of[CST_GRID_DAYS - 1] - g->tick_of[0]);
    return i <= n ? g->period_of[i] : cst_grid_far_period(g, tick);
}

/* A period's last tick: S(period) is S(that tick). */
static inline cst_period cst_grid_close(const cst_grid *g, cst_period period)
{
    return g->periods.every == g->ticks.every ? period : cst_period_last_month(&g->periods, period);
}

cst_day cst_grid_day(const cst_grid *g,
                     cst_period tick); /* the snapshot's day; as_of where that is earlier */
#endif
