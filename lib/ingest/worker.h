/* ingest/worker.h: what one thread makes of a batch, and what is settled in input order.
 *
 * Rows that stand alone (shapes rows and cube) are encoded by the worker into a fork of the writer; the
 * commit drops those whose key was seen before and appends the rest. Rows that belong together (invoice
 * lines, snapshots) leave the worker as pieces, and the commit joins them.
 */
#ifndef CST_INGEST_WORKER_H
#define CST_INGEST_WORKER_H
#include "base/buffer.h"
#include "ingest/convert.h"
#include "ingest/dedupe.h"
#include "ingest/hold.h"
#include "ingest/invoice.h"
#include "ingest/order.h"
#include "ingest/snapshot.h"
#include "ingest/total_rows.h"
#include "program/program.h"

/* The rows that one record became, in the fork: the bytes from the span before to `to`. */
typedef struct ing_span {
    uint32_t to;
    uint32_t row; /* UINT32_MAX: dropped */
} ing_span;

/* What more there is to say of a span with --dedupe, and of a cube. Else a record is one row. */
typedef struct ing_stretch {
    uint32_t rows;
    bool amount_off;      /* a discount by amount was taken off */
    uint32_t mark, marks; /* --dedupe: the key in the blob, and behind it the rank */
    ing_kind aside;       /* --dedupe: set aside as this; ING_KIND_RECURRING: used */
    cst_money out;        /* MRR written */
    cst_money joined;     /* MRR of further months of the same rows (cube) */
} ing_stretch;

/* What all threads share and do not change. */
typedef struct ingest_run {
    const ing_plan *plan;
    cst_program_io *io;
    cst_writer *writer;
    char delimiter;      /* rows are encoded here; 0: by the writer */
    bool source;         /* the column source is written */
    int source_slot;     /* of the input's own column source; -1: file:line is written */
    const char **file;   /* per input: as source calls it */
    const char **prefix; /* per input: "file:" ready to be written; quoted: starts with the quote */
    size_t *prefix_n;
    bool *prefix_quoted;
    const ing_dedupe_rule *dedupe; /* NULL: none */
    ing_hold *hold;                /* what is settled at the end; NULL: nothing is */
    /* from here on: under the commit's order */
    ing_order order;  /* of the keys so far */
    ing_keyset *keys; /* NULL: not checked */
    ing_dedupe *winners;
    ing_invoice *invoice;
    ing_snapshot *snapshot;
    ing_totals totals;
} ing_run_state;

typedef struct ing_worker {
    const struct ingest_run *run;
    ing_convert c;
    cst_writer *fork;
    struct ing_express *express; /* NULL: every row is converted */
    ing_totals totals;
    ing_span *span;
    ing_seen *seen;       /* per span: its key */
    ing_stretch *stretch; /* per span; NULL: each is one row */
    uint32_t spans, pieces;
    size_t span_room, piece_room;
    ing_order order; /* of the keys of the batch */
    ing_piece *piece;
    ing_total_rows total_rows; /* of a cube */
    cst_buffer blob;           /* of pieces: their cells; of --dedupe: keys and ranks */
} ing_worker;

cst_status ing_worker_open(ing_worker *w, const struct ingest_run *run, cst_error *e);
void ing_worker_close(ing_worker *w);

cst_work ing_worker_work;
cst_commit ing_worker_commit; /* shared: struct ingest_run */

/* Settles what was held until the last row was read. */
cst_status ing_commit_held(struct ingest_run *run, cst_error *e);
/* Encodes the cells of the record under way as one row of the fork. */
cst_status ing_worker_put_row(ing_worker *w, cst_error *e);
/* The value of the column source of the record under way, as text without quoting. */
cst_text ing_worker_source(ing_worker *w);
/* Rejects a row and counts it. CST_OK: set aside; else the error that ends the run. */
cst_status ing_worker_reject(ing_worker *w, cst_batch *b, uint32_t row, ing_reason reason,
                             const cst_error *why);

/* split.c: a row whose discount is given for a time only becomes up to three: what is paid before the
 * discount, with it, and after it. */
/* Puts the record under way, which was converted with its discount: *rows of them, their MRR added up in
 * *mrr. CST_END: none of them counts, see c.kind. */
cst_status ing_split_put(ing_worker *w, uint32_t *rows, cst_money *mrr, cst_error *e);
/* Likewise where no discount is given for a time: what is paid before the pause and behind it. */
cst_status ing_pause_put(ing_worker *w, uint32_t *rows, cst_money *mrr, cst_error *e);
#endif
