/* usage/power.c: how many users are active on 0, 1, ... 28 of the last 28 days; those on 0 were seen
 * before. */
#include "base/memory.h"
#include "usage/session.h"
#include <stddef.h>
#include <stdlib.h>

enum { DAYS = 28 };

typedef struct usage_power_line {
    int days;
    uint64_t users;
    cst_maybe share;
} usage_power_line;

static const cst_layout_column columns[] = {{NULL, CST_LAY_BY, 0},
                                            {"active_days", CST_LAY_NUMBER, offsetof(usage_power_line, days)},
                                            {"users", CST_LAY_COUNT, offsetof(usage_power_line, users)},
                                            {"share", CST_LAY_RATIO, offsetof(usage_power_line, share)}};

cst_status usage_power_write(const usage_session *s, cst_error *e)
{
    const usage_crowd *c = &s->crowd;
    cst_layout l = usage_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w;
    uint64_t(*n)[DAYS + 2] = calloc(s->n_groups + 1, sizeof *n); /* the last: all */
    if (!n) return cst_no_memory(e);
    for (size_t i = 0; i < c->users; i++) {
        if (c->user[i].first == CST_DAY_NONE) continue;
        uint32_t days = usage_days_count(&c->user[i].days, s->as_of - DAYS, s->as_of);
        const uint32_t groups[] = {s->n_groups, s->n_groups ? s->group_of[i] : 0};
        for (int k = 0; k < (s->n_groups ? 2 : 1); k++) {
            n[groups[k]][days]++;
            n[groups[k]][DAYS + 1]++;
        }
    }
    cst_status status = cst_layout_open(&l, s->io, NULL, &w, e);
    for (uint32_t g = 0; g <= s->n_groups && status == CST_OK; g++)
        for (int k = 0; k <= DAYS && status == CST_OK; k++) {
            const usage_power_line x = {k, n[g][k], usage_share(n[g][k], n[g][DAYS + 1])};
            status = cst_layout_row(&l, w, usage_session_group(s, g), &x, e);
        }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(n);
    return status;
}
