/* revenue/partial.c: the sums of a run, changes and all, one integer a row. What is zero is left out. */
#include "revenue/partial.h"
#include "base/date.h"
#include "base/text.h"
#include "revenue/bridge.h"
#include "revenue/parts.h"
#include "tables/part.h"
#include <stdio.h>

static void put_replicates(cst_part_writer *p, const char *item, int64_t period, int64_t group,
                           const cst_wide *r, uint32_t n)
{
    char name[32];
    for (uint32_t i = 0; r && i < 3 * n; i++) {
        snprintf(name, sizeof name, "%u", i);
        cst_part_put(p, item, period, group, name, r[i]);
    }
}

static void put_ret(cst_part_writer *p, const char *item, int64_t period, int64_t group, const rev_ret *r)
{
    cst_part_put(p, item, period, group, "base", r->base);
    cst_part_put(p, item, period, group, "net", r->net);
    cst_part_put(p, item, period, group, "gross", r->gross);
    cst_part_put(p, item, period, group, "logos", r->logos);
    cst_part_put(p, item, period, group, "kept", r->kept);
}

static void put_cell(cst_part_writer *p, int64_t period, int64_t group, const rev_cell *c,
                     uint32_t replicates)
{
    for (int m = 0; m < CST_MOVEMENTS; m++)
        cst_part_put(p, "amount", period, group, cst_movement_name[m], c->amount[m]);
    for (int k = 0; k < REV_EFFECTS; k++)
        cst_part_put(p, "effect", period, group, rev_effect_name[k], c->effect[k]);
    cst_part_put(p, "change", period, group, "closing", c->closing);
    cst_part_put(p, "change", period, group, "closing_logos", c->closing_logos);
    cst_part_put(p, "logos", period, group, "new", c->new_logos);
    cst_part_put(p, "logos", period, group, "reactivated", c->reactivated);
    cst_part_put(p, "logos", period, group, "churned", c->churned);
    put_ret(p, "retention", period, group, &c->ret);
    put_replicates(p, "replicate", period, group, c->replicate, replicates);
}

static void put_tops(cst_part_writer *p, int64_t period, int64_t group, const rev_tops *t)
{
    for (int k = 0; k < REV_TOP; k++) cst_part_put(p, "top", period, group, "held", t->held[k]);
    for (int k = 0; k < REV_TOP; k++) cst_part_put(p, "top", period, group, "stays", t->tenure[k]);
}

static void put_series(cst_part_writer *p, int64_t group, const rev_series *of, uint32_t replicates)
{
    for (uint32_t i = 0; i < of->n; i++) {
        put_cell(p, of->low + (int64_t)i, group, &of->cell[i], replicates);
        if (of->top) put_tops(p, of->low + (int64_t)i, group, &of->top[i]);
    }
    for (uint32_t i = 0; i < of->links; i++) {
        put_ret(p, "link", of->link_low + (int64_t)i, group, &of->link[i].ret);
        put_replicates(p, "link_replicate", of->link_low + (int64_t)i, group, of->link[i].replicate,
                       replicates);
    }
}

static void put_head(cst_part_writer *p, const rev_session *s)
{
    cst_definition d = {0};
    if (rev_definition_of(s->o, s, &d, p->e) < 0) p->status = CST_MEMORY;
    if (p->status == CST_OK) cst_part_put_definition(p, &d);
    cst_definition_free(&d);
    cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "groups_of_rows",
                      cst_text_of(s->rules.groups_of_rows ? "yes" : "no"));
    cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "by_currency",
                      cst_text_of(s->by_currency ? "yes" : "no"));
    cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "total",
                      cst_text_of(s->total ? "yes" : "no"));
    if (s->counts.rows)
        cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "currency",
                          cst_text_of(s->currency));
    char day[CST_DAY_ROOM];
    if (s->counts.first != CST_DAY_NONE)
        cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "first",
                          (cst_text){day, (uint32_t)cst_day_format(s->counts.first, day)});
    if (s->counts.last != CST_DAY_NONE)
        cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "last",
                          (cst_text){day, (uint32_t)cst_day_format(s->counts.last, day)});
    if (s->sums.mixed)
        cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, "mixed", cst_text_of("yes"));
    cst_part_put_columns(p, s->segment, s->bys);
}

cst_status rev_partial_run(rev_session *s, cst_error *e)
{
    cst_status status = rev_session_collect(s, e);
    if (status < 0) return status;
    cst_part_writer p;
    status = cst_part_open(&p, s->io, e);
    if (status < 0) return status;
    uint32_t n = s->rules.replicates;
    put_head(&p, s);
    if (s->rules.groups) cst_part_put_groups(&p, s->group_name, s->group_order, s->sums.groups, s->bys);
    put_series(&p, CST_PART_TOTAL, &s->sums.total, n);
    for (uint32_t i = 0; s->rules.groups && i < s->sums.groups; i++)
        put_series(&p, i, &s->sums.group[s->group_order[i]], n);
    for (uint32_t i = 0; i < s->sums.days; i++)
        cst_part_put(&p, "left", s->sums.day_low + (int64_t)i, CST_PART_NO_GROUP, "customers",
                     s->sums.churned[i]);
    for (uint32_t i = 0; i < s->sums.ticks; i++)
        cst_part_put(&p, "tick", s->sums.tick_low + (int64_t)i, CST_PART_NO_GROUP, "closing",
                     s->sums.tick[i]);
    return cst_part_finish(&p);
}
