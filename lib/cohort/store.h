/* cohort/store.h: what an account did by tick, gathered row by row in any order: an array of slots that
 * grows at either end. Memory grows with the accounts and their spans, not with the rows. */
#ifndef CST_COHORT_STORE_H
#define CST_COHORT_STORE_H
#include "base/arena.h"
#include "base/period.h"

enum cohort_slot {
    COHORT_SLOT_SEEN,  /* whether there was an event: a bit in the span, or where 64 do not do a byte */
    COHORT_SLOT_COUNT, /* 64 bits: how many */
    COHORT_SLOT_SUM    /* cohort_sum */
};

typedef struct cohort_sum {
    cst_money sum;
    uint64_t count;
} cohort_sum;

/* Zero-initialise. */
typedef struct cohort_span {
    union {
        void *slot;    /* room of them, from tick `low` on */
        uint64_t bits; /* COHORT_SLOT_SEEN with room for COHORT_BITS: bit i is tick low + i */
    };
    cst_period low;
    uint32_t room; /* 0: nothing yet */
} cohort_span;
#define COHORT_BITS 64

/* The memory of many spans of one kind. */
typedef struct cohort_store {
    enum cohort_slot kind;
    cst_arena *arena;
} cohort_store;

cst_status cohort_store_init(cohort_store *s, enum cohort_slot kind, cst_error *e);
void cohort_store_free(cohort_store *s);
/* Makes the slot of a tick that the span does not reach. */
void *cohort_store_grow(cohort_store *s, cohort_span *p, cst_period tick);
/* Notes a tick that the span of a COHORT_SLOT_SEEN does not reach. */
bool cohort_store_widen(cohort_store *s, cohort_span *p, cst_period tick);
/* Adds all of another span of the same kind. CST_LIMIT: a sum that does not fit. */
cst_status cohort_store_merge(cohort_store *s, cohort_span *into, const cohort_span *from, cst_error *e);
/* CST_LIMIT: it does not fit. */
cst_status cohort_sum_add(cohort_sum *s, cst_money value, uint64_t count, cst_error *e);

static inline size_t cohort_slot_size(enum cohort_slot kind)
{
    return kind == COHORT_SLOT_SEEN ? 1 : kind == COHORT_SLOT_COUNT ? 8 : sizeof(cohort_sum);
}

/* The slot of a tick, made where it must be; not for COHORT_SLOT_SEEN. */
static inline void *cohort_store_at(cohort_store *s, cohort_span *p, cst_period tick)
{
    uint32_t at = (uint32_t)tick - (uint32_t)p->low;
    if (at < p->room) return (char *)p->slot + at * cohort_slot_size(s->kind);
    return cohort_store_grow(s, p, tick);
}

/* Notes that there was an event; COHORT_SLOT_SEEN alone. One touch of memory in the common case. */
static inline bool cohort_store_see(cohort_store *s, cohort_span *p, cst_period tick)
{
    uint32_t at = (uint32_t)tick - (uint32_t)p->low;
    if (at >= p->room) return cohort_store_widen(s, p, tick);
    if (p->room == COHORT_BITS)
        p->bits |= UINT64_C(1) << at;
    else
        ((unsigned char *)p->slot)[at] = 1;
    return true;
}
#endif
