/* metrics/store.h: the records that one worker has made of its batches of one stream (plan.h tells what
 * they are).
 *
 * A record is words of 8 bytes: the account (low half) and the class of state 0 (high half), the classes of
 * the other states two to a word, the slots, and then the bytes of its strings, each from a word on. A
 * string's slot holds the word at which it begins (high half) and its length (low half). Numbers of
 * accounts, texts and classes are the worker's own until records are gathered (gather.h).
 *
 * Records lie in MET_PARTS parts, by a hash of the account's id: what is done later with a part's records,
 * account by account, stays within the processor's caches. */
#ifndef CST_METRICS_STORE_H
#define CST_METRICS_STORE_H
#include "base/intern.h"
#include "metrics/columns.h"

#define MET_SEEN_NEVER   INT32_MAX
#define MET_SEEN_CURRENT (INT32_MAX - 1) /* in the accounts table, without a date */

typedef struct met_store met_store;

#define MET_PARTS 256

/* Records one after the other; none spans two. */
typedef struct met_block {
    uint64_t *word;
    size_t used, room;
} met_block;
typedef struct met_store_part {
    met_block *block;
    size_t blocks;
} met_store_part;

typedef struct met_store_account {
    cst_day seen;     /* MET_SEEN_NEVER */
    uint32_t records; /* kept */
    uint8_t part;     /* of MET_PARTS */
} met_store_account;

typedef struct met_store_view {
    const met_store_part *part;              /* MET_PARTS of them; the records may be changed */
    const cst_intern *account, *text, *mask; /* a mask is the bytes of a met_mask */
    const met_store_account *seen;           /* by account */
    const int64_t *first, *last;             /* by slot, of the times; MET_TIME_NONE */
    const cst_intern *event;                 /* names of events */
    const met_event_kind *kind;              /* by name */
    uint32_t kinds;
} met_store_view;

unsigned met_part_of(cst_text account);
cst_status met_store_new(const met_plan *p, met_store **out, cst_error *e);
void met_store_free(met_store *s);
cst_status met_store_batch(void *store, cst_batch *b, cst_error *e); /* a cst_work */
cst_status met_store_accounts(met_store *s, cst_error *e);           /* the rows of the accounts table */
met_store_view met_store_records(const met_store *s);

/* How a record is laid out. */
static inline size_t met_plan_stride(const met_plan *p)
{
    return 1 + ((size_t)1 << p->hides) / 2 + p->slots;
}
static inline size_t met_plan_slot_at(const met_plan *p, int slot)
{
    return 1 + ((size_t)1 << p->hides) / 2 + (size_t)slot;
}
/* The words of a record. */
static inline size_t met_record_words(const met_plan *p, const uint64_t *r)
{
    size_t n = met_plan_stride(p);
    for (const int *i = p->of_kind[MET_SLOT_STRING]; *i >= 0; i++) {
        uint64_t v = r[met_plan_slot_at(p, *i)];
        if (v != UINT64_MAX) n += ((uint32_t)v + (size_t)7) / 8;
    }
    return n;
}
static inline cst_text met_record_string(const uint64_t *r, uint64_t v)
{
    return (cst_text){(const char *)(r + (v >> 32)), (uint32_t)v};
}
static inline uint32_t met_record_class(const uint64_t *r, unsigned state)
{
    if (!state) return (uint32_t)(r[0] >> 32);
    uint64_t w = r[1 + state / 2];
    return (uint32_t)(state & 1 ? w >> 32 : w);
}
static inline void met_record_set_class(uint64_t *r, unsigned state, uint32_t to)
{
    uint64_t *w = &r[state ? 1 + state / 2 : 0];
    *w = !state || (state & 1) ? (*w & UINT32_MAX) | (uint64_t)to << 32 : (*w & ~(uint64_t)UINT32_MAX) | to;
}
#endif
