/* base/map.h: a hash map from a 64-bit key (an id, or two 32-bit ids side by side) to a 32-bit value. */
#ifndef CST_BASE_MAP_H
#define CST_BASE_MAP_H
#include <cstools/base.h>

typedef struct cst_map cst_map;

cst_map *cst_map_new(void);
/* The value's place for `key`; *fresh tells whether it was made now (then it holds 0). The pointer is
 * good until the next call with a fresh key. */
uint32_t *cst_map_at(cst_map *m, uint64_t key, bool *fresh);
const uint32_t *cst_map_find(const cst_map *m, uint64_t key); /* NULL: not there */
void cst_map_free(cst_map *m);

static inline uint64_t cst_map_pair(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}
#endif
