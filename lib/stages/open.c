/* stages/open.c: the items that are open: how old, how likely to be won and worth what, how late. */
#include "stages/count.h"
#include <stdlib.h>

enum { LEARNED_FROM = 20 }; /* closed items; fewer say too little, and the table's probability holds */

typedef struct stages_open_line {
    cst_text account, item, stage, currency, owner, next_step, next_stage;
    cst_day since, expected;
    int64_t age, days;
    cst_maybe amount, probability, weighted, slipped, stalled;
    const char *learned; /* where the probability is from; NULL: there is none */
} stages_open_line;

#define AT(field) offsetof(stages_open_line, field)

static const cst_layout_column columns[] = {
    {NULL, CST_LAY_BY, 0},
    {"account_id", CST_LAY_TEXT, AT(account)},
    {"item_id", CST_LAY_TEXT, AT(item)},
    {"stage", CST_LAY_TEXT, AT(stage)},
    {"since", CST_LAY_DAY, AT(since)},
    {"age", CST_LAY_COUNT, AT(age)},
    {"days_in_stage", CST_LAY_COUNT, AT(days)},
    {"amount", CST_LAY_MAYBE_AMOUNT, AT(amount)},
    {"currency", CST_LAY_TEXT, AT(currency)},
    {"probability", CST_LAY_RATIO, AT(probability)},
    {"probability_from", CST_LAY_WORD, AT(learned)},
    {"weighted", CST_LAY_MAYBE_AMOUNT, AT(weighted)},
    {"expected_date", CST_LAY_DAY, AT(expected)},
    {"slipped_days", CST_LAY_MAYBE_COUNT, AT(slipped)},
    {"stalled_days", CST_LAY_MAYBE_COUNT, AT(stalled)},
    {"owner", CST_LAY_TEXT, AT(owner)},
    {"next_stage", CST_LAY_TEXT, AT(next_stage)},
    {"next_step", CST_LAY_TEXT, AT(next_step)},
};

/* The amount as it is reported, and what it is worth by the share of those from its stage that were won. */
static cst_status fill_money(const stages_session *s, const stages_row *r, const stages_count *c,
                             stages_open_line *l, cst_error *e)
{
    const stages_stage *stage = &s->pipeline.at[r->stage];
    const uint64_t ended = c->ended_won + c->ended_lost;
    const bool learned = ended >= LEARNED_FROM;
    cst_money amount = 0, weighted;
    cst_ratio share;
    l->currency = cst_intern_text(s->items.words, r->currency);
    cst_status status = stages_session_convert(s, r->amount, l->currency, s->as_of, &amount, e);
    if (status != CST_OK) return status;
    if (s->subjects.fx && r->priced) l->currency = (cst_text){s->currency, 3};
    l->amount = (cst_maybe){amount, r->priced};
    l->learned = learned ? "learned" : stage->probability.there ? "table" : NULL;
    l->probability = learned ? (cst_maybe){0, true} : stage->probability;
    if (learned && cst_ratio_of((cst_wide)c->ended_won, (cst_wide)ended, &share)) l->probability.v = share;
    int64_t part = learned ? (int64_t)c->ended_won : (int64_t)stage->probability.v;
    l->weighted.there = r->priced && l->probability.there &&
                        cst_mul_div(amount, part, learned ? (int64_t)ended : 1000000, &weighted);
    if (l->weighted.there) l->weighted.v = weighted;
    return CST_OK;
}

/* Days in the stage over all spells of it, and the day on which the last one began. */
static void fill_days(const stages_session *s, const stages_item *item, stages_open_line *l)
{
    const uint32_t stage = item->row[item->n - 1].stage;
    for (size_t row = 0; row < item->n;) {
        size_t next = stages_item_next(item, row);
        cst_day end = next < item->n ? item->row[next].day : s->as_of;
        if (item->row[row].stage == stage) {
            l->days += end - item->row[row].day;
            l->since = item->row[row].day;
        }
        row = next;
    }
    l->age = s->as_of - item->row[0].day;
    cst_maybe target = s->pipeline.at[stage].target;
    if (target.there) l->stalled = (cst_maybe){l->days > target.v ? l->days - target.v : 0, true};
}

/* How much later than the first date that was expected the last one is; past it, the day that it is. */
static void fill_expected(const stages_session *s, const stages_item *item, stages_open_line *l)
{
    const stages_row *last = &item->row[item->n - 1];
    size_t first = 0;
    l->expected = last->expected;
    while (first < item->n && item->row[first].expected == CST_DAY_NONE) first++;
    if (first == item->n) return;
    cst_day now = last->expected < s->as_of ? s->as_of : last->expected;
    l->slipped = (cst_maybe){now - item->row[first].expected, true};
}

static cst_status fill_line(const stages_session *s, const stages_counts *c, const stages_item *item,
                            stages_open_line *l, cst_error *e)
{
    const stages_row *r = &item->row[item->n - 1];
    const uint32_t next = stages_pipeline_next(&s->pipeline, r->stage);
    *l = (stages_open_line){.account = item->account,
                            .item = item->name,
                            .stage = s->pipeline.at[r->stage].name,
                            .owner = cst_intern_text(s->items.words, r->owner),
                            .next_step = cst_intern_text(s->items.words, r->next_step)};
    if (next != STAGES_NONE) l->next_stage = s->pipeline.at[next].name;
    fill_days(s, item, l);
    fill_expected(s, item, l);
    return fill_money(s, r, stages_count_at(c, c->groups, r->stage), l, e);
}

static cst_status write_group(const stages_session *s, const stages_counts *c, const cst_layout *layout,
                              cst_writer *w, uint32_t group, cst_error *e)
{
    cst_text name = cst_intern_text(s->items.groups, group);
    cst_status status = CST_OK;
    for (size_t i = 0; i < s->items.n && status == CST_OK; i++) {
        const stages_item *item = &s->items.at[i];
        const stages_row *r = &item->row[item->n - 1];
        stages_open_line l;
        if (r->group != group || stages_ends(&s->pipeline, r->stage)) continue;
        status = fill_line(s, c, item, &l, e);
        if (status == CST_OK) status = cst_layout_row(layout, w, name, &l, e);
    }
    return status;
}

cst_status stages_open_write(const stages_session *s, cst_error *e)
{
    cst_layout layout = stages_layout(s, columns, sizeof columns / sizeof *columns);
    cst_writer *w = NULL;
    stages_counts c;
    layout.untold = true;
    cst_status status = stages_counts_make(s, &c, e);
    if (status == CST_OK) status = cst_layout_open(&layout, s->io, NULL, &w, e);
    for (size_t i = 0; i < c.groups && status == CST_OK; i++)
        status = write_group(s, &c, &layout, w, s->items.group_order[i], e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    stages_counts_free(&c);
    return status;
}
