/* ingest/dedupe.h: --dedupe COLUMNS:WINNER: of the rows that agree in the columns one stays; the others
 * are set aside and counted. The winner is always stated: first, last, highest=COLUMN or lowest=COLUMN (of
 * equals the first). */
#ifndef CST_INGEST_DEDUPE_H
#define CST_INGEST_DEDUPE_H
#include "ingest/convert.h"
#include "ingest/winner.h"
#include <cstools/write.h>

enum { ING_DEDUPE_KEYS = 16 }; /* columns in a key, at most */

typedef struct ing_dedupe_rule {
    int key[ING_DEDUPE_KEYS], keys; /* targets */
    bool line;                      /* map.line is part of the key */
    enum ing_winner winner;
    int rank; /* target; -1 for first and last */
} ing_dedupe_rule;

/* Reads the option against the columns that are written. CST_USAGE names what is wrong and the columns
 * there are. */
cst_status ing_dedupe_rule_read(const char *option, const ing_plan *p, ing_dedupe_rule *out, cst_error *e);

/* Whether the rank is a number, to be compared by its value. */
bool ing_dedupe_numeric(const ing_dedupe_rule *r, const ing_plan *p);

typedef struct ing_dedupe ing_dedupe;

/* What one record became. */
typedef struct ing_dedupe_row {
    cst_text bytes; /* encoded */
    uint32_t rows;
    bool amount_off; /* a discount by amount was taken off */
    bool split;      /* discounts made it several rows */
    ing_kind aside;  /* it is set aside as this, and has no rows; ING_KIND_RECURRING: it is used */
    cst_money mrr, joined;
} ing_dedupe_row;

ing_dedupe *ing_dedupe_new(const ing_dedupe_rule *r, const ing_plan *p);
void ing_dedupe_free(ing_dedupe *d);
/* Takes a row, with its key and its rank. With the winner first *keep tells whether the row
 * goes on; else the row is held (keep false), and *lost tells whether a row, this one or the one before,
 * has lost: *loser, but for its bytes. */
cst_status ing_dedupe_add(ing_dedupe *d, cst_text key, cst_text rank, const ing_dedupe_row *row, bool *keep,
                          bool *lost, ing_dedupe_row *loser, cst_error *e);
/* Writes the rows held, in the order of the input, through a fork. */
cst_status ing_dedupe_end(ing_dedupe *d, cst_writer *out, cst_writer *fork, ing_totals *t, cst_error *e);
#endif
