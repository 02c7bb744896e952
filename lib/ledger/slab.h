/* ledger/slab.h: memory for rows by the million: taken piece by piece from large blocks, freed together. The
 * system is asked to back large blocks by large pages, since rows of scattered accounts are read in no order
 * that its page tables would like, and since a page fault costs more than the 4 KiB it brings. */
#ifndef CST_LEDGER_SLAB_H
#define CST_LEDGER_SLAB_H
#include <cstools/base.h>

typedef struct ledger_slab {
    struct ledger_block *block; /* the newest first */
    char *at, *end;             /* of the newest */
} ledger_slab;

/* n bytes aligned to 16, not cleared. */
void *cst_ledger_slab_take(ledger_slab *s, size_t n);
/* Gives back what lies behind `end` of the piece that was taken last. */
void cst_ledger_slab_cut(ledger_slab *s, void *end);
/* Gives all pieces back but keeps the newest block for the next round. */
void cst_ledger_slab_clear(ledger_slab *s);
void cst_ledger_slab_free(ledger_slab *s);
#endif
