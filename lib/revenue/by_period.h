/* revenue/by_period.h: the rows of a table that finance gives by period and group: a ledger to tie out, a
 * budget. */
#ifndef CST_REVENUE_BY_PERIOD_H
#define CST_REVENUE_BY_PERIOD_H
#include "base/arena.h"
#include "revenue/session.h"

/* The period that a field names: by its last day, or a month as 2024-09 or Sep 2024. CST_END: the field is
 * empty; CST_DATA: another text, or a day that is not the last of a period. */
cst_status rev_by_period(const rev_session *s, const cst_table *t, size_t row, int column, cst_period *out,
                         cst_error *e);
/* The row's values of --by, joined as the names of the groups are. by: its columns, in that order. */
cst_status rev_by_group(const rev_session *s, const cst_table *t, size_t row, const int *by, cst_arena *arena,
                        cst_text *out, cst_error *e);
/* CST_DATA: some row has another currency than the figures, which are known by now. column -1: it has none.
 * what: "ledger". */
cst_status rev_by_currency(const rev_session *s, const cst_table *t, int column, const char *what,
                           cst_error *e);
#endif
