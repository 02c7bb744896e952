/* cohort/account_set.h: accounts and what each did, found by its id, both in one cache line. A stream of
 * events comes in the order of time, so that nearly every row is for another account and memory's latency
 * is what it costs: a look-up here touches a slot of the table and an entry, and no more. */
#ifndef CST_COHORT_ACCOUNT_SET_H
#define CST_COHORT_ACCOUNT_SET_H
#include "cohort/store.h"

#define COHORT_NEAR 40 /* bytes of a key that are kept in the entry itself */

/* An account, or an account in a group: its key is the account's id, and behind it the values of the group
 * columns, joined as labels are. */
typedef struct cohort_entry {
    cohort_span span;
    uint32_t n;       /* of the key */
    uint32_t account; /* bytes of it that are the account's id */
    union {
        char near[COHORT_NEAR];
        const char *far; /* n > COHORT_NEAR */
    };
} cohort_entry;

typedef struct cohort_account_set {
    cohort_store store;
    uint64_t *slot; /* 32 bits of the hash, and the entry's number + 1; 0: empty */
    unsigned bits;  /* 2^bits slots, at most half of them taken */
    cohort_entry *entry;
    uint32_t n, room;
    uint64_t seed; /* of the hashes */
} cohort_account_set;

cst_status cohort_account_set_init(cohort_account_set *r, enum cohort_slot kind, cst_error *e);
void cohort_account_set_free(cohort_account_set *r);

/* What happened: a key (`account` bytes of which are the account's id), a tick and a value. */
typedef struct cohort_mark {
    const char *p;
    uint32_t n, account;
    cst_period tick;
    /* filled by cohort_account_set_turn: likely is the number of the entry it should be, + 1 */
    uint32_t hash, likely;
    cst_money value;
} cohort_mark;

/* So many marks that what they touch is fetched by the time it is wanted, and still there. */
#define COHORT_BUNDLE 32
typedef struct cohort_bundle {
    uint32_t n;
    cohort_mark mark[COHORT_BUNDLE];
} cohort_bundle;

/* Sends for the memory that the marks of `next` touch, and adds those of `before`, which was `next` in the
 * turn before and is empty afterwards. CST_LIMIT: a sum that does not fit. */
cst_status cohort_account_set_turn(cohort_account_set *r, cohort_bundle *next, cohort_bundle *before,
                                   cst_error *e);
/* The entry of a key, made where it must be. Good until the next one is made. */
cohort_entry *cohort_account_set_at(cohort_account_set *r, cst_text key, uint32_t account);

static inline cst_text cohort_entry_key(const cohort_entry *e)
{
    return (cst_text){e->n > COHORT_NEAR ? e->far : e->near, e->n};
}
#endif
