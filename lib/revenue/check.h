/* revenue/check.h: the identities of a bridge, checked on every run. A violation is a defect of ours:
 * CST_INTERNAL. */
#ifndef CST_REVENUE_CHECK_H
#define CST_REVENUE_CHECK_H
#include "revenue/sums.h"

/* Over closed sums, first .. last. `entries`: the sums of what the detail holds (amounts alone), or NULL. */
cst_status rev_check_sums(const rev_sums *s, cst_period first, cst_period last, bool total,
                          const rev_series *entries, cst_error *e);
#endif
