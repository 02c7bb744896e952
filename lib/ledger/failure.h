/* ledger/failure.h: accounts are walked by many threads, and the message must not depend on which came first:
 * of the accounts that fail, the one that comes first by its bytes is kept. */
#ifndef CST_LEDGER_FAILURE_H
#define CST_LEDGER_FAILURE_H
#include "base/text.h"

/* Zero-initialise it: none. */
typedef struct cst_account_failure {
    cst_error error; /* status CST_OK: none */
    char *account;
    size_t n, room;
} cst_account_failure;

/* Keeps it if its account comes before the one that is kept. CST_MEMORY. */
cst_status cst_account_failure_keep(cst_account_failure *f, cst_text account, const cst_error *why,
                                    cst_error *e);
/* The one of both (NULL: none) that comes first; NULL where neither failed. */
const cst_account_failure *cst_account_failure_first(const cst_account_failure *a,
                                                     const cst_account_failure *b);
void cst_account_failure_free(cst_account_failure *f); /* what it holds */
#endif
