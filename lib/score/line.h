/* score/line.h: a row of the scores as a line of CSV, for the plain case, which is nearly every row: no
 * override and comma-separated output. All other rows and formats go cell by cell through the writer; both
 * give the same bytes. */
#ifndef CST_SCORE_LINE_H
#define CST_SCORE_LINE_H
#include "score/nights.h"
#include <cstools/write.h>

typedef struct score_line {
    const cst_model *model;
    char delimiter;
    cst_text *band, *measure; /* names as they are written; the last of each is the empty text */
    char *names;              /* the bytes of those */
    size_t room;              /* for all of a row but its account */
    cst_day day;              /* the last one that was laid out */
    char day_text[16];
} score_line;

cst_status score_line_init(score_line *l, const cst_model *m, char delimiter, cst_error *e);
void score_line_clear(score_line *l);

/* Adds the row to a fork of the writer. CST_MEMORY */
cst_status score_line_put(score_line *l, const score_night *n, cst_writer *fork, cst_error *e);
#endif
