/* forecast/sums.h: everything that is added up over accounts, as integers, so that any split of the
 * accounts over threads or files gives the same totals. */
#ifndef CST_FORECAST_SUMS_H
#define CST_FORECAST_SUMS_H
#include "base/period.h"
#include "forecast/forecast.h"
#include "ledger/movement.h"

/* The sums of a month s. A base is the accounts with a balance at its close; h: months later, 0 .. 12. */
enum {
    FORECAST_MOVE, /* + movement: in the month */
    FORECAST_KEPT =
        FORECAST_MOVE + CST_OWN_MOVEMENTS, /* + h: what the base pays at s + h; h = 0: the closing */
    FORECAST_CAP = FORECAST_KEPT + FORECAST_AHEAD + 1, /* + h: likewise, no account more than at s */
    FORECAST_STAY = FORECAST_CAP + FORECAST_AHEAD + 1, /* + h: how many of them pay */
    FORECAST_SUMS = FORECAST_STAY + FORECAST_AHEAD + 1
};
typedef struct forecast_month {
    cst_wide v[FORECAST_SUMS];
} forecast_month;

/* Months after t, from 0: what is known to come. */
enum { FORECAST_SIGNED, FORECAST_ENDING, FORECAST_KNOWN };

/* One row of the result: all accounts, or a group's. Counts of 64 bits take what accounts add in between;
 * forecast_series_flush brings them into the months. */
typedef struct forecast_series {
    forecast_month *month; /* [k]: of the month k before t */
    int64_t *count;        /* likewise, FORECAST_SUMS each */
    size_t months, room;
    uint64_t size; /* no count is larger than this */
    cst_wide known[FORECAST_KNOWN][FORECAST_AHEAD];
} forecast_series;

typedef struct forecast_sums {
    forecast_series total;
    forecast_series *group; /* by segment id */
    size_t groups, group_room;
} forecast_sums;

void forecast_sums_free(forecast_sums *s);
/* The series of a group, made where it must be; NULL: out of memory. It moves when groups come. */
forecast_series *forecast_sums_group(forecast_sums *s, size_t group);
/* Room for the months 0 .. back before t; false: out of memory. */
bool forecast_series_reach(forecast_series *s, size_t back);
/* To be called before an account of balances up to `most` is counted. */
static inline bool forecast_series_holds(const forecast_series *s, uint64_t most)
{
    return s->size <= (uint64_t)INT64_MAX - most;
}
void forecast_series_flush(forecast_series *s);
/* Adds `from` to `into`; false: out of memory. Both are flushed. */
bool forecast_series_add(forecast_series *into, forecast_series *from);

/* What a file of sums calls them: item and name of sum i. */
#define FORECAST_NAME_ROOM 16
void forecast_sum_name(int i, const char **item, char name[FORECAST_NAME_ROOM]);
#endif
