/* base/memory.h: arrays that grow, and the one word on memory that ran out. */
#ifndef CST_BASE_MEMORY_H
#define CST_BASE_MEMORY_H
#include <cstools/base.h>

/* CST_MEMORY, "out of memory". */
cst_status cst_no_memory(cst_error *e);

/* The room an array of `room` items takes when it must hold n: doubled until it fits, at least 16. */
size_t cst_room_for(size_t room, size_t n);

/* `array` is the address of a pointer to items of `size` bytes each, which gets room for exactly n of them;
 * new ones are not set. false: out of memory, and the array is as it was. */
bool cst_resize(void *array, size_t n, size_t size);

/* cst_grow beyond the room there is; zeroed: what is new is zero. */
bool cst_grow_more(void *array, size_t *room, size_t n, size_t size, bool zeroed);

/* Makes room for n items, where there is room for *room. New items are not set.
 *
 *     if (!cst_grow(&s->row, &s->room, s->rows + 1, sizeof *s->row)) return cst_no_memory(e);
 *     s->row[s->rows++] = row;
 *
 * Arrays that share a room take cst_room_for and one cst_resize each. */
static inline bool cst_grow(void *array, size_t *room, size_t n, size_t size)
{
    return n <= *room || cst_grow_more(array, room, n, size, false);
}

/* The same; new items are zero. */
static inline bool cst_grow_zeroed(void *array, size_t *room, size_t n, size_t size)
{
    return n <= *room || cst_grow_more(array, room, n, size, true);
}
#endif
