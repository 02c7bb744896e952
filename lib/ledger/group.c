/* ledger/group.c: the runs of one partition, of all workers, are put in input order, which is the order of
 * their batches. Their accounts are told apart by an open hash table of 8-byte slots (32 bits of the hash,
 * and the account + 1; 0: empty), which for one partition fits the cache, as does the partition: that is the
 * purpose of the partitions. A counting sort then brings the runs of each account together. */
#include "ledger/group.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

bool cst_ledger_gather_open(ledger_gathering *g, ledger_partitions *const *partitions, uint32_t workers)
{
    *g = (ledger_gathering){.partitions = partitions, .workers = workers};
    g->cursor = calloc(workers + 1, sizeof *g->cursor);
    g->head = calloc(workers + 1, sizeof *g->head);
    return g->cursor && g->head;
}

void cst_ledger_gather_close(ledger_gathering *g)
{
    free(g->group);
    free(g->ref);
    free(g->cursor);
    free(g->head);
    free(g->slot);
    free(g->run);
    free(g->id);
    *g = (ledger_gathering){0};
}

static bool reserve(ledger_gathering *g, uint64_t n)
{
    if (n > UINT32_MAX / 2) return false;
    if (n > g->room) {
        uint32_t room = (uint32_t)n + (uint32_t)n / 4; /* partitions are about alike */
        if (!cst_resize(&g->group, room, sizeof *g->group) || !cst_resize(&g->ref, room, sizeof *g->ref) ||
            !cst_resize(&g->run, room, sizeof *g->run) || !cst_resize(&g->id, room, sizeof *g->id))
            return false;
        g->room = room;
    }
    g->slots = 64;
    while (g->slots < 2 * n) g->slots *= 2;
    if (g->slots > g->slot_room) {
        free(g->slot);
        g->slot = malloc(g->slots * sizeof *g->slot);
        g->slot_room = g->slot ? g->slots : 0;
    }
    if (g->slot) memset(g->slot, 0, g->slots * sizeof *g->slot);
    return g->slot;
}

/* All runs of a partition into run[], in input order. */
static void list_runs(ledger_gathering *g, uint32_t partition)
{
    g->refs = 0;
    for (uint32_t i = 0; i < g->workers; i++) {
        g->head[i] = NULL;
        if (!g->partitions[i]) continue;
        g->cursor[i] = cst_ledger_partition_start(g->partitions[i], partition);
        g->head[i] = cst_ledger_partition_next(&g->cursor[i]);
    }
    for (;;) {
        uint32_t first = g->workers;
        for (uint32_t i = 0; i < g->workers; i++)
            if (g->head[i] && (first == g->workers || g->head[i]->batch < g->head[first]->batch)) first = i;
        if (first == g->workers) return;
        const ledger_partitioned *d = g->head[first];
        for (uint32_t batch = d->batch; d && d->batch == batch;
             d = cst_ledger_partition_next(&g->cursor[first]))
            g->run[g->refs++] = (ledger_ref){d, first};
        g->head[first] = d;
    }
}

/* The account of a run, new if it must be. */
static inline uint32_t find_account(ledger_gathering *g, const ledger_partitioned *d)
{
    cst_text name = ledger_partitioned_name(d);
    uint64_t mask = g->slots - 1;
    /* the bits that chose the partition are the same for all of it */
    uint64_t at = ((d->hash << LEDGER_PARTITION_BITS) * g->slots) >> 32;
    for (;; at = (at + 1) & mask) {
        uint64_t value = g->slot[at];
        if (!value) break;
        if ((uint32_t)(value >> 32) != d->hash) continue;
        uint32_t id = (uint32_t)value - 1;
        if (cst_text_equal(g->group[id].name, name)) return id;
    }
    uint32_t id = g->groups++;
    g->slot[at] = (uint64_t)d->hash << 32 | (id + 1);
    g->group[id] = (ledger_group){.name = name};
    return id;
}

bool cst_ledger_gather(ledger_gathering *g, uint32_t partition)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < g->workers; i++)
        n += g->partitions[i] ? g->partitions[i]->partition[partition].runs : 0;
    g->groups = g->refs = 0;
    if (n == 0) return true;
    if (!reserve(g, n)) return false;
    list_runs(g, partition);
    for (uint32_t i = 0; i < g->refs; i++) {
        g->id[i] = find_account(g, g->run[i].run);
        g->group[g->id[i]].refs++;
    }
    ledger_ref *ref = g->ref;
    for (uint32_t a = 0; a < g->groups; a++) {
        g->group[a].ref = ref;
        ref += g->group[a].refs;
        g->group[a].refs = 0;
    }
    for (uint32_t i = 0; i < g->refs; i++) {
        ledger_group *to = &g->group[g->id[i]];
        g->ref[(size_t)(to->ref - g->ref) + to->refs++] = g->run[i];
    }
    return true;
}
