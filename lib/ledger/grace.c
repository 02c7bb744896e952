/* ledger/grace.c: where what an account pays falls to zero and the next change follows in time, the rows that
 * ended on that day are lengthened. Lengthening fills the gap exactly, so that no other gap changes. */
#include "ledger/grace.h"
#include "ledger/balance.h"

bool cst_ledger_grace(cst_ledger_row *row, size_t n, int32_t days)
{
    if (days <= 0 || n < 2) return true;
    cst_balance b = {0};
    bool ok = cst_balance_fill(&b, row, n, CST_DAY_NONE);
    for (size_t i = 0; ok && i < n; i++) {
        cst_ledger_row *r = &row[i];
        if (r->start >= r->end || r->amount == 0 || r->end == CST_LEDGER_OPEN) continue;
        size_t next = cst_balance_after(&b, r->end);
        if (b.at[next - 1].level == 0 && next < b.n && (int64_t)b.at[next].day - r->end <= days)
            r->end = b.at[next].day;
    }
    cst_balance_free(&b);
    return ok;
}
