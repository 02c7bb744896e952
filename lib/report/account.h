/* report/account.h: the page of one customer. */
#ifndef CST_REPORT_ACCOUNT_H
#define CST_REPORT_ACCOUNT_H
#include "report/customers.h"

/* What account pages are made of; read once for many. */
typedef struct report_accounts {
    report_customers c;
    report_index metrics, scores; /* of all periods */
    cst_table *detail, *explain, **event;
    report_index movements, points, *events; /* events: one of each file */
    size_t event_files;
    report_bands bands;
    report_page p; /* words and bytes */
} report_accounts;

cst_status report_accounts_open(report_accounts *a, const char *mode, const report_options *o,
                                cst_program_io *io, cst_error *e);
void report_accounts_free(report_accounts *a);
/* The page of an account, into a->p.out. back: a link to the report; NULL: none. */
cst_status report_accounts_make(report_accounts *a, cst_text account, const char *back, cst_error *e);

/* account_time.c: the section of what happened, newest first. */
cst_status report_account_time(report_accounts *a, cst_text account, cst_error *e);
#endif
