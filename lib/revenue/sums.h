/* revenue/sums.h: everything that is added up over accounts, as integers, so that any split of the
 * accounts over threads or files gives the same totals.
 *
 * What stays once it is there (a balance, a customer, a window's cohort) is kept as the change from one
 * period to the next: an account is done with when nothing about it changes any more, whether or not
 * later periods exist, and the reader need not know where time ends. cst_series_close turns changes into
 * levels. */
#ifndef CST_REVENUE_SUMS_H
#define CST_REVENUE_SUMS_H
#include "revenue/rules.h"

/* A window's retention: the cohort's opening, what became of it, the same without growth; and customers.
 * Changes. */
typedef struct cst_ret {
    cst_wide base, net, gross;
    int64_t logos, kept;
} cst_ret;

typedef struct cst_cell {
    cst_wide amount[CST_MOVEMENTS];
    cst_wide effect[CST_EFFECTS];
    cst_wide closing; /* change */
    int64_t new_logos, reactivated, churned;
    int64_t closing_logos; /* change */
    cst_ret ret;
    cst_wide *replicate; /* base, net, gross per replicate; changes; NULL: all 0 */
} cst_cell;

enum { CST_TOP = 10 };
/* The largest balances of a period: of accounts that go on to change, and of those whose balance begins
 * here and stays. */
typedef struct cst_tops {
    cst_money held[CST_TOP], stays[CST_TOP]; /* descending; 0: none */
} cst_tops;

/* A month's (week's) cohort, for compounding. */
typedef struct cst_link {
    cst_ret ret;
    cst_wide *replicate;
} cst_link;

/* One row of the bridge through time: cells [low, low + n). */
typedef struct cst_series {
    cst_period low;
    uint32_t n, room;
    cst_cell *cell;
    cst_tops *top;
    cst_money least; /* every period's tenth largest `held` is at least this */
    uint32_t tried;  /* amounts above it since it was found */
    cst_period link_low;
    uint32_t links, link_room;
    cst_link *link;
} cst_series;

typedef struct cst_sums {
    const cst_rules *rules;
    const cst_labels *labels; /* whose segments the groups are; set by the first account */
    cst_series total;
    cst_series *group; /* by segment id */
    uint32_t groups, group_room;
    cst_day day_low; /* churned[] by day */
    uint32_t days;
    int64_t *churned;
    cst_period tick_low; /* the change of the balance by tick, to hold longer periods against */
    uint32_t ticks;
    cst_wide *tick;
    uint64_t accounts;
    bool mixed;  /* some account's currencies offset one another, so that it is a customer at one rate only */
    bool failed; /* out of memory */
} cst_sums;

void cst_sums_init(cst_sums *s, const cst_rules *rules);
void cst_sums_free(cst_sums *s);

/* The place of a period, made when it must be; NULL: out of memory (s->failed is set). */
cst_cell *cst_sums_reach(cst_sums *s, cst_series *of, cst_period p);
static inline cst_cell *cst_sums_cell(cst_sums *s, cst_series *of, cst_period p)
{
    uint32_t i = (uint32_t)p - (uint32_t)of->low;
    return i < of->n ? &of->cell[i] : cst_sums_reach(s, of, p);
}
cst_link *cst_sums_link(cst_sums *s, cst_series *of, cst_period tick);
cst_series *cst_sums_group(cst_sums *s, uint32_t segment);
/* A balance from a period until another, not included (CST_TICK_NEVER: it stays). The first has its place. */
void cst_sums_enter_top(cst_sums *s, cst_series *of, cst_period from, cst_period until, cst_money v);
static inline void cst_sums_top(cst_sums *s, cst_series *of, cst_period from, cst_period until, cst_money v)
{
    if (v > (until == CST_TICK_NEVER ? 0 : of->least)) cst_sums_enter_top(s, of, from, until, v);
}
void cst_sums_churned(cst_sums *s, cst_day d);
void cst_sums_tick(cst_sums *s, cst_period tick, cst_money change);
/* Adds a change of retention; weight[replicates] are the account's (NULL: no bootstrap). */
void cst_sums_ret(cst_sums *s, cst_ret *ret, cst_wide **replicate, const cst_ret *change,
                  const unsigned char *weight);

/* Adds `from` to `into`; segments are matched by their texts, `map` by segment id of from. */
bool cst_sums_merge(cst_sums *into, const cst_sums *from, const uint32_t *map);
bool cst_series_merge(cst_sums *s, cst_series *into, const cst_series *from, uint32_t replicates);

/* Levels over periods first .. last: turns changes into levels in place; cells outside are dropped,
 * missing ones are 0. */
bool cst_series_close(cst_sums *s, cst_series *of, cst_period first, cst_period last, cst_period link_first,
                      cst_period link_last);
#endif
