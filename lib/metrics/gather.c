/* metrics/gather.c: brings the workers' records together. Accounts of all workers and streams get numbers in order of their
 * bytes; then each worker's records are counted by account, which gives every worker its own place under every account,
 * and all copy at once without a lock. Chunks are freed as they are emptied. */
#include "metrics/gather.h"
#include "metrics/parallel.h"
#include <stdlib.h>
#include <string.h>

static cst_status fail_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory");
}

/* The numbers that the texts of `from` have, or get, in `into`. NULL: out of memory. */
static uint32_t *merge_texts(cst_intern *into, const cst_intern *from)
{
    uint32_t n = cst_intern_count(from);
    uint32_t *id = malloc((n + 1) * sizeof *id);
    cst_text *text = malloc((n + 1) * sizeof *text);
    for (uint32_t i = 0; text && i < n; i++) text[i] = cst_intern_text(from, i);
    bool ok = id && text && (!n || cst_intern_ids(into, text, id, n));
    free(text);
    if (ok) return id;
    free(id);
    return NULL;
}

static cst_status number_accounts(cst_store **const store[CST_FROM_STREAMS], int threads, cst_company *c,
                                  cst_error *e)
{
    c->account = cst_intern_new();
    if (!c->account) return fail_memory(e);
    for (int f = 0; f < CST_FROM_STREAMS; f++)
        for (int t = 0; store[f] && t < threads; t++) {
            uint32_t *id = merge_texts(c->account, cst_store_records(store[f][t]).account);
            if (!id) return fail_memory(e);
            free(id);
        }
    c->accounts = cst_intern_count(c->account);
    c->id = cst_intern_sorted(c->account);
    c->sight = malloc((c->accounts + 1) * sizeof *c->sight);
    if (!c->id || !c->sight) return fail_memory(e);
    for (uint32_t i = 0; i < c->accounts; i++) c->sight[i] = CST_SIGHT_NEVER;
    return CST_OK;
}

/* One worker's records of one stream on their way. */
typedef struct load {
    cst_store_view v;
    const cst_plan *plan;
    uint32_t *rank, *text, *class; /* by the worker's own number */
    size_t *at;                    /* by account: first how many, then where the next goes */
    uint64_t *to;
    cst_status status;
} load;

static uint64_t *record_at(const load *l, size_t i)
{
    return l->v.chunk[i / l->v.chunk_records] + i % l->v.chunk_records * l->v.stride;
}

static cst_status count_part(void *context, int part, cst_error *e)
{
    load *l = (load *)context + part;
    (void)e;
    for (size_t i = 0; i < l->v.records; i++) l->at[l->rank[(uint32_t)*record_at(l, i)]]++;
    return CST_OK;
}

/* The record with the common numbers. */
static void renumber(const load *l, uint64_t *r)
{
    const cst_plan *p = l->plan;
    for (unsigned state = 0; state < 1u << p->hides; state++)
        cst_record_set_class(r, state, l->class[cst_record_class(r, state)]);
    for (size_t i = 0; i < p->slots; i++) {
        uint64_t *v = &r[cst_plan_slot_at(p, (int)i)];
        if (p->slot[i].kind == CST_SLOT_TEXT && *v != UINT64_MAX) *v = l->text[*v];
    }
}

static cst_status move_part(void *context, int part, cst_error *e)
{
    load *l = (load *)context + part;
    (void)e;
    for (size_t i = 0; i < l->v.records; i++) {
        uint64_t *r = record_at(l, i);
        renumber(l, r);
        memcpy(l->to + l->at[l->rank[(uint32_t)*r]]++ * l->v.stride, r, l->v.stride * sizeof *r);
        if ((i + 1) % l->v.chunk_records == 0 || i + 1 == l->v.records) {
            free(l->v.chunk[i / l->v.chunk_records]);
            l->v.chunk[i / l->v.chunk_records] = NULL;
        }
    }
    return CST_OK;
}

static cst_status open_load(load *l, cst_gathered *g, cst_company *c, const uint32_t *rank_of_id,
                            cst_error *e)
{
    uint32_t n = cst_intern_count(l->v.account);
    l->rank = merge_texts(c->account, l->v.account);
    l->text = merge_texts(g->text, l->v.text);
    l->class = merge_texts(g->masks, l->v.mask);
    l->at = calloc(c->accounts + 1, sizeof *l->at);
    if (!l->rank || !l->text || !l->class || !l->at) return fail_memory(e);
    for (uint32_t i = 0; i < n; i++) {
        l->rank[i] = rank_of_id[l->rank[i]];
        if (l->v.sight && l->v.sight[i] < c->sight[l->rank[i]]) c->sight[l->rank[i]] = l->v.sight[i];
    }
    for (size_t i = 0; i < g->plan->slots; i++) {
        if (l->v.first[i] == CST_TIME_NONE) continue;
        if (g->first[i] == CST_TIME_NONE || l->v.first[i] < g->first[i]) g->first[i] = l->v.first[i];
        if (g->last[i] == CST_TIME_NONE || l->v.last[i] > g->last[i]) g->last[i] = l->v.last[i];
    }
    return CST_OK;
}

