/* forecast/history.h: what happened, month by month, to one row of the result: all accounts, or a group's. */
#ifndef CST_FORECAST_HISTORY_H
#define CST_FORECAST_HISTORY_H
#include "forecast/sums.h"

typedef struct forecast_history {
    forecast_month *month; /* 0 .. t */
    int months;            /* t + 1 */
    cst_wide known[FORECAST_KNOWN][FORECAST_AHEAD];
} forecast_history;

static inline cst_wide forecast_closing(const forecast_history *h, int s)
{
    return h->month[s].v[FORECAST_KEPT];
}

static inline cst_wide forecast_opening(const forecast_history *h, int s)
{
    return s > 0 ? forecast_closing(h, s - 1) : 0;
}

static inline cst_wide forecast_moved(const forecast_history *h, int s, int movement)
{
    return h->month[s].v[FORECAST_MOVE + movement];
}

/* The month ends from the first with revenue to t, over all series; 0: there is none. */
int forecast_months_of(const forecast_sums *s);
/* The last `months` of a series. false: out of memory. Free it with forecast_history_free. */
bool forecast_history_of(forecast_series *s, int months, forecast_history *out);
void forecast_history_free(forecast_history *h);
/* The movements of the total are from here on those of the groups added up. */
void forecast_history_clear_moves(forecast_history *total);
void forecast_history_add_moves(forecast_history *total, const forecast_history *group);

/* The identities of one row; a violation is a defect of ours: CST_INTERNAL. CST_LIMIT: sums too large to
 * compute with. `last`: the month of t. */
cst_status forecast_history_check(const forecast_history *h, cst_period last, cst_error *e);
/* The sum over groups = the total. */
cst_status forecast_history_check_groups(const forecast_history *total, const forecast_sums *s,
                                         cst_period last, cst_error *e);
#endif
