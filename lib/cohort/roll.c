/* roll.c: an open hash table with linear probing over entries of 64 bytes. Marks are done in groups: all
 * hashed and their slots fetched, then the entries those slots point to, and only then compared and
 * updated, so that the memory's latency is paid once per group. */
#include "cohort/roll.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { GROUP = 64, FIRST_BITS = 10, LINE = 64, MOST_BITS = 31 };

_Static_assert(sizeof(cst_cohort_entry) == LINE, "an entry is a cache line");

cst_status cst_cohort_roll_init(cst_cohort_roll *r, enum cst_cohort_slot kind, cst_error *e)
{
    *r = (cst_cohort_roll){.bits = FIRST_BITS};
    r->slot = calloc((size_t)1 << r->bits, sizeof *r->slot);
    cst_status status = cst_cohort_store_init(&r->store, kind, e);
    return status == CST_OK && !r->slot ? cst_fail(e, CST_MEMORY, "out of memory") : status;
}

void cst_cohort_roll_free(cst_cohort_roll *r)
{
    cst_cohort_store_free(&r->store);
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

static uint32_t hash_key(const char *p, uint32_t n)
{
    return (uint32_t)(cst_hash(p, n, 0) >> 32);
}

static inline size_t find_home(const cst_cohort_roll *r, uint32_t hash)
{
    return hash >> (32 - r->bits);
}

/* Slots hold the hash, so that no entry is touched. */
static bool double_slots(cst_cohort_roll *r)
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

static bool grow_entries(cst_cohort_roll *r)
{
    size_t room = r->room ? 2 * (size_t)r->room : 1024;
    cst_cohort_entry *more = room > UINT32_MAX ? NULL : take_memory(room * sizeof *more);
    if (!more) return false;
    if (r->n > 0) memcpy(more, r->entry, r->n * sizeof *more);
    free(r->entry);
    r->entry = more;
    r->room = (uint32_t)room;
    return true;
}

static cst_cohort_entry *add_entry(cst_cohort_roll *r, cst_text key, uint32_t account, uint32_t hash,
                                   size_t at)
{
    if (r->n == r->room && !grow_entries(r)) return NULL;
    cst_cohort_entry *e = &r->entry[r->n];
    *e = (cst_cohort_entry){.n = key.n, .account = account};
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

/* Equal bytes; keys of 8 to 16 bytes, nearly all there are, by two loads that overlap. */
static inline bool match_bytes(const char *a, const char *b, uint32_t n)
{
    uint64_t x[2], y[2];
    if (n < 8 || n > 16) return memcmp(a, b, n) == 0;
    memcpy(&x[0], a, 8);
    memcpy(&y[0], b, 8);
    memcpy(&x[1], a + n - 8, 8);
    memcpy(&y[1], b + n - 8, 8);
    return x[0] == y[0] && x[1] == y[1];
}

static inline bool match(const cst_cohort_entry *e, const char *p, uint32_t n, uint32_t account)
{
    return e->n == n && e->account == account && match_bytes(n > COHORT_NEAR ? e->far : e->near, p, n);
}

static cst_cohort_entry *find_entry(cst_cohort_roll *r, cst_text key, uint32_t account, uint32_t hash)
{
    size_t mask = ((size_t)1 << r->bits) - 1, at = find_home(r, hash);
    for (; r->slot[at]; at = (at + 1) & mask) {
        cst_cohort_entry *e = &r->entry[(uint32_t)r->slot[at] - 1];
        if ((uint32_t)(r->slot[at] >> 32) == hash && match(e, key.p, key.n, account)) return e;
    }
    if (2 * ((size_t)r->n + 1) <= mask + 1) return add_entry(r, key, account, hash, at);
    return double_slots(r) ? find_entry(r, key, account, hash) : NULL;
}

cst_cohort_entry *cst_cohort_roll_at(cst_cohort_roll *r, cst_text key, uint32_t account)
{
    return find_entry(r, key, account, hash_key(key.p, key.n));
}

static cst_status update(cst_cohort_roll *r, cst_cohort_span *span, const cst_cohort_mark *m, cst_error *e)
{
    if (r->store.kind == COHORT_SLOT_SEEN)
        return cst_cohort_store_see(&r->store, span, m->tick) ? CST_OK
                                                              : cst_fail(e, CST_MEMORY, "out of memory");
    void *slot = cst_cohort_store_at(&r->store, span, m->tick);
    if (!slot) return cst_fail(e, CST_MEMORY, "out of memory");
    if (r->store.kind == COHORT_SLOT_COUNT) {
        ++*(uint64_t *)slot;
        return CST_OK;
    }
    return cst_cohort_sum_add(slot, m->value, 1, e);
}

static cst_status add_group(cst_cohort_roll *r, cst_cohort_mark *mark, uint32_t n, cst_error *e)
{
    for (uint32_t i = 0; i < n; i++) {
        mark[i].hash = hash_key(mark[i].p, mark[i].n);
        __builtin_prefetch(&r->slot[find_home(r, mark[i].hash)]);
    }
    size_t mask = ((size_t)1 << r->bits) - 1;
    for (uint32_t i = 0; i < n; i++) {
        size_t at = find_home(r, mark[i].hash);
        while (r->slot[at] && (uint32_t)(r->slot[at] >> 32) != mark[i].hash) at = (at + 1) & mask;
        mark[i].likely = (uint32_t)r->slot[at];
        if (mark[i].likely) __builtin_prefetch(&r->entry[mark[i].likely - 1], 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        const cst_cohort_mark *m = &mark[i];
        cst_cohort_entry *entry = m->likely ? &r->entry[m->likely - 1] : NULL;
        if (!entry || !match(entry, m->p, m->n, m->account))
            entry = find_entry(r, (cst_text){m->p, m->n}, m->account, m->hash);
        if (!entry) return cst_fail(e, CST_MEMORY, "out of memory");
        cst_status status = update(r, &entry->span, m, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

cst_status cst_cohort_roll_add(cst_cohort_roll *r, cst_cohort_mark *mark, uint32_t n, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t from = 0; from < n && status == CST_OK; from += GROUP)
        status = add_group(r, mark + from, n - from < GROUP ? n - from : GROUP, e);
    return status;
}
