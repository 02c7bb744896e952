/* ledger/key_rows.h: the keys of a stream's rows (cs-tables(5)), for a command that does not gather them by
 * account: which rows are there twice. 40 bytes for each row that has a key. */
#ifndef CST_LEDGER_KEY_ROWS_H
#define CST_LEDGER_KEY_ROWS_H
#include "ledger/identity.h"
#include <cstools/ledger.h>

/* Counts a row that was there before; places are numbers in input order: the file in the upper 16 bits, the
 * line in the others. */
enum { CST_PLACE_LINE_BITS = 48 };
void cst_ledger_repeat_note(cst_ledger_repeats *r, uint64_t at, uint64_t before);

typedef struct cst_key_rows cst_key_rows;

/* For a stream that has a key, read by a reader whose header has the columns that it needs; else *out is
 * NULL. Binds these columns: before the first batch. identity (NULL: none) outlives it. */
cst_status cst_key_rows_open(const char *stream, cst_reader *r, const cst_identity *identity, int threads,
                             cst_key_rows **out, cst_error *e);
void cst_key_rows_free(cst_key_rows *k);
/* Takes the rows of a batch that are not rejected; one call at a time for each thread. */
cst_status cst_key_rows_take(cst_key_rows *k, int thread, cst_batch *b, cst_error *e);
/* After the read. same: rows of which every column is equal; other: of the same key alone. */
cst_status cst_key_rows_find(cst_key_rows *k, cst_ledger_repeats *same, cst_ledger_repeats *other,
                             cst_error *e);
#endif
