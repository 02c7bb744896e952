/* memory.c: growing by doubling, so that n items cost O(n) copies in all. */
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

cst_status cst_no_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory");
}

size_t cst_room_for(size_t room, size_t n)
{
    size_t more = room < 8 ? 16 : 2 * room;
    while (more < n) more = more > SIZE_MAX / 2 ? n : 2 * more;
    return more;
}

bool cst_resize(void *array, size_t n, size_t size)
{
    void *items;
    memcpy(&items, array, sizeof items);
    if (size && n > PTRDIFF_MAX / size) return false;
    items = realloc(items, n && size ? n * size : 1);
    if (!items) return false;
    memcpy(array, &items, sizeof items);
    return true;
}

bool cst_grow_more(void *array, size_t *room, size_t n, size_t size, bool zeroed)
{
    size_t more = cst_room_for(*room, n);
    if (!cst_resize(array, more, size)) return false;
    if (zeroed) {
        char *items;
        memcpy(&items, array, sizeof items);
        memset(items + *room * size, 0, (more - *room) * size);
    }
    *room = more;
    return true;
}
