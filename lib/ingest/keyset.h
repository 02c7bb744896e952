/* ingest/keyset.h: the keys that were seen, as hashes: 16 bytes each. 88 bits of hash stand for a key, by a
 * seed that nobody knows before the run, so that among four million keys two different ones are taken for the
 * same once in 10^13 files, and nobody can make up two such; the rest says where the first row was.
 */
#ifndef CST_INGEST_KEYSET_H
#define CST_INGEST_KEYSET_H
#include "base/hash.h"
#include <string.h>

typedef struct ing_keyset ing_keyset;

typedef struct ing_key {
    uint64_t hash;  /* 0: the row has no key */
    uint64_t check; /* 24 further bits; while it is made, 64 */
} ing_key;

/* Where the first row with a key was. */
typedef struct ing_key_place {
    uint32_t file; /* 254 and more: UINT32_MAX, unknown */
    uint64_t line; /* 0: unknown (past 2^32) */
} ing_key_place;

/* A key is made field by field; their borders count:
 *
 *     ing_key k = ing_key_begin(cst_hash_seed());
 *     ing_key_add(&k, account);
 *     ing_key_add(&k, subscription);
 *     k = ing_key_end(k);
 *
 * Inline, because it is done for every row: sixteen bytes a step, multiplied and folded (after wyhash, Wang
 * Yi). The last step of a field takes what is left of it, with zeros behind, and how much that is. */
static inline void ing_key_mix(ing_key *k, uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(a ^ k->hash) * (b ^ k->check);
    k->hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    k->check = (uint64_t)product + (a << 32 | a >> 32);
}

static inline ing_key ing_key_begin(uint64_t seed)
{
    return (ing_key){UINT64_C(0x9fb21c651e98df25) ^ seed, UINT64_C(0x9ae16a3b2f90404f) + seed};
}

static inline ing_key ing_key_end(ing_key k)
{
    uint64_t h = cst_hash_mix(k.hash ^ k.check >> 29), c = (k.hash ^ k.check) * UINT64_C(0xd6e8feb86659fd93);
    return (ing_key){h ? h : 1, c >> 40};
}

/* A field of n <= 16 bytes, zeros behind them, as two words in memory's order. */
static inline void ing_key_add_words(ing_key *k, uint64_t a, uint64_t b, uint32_t n)
{
    ing_key_mix(k, a, b ^ (uint64_t)n * UINT64_C(0xd6e8feb86659fd93));
}

/* The n <= 8 bytes at p with zeros behind, and nothing read beyond them: two loads that overlap. */
static inline uint64_t ing_key_load(const char *p, uint32_t n)
{
    uint64_t v = 0;
    uint32_t low, high;
    if (n == 8) {
        memcpy(&v, p, 8);
    } else if (n >= 4) {
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        v = low | (uint64_t)high << 8 * (n - 4);
    } else if (n > 0) {
        v = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 * (n / 2) |
            (uint64_t)(unsigned char)p[n - 1] << 8 * (n - 1);
    }
    return v;
}

static inline void ing_key_add(ing_key *k, cst_text t)
{
    for (; t.n > 16; t.n -= 16, t.p += 16) ing_key_mix(k, ing_key_load(t.p, 8), ing_key_load(t.p + 8, 8));
    uint32_t first = t.n < 8 ? t.n : 8;
    ing_key_add_words(k, ing_key_load(t.p, first), ing_key_load(t.p + first, t.n - first), t.n);
}

/* A key and where it was, as they are kept. */
typedef struct ing_seen {
    uint64_t hash;
    uint32_t mark; /* check in the upper 24 bits, file in the lower 8 */
    uint32_t line;
} ing_seen;

static inline ing_seen ing_seen_at(ing_key k, uint32_t file, uint64_t line)
{
    return (ing_seen){k.hash, (uint32_t)k.check << 8 | (file < 0xff ? file : 0xff),
                      line <= UINT32_MAX ? (uint32_t)line : 0};
}

/* `most` keys are kept; 0: no limit. Past it new keys are let pass unseen. */
ing_keyset *ing_keyset_new(size_t most);
void ing_keyset_free(ing_keyset *s);
void ing_keyset_prefetch(const ing_keyset *s, uint64_t hash);
/* 1: new and kept; 0: seen before, *first says where; 2: new, but the set is full; -1: out of memory. */
int ing_keyset_add(ing_keyset *s, const ing_seen *key, ing_key_place *first);
/* While keys are known to be new (see order.h) they are only put by, one after the other, those of hash 0
 * left out; the first ing_keyset_add makes a table of them. */
bool ing_keyset_note(ing_keyset *s, const ing_seen *key, size_t n);
/* Keys that were checked, and whether one was let pass unchecked. */
uint64_t ing_keyset_count(const ing_keyset *s);
bool ing_keyset_full(const ing_keyset *s);
#endif
