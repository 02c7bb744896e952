/* revenue/restate.h: --restate PRIOR: an earlier detail against today's. */
#ifndef CST_REVENUE_RESTATE_H
#define CST_REVENUE_RESTATE_H
#include "revenue/session.h"

cst_status rev_restate_run(rev_session *s, cst_error *e);
#endif
