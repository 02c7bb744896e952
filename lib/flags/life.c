/* flags/life.c: see life.h. */
#include "flags/life.h"

bool flag_life_awake(const flag_life *l, const flag_stage_now *s, cst_day period)
{
    if (s->stage != FLAG_CLEARED || l->cooldown.n == 0) return true;
    cst_day back = cst_day_plus(s->until, l->cooldown);
    return back != CST_DAY_NONE && period >= back;
}

static bool is_due(const flag_life *l, const flag_stage_now *s, cst_day period)
{
    if (l->count) return s->count >= l->count;
    cst_day due = cst_day_plus(s->since, l->time);
    return due != CST_DAY_NONE && period >= due;
}

void flag_life_step(const flag_life *l, flag_stage_now *s, cst_day period, flag_truth when, bool ends,
                    bool inhibited)
{
    if (s->stage == FLAG_OPEN) {
        if (when == FLAG_TRUE || !ends) return;
        s->stage = FLAG_CLEARED;
        s->until = period;
        return;
    }
    if (s->stage == FLAG_CLEARED) *s = (flag_stage_now){0};
    if (when == FLAG_UNKNOWN) return;
    if (when == FLAG_FALSE) {
        *s = (flag_stage_now){0};
        return;
    }
    if (s->stage == FLAG_ABSENT) *s = (flag_stage_now){.since = period, .stage = FLAG_PENDING};
    if (s->count < UINT32_MAX) s->count++;
    if (!inhibited && is_due(l, s, period)) *s = (flag_stage_now){.since = period, .stage = FLAG_OPEN};
}
