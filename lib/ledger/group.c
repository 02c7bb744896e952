/* ledger/group.c: every run's name is hashed, and the runs are dealt out by the first bits of their hashes to
 * parts of some thousand runs each (two passes: count, then put, each thread its own stretch of the chunks,
 * so that a part keeps input order). Then each part is small enough for the cache: its accounts are told
 * apart by an open hash table of 8-byte slots, and a counting sort brings the runs of each together. No table
 * of all accounts is ever made, and threads share nothing but the array they deal into. */
#include "ledger/group.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/text.h"
#include "ledger/together.h"
#include <stdlib.h>

enum {
    PART = 16384, /* runs of a part, about */
    LEAST_BITS = 5,
    MOST_BITS = 10,
    AHEAD = 16 /* names fetched before their turn */
};

typedef struct item {
    uint32_t hash, chunk, name, first, rows;
} item;

typedef struct deal {
    ledger_chunk *chunk;
    uint32_t first, end; /* chunks */
    unsigned bits;
    uint32_t *at; /* by part: how many, then where the next one goes */
    item *item;
} deal;

typedef struct gathering {
    const ledger_chunk *chunk;
    const item *item;
    const uint32_t *start; /* by part, in item[] */
    uint32_t first, end;   /* parts */
    unsigned bits;
    ledger_ref *ref;
    ledger_part *part;
    ledger_slab *slab;
    /* scratch */
    uint64_t *slot;
    uint32_t slots;
    uint32_t *id; /* by item: its account */
    ledger_group *group;
    uint32_t room;
    bool failed;
} gathering;

void cst_ledger_groups_free(ledger_groups *g)
{
    for (int i = 0; i < g->slabs; i++) cst_ledger_slab_free(&g->slab[i]);
    free(g->slab);
    free(g->part);
    *g = (ledger_groups){0};
}

/* ---- dealing ----------------------------------------------------------------------------------------- */

static void count_runs(void *share)
{
    deal *d = share;
    for (uint32_t c = d->first; c < d->end; c++) {
        ledger_chunk *chunk = &d->chunk[c];
        for (uint32_t r = 0; r < chunk->runs; r++) {
            cst_text t = ledger_name(chunk, chunk->run[r].name);
            uint32_t hash = (uint32_t)(cst_hash(t.p, t.n, 0) >> 32);
            chunk->run[r].hash = hash;
            d->at[hash >> (32 - d->bits)]++;
        }
    }
}

static void deal_runs(void *share)
{
    deal *d = share;
    for (uint32_t c = d->first; c < d->end; c++) {
        const ledger_chunk *chunk = &d->chunk[c];
        for (uint32_t r = 0; r < chunk->runs; r++) {
            const ledger_run *run = &chunk->run[r];
            d->item[d->at[run->hash >> (32 - d->bits)]++] =
                (item){run->hash, c, run->name, run->first, run->rows};
        }
    }
}

/* Counts become places: parts one after the other, in each the threads one after the other. */
static void place_parts(deal *d, int threads, uint32_t *start)
{
    uint32_t parts = 1u << d->bits, sum = 0;
    for (uint32_t p = 0; p < parts; p++) {
        start[p] = sum;
        for (int i = 0; i < threads; i++) {
            uint32_t n = d[i].at[p];
            d[i].at[p] = sum;
            sum += n;
        }
    }
    start[parts] = sum;
}

static bool deal_all(ledger_chunk *chunk, uint32_t chunks, unsigned bits, int threads, item *items,
                     uint32_t *start)
{
    deal *d = calloc((size_t)threads, sizeof *d);
    uint32_t *at = calloc((size_t)threads << bits, sizeof *at);
    if (d && at) {
        for (int i = 0; i < threads; i++) {
            d[i] = (deal){.chunk = chunk, .bits = bits, .at = at + ((size_t)i << bits), .item = items};
            d[i].first = (uint32_t)((uint64_t)chunks * (unsigned)i / (unsigned)threads);
            d[i].end = (uint32_t)((uint64_t)chunks * (unsigned)(i + 1) / (unsigned)threads);
        }
        cst_ledger_together(count_runs, d, sizeof *d, threads);
        place_parts(d, threads, start);
        cst_ledger_together(deal_runs, d, sizeof *d, threads);
    }
    bool ok = d && at;
    free(d);
    free(at);
    return ok;
}

/* ---- a part ------------------------------------------------------------------------------------------ */

static bool reserve(gathering *g, uint32_t n)
{
    if (n <= g->room && g->slot) return true;
    uint32_t room = n < PART ? 2 * PART : 2 * n, slots = 64;
    while (slots < room) slots *= 2;
    free(g->slot);
    free(g->id);
    free(g->group);
    g->slot = malloc(2 * (size_t)slots * sizeof *g->slot);
    g->id = malloc(room * sizeof *g->id);
    g->group = malloc(room * sizeof *g->group);
    g->room = room;
    return g->slot && g->id && g->group;
}

/* The account of an item; a new one is put behind the n there are. */
static inline uint32_t find_account(gathering *g, const item *it, uint32_t n)
{
    cst_text name = ledger_name(&g->chunk[it->chunk], it->name);
    uint64_t mask = g->slots - 1;
    /* the bits that chose the part are the same for all of it */
    uint64_t at = ((uint64_t)(it->hash << g->bits) * g->slots) >> 32;
    for (;; at = (at + 1) & mask) {
        uint64_t value = g->slot[at];
        if (!value) break;
        if ((uint32_t)(value >> 32) != it->hash) continue;
        uint32_t id = (uint32_t)value - 1;
        if (cst_text_equal(g->group[id].name, name)) return id;
    }
    g->slot[at] = (uint64_t)it->hash << 32 | (n + 1);
    g->group[n] = (ledger_group){.name = name};
    return n;
}

