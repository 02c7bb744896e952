/* tables/accounts.h: the accounts table, held whole and found by account_id: one row per account, whose
 * attributes are joined to the rows of other tables. Nothing changes after cst_accounts_new: any number of
 * threads may look up. */
#ifndef CST_TABLES_ACCOUNTS_H
#define CST_TABLES_ACCOUNTS_H
#include "read/table.h"

typedef struct cst_accounts cst_accounts;
#define CST_ACCOUNT_NONE UINT32_MAX

/* What an account is called now. */
typedef struct cst_renaming {
    cst_text (*rename)(const void *context, cst_text account_id);
    const void *context;
} cst_renaming;

/* Indexes a table that has been loaded and outlives the accounts. With a renaming (NULL: none; what it
 * refers to outlives the accounts) an account is found by the name it has now: its own row if it has one,
 * else the first row of a name it had. CST_DATA: no column account_id, a row without one, or two rows with
 * the same one (named with both lines). */
cst_status cst_accounts_new(const cst_table *t, const cst_renaming *renaming, cst_accounts **out,
                            cst_error *e);
void cst_accounts_free(cst_accounts *a);

uint32_t cst_accounts_count(const cst_accounts *a);
/* The account's number, 0 .. count - 1 in order of the table; CST_ACCOUNT_NONE: not in it. */
uint32_t cst_accounts_find(const cst_accounts *a, cst_text account_id);
cst_text cst_accounts_id(const cst_accounts *a, uint32_t account);

/* The attributes: all columns of the table, account_id among them. */
size_t cst_accounts_columns(const cst_accounts *a);
cst_text cst_accounts_column_name(const cst_accounts *a, size_t column);
/* As cst_table_bind. */
cst_status cst_accounts_bind(const cst_accounts *a, const char *name, enum cst_need need, int *column,
                             cst_error *e);
cst_text cst_accounts_at(const cst_accounts *a, uint32_t account,
                         int column); /* CST_ACCOUNT_NONE, column -1: missing */
cst_place cst_accounts_place(const cst_accounts *a, uint32_t account, int column);

/* Lifts a customer to its parent: the column's value for the account, renamed, or account_id itself where
 * the account is not in the table or the value is missing. One step only: a parent's own parent is not
 * followed. */
cst_text cst_accounts_lift(const cst_accounts *a, cst_text account_id, int column);

typedef enum {
    CST_FROM_ROW,    /* a column of the main stream: `column` is the reader's slot */
    CST_FROM_ACCOUNT /* an attribute: `column` is for cst_accounts_at */
} cst_origin;

typedef struct cst_joined {
    cst_text name; /* lives as long as the reader or the accounts it came from */
    cst_origin from;
    int column;
} cst_joined;

/* All the names, the main stream's first; *n of them. The caller frees the array. */
cst_text *cst_joined_names(const cst_reader *r, const cst_accounts *a, size_t *n);
/* Where names[i] comes from; a main column is bound in the reader now. */
cst_status cst_joined_bind(cst_reader *r, const cst_accounts *a, size_t i, cst_joined *out, cst_error *e);
#endif
