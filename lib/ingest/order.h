/* ingest/order.h: exports mostly come sorted by an id. While keys strictly ascend no key can stand twice,
 * and nothing need be looked up: their hashes are only put by, in a row, and become a table if the order
 * should ever break. Two orders are followed side by side: by the subscription (or whatever the second
 * column of the key is) alone, and by the first two columns of the key. */
#ifndef CST_INGEST_ORDER_H
#define CST_INGEST_ORDER_H
#include "base/buffer.h"
#include "ingest/keyset.h"

enum { ING_ORDERS = 2 };

/* The keys of a batch, as its worker saw them. All zero but `ascends` is an empty one. */
typedef struct ing_order {
    bool any;
    bool ascends[ING_ORDERS];
    cst_text first[2], last[2]; /* of the first and the last key, the two columns */
    cst_buffer kept[2];         /* their bytes, where they had to be copied */
} ing_order;

void ing_order_clear(ing_order *o);
void ing_order_free(ing_order *o);
/* Adds the next key's two leading columns (b may be empty). `stays`: the bytes live until the batch is done,
 * and need not be copied. */
bool ing_order_add(ing_order *o, cst_text a, cst_text b, bool stays);
/* Adds keys that were compared elsewhere, each with the one before: whether they ascend by the second
 * column, and by both; (a, b) is the last of them, and stays. */
void ing_order_extend(ing_order *o, bool by_second, bool by_both, cst_text a, cst_text b);
/* Joins a batch to those before it: `all` then is the order of both. */
bool ing_order_join(ing_order *all, const ing_order *next);
static inline bool ing_order_holds(const ing_order *o)
{
    return o->ascends[0] || o->ascends[1];
}
#endif
