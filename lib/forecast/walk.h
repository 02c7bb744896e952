/* forecast/walk.h: one account at a time: what it pays at every month end up to t, which movements that
 * makes, what it adds to the bases of its months, and what of it is known to come. A walk belongs to one
 * thread. */
#ifndef CST_FORECAST_WALK_H
#define CST_FORECAST_WALK_H
#include "base/intern.h"
#include "forecast/sums.h"
#include "ledger/failure.h"
#include "ledger/fx.h"
#include "ledger/grid.h"

/* Nothing here changes while accounts are walked: every thread reads the same rules. */
typedef struct forecast_rules {
    cst_grid grid;      /* of months */
    cst_period t;       /* the last month that is over */
    cst_day as_of;      /* rows that start later are signed, ends that come later have not happened */
    cst_period history; /* nothing is known before this month; INT32_MIN: all is */
    int32_t grace;      /* days */
    const cst_fx *fx;   /* NULL: amounts as they are; else every row at the rate of as_of */
    bool groups;        /* segments are reported */
    bool total;         /* all accounts together make sense: not where groups keep currencies apart */
} forecast_rules;

typedef struct forecast_walk {
    const forecast_rules *rules;
    forecast_sums sums;
    const cst_labels *labels; /* whose segments the groups are; set by the first account */
    uint64_t history, signed_rows, accounts;
    cst_account_failure failure;
    cst_intern *names; /* of the accounts, where somebody wants them; else NULL */
    /* scratch of the account in hand */
    struct forecast_part *part; /* rows of one segment */
    size_t part_room;
    cst_period *on, *off;
    size_t row_room;
    cst_money *balance; /* by month, and FORECAST_AHEAD zeros */
    size_t balance_room;
    struct forecast_change *change; /* of centres */
    size_t change_room;
    cst_wide *growth[2]; /* by month: in centres that were held, in others */
    size_t growth_room[2];
    cst_rate *rate; /* by currency id; 0: not looked up yet */
    size_t rate_room;
} forecast_walk;

void forecast_walk_free(forecast_walk *w);
/* A cst_ledger_visit. What is wrong with an account (below zero, too large, no rate) is kept as w->failure,
 * so that the message does not depend on threads. */
cst_status forecast_walk_account(void *walk, const cst_ledger_account *a, cst_error *e);
#endif
