/* ingest/lookup.h: columns by key from a second export, read whole: one row a key, or all of a key. A key
 * that finds nothing falls back on the next; a row belongs to the first of the keys that it fills. */
#ifndef CST_INGEST_LOOKUP_H
#define CST_INGEST_LOOKUP_H
#include "base/buffer.h"
#include "ingest/map.h"

typedef struct ing_lookup ing_lookup;

enum { ING_LOOKUP_NONE = -1 };

/* Takes the table over (also on failure); the spec outlives the lookup. Errors: CST_DATA a column that the
 * file lacks; a key that stands twice with different values in the wanted columns, where neither a winner nor
 * all are asked for. Where the rows of a key differ in a column that the file may lack (COLUMN?), it reads as
 * missing. */
cst_status ing_lookup_new(const ing_lookup_spec *spec, cst_table *t, ing_lookup **out, cst_error *e);
void ing_lookup_free(ing_lookup *l);

/* The (first) row that belongs to the `level`-th key and has it; ING_LOOKUP_NONE. Any number of threads may
 * ask these. */
int64_t ing_lookup_find(const ing_lookup *l, int level, cst_text key);
int64_t ing_lookup_next(const ing_lookup *l, int64_t row); /* of the same key, with map.lookup_all or tiers */
cst_text ing_lookup_at(const ing_lookup *l, int64_t row, int column); /* ING_LOOKUP_NONE: missing */
cst_place ing_lookup_place(const ing_lookup *l, int64_t row);
const char *ing_lookup_file(const ing_lookup *l);

/* Notes that a row of the export had this row, and that an amount off came from it. */
void ing_lookup_use(ing_lookup *l, int64_t row);
void ing_lookup_share(ing_lookup *l, int64_t row);
/* Rows that count and that none used; whose amount off more than one used; *first is the first of them. */
size_t ing_lookup_unused(const ing_lookup *l, size_t *first);
size_t ing_lookup_shared(const ing_lookup *l, size_t *first);

size_t ing_lookup_unclear(const ing_lookup *l); /* keys whose rows differ in a column that may be lacking */
/* A message about the first of them, where there are any; the caller frees the buffer. */
void ing_lookup_tell_unclear(const ing_lookup *l, const ing_lookup_spec *spec, cst_buffer *out);

/* lookup_choose.c: the rows that map.lookup_where leaves; *keep by row, the caller frees it. */
cst_status ing_lookup_where(const ing_lookup_spec *spec, const cst_table *t, bool **keep, cst_error *e);
#endif
