/* triangle.c: see triangle.h. */
#include "cohort/triangle.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include <cstools/ledger.h>
#include <stdlib.h>

cst_status cohort_triangle_init(cohort_triangle *t, cst_error *e)
{
    *t = (cohort_triangle){.groups = cst_intern_new(), .index = cst_map_new()};
    return t->groups && t->index ? CST_OK : cst_no_memory(e);
}

void cohort_triangle_free(cohort_triangle *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->line[i].cell);
        free(t->line[i].life);
    }
    free(t->line);
    cst_intern_free(t->groups);
    cst_map_free(t->index);
}

static cohort_line *find_line(cohort_triangle *t, cst_text key, cst_period cohort)
{
    bool fresh;
    uint32_t group = cst_intern_id(t->groups, key);
    uint32_t *at =
        group == CST_INTERN_NONE ? NULL : cst_map_at(t->index, cst_map_pair(group, (uint32_t)cohort), &fresh);
    if (!at) return NULL;
    if (!fresh) return &t->line[*at];
    if (!cst_grow(&t->line, &t->room, t->n + 1, sizeof *t->line)) return NULL;
    *at = (uint32_t)t->n;
    t->line[t->n] = (cohort_line){.group = group, .cohort = cohort, .latest = INT32_MIN};
    return &t->line[t->n++];
}

static bool reserve_lives(cohort_line *l, uint32_t ages)
{
    if (!cst_grow_zeroed(&l->life, &l->life_room, ages, sizeof *l->life)) return false;
    if (ages > l->lives) l->lives = ages;
    return true;
}

/* Room for ages 0 .. ages - 1. */
static bool reserve_ages(cohort_line *l, uint32_t ages)
{
    if (!cst_grow_zeroed(&l->cell, &l->room, ages, sizeof *l->cell)) return false;
    if (ages > l->ages) l->ages = ages;
    return true;
}

bool cohort_triangle_merge(cohort_triangle *into, const cohort_triangle *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const cohort_line *l = &from->line[i];
        cohort_line *to = find_line(into, cst_intern_text(from->groups, l->group), l->cohort);
        if (!to || !reserve_ages(to, l->ages) || !reserve_lives(to, l->lives)) return false;
        to->size += l->size;
        if (l->latest > to->latest) to->latest = l->latest;
        for (uint32_t k = 0; k < l->ages; k++) {
            to->cell[k].num += l->cell[k].num;
            to->cell[k].den += l->cell[k].den;
        }
        for (uint32_t k = 0; k < l->lives; k++) {
            to->life[k].risk += l->life[k].risk;
            to->life[k].lost += l->life[k].lost;
        }
    }
    into->out.undated += from->out.undated;
    into->out.unstarted += from->out.unstarted;
    into->out.before += from->out.before;
    return true;
}

/* Tick by tick from the first activity on, so that one that left before the anchor has left. */
static void add_activity(cohort_line *l, const cohort_frame *f, const cohort_profile *p, cst_period anchor,
                         cst_wide first)
{
    bool was = false, left = false;
    for (uint32_t i = 0; i < p->n && p->low + (cst_period)i <= f->last; i++) {
        cst_period tick = p->low + (cst_period)i;
        bool active = p->active[i];
        left |= was && !active;
        was |= active;
        if (tick < anchor || !active || (f->never_left && left)) continue;
        uint32_t age = (uint32_t)(tick - anchor);
        cst_wide amount = p->amount && !cohort_measure_counts(f->measure) ? p->amount[i] : 1;
        if (f->worth && p->amount) l->cell[age].den += p->amount[i];
        if (f->measure == COHORT_NRR || f->measure == COHORT_GRR) {
            cst_wide base = p->base ? p->base[age] : first;
            if (first <= 0) continue;
            if (f->measure == COHORT_GRR && amount > base) amount = base;
        }
        l->cell[age].num += amount;
    }
}

