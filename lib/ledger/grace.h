/* ledger/grace.h: short gaps that are not churn. */
#ifndef CST_LEDGER_GRACE_H
#define CST_LEDGER_GRACE_H
#include <cstools/ledger.h>

/* Where the account's total is zero and the next start is at most `days` after the end, the rows that
 * ended that day run on to that start at their old amount. Rows of no amount and rows of no days neither
 * end nor start anything. false: out of memory. */
bool cst_ledger_grace(cst_ledger_row *row, size_t n, int32_t days);
#endif
