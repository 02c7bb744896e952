/* store.c: see store.h. Spans double, so that what they leave behind in the arena is at most as much
 * again. */
#include "cohort/store.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

cst_status cohort_store_init(cohort_store *s, enum cohort_slot kind, cst_error *e)
{
    *s = (cohort_store){.kind = kind, .arena = cst_arena_new()};
    return s->arena ? CST_OK : cst_no_memory(e);
}

void cohort_store_free(cohort_store *s)
{
    cst_arena_free(s->arena);
}

cst_status cohort_sum_add(cohort_sum *s, cst_money value, uint64_t count, cst_error *e)
{
    s->count += count;
    if (!__builtin_add_overflow(s->sum, value, &s->sum)) return CST_OK;
    return cst_fail(e, CST_LIMIT, "expected values of an account that add up within 64 bits, found more");
}

void *cohort_store_grow(cohort_store *s, cohort_span *p, cst_period tick)
{
    size_t size = cohort_slot_size(s->kind);
    uint32_t room = p->room ? 2 * p->room : FIRST_ROOM;
    bool before = p->room > 0 && tick < p->low;
    uint32_t need = !p->room ? 1
                    : before ? (uint32_t)(p->low - tick) + p->room
                             : (uint32_t)(tick - p->low) + 1;
    while (room < need) room *= 2;
    cst_period low = !p->room ? tick : before ? p->low + (cst_period)p->room - (cst_period)room : p->low;
    char *slot = cst_arena_alloc(s->arena, room * size);
    if (!slot) return NULL;
    if (p->room) memcpy(slot + (size_t)(p->low - low) * size, p->slot, p->room * size);
    p->slot = slot;
    p->low = low;
    p->room = room;
    return slot + (size_t)(tick - low) * size;
}

/* Bits that no longer do become bytes, twice as many at once, so that a room of bytes is never
 * COHORT_BITS. */
static bool spell_out(cohort_store *s, cohort_span *p)
{
    unsigned char *slot = cst_arena_alloc(s->arena, 2 * COHORT_BITS);
    if (!slot) return false;
    for (uint32_t i = 0; i < COHORT_BITS; i++) slot[i] = p->bits >> i & 1;
    p->slot = slot;
    p->room = 2 * COHORT_BITS;
    return true;
}

bool cohort_store_widen(cohort_store *s, cohort_span *p, cst_period tick)
{
    if (p->room == 0) { /* the first tick seen may be any: a third of the room is left before it */
        p->bits = UINT64_C(1) << 20;
        p->low = tick - 20;
        p->room = COHORT_BITS;
        return true;
    }
    if (p->room == COHORT_BITS) {
        int first = __builtin_ctzll(p->bits), last = 63 - __builtin_clzll(p->bits);
        cst_period low = p->low + first, high = p->low + last;
        if (tick < low) low = tick;
        if (tick > high) high = tick;
        if (high - low < COHORT_BITS) {
            cst_period shift = low - p->low;
            p->bits = shift >= 0 ? p->bits >> shift : p->bits << -shift;
            p->low = low;
            p->bits |= UINT64_C(1) << (tick - low);
            return true;
        }
        if (!spell_out(s, p)) return false;
    }
    unsigned char *slot = (uint32_t)tick - (uint32_t)p->low < p->room
                              ? (unsigned char *)p->slot + (tick - p->low)
                              : cohort_store_grow(s, p, tick);
    if (slot) *slot = 1;
    return slot != NULL;
}

static cst_status merge_seen(cohort_store *s, cohort_span *into, const cohort_span *from, cst_error *e)
{
    for (uint32_t i = 0; i < from->room; i++) {
        bool seen = from->room == COHORT_BITS ? from->bits >> i & 1 : ((const unsigned char *)from->slot)[i];
        if (seen && !cohort_store_see(s, into, from->low + (cst_period)i)) return cst_no_memory(e);
    }
    return CST_OK;
}

cst_status cohort_store_merge(cohort_store *s, cohort_span *into, const cohort_span *from, cst_error *e)
{
    bool counts = s->kind == COHORT_SLOT_COUNT;
    cst_status status = CST_OK;
    if (s->kind == COHORT_SLOT_SEEN) return merge_seen(s, into, from, e);
    for (uint32_t i = 0; i < from->room && status == CST_OK; i++) {
        const uint64_t *count = (const uint64_t *)from->slot + i;
        const cohort_sum *sum = (const cohort_sum *)from->slot + i;
        if (counts ? !*count : !sum->count) continue;
        void *to = cohort_store_at(s, into, from->low + (cst_period)i);
        if (!to) return cst_no_memory(e);
        if (counts)
            *(uint64_t *)to += *count;
        else
            status = cohort_sum_add(to, sum->sum, sum->count, e);
    }
    return status;
}
