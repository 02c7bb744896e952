/* revenue/walk.h: one account at a time through all its periods: what it pays, which movements that
 * makes, and what it adds to every sum. A walk belongs to one thread; its scratch is kept from account
 * to account.
 *
 * Keys. With the snapshot basis time runs in ticks (the grid's months or weeks), with the event basis in
 * days; a row counts at key k if on <= k < off. A period closes at one key: its last tick, or its last
 * day. */
#ifndef CST_REVENUE_WALK_H
#define CST_REVENUE_WALK_H
#include "ledger/balance.h"
#include "ledger/failure.h"
#include "revenue/sums.h"

/* One amount of one movement of an account in a period. */
typedef struct rev_entry {
    cst_movement movement;
    uint32_t segment; /* ids of the labels */
    uint32_t centre;  /* CST_UNIT_NONE: of no centre (transfers) */
    cst_money amount;
    cst_money effect[REV_EFFECTS];
    cst_day day; /* the last day it happened (event basis); else CST_DAY_NONE */
} rev_entry;

/* An account in a period in which something about it changed; on loan until the sink returns. */
typedef struct rev_account_period {
    const cst_ledger_account *account;
    cst_period period;
    cst_money from, to; /* its share of opening and closing, each at its own rate */
    bool was, is;       /* a customer at opening, at closing */
    cst_day effective;  /* the last day its revenue changed */
    const rev_entry *entry;
    size_t entries;
    const bool *changed; /* by row: a source of the movement */
} rev_account_period;
typedef cst_status rev_period_sink(void *context, const rev_account_period *x, cst_error *e);

/* A balance that holds from a period on. */
typedef struct walk_point {
    cst_period period;
    cst_money value;
} walk_point;

/* Once per account, after its periods: its closings, one point per period in which it changed (all of
 * them with fx). */
typedef cst_status rev_balance_sink(void *context, const cst_ledger_account *a, const walk_point *point,
                                    size_t n, cst_error *e);

/* Something of the account that has a balance: a line, a centre, a segment, a line's part in a segment. */
typedef struct walk_slot {
    uint32_t label;
    uint32_t up;   /* of a line: its centre; of a cell: its line */
    uint32_t side; /* of a cell: its segment; of a line: its first cell */
    uint32_t next; /* of a cell: the line's next; WALK_END */
    uint32_t step; /* in which `before` was taken */
    uint32_t mark; /* segments: the period it was listed in */
    cst_money now, before;
    cst_money opening; /* segments: own-rate balance at the last closing; cells: scratch of the revaluation */
    cst_money posted;  /* segments: booked in this step */
    cst_wide grow, shrink; /* segments: of a window */
    cst_money base, net;   /* cells: at both ends of a window; segments: what is kept of which opening */
    rev_ret ret;           /* segments: what the window came to before */
} walk_slot;
#define WALK_END UINT32_MAX

typedef struct walk_slots {
    walk_slot *at;
    uint32_t n;
    size_t room;
    uint32_t *touched; /* in this step */
    uint32_t touches;
    uint32_t *local; /* by label: index + 1 if stamped */
    uint32_t *stamp; /* by label: the account it was seen in */
    size_t labels;
} walk_slots;

typedef struct walk_event {
    int32_t key;
    uint32_t what; /* row x 2, + 1 for its end */
} walk_event;

typedef struct walk_segment_point {
    uint32_t segment; /* local */
    walk_point point;
} walk_segment_point;

/* A rate as it was looked up last: of a day, or the mean since `from`. */
typedef struct walk_rate {
    cst_rate rate;
    cst_day day, from; /* day CST_DAY_NONE: not looked up; from CST_DAY_NONE: the day's own */
} walk_rate;

typedef struct rev_walk {
    const rev_rules *rules;
    rev_sums *sums;
    rev_period_sink *sink; /* NULL: none; needs rules->entries */
    rev_balance_sink *balances;
    void *context;
    /* the account in hand */
    const cst_ledger_account *account;
    const cst_ledger_row *row;
    size_t rows, row_room;
    const cst_ledger_row *whole; /* while one stay is walked: the rows of all; else NULL */
    size_t wholes;
    int32_t *on, *off;
    uint32_t *cell_of;       /* by row */
    cst_balance balance;     /* scratch */
    cst_ledger_row *clipped; /* rows of one stay, with a reactivation window */
    size_t clipped_room;
    uint32_t epoch; /* accounts seen */
    walk_slots line, centre, segment, cell;
    bool plain;      /* one cell, and nobody asks for it: the total says all */
    bool quick;      /* rules under which plain accounts take the short way */
    uint32_t serial; /* numbers periods within the account */
    uint32_t group;  /* segment id where segments are the account's */
    walk_event *event;
    size_t events, event_room;
    uint32_t step; /* numbers steps; never repeats within an account */
    cst_money total;
    cst_money flow_grow, flow_shrink, flow_back;
    bool flowing;        /* steps go to the flows of a window, not to the sums */
    bool was, ever;      /* a customer at the last closing or step; before that */
    uint64_t unmeasured; /* lines that changed, of which only some rows have a quantity */
    bool overflow, memory;
    bool unrated; /* a rate was missing: w->error has it */
    cst_error rate_error;
    int32_t key0, key1;              /* of the step in hand */
    rev_cell *sum_total, *sum_group; /* of the period in hand */
    cst_period period;
    cst_day day;
    rev_entry *entry;
    size_t entries, entry_room;
    bool *changed;
    walk_point *point;
    size_t points, point_room;
    walk_segment_point *segment_point;
    size_t segment_points, segment_point_room;
    uint32_t *listed; /* segments that moved in this period */
    size_t listings, listed_room;
    unsigned char *weight; /* bootstrap weights of the account */
    bool weighed;
    walk_rate *rate; /* by currency label */
    size_t rates;
    const cst_labels *rate_labels; /* whose currency ids those are */
    cst_day valued;                /* the day rates are wanted for; CST_DAY_NONE: amounts as they are */
    cst_day mean_from;             /* their mean since this day; CST_DAY_NONE: those of the day alone */
    cst_account_failure failure;
    bool failed; /* the account in hand */
    /* if note_ended (needs net_line): what the account's lines paid before they came to nothing, by period */
    bool note_ended;
    walk_point *ended;
    size_t endeds, ended_room;
} rev_walk;

