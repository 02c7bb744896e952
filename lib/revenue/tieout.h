/* revenue/tieout.h: --tie-out FILE: closings against a table of balances (period, amount; also by
 * account_id). */
#ifndef CST_REVENUE_TIEOUT_H
#define CST_REVENUE_TIEOUT_H
#include "revenue/session.h"

/* CST_END: a difference beyond the tolerance, or a period that one side lacks. */
cst_status rev_tieout_run(rev_session *s, cst_error *e);
#endif
