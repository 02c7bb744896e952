/* panel/held.h: the rows of a table that is read whole, held in memory until they are put out in order of
 * their keys. Private to lib/panel. */
#ifndef CST_PANEL_HELD_H
#define CST_PANEL_HELD_H
#include "panel/key.h"
#include "panel/periods.h"
#include <cstools/read.h>

typedef struct cst_held cst_held;

/* Where a row was read. */
typedef struct cst_held_place {
    uint32_t file; /* of the reader */
    uint64_t line;
} cst_held_place;

/* For rows of so many columns. */
cst_held *cst_held_new(int columns);
void cst_held_free(cst_held *h);

/* Holds a row of a batch: the fields in `slot`, one per column. CST_END: a row of that key is held already,
 * and *first says where it was read. CST_LIMIT: too many rows. */
cst_status cst_held_add(cst_held *h, cst_panel_key key, cst_batch *b, uint32_t row, const int *slot,
                        cst_held_place *first, cst_error *e);
/* All rows are in: what only finds repeated keys is freed. */
void cst_held_close(cst_held *h);
/* By account, then period; `rank`: the place of each account in order of bytes. Once, before
 * cst_held_next. */
cst_status cst_held_sort(cst_held *h, const uint32_t *rank, cst_error *e);
/* Adds the periods of all rows. */
bool cst_held_periods(const cst_held *h, cst_periods *periods);

/* Goes to the next row: its key and its fields, by column, until the next call. NULL: there is none. */
const cst_text *cst_held_next(cst_held *h, cst_panel_key *key);
cst_held_place cst_held_at(const cst_held *h); /* of the current row */
#endif
