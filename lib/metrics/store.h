/* metrics/store.h: the records that one worker has made of its batches of one stream (plan.h tells what they are).
 *
 * A record is `stride` words of 8 bytes: the account (low half) and the class of state 0 (high half), the classes of the
 * other states two to a word, then the slots. Numbers of accounts, texts and classes are the worker's own until
 * records are gathered (gather.h). */
#ifndef CST_METRICS_STORE_H
#define CST_METRICS_STORE_H
#include "base/intern.h"
#include "metrics/plan.h"

#define CST_SIGHT_NEVER   INT32_MAX
#define CST_SIGHT_CURRENT (INT32_MAX - 1) /* in the accounts table, without a date */

typedef struct cst_store cst_store;

typedef struct cst_store_view {
    uint64_t *
        *chunk; /* of `chunk_records` records, the last of fewer; may be freed and set to NULL one by one */
    size_t chunk_records, records, stride;
    const cst_intern *account, *text, *mask; /* a mask is the bytes of a cst_mask */
    const cst_day *sight;                    /* by account; CST_SIGHT_NEVER */
    const int64_t *first, *last;             /* by slot, of the times; CST_TIME_NONE */
} cst_store_view;

cst_status cst_store_new(const cst_plan *p, cst_store **out, cst_error *e);
void cst_store_free(cst_store *s);
cst_status cst_store_batch(void *store, cst_batch *b, cst_error *e); /* a cst_work */
cst_status cst_store_accounts(cst_store *s, cst_error *e);           /* the rows of the accounts table */
cst_store_view cst_store_records(const cst_store *s);

/* How a record is laid out. */
static inline size_t cst_plan_stride(const cst_plan *p)
{
    return 1 + ((size_t)1 << p->hides) / 2 + p->slots;
}
static inline size_t cst_plan_slot_at(const cst_plan *p, int slot)
{
    return 1 + ((size_t)1 << p->hides) / 2 + (size_t)slot;
}
static inline uint32_t cst_record_class(const uint64_t *r, unsigned state)
{
    if (!state) return (uint32_t)(r[0] >> 32);
    uint64_t w = r[1 + state / 2];
    return (uint32_t)(state & 1 ? w >> 32 : w);
}
static inline void cst_record_set_class(uint64_t *r, unsigned state, uint32_t to)
{
    uint64_t *w = &r[state ? 1 + state / 2 : 0];
    *w = !state || (state & 1) ? (*w & UINT32_MAX) | (uint64_t)to << 32 : (*w & ~(uint64_t)UINT32_MAX) | to;
}
#endif
