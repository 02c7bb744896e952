/* tables/groups.h: --by: the columns that a result is grouped by, each a column of the main stream or an
 * attribute of the account. Which of the two matters to the caller: a row column may differ between the rows
 * of one account. */
#ifndef CST_TABLES_GROUPS_H
#define CST_TABLES_GROUPS_H
#include "tables/accounts.h"

typedef struct cst_groups {
    cst_joined *column; /* in the order given; names as given */
    const char **name;  /* the same as strings; before each there is a "by_" in memory */
    size_t n;           /* 0: no grouping */
    bool of_rows;       /* one of them at least is a row column */
    bool of_accounts;   /* one of them at least is an attribute */
} cst_groups;

/* Resolves a list "segment,plan" (NULL or "": none; blanks around a name are not part of it); binds row
 * columns in the reader, so call before the first cst_reader_next. CST_USAGE: an empty or a repeated name, or
 * an unknown one, with the nearest over both tables. On failure *out is empty. */
cst_status cst_groups_resolve(const char *list, cst_reader *r, const cst_accounts *a, cst_groups *out,
                              cst_error *e);
void cst_groups_free(cst_groups *g); /* what it holds, not g */
/* CST_USAGE: a list that is given and empty: an empty variable of a shell, rather than a wish. */
cst_status cst_groups_check(const char *list, cst_error *e);
/* Writes "by_NAME" at `at`, cst_by_room(name) bytes; returns where NAME begins. */
size_t cst_by_room(cst_text name);
const char *cst_by_name(cst_text name, char *at);

/* The value of one of them for a row. `account` is the row's account (CST_ACCOUNT_NONE where it has none or
 * is not in the table: attributes are missing); it is not looked at for a row column. */
cst_text cst_groups_value(const cst_groups *g, size_t i, cst_batch *b, uint32_t row, const cst_accounts *a,
                          uint32_t account);
#endif