/* From the anchor, or the first activity after it, to the end of that stretch, or as far as can be seen. */
static bool add_life(cohort_line *l, const cohort_frame *f, const cohort_profile *p, cst_period anchor)
{
    uint32_t i = 0, end;
    while (i < p->n && !p->active[i]) i++;
    for (end = i; end < p->n && p->active[end];) end++;
    cst_period from = p->low + (cst_period)i, gone = p->low + (cst_period)end;
    if (i == p->n || gone <= anchor || from > f->last) return true;
    if (from < anchor) from = anchor;
    cst_period to = gone > f->last ? f->last : gone;
    if (!reserve_lives(l, (uint32_t)(to - anchor) + 1)) return false;
    for (cst_period tick = from + 1; tick <= to; tick++) l->life[tick - anchor].risk++;
    if (to == gone) l->life[to - anchor].lost++;
    return true;
}

/* One at each age up to the last that the account is seen at. */
static void add_until_last(cohort_line *l, const cohort_frame *f, const cohort_profile *p, cst_period anchor)
{
    uint32_t i = p->n;
    while (i > 0 && (!p->active[i - 1] || p->low + (cst_period)(i - 1) > f->last)) i--;
    for (cst_period tick = anchor; tick < p->low + (cst_period)i; tick++) l->cell[tick - anchor].num++;
}

cst_status cohort_triangle_add(cohort_triangle *t, const cohort_frame *f, const cohort_profile *p,
                               cst_period anchor, cst_period cohort, cst_error *e)
{
    cohort_line *l = find_line(t, p->key, cohort);
    if (!l) return cst_no_memory(e);
    l->size++;
    if (anchor > l->latest) l->latest = anchor;
    if (anchor > f->last) return CST_OK;
    if (f->lives && !add_life(l, f, p, anchor)) return cst_no_memory(e);
    bool ratio = f->measure == COHORT_NRR || f->measure == COHORT_GRR;
    cst_period end = p->low + (cst_period)p->n - 1;
    if (end > f->last || ratio) end = f->last;
    if (p->n == 0 || end < anchor) return CST_OK;
    if (!reserve_ages(l, (uint32_t)(end - anchor) + 1)) return cst_no_memory(e);
    cst_wide first = 0;
    if (ratio && anchor >= p->low && anchor - p->low < (cst_period)p->n) first = p->amount[anchor - p->low];
    if (f->measure == COHORT_ON_OR_AFTER)
        add_until_last(l, f, p, anchor);
    else
        add_activity(l, f, p, anchor, first);
    for (uint32_t k = 0; ratio && first > 0 && k <= (uint32_t)(end - anchor); k++)
        l->cell[k].den += p->base ? p->base[k] : first;
    return CST_OK;
}

void cohort_attribute_key(const cohort_input *in, cst_text account, cst_buffer *out)
{
    cst_buffer_clear(out);
    for (size_t i = 0; i < in->groups.n; i++) {
        cst_text t = cst_subjects_attribute(&in->subjects, account, in->groups.column[i].column);
        cst_label_add(out, i, t);
    }
}

cst_status cohort_triangle_add_quiet(cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                     cst_text account, cst_error *e)
{
    cst_buffer key = {0};
    cst_period anchor, cohort;
    cst_status status;
    cohort_profile p = {.account = account};
    if (!cohort_anchor(t, f, in, account, COHORT_NEVER, &anchor, &cohort, &status, e)) return status;
    cohort_attribute_key(in, account, &key);
    p.key = (cst_text){key.p, (uint32_t)key.n};
    status = key.failed ? cst_no_memory(e) : cohort_triangle_add(t, f, &p, anchor, cohort, e);
    cst_buffer_free(&key);
    return status;
}

cst_status cohort_triangle_add_unseen(cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                      const unsigned char *seen, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t i = 0; status == CST_OK && i < cst_accounts_count(in->subjects.accounts); i++) {
        cst_text id = cst_accounts_id(in->subjects.accounts, i);
        bool own = cst_text_equal(cst_subjects_of(&in->subjects, id), id); /* else another stands for it */
        if (own && !seen[i]) status = cohort_triangle_add_quiet(t, f, in, id, e);
    }
    return status;
}
