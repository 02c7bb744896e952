/* Open addressing with linear probing, at most three quarters full; an empty slot has hash 0. The table
 * asks for large pages where the system has them: a look into it is a miss of the cache, and need not be
 * one of the page tables too. */
#include "ingest/keyset.h"
#include "base/memory.h"
#include <stdlib.h>
#include <sys/mman.h>

struct ing_keyset {
    ing_seen *slot; /* NULL: keys are noted only */
    size_t mask, count, most;
    ing_seen *note;
    size_t notes, note_room;
    uint64_t passed; /* noted keys that were not kept */
    bool full;
};

enum { FIRST_SLOTS = 1 << 14 };

static ing_seen *map_slots(size_t n)
{
    void *p = mmap(NULL, n * sizeof(ing_seen), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (n * sizeof(ing_seen) >= (2 << 20)) (void)madvise(p, n * sizeof(ing_seen), MADV_HUGEPAGE);
    return p;
}

static void unmap_slots(ing_seen *p, size_t n)
{
    if (p) munmap(p, n * sizeof *p);
}

ing_keyset *ing_keyset_new(size_t most)
{
    ing_keyset *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->most = most ? most : SIZE_MAX;
    return s;
}

void ing_keyset_free(ing_keyset *s)
{
    if (!s) return;
    unmap_slots(s->slot, s->mask + 1);
    free(s->note);
    free(s);
}

void ing_keyset_prefetch(const ing_keyset *s, uint64_t hash)
{
    if (s->slot) __builtin_prefetch(&s->slot[hash & s->mask], 1);
}

static bool grow(ing_keyset *s)
{
    size_t mask = s->mask * 2 + 1;
    ing_seen *more = map_slots(mask + 1);
    if (!more) return false;
    for (size_t i = 0; i <= s->mask; i++) {
        if (!s->slot[i].hash) continue;
        size_t at = s->slot[i].hash & mask;
        while (more[at].hash) at = (at + 1) & mask;
        more[at] = s->slot[i];
    }
    unmap_slots(s->slot, s->mask + 1);
    s->slot = more;
    s->mask = mask;
    return true;
}

bool ing_keyset_note(ing_keyset *s, const ing_seen *key, size_t n)
{
    size_t left = s->most - s->notes;
    if (!cst_grow(&s->note, &s->note_room, s->notes + (n < left ? n : left), sizeof *s->note)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!key[i].hash) continue;
        if (s->notes < s->most)
            s->note[s->notes++] = key[i];
        else
            s->passed++;
    }
    return true;
}

/* A table of what was noted; noted keys are known to differ. */
static bool build_table(ing_keyset *s)
{
    size_t n = FIRST_SLOTS;
    while (s->notes * 4 > n * 2) n *= 2;
    if (!(s->slot = map_slots(n))) return false;
    s->mask = n - 1;
    for (size_t i = 0; i < s->notes; i++) {
        size_t at = s->note[i].hash & s->mask;
        while (s->slot[at].hash) at = (at + 1) & s->mask;
        s->slot[at] = s->note[i];
    }
    s->count = s->notes;
    s->full = s->passed > 0;
    free(s->note);
    s->note = NULL;
    return true;
}

int ing_keyset_add(ing_keyset *s, const ing_seen *key, ing_key_place *first)
{
    if (!s->slot && !build_table(s)) return -1;
    size_t at = key->hash & s->mask;
    for (; s->slot[at].hash; at = (at + 1) & s->mask) {
        if (s->slot[at].hash != key->hash || s->slot[at].mark >> 8 != key->mark >> 8) continue;
        uint32_t seen = s->slot[at].mark & 0xff;
        *first = (ing_key_place){seen == 0xff ? UINT32_MAX : seen, s->slot[at].line};
        return 0;
    }
    if (s->count >= s->most) {
        s->full = true;
        return 2;
    }
    s->slot[at] = *key;
    s->count++;
    return s->count * 4 > (s->mask + 1) * 3 && !grow(s) ? -1 : 1;
}

uint64_t ing_keyset_count(const ing_keyset *s)
{
    return s->slot ? s->count : s->notes + s->passed;
}

bool ing_keyset_full(const ing_keyset *s)
{
    return s->full;
}
