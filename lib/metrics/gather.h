/* metrics/gather.h: the workers' records of all streams, brought together by account.
 *
 * Accounts are numbered by the order of their bytes. A stream's records stand account by account in one array; within an
 * account in no particular order. Texts and classes have one numbering per stream. */
#ifndef CST_METRICS_GATHER_H
#define CST_METRICS_GATHER_H
#include "metrics/store.h"

typedef struct cst_gathered {
    const cst_plan *plan; /* NULL: the stream was not given */
    size_t stride;
    uint64_t *record;
    size_t *start;  /* of account a; accounts + 1 of them */
    cst_mask *mask; /* by class */
    cst_intern *masks, *text;
    int64_t *first, *last; /* by slot: the earliest and latest time; CST_TIME_NONE */
} cst_gathered;

typedef struct cst_company {
    cst_intern *account;
    uint32_t *id; /* by number: of the interner */
    uint32_t accounts;
    cst_day *sight; /* by number; CST_SIGHT_NEVER, CST_SIGHT_CURRENT */
    cst_gathered stream[CST_FROM_STREAMS];
} cst_company;

/* store[f]: `threads` stores of stream f, or NULL. The stores are emptied. */
cst_status cst_company_gather(cst_store **const store[CST_FROM_STREAMS], int threads, const cst_plans *plans,
                              cst_company *out, cst_error *e);
void cst_company_clear(cst_company *c);

static inline cst_text cst_company_account(const cst_company *c, uint32_t account)
{
    return cst_intern_text(c->account, c->id[account]);
}
#endif
