/* revenue/sums.h: everything that is added up over accounts, as integers, so that any split of the
 * accounts over threads or files gives the same totals.
 *
 * What stays once it is there (a balance, a customer, a window's cohort) is kept as the change from one
 * period to the next: an account is done with when nothing about it changes any more, whether or not
 * later periods exist, and the reader need not know where time ends. rev_series_close turns changes into
 * levels. */
#ifndef CST_REVENUE_SUMS_H
#define CST_REVENUE_SUMS_H
#include "revenue/rules.h"

/* A window's retention: the cohort's opening, what became of it, the same without growth; and customers.
 * Changes. */
enum { REV_RET_SUMS = 3, REV_RET_COUNTS = 2 };
typedef union rev_ret {
    struct {
        cst_wide base, net, gross;
        int64_t logos, kept;
    };
    struct {
        cst_wide sum[REV_RET_SUMS];
        int64_t count[REV_RET_COUNTS];
    };
} rev_ret;

/* What is added up for a period, by name, and one after the other. */
enum { REV_RET_AT = CST_MOVEMENTS + REV_EFFECTS + 1, REV_SUMS = REV_RET_AT + REV_RET_SUMS, REV_COUNTS = 6 };
typedef struct rev_cell {
    union {
        struct {
            cst_wide amount[CST_MOVEMENTS];
            cst_wide effect[REV_EFFECTS];
            cst_wide closing; /* change */
            rev_ret ret;
            int64_t closing_logos; /* change */
            int64_t new_logos, reactivated, churned;
        };
        struct {
            cst_wide sum[REV_SUMS];
            int64_t count[REV_COUNTS];
        };
    };
    cst_wide *replicate; /* base, net, gross per replicate; changes; NULL: all 0 */
} rev_cell;

/* Number k of all sums and counts, in the order that a part has them. */
enum { REV_ALL_SUMS = REV_SUMS + REV_COUNTS, REV_RET_FIRST = REV_ALL_SUMS - REV_RET_SUMS - REV_RET_COUNTS };
typedef struct rev_sum {
    const char *item, *name; /* as a part calls it */
    int at;                  /* in sum[] or count[] of a cell */
    bool count;
} rev_sum;
rev_sum rev_sum_of(int k);

enum { REV_TOP = 10 };
/* The largest balances of a period: of accounts that go on to change, and of those whose balance begins
 * here and stays. */
typedef struct rev_tops {
    cst_money held[REV_TOP], tenure[REV_TOP]; /* descending; 0: none */
} rev_tops;

/* A month's (week's) cohort, for compounding. */
typedef struct rev_link {
    rev_ret ret;
    cst_wide *replicate;
} rev_link;

/* One row of the bridge through time: cells [low, low + n). */
typedef struct rev_series {
    cst_period low;
    uint32_t n;
    rev_cell *cell;
    rev_tops *top;
    cst_money least; /* every period's tenth largest `held` is at least this */
    uint32_t tried;  /* amounts above it since it was found */
    cst_period link_low;
    uint32_t links;
    rev_link *link;
    cst_period earned_low;
    uint32_t earneds;
    cst_wide *earned; /* revenue by days; of periods */
} rev_series;

typedef struct rev_sums {
    const rev_rules *rules;
    const cst_labels *labels; /* whose segments the groups are; set by the first account */
    rev_series total;
    rev_series *group; /* by segment id */
    uint32_t groups;
    size_t group_room;
    cst_day day_low; /* churned[] by day */
    uint32_t days;
    int64_t *churned;
    cst_period tick_low; /* the change of the balance by tick, to hold longer periods against */
    uint32_t ticks;
    cst_wide *tick;
    uint64_t accounts;
    bool mixed;  /* some account's currencies offset one another, so that it is a customer at one rate only */
    bool failed; /* memory ran out */
} rev_sums;

void rev_sums_init(rev_sums *s, const rev_rules *rules);
void rev_sums_free(rev_sums *s);

/* The place of a period, made when it must be; NULL: s->failed is set. */
rev_cell *rev_sums_reach(rev_sums *s, rev_series *of, cst_period p);
static inline rev_cell *rev_sums_cell(rev_sums *s, rev_series *of, cst_period p)
{
    uint32_t i = (uint32_t)p - (uint32_t)of->low;
    return i < of->n ? &of->cell[i] : rev_sums_reach(s, of, p);
}
void rev_sums_earn(rev_sums *s, rev_series *of, cst_period p, cst_wide revenue);
static inline cst_wide rev_series_earned(const rev_series *of, cst_period p)
{
    uint32_t i = (uint32_t)p - (uint32_t)of->earned_low;
    return i < of->earneds ? of->earned[i] : 0;
}
rev_link *rev_sums_link(rev_sums *s, rev_series *of, cst_period tick);
rev_series *rev_sums_group(rev_sums *s, uint32_t segment);
/* A balance from a period until another, not included (CST_TICK_NEVER: it stays). The first has its place. */
void rev_sums_enter_top(rev_sums *s, rev_series *of, cst_period from, cst_period until, cst_money v);
static inline void rev_sums_top(rev_sums *s, rev_series *of, cst_period from, cst_period until, cst_money v)
{
    if (v > (until == CST_TICK_NEVER ? 0 : of->least)) rev_sums_enter_top(s, of, from, until, v);
}
void rev_sums_churned(rev_sums *s, cst_day d, int64_t customers);
void rev_sums_tick(rev_sums *s, cst_period tick, cst_wide change);
/* Adds a change of retention; weight[replicates] are the account's (NULL: no bootstrap). */
void rev_sums_ret(rev_sums *s, rev_ret *ret, cst_wide **replicate, const rev_ret *change,
                  const unsigned char *weight);

/* Adds `from` to `into`; segments are matched by their texts, `map` by segment id of from. */
bool rev_sums_merge(rev_sums *into, const rev_sums *from, const uint32_t *map);
bool rev_series_merge(rev_sums *s, rev_series *into, const rev_series *from, uint32_t replicates);

/* Levels over periods first .. last: turns changes into levels in place; cells outside are dropped,
 * missing ones are 0. */
bool rev_series_close(rev_sums *s, rev_series *of, cst_period first, cst_period last, cst_period link_first,
                      cst_period link_last);

/* check.c: the identities of a bridge over closed sums, first .. last, checked on every run. A violation is a
 * defect of ours: CST_INTERNAL. `entries`: the sums of what the detail holds (amounts alone), or NULL. */
cst_status rev_check_sums(const rev_sums *s, cst_period first, cst_period last, bool total,
                          const rev_series *entries, cst_error *e);
#endif
