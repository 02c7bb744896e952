/* revenue/merge.h: --merge between its files: a part is read row by row, and what a row says goes to the
 * rules of the run or to its sums. */
#ifndef CST_REVENUE_MERGE_H
#define CST_REVENUE_MERGE_H
#include "base/arena.h"
#include "base/intern.h"
#include "revenue/partial.h"

typedef struct rev_merge {
    rev_session *s;
    rev_opts opts;     /* of the parts, with the command line's presentation */
    cst_arena *arena;  /* texts that the options and the session keep */
    cst_intern *names; /* of groups, parts joined */
    rev_definition given[REV_DEFINITIONS], preset[REV_DEFINITIONS];
    const cst_table *table; /* the part in hand */
    int column[5];          /* item, period, group, name, value */
    uint32_t *group;        /* of the part in hand: to the session's */
    uint32_t groups, group_room;
    bool some_currency; /* a part with rows was seen */
    cst_wide size;      /* of all integers taken so far, without their signs */
} rev_merge;

/* CST_DATA: a row of the part in hand is not what --partial writes. */
cst_status rev_merge_refuse(const rev_merge *m, size_t row, const char *expected, cst_error *e);

/* merge_head.c: the rows that say what a part is. `first`: of the first part, which the others must match. */
bool rev_merge_is_head(cst_text item);
cst_status rev_merge_head(rev_merge *m, size_t row, bool first, cst_error *e);
/* Once the first part's are in: the rules of the run. */
cst_status rev_merge_rules(rev_merge *m, cst_error *e);

/* merge_sums.c: the rows that say what a part adds up to. rev_merge_group takes the rows of one group, one
 * per column; *row is then the last of them. */
cst_status rev_merge_group(rev_merge *m, size_t *row, cst_error *e);
cst_status rev_merge_sum(rev_merge *m, size_t row, cst_error *e);
#endif
