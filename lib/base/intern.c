/* base/intern.c: an open hash table of 8-byte slots: 32 bits of the text's hash and its id + 1 (0:
 * empty). The top bits of those 32 choose the home slot and a taken one sends on to the next (linear
 * probing), so a look-up mostly touches one cache line of the table, and only a match in all 32 bits
 * goes on to the text. The table is kept at most half full; it doubles without touching a text, since
 * the slot holds all the hash there is.
 *
 * Many texts at once (cst_intern_ids) are done in groups: all hashed and their slots fetched, then the
 * texts those slots point to, then compared: the memory's latency is paid once per group, not once per
 * text. */
#include "base/intern.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum {
    GROUP = 32,       /* texts in flight: enough to hide a miss, few enough to stay in the first cache */
    FIRST_BITS = 10,  /* slots at the start: 8 KiB */
    CACHED = 1 << 13, /* below so many texts everything is in cache and fetching ahead only costs */
    LARGEST_COUNT = 1 << 30 /* ids; 2^31 slots */
};

struct cst_intern {
    uint64_t *slot;
    uint64_t seed;
    unsigned bits; /* 2^bits slots */
    uint32_t count;
    size_t room; /* of text[] */
    cst_text *text;
    cst_arena *arena;
};

static inline uint32_t hash_text(const cst_intern *s, cst_text t)
{
    return (uint32_t)(cst_hash(t.p, t.n, s->seed) >> 32);
}

static inline uint64_t find_home(const cst_intern *s, uint32_t hash)
{
    return hash >> (32 - s->bits);
}

cst_intern *cst_intern_new(void)
{
    cst_intern *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->bits = FIRST_BITS;
    s->seed = cst_hash_seed();
    s->slot = calloc((size_t)1 << s->bits, sizeof *s->slot);
    s->arena = cst_arena_new();
    if (s->slot && s->arena) return s;
    cst_intern_free(s);
    return NULL;
}

void cst_intern_free(cst_intern *s)
{
    if (!s) return;
    free(s->slot);
    free(s->text);
    cst_arena_free(s->arena);
    free(s);
}

