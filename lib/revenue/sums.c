/* revenue/sums.c: arrays that grow at both ends as periods turn up. */
#include "revenue/sums.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

const char *const rev_effect_name[REV_EFFECTS + 1] = {"quantity_effect", "price_effect", "term_effect", NULL};

rev_sum rev_sum_of(int k)
{
    static const rev_sum others[] = {{"change", "closing", REV_RET_AT - 1, false},
                                     {"change", "closing_logos", 2, true},
                                     {"logos", "new", 3, true},
                                     {"logos", "reactivated", 4, true},
                                     {"logos", "churned", 5, true},
                                     {"retention", "base", REV_RET_AT, false},
                                     {"retention", "net", REV_RET_AT + 1, false},
                                     {"retention", "gross", REV_RET_AT + 2, false},
                                     {"retention", "logos", 0, true},
                                     {"retention", "kept", 1, true}};
    _Static_assert(offsetof(rev_cell, count) == offsetof(rev_cell, ret.logos), "the counts begin with ret's");
    _Static_assert(offsetof(rev_cell, replicate) == sizeof(cst_wide[REV_SUMS]) + sizeof(int64_t[REV_COUNTS]),
                   "no gaps");
    if (k < CST_MOVEMENTS) return (rev_sum){"amount", cst_movement_name[k], k, false};
    if (k < REV_RET_AT - 1) return (rev_sum){"effect", rev_effect_name[k - CST_MOVEMENTS], k, false};
    return others[k - REV_RET_AT + 1];
}

void rev_sums_init(rev_sums *s, const rev_rules *rules)
{
    *s = (rev_sums){.rules = rules};
}

static void free_series(rev_series *s)
{
    for (uint32_t i = 0; i < s->n; i++) free(s->cell[i].replicate);
    for (uint32_t i = 0; i < s->links; i++) free(s->link[i].replicate);
    free(s->cell);
    free(s->top);
    free(s->link);
    free(s->earned);
}

void rev_sums_free(rev_sums *s)
{
    if (!s) return;
    free_series(&s->total);
    for (uint32_t i = 0; i < s->groups; i++) free_series(&s->group[i]);
    free(s->group);
    free(s->churned);
    free(s->tick);
    *s = (rev_sums){0};
}

/* An array of n elements from *low on, grown so that it holds `at`. New elements are zero. `array` is the
 * address of its pointer. */
static bool reach(void *array, size_t size, cst_period *low, uint32_t *n, cst_period at)
{
    int64_t first = *n && *low < at ? *low : at, end = (int64_t)*low + *n;
    if (*n == 0 || at >= end) end = (int64_t)at + 1;
    size_t more = (size_t)(end - first), held = *n * size;
    if (!cst_resize(array, more, size)) return false;
    char *items;
    memcpy(&items, array, sizeof items);
    size_t shift = *n ? (size_t)(*low - first) * size : 0;
    memmove(items + shift, items, held);
    memset(items, 0, shift);
    memset(items + shift + held, 0, more * size - shift - held);
    *low = (cst_period)first;
    *n = (uint32_t)more;
    return true;
}

rev_cell *rev_sums_reach(rev_sums *s, rev_series *of, cst_period p)
{
    cst_period low = of->low;
    uint32_t n = of->n;
    if (s->rules->tops) of->least = 0;
    if ((s->rules->tops && !reach(&of->top, sizeof *of->top, &low, &n, p)) ||
        !reach(&of->cell, sizeof *of->cell, &of->low, &of->n, p)) {
        s->failed = true;
        return NULL;
    }
    return &of->cell[p - of->low];
}

rev_link *rev_sums_link(rev_sums *s, rev_series *of, cst_period tick)
{
    uint32_t i = (uint32_t)tick - (uint32_t)of->link_low;
    if (i < of->links) return &of->link[i];
    s->failed |= !reach(&of->link, sizeof *of->link, &of->link_low, &of->links, tick);
    return s->failed ? NULL : &of->link[tick - of->link_low];
}

void rev_sums_earn(rev_sums *s, rev_series *of, cst_period p, cst_wide revenue)
{
    uint32_t i = (uint32_t)p - (uint32_t)of->earned_low;
    if (i < of->earneds || reach(&of->earned, sizeof *of->earned, &of->earned_low, &of->earneds, p))
        of->earned[p - of->earned_low] += revenue;
    else
        s->failed = true;
}

