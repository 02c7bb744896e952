/* ledger/slab.c: blocks that double from a size fit for small inputs to one that makes their number no
 * matter. */
#include "ledger/slab.h"
#include <stdlib.h>
#include <sys/mman.h>

enum { FIRST = 256 * 1024, LARGEST = 16 * 1024 * 1024, PAGE = 2 * 1024 * 1024 };

typedef struct ledger_block {
    struct ledger_block *next;
    size_t n; /* bytes behind the head */
} ledger_block;

static uintptr_t round_up(uintptr_t p, uintptr_t to)
{
    return (p + to - 1) & ~(to - 1);
}

/* Only whole large pages within the block; a system that has none goes on as it is. */
static void ask_for_large_pages(const ledger_block *b)
{
#ifdef MADV_HUGEPAGE
    uintptr_t first = round_up((uintptr_t)b, PAGE),
              end = ((uintptr_t)(b + 1) + b->n) & ~(uintptr_t)(PAGE - 1);
    if (first < end) madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)b;
#endif
}

static bool add_block(ledger_slab *s, size_t n)
{
    size_t wanted = s->block ? 2 * s->block->n : FIRST;
    if (wanted > LARGEST) wanted = LARGEST;
    if (wanted < n + 16) wanted = n + 16;
    if (wanted < n) return false;
    ledger_block *b = malloc(sizeof *b + wanted);
    if (!b) return false;
    *b = (ledger_block){s->block, wanted};
    ask_for_large_pages(b);
    s->block = b;
    s->at = (char *)(b + 1);
    s->end = s->at + wanted;
    return true;
}

void *cst_ledger_slab_take(ledger_slab *s, size_t n)
{
    char *p = s->block ? (char *)round_up((uintptr_t)s->at, 16) : NULL;
    if (!p || p > s->end || n > (size_t)(s->end - p)) {
        if (!add_block(s, n)) return NULL;
        p = (char *)round_up((uintptr_t)s->at, 16);
    }
    s->at = p + n;
    return p;
}

void cst_ledger_slab_cut(ledger_slab *s, void *end)
{
    s->at = end;
}

void cst_ledger_slab_clear(ledger_slab *s)
{
    if (!s->block) return;
    ledger_slab older = {.block = s->block->next};
    s->block->next = NULL;
    s->at = (char *)(s->block + 1);
    cst_ledger_slab_free(&older);
}

void cst_ledger_slab_free(ledger_slab *s)
{
    while (s->block) {
        ledger_block *b = s->block;
        s->block = b->next;
        free(b);
    }
    *s = (ledger_slab){0};
}
