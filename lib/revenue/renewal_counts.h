/* revenue/renewal_counts.h: what comes up for renewal, counted and added up in money: by period, and for
 * stretches of days ahead of --as-of. */
#ifndef CST_REVENUE_RENEWAL_COUNTS_H
#define CST_REVENUE_RENEWAL_COUNTS_H
#include "revenue/renewals.h"

/* Lines, and what they paid before; more and less: what they pay more or less since. */
enum rev_renewal_figure {
    REV_DUE,
    REV_ON_TIME,
    REV_LATE,
    REV_MORE,
    REV_LESS,
    REV_LOST,
    REV_FELL_THROUGH,
    REV_PENDING,
    REV_UNSETTLED,
    REV_RENEWAL_FIGURES
};

/* A stretch of days after --as-of, both included. */
typedef struct rev_stretch {
    const char *name;
    int first, last;
} rev_stretch;
enum { REV_STRETCHES = 5, REV_AHEAD_DAYS = 90 };
extern const rev_stretch rev_stretches[REV_STRETCHES];

typedef struct rev_renewal_cell {
    int64_t logos, lines[REV_RENEWAL_FIGURES]; /* logos: accounts */
    cst_wide mrr[REV_RENEWAL_FIGURES], renewed, ended[CST_ENDS];
    uint64_t account, line; /* the last that was counted, by the thread's own numbers; 0: none */
} rev_renewal_cell;

/* Periods of one group, from `low` on, and the stretches ahead. */
typedef struct rev_renewal_series {
    bool met; /* an account has rows in it */
    cst_period low;
    size_t n, room;
    rev_renewal_cell *cell;
    rev_renewal_cell ahead[REV_STRETCHES];
} rev_renewal_series;

/* Zero-initialise it; free it also after a failure. */
typedef struct rev_renewal_counts {
    rev_renewal_series *series; /* 0: the total; then by group + 1 */
    size_t n, room;
} rev_renewal_counts;

void rev_renewal_counts_free(rev_renewal_counts *c);

/* Made where it is not there yet; NULL: out of memory. */
rev_renewal_series *rev_renewal_series_at(rev_renewal_counts *c, size_t i);
rev_renewal_cell *rev_renewal_cell_at(rev_renewal_series *s, cst_period p);
/* A cell of zeros where it is not there. */
const rev_renewal_cell *rev_renewal_cell_of(const rev_renewal_series *s, cst_period p);

/* Adds the cells of `from`. false: out of memory */
bool rev_renewal_series_add(rev_renewal_series *into, const rev_renewal_series *from);
/* The sums that must foot; what is renewed adds up in the total alone, since the credits of a group have no
 * part of it. CST_INTERNAL: they do not. */
cst_status rev_renewal_check(const rev_renewal_cell *c, bool total, cst_error *e);
#endif
