/* metrics/grid.h: the days on which metrics are taken: the last days of periods, or one day alone. */
#ifndef CST_METRICS_GRID_H
#define CST_METRICS_GRID_H
#include "metrics/gather.h"
#include "program/options.h"

typedef struct met_grid {
    cst_day *day; /* ascending */
    size_t n;
    cst_day current; /* what undated tables speak of; days before it are past */
} met_grid;

/* `every` of the options where it was not given: no cst_every. */
enum { MET_EVERY_NONE = -2 };

/* Where `every` of the options was not given --as-of alone is one day. Without --from the
 * first period holds the earliest sight of an account; without --to the last one is the last that is
 * complete by --as-of, or else the one that holds the latest event, start or sign-up. */
cst_status met_grid_make(const cst_periodic *o, const met_company *c, met_grid *out, cst_error *e);
/* Whether there is one day alone, which then is the current one. */
bool met_grid_single(const cst_periodic *o);
void met_grid_clear(met_grid *g);
/* The first day of the grid on which the account is there; n: none. */
size_t met_grid_seen(const met_grid *g, cst_day seen);

/* The instant after the day's last; of no day (a window may reach back before all dates) none. */
static inline int64_t cst_grid_close(cst_day d)
{
    return d == CST_DAY_NONE ? MET_TIME_NONE : ((int64_t)d + 1) * INT64_C(86400000000);
}
#endif
