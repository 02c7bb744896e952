/* score/source.h: where the number of a measure is: a column of the metrics, or an attribute of the account,
 * or whether one of them holds a word. */
#ifndef CST_SCORE_SOURCE_H
#define CST_SCORE_SOURCE_H
#include "tables/accounts.h"
#include <cstools/read.h>

/* What a table of metrics has to offer. */
typedef struct score_offer {
    cst_reader *reader;
    const cst_accounts *accounts; /* NULL: no join */
    cst_text *name;               /* cst_joined_names */
    size_t names;
} score_offer;

typedef struct score_source {
    cst_joined at;
    cst_text word; /* n > 0: 1 where the column holds the word, else 0 */
    bool boolean;  /* true, yes, 1 ... */
} score_source;

/* `column` is a name, or COLUMN=WORD where no column has the whole of it as its name. place: where the model
 * says so, in the field `field`. CST_DATA: there is no such column; the message lists those there are. */
cst_status score_source_find(const score_offer *o, cst_text column, bool boolean, cst_place place,
                             const char *field, score_source *out, cst_error *e);
/* The reader's slot of a plain number of the row; -1: score_source_read knows what it is. */
int score_source_slot(const score_source *s);
/* CST_END: missing. CST_DATA: not what it should be, with its place. */
cst_status score_source_read(const score_source *s, const cst_accounts *accounts, uint32_t account,
                             cst_batch *b, uint32_t row, double *x, cst_error *e);
/* As an amount of money; of a source without a word. */
cst_status score_source_money(const score_source *s, const cst_accounts *accounts, uint32_t account,
                              cst_batch *b, uint32_t row, cst_money *x, cst_error *e);
#endif
