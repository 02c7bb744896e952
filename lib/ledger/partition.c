/* ledger/partition.c: a partition is a chain of blocks that double up to a size at which hundreds of
 * partitions still fit the memory's caches and what the last block of each leaves unused does not matter. */
#include "ledger/partition.h"
#include "base/hash.h"
#include "base/memory.h"
#include "ledger/intake.h"
#include <stdlib.h>

enum { FIRST = 512, LARGEST = 32 * 1024 };

struct partition_lines {
    uint32_t batch;
    ledger_lines at;
};

typedef struct partition_block {
    struct partition_block *next;
    size_t n, room; /* bytes behind the head */
} partition_block;

ledger_partitions *cst_ledger_partitions_new(bool facts, bool keys)
{
    ledger_partitions *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->facts = facts;
    p->keys = keys;
    return p;
}

void cst_ledger_partitions_free(ledger_partitions *p)
{
    if (!p) return;
    cst_ledger_slab_free(&p->slab);
    free(p->lines);
    free(p);
}

static size_t size_of(uint32_t name_n, uint32_t rows, bool facts, bool keys)
{
    return sizeof(ledger_partitioned) + (((size_t)name_n + 7) & ~(size_t)7) + rows * sizeof(ledger_cell) +
           (facts ? rows * sizeof(ledger_fact) : 0) + (keys ? rows * sizeof(uint64_t) : 0);
}

/* n bytes at the end of a partition. */
static void *reserve(ledger_partitions *p, ledger_partition *partition, size_t n)
{
    partition_block *b = partition->last;
    if (!b || n > b->room - b->n) {
        size_t room = b && b->room < LARGEST ? 2 * b->room : b ? LARGEST : FIRST;
        if (room < n) room = n;
        partition_block *fresh = cst_ledger_slab_take(&p->slab, sizeof *fresh + room);
        if (!fresh) return NULL;
        *fresh = (partition_block){.room = room};
        if (b)
            b->next = fresh;
        else
            partition->first = fresh;
        partition->last = b = fresh;
    }
    void *at = (char *)(b + 1) + b->n;
    b->n += n;
    return at;
}

const ledger_lines *cst_ledger_partition_lines(const ledger_partitions *p, uint32_t batch)
{
    size_t from = 0, to = p->batches;
    while (from + 1 < to) {
        size_t middle = from + (to - from) / 2;
        if (p->lines[middle].batch <= batch)
            from = middle;
        else
            to = middle;
    }
    return &p->lines[from].at;
}

bool cst_ledger_partition(ledger_partitions *p, const ledger_chunk *c)
{
    uint64_t seed = cst_hash_seed();
    if (p->keys) {
        if (!cst_grow(&p->lines, &p->lines_room, p->batches + 1, sizeof *p->lines)) return false;
        p->lines[p->batches++] = (struct partition_lines){c->batch, c->at};
    }
    for (uint32_t r = 0; r < c->runs; r++) {
        const ledger_run *run = &c->run[r];
        if (run->rows == 0) continue;
        cst_text name = ledger_name(c, run->name);
        uint32_t hash = (uint32_t)(cst_hash(name.p, name.n, seed) >> 32);
        ledger_partition *partition = &p->partition[hash >> (32 - LEDGER_PARTITION_BITS)];
        ledger_partitioned *d = reserve(p, partition, size_of(name.n, run->rows, p->facts, p->keys));
        if (!d) return false;
        *d = (ledger_partitioned){hash, c->batch, run->rows, name.n, run->first, 0};
        memcpy(d + 1, name.p, name.n);
        ledger_cell *cell = (ledger_cell *)ledger_partitioned_cells(d);
        memcpy(cell, c->cell + run->first, run->rows * sizeof *cell);
        ledger_fact *fact = (ledger_fact *)(cell + run->rows);
        if (p->facts) memcpy(fact, c->fact + run->first, run->rows * sizeof *fact);
        if (p->keys)
            memcpy(p->facts ? (void *)(fact + run->rows) : fact, c->key + run->first,
                   run->rows * sizeof *c->key);
        partition->runs++;
    }
    return true;
}

ledger_cursor cst_ledger_partition_start(const ledger_partitions *p, uint32_t partition)
{
    return (ledger_cursor){.block = p->partition[partition].first, .facts = p->facts, .keys = p->keys};
}

const ledger_partitioned *cst_ledger_partition_next(ledger_cursor *c)
{
    if (c->block && c->at == c->block->n) {
        c->block = c->block->next;
        c->at = 0;
    }
    if (!c->block) return NULL;
    const ledger_partitioned *d = (const ledger_partitioned *)((const char *)(c->block + 1) + c->at);
    c->at += size_of(d->name_n, d->rows, c->facts, c->keys);
    return d;
}
