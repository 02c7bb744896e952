/* revenue/renewals.h: --renewals: what came up for renewal, what became of it, and how lines ended. What a
 * renewal is, ledger/renewal.h says. */
#ifndef CST_REVENUE_RENEWALS_H
#define CST_REVENUE_RENEWALS_H
#include "ledger/renewal.h"
#include "revenue/session.h"

/* A due date as the table counts it and the detail shows it; money in the currency of the report. */
typedef struct rev_renewal {
    const cst_renewal *date;
    cst_renewal_fate fate;
    cst_text line;             /* what tells its line from others of the account */
    cst_money change;          /* renewed less due, where renewed; else 0 */
    const cst_ledger_row *row; /* of those that came up, the one that pays most */
} rev_renewal;

cst_status rev_renewals_run(rev_session *s, cst_error *e);
#endif
