/* ledger/partition.h: rows of scattered accounts, split into partitions by the hash of the account's name,
 * so that all rows of an account are in one partition, and a partition is a small part of all accounts. */
#ifndef CST_LEDGER_PARTITION_H
#define CST_LEDGER_PARTITION_H
#include "ledger/slab.h"
#include <cstools/ledger.h>

typedef struct ledger_cell ledger_cell;
typedef struct ledger_fact ledger_fact;
typedef struct ledger_chunk ledger_chunk;

enum { LEDGER_PARTITION_BITS = 9, LEDGER_PARTITIONS = 1 << LEDGER_PARTITION_BITS };

/* A run as it lies in a partition: this head, the name padded to eight bytes, the cells, the facts if they
 * are kept, the keys if they are. Runs lie in input order. */
typedef struct ledger_partitioned {
    uint32_t hash;  /* of the name, by the seed of the run; its first bits are the number of the partition */
    uint32_t batch; /* the input's batches come in this order */
    uint32_t rows;
    uint32_t name_n;
    uint32_t first; /* the number of its first row in the batch's chunk */
    uint32_t padding;
} ledger_partitioned;

static inline cst_text ledger_partitioned_name(const ledger_partitioned *d)
{
    return (cst_text){(const char *)(d + 1), d->name_n};
}

static inline const ledger_cell *ledger_partitioned_cells(const ledger_partitioned *d)
{
    return (const ledger_cell *)((const char *)(d + 1) + (((size_t)d->name_n + 7) & ~(size_t)7));
}

typedef struct ledger_partition {
    struct partition_block *first, *last;
    uint32_t runs;
} ledger_partition;

/* Of one worker. */
typedef struct ledger_partitions {
    ledger_partition partition[LEDGER_PARTITIONS];
    ledger_slab slab;
    bool facts;                    /* are behind the cells */
    bool keys;                     /* hashes of keys are behind these */
    struct partition_lines *lines; /* with keys, by batch, ascending */
    size_t batches, lines_room;
} ledger_partitions;

ledger_partitions *cst_ledger_partitions_new(bool facts, bool keys);
void cst_ledger_partitions_free(ledger_partitions *p);
/* Copies the rows of a chunk to the partitions; a worker's chunks come in input order. false: out of
 * memory. */
bool cst_ledger_partition(ledger_partitions *p, const ledger_chunk *c);
/* With keys: the lines of a batch that was copied. */
const struct ledger_lines *cst_ledger_partition_lines(const ledger_partitions *p, uint32_t batch);

/* Goes through a partition. */
typedef struct ledger_cursor {
    const struct partition_block *block;
    size_t at;
    bool facts, keys;
} ledger_cursor;

ledger_cursor cst_ledger_partition_start(const ledger_partitions *p, uint32_t partition);
const ledger_partitioned *cst_ledger_partition_next(ledger_cursor *c); /* NULL: there are no more */
#endif
