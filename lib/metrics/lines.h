/* metrics/lines.h: what is made of an account's subscriptions: its MRR on a day, the renewals of its lines,
 * the changes of its MRR.
 *
 * A line is what an account pays for one buying center (the column buying_center if the file has it, else
 * product, else all it pays). At start + n x term_months of a row a line is up with its MRR of the day
 * before: renewed if it has MRR on that day, late if it has again within the grace, else lost; until the
 * grace is over, pending. A change is a day on which the account's MRR differs from the day before. */
#ifndef CST_METRICS_LINES_H
#define CST_METRICS_LINES_H
#include "ledger/fx.h"
#include "metrics/gather.h"
#include <cstools/ledger.h>

/* Rates by which amounts are valued; fx NULL: all are in one currency. */
typedef struct cst_valuation {
    const cst_fx *fx;
    const cst_gathered *subscriptions;
} cst_valuation;

/* An amount of a currency (the number of a text, UINT64_MAX: none) on a day. CST_DATA: no rate. */
cst_status cst_valuation_of(const cst_valuation *v, uint64_t currency, cst_money amount, cst_day day,
                            cst_money *out, cst_error *e);

typedef enum {
    CST_RENEWED,
    CST_RENEWED_LATE,
    CST_RENEWAL_LOST,
    CST_RENEWAL_PENDING,
    CST_RENEWAL_STATUSES
} cst_renewal_status;

#define CST_MADE_CELLS 5
typedef struct cst_made {
    cst_day day;
    cst_day back; /* renewals: the day on which the line has MRR again, CST_DAY_NONE: none within the grace */
    uint64_t v[CST_MADE_CELLS];          /* by cell (bind.c); money or double */
    cst_mask mask[CST_RENEWAL_STATUSES]; /* changes: the first alone */
} cst_made;

typedef struct cst_made_list {
    cst_made *row;
    size_t n, room;
} cst_made_list;

/* `rows`: the account's subscriptions. Fills `out` (which keeps its memory) with what happened up to
 * `last`, in order of days. */
cst_status cst_renewals_make(const cst_plan *p, const cst_valuation *v, cst_rows rows, cst_day last,
                             int32_t grace, cst_made_list *out, cst_error *e);
cst_status cst_changes_make(const cst_plan *p, const cst_valuation *v, cst_rows rows, cst_day last,
                            cst_made_list *out, cst_error *e);
/* The status of a renewal as it is known on a day on or after it. */
cst_renewal_status cst_renewal_on(const cst_made *r, cst_day day, int32_t grace);
/* The next start + n x term_months of a record of the subscriptions after `day`; CST_DAY_NONE: it has no
 * term. */
cst_day cst_renewal_next(const cst_plan *p, const uint64_t *record, cst_day day);
#endif
