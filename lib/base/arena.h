/* base/arena.h: many small allocations that die together. Nothing is freed singly. */
#ifndef CST_BASE_ARENA_H
#define CST_BASE_ARENA_H
#include <cstools/base.h>

typedef struct cst_arena cst_arena;

cst_arena *cst_arena_new(void);
void *cst_arena_alloc(cst_arena *a, size_t n); /* zeroed, aligned to 16 */
cst_text cst_arena_text(cst_arena *a, cst_text t,
                        bool *ok); /* a copy, NUL-ended behind; clears *ok when out of memory */
char *cst_arena_string(cst_arena *a, const char *p, size_t n); /* NUL-ended copy */
size_t cst_arena_bytes(const cst_arena *a);                    /* allocated from the system */
void cst_arena_clear(cst_arena *a); /* gives all back but keeps the memory for the next round */
void cst_arena_free(cst_arena *a);
#endif
