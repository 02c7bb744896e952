/* ledger/merge.c: the rows of all workers brought together, once, before the first account is handed
 * out. Units are translated to those of one set of labels. Where the runs come in the order of their
 * accounts, as exports mostly do, nothing else is done: an account is a run, or the last of one chunk
 * and the first of the next. Else all rows are in partitions (partition.h), or are put there now, each
 * worker's by a thread of its own; an account is found when its partition's turn comes, unless accounts are
 * wanted in order: then all partitions are gathered. */
#include "base/intern.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include <stdlib.h>

static cst_status merge_units(cst_ledger *l, uint32_t i, cst_error *e)
{
    const cst_labels *from = ledger_worker_at(l, i)->labels;
    l->origin[i] = ledger_worker_at(l, i)->origin;
    uint32_t n = cst_labels_units(from);
    l->unit_map[i] = malloc((n ? n : 1) * sizeof **l->unit_map);
    if (!l->unit_map[i]) return cst_no_memory(e);
    for (uint32_t u = 0; u < n; u++) {
        l->unit_map[i][u] = cst_labels_adopt(l->labels, from, u);
        if (l->unit_map[i][u] == CST_UNIT_NONE) return cst_no_memory(e);
    }
    return CST_OK;
}

/* ---- in order ---------------------------------------------------------------------------------------- */

static int compare_chunks(const void *a, const void *b)
{
    const ledger_chunk *x = a, *y = b;
    return (x->batch > y->batch) - (x->batch < y->batch);
}

static bool list_chunks(cst_ledger *l)
{
    size_t n = 1;
    for (uint32_t i = 0; i < l->workers; i++) n += ledger_worker_at(l, i)->keeps;
    l->chunk = malloc(n * sizeof *l->chunk);
    if (!l->chunk) return false;
    for (uint32_t i = 0; i < l->workers; i++) {
        const ledger_worker *w = ledger_worker_at(l, i);
        for (uint32_t k = 0; k < w->keeps; k++) l->chunk[l->chunks++] = w->kept[k];
    }
    if (l->by_hand) l->chunk[l->chunks++] = l->hand.chunk;
    if (l->chunks > 1) qsort(l->chunk, l->chunks, sizeof *l->chunk, compare_chunks);
    return true;
}

/* Whether the runs of all chunks come in the order of their accounts. */
static bool is_in_order(const cst_ledger *l)
{
    const ledger_chunk *before = NULL;
    for (uint32_t i = 0; i < l->chunks; i++) {
        const ledger_chunk *c = &l->chunk[i];
        if (c->runs == 0) continue;
        if (!c->ascending) return false;
        if (before && cst_text_compare(ledger_name(before, before->run[before->runs - 1].name),
                                       ledger_name(c, c->run[0].name)) > 0)
            return false;
        before = c;
    }
    return true;
}

/* ---- in partitions ---- */

static cst_status partition_kept(void *context, int worker, cst_error *e)
{
    const cst_ledger *l = context;
    return cst_ledger_worker_partition(l->worker[worker]) ? CST_OK : cst_no_memory(e);
}

static bool partition_all(cst_ledger *l)
{
    l->partitions = calloc((size_t)l->workers + 1, sizeof *l->partitions);
    bool ok = l->partitions && cst_parallel((int)l->workers, partition_kept, l, NULL) == CST_OK;
    for (uint32_t i = 0; ok && i < l->workers; i++) l->partitions[i] = ledger_worker_at(l, i)->partitions;
    if (!ok || !l->by_hand) return ok;
    l->partitions[l->workers] = l->hand.partitions = cst_ledger_partitions_new(true, false);
    return l->hand.partitions && cst_ledger_partition(l->hand.partitions, &l->hand.chunk);
}

typedef struct merging {
    cst_ledger *l;
    uint32_t first, end; /* partitions */
    ledger_gathering gathering;
    ledger_slab *slab;
    ledger_group **group; /* by partition */
    uint32_t *groups;
} merging;

