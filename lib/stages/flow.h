/* stages/flow.h: the bridge of the pipeline: what was open when a period began, what came, changed and
 * left in it, and what was open when it ended. Amounts are in the reporting currency, where there is one,
 * at the rate of the period's last day; fx is what that makes of the opening, which is at the rate of the
 * day before. */
#ifndef CST_STAGES_FLOW_H
#define CST_STAGES_FLOW_H
#include "base/map.h"
#include "base/period.h"
#include "stages/session.h"

#define STAGES_TOTAL UINT32_MAX /* in place of a group */

typedef struct stages_flow_step {
    uint32_t period, rank; /* rank: the place of the group; the total is behind all */
    uint32_t group;        /* of the items' groups, or STAGES_TOTAL */
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
    size_t periods;
    cst_day *close;         /* by period, from 1 on: its last day; 0: the day before the first */
    stages_flow_step *step; /* the total of every period, then those of groups that have something in one */
    size_t steps, step_room;
    cst_map *at;    /* period and group -> index into step */
    uint32_t *rank; /* of the items' groups, by bytes */
    stages_win *win;
    size_t wins, win_room;
    cst_intern *accounts; /* of the wins */
} stages_flow;

/* The step of a period and group, new if it must be; good until the next call. NULL: out of memory. */
stages_flow_step *stages_flow_at(stages_flow *f, size_t period, uint32_t group);

/* tie.c: what the subscriptions of the accounts that won in a period gained in it, into the steps. */
cst_status stages_tie(stages_flow *f, cst_error *e);
#endif
