/* tally.c: see tally.h. */
#include "cohort/tally.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { WHOLE_MOST = 1 << 16 };

static cst_survival_count *find_other(cohort_tally *t, double duration)
{
    uint64_t bits;
    bool fresh;
    memcpy(&bits, &duration, sizeof bits);
    if (!t->other && !(t->other = cst_map_new())) return NULL;
    uint32_t *at = cst_map_at(t->other, bits, &fresh);
    if (!at) return NULL;
    if (!fresh) return &t->count[*at];
    if (!cst_grow(&t->count, &t->room, t->n + 1, sizeof *t->count)) return NULL;
    *at = (uint32_t)t->n;
    t->count[t->n] = (cst_survival_count){.time = duration};
    return &t->count[t->n++];
}

enum kind { CENSORED, EVENT, ENTERED };

static bool add(cohort_tally *t, double duration, enum kind kind, uint64_t times)
{
    if (duration < WHOLE_MOST && duration == (double)(uint32_t)duration) {
        uint32_t d = (uint32_t)duration;
        if (!cst_grow_zeroed(&t->whole, &t->whole_n, d + 1, sizeof *t->whole)) return false;
        t->whole[d][kind] += times;
        return true;
    }
    cst_survival_count *c = find_other(t, duration);
    if (!c) return false;
    if (kind == EVENT)
        c->events += times;
    else if (kind == CENSORED)
        c->censored += times;
    else
        c->entered += times;
    return true;
}

bool cohort_tally_add(cohort_tally *t, double duration, bool event, uint64_t times)
{
    return add(t, duration, event ? EVENT : CENSORED, times);
}

bool cohort_tally_enter(cohort_tally *t, double duration, uint64_t times)
{
    return add(t, duration, ENTERED, times);
}

bool cohort_tally_merge(cohort_tally *into, const cohort_tally *from)
{
    for (uint32_t d = 0; d < from->whole_n; d++)
        for (enum kind kind = CENSORED; kind <= ENTERED; kind++) {
            uint64_t times = from->whole[d][kind];
            if (times > 0 && !add(into, d, kind, times)) return false;
        }
    for (size_t i = 0; i < from->n; i++) {
        const cst_survival_count *c = &from->count[i];
        if (!add(into, c->time, EVENT, c->events) || !add(into, c->time, CENSORED, c->censored) ||
            !add(into, c->time, ENTERED, c->entered))
            return false;
    }
    return true;
}

static int compare_counts(const void *a, const void *b)
{
    const cst_survival_count *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

cst_survival_count *cohort_tally_counts(const cohort_tally *t, size_t *n)
{
    cst_survival_count *out = malloc((t->whole_n + t->n + 1) * sizeof *out);
    *n = 0;
    if (!out) return NULL;
    for (uint32_t d = 0; d < t->whole_n; d++) {
        const uint64_t *at = t->whole[d];
        if (at[CENSORED] + at[EVENT] + at[ENTERED] > 0)
            out[(*n)++] = (cst_survival_count){d, at[EVENT], at[CENSORED], at[ENTERED]};
    }
    if (t->n > 0) memcpy(out + *n, t->count, t->n * sizeof *out);
    *n += t->n;
    qsort(out, *n, sizeof *out, compare_counts);
    return out;
}

void cohort_tally_free(cohort_tally *t)
{
    free(t->whole);
    free(t->count);
    cst_map_free(t->other);
}

cohort_tally *cohort_tallies_at(cohort_tallies *s, uint32_t id)
{
    if (!cst_grow_zeroed(&s->at, &s->room, id + 1, sizeof *s->at)) return NULL;
    if (id >= s->n) s->n = id + 1;
    return &s->at[id];
}

bool cohort_tallies_merge(cohort_tallies *into, cst_intern *names, const cohort_tallies *from,
                          const cst_intern *from_names)
{
    for (uint32_t id = 0; id < from->n; id++) {
        uint32_t to = cst_intern_id(names, cst_intern_text(from_names, id));
        cohort_tally *t = to == CST_INTERN_NONE ? NULL : cohort_tallies_at(into, to);
        if (!t || !cohort_tally_merge(t, &from->at[id])) return false;
    }
    return true;
}

void cohort_tallies_free(cohort_tallies *s)
{
    for (uint32_t i = 0; i < s->n; i++) cohort_tally_free(&s->at[i]);
    free(s->at);
}
