/* order.c: see order.h. */
#include "ingest/order.h"
#include "base/text.h"

void cst_order_clear(cst_order *o)
{
    o->any = false;
    o->ascends[0] = o->ascends[1] = true;
}

void cst_order_free(cst_order *o)
{
    cst_buffer_free(&o->first);
    cst_buffer_free(&o->last);
}

static bool put_key(cst_buffer *to, cst_text a, cst_text b)
{
    if (!cst_buffer_reserve(to, (size_t)a.n + b.n)) return false;
    if (a.n) memcpy(to->p, a.p, a.n);
    if (b.n) memcpy(to->p + a.n, b.p, b.n);
    to->n = (size_t)a.n + b.n;
    return true;
}

static cst_text first_part(const cst_buffer *b, uint32_t n)
{
    return (cst_text){b->p, n};
}

static cst_text second_part(const cst_buffer *b, uint32_t n)
{
    return (cst_text){b->p + n, (uint32_t)(b->n - n)};
}

static void compare(bool ascends[CST_ORDERS], cst_text a1, cst_text b1, cst_text a2, cst_text b2)
{
    int b = cst_text_compare(b1, b2);
    if (b >= 0) ascends[0] = false;
    if (!ascends[1]) return;
    int a = cst_text_compare(a1, a2);
    if (a > 0 || (a == 0 && b >= 0)) ascends[1] = false;
}

bool cst_order_add(cst_order *o, cst_text a, cst_text b)
{
    if (!o->any) {
        o->any = true;
        o->first.n = 0;
        o->first_n = a.n;
        if (!put_key(&o->first, a, b)) return false;
    } else if (cst_order_holds(o)) {
        compare(o->ascends, first_part(&o->last, o->last_n), second_part(&o->last, o->last_n), a, b);
    } else {
        return true;
    }
    o->last.n = 0;
    o->last_n = a.n;
    return put_key(&o->last, a, b);
}

bool cst_order_join(cst_order *all, const cst_order *next)
{
    if (!next->any || !cst_order_holds(all)) return true;
    if (all->any)
        compare(all->ascends, first_part(&all->last, all->last_n), second_part(&all->last, all->last_n),
                first_part(&next->first, next->first_n), second_part(&next->first, next->first_n));
    all->any = true;
    all->ascends[0] &= next->ascends[0];
    all->ascends[1] &= next->ascends[1];
    if (!cst_order_holds(next)) return true; /* next->last is no longer kept */
    all->last.n = 0;
    all->last_n = next->last_n;
    return put_key(&all->last, first_part(&next->last, next->last_n), second_part(&next->last, next->last_n));
}
