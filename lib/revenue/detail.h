/* revenue/detail.h: --detail: a row for every movement of every account, with the rows of the export
 * behind it. */
#ifndef CST_REVENUE_DETAIL_H
#define CST_REVENUE_DETAIL_H
#include "revenue/session.h"

/* The bridge with its detail. */
cst_status rev_detail_run(rev_session *s, cst_error *e);
/* "file:line;file:line" of the rows marked in x, in input order. */
struct cst_buffer;
void rev_detail_sources(const rev_account_period *x, struct cst_buffer *out);
#endif
