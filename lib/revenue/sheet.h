/* revenue/sheet.h: --format pretty: the bridge as a finance sheet, figures down and periods across. */
#ifndef CST_REVENUE_SHEET_H
#define CST_REVENUE_SHEET_H
#include "revenue/bridge.h"

cst_status rev_sheet_write(rev_session *s, const cst_write_opts *o, cst_error *e);
#endif
