/* usage/lifecycle.c: a row per period and group: how many users are in which state at its end, and how
 * many are seen on a day, in a week, in four weeks. active = new + returning + current, which is checked. */
#include "base/memory.h"
#include "base/period.h"
#include "usage/session.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct usage_lifecycle_line {
    cst_day start, end;
    uint64_t active, state[USAGE_UNSEEN];
    uint64_t days; /* users seen on each of the last 28 days, added up */
    uint64_t wau, mau;
    cst_maybe dau, weekly, monthly, stickiness;
} usage_lifecycle_line;

#define AT(field) offsetof(usage_lifecycle_line, field)
static const cst_layout_column columns[] = {{"period_start", CST_LAY_DAY, AT(start)},
                                            {"period_end", CST_LAY_DAY, AT(end)},
                                            {NULL, CST_LAY_BY, 0},
                                            {"active", CST_LAY_COUNT, AT(active)},
                                            {"new", CST_LAY_COUNT, AT(state[USAGE_NEW])},
                                            {"returning", CST_LAY_COUNT, AT(state[USAGE_RETURNING])},
                                            {"current", CST_LAY_COUNT, AT(state[USAGE_CURRENT])},
                                            {"at_risk", CST_LAY_COUNT, AT(state[USAGE_AT_RISK])},
                                            {"dormant", CST_LAY_COUNT, AT(state[USAGE_DORMANT])},
                                            {"dau", CST_LAY_RATIO, AT(dau)},
                                            {"wau", CST_LAY_MAYBE_COUNT, AT(weekly)},
                                            {"mau", CST_LAY_MAYBE_COUNT, AT(monthly)},
                                            {"stickiness", CST_LAY_RATIO, AT(stickiness)}};

static void add_user(usage_lifecycle_line *x, const usage_user *u, cst_day day, int expect)
{
    usage_state state = usage_state_at(u, day, expect);
    if (state == USAGE_UNSEEN) return;
    x->state[state]++;
    x->active += usage_days_any(&u->days, day - expect, day);
    x->days += usage_days_count(&u->days, day - 28, day);
    x->wau += usage_days_any(&u->days, day - 7, day);
    x->mau += usage_days_any(&u->days, day - 28, day);
}

static cst_status write_line(const usage_session *s, cst_layout *l, cst_writer *w, uint32_t group,
                             usage_lifecycle_line *x, cst_error *e)
{
    if (x->active != x->state[USAGE_NEW] + x->state[USAGE_RETURNING] + x->state[USAGE_CURRENT])
        return cst_fail(e, CST_INTERNAL, "active users are not the new, the returning and the current ones");
    /* before the data begin nobody is known not to have been there */
    bool week = s->crowd.begin != CST_DAY_NONE && s->crowd.begin <= x->end - 6;
    bool month = s->crowd.begin != CST_DAY_NONE && s->crowd.begin <= x->end - 27;
    x->dau = usage_share(x->days, month ? 28 : 0);
    x->weekly = (cst_maybe){(cst_wide)x->wau, week};
    x->monthly = (cst_maybe){(cst_wide)x->mau, month};
    x->stickiness = usage_share(x->days, month ? 28 * x->mau : 0);
    return cst_layout_row(l, w, usage_session_group(s, group), x, e);
}

static cst_status write_period(const usage_session *s, cst_layout *l, cst_writer *w, usage_lifecycle_line *x,
                               cst_day start, cst_day end, cst_error *e)
{
    const usage_crowd *c = &s->crowd;
    uint32_t groups = s->n_groups;
    memset(x, 0, (groups + 1) * sizeof *x);
    for (uint32_t g = 0; g <= groups; g++) x[g].start = start, x[g].end = end;
    for (size_t i = 0; i < c->users; i++) {
        if (groups) add_user(&x[s->group_of[i]], &c->user[i], end, s->expect);
        add_user(&x[groups], &c->user[i], end, s->expect);
    }
    cst_status status = CST_OK;
    for (uint32_t g = 0; g <= groups && status == CST_OK; g++) status = write_line(s, l, w, g, &x[g], e);
    return status;
}

cst_status usage_lifecycle_write(const usage_session *s, cst_error *e)
{
    const cst_periodic *o = &s->o->periodic;
    const cst_calendar calendar = {(cst_every)o->every, o->fiscal_start.set ? (int)o->fiscal_start.n : 1};
    cst_layout l = usage_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w;
    usage_lifecycle_line *x = calloc(s->n_groups + 1, sizeof *x);
    if (!x) return cst_no_memory(e);
    cst_status status = cst_layout_open(&l, s->io, NULL, &w, e);
    cst_day first = o->from != CST_DAY_NONE ? o->from : s->crowd.begin;
    cst_day until = o->to != CST_DAY_NONE && o->to < s->as_of ? o->to : s->as_of;
    if (first != CST_DAY_NONE && status == CST_OK) {
        cst_period p = cst_period_of(&calendar, first), last = cst_period_of(&calendar, until);
        for (; p <= last && status == CST_OK; p++) {
            cst_day end = cst_period_last(&calendar, p);
            if (end > s->as_of) break;
            status = write_period(s, &l, w, x, cst_period_first(&calendar, p), end, e);
        }
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(x);
    return status;
}
