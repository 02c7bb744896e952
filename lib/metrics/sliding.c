/* metrics/sliding.c: see sliding.h. Distinct values are counted as items enter and leave; first, last and
 * days since the last are the window's edges; min, max, slope and the sums that running totals do not serve
 * are made anew in each window. */
#include "metrics/sliding.h"
#include "base/hash.h"
#include "metrics/field.h"
#include <stdlib.h>
#include <string.h>

#define NEAR 16 /* places */

/* Moves items back that stand a few places late: of what was recorded in order of days, little else is out
 * of order. What is later than that begins a new run. */
static void settle_near(met_item *item, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (item[i - 1].t <= item[i].t) continue;
        met_item late = item[i];
        size_t least = i > NEAR ? i - NEAR : 0, to = i - 1;
        while (to > least && item[to - 1].t > late.t) to--;
        if (to > 0 && item[to - 1].t > late.t) continue;
        memmove(item + to + 1, item + to, (i - to) * sizeof *item);
        item[to] = late;
    }
}

static size_t run_end(const met_item *item, size_t from, size_t n)
{
    size_t i = from + 1;
    while (i < n && item[i - 1].t <= item[i].t) i++;
    return i < n ? i : n;
}

static void merge_runs(const met_item *a, size_t na, const met_item *b, size_t nb, met_item *to)
{
    while (na && nb) {
        bool left = a->t <= b->t;
        *to++ = left ? *a : *b;
        if (left)
            a++, na--;
        else
            b++, nb--;
    }
    if (na) memcpy(to, a, na * sizeof *to);
    if (nb) memcpy(to, b, nb * sizeof *to);
}

void met_items_sort(met_item *item, size_t n, met_item *spare)
{
    settle_near(item, n);
    while (n && run_end(item, 0, n) < n) { /* a pass merges the runs two by two */
        for (size_t i = 0; i < n;) {
            size_t middle = run_end(item, i, n), end = middle < n ? run_end(item, middle, n) : n;
            merge_runs(item + i, middle - i, item + middle, end - middle, spare + i);
            i = end;
        }
        memcpy(item, spare, n * sizeof *item);
    }
}

/* A text and its hash; or, where p is NULL, a value, or the bytes of a text so short that they fit. */
struct met_tally_key {
    uint64_t v;
    const char *p;
    uint32_t n, number; /* number UINT32_MAX: free */
};

void met_tally_clear(met_tally *t)
{
    free(t->key);
    free(t->count);
    *t = (met_tally){0};
}

bool met_tally_begin(met_tally *t, size_t n)
{
    size_t slots = 64;
    while (slots < 2 * n) slots *= 2;
    if (slots > t->memory) {
        met_tally_clear(t);
        t->key = malloc(slots * sizeof *t->key);
        t->count = malloc(slots * sizeof *t->count);
        if (!t->key || !t->count) return false;
        t->memory = slots;
    }
    memset(t->key, 0xff, slots * sizeof *t->key);
    t->room = slots;
    t->counts = 0;
    t->seed = cst_hash_seed();
    return true;
}

static uint32_t find_number(met_tally *t, uint64_t v, const char *p, uint32_t n, uint64_t hash)
{
    size_t at = hash & (t->room - 1);
    for (;; at = (at + 1) & (t->room - 1)) {
        struct met_tally_key *k = &t->key[at];
        if (k->number == UINT32_MAX) {
            *k = (struct met_tally_key){v, p, n, (uint32_t)t->counts};
            t->count[t->counts] = 0;
            return (uint32_t)t->counts++;
        }
        if (k->v == v && k->n == n && (!p || memcmp(k->p, p, n) == 0)) return k->number;
    }
}

uint32_t met_tally_value(met_tally *t, uint64_t v)
{
    return find_number(t, v, NULL, 0, cst_hash_mix(v ^ t->seed));
}

uint32_t met_tally_text(met_tally *t, cst_text text)
{
    uint64_t word = 0;
    if (text.n <= sizeof word) { /* it is compared as a value */
        memcpy(&word, text.p, text.n);
        return find_number(t, word, NULL, text.n, cst_hash_mix(word ^ t->seed));
    }
    uint64_t hash = cst_hash(text.p, text.n, t->seed);
    return find_number(t, hash, text.p, text.n, hash);
}

cst_status met_slide(const met_measure *u, met_item *item, size_t n, const met_windows *w, met_tally *t,
                     uint64_t *cell, cst_error *e)
{
    bool counts = u->metric->aggregate == MET_AGGREGATE_DISTINCT;
    uint64_t distinct = 0;
    size_t low = 0, high = 0;
    cst_status status = CST_OK;
    if (counts && t->counts) memset(t->count, 0, t->counts * sizeof *t->count);
    for (size_t k = w->begin; k < w->end && status == CST_OK; k++, cell += w->stride) {
        for (; high < n && item[high].t < w->to[k]; high++)
            if (counts) distinct += t->count[item[high].v]++ == 0;
        for (; low < high && item[low].t < w->from[k]; low++)
            if (counts) distinct -= --t->count[item[low].v] == 0;
        *cell = met_cell_missing(u);
        if (!w->missing[k] && counts)
            *cell = met_field_of_double((double)distinct);
        else if (!w->missing[k])
            status = met_aggregate_window(u, item + low, high - low, w->day[k], cell, e);
    }
    return status;
}
