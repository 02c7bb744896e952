/* revenue/merge.h: --merge between its files: a part is read row by row, and what a row says goes to the
 * rules of the run or to its sums. */
#ifndef CST_REVENUE_MERGE_H
#define CST_REVENUE_MERGE_H
#include "revenue/partial.h"
#include "tables/part.h"

typedef struct rev_merge {
    rev_session *s;
    rev_opts opts; /* of the parts, with the command line's presentation */
    cst_parts parts;
    bool some_currency; /* a part with rows was seen */
} rev_merge;

/* merge_head.c: the rows that say what a part is. */
bool rev_merge_is_head(cst_text item);
cst_status rev_merge_head(rev_merge *m, size_t row, cst_error *e);
/* Once the first part's are in: the rules of the run. */
cst_status rev_merge_rules(rev_merge *m, cst_error *e);

/* merge_sums.c: the rows that say what a part adds up to. */
cst_status rev_merge_sum(rev_merge *m, size_t row, cst_error *e);
#endif
