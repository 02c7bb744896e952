/* score/collect.h: reads the metrics and scores each row: the part of a run that goes in parallel. */
#ifndef CST_SCORE_COLLECT_H
#define CST_SCORE_COLLECT_H
#include "score/sheet.h"
#include "tables/accounts.h"
#include <cstools/read.h>

typedef struct score_collect_opts {
    cst_reader *reader;           /* nothing read from it yet */
    const cst_accounts *accounts; /* NULL: no join */
    const char *where;            /* NULL: all rows */
    cst_day from, to;             /* periods outside are set aside; CST_DAY_NONE: no such end */
    double min_coverage;          /* 0..1: under it a score is missing */
    const char *amount;           /* the column that likelihoods are multiplied with; NULL: mrr, if there */
    int threads;
} score_collect_opts;

/* Fills the sheet, sorts it and, where measures are relative, places them; likelihoods too, which a measure
 * may name as its column. CST_DATA: a column that neither table has, text where a number is wanted, a missing
 * value of a measure whose policy is fail, two rows of one account and period. */
cst_status score_collect(const score_collect_opts *o, score_sheet *sheet, cst_error *e);
#endif
