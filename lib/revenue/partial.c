/* revenue/partial.c: the sums of a run, changes and all, one integer a row. What is zero is left out. */
#include "base/date.h"
#include "base/text.h"
#include "revenue/bridge.h"
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

static void put_series(cst_part_writer *p, int64_t group, const rev_series *of, uint32_t replicates)
{
    for (uint32_t i = 0; i < of->n; i++) {
        int64_t period = of->low + (int64_t)i;
        const rev_cell *c = &of->cell[i];
        for (int k = 0; k < REV_ALL_SUMS; k++) {
            rev_sum is = rev_sum_of(k);
            cst_part_put(p, is.item, period, group, is.name, is.count ? c->count[is.at] : c->sum[is.at]);
        }
        put_replicates(p, "replicate", period, group, of->cell[i].replicate, replicates);
        const rev_tops *t = of->top ? &of->top[i] : NULL;
        for (int k = 0; t && k < REV_TOP; k++) cst_part_put(p, "top", period, group, "held", t->held[k]);
        for (int k = 0; t && k < REV_TOP; k++) cst_part_put(p, "top", period, group, "stays", t->tenure[k]);
    }
    for (uint32_t i = 0; i < of->links; i++) {
        int64_t tick = of->link_low + (int64_t)i;
        const rev_ret *r = &of->link[i].ret;
        for (int k = REV_RET_FIRST; k < REV_ALL_SUMS; k++) {
            rev_sum is = rev_sum_of(k);
            cst_part_put(p, "link", tick, group, is.name,
                         is.count ? r->count[is.at] : r->sum[is.at - REV_RET_AT]);
        }
        put_replicates(p, "link_replicate", tick, group, of->link[i].replicate, replicates);
    }
}

static void put_fact(cst_part_writer *p, const char *name, const char *value)
{
    cst_part_put_text(p, "fact", CST_PART_NO_PERIOD, CST_PART_NO_GROUP, name, cst_text_of(value));
}

static void put_head(cst_part_writer *p, const rev_session *s)
{
    cst_definition d = {0};
    if (p->status == CST_OK) p->status = rev_definition_of(s->o, s, &d, p->e);
    if (p->status == CST_OK) cst_part_put_definition(p, &d);
    cst_definition_free(&d);
    put_fact(p, "groups_of_rows", s->rules.groups_of_rows ? "yes" : "no");
    put_fact(p, "by_currency", s->by_currency ? "yes" : "no");
    put_fact(p, "total", s->total ? "yes" : "no");
    if (s->counts.rows) put_fact(p, "currency", s->currency);
    char day[CST_DAY_ROOM];
    if (cst_day_format(s->counts.first, day)) put_fact(p, "first", day);
    if (cst_day_format(s->counts.last, day)) put_fact(p, "last", day);
    if (s->sums.mixed) put_fact(p, "mixed", "yes");
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
    if (s->subscriptions.shard.of)
        cst_part_put_shard(&p, s->subscriptions.shard, s->counts.others, s->reader);
    for (int i = 0; i <= s->threads; i++) cst_part_add_accounts(&p, rev_session_worker(s, i)->accounts);
    return cst_part_finish(&p);
}
