/* tables/filter.h: --where: a condition over the rows of the main stream, joined with the attributes of their
 * accounts.
 *
 * Grammar and meaning are those of expr/expr.h; only rows for which the condition is true are kept, not those
 * for which it is unknown. A filter is never changed once open, and needs no scratch: any number of threads
 * may use it at once, each with its own batch. */
#ifndef CST_TABLES_FILTER_H
#define CST_TABLES_FILTER_H
#include "tables/accounts.h"

typedef struct cst_filter cst_filter;

typedef struct cst_filter_opts {
    const char *label;            /* for messages; NULL: "--where" */
    const cst_accounts *accounts; /* NULL: no join; outlives the filter */
    /* of the main stream; NULL: "account_id"; bound only if an attribute is used */
    const char *account_column;
    /* What a value of a column of the row is called now (identity): as the condition sees it, and as
     * `accounts` knows the row's account. NULL: as it stands. Called by several threads at once. */
    cst_text (*rename)(const void *context, cst_text column, cst_text value);
    const void *rename_context;
    /* Attributes are those of the customer in this column of `accounts` (cst_accounts_lift), and the column
     * itself reads as that customer. */
    bool lifted;
    int customer_column;
    bool has_today; /* days_since and days_until count from `today`; else they are refused */
    cst_day today;
} cst_filter_opts;

/* Parses the condition and binds the columns that it reads. Call before the first cst_reader_next. CST_USAGE:
 * an error in the text, with its byte and the nearest name over both tables; CST_DATA: a name that stands
 * twice in a header. */
cst_status cst_filter_open(const char *text, cst_reader *r, const cst_filter_opts *o, cst_filter **out,
                           cst_error *e);
void cst_filter_free(cst_filter *f);

/* Is the row kept? CST_DATA: a field is not what the condition needs, with its place; the caller may hand
 * that to cst_row_reject. An account that is not in the table has no attributes: they are missing. */
cst_status cst_filter_row(const cst_filter *f, cst_batch *b, uint32_t row, bool *keep, cst_error *e);

/* ---- the same over a small table that is held whole (filter_table.c) ---- */

typedef struct cst_table_condition {
    cst_text text;         /* n == 0: every row is kept */
    const char *label;     /* for messages */
    const cst_text *lacks; /* columns that the table may lack, and does: missing in every row */
    size_t lacking;
} cst_table_condition;

/* Which rows the condition is true for: an array of the rows, to be freed by the caller, also after a
 * failure. CST_USAGE: an error in the text; CST_DATA: a field is not what it needs, with its place. */
cst_status cst_table_where(const cst_table *t, const cst_table_condition *c, bool **keep, cst_error *e);
#endif
