/* ingest/lookup.h: columns by key from a second export, read whole. */
#ifndef CST_INGEST_LOOKUP_H
#define CST_INGEST_LOOKUP_H
#include "base/buffer.h"
#include "ingest/map.h"

typedef struct ing_lookup ing_lookup;

/* Takes the table over (also on failure); the spec outlives the lookup. Errors: CST_DATA a column that the
 * file lacks; a key that stands twice with different values in the wanted columns. An empty key is passed
 * over. Where the rows of a key differ in a column that the file may lack (COLUMN?), it reads as missing. */
cst_status ing_lookup_new(const ing_lookup_spec *spec, cst_table *t, ing_lookup **out, cst_error *e);
void ing_lookup_free(ing_lookup *l);
int64_t ing_lookup_find(const ing_lookup *l,
                        cst_text key); /* the row; -1: none. Any number of threads may ask */
cst_text ing_lookup_at(const ing_lookup *l, int64_t row, int column); /* row -1: missing */
size_t ing_lookup_unclear(const ing_lookup *l); /* keys whose rows differ in such a column */
/* A message about the first of them, where there are any; the caller frees the buffer. */
void ing_lookup_tell_unclear(const ing_lookup *l, const ing_lookup_spec *spec, cst_buffer *out);
const char *ing_lookup_file(const ing_lookup *l);
#endif