static cst_status open_gathered(cst_gathered *g, const cst_plan *p, uint32_t accounts, cst_error *e)
{
    g->plan = p;
    g->stride = cst_plan_stride(p);
    g->masks = cst_intern_new();
    g->text = cst_intern_new();
    g->start = calloc((size_t)accounts + 2, sizeof *g->start);
    g->first = malloc((p->slots + 1) * sizeof *g->first);
    g->last = malloc((p->slots + 1) * sizeof *g->last);
    if (!g->masks || !g->text || !g->start || !g->first || !g->last) return fail_memory(e);
    for (size_t i = 0; i < p->slots; i++) g->first[i] = g->last[i] = CST_TIME_NONE;
    return CST_OK;
}

/* Turns the counts of all loads into places, and the array's starts. */
static void place_loads(load *l, int threads, cst_gathered *g, uint32_t accounts)
{
    size_t total = 0;
    for (uint32_t a = 0; a < accounts; a++) {
        g->start[a] = total;
        for (int t = 0; t < threads; t++) {
            size_t n = l[t].at[a];
            l[t].at[a] = total;
            total += n;
        }
    }
    g->start[accounts] = total;
}

static cst_status copy_masks(cst_gathered *g, cst_error *e)
{
    uint32_t n = cst_intern_count(g->masks);
    g->mask = malloc((n + 1) * sizeof *g->mask);
    if (!g->mask) return fail_memory(e);
    for (uint32_t i = 0; i < n; i++) memcpy(&g->mask[i], cst_intern_text(g->masks, i).p, sizeof *g->mask);
    return CST_OK;
}

static cst_status gather_stream(cst_store **store, int threads, load *l, const uint32_t *rank,
                                cst_gathered *g, cst_company *c, cst_error *e)
{
    cst_status s = CST_OK;
    for (int t = 0; t < threads && !s; t++) {
        l[t] = (load){.v = cst_store_records(store[t]), .plan = g->plan};
        s = open_load(&l[t], g, c, rank, e);
    }
    if (!s) s = copy_masks(g, e);
    if (!s) s = cst_parallel(threads, count_part, l, e);
    if (s) return s;
    place_loads(l, threads, g, c->accounts);
    g->record = malloc((g->start[c->accounts] * g->stride + 1) * sizeof *g->record);
    if (!g->record) return fail_memory(e);
    for (int t = 0; t < threads; t++) l[t].to = g->record;
    return cst_parallel(threads, move_part, l, e);
}

static void close_loads(load *l, int threads)
{
    for (int t = 0; t < threads; t++) {
        free(l[t].rank);
        free(l[t].text);
        free(l[t].class);
        free(l[t].at);
        l[t] = (load){0};
    }
}

cst_status cst_company_gather(cst_store **const store[CST_FROM_STREAMS], int threads, const cst_plans *plans,
                              cst_company *c, cst_error *e)
{
    *c = (cst_company){0};
    cst_status s = number_accounts(store, threads, c, e);
    if (s) return s;
    uint32_t *rank = malloc((c->accounts + 1) * sizeof *rank);
    load *l = calloc((size_t)threads, sizeof *l);
    if (!rank || !l) s = fail_memory(e);
    for (uint32_t i = 0; i < c->accounts && !s; i++) rank[c->id[i]] = i;
    for (int f = 0; f < CST_FROM_STREAMS && !s; f++) {
        if (!store[f]) continue;
        s = open_gathered(&c->stream[f], &plans->plan[f], c->accounts, e);
        if (!s) s = gather_stream(store[f], threads, l, rank, &c->stream[f], c, e);
        close_loads(l, threads);
    }
    free(rank);
    free(l);
    return s;
}

void cst_company_clear(cst_company *c)
{
    for (int f = 0; f < CST_FROM_STREAMS; f++) {
        cst_gathered *g = &c->stream[f];
        free(g->record);
        free(g->start);
        free(g->mask);
        free(g->first);
        free(g->last);
        cst_intern_free(g->masks);
        cst_intern_free(g->text);
    }
    cst_intern_free(c->account);
    free(c->id);
    free(c->sight);
    *c = (cst_company){0};
}
