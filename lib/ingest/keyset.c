/* Open addressing with linear probing, at most three quarters full; an empty slot has hash 0. The table
 * asks for large pages where the system has them: a look into it is a miss of the cache, and need not be
 * one of the page tables too. */
#include "ingest/keyset.h"
#include "base/hash.h"
#include <stdlib.h>
#include <sys/mman.h>

struct slot {
    uint64_t hash;
    uint32_t mark; /* check in the upper 24 bits, file in the lower 8 */
    uint32_t line;
};

struct cst_keyset {
    struct slot *slot; /* NULL: keys are noted only */
    size_t mask, count, most;
    struct slot *note;
    size_t notes, note_room;
    uint64_t passed; /* noted keys that were not kept */
    bool full;
};

enum { FIRST_SLOTS = 1 << 14 };

cst_key cst_key_end(cst_key k)
{
    uint64_t h = cst_hash_mix(k.hash);
    return (cst_key){h ? h : 1, k.check & 0xffffff};
}

static struct slot *map_slots(size_t n)
{
    void *p = mmap(NULL, n * sizeof(struct slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (n * sizeof(struct slot) >= (2 << 20)) (void)madvise(p, n * sizeof(struct slot), MADV_HUGEPAGE);
    return p;
}

static void unmap_slots(struct slot *p, size_t n)
{
    if (p) munmap(p, n * sizeof *p);
}

cst_keyset *cst_keyset_new(size_t most)
{
    cst_keyset *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->most = most ? most : SIZE_MAX;
    return s;
}

void cst_keyset_free(cst_keyset *s)
{
    if (!s) return;
    unmap_slots(s->slot, s->mask + 1);
    free(s->note);
    free(s);
}

void cst_keyset_prefetch(const cst_keyset *s, cst_key k)
{
    if (s->slot) __builtin_prefetch(&s->slot[k.hash & s->mask], 1);
}

static bool grow(cst_keyset *s)
{
    size_t mask = s->mask * 2 + 1;
    struct slot *more = map_slots(mask + 1);
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

static struct slot make_slot(cst_key k, uint32_t file, uint64_t line)
{
    return (struct slot){k.hash, k.check << 8 | (file < 0xff ? file : 0xff),
                         line <= UINT32_MAX ? (uint32_t)line : 0};
}

bool cst_keyset_note(cst_keyset *s, cst_key k, uint32_t file, uint64_t line)
{
    if (s->notes == s->most) {
        s->passed++;
        return true;
    }
    if (s->notes == s->note_room) {
        size_t room = s->note_room ? s->note_room * 2 : FIRST_SLOTS;
        struct slot *more = realloc(s->note, room * sizeof *more);
        if (!more) return false;
        s->note = more;
        s->note_room = room;
    }
    s->note[s->notes++] = make_slot(k, file, line);
    return true;
}

/* A table of what was noted; noted keys are known to differ. */
static bool build_table(cst_keyset *s)
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

int cst_keyset_add(cst_keyset *s, cst_key k, uint32_t file, uint64_t line, cst_key_place *first)
{
    if (!s->slot && !build_table(s)) return -1;
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
    s->slot[at] = make_slot(k, file, line);
    s->count++;
    return s->count * 4 > (s->mask + 1) * 3 && !grow(s) ? -1 : 1;
}

uint64_t cst_keyset_count(const cst_keyset *s)
{
    return s->slot ? s->count : s->notes + s->passed;
}

bool cst_keyset_full(const cst_keyset *s)
{
    return s->full;
}
