/* tables/latest.h: of a table by account and period (scores, metrics) the latest row of each account up to a
 * day: a join that brings columns to a list of accounts. */
#ifndef CST_TABLES_LATEST_H
#define CST_TABLES_LATEST_H
#include "tables/accounts.h"

typedef struct cst_latest cst_latest;

/* The table outlives it. renaming: what accounts are called now (NULL: as they are); where an account and a
 * name it had have rows of one period, its own is taken. CST_DATA, with its place: no account_id, no period,
 * or two rows of one account and its latest period. */
cst_status cst_latest_new(const cst_table *t, const cst_renaming *renaming, cst_day until, cst_latest **out,
                          cst_error *e);
void cst_latest_free(cst_latest *l);

/* The row, and its period; false: the account has none. By any number of threads. */
bool cst_latest_find(const cst_latest *l, cst_text account, size_t *row, cst_day *period);
#endif
