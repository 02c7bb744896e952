/* ingest/strip_key.h: keys of the rows of a chunk: their hashes, and whether they ascend, a column at a time.
 * The hashes and the order are those of keyset.h and order.h. Fields of up to 16 bytes, as ids mostly are,
 * are loaded whole and what lies behind them is masked away, so that nothing depends on their length. */
#ifndef CST_INGEST_STRIP_KEY_H
#define CST_INGEST_STRIP_KEY_H
#include "ingest/keyset.h"
#include "ingest/strip.h"

/* Adds the column's fields to the keys. */
void ing_strip_hash(ing_strip s, uint32_t rows, ing_key *key);
/* Whether each of n rows from `from` on is greater than the one before it: by b, and by a and then b. */
void ing_strip_follow(ing_strip a, ing_strip b, uint32_t from, uint32_t n, bool *by_second, bool *by_both);
#endif
