/* write/writer_rows.h: rows of a fork as bytes: for a hot path that encodes CSV itself, and for a commit
 * that drops or keeps single rows of what a fork has gathered. */
#ifndef CST_WRITE_WRITER_ROWS_H
#define CST_WRITE_WRITER_ROWS_H
#include "read/plain.h"
#include <cstools/write.h>

/* The delimiter, where rows may be encoded by the caller: CSV of two columns and more, by no delimiter
 * that stands in numbers or dates. 0: they may not. */
char cst_writer_delimiter(const cst_writer *w);
/* A place for `room` bytes of rows; NULL: out of memory, which comes back from cst_end_row and absorb. */
char *cst_writer_room(cst_writer *fork, size_t room);
/* The rows of n bytes that were put there are whole, their line ends with them. */
void cst_writer_add(cst_writer *fork, size_t n, uint64_t rows);
/* Bytes gathered: the place in the fork where the next row begins. */
size_t cst_writer_held(const cst_writer *fork);
char *cst_writer_bytes(cst_writer *fork);
/* A field in quotes, those in it doubled, at `to`, which has room for 2n + 2 bytes; returns its end. */
char *cst_csv_quote(char *to, cst_text t);
/* A field of CSV: as it is, or in quotes where it holds the delimiter, a quote, CR or LF. `to` has room for
 * 2n + 18 bytes. */
static inline char *cst_csv_put(char *to, cst_text t, char delimiter)
{
    return cst_plain_copy(to, t.p, t.n, delimiter) ? to + t.n : cst_csv_quote(to, t);
}
/* Forgets all but the first n bytes, and `rows` rows with them: after rows were moved forward over others,
 * or to take the last back. */
void cst_writer_shrink(cst_writer *fork, size_t n, uint64_t rows);
#endif
