/* stages/flow.h: the bridge of the pipeline: what was open when a period began, what came, changed and
 * left in it, and what was open when it ended. Amounts are in the reporting currency, where there is one,
 * at the rate of the period's last day; fx is what that makes of the opening, which is at the rate of the
 * day before. */
#ifndef CST_STAGES_FLOW_H
#define CST_STAGES_FLOW_H
#include "base/period.h"
#include "stages/session.h"

typedef struct stages_flow_step {
    cst_day first, last;
    cst_wide opening, added, reopened, changed, fx, transfer, won, lost, closing;
    int64_t opening_items, added_items, reopened_items, transfer_items, won_items, lost_items, closing_items;
    cst_maybe expansion, difference; /* of the tie; not there: none was asked for */
} stages_flow_step;

/* An account that won something. */
typedef struct stages_win {
    uint32_t account, group; /* of the flow's accounts, of the items' groups */
    size_t period;
} stages_win;

typedef struct stages_flow {
    const stages_session *s;
    cst_calendar calendar;
    cst_period low; /* the first period */
    size_t periods, groups;
    cst_day *close;         /* by period, from 1 on: its last day; 0: the day before the first */
    stages_flow_step *step; /* by period, then group, the total behind these */
    stages_win *win;
    size_t wins, win_room;
    cst_intern *accounts; /* of the wins */
} stages_flow;

/* group: of the items' groups; f->groups: the total. */
static inline stages_flow_step *stages_flow_at(const stages_flow *f, size_t period, size_t group)
{
    return &f->step[period * (f->groups + 1) + group];
}

/* tie.c: what the subscriptions of the accounts that won in a period gained in it, into the steps. */
cst_status stages_tie(stages_flow *f, cst_error *e);
#endif
