/* ingest/keyset.h: the keys that were seen, as hashes: 16 bytes each. 88 bits of hash stand for a key, so
 * that among four million keys two different ones are taken for the same once in 10^13 files; the rest
 * says where the first row was.
 */
#ifndef CST_INGEST_KEYSET_H
#define CST_INGEST_KEYSET_H
#include <cstools/base.h>
#include <string.h>

typedef struct cst_keyset cst_keyset;

typedef struct cst_key {
    uint64_t hash;  /* 0: the row has no key */
    uint32_t check; /* 24 further bits */
} cst_key;

/* Where the first row with a key was. */
typedef struct cst_key_place {
    uint32_t file; /* 254 and more: UINT32_MAX, unknown */
    uint64_t line; /* 0: unknown (past 2^32) */
} cst_key_place;

/* A key is made field by field; their borders count:
 *
 *     cst_key k = cst_key_begin();
 *     cst_key_add(&k, account);
 *     cst_key_add(&k, subscription);
 *     k = cst_key_end(k);
 *
 * Inline, because it is done for every row: sixteen bytes a step, multiplied and folded (after wyhash, Wang
 * Yi); the last eight bytes of a field may overlap those before. */
static inline uint64_t cst_key_load(const char *p, uint32_t n)
{
    uint64_t v = 0;
    if (n >= 8) {
        memcpy(&v, p, 8);
    } else if (n >= 4) {
        uint32_t w;
        memcpy(&w, p, 4);
        v = w;
    } else if (n > 0) {
        v = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 |
            (uint64_t)(unsigned char)p[n - 1] << 16;
    }
    return v;
}

static inline void cst_key_mix(cst_key *k, uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ UINT64_C(0x9fb21c651e98df25)) * (b ^ k->hash);
    uint64_t both = a + b * 3;
    k->hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    k->check = (k->check ^ (uint32_t)both ^ (uint32_t)(both >> 32)) * UINT32_C(0x85ebca6b);
    k->check ^= k->check >> 13;
}

static inline cst_key cst_key_begin(void)
{
    return (cst_key){UINT64_C(0x9ae16a3b2f90404f), 0};
}

static inline void cst_key_add(cst_key *k, cst_text t)
{
    const char *p = t.p;
    uint32_t n = t.n;
    for (; n > 16; n -= 16, p += 16) cst_key_mix(k, cst_key_load(p, 8), cst_key_load(p + 8, 8));
    uint32_t half = n >= 8 ? 8 : n >= 4 ? 4 : 0;
    uint64_t last = half ? cst_key_load(p + n - half, half) : 0;
    cst_key_mix(k, cst_key_load(p, n), last ^ (uint64_t)t.n * UINT64_C(0xd6e8feb86659fd93));
}

cst_key cst_key_end(cst_key k);

/* `most` keys are kept; 0: no limit. Past it new keys are let pass unseen. NULL: out of memory. */
cst_keyset *cst_keyset_new(size_t most);
void cst_keyset_free(cst_keyset *s);
void cst_keyset_prefetch(const cst_keyset *s, cst_key k);
/* 1: new and kept; 0: seen before, *first says where; 2: new, but the set is full; -1: out of memory. */
int cst_keyset_add(cst_keyset *s, cst_key k, uint32_t file, uint64_t line, cst_key_place *first);
/* While keys are known to be new (see order.h) they are only put by, one after the other; the first
 * cst_keyset_add makes a table of them. false: out of memory. */
bool cst_keyset_note(cst_keyset *s, cst_key k, uint32_t file, uint64_t line);
/* Keys that were checked, and whether one was let pass unchecked. */
uint64_t cst_keyset_count(const cst_keyset *s);
bool cst_keyset_full(const cst_keyset *s);
#endif
