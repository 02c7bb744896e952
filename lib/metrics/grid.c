/* metrics/grid.c: see grid.h. */
#include "metrics/grid.h"
#include "base/date.h"
#include "base/memory.h"
#include "panel/periods.h"
#include <stdlib.h>

bool met_grid_single(const cst_periodic *o)
{
    return o->as_of != CST_DAY_NONE && o->every == MET_EVERY_NONE && o->from == CST_DAY_NONE &&
           o->to == CST_DAY_NONE;
}

static cst_day find_earliest(const met_company *c)
{
    cst_day earliest = MET_SEEN_CURRENT;
    for (uint32_t i = 0; i < c->accounts; i++)
        if (c->seen[i] < earliest) earliest = c->seen[i];
    return earliest < MET_SEEN_CURRENT ? earliest : CST_DAY_NONE;
}

/* The latest date that gives an account its first sight. */
static cst_day find_latest(const met_company *c)
{
    cst_day latest = CST_DAY_NONE;
    for (int f = 0; f < MET_FROM_STREAMS; f++) {
        const met_gathered *g = &c->stream[f];
        if (!g->plan || g->plan->seen < 0 || g->last[g->plan->seen] == MET_TIME_NONE) continue;
        cst_day last = cst_instant_day(g->last[g->plan->seen]);
        if (last > latest) latest = last;
    }
    return latest;
}

static cst_status make_days(met_grid *g, size_t n, cst_error *e)
{
    g->n = n;
    g->day = malloc((n + 1) * sizeof *g->day);
    return g->day ? CST_OK : cst_no_memory(e);
}

cst_status met_grid_make(const cst_periodic *o, const met_company *c, met_grid *out, cst_error *e)
{
    *out = (met_grid){.current = o->as_of};
    if (met_grid_single(o)) {
        cst_status status = make_days(out, 1, e);
        if (status == CST_OK) out->day[0] = o->as_of;
        return status;
    }
    const cst_calendar calendar = {o->every == MET_EVERY_NONE ? CST_MONTH : (cst_every)o->every,
                                   (int)o->fiscal_start.n};
    cst_day from = o->from != CST_DAY_NONE ? o->from : find_earliest(c);
    cst_day to = o->to != CST_DAY_NONE ? o->to : o->as_of != CST_DAY_NONE ? o->as_of : find_latest(c);
    if (from == CST_DAY_NONE || to == CST_DAY_NONE) return make_days(out, 0, e);
    cst_period first = cst_period_of(&calendar, from), last = cst_period_of(&calendar, to);
    while (o->as_of != CST_DAY_NONE && last >= first && cst_period_last(&calendar, last) > o->as_of) last--;
    cst_status status = make_days(out, last >= first ? (size_t)(last - first) + 1 : 0, e);
    if (status != CST_OK) return status;
    for (size_t k = 0; k < out->n; k++) out->day[k] = cst_period_last(&calendar, first + (cst_period)k);
    if (out->current == CST_DAY_NONE && out->n) out->current = out->day[out->n - 1];
    return CST_OK;
}

void met_grid_clear(met_grid *g)
{
    free(g->day);
    *g = (met_grid){0};
}

size_t met_grid_seen(const met_grid *g, cst_day seen)
{
    cst_day from = seen == MET_SEEN_CURRENT ? g->current : seen;
    if (seen == MET_SEEN_NEVER) return g->n;
    const cst_periods days = {.day = g->day, .n = g->n};
    return cst_periods_from(&days, from);
}
