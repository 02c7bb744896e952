/* cohort/events.h: a stream of events gathered by account and tick (by day where a tick may lie in two
 * cohorts), one gatherer per thread. */
#ifndef CST_COHORT_EVENTS_H
#define CST_COHORT_EVENTS_H
#include "cohort/account_set.h"
#include "cohort/event_time.h"
#include "cohort/triangle.h"

typedef struct cohort_event_plan {
    cohort_input *in;
    const cohort_frame *frame;
    int account, time, value; /* slots; value -1: not summed */
    cst_day until;            /* later events are set aside */
    bool apart;               /* some group column is the rows': entries are accounts within a group */
    cohort_times times;       /* of ages; where the frame is split, of days */
} cohort_event_plan;

cst_status cohort_event_plan_open(cohort_event_plan *p, cohort_input *in, const cohort_frame *f,
                                  cst_error *e);
void cohort_event_plan_free(cohort_event_plan *p);

typedef struct cohort_gatherer {
    const cohort_event_plan *plan;
    cohort_account_set account_set;
    cohort_bundle bundle[2];        /* scratch: the rows being read, and those before them, being added */
    cst_buffer keys[2];             /* scratch: where entries are apart, the keys of each bundle */
    int now;                        /* the bundle being read */
    cohort_day_of date;             /* of the row before */
    cst_day latest;                 /* CST_DAY_NONE: no event */
    uint64_t used, filtered, after; /* events: laid in; that --where leaves out; after --as-of, set aside */
} cohort_gatherer;

cst_status cohort_gatherer_init(cohort_gatherer *g, const cohort_event_plan *p, cst_error *e);
void cohort_gatherer_free(cohort_gatherer *g);
/* A cst_work. */
cst_status cohort_gatherer_work(void *gatherer, cst_batch *b, cst_error *e);
/* Adds what another has gathered, its accounts under the names of their customers. */
cst_status cohort_gatherer_merge(cohort_gatherer *into, const cohort_gatherer *from, cst_error *e);
#endif