void rev_walk_init(rev_walk *w, const rev_rules *rules, rev_sums *sums);
void rev_walk_free(rev_walk *w);
/* A cst_ledger_visit. An account that cannot be walked (below zero, too large, no rate) is kept as
 * w->error, the one whose id comes first, so that the message does not depend on threads; the walk goes
 * on. */
cst_status rev_walk_account(void *walk, const cst_ledger_account *a, cst_error *e);

/* ---- within the room --------------------------------------------------------------------------------- */

/* walk.c: the account fails since its total is below zero at a key. Names the first negative row that holds
 * then: one of those that make it so. */
void rev_walk_fail_below_zero(rev_walk *w, int32_t key);

/* Keeps what failed since as a failure of the account in hand. */
void rev_walk_check_failures(rev_walk *w);

/* walk_periods.c: the rows in w->row period by period, in full, once their events are listed. Failures of
 * the account, and of memory, are kept in w. */
cst_status rev_walk_periods(rev_walk *w, cst_error *e);
/* The last end among the rows that ran out between two keys, counted. */
void rev_walk_count_churned(rev_walk *w, int32_t open, int32_t close);

/* plain.c: the short way for an account whose total says all. */
bool rev_walk_quick(const rev_walk *w); /* whether the rules allow it */
bool rev_walk_is_plain(const rev_walk *w);
void rev_walk_plain(rev_walk *w);

/* slots.c: the account's lines, centres, segments and cells. */
bool rev_walk_lay_out(rev_walk *w);
void rev_walk_free_slots(walk_slots *s);
/* Takes a change of row i, or of a cell, with its line, centre and segment, into the step. */
void rev_walk_touch(rev_walk *w, size_t i, cst_money change);
void rev_walk_touch_cell(rev_walk *w, uint32_t cell, cst_money change);
void rev_walk_begin_step(rev_walk *w);
void rev_walk_list_segment(rev_walk *w, uint32_t segment);
/* Everything to zero, for another pass. */
void rev_walk_reset(rev_walk *w);

/* step.c: the movements of a step. */
void rev_walk_settle(rev_walk *w, cst_money before, bool was, bool is);
void rev_walk_book(rev_walk *w, cst_movement kind, cst_money amount);
void rev_walk_book_part(rev_walk *w, cst_movement kind, uint32_t segment, uint32_t centre, cst_money amount,
                        const cst_money *effect);

/* value.c: amounts at the rates of a day, balances at a key. */
bool rev_walk_value(rev_walk *w, size_t i, cst_money *out);
void rev_walk_value_on(rev_walk *w, cst_day day);
/* At the mean of the rates of days first .. last, or up to as_of. */
void rev_walk_value_over(rev_walk *w, cst_day first, cst_day last);
static inline bool walk_holds(const rev_walk *w, size_t i, int32_t key)
{
    return w->on[i] <= key && w->off[i] > key;
}
/* Revenue by days: what row i comes to in a month, amount x days held / days of the month, rounded once, at
 * the rate in hand. Its days are those of the stream, before grace and up to as_of. Needs the plans of the
 * ledger. */
bool rev_walk_earn(rev_walk *w, size_t i, cst_period month, cst_money *out);
/* The sum of the rows that hold at a key; with groups of rows, each cell's into its `base` (or `net`). */
enum walk_part { WALK_BASE, WALK_NET };
cst_money rev_walk_balance(rev_walk *w, int32_t key, enum walk_part part);
int32_t rev_walk_close_key(const rev_walk *w, cst_period p);
int32_t rev_walk_tick_key(const rev_walk *w, cst_period tick);
cst_day rev_walk_key_day(const rev_walk *w, int32_t key);
cst_period rev_walk_key_period(const rev_walk *w, int32_t key);
cst_period rev_walk_key_tick(const rev_walk *w, int32_t key);
/* The balances of all slots set to what holds at a key, in one step. */
void rev_walk_stand_at(rev_walk *w, int32_t key);
void rev_walk_apply(rev_walk *w, const walk_event *v);
/* Sums and differences that may leave the range: then the account fails, and they are 0. */
bool rev_walk_add(rev_walk *w, cst_money *to, cst_money what);
cst_money rev_walk_less(rev_walk *w, cst_money a, cst_money b);

/* windows.c: retention. */
void rev_walk_windows(rev_walk *w);
#endif
