/* stages/count.c: goes through each item's spells once, for its group and for the total. */
#include "stages/count.h"
#include "base/memory.h"
#include <stdlib.h>

/* An item's spells, and what they come to by stage. */
typedef struct stages_scratch {
    uint32_t *spell; /* the stage of each */
    size_t spells, room;
    struct stages_visit {
        size_t later;  /* the first spell after the item had come to the stage */
        int64_t days;  /* in it */
        bool came, in; /* came: entered or passed; in: entered */
    } * visit;
} stages_scratch;

static bool list_spells(const stages_item *item, cst_day as_of, stages_scratch *w)
{
    w->spells = 0;
    for (size_t row = 0; row < item->n;) {
        size_t next = stages_item_next(item, row);
        cst_day end = next < item->n ? item->row[next].day : as_of;
        uint32_t stage = item->row[row].stage;
        if (!cst_grow(&w->spell, &w->room, w->spells + 1, sizeof *w->spell)) return false;
        w->spell[w->spells++] = stage;
        w->visit[stage].days += end - item->row[row].day;
        row = next;
    }
    return true;
}

/* Where the item has first come to each stage. */
static void find_visits(const stages_pipeline *p, stages_scratch *w)
{
    for (size_t i = 0; i < w->spells; i++) {
        uint32_t stage = w->spell[i];
        struct stages_visit *v = &w->visit[stage];
        if (!v->came) v->later = i + 1;
        v->came = v->in = true;
        if (i + 1 == w->spells || stages_ends(p, stage) || p->at[w->spell[i + 1]].kind == STAGES_LOST)
            continue;
        for (uint32_t k = stage + 1; k < w->spell[i + 1]; k++) {
            if (stages_ends(p, k) || w->visit[k].came) continue;
            w->visit[k].came = true;
            w->visit[k].later = i + 1;
        }
    }
}

static void count_ways(const stages_pipeline *p, const stages_scratch *w, stages_count *c)
{
    for (size_t i = 0; i < w->spells; i++) {
        uint32_t stage = w->spell[i];
        stages_count *of = &c[stage];
        of->entered++;
        if (i + 1 == w->spells) {
            of->still_there++;
            continue;
        }
        uint32_t next = w->spell[i + 1];
        uint64_t *way = p->at[next].kind == STAGES_WON          ? &of->won
                        : p->at[next].kind == STAGES_LOST       ? &of->lost
                        : stages_ends(p, stage) || next < stage ? &of->back
                                                                : &of->forward;
        ++*way;
    }
}

/* How the item went on from where it came to an open stage. */
static void count_fate(const stages_pipeline *p, const stages_scratch *w, uint32_t stage, stages_count *c)
{
    const struct stages_visit *v = &w->visit[stage];
    bool reached = false;
    int end = -1;
    for (size_t i = v->later; i < w->spells; i++) {
        enum stages_kind kind = p->at[w->spell[i]].kind;
        reached |= w->spell[i] > stage && kind != STAGES_LOST;
        if (kind != STAGES_OPEN) end = kind;
    }
    c->moved += v->later < w->spells;
    c->reached += reached;
    c->ended_won += end == STAGES_WON;
    c->ended_lost += end == STAGES_LOST;
    c->passed += !v->in;
}

static bool count_days(const stages_pipeline *p, const stages_scratch *w, uint32_t stage, stages_count *c)
{
    const struct stages_visit *v = &w->visit[stage];
    bool there = w->spell[w->spells - 1] == stage;
    size_t room = c->room;
    if (c->n == room) {
        room = cst_room_for(room, c->n + 1);
        if (!cst_resize(&c->days, room, sizeof *c->days) || !cst_resize(&c->left, room, 1)) return false;
        c->room = room;
    }
    c->days[c->n] = (double)v->days;
    c->left[c->n++] = !there;
    c->overdue += there && p->at[stage].target.there && v->days > p->at[stage].target.v;
    return true;
}

static bool count_item(const stages_session *s, const stages_item *item, stages_scratch *w,
                       stages_counts *out)
{
    const stages_pipeline *p = &s->pipeline;
    const size_t to[] = {item->row[item->n - 1].group, out->groups};
    for (size_t k = 0; k < p->n; k++) w->visit[k] = (struct stages_visit){0};
    if (!list_spells(item, s->as_of, w)) return false;
    find_visits(p, w);
    for (size_t i = 0; i < 2; i++) {
        out->items[to[i]]++;
        stages_count *c = stages_count_at(out, to[i], 0);
        count_ways(p, w, c);
        for (uint32_t k = 0; k < p->n; k++) {
            if (stages_ends(p, k) || !w->visit[k].came) continue;
            count_fate(p, w, k, &c[k]);
            if (w->visit[k].in && !count_days(p, w, k, &c[k])) return false;
        }
    }
    return true;
}

cst_status stages_counts_make(const stages_session *s, stages_counts *out, cst_error *e)
{
    stages_scratch w = {.visit = calloc(s->pipeline.n, sizeof *w.visit)};
    *out = (stages_counts){.groups = cst_intern_count(s->items.groups), .stages = s->pipeline.n};
    out->at = calloc((out->groups + 1) * out->stages, sizeof *out->at);
    out->items = calloc(out->groups + 1, sizeof *out->items);
    bool ok = w.visit && out->at && out->items;
    for (size_t i = 0; ok && i < s->items.n; i++) ok = count_item(s, &s->items.at[i], &w, out);
    free(w.visit);
    free(w.spell);
    return ok ? CST_OK : cst_no_memory(e);
}

void stages_counts_free(stages_counts *c)
{
    for (size_t i = 0; c->at && i < (c->groups + 1) * c->stages; i++) {
        free(c->at[i].days);
        free(c->at[i].left);
    }
    free(c->at);
    free(c->items);
}
