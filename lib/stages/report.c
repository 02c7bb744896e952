/* stages/report.c: counts as a table, the groups and then the total, each stage by stage. */
#include "stages/count.h"
#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>

typedef struct stages_line {
    cst_text stage;
    const char *kind;
    uint64_t entered, passed, forward, back, won, lost, still_there;
    cst_maybe moved, conversion, ended, to_won, target, overdue;
    cst_km_time median, most;
} stages_line;

#define AT(field) offsetof(stages_line, field)

static const cst_layout_column columns[] = {
    {NULL, CST_LAY_BY, 0},
    {"stage", CST_LAY_TEXT, AT(stage)},
    {"kind", CST_LAY_WORD, AT(kind)},
    {"entered", CST_LAY_COUNT, AT(entered)},
    {"passed", CST_LAY_COUNT, AT(passed)},
    {"forward", CST_LAY_COUNT, AT(forward)},
    {"back", CST_LAY_COUNT, AT(back)},
    {"won", CST_LAY_COUNT, AT(won)},
    {"lost", CST_LAY_COUNT, AT(lost)},
    {"still_there", CST_LAY_COUNT, AT(still_there)},
    {"moved_on", CST_LAY_MAYBE_COUNT, AT(moved)},
    {"conversion", CST_LAY_RATIO, AT(conversion)},
    {"ended", CST_LAY_MAYBE_COUNT, AT(ended)},
    {"to_won", CST_LAY_RATIO, AT(to_won)},
    {"median_days", CST_LAY_REAL, AT(median.time)},
    {"median_lower", CST_LAY_REAL, AT(median.lower)},
    {"median_upper", CST_LAY_REAL, AT(median.upper)},
    {"p90_days", CST_LAY_REAL, AT(most.time)},
    {"p90_lower", CST_LAY_REAL, AT(most.lower)},
    {"p90_upper", CST_LAY_REAL, AT(most.upper)},
    {"target_days", CST_LAY_MAYBE_COUNT, AT(target)},
    {"overdue", CST_LAY_MAYBE_COUNT, AT(overdue)},
};

static cst_maybe share_of(uint64_t part, uint64_t whole)
{
    cst_ratio ratio = 0;
    bool there = cst_ratio_of((cst_wide)part, (cst_wide)whole, &ratio);
    return (cst_maybe){ratio, there};
}

static cst_status fill_days(const stages_session *s, const stages_count *c, stages_line *l, cst_error *e)
{
    const cst_km_time none = {NAN, NAN, NAN};
    cst_survival_count *count;
    size_t times;
    cst_km *km;
    l->median = l->most = none;
    if (c->n == 0) return CST_OK;
    cst_status status = cst_survival_tally(c->days, c->left, c->n, &count, &times, e);
    if (status != CST_OK) return status;
    status = cst_km_fit(count, times, (cst_ci_type)s->o->ci_type, s->level, &km, e);
    free(count);
    if (status != CST_OK) return status;
    l->median = cst_km_quantile(km, .5);
    l->most = cst_km_quantile(km, .9);
    cst_km_free(km);
    return CST_OK;
}

static cst_status fill_line(const stages_session *s, const stages_count *c, size_t k, stages_line *l,
                            cst_error *e)
{
    static const char *const kinds[] = {"open", "won", "lost"};
    const stages_stage *stage = &s->pipeline.at[k];
    const bool open = stage->kind == STAGES_OPEN;
    *l = (stages_line){.stage = stage->name,
                       .kind = kinds[stage->kind],
                       .entered = c->entered,
                       .passed = c->passed,
                       .forward = c->forward,
                       .back = c->back,
                       .won = c->won,
                       .lost = c->lost,
                       .still_there = c->still_there,
                       .moved = {(cst_wide)c->moved, open},
                       .conversion = share_of(c->reached, c->moved),
                       .ended = {(cst_wide)(c->ended_won + c->ended_lost), open},
                       .to_won = share_of(c->ended_won, c->ended_won + c->ended_lost),
                       .target = stage->target,
                       .overdue = {(cst_wide)c->overdue, stage->target.there}};
    return fill_days(s, c, l, e);
}

static cst_status write_group(const stages_session *s, const cst_layout *layout, cst_writer *w,
                              const stages_counts *c, size_t group, cst_error *e)
{
    cst_text name = group < c->groups ? cst_intern_text(s->items.groups, (uint32_t)group) : (cst_text){0};
    cst_status status = CST_OK;
    for (size_t k = 0; k < c->stages && status == CST_OK; k++) {
        stages_line l;
        status = fill_line(s, stages_count_at(c, group, k), k, &l, e);
        if (status == CST_OK) status = cst_layout_row(layout, w, name, &l, e);
    }
    return status;
}

cst_status stages_report_write(const stages_session *s, cst_error *e)
{
    cst_layout layout = stages_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w = NULL;
    stages_counts c;
    cst_status status = stages_counts_make(s, &c, e);
    if (status == CST_OK) status = cst_layout_open(&layout, s->io, NULL, &w, e);
    for (size_t i = 0; status == CST_OK && s->groups.n > 0 && i < c.groups; i++) {
        if (c.items[s->items.group_order[i]] == 0) continue; /* of rows that were not an item's last */
        status = write_group(s, &layout, w, &c, s->items.group_order[i], e);
        if (status == CST_OK) cst_put_rule(w);
    }
    if (status == CST_OK && s->items.n > 0) status = write_group(s, &layout, w, &c, c.groups, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    stages_counts_free(&c);
    return status;
}
