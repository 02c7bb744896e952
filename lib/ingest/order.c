/* order.c: see order.h. */
#include "ingest/order.h"
#include "base/text.h"

void ing_order_clear(ing_order *o)
{
    o->any = false;
    o->ascends[0] = o->ascends[1] = true;
}

void ing_order_free(ing_order *o)
{
    cst_buffer_free(&o->kept[0]);
    cst_buffer_free(&o->kept[1]);
}

/* Sets one of the two keys, with a copy of its bytes if they do not stay. */
static bool set_key(cst_text key[2], cst_buffer *kept, cst_text a, cst_text b, bool stays)
{
    if (!stays) {
        cst_buffer_clear(kept);
        if (!cst_buffer_reserve(kept, (size_t)a.n + b.n + 1)) return false;
        cst_buffer_add(kept, a.p, a.n);
        cst_buffer_add(kept, b.p, b.n);
        a.p = kept->p;
        b.p = kept->p + a.n;
    }
    key[0] = a;
    key[1] = b;
    return true;
}

/* Order of bytes; ids mostly differ late, and a run of them has one length. */
static inline int compare_ids(cst_text a, cst_text b)
{
    if (a.n == b.n && a.n >= 8) {
        uint64_t x, y;
        memcpy(&x, a.p, 8);
        memcpy(&y, b.p, 8);
        if (x != y) return __builtin_bswap64(x) < __builtin_bswap64(y) ? -1 : 1;
    }
    return cst_text_compare(a, b);
}

static inline void compare(bool ascends[ING_ORDERS], const cst_text before[2], cst_text a, cst_text b)
{
    int second = compare_ids(before[1], b);
    if (second >= 0) ascends[0] = false;
    if (!ascends[1]) return;
    int first = compare_ids(before[0], a);
    if (first > 0 || (first == 0 && second >= 0)) ascends[1] = false;
}

bool ing_order_add(ing_order *o, cst_text a, cst_text b, bool stays)
{
    if (!o->any) {
        o->any = true;
        if (!set_key(o->first, &o->kept[0], a, b, stays)) return false;
    } else if (ing_order_holds(o)) {
        compare(o->ascends, o->last, a, b);
    } else {
        return true;
    }
    return set_key(o->last, &o->kept[1], a, b, stays);
}

void ing_order_extend(ing_order *o, bool by_second, bool by_both, cst_text a, cst_text b)
{
    o->ascends[0] &= by_second;
    o->ascends[1] &= by_both;
    o->last[0] = a;
    o->last[1] = b;
}

bool ing_order_join(ing_order *all, const ing_order *next)
{
    if (!next->any || !ing_order_holds(all)) return true;
    if (all->any) compare(all->ascends, all->last, next->first[0], next->first[1]);
    all->any = true;
    all->ascends[0] &= next->ascends[0];
    all->ascends[1] &= next->ascends[1];
    if (!ing_order_holds(next)) return true; /* its last key is no longer known */
    return set_key(all->last, &all->kept[1], next->last[0], next->last[1], false);
}
