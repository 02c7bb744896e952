/* base/arena.c: a bump allocator. Memory comes in chunks that double up to 1 MiB, so that few large
 * blocks serve many small requests; a request larger than a chunk gets one of its own. Clearing
 * rewinds to the first chunk and keeps the rest in line for the next round, where they are zeroed as
 * they are handed out again. */
#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20, ALIGN = 16 };

struct chunk {
    struct chunk *next;
    size_t room; /* bytes behind this header */
    size_t used;
    size_t dirty; /* bytes that an earlier round may have written to; behind them all is zero */
};

struct cst_arena {
    struct chunk *first, *now;
    size_t bytes;
};

_Static_assert(sizeof(struct chunk) % ALIGN == 0, "what follows a chunk's header must be aligned");

cst_arena *cst_arena_new(void)
{
    return calloc(1, sizeof(cst_arena));
}

/* A new chunk behind the one in use, large enough for n bytes. */
static struct chunk *add_chunk(cst_arena *a, size_t n)
{
    size_t room = a->now ? a->now->room * 2 : FIRST_CHUNK;
    if (room > LARGEST_CHUNK) room = LARGEST_CHUNK;
    if (room < n) room = n;
    struct chunk *c = calloc(1, sizeof *c + room);
    if (!c) return NULL;
    c->room = room;
    if (a->now) {
        c->next = a->now->next;
        a->now->next = c;
    } else {
        c->next = a->first;
        a->first = c;
    }
    a->now = c;
    a->bytes += sizeof *c + room;
    return c;
}

void *cst_arena_alloc(cst_arena *a, size_t n)
{
    if (n > SIZE_MAX / 2) return NULL;
    n = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
    struct chunk *c = a->now;
    while (c && c->room - c->used < n && c->next) c = a->now = c->next;
    if (!c || c->room - c->used < n) c = add_chunk(a, n);
    if (!c) return NULL;
    char *p = (char *)(c + 1) + c->used;
    if (c->used < c->dirty) memset(p, 0, c->dirty - c->used < n ? c->dirty - c->used : n);
    c->used += n;
    return p;
}

char *cst_arena_string(cst_arena *a, const char *p, size_t n)
{
    char *copy = n < SIZE_MAX / 2 ? cst_arena_alloc(a, n + 1) : NULL;
    if (copy && n) memcpy(copy, p, n);
    return copy;
}

cst_text cst_arena_text(cst_arena *a, cst_text t, bool *ok)
{
    const char *copy = cst_arena_string(a, t.p, t.n);
    if (copy) return (cst_text){copy, t.n};
    *ok = false;
    return (cst_text){"", 0};
}

size_t cst_arena_bytes(const cst_arena *a)
{
    return a->bytes;
}

void cst_arena_clear(cst_arena *a)
{
    for (struct chunk *c = a->first; c; c = c->next) {
        if (c->used > c->dirty) c->dirty = c->used;
        c->used = 0;
    }
    a->now = a->first;
}

void cst_arena_free(cst_arena *a)
{
    if (!a) return;
    for (struct chunk *c = a->first, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}
