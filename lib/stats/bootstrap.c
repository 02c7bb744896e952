/* The Poisson bootstrap with hashed weights. A replicate draws each key so many times as the hash of
 * (seed, replicate, key) says, by inversion of the distribution function in 64-bit integers: the table
 * holds floor(2^64 P(X <= k)) for X ~ Poisson(1), computed with 80 digits. No generator is advanced,
 * so order, threads and splits cannot matter; sums are integers.
 */
#include "base/hash.h"
#include "stats/column.h"
#include <math.h>
#include <stdlib.h>

static const uint64_t at_most[] = {
    UINT64_C(0x5e2d58d8b3bcdf1a), UINT64_C(0xbc5ab1b16779be35), UINT64_C(0xeb715e1dc1582dc2),
    UINT64_C(0xfb23979734a252f1), UINT64_C(0xff1025f59174dc3d), UINT64_C(0xffd90f3ba4055e19),
    UINT64_C(0xfffa8b71fc72c913), UINT64_C(0xffff540c0914b3c9), UINT64_C(0xffffed1f4aa8f120),
    UINT64_C(0xfffffe216e641462), UINT64_C(0xffffffd4d85d3183), UINT64_C(0xfffffffc6da262b4),
    UINT64_C(0xffffffffba12d178), UINT64_C(0xfffffffffb07c64c), UINT64_C(0xffffffffffab8ea5),
    UINT64_C(0xfffffffffffabe22), UINT64_C(0xffffffffffffb11a), UINT64_C(0xfffffffffffffba1),
    UINT64_C(0xffffffffffffffc5), UINT64_C(0xfffffffffffffffd)};
enum { TABLE = sizeof at_most / sizeof *at_most };

struct cst_bootstrap {
    uint64_t seed;
    uint32_t replicates, quantities;
    cst_wide *sum; /* replicates x quantities */
};

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

cst_status cst_bootstrap_new(uint64_t seed, uint32_t replicates, uint32_t quantities, cst_bootstrap **out,
                             cst_error *e)
{
    *out = NULL;
    if (replicates == 0 || quantities == 0)
        return cst_fail(e, CST_USAGE, "expected at least one replicate and one quantity, found %u and %u",
                        replicates, quantities);
    cst_bootstrap *b = cst_zeroed(1, sizeof *b);
    if (b) b->sum = cst_zeroed((size_t)replicates * quantities, sizeof *b->sum);
    if (!b || !b->sum) {
        cst_bootstrap_free(b);
        return cst_no_memory(e);
    }
    b->seed = seed;
    b->replicates = replicates;
    b->quantities = quantities;
    *out = b;
    return CST_OK;
}

void cst_bootstrap_add(cst_bootstrap *b, uint64_t key, const int64_t *value)
{
    uint64_t root = root_of(b->seed, key);
    cst_wide *sum = b->sum;
    for (uint32_t r = 0; r < b->replicates; r++, sum += b->quantities) {
        cst_wide w = draw(root, r);
        if (w == 0) continue;
        for (uint32_t k = 0; k < b->quantities; k++) sum[k] += w * value[k];
    }
}

cst_status cst_bootstrap_merge(cst_bootstrap *into, const cst_bootstrap *from, cst_error *e)
{
    if (into->seed != from->seed || into->replicates != from->replicates ||
        into->quantities != from->quantities)
        return cst_fail(e, CST_USAGE, "expected bootstraps of one seed and size to merge, found others");
    size_t n = (size_t)into->replicates * into->quantities;
    for (size_t i = 0; i < n; i++) into->sum[i] += from->sum[i];
    return CST_OK;
}

cst_wide cst_bootstrap_sum(const cst_bootstrap *b, uint32_t replicate, uint32_t quantity)
{
    return b->sum[(size_t)replicate * b->quantities + quantity];
}

cst_status cst_bootstrap_ratio(const cst_bootstrap *b, uint32_t numerator, uint32_t denominator, double level,
                               double *lower, double *upper, uint32_t *used, cst_error *e)
{
    if (!(level > 0 && level < 1))
        return cst_fail(e, CST_USAGE, "expected a confidence level between 0 and 1, found %g", level);
    if (numerator >= b->quantities || denominator >= b->quantities)
        return cst_fail(e, CST_USAGE, "expected quantities below %u, found %u and %u", b->quantities,
                        numerator, denominator);
    double *ratio = cst_zeroed(b->replicates, sizeof *ratio);
    if (!ratio) return cst_no_memory(e);
    uint32_t n = 0;
    for (uint32_t r = 0; r < b->replicates; r++) {
        cst_wide den = cst_bootstrap_sum(b, r, denominator);
        if (den != 0) ratio[n++] = (double)cst_bootstrap_sum(b, r, numerator) / (double)den;
    }
    cst_status status = cst_sort(ratio, n, e);
    if (status == CST_OK) {
        *lower = cst_quantile(ratio, n, (1 - level) / 2);
        *upper = cst_quantile(ratio, n, 1 - (1 - level) / 2);
        *used = n;
    }
    free(ratio);
    return status;
}

void cst_bootstrap_free(cst_bootstrap *b)
{
    if (!b) return;
    free(b->sum);
    free(b);
}
