/* ledger/failure.c: see failure.h. */
#include "ledger/failure.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

static cst_text account_of(const cst_account_failure *f)
{
    return (cst_text){f->account, (uint32_t)f->n};
}

cst_status cst_account_failure_keep(cst_account_failure *f, cst_text account, const cst_error *why,
                                    cst_error *e)
{
    if (f->error.status < 0 && cst_text_compare(account, account_of(f)) >= 0) return CST_OK;
    if (!cst_grow(&f->account, &f->room, account.n + 1, 1)) return cst_no_memory(e);
    memcpy(f->account, account.p, account.n);
    f->n = account.n;
    f->error = *why;
    return CST_OK;
}

const cst_account_failure *cst_account_failure_first(const cst_account_failure *a,
                                                     const cst_account_failure *b)
{
    if (b && b->error.status >= 0) b = NULL;
    if (!a || a->error.status >= 0) return b;
    return b && cst_text_compare(account_of(b), account_of(a)) < 0 ? b : a;
}

void cst_account_failure_free(cst_account_failure *f)
{
    free(f->account);
    *f = (cst_account_failure){0};
}
