/* revenue/renewal_counts.h: what comes up for renewal, counted and added up in money: by period, and for the
 * days ahead of --as-of. */
#ifndef CST_REVENUE_RENEWAL_COUNTS_H
#define CST_REVENUE_RENEWAL_COUNTS_H
#include "revenue/renewals.h"

enum { REV_RENEWAL_AHEAD = 3 };
extern const int rev_renewal_ahead_days[REV_RENEWAL_AHEAD]; /* 30, 60, 90 */

/* Lines, and what they paid before (renewed: after; more, less: the difference). Upcoming ones count as due
 * alone. */
typedef struct rev_renewal_cell {
    int64_t logos, due, on_time, late, more, less, lost; /* logos: accounts */
    cst_wide due_mrr, on_time_mrr, late_mrr, more_mrr, less_mrr, lost_mrr, renewed_mrr;
} rev_renewal_cell;

/* Periods of one group, from `low` on, and what is due ahead: within each of the numbers of days. */
typedef struct rev_renewal_series {
    cst_period low;
    size_t n, room;
    rev_renewal_cell *cell;
    rev_renewal_cell ahead[REV_RENEWAL_AHEAD];
} rev_renewal_series;

/* Zero-initialise it; free it also after a failure. */
typedef struct rev_renewal_counts {
    rev_renewal_series *series; /* 0: the total; then by group + 1 */
    size_t n;
} rev_renewal_counts;

void rev_renewal_counts_free(rev_renewal_counts *c);

/* Made where it is not there yet; NULL: out of memory. */
rev_renewal_series *rev_renewal_series_at(rev_renewal_counts *c, size_t i);
rev_renewal_cell *rev_renewal_cell_at(rev_renewal_series *s, cst_period p);
/* A cell of zeros where it is not there. */
const rev_renewal_cell *rev_renewal_cell_of(const rev_renewal_series *s, cst_period p);

/* Adds a renewal; its account is counted by the caller, who knows whether it is the account's first. */
void rev_renewal_count(rev_renewal_cell *c, const rev_renewal *r);
/* Adds the cells of `from`. false: out of memory */
bool rev_renewal_series_add(rev_renewal_series *into, const rev_renewal_series *from);
#endif
