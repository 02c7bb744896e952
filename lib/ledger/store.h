/* ledger/store.h: what a ledger that is read whole holds, and the gathering of one account's rows. */
#ifndef CST_LEDGER_STORE_H
#define CST_LEDGER_STORE_H
#include "ledger/group.h"
#include "ledger/intake.h"

struct cst_ledger {
    cst_ledger_opts o;
    ledger_intake in;
    bool bound;
    void **worker; /* of ledger_worker */
    uint32_t workers;
    ledger_worker hand; /* rows that are added one by one; its chunk's arrays are its own */
    bool by_hand;
    size_t hand_room, hand_bytes, hand_bytes_room; /* bytes: of the names */
    cst_ledger_counts counts;
    cst_arena *sources; /* while streaming: of the account that straddles batches */
    cst_labels **kept;  /* after streaming: the workers' labels, which accounts pointed to */
    uint32_t kept_count;
    /* after the merge */
    bool merged;
    cst_labels *labels;
    uint32_t **unit_map;          /* by worker (the hand's is last): its unit to the ledger's */
    const ledger_origin **origin; /* likewise */
    /* where the runs come in the order of their accounts: the chunks in input order, the hand's last */
    bool in_order;
    ledger_chunk *chunk;
    uint32_t chunks;
    /* else: the workers' partitions (the hand's last), and with `ordered` their accounts in order */
    ledger_partitions **partitions;
    ledger_group *group;
    uint32_t groups;
    ledger_slab *slab; /* by thread that gathered: what the groups lie in */
    int slabs;
};

/* Worker i, or the hand, which is last. */
static inline ledger_worker *ledger_worker_at(cst_ledger *l, uint32_t i)
{
    return i < l->workers ? l->worker[i] : &l->hand;
}

/* Brings the workers' runs and units together. Done once, when the first account is asked for. */
cst_status cst_ledger_merge(cst_ledger *l, int threads, cst_error *e);

/* Keeps labels until the ledger is freed. */
bool cst_ledger_keep_labels(cst_ledger *l, cst_labels *labels);

/* The key of a row, and where to look for its place: the number of its source in the upper half, its number
 * among its rows. Of the straddling account of a stream, whose sources go, it is the place itself. */
typedef struct ledger_key {
    uint64_t hash; /* 0: none */
    uint64_t place;
} ledger_key;

/* The keys of rows that are added: their hashes (NULL: none), and where they stand: in `at`, or in that of a
 * batch of the partitions, which is looked for only where it is asked for. */
typedef struct ledger_keys {
    const uint64_t *hash;
    const ledger_lines *at;
    const ledger_partitions *of;
    uint32_t batch;
    uint32_t first; /* the number of the first among the rows of the batch */
} ledger_keys;

/* Scratch of whoever hands accounts out. */
typedef struct ledger_scratch {
    cst_ledger_row *row;
    size_t rows, room;
    cst_ledger_row *part; /* an account's rows of one currency */
    size_t part_room;
    ledger_key *key; /* by row, where keys are compared */
    size_t key_room;
    bool keyed;          /* some row of the account has a key */
    ledger_keys *source; /* of the rows */
    size_t sources, source_room;
    uint64_t overlapping, accounts;
    cst_ledger_counts matched; /* unmatched and what is counted with it; repeats */
    /* with cst_ledger_opts.known: the row that was looked at last, and its currency */
    const cst_labels *labels;
    uint32_t unit;
    cst_text currency;
} ledger_scratch;

void cst_ledger_scratch_free(ledger_scratch *d);
/* Adds what the visits have counted. */
void cst_ledger_scratch_count(const ledger_scratch *d, cst_ledger_counts *n);
/* Adds rows; fact NULL: without; unit_map NULL: units as they are; origin: their worker's. */
bool cst_ledger_scratch_add(ledger_scratch *d, const ledger_cell *cell, const ledger_fact *fact,
                            ledger_keys keys, uint32_t rows, const uint32_t *unit_map,
                            const ledger_origin *origin);
/* Looks for the places of rows from `from` on, before their batch goes. */
void cst_ledger_scratch_place(ledger_scratch *d, size_t from);
/* Applies grace, splits by currency where asked, and visits. */
cst_status cst_ledger_scratch_visit(ledger_scratch *d, const cst_ledger_opts *o, cst_text account,
                                    const cst_labels *labels, cst_ledger_visit *visit, void *worker,
                                    cst_error *e);
#endif
