/* ingest/express.h: rows that need no change, or one of the commonest (make.h). Most rows of a tidy export
 * have every field in its canonical form already; they are checked and copied here, a few nanoseconds a
 * field. Whatever is not plainly so (a quote, a missing required value, an amount without cents, a bad date,
 * an end before its start) is left to ing_convert_row, which alone knows what is wrong and says so: this lane
 * only ever says "fine".
 *
 * Rows are taken in chunks. A chunk is checked column by column (check.h), then its good rows are copied one
 * by one: columns that lie side by side in the input as in the output are one run of bytes.
 */
#ifndef CST_INGEST_EXPRESS_H
#define CST_INGEST_EXPRESS_H
#include "ingest/check.h"
#include "ingest/make.h"
#include "ingest/source_text.h"
#include "ingest/worker.h"

struct ing_express {
    int fields;                    /* targets of the plan */
    int mrr, start, end, currency; /* fields; -1: none */
    bool free_counts;
    char delimiter;
    const ing_plan *plan;
    bool keys;                  /* they are checked */
    ing_currencies *currencies; /* the worker's */
    ing_check *check;           /* per field */
    int *slot;                  /* per field */
    ing_maker *maker;           /* per field */
    ing_made **made;            /* per field; NULL: nothing is made */
    bool sources;               /* the column source is written */
    ing_source_text source;
    /* of the batch under way */
    cst_view view;
    int32_t *column; /* per field; -1: not in this input */
    int32_t *run;    /* per run of columns: its first field; behind the last run: fields */
    int runs;
    size_t copies;   /* how often a column is written, at most */
    uint32_t *tally; /* scratch, by column of the input */
    size_t tally_room;
    uint32_t batch_rows, file;
    /* of the chunk under way: rows `first` to `first` + `rows` */
    uint32_t first, rows;
    uint32_t stop[ING_STRIP_ROWS]; /* where the records end, without CR */
    ing_strip *strip;              /* per run */
    ing_strip *made_strip;         /* per field that is made */
    bool bad[ING_STRIP_ROWS];
    cst_money amount[ING_STRIP_ROWS]; /* MRR */
    ing_seen seen[ING_STRIP_ROWS];    /* the row's key and place */
    uint32_t to[ING_STRIP_ROWS];      /* where the row's bytes end in the fork, once it is put */
};

/* NULL in *out where the plan has more to do than to copy. */
cst_status ing_express_new(const struct ingest_run *run, struct ing_express **out, cst_error *e);
void ing_express_free(struct ing_express *x);
/* false: this batch must be converted row by row. */
bool ing_express_begin(struct ing_express *x, const struct ingest_run *run, cst_batch *b);
/* Puts rows from `row` on into the fork, as many as are fine, at most to the end of a chunk: *put of them, at
 * x->to[row - x->first] and behind it; *mrr is the sum of their MRR. 0 rows: leave this one to
 * ing_convert_row. */
bool ing_express_rows(struct ing_express *x, uint32_t row, cst_writer *fork, uint32_t *put, cst_wide *mrr);
/* Adds the keys of n rows that were put to the order of the batch. */
bool ing_express_follow(const struct ing_express *x, uint32_t row, uint32_t n, ing_order *order);
#endif
