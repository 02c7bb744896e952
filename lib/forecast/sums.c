/* forecast/sums.c: series that grow into the past as months turn up. */
#include "forecast/sums.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>

static void free_series(forecast_series *s)
{
    free(s->month);
    free(s->count);
}

void forecast_sums_free(forecast_sums *s)
{
    free_series(&s->total);
    for (size_t i = 0; i < s->groups; i++) free_series(&s->group[i]);
    free(s->group);
    *s = (forecast_sums){0};
}

forecast_series *forecast_sums_group(forecast_sums *s, size_t group)
{
    if (!cst_grow_zeroed(&s->group, &s->group_room, group + 1, sizeof *s->group)) return NULL;
    if (group >= s->groups) s->groups = group + 1;
    return &s->group[group];
}

bool forecast_series_reach(forecast_series *s, size_t back)
{
    if (back < s->months) return true;
    if (back >= s->room) {
        size_t room = cst_room_for(s->room, back + 1), more = room - s->room;
        if (!cst_resize(&s->month, room, sizeof *s->month) ||
            !cst_resize(&s->count, room, FORECAST_SUMS * sizeof *s->count))
            return false;
        memset(s->month + s->room, 0, more * sizeof *s->month);
        memset(s->count + s->room * FORECAST_SUMS, 0, more * FORECAST_SUMS * sizeof *s->count);
        s->room = room;
    }
    s->months = back + 1;
    return true;
}

void forecast_series_flush(forecast_series *s)
{
    for (size_t k = 0; k < s->months; k++) {
        int64_t *count = s->count + k * FORECAST_SUMS;
        for (int i = 0; i < FORECAST_SUMS; i++) {
            s->month[k].v[i] += count[i];
            count[i] = 0;
        }
    }
    s->size = 0;
}

bool forecast_series_add(forecast_series *into, forecast_series *from)
{
    forecast_series_flush(from);
    forecast_series_flush(into);
    if (from->months && !forecast_series_reach(into, from->months - 1)) return false;
    for (size_t k = 0; k < from->months; k++)
        for (int i = 0; i < FORECAST_SUMS; i++) into->month[k].v[i] += from->month[k].v[i];
    for (int what = 0; what < FORECAST_KNOWN; what++)
        for (int j = 0; j < FORECAST_AHEAD; j++) into->known[what][j] += from->known[what][j];
    return true;
}

void forecast_sum_name(int i, const char **item, char name[FORECAST_NAME_ROOM])
{
    static const struct {
        const char *item;
        int first;
    } items[] = {{"stay", FORECAST_STAY}, {"cap", FORECAST_CAP}, {"kept", FORECAST_KEPT}};
    for (size_t k = 0; k < sizeof items / sizeof *items; k++) {
        if (i < items[k].first) continue;
        *item = items[k].item;
        snprintf(name, FORECAST_NAME_ROOM, "%d", i - items[k].first);
        return;
    }
    *item = "movement";
    snprintf(name, FORECAST_NAME_ROOM, "%s", cst_movement_name[i - FORECAST_MOVE]);
}
