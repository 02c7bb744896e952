/* ingest/keyset.h: the keys that were seen, as hashes: 16 bytes each. 88 bits of hash stand for a key, so that among four
 * million keys two different ones are taken for the same once in 10^13 files; the rest says where the first row was.
 */
#ifndef CST_INGEST_KEYSET_H
#define CST_INGEST_KEYSET_H
#include <cstools/base.h>

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

cst_key cst_key_begin(void);
void cst_key_add(cst_key *k, cst_text t); /* one field after the other; their borders count */
cst_key cst_key_end(cst_key k);

/* `most` keys are kept; 0: no limit. Past it new keys are let pass unseen. NULL: out of memory. */
cst_keyset *cst_keyset_new(size_t most);
void cst_keyset_free(cst_keyset *s);
void cst_keyset_prefetch(const cst_keyset *s, cst_key k);
/* 1: new and kept; 0: seen before, *first says where; 2: new, but the set is full; -1: out of memory. */
int cst_keyset_add(cst_keyset *s, cst_key k, uint32_t file, uint64_t line, cst_key_place *first);
size_t cst_keyset_count(const cst_keyset *s);
bool cst_keyset_full(const cst_keyset *s); /* a new key was let pass */
#endif
