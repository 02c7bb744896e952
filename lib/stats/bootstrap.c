/* The Poisson bootstrap with hashed weights. A replicate draws each key so many times as the hash of
 * (seed, replicate, key) says, by inversion of the distribution function in 64-bit integers: the table
 * holds floor(2^64 P(X <= k)) for X ~ Poisson(1), computed with 80 digits. No generator is advanced,
 * so order, threads and splits cannot matter; sums are integers.
 */
#include "base/hash.h"
#include <cstools/stats.h>

static const uint64_t at_most[] = {
    UINT64_C(0x5e2d58d8b3bcdf1a), UINT64_C(0xbc5ab1b16779be35), UINT64_C(0xeb715e1dc1582dc2),
    UINT64_C(0xfb23979734a252f1), UINT64_C(0xff1025f59174dc3d), UINT64_C(0xffd90f3ba4055e19),
    UINT64_C(0xfffa8b71fc72c913), UINT64_C(0xffff540c0914b3c9), UINT64_C(0xffffed1f4aa8f120),
    UINT64_C(0xfffffe216e641462), UINT64_C(0xffffffd4d85d3183), UINT64_C(0xfffffffc6da262b4),
    UINT64_C(0xffffffffba12d178), UINT64_C(0xfffffffffb07c64c), UINT64_C(0xffffffffffab8ea5),
    UINT64_C(0xfffffffffffabe22), UINT64_C(0xffffffffffffb11a), UINT64_C(0xfffffffffffffba1),
    UINT64_C(0xffffffffffffffc5), UINT64_C(0xfffffffffffffffd)};
enum { TABLE = sizeof at_most / sizeof *at_most };

uint64_t cst_bootstrap_key(cst_text id)
{
    return cst_hash(id.p, id.n, 0);
}

/* What the replicates of one key have in common. */
static uint64_t root_of(uint64_t seed, uint64_t key)
{
    return cst_hash_mix(key ^ cst_hash_mix(seed));
}

static unsigned draw(uint64_t root, uint32_t replicate)
{
    uint64_t h = cst_hash_mix(root + replicate * UINT64_C(0x9e3779b97f4a7c15));
    unsigned w = 0;
    while (w < TABLE && h >= at_most[w]) w++;
    return w;
}

unsigned cst_bootstrap_weight(uint64_t seed, uint32_t replicate, uint64_t key)
{
    return draw(root_of(seed, key), replicate);
}
