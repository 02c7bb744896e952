/* ledger/deal.h: rows of scattered accounts, dealt out to piles by the hash of the account's name, so
 * that all rows of an account are in one pile, and a pile is a small part of all accounts. */
#ifndef CST_LEDGER_DEAL_H
#define CST_LEDGER_DEAL_H
#include "ledger/slab.h"
#include <cstools/ledger.h>

typedef struct ledger_cell ledger_cell;
typedef struct ledger_fact ledger_fact;
typedef struct ledger_chunk ledger_chunk;

enum { LEDGER_PILE_BITS = 9, LEDGER_PILES = 1 << LEDGER_PILE_BITS };

/* A run as it lies in a pile: this head, the name padded to eight bytes, the cells, the facts if they are
 * kept. Runs lie in input order. */
typedef struct ledger_dealt {
    uint32_t hash;  /* of the name; its first bits are the number of the pile */
    uint32_t batch; /* the input's batches come in this order */
    uint32_t rows;
    uint32_t name_n;
} ledger_dealt;

static inline cst_text ledger_dealt_name(const ledger_dealt *d)
{
    return (cst_text){(const char *)(d + 1), d->name_n};
}

static inline const ledger_cell *ledger_dealt_cells(const ledger_dealt *d)
{
    return (const ledger_cell *)((const char *)(d + 1) + (((size_t)d->name_n + 7) & ~(size_t)7));
}

typedef struct ledger_pile {
    struct pile_block *first, *last;
    uint32_t runs;
} ledger_pile;

/* Of one worker. */
typedef struct ledger_piles {
    ledger_pile pile[LEDGER_PILES];
    ledger_slab slab;
    bool facts; /* are behind the cells */
} ledger_piles;

ledger_piles *cst_ledger_piles_new(bool facts); /* NULL: out of memory */
void cst_ledger_piles_free(ledger_piles *p);
/* Copies the rows of a chunk to the piles; a worker's chunks come in input order. false: out of memory. */
bool cst_ledger_deal(ledger_piles *p, const ledger_chunk *c);

/* Goes through a pile. */
typedef struct ledger_cursor {
    const struct pile_block *block;
    size_t at;
    bool facts;
} ledger_cursor;

ledger_cursor cst_ledger_pile_start(const ledger_piles *p, uint32_t pile);
const ledger_dealt *cst_ledger_pile_next(ledger_cursor *c); /* NULL: there are no more */
#endif
