/* ingest/dedupe.h: --dedupe COLUMNS:WINNER: of the rows that agree in the columns one stays; the others
 * are set aside and counted. The winner is always stated: first, last, highest=COLUMN or lowest=COLUMN (of
 * equals the first). */
#ifndef CST_INGEST_DEDUPE_H
#define CST_INGEST_DEDUPE_H
#include "ingest/convert.h"
#include <cstools/write.h>

enum cst_winner { CST_WINNER_FIRST, CST_WINNER_LAST, CST_WINNER_HIGHEST, CST_WINNER_LOWEST };

enum { CST_DEDUPE_KEYS = 16 }; /* columns in a key, at most */

typedef struct cst_dedupe_rule {
    int key[CST_DEDUPE_KEYS], keys; /* targets */
    enum cst_winner winner;
    int rank; /* target; -1 for first and last */
} cst_dedupe_rule;

/* Reads the option against the columns that are written. CST_USAGE names what is wrong and the columns
 * there are. */
cst_status cst_dedupe_rule_read(const char *option, const cst_plan *p, cst_dedupe_rule *out, cst_error *e);

typedef struct cst_dedupe cst_dedupe;

/* What one record became. */
typedef struct cst_dedupe_row {
    cst_text bytes; /* encoded */
    uint32_t rows;
    bool amount_off; /* a discount by amount was taken off */
    cst_kind aside;  /* it is set aside as this, and has no rows; CST_KIND_RECURRING: it is used */
    cst_money mrr;
} cst_dedupe_row;

cst_dedupe *cst_dedupe_new(const cst_dedupe_rule *r, const cst_plan *p); /* NULL: out of memory */
void cst_dedupe_free(cst_dedupe *d);
/* Takes a row, with its key and its rank. With the winner first *keep tells whether the row
 * goes on; else the row is held (keep false), and *lost tells whether a row, this one or the one before,
 * has lost: *loser, but for its bytes. */
cst_status cst_dedupe_add(cst_dedupe *d, cst_text key, cst_text rank, const cst_dedupe_row *row, bool *keep,
                          bool *lost, cst_dedupe_row *loser, cst_error *e);
/* Writes the rows held, in the order of the input, through a fork. */
cst_status cst_dedupe_end(cst_dedupe *d, cst_writer *out, cst_writer *fork, cst_totals *t, cst_error *e);
#endif
