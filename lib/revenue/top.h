/* revenue/top.h: --top N: per period the N accounts that moved most. */
#ifndef CST_REVENUE_TOP_H
#define CST_REVENUE_TOP_H
#include "revenue/session.h"

cst_status rev_top_run(rev_session *s, cst_error *e);
#endif
