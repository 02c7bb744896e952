/* ingest/invoice.h: invoice lines joined into stretches. Lines that follow each other in the file, are
 * alike in every column but the dates, and join without a gap at the same MRR become one row: twelve
 * invoices of a year one stretch. Only the last line is remembered, so memory does not grow; lines apart
 * stay rows apart, which adds up to the same. */
#ifndef CST_INGEST_INVOICE_H
#define CST_INGEST_INVOICE_H
#include "base/buffer.h"
#include "ingest/convert.h"
#include <cstools/write.h>

/* Bytes in a blob. */
typedef struct ing_bytes {
    size_t at, n;
} ing_bytes;

/* A row between a worker and the commit: its cells but those of the dates and the MRR. */
typedef struct ing_piece {
    uint32_t row;
    ing_bytes cells; /* for each column a length of four bytes and the bytes */
    ing_bytes source;
    cst_day start, end; /* snapshot: start is the month's first day */
    cst_money mrr;
    uint64_t line; /* of its place */
    ing_seen seen; /* by map.line; hash 0: none */
    /* of rows that are held (hold.h); `stop` ends all bytes of the piece in the worker's blob */
    size_t stop;
    ing_bytes key, credit_of; /* map.line and map.credit_of, packed */
    ing_bytes mark, rank;     /* --dedupe */
    ing_bytes record;         /* of a credit: the raw record */
    ing_kind aside;           /* --dedupe: set aside as this; ING_KIND_RECURRING: used */
    bool closes;              /* changes: it only ends what held before it */
    uint64_t column;          /* of its place */
    cst_instant from, to;     /* the service period to the moment; a credit's may be missing: from == to */
    cst_money amount;         /* of the line, */
    cst_wide num;             /* and as it was read, num / den millionths */
    int64_t den;
    int digits; /* of the currency's minor unit */
} ing_piece;

typedef struct ing_invoice ing_invoice;

ing_invoice *ing_invoice_new(const ing_plan *p, bool source);
void ing_invoice_free(ing_invoice *v);
/* Takes the next line; the row before it is written when it is not joined. */
cst_status ing_invoice_add(ing_invoice *v, const ing_piece *piece, const char *blob, cst_writer *out,
                           ing_totals *t, cst_error *e);
cst_status ing_invoice_end(ing_invoice *v, cst_writer *out, ing_totals *t, cst_error *e);

/* Adds the cells of the record under way to a blob; those of start, end and MRR are left empty.
 * Behind them, in a snapshot, stands what --identity has renamed. */
void ing_piece_pack(const ing_convert *c, cst_buffer *blob);
/* The text of a target in packed cells; "" of a target that is not mapped (-1). */
cst_text ing_piece_cell(const ing_plan *p, cst_text cells, int target);
/* Writes a row from packed cells. source.n == 0: the column is missing, or there is none (source_column
 * false). */
cst_status ing_piece_put(const ing_plan *p, cst_text cells, cst_day start, cst_day end, cst_money mrr,
                         bool source_column, cst_text source, cst_writer *out, cst_error *e);
#endif
