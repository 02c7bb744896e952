/* account_set.c: an open hash table with linear probing over entries of 64 bytes. Marks go in bundles and in
 * steps: a bundle is hashed and its slots are sent for; while they come the bundle before it, whose entries
 * are there by now, is compared and updated; then the slots tell which entries to send for, and those come
 * while the caller reads more rows. So memory's latency is hardly ever waited for. */
#include "cohort/account_set.h"
#include "base/hash.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

__extension__ typedef unsigned __int128 wide;

enum { FIRST_BITS = 10, LINE = 64, MOST_BITS = 31 };

_Static_assert(sizeof(cohort_entry) == LINE, "an entry is a cache line");

cst_status cohort_account_set_init(cohort_account_set *r, enum cohort_slot kind, cst_error *e)
{
    *r = (cohort_account_set){.bits = FIRST_BITS, .seed = cst_hash_seed()};
    r->slot = calloc((size_t)1 << r->bits, sizeof *r->slot);
    cst_status status = cohort_store_init(&r->store, kind, e);
    return status == CST_OK && !r->slot ? cst_no_memory(e) : status;
}

void cohort_account_set_free(cohort_account_set *r)
{
    cohort_store_free(&r->store);
    free(r->slot);
    free(r->entry);
}

/* What is large lies on pages of 2 MiB where the system has them, since look-ups go all over it. */
static void *take_memory(size_t bytes)
{
    enum { HUGE_PAGE = 2 << 20 };
    size_t align = bytes >= HUGE_PAGE ? HUGE_PAGE : LINE;
    void *p = aligned_alloc(align, (bytes + align - 1) & ~(align - 1));
    if (!p) return NULL;
    if (align == HUGE_PAGE) madvise(p, bytes, MADV_HUGEPAGE);
    return p;
}

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Keys of 8 to 16 bytes, nearly all there are, take one multiplication over the two loads they are also
 * compared by. */
static inline bool is_usual(uint32_t n)
{
    return n >= 8 && n <= 16;
}

static inline uint32_t hash_key(uint64_t seed, const char *p, uint32_t n)
{
    if (!is_usual(n)) return (uint32_t)(cst_hash(p, n, seed) >> 32);
    uint64_t a = load8(p) ^ UINT64_C(0x6a09e667f3bcc909) ^ seed, b = load8(p + n - 8) ^ n;
    wide product = (wide)a * (b ^ UINT64_C(0xbb67ae8584caa73b) ^ seed << 32);
    return (uint32_t)(((uint64_t)(product >> 64) ^ (uint64_t)product) >> 32);
}

static inline size_t find_home(const cohort_account_set *r, uint32_t hash)
{
    return hash >> (32 - r->bits);
}

/* Slots hold the hash, so that no entry is touched. */
static bool double_slots(cohort_account_set *r)
{
    if (r->bits == MOST_BITS) return false;
    size_t old = (size_t)1 << r->bits, mask = 2 * old - 1;
    uint64_t *slot = take_memory(2 * old * sizeof *slot);
    if (!slot) return false;
    memset(slot, 0, 2 * old * sizeof *slot);
    r->bits++;
    for (size_t i = 0; i < old; i++) {
        if (!r->slot[i]) continue;
        size_t at = find_home(r, (uint32_t)(r->slot[i] >> 32));
        while (slot[at]) at = (at + 1) & mask;
        slot[at] = r->slot[i];
    }
    free(r->slot);
    r->slot = slot;
    return true;
}

static bool grow_entries(cohort_account_set *r)
{
    size_t room = r->room ? 2 * (size_t)r->room : 1024;
    cohort_entry *more = room > UINT32_MAX ? NULL : take_memory(room * sizeof *more);
    if (!more) return false;
    if (r->n > 0) memcpy(more, r->entry, r->n * sizeof *more);
    free(r->entry);
    r->entry = more;
    r->room = (uint32_t)room;
    return true;
}

