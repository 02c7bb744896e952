/* report/customers.h: the tables by account that lists and account pages are made of, and who is a customer
 * tonight. Nothing is computed that the tables do not say. */
#ifndef CST_REPORT_CUSTOMERS_H
#define CST_REPORT_CUSTOMERS_H
#include "report/page_index.h"

typedef enum {
    LIST_ACCOUNTS,
    LIST_METRICS, /* of tonight */
    LIST_SCORES,  /* of tonight */
    LIST_FLAGS,
    LIST_BOOK,
    LIST_MILESTONES,
    LIST_OUTCOMES,
    LIST_CONTACTS,
    LIST_TOUCHPOINTS,
    LIST_TABLES
} list_table;

typedef struct report_customers {
    const report_options *o;
    cst_program_io *io;
    cst_table *in[LIST_TABLES]; /* NULL: not given */
    report_index index[LIST_TABLES];
    cst_day night; /* --as-of, else the last period of metrics or scores */
    int owner;     /* the column of the accounts that says who looks after them; -1: none */
} report_customers;

/* Opens what the options name. mode: for messages. CST_USAGE: no --accounts; no day. The caller frees it,
 * after a failure too. */
cst_status report_customers_open(report_customers *c, const char *mode, const report_options *o,
                                 cst_program_io *io, cst_error *e);
void report_customers_free(report_customers *c);
/* A field of the account's row, the first where it has several; empty: no such row or column. */
cst_text report_customers_text(const report_customers *c, list_table t, cst_text account, const char *column);
chart_value report_customers_value(const report_customers *c, list_table t, cst_text account,
                                   const char *column);
/* The rows of an account in order of the table: the place in index[t].entry of the first, how many in *n. */
size_t report_customers_rows(const report_customers *c, list_table t, cst_text account, size_t *n);
/* A field of a row of such a table. */
cst_text report_customers_cell(const report_customers *c, list_table t, size_t row, const char *column);
cst_day report_customers_day(const report_customers *c, list_table t, size_t row, const char *column);
/* The name of the account, else its id. */
cst_text report_customers_name(const report_customers *c, cst_text account);
/* Who looks after it; empty: not known. */
cst_text report_customers_owner(const report_customers *c, cst_text account);
/* Visits the customers of tonight that --owner has, in order of their ids, and says how many of the
 * accounts are none. The first failure of a visit ends it. */
typedef cst_status report_customer_visit(void *context, cst_text account, cst_error *e);
cst_status report_customers_each(const report_customers *c, report_customer_visit *visit, void *context,
                                 cst_error *e);
/* Of a row of flags: whether it is open tonight; its severity as a place among cst_severities, past them
 * where it is none. */
bool report_customers_is_open(const report_customers *c, size_t row);
size_t report_customers_grade(const report_customers *c, size_t row);
/* The gravest of its open flags, of several the one that stands first in the table; *n of them. SIZE_MAX:
 * none. */
size_t report_customers_worst(const report_customers *c, cst_text account, size_t *n);
/* The same of those that were opened on the day and have a play. */
size_t report_customers_opened(const report_customers *c, cst_text account, size_t *n);

/* agenda.c: the agenda of such tables, for the owner that their options name, or for all. */
cst_status report_agenda_write(const report_customers *c, cst_sink *to, cst_error *e);
#endif