rev_series *rev_sums_group(rev_sums *s, uint32_t segment)
{
    if (!cst_grow_zeroed(&s->group, &s->group_room, segment + 1, sizeof *s->group)) {
        s->failed = true;
        return NULL;
    }
    if (segment >= s->groups) s->groups = segment + 1;
    return &s->group[segment];
}

/* Enters v among the largest, in descending order. */
static inline void enter_top(cst_money top[REV_TOP], cst_money v)
{
    if (v <= top[REV_TOP - 1]) return;
    int i = REV_TOP - 1;
    for (; i > 0 && top[i - 1] < v; i--) top[i] = top[i - 1];
    top[i] = v;
}

/* Most amounts are too small for any period: they are told by one comparison. It is renewed once in as
 * many entries as there are periods, so that it costs one step an entry. */
static void raise_least(rev_series *of)
{
    of->least = INT64_MAX;
    for (uint32_t i = 0; i < of->n; i++)
        if (of->top[i].held[REV_TOP - 1] < of->least) of->least = of->top[i].held[REV_TOP - 1];
    of->tried = 0;
}

void rev_sums_enter_top(rev_sums *s, rev_series *of, cst_period from, cst_period until, cst_money v)
{
    if (!rev_sums_cell(s, of, from)) return;
    if (until == CST_TICK_NEVER) {
        enter_top(of->top[from - of->low].tenure, v);
        return;
    }
    if (!rev_sums_cell(s, of, until - 1)) return;
    for (rev_tops *t = &of->top[from - of->low], *end = &of->top[until - of->low]; t < end; t++)
        enter_top(t->held, v);
    if (++of->tried >= of->n) raise_least(of);
}

void rev_sums_churned(rev_sums *s, cst_day d, int64_t customers)
{
    uint32_t i = (uint32_t)d - (uint32_t)s->day_low;
    if (i < s->days || reach(&s->churned, sizeof *s->churned, &s->day_low, &s->days, d))
        s->churned[d - s->day_low] += customers;
    else
        s->failed = true;
}

void rev_sums_tick(rev_sums *s, cst_period tick, cst_wide change)
{
    uint32_t i = (uint32_t)tick - (uint32_t)s->tick_low;
    if (i < s->ticks || reach(&s->tick, sizeof *s->tick, &s->tick_low, &s->ticks, tick))
        s->tick[tick - s->tick_low] += change;
    else
        s->failed = true;
}

static void merge_ret(rev_ret *into, const rev_ret *from)
{
    for (int k = 0; k < REV_RET_SUMS; k++) into->sum[k] += from->sum[k];
    for (int k = 0; k < REV_RET_COUNTS; k++) into->count[k] += from->count[k];
}

void rev_sums_ret(rev_sums *s, rev_ret *ret, cst_wide **replicate, const rev_ret *change,
                  const unsigned char *weight)
{
    merge_ret(ret, change);
    if (!weight) return;
    uint32_t n = s->rules->replicates;
    if (!*replicate && !(*replicate = calloc(n, 3 * sizeof **replicate))) {
        s->failed = true;
        return;
    }
    cst_wide *r = *replicate;
    for (uint32_t i = 0; i < n; i++, r += 3) {
        r[0] += change->base * weight[i];
        r[1] += change->net * weight[i];
        r[2] += change->gross * weight[i];
    }
}

/* ---- merging ----------------------------------------------------------------------------------------- */

static bool merge_replicates(cst_wide **into, const cst_wide *from, uint32_t n)
{
    if (!from) return true;
    if (!*into && !(*into = calloc(n, 3 * sizeof **into))) return false;
    for (uint32_t i = 0; i < 3 * n; i++) (*into)[i] += from[i];
    return true;
}