static bool gather_part(gathering *g, uint32_t p)
{
    uint32_t first = g->start[p], n = g->start[p + 1] - first, accounts = 0;
    if (n == 0) return true;
    if (!reserve(g, n)) return false;
    g->slots = 64;
    while (g->slots < 2 * n) g->slots *= 2;
    memset(g->slot, 0, g->slots * sizeof *g->slot);
    const item *it = g->item + first;
    for (uint32_t i = 0; i < n; i++) {
        const item *next = &it[i + AHEAD < n ? i + AHEAD : i];
        __builtin_prefetch(g->chunk[next->chunk].names + next->name);
        uint32_t id = find_account(g, &it[i], accounts);
        accounts += id == accounts;
        g->id[i] = id;
        g->group[id].refs++;
    }
    ledger_group *group = cst_ledger_slab_take(g->slab, accounts * sizeof *group);
    if (!group) return false;
    memcpy(group, g->group, accounts * sizeof *group);
    ledger_ref *ref = g->ref + first;
    for (uint32_t a = 0; a < accounts; a++) {
        group[a].ref = ref;
        ref += group[a].refs;
        group[a].refs = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        ledger_group *to = &group[g->id[i]];
        g->ref[(size_t)(to->ref - g->ref) + to->refs++] = (ledger_ref){it[i].chunk, it[i].first, it[i].rows};
    }
    g->part[p] = (ledger_part){group, accounts};
    return true;
}

static void gather_parts(void *share)
{
    gathering *g = share;
    for (uint32_t p = g->first; p < g->end && !g->failed; p++) g->failed = !gather_part(g, p);
    free(g->slot);
    free(g->id);
    free(g->group);
}

static bool gather_all(const ledger_chunk *chunk, const item *items, const uint32_t *start, unsigned bits,
                       int threads, ledger_groups *out)
{
    gathering *g = calloc((size_t)threads, sizeof *g);
    if (!g) return false;
    bool ok = true;
    for (int i = 0; i < threads; i++) {
        g[i] = (gathering){.chunk = chunk,
                           .item = items,
                           .start = start,
                           .bits = bits,
                           .ref = out->ref,
                           .part = out->part,
                           .slab = &out->slab[i]};
        g[i].first = (uint32_t)(((uint64_t)i << bits) / (unsigned)threads);
        g[i].end = (uint32_t)(((uint64_t)(i + 1) << bits) / (unsigned)threads);
    }
    cst_ledger_together(gather_parts, g, sizeof *g, threads);
    for (int i = 0; i < threads; i++) ok &= !g[i].failed;
    free(g);
    return ok;
}

/* ---- all --------------------------------------------------------------------------------------------- */

/* All parts' accounts in the order of their bytes, cut into as many parts as before. */
static bool sort_groups(ledger_groups *g)
{
    uint32_t n = 0;
    for (uint32_t p = 0; p < g->parts; p++) n += g->part[p].n;
    cst_text *name = malloc((n ? n : 1) * sizeof *name);
    ledger_group *all = cst_ledger_slab_take(&g->slab[0], (n ? n : 1) * sizeof *all);
    ledger_group *sorted = cst_ledger_slab_take(&g->slab[0], (n ? n : 1) * sizeof *sorted);
    uint32_t at = 0, *order = NULL;
    for (uint32_t p = 0; name && all && p < g->parts; at += g->part[p++].n)
        for (uint32_t i = 0; i < g->part[p].n; i++) {
            all[at + i] = g->part[p].group[i];
            name[at + i] = all[at + i].name;
        }
    if (name && all && sorted) order = cst_texts_sorted(name, n);
    for (uint32_t i = 0; order && i < n; i++) sorted[i] = all[order[i]];
    for (uint32_t p = 0; order && p < g->parts; p++) {
        uint32_t first = (uint32_t)((uint64_t)n * p / g->parts),
                 end = (uint32_t)((uint64_t)n * (p + 1) / g->parts);
        g->part[p] = (ledger_part){sorted + first, end - first};
    }
    bool ok = order != NULL;
    free(order);
    free(name);
    return ok;
}

bool cst_ledger_group(ledger_chunk *chunk, uint32_t chunks, bool ordered, int threads, ledger_groups *out)
{
    *out = (ledger_groups){0};
    uint64_t total = 0;
    for (uint32_t c = 0; c < chunks; c++) total += chunk[c].runs;
    unsigned bits = LEAST_BITS;
    while (bits < MOST_BITS && total >> bits > PART) bits++;
    out->parts = 1u << bits;
    out->part = calloc(out->parts, sizeof *out->part);
    out->slab = calloc((size_t)threads, sizeof *out->slab);
    uint32_t *start = calloc(out->parts + 1, sizeof *start);
    if (!out->part || !out->slab || !start || total > UINT32_MAX) {
        free(start);
        return false;
    }
    out->slabs = threads;
    ledger_slab dealt = {0};
    item *items = cst_ledger_slab_take(&dealt, (size_t)total * sizeof *items);
    out->ref = cst_ledger_slab_take(&out->slab[0], (size_t)total * sizeof *out->ref);
    bool ok = items && out->ref && deal_all(chunk, chunks, bits, threads, items, start) &&
              gather_all(chunk, items, start, bits, threads, out);
    cst_ledger_slab_free(&dealt);
    free(start);
    return ok && (!ordered || sort_groups(out));
}