static cohort_entry *add_entry(cohort_account_set *r, cst_text key, uint32_t account, uint32_t hash,
                               size_t at)
{
    if (r->n == r->room && !grow_entries(r)) return NULL;
    cohort_entry *e = &r->entry[r->n];
    *e = (cohort_entry){.n = key.n, .account = account};
    if (key.n > COHORT_NEAR) {
        e->far = cst_arena_string(r->store.arena, key.p, key.n);
        if (!e->far) return NULL;
    } else {
        memcpy(e->near, key.p, key.n);
    }
    r->n++;
    r->slot[at] = (uint64_t)hash << 32 | r->n;
    return e;
}

static inline bool match_bytes(const char *a, const char *b, uint32_t n)
{
    if (!is_usual(n)) return memcmp(a, b, n) == 0;
    return load8(a) == load8(b) && load8(a + n - 8) == load8(b + n - 8);
}

static inline bool match(const cohort_entry *e, const char *p, uint32_t n, uint32_t account)
{
    return e->n == n && e->account == account && match_bytes(n > COHORT_NEAR ? e->far : e->near, p, n);
}

static cohort_entry *find_entry(cohort_account_set *r, cst_text key, uint32_t account, uint32_t hash)
{
    size_t mask = ((size_t)1 << r->bits) - 1, at = find_home(r, hash);
    for (; r->slot[at]; at = (at + 1) & mask) {
        cohort_entry *e = &r->entry[(uint32_t)r->slot[at] - 1];
        if ((uint32_t)(r->slot[at] >> 32) == hash && match(e, key.p, key.n, account)) return e;
    }
    if (2 * ((size_t)r->n + 1) <= mask + 1) return add_entry(r, key, account, hash, at);
    return double_slots(r) ? find_entry(r, key, account, hash) : NULL;
}

cohort_entry *cohort_account_set_at(cohort_account_set *r, cst_text key, uint32_t account)
{
    return find_entry(r, key, account, hash_key(r->seed, key.p, key.n));
}

static cst_status update(cohort_account_set *r, cohort_span *span, const cohort_mark *m, cst_error *e)
{
    if (r->store.kind == COHORT_SLOT_SEEN)
        return cohort_store_see(&r->store, span, m->tick) ? CST_OK : cst_no_memory(e);
    void *slot = cohort_store_at(&r->store, span, m->tick);
    if (!slot) return cst_no_memory(e);
    if (r->store.kind == COHORT_SLOT_COUNT) {
        ++*(uint64_t *)slot;
        return CST_OK;
    }
    return cohort_sum_add(slot, m->value, 1, e);
}

static void send_for_slots(const cohort_account_set *r, cohort_bundle *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        s->mark[i].hash = hash_key(r->seed, s->mark[i].p, s->mark[i].n);
        __builtin_prefetch(&r->slot[find_home(r, s->mark[i].hash)]);
    }
}

static void send_for_entries(const cohort_account_set *r, cohort_bundle *s)
{
    size_t mask = ((size_t)1 << r->bits) - 1;
    for (uint32_t i = 0; i < s->n; i++) {
        cohort_mark *m = &s->mark[i];
        size_t at = find_home(r, m->hash);
        while (r->slot[at] && (uint32_t)(r->slot[at] >> 32) != m->hash) at = (at + 1) & mask;
        m->likely = (uint32_t)r->slot[at];
        if (m->likely) __builtin_prefetch(&r->entry[m->likely - 1], 1);
    }
}

static cst_status add_bundle(cohort_account_set *r, const cohort_bundle *s, cst_error *e)
{
    for (uint32_t i = 0; i < s->n; i++) {
        const cohort_mark *m = &s->mark[i];
        cohort_entry *entry = m->likely ? &r->entry[m->likely - 1] : NULL;
        if (!entry || !match(entry, m->p, m->n, m->account))
            entry = find_entry(r, (cst_text){m->p, m->n}, m->account, m->hash);
        if (!entry) return cst_no_memory(e);
        cst_status status = update(r, &entry->span, m, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

cst_status cohort_account_set_turn(cohort_account_set *r, cohort_bundle *next, cohort_bundle *before,
                                   cst_error *e)
{
    send_for_slots(r, next);
    cst_status status = add_bundle(r, before, e);
    send_for_entries(r, next);
    before->n = 0;
    return status;
}
