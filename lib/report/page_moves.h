/* report/page_moves.h: the table of cs-score --moves, of which the last period is shown. */
#ifndef CST_REPORT_PAGE_MOVES_H
#define CST_REPORT_PAGE_MOVES_H
#include "report/page_index.h"

typedef struct report_moves {
    const cst_table *table; /* NULL: none; nothing is put then, and every figure is CHART_NONE */
    cst_day now, then;      /* of the last period, and the one that it is compared with */
    int period, before, from, to, change, value[3];
} report_moves;

/* t may be NULL. CST_DATA: no such table, or a band that is none of b. */
cst_status report_moves_open(const cst_table *t, const report_bands *b, report_moves *m, cst_error *e);
/* How many accounts have this in `change`: up, down, new, left. */
chart_value report_moves_count(const report_moves *m, const char *change);
/* What the accounts of a band pay, less what those of the period before paid. */
chart_value report_moves_change(const report_moves *m, const report_bands *b, int band);
/* Rows are bands then, columns bands now. A row or column of accounts that are new, have left or have no
 * score is there where there are such. */
void report_moves_put(report_page *p, const report_moves *m, const report_bands *b);
#endif
