/* ledger/deal.c: a pile is a chain of blocks that double up to a size at which hundreds of piles still
 * fit the memory's caches and what the last block of each leaves unused does not matter. */
#include "ledger/deal.h"
#include "base/hash.h"
#include "ledger/intake.h"
#include <stdlib.h>

enum { FIRST = 512, LARGEST = 32 * 1024 };

typedef struct pile_block {
    struct pile_block *next;
    size_t n, room; /* bytes behind the head */
} pile_block;

ledger_piles *cst_ledger_piles_new(bool facts)
{
    ledger_piles *p = calloc(1, sizeof *p);
    if (p) p->facts = facts;
    return p;
}

void cst_ledger_piles_free(ledger_piles *p)
{
    if (!p) return;
    cst_ledger_slab_free(&p->slab);
    free(p);
}

static size_t size_of(uint32_t name_n, uint32_t rows, bool facts)
{
    return sizeof(ledger_dealt) + (((size_t)name_n + 7) & ~(size_t)7) + rows * sizeof(ledger_cell) +
           (facts ? rows * sizeof(ledger_fact) : 0);
}

/* n bytes at the end of a pile. */
static void *reserve(ledger_piles *p, ledger_pile *pile, size_t n)
{
    pile_block *b = pile->last;
    if (!b || n > b->room - b->n) {
        size_t room = b && b->room < LARGEST ? 2 * b->room : b ? LARGEST : FIRST;
        if (room < n) room = n;
        pile_block *fresh = cst_ledger_slab_take(&p->slab, sizeof *fresh + room);
        if (!fresh) return NULL;
        *fresh = (pile_block){.room = room};
        if (b)
            b->next = fresh;
        else
            pile->first = fresh;
        pile->last = b = fresh;
    }
    void *at = (char *)(b + 1) + b->n;
    b->n += n;
    return at;
}

bool cst_ledger_deal(ledger_piles *p, const ledger_chunk *c)
{
    for (uint32_t r = 0; r < c->runs; r++) {
        const ledger_run *run = &c->run[r];
        if (run->rows == 0) continue;
        cst_text name = ledger_name(c, run->name);
        uint32_t hash = (uint32_t)(cst_hash(name.p, name.n, 0) >> 32);
        ledger_pile *pile = &p->pile[hash >> (32 - LEDGER_PILE_BITS)];
        ledger_dealt *d = reserve(p, pile, size_of(name.n, run->rows, p->facts));
        if (!d) return false;
        *d = (ledger_dealt){hash, c->batch, run->rows, name.n};
        memcpy(d + 1, name.p, name.n);
        ledger_cell *cell = (ledger_cell *)ledger_dealt_cells(d);
        memcpy(cell, c->cell + run->first, run->rows * sizeof *cell);
        if (p->facts) memcpy(cell + run->rows, c->fact + run->first, run->rows * sizeof *c->fact);
        pile->runs++;
    }
    return true;
}

ledger_cursor cst_ledger_pile_start(const ledger_piles *p, uint32_t pile)
{
    return (ledger_cursor){.block = p->pile[pile].first, .facts = p->facts};
}

const ledger_dealt *cst_ledger_pile_next(ledger_cursor *c)
{
    if (c->block && c->at == c->block->n) {
        c->block = c->block->next;
        c->at = 0;
    }
    if (!c->block) return NULL;
    const ledger_dealt *d = (const ledger_dealt *)((const char *)(c->block + 1) + c->at);
    c->at += size_of(d->name_n, d->rows, c->facts);
    return d;
}
