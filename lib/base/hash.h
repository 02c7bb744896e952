/* base/hash.h: 64-bit hashes of bytes, the same on every machine and in every run for one seed. Output never
 * depends on them (no hash order), except where a hash is the definition, with a seed that is written down:
 * the bootstrap weights and the folds of a cross-validation. */
#ifndef CST_BASE_HASH_H
#define CST_BASE_HASH_H
#include <cstools/base.h>

uint64_t cst_hash(const void *p, size_t n, uint64_t seed);
/* The seed of this run, never 0, for tables by the hash of what comes from outside: who makes up ids cannot
 * make up ones that collide. It is drawn from the system when first asked for; no output depends on it. */
uint64_t cst_hash_seed(void);

/* One round of splitmix64's finisher (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static inline uint64_t cst_hash_mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}
#endif