bool rev_series_merge(rev_sums *s, rev_series *into, const rev_series *from, uint32_t replicates)
{
    /* both ends first, so that the arrays grow once */
    if (from->n &&
        (!rev_sums_cell(s, into, from->low) || !rev_sums_cell(s, into, from->low + (cst_period)from->n - 1)))
        return false;
    for (uint32_t i = 0; i < from->n; i++) {
        rev_cell *a = rev_sums_cell(s, into, from->low + (cst_period)i);
        const rev_cell *b = &from->cell[i];
        if (!a || !merge_replicates(&a->replicate, b->replicate, replicates)) return false;
        for (int k = 0; k < REV_SUMS; k++) a->sum[k] += b->sum[k];
        for (int k = 0; k < REV_COUNTS; k++) a->count[k] += b->count[k];
        if (!from->top) continue;
        rev_tops *t = &into->top[a - into->cell];
        for (int k = 0; k < REV_TOP; k++) {
            enter_top(t->held, from->top[i].held[k]);
            enter_top(t->tenure, from->top[i].tenure[k]);
        }
    }
    for (uint32_t i = 0; i < from->links; i++) {
        rev_link *a = rev_sums_link(s, into, from->link_low + (cst_period)i);
        if (!a) return false;
        merge_ret(&a->ret, &from->link[i].ret);
        if (!merge_replicates(&a->replicate, from->link[i].replicate, replicates)) return false;
    }
    for (uint32_t i = 0; i < from->earneds; i++)
        rev_sums_earn(s, into, from->earned_low + (cst_period)i, from->earned[i]);
    return !s->failed;
}

bool rev_sums_merge(rev_sums *into, const rev_sums *from, const uint32_t *map)
{
    uint32_t n = into->rules->replicates;
    if (from->failed || !rev_series_merge(into, &into->total, &from->total, n)) return false;
    for (uint32_t i = 0; i < from->groups; i++) {
        rev_series *g = rev_sums_group(into, map[i]);
        if (!g || !rev_series_merge(into, g, &from->group[i], n)) return false;
    }
    for (uint32_t i = 0; i < from->days; i++)
        if (from->churned[i]) rev_sums_churned(into, from->day_low + (cst_day)i, from->churned[i]);
    for (uint32_t i = 0; i < from->ticks; i++)
        rev_sums_tick(into, from->tick_low + (cst_period)i, from->tick[i]);
    into->accounts += from->accounts;
    into->mixed |= from->mixed;
    return !into->failed;
}

/* ---- levels ------------------------------------------------------------------------------------------ */

/* The largest of each period: those that still change, and those that have come to stay by then. */
static void carry_tops(rev_series *of)
{
    for (uint32_t i = 0; i < of->n; i++) {
        rev_tops *t = &of->top[i];
        for (int k = 0; i > 0 && k < REV_TOP; k++) enter_top(t->tenure, t[-1].tenure[k]);
        for (int k = 0; k < REV_TOP; k++) enter_top(t->held, t->tenure[k]);
    }
}

/* Moves [first, last] of an array to its front. */
static void cut(void *p, size_t size, cst_period low, cst_period first, cst_period last)
{
    memmove(p, (char *)p + (size_t)(first - low) * size, (size_t)(last - first + 1) * size);
}

bool rev_series_close(rev_sums *s, rev_series *of, cst_period first, cst_period last, cst_period link_first,
                      cst_period link_last)
{
    uint32_t n = s->rules->replicates;
    if (!rev_sums_cell(s, of, first) || !rev_sums_cell(s, of, last)) return false;
    for (uint32_t i = 1; i < of->n; i++) {
        rev_cell *c = &of->cell[i];
        c->closing += c[-1].closing;
        c->closing_logos += c[-1].closing_logos;
        merge_ret(&c->ret, &c[-1].ret);
        if (!merge_replicates(&c->replicate, c[-1].replicate, n)) return false;
    }
    if (of->top) {
        carry_tops(of);
        cut(of->top, sizeof *of->top, of->low, first, last);
    }
    for (uint32_t i = 0; i < of->n; i++) {
        cst_period p = of->low + (cst_period)i;
        if (p < first || p > last) free(of->cell[i].replicate);
    }
    cut(of->cell, sizeof *of->cell, of->low, first, last);
    of->low = first;
    of->n = (uint32_t)(last - first + 1);
    if (link_first > link_last) return true;
    if (!rev_sums_link(s, of, link_first) || !rev_sums_link(s, of, link_last)) return false;
    for (uint32_t i = 1; i < of->links; i++) {
        merge_ret(&of->link[i].ret, &of->link[i - 1].ret);
        if (!merge_replicates(&of->link[i].replicate, of->link[i - 1].replicate, n)) return false;
    }
    return true;
}