/* Copies the accounts of a partition to where they stay. */
static bool keep_groups(merging *h, uint32_t partition)
{
    const ledger_gathering *g = &h->gathering;
    ledger_group *group = cst_ledger_slab_take(h->slab, g->groups * sizeof *group);
    ledger_ref *ref = cst_ledger_slab_take(h->slab, g->refs * sizeof *ref);
    if (!group || !ref) return false;
    for (uint32_t i = 0; i < g->groups; i++) {
        group[i] = g->group[i];
        group[i].ref = ref + (g->group[i].ref - g->ref);
    }
    if (g->refs) memcpy(ref, g->ref, g->refs * sizeof *ref);
    h->group[partition] = group;
    h->groups[partition] = g->groups;
    return true;
}

static cst_status gather_partitions(void *context, int share, cst_error *e)
{
    merging *h = (merging *)context + share;
    bool ok = cst_ledger_gather_open(&h->gathering, h->l->partitions, h->l->workers + 1);
    for (uint32_t p = h->first; p < h->end && ok; p++)
        ok = cst_ledger_gather(&h->gathering, p) && keep_groups(h, p);
    cst_ledger_gather_close(&h->gathering);
    return ok ? CST_OK : cst_no_memory(e);
}

/* The accounts of all partitions in the order of their bytes. */
static bool sort_groups(cst_ledger *l, ledger_group *const *group, const uint32_t *groups)
{
    uint64_t n = 0;
    for (uint32_t p = 0; p < LEDGER_PARTITIONS; p++) n += groups[p];
    if (n > UINT32_MAX / 2) return false;
    cst_text *name = malloc((n ? n : 1) * sizeof *name);
    ledger_group *all = malloc((n ? n : 1) * sizeof *all);
    l->group = malloc((n ? n : 1) * sizeof *l->group);
    uint32_t *order = NULL;
    if (name && all && l->group) {
        for (uint32_t p = 0; p < LEDGER_PARTITIONS; p++)
            for (uint32_t i = 0; i < groups[p]; i++) {
                all[l->groups] = group[p][i];
                name[l->groups++] = group[p][i].name;
            }
        order = cst_texts_sorted(name, l->groups);
    }
    for (uint32_t i = 0; order && i < l->groups; i++) l->group[i] = all[order[i]];
    bool ok = order != NULL;
    free(order);
    free(name);
    free(all);
    return ok;
}

static bool gather_all(cst_ledger *l, int threads)
{
    merging *h = calloc((size_t)threads, sizeof *h);
    ledger_group **group = calloc(LEDGER_PARTITIONS, sizeof *group);
    uint32_t *groups = calloc(LEDGER_PARTITIONS, sizeof *groups);
    l->slab = calloc((size_t)threads, sizeof *l->slab);
    bool ok = h && group && groups && l->slab;
    if (ok) {
        l->slabs = threads;
        for (int i = 0; i < threads; i++) {
            h[i] = (merging){.l = l, .slab = &l->slab[i], .group = group, .groups = groups};
            h[i].first = (uint32_t)(LEDGER_PARTITIONS * i / threads);
            h[i].end = (uint32_t)(LEDGER_PARTITIONS * (i + 1) / threads);
        }
        ok = cst_parallel(threads, gather_partitions, h, NULL) == CST_OK && sort_groups(l, group, groups);
    }
    free(h);
    free(group);
    free(groups);
    return ok;
}

static bool merge_rows(cst_ledger *l, int threads)
{
    bool partitioned = false;
    for (uint32_t i = 0; i < l->workers; i++) partitioned |= ledger_worker_at(l, i)->partitions != NULL;
    if (!partitioned) {
        if (!list_chunks(l)) return false;
        l->in_order = is_in_order(l);
        if (l->in_order) return true;
    }
    return partition_all(l) && (!l->o.ordered || gather_all(l, threads));
}

cst_status cst_ledger_merge(cst_ledger *l, int threads, cst_error *e)
{
    if (l->merged) return CST_OK;
    l->merged = true;
    l->labels = cst_labels_new();
    l->unit_map = calloc(l->workers + 1, sizeof *l->unit_map);
    l->origin = calloc(l->workers + 1, sizeof *l->origin);
    if (!l->labels || !l->unit_map || !l->origin) return cst_no_memory(e);
    l->hand.chunk.worker = l->workers;
    cst_status status = CST_OK;
    for (uint32_t i = 0; status == CST_OK && i < l->workers + l->by_hand; i++) status = merge_units(l, i, e);
    if (status != CST_OK) return status;
    return merge_rows(l, threads) ? CST_OK : cst_no_memory(e);
}
