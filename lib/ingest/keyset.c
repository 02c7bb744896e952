/* Open addressing with linear probing, at most three quarters full; an empty slot has hash 0. */
#include "ingest/keyset.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>

struct slot {
    uint64_t hash;
    uint32_t mark; /* check in the upper 24 bits, file in the lower 8 */
    uint32_t line;
};

struct cst_keyset {
    struct slot *slot;
    size_t mask, count, most;
    bool full;
};

enum { FIRST_SLOTS = 1 << 12 };

cst_key cst_key_begin(void)
{
    return (cst_key){UINT64_C(0x9ae16a3b2f90404f), 0};
}

static uint64_t load(const char *p, uint32_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

/* A multiply-and-fold hash, eight bytes a step; the 128-bit product is folded into both words. */
static void mix(cst_key *k, uint64_t v)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(k->hash ^ v) * UINT64_C(0x9fb21c651e98df25);
    k->hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    k->check = (k->check ^ (uint32_t)(v >> 32) ^ (uint32_t)v) * UINT32_C(0x85ebca6b);
    k->check ^= k->check >> 13;
}

void cst_key_add(cst_key *k, cst_text t)
{
    const char *p = t.p;
    uint32_t n = t.n;
    for (; n > 8; n -= 8, p += 8) mix(k, load(p, 8));
    mix(k, (n ? load(p, n) : 0) ^ (uint64_t)t.n << 56);
}

cst_key cst_key_end(cst_key k)
{
    uint64_t h = cst_hash_mix(k.hash);
    return (cst_key){h ? h : 1, k.check & 0xffffff};
}

cst_keyset *cst_keyset_new(size_t most)
{
    cst_keyset *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->most = most ? most : SIZE_MAX;
    s->mask = FIRST_SLOTS - 1;
    s->slot = calloc(FIRST_SLOTS, sizeof *s->slot);
    if (s->slot) return s;
    free(s);
    return NULL;
}

void cst_keyset_free(cst_keyset *s)
{
    if (!s) return;
    free(s->slot);
    free(s);
}

void cst_keyset_prefetch(const cst_keyset *s, cst_key k)
{
    __builtin_prefetch(&s->slot[k.hash & s->mask], 1);
}

static bool grow(cst_keyset *s)
{
    size_t mask = s->mask * 2 + 1;
    struct slot *more = calloc(mask + 1, sizeof *more);
    if (!more) return false;
    for (size_t i = 0; i <= s->mask; i++) {
        if (!s->slot[i].hash) continue;
        size_t at = s->slot[i].hash & mask;
        while (more[at].hash) at = (at + 1) & mask;
        more[at] = s->slot[i];
    }
    free(s->slot);
    s->slot = more;
    s->mask = mask;
    return true;
}

int cst_keyset_add(cst_keyset *s, cst_key k, uint32_t file, uint64_t line, cst_key_place *first)
{
    size_t at = k.hash & s->mask;
    for (; s->slot[at].hash; at = (at + 1) & s->mask) {
        if (s->slot[at].hash != k.hash || s->slot[at].mark >> 8 != k.check) continue;
        uint32_t seen = s->slot[at].mark & 0xff;
        *first = (cst_key_place){seen == 0xff ? UINT32_MAX : seen, s->slot[at].line};
        return 0;
    }
    if (s->count >= s->most) {
        s->full = true;
        return 2;
    }
    s->slot[at] = (struct slot){k.hash, k.check << 8 | (file < 0xff ? file : 0xff),
                                line <= UINT32_MAX ? (uint32_t)line : 0};
    s->count++;
    return s->count * 4 > (s->mask + 1) * 3 && !grow(s) ? -1 : 1;
}

size_t cst_keyset_count(const cst_keyset *s)
{
    return s->count;
}

bool cst_keyset_full(const cst_keyset *s)
{
    return s->full;
}
