/* base/map.c: open addressing with linear probing over 16-byte slots, at most half full; the home slot
 * is the top bits of the mixed key, so that neighbouring ids scatter. Nothing is ever removed singly,
 * so there are no tombstones. */
#include "base/map.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_BITS = 6, LARGEST_BITS = 40 };

struct slot {
    uint64_t key;
    uint32_t value;
    uint32_t taken;
};

struct cst_map {
    struct slot *slot;
    unsigned bits; /* 2^bits slots */
    size_t count;
    uint64_t seed;
};

cst_map *cst_map_new(void)
{
    cst_map *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->bits = FIRST_BITS;
    m->seed = cst_hash_seed();
    m->slot = calloc((size_t)1 << m->bits, sizeof *m->slot);
    if (m->slot) return m;
    free(m);
    return NULL;
}

void cst_map_free(cst_map *m)
{
    if (!m) return;
    free(m->slot);
    free(m);
}

/* The slot that holds `key`, or the empty one where it would go. */
static struct slot *find_slot(struct slot *slot, unsigned bits, uint64_t seed, uint64_t key)
{
    size_t mask = ((size_t)1 << bits) - 1;
    size_t at = cst_hash_mix(key ^ seed) >> (64 - bits);
    while (slot[at].taken && slot[at].key != key) at = (at + 1) & mask;
    return &slot[at];
}

static bool grow_slots(cst_map *m)
{
    if (m->bits >= LARGEST_BITS) return false;
    size_t old_n = (size_t)1 << m->bits;
    struct slot *slot = calloc(old_n * 2, sizeof *slot);
    if (!slot) return false;
    for (size_t i = 0; i < old_n; i++) {
        if (m->slot[i].taken) *find_slot(slot, m->bits + 1, m->seed, m->slot[i].key) = m->slot[i];
    }
    free(m->slot);
    m->slot = slot;
    m->bits++;
    return true;
}

uint32_t *cst_map_at(cst_map *m, uint64_t key, bool *fresh)
{
    struct slot *s = find_slot(m->slot, m->bits, m->seed, key);
    *fresh = !s->taken;
    if (s->taken) return &s->value;
    if (m->count >= (size_t)1 << (m->bits - 1)) {
        if (!grow_slots(m)) return NULL;
        s = find_slot(m->slot, m->bits, m->seed, key);
    }
    *s = (struct slot){key, 0, 1};
    m->count++;
    return &s->value;
}

const uint32_t *cst_map_find(const cst_map *m, uint64_t key)
{
    const struct slot *s = find_slot(m->slot, m->bits, m->seed, key);
    return s->taken ? &s->value : NULL;
}
