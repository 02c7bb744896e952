/* cohort/book.h: the main stream as a ledger of subscriptions, and an account's balance over time. */
#ifndef CST_COHORT_BOOK_H
#define CST_COHORT_BOOK_H
#include "cohort/input.h"
#include "ledger/balance.h"
#include <cstools/ledger.h>

/* Reads the opened main stream. `ordered`: accounts are to be visited in the order of their bytes. */
cst_status cohort_book_read(cohort_input *in, bool ordered, cst_ledger **out, cst_error *e);
/* Visits every account, then says which rows are there twice (CST_DATA where that is an error). */
cst_status cohort_book_each(const cohort_input *in, cst_ledger *l, int threads, cst_ledger_visit *visit,
                            void *const worker[], cst_error *e);
/* Its rows and accounts into the manifest; accounts are counted once they have been visited. */
void cohort_book_tell(const cohort_input *in, const cst_ledger *l);
/* The day the data is good for: --as-of, or the latest start or end there is, which is told;
 * CST_DAY_NONE: neither. */
cst_day cohort_book_day(const cohort_input *in, const cst_ledger *l);

/* Orders the account's rows by group; those of one are then a->row[from .. to). */
void cohort_book_part(const cst_ledger_account *a);
/* The end of the group that begins at `from`; *group is its id in the labels. */
size_t cohort_book_group(const cst_ledger_account *a, size_t from, uint32_t *group);
#endif
