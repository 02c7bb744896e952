/* revenue/detail.h: --detail: a row for every movement of every account, with the rows of the export
 * behind it. */
#ifndef CST_REVENUE_DETAIL_H
#define CST_REVENUE_DETAIL_H
#include "revenue/session.h"

/* The bridge with its detail. */
cst_status cst_detail_run(cst_session *s, cst_error *e);
/* "file:line;file:line" of the rows marked in x, in input order. */
struct cst_buffer;
void cst_detail_sources(const cst_account_period *x, struct cst_buffer *out);
#endif
