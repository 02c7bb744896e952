/* revenue/renewals.h: --renewals: what came up for renewal, and what became of it.
 *
 * At start + n x term_months (from the start, clamped to the month's length) a row's line is up with
 * what the line pays on the day before. It is renewed on time if it pays anything on that day, late if
 * it starts again within --grace days, else lost. A row that ends before its term is up comes up for
 * nothing: that is churn, not a lost renewal. */
#ifndef CST_REVENUE_RENEWALS_H
#define CST_REVENUE_RENEWALS_H
#include "revenue/session.h"

enum rev_renewal_status { REV_RENEWED, REV_LATE, REV_LOST, REV_UPCOMING };

typedef struct rev_renewal {
    cst_day due;
    cst_day renewed;  /* the day it went on; CST_DAY_NONE: lost or upcoming */
    cst_money before; /* paid on the day before */
    cst_money after;  /* paid on `renewed` */
    uint32_t line;    /* label of the line, or of the centre where there are no line columns */
    uint32_t unit;    /* of the row that came up */
    int32_t term;
    size_t row; /* the first row that came up */
    enum rev_renewal_status status;
} rev_renewal;

/* All renewals of an account up to `until`, in order of day, then of the rows that came up. `as_of`: the
 * last day that has happened; later ones are upcoming. The caller frees *out. */
cst_status rev_renewals_of(const cst_ledger_account *a, int32_t grace, cst_day as_of, cst_day until,
                           rev_renewal **out, size_t *n, cst_error *e);
cst_status rev_renewals_run(rev_session *s, cst_error *e);
#endif
