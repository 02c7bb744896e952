/* cohort/store.h: what an account did by tick, gathered row by row in any order: an array of slots that
 * grows at either end. Memory grows with the accounts and their spans, not with the rows. */
#ifndef CST_COHORT_STORE_H
#define CST_COHORT_STORE_H
#include "base/arena.h"
#include "base/period.h"

enum cst_cohort_slot {
    COHORT_SLOT_SEEN,  /* whether there was an event: a bit in the span, or where 64 do not do a byte */
    COHORT_SLOT_COUNT, /* 64 bits: how many */
    COHORT_SLOT_SUM    /* cst_cohort_sum */
};

typedef struct cst_cohort_sum {
    cst_money sum;
    uint64_t count;
} cst_cohort_sum;

/* Zero-initialise. */
typedef struct cst_cohort_span {
    union {
        void *slot;    /* room of them, from tick `low` on */
        uint64_t bits; /* COHORT_SLOT_SEEN with room for COHORT_BITS: bit i is tick low + i */
    };
    cst_period low;
    uint32_t room; /* 0: nothing yet */
} cst_cohort_span;
#define COHORT_BITS 64

/* The memory of many spans of one kind. */
typedef struct cst_cohort_store {
    enum cst_cohort_slot kind;
    cst_arena *arena;
} cst_cohort_store;

cst_status cst_cohort_store_init(cst_cohort_store *s, enum cst_cohort_slot kind, cst_error *e);
void cst_cohort_store_free(cst_cohort_store *s);
/* Makes the slot of a tick that the span does not reach. NULL: out of memory. */
void *cst_cohort_store_grow(cst_cohort_store *s, cst_cohort_span *p, cst_period tick);
/* Notes a tick that the span of a COHORT_SLOT_SEEN does not reach. false: out of memory. */
bool cst_cohort_store_widen(cst_cohort_store *s, cst_cohort_span *p, cst_period tick);
/* Adds all of another span of the same kind. CST_LIMIT: a sum that does not fit. */
cst_status cst_cohort_store_merge(cst_cohort_store *s, cst_cohort_span *into, const cst_cohort_span *from,
                                  cst_error *e);
/* CST_LIMIT: it does not fit. */
cst_status cst_cohort_sum_add(cst_cohort_sum *s, cst_money value, uint64_t count, cst_error *e);

static inline size_t cst_cohort_slot_size(enum cst_cohort_slot kind)
{
    return kind == COHORT_SLOT_SEEN ? 1 : kind == COHORT_SLOT_COUNT ? 8 : sizeof(cst_cohort_sum);
}

/* The slot of a tick, made where it must be; not for COHORT_SLOT_SEEN. */
static inline void *cst_cohort_store_at(cst_cohort_store *s, cst_cohort_span *p, cst_period tick)
{
    uint32_t at = (uint32_t)tick - (uint32_t)p->low;
    if (at < p->room) return (char *)p->slot + at * cst_cohort_slot_size(s->kind);
    return cst_cohort_store_grow(s, p, tick);
}

/* Notes that there was an event; COHORT_SLOT_SEEN alone. One touch of memory in the common case. */
static inline bool cst_cohort_store_see(cst_cohort_store *s, cst_cohort_span *p, cst_period tick)
{
    uint32_t at = (uint32_t)tick - (uint32_t)p->low;
    if (at >= p->room) return cst_cohort_store_widen(s, p, tick);
    if (p->room == COHORT_BITS)
        p->bits |= UINT64_C(1) << at;
    else
        ((unsigned char *)p->slot)[at] = 1;
    return true;
}
#endif
