/* flags/life.c: see life.h. */
#include "flags/life.h"

bool cst_life_awake(const cst_life *l, const cst_flag_state *s, cst_day period)
{
    if (s->stage != CST_FLAG_CLEARED || l->cooldown.n == 0) return true;
    cst_day back = cst_day_plus(s->until, l->cooldown);
    return back != CST_DAY_NONE && period >= back;
}

static bool is_due(const cst_life *l, const cst_flag_state *s, cst_day period)
{
    if (l->count) return s->count >= l->count;
    cst_day due = cst_day_plus(s->since, l->time);
    return due != CST_DAY_NONE && period >= due;
}

void cst_life_step(const cst_life *l, cst_flag_state *s, cst_day period, cst_truth when, bool ends,
                   bool inhibited)
{
    if (s->stage == CST_FLAG_OPEN) {
        if (when == CST_TRUE || !ends) return;
        s->stage = CST_FLAG_CLEARED;
        s->until = period;
        return;
    }
    if (s->stage == CST_FLAG_CLEARED) *s = (cst_flag_state){0};
    if (when == CST_UNKNOWN) return;
    if (when == CST_FALSE) {
        *s = (cst_flag_state){0};
        return;
    }
    if (s->stage == CST_FLAG_ABSENT) *s = (cst_flag_state){.since = period, .stage = CST_FLAG_PENDING};
    if (s->count < UINT32_MAX) s->count++;
    if (!inhibited && is_due(l, s, period)) *s = (cst_flag_state){.since = period, .stage = CST_FLAG_OPEN};
}
