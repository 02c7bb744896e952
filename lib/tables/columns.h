/* tables/columns.h: the names that --where and --by may use: the columns of the main stream, then the
 * attributes of the accounts table. A name that both have is the main stream's. */
#ifndef CST_TABLES_COLUMNS_H
#define CST_TABLES_COLUMNS_H
#include "tables/accounts.h"

typedef enum {
    CST_FROM_ROW,    /* a column of the main stream: `column` is the reader's slot */
    CST_FROM_ACCOUNT /* an attribute: `column` is for cst_accounts_at */
} cst_origin;

typedef struct cst_joined {
    cst_text name; /* lives as long as the reader or the accounts it came from */
    cst_origin from;
    int column;
} cst_joined;

/* All the names, the main stream's first; *n of them. The caller frees the array. NULL: out of memory. */
cst_text *cst_joined_names(const cst_reader *r, const cst_accounts *a, size_t *n);
/* Where names[i] comes from; a main column is bound in the reader now. */
cst_status cst_joined_bind(cst_reader *r, const cst_accounts *a, size_t i, cst_joined *out, cst_error *e);
#endif
