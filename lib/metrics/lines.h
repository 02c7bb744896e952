/* metrics/lines.h: what is made of an account's subscriptions: its MRR on a day, the renewals of its lines,
 * the changes of its MRR.
 *
 * A line is what an account pays for one buying center (the column buying_center if the file has it, else
 * product, else all it pays). What a renewal is, and what becomes of it, ledger/renewal.h says. A change is a
 * day on which the account's MRR differs from the day before; an ending is a day on which a line pays nothing
 * any more, for as long as it does not pay again. */
#ifndef CST_METRICS_LINES_H
#define CST_METRICS_LINES_H
#include "ledger/fx.h"
#include "ledger/renewal.h"
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

#define MET_GENERATED_CELLS  5
#define MET_GENERATED_STATES CST_RENEWAL_UPCOMING /* statuses that a renewal of the past can have */
typedef struct met_generated {
    cst_day day;
    size_t date;   /* renewals: number of the due date */
    cst_day final; /* renewals: from this day on its status stays as it is */
    cst_day back;  /* endings: the day on which the line pays again; CST_DAY_NONE: it does not */
    uint64_t v[MET_GENERATED_CELLS];     /* by cell (bind.c); money or double */
    met_mask mask[MET_GENERATED_STATES]; /* renewals: by status; else the first alone */
} met_generated;

typedef struct met_generated_list {
    met_generated *row;
    size_t n, room;
} met_generated_list;

/* The account's subscriptions as lines, and what was due up to `last`. */
cst_status met_lines_find(cst_renewals *w, const met_valuation *v, met_rows rows,
                          const cst_renewal_rules *rules, cst_day last, cst_error *e);
/* Fill `out` (which keeps its memory) with what happened up to `last`, in order of days. The first two after
 * met_lines_find; `rows`: the account's subscriptions. */
cst_status met_renewals_make(const met_plan *p, const met_valuation *v, const cst_renewals *w,
                             met_generated_list *out, cst_error *e);
cst_status met_endings_make(const met_plan *p, const met_valuation *v, const cst_renewals *w, cst_day last,
                            met_generated_list *out, cst_error *e);
cst_status met_changes_make(const met_plan *p, const met_valuation *v, met_rows rows, cst_day last,
                            met_generated_list *out, cst_error *e);
/* The next start + n x term_months of a record of the subscriptions after `day`; CST_DAY_NONE: it has no
 * term. */
cst_day met_renewal_next(const met_plan *p, const uint64_t *record, cst_day day);
#endif