/* Equal bytes, without a call: overlapping loads of eight, or of four. */
static inline bool match_bytes(const char *a, const char *b, uint32_t n)
{
    uint64_t x, y;
    uint32_t v, w;
    if (n >= 8) {
        uint32_t i = 0;
        for (; i + 8 < n; i += 8) {
            memcpy(&x, a + i, 8);
            memcpy(&y, b + i, 8);
            if (x != y) return false;
        }
        memcpy(&x, a + n - 8, 8);
        memcpy(&y, b + n - 8, 8);
        return x == y;
    }
    if (n >= 4) {
        memcpy(&v, a, 4);
        memcpy(&w, b, 4);
        if (v != w) return false;
        memcpy(&v, a + n - 4, 4);
        memcpy(&w, b + n - 4, 4);
        return v == w;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

static bool grow_slots(cst_intern *s)
{
    size_t old_n = (size_t)1 << s->bits;
    uint64_t *slot = calloc(old_n * 2, sizeof *slot);
    if (!slot) return false;
    s->bits++;
    uint64_t mask = ((uint64_t)1 << s->bits) - 1;
    for (size_t i = 0; i < old_n; i++) {
        uint64_t value = s->slot[i];
        if (!value) continue;
        uint64_t at = find_home(s, (uint32_t)(value >> 32));
        while (slot[at]) at = (at + 1) & mask;
        slot[at] = value;
    }
    free(s->slot);
    s->slot = slot;
    return true;
}

/* Adds a text that is known to be new. */
static uint32_t add_text(cst_intern *s, cst_text t, uint32_t hash)
{
    if (s->count >= LARGEST_COUNT) return CST_INTERN_NONE;
    if (!cst_grow(&s->text, &s->room, s->count + 1, sizeof *s->text)) return CST_INTERN_NONE;
    if (s->count >= (uint64_t)1 << (s->bits - 1) && !grow_slots(s)) return CST_INTERN_NONE;
    bool ok = true;
    cst_text kept = cst_arena_text(s->arena, t, &ok);
    if (!ok) return CST_INTERN_NONE;
    uint64_t mask = ((uint64_t)1 << s->bits) - 1;
    uint64_t at = find_home(s, hash);
    while (s->slot[at]) at = (at + 1) & mask;
    uint32_t id = s->count++;
    s->slot[at] = (uint64_t)hash << 32 | (id + 1);
    s->text[id] = kept;
    return id;
}

static inline uint32_t find_text(const cst_intern *s, cst_text t, uint32_t hash)
{
    uint64_t mask = ((uint64_t)1 << s->bits) - 1;
    for (uint64_t at = find_home(s, hash);; at = (at + 1) & mask) {
        uint64_t value = s->slot[at];
        if (!value) return CST_INTERN_NONE;
        if ((uint32_t)(value >> 32) != hash) continue;
        uint32_t id = (uint32_t)value - 1;
        if (s->text[id].n == t.n && match_bytes(s->text[id].p, t.p, t.n)) return id;
    }
}

uint32_t cst_intern_find(const cst_intern *s, cst_text t)
{
    return find_text(s, t, hash_text(s, t));
}

uint32_t cst_intern_id(cst_intern *s, cst_text t)
{
    uint32_t hash = hash_text(s, t);
    uint32_t id = find_text(s, t, hash);
    return id != CST_INTERN_NONE ? id : add_text(s, t, hash);
}

/* The entry whose hash is this one, past those that stand in its way; the first entry if there is none. */
static inline const cst_text *find_likely(const cst_intern *s, uint32_t hash)
{
    uint64_t mask = ((uint64_t)1 << s->bits) - 1;
    for (uint64_t at = find_home(s, hash);; at = (at + 1) & mask) {
        uint64_t value = s->slot[at];
        if (!value) return s->text;
        if ((uint32_t)(value >> 32) == hash) return &s->text[(uint32_t)value - 1];
    }
}

/* Brings the texts that will be compared nearer: first their entries, then their bytes. */
static void fetch_texts(const cst_intern *s, const uint32_t *hash, uint32_t n)
{
    const cst_text *likely[GROUP];
    for (uint32_t i = 0; i < n; i++) {
        likely[i] = find_likely(s, hash[i]);
        __builtin_prefetch(likely[i]);
    }
    for (uint32_t i = 0; i < n; i++) __builtin_prefetch(likely[i]->p);
}

bool cst_intern_ids(cst_intern *s, const cst_text *t, uint32_t *id, uint32_t n)
{
    uint32_t hash[GROUP];
    for (uint32_t from = 0; from < n; from += GROUP) {
        uint32_t group = n - from < GROUP ? n - from : GROUP;
        const cst_text *text = t + from;
        for (uint32_t i = 0; i < group; i++) {
            hash[i] = hash_text(s, text[i]);
            __builtin_prefetch(&s->slot[find_home(s, hash[i])]);
        }
        if (s->count >= CACHED) fetch_texts(s, hash, group);
        for (uint32_t i = 0; i < group; i++) {
            uint32_t found = find_text(s, text[i], hash[i]);
            if (found == CST_INTERN_NONE) found = add_text(s, text[i], hash[i]);
            if (found == CST_INTERN_NONE) return false;
            id[from + i] = found;
        }
    }
    return true;
}

cst_text cst_intern_text(const cst_intern *s, uint32_t id)
{
    return s->text[id];
}

uint32_t cst_intern_count(const cst_intern *s)
{
    return s->count;
}

uint32_t *cst_intern_sorted(const cst_intern *s)
{
    return cst_texts_sorted(s->text, s->count);
}

uint32_t *cst_intern_ranks(const cst_intern *s)
{
    uint32_t *sorted = cst_intern_sorted(s), *rank = calloc((size_t)s->count + 1, sizeof *rank);
    bool ok = sorted && rank;
    for (uint32_t i = 0; ok && i < s->count; i++) rank[sorted[i]] = i;
    free(sorted);
    if (ok) return rank;
    free(rank);
    return NULL;
}
