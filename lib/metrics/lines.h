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
typedef struct met_valuation {
    const cst_fx *fx;
    const met_gathered *subscriptions;
} met_valuation;

/* An amount of a currency (the number of a text, UINT64_MAX: none) on a day. CST_DATA: no rate. */
cst_status met_valuation_of(const met_valuation *v, uint64_t currency, cst_money amount, cst_day day,
                            cst_money *out, cst_error *e);

typedef enum {
    MET_RENEWED,
    MET_RENEWED_LATE,
    MET_RENEWAL_LOST,
    MET_RENEWAL_PENDING,
    MET_RENEWAL_STATUSES
} met_renewal_status;

#define MET_GENERATED_CELLS 5
typedef struct met_generated {
    cst_day day;
    cst_day back; /* renewals: the day on which the line has MRR again, CST_DAY_NONE: none within the grace */
    uint64_t v[MET_GENERATED_CELLS];     /* by cell (bind.c); money or double */
    met_mask mask[MET_RENEWAL_STATUSES]; /* changes: the first alone */
} met_generated;

typedef struct met_generated_list {
    met_generated *row;
    size_t n, room;
} met_generated_list;

/* `rows`: the account's subscriptions. Fills `out` (which keeps its memory) with what happened up to
 * `last`, in order of days. */
cst_status met_renewals_make(const met_plan *p, const met_valuation *v, met_rows rows, cst_day last,
                             int32_t grace, met_generated_list *out, cst_error *e);
cst_status met_changes_make(const met_plan *p, const met_valuation *v, met_rows rows, cst_day last,
                            met_generated_list *out, cst_error *e);
/* The status of a renewal as it is known on a day on or after it. */
met_renewal_status met_renewal_on(const met_generated *r, cst_day day, int32_t grace);
/* The next start + n x term_months of a record of the subscriptions after `day`; CST_DAY_NONE: it has no
 * term. */
cst_day met_renewal_next(const met_plan *p, const uint64_t *record, cst_day day);
#endif
