/* cohort/events.h: a stream of events gathered by account and tick, one gatherer per thread. */
#ifndef CST_COHORT_EVENTS_H
#define CST_COHORT_EVENTS_H
#include "cohort/event_time.h"
#include "cohort/roll.h"
#include "cohort/triangle.h"

typedef struct cst_cohort_event_plan {
    cst_cohort_input *in;
    const cst_cohort_frame *frame;
    int account, time, value; /* slots; value -1: not summed */
    cst_day until;            /* later events are set aside */
    bool apart;               /* some group column is the rows': entries are accounts within a group */
    cst_cohort_times times;
} cst_cohort_event_plan;

cst_status cst_cohort_event_plan_open(cst_cohort_event_plan *p, cst_cohort_input *in,
                                      const cst_cohort_frame *f, cst_error *e);
void cst_cohort_event_plan_free(cst_cohort_event_plan *p);

typedef struct cst_cohort_gatherer {
    const cst_cohort_event_plan *plan;
    cst_cohort_roll roll;
    cst_cohort_sheaf sheaf[2];      /* scratch: the rows being read, and those before them, being added */
    cst_buffer keys[2];             /* scratch: where entries are apart, the keys of each sheaf */
    int now;                        /* the sheaf being read */
    cst_cohort_date date;           /* of the row before */
    cst_day latest;                 /* CST_DAY_NONE: no event */
    uint64_t used, filtered, after; /* events: laid in; that --where leaves out; after --as-of, set aside */
} cst_cohort_gatherer;

cst_status cst_cohort_gatherer_init(cst_cohort_gatherer *g, const cst_cohort_event_plan *p, cst_error *e);
void cst_cohort_gatherer_free(cst_cohort_gatherer *g);
/* A cst_work. */
cst_status cst_cohort_gatherer_work(void *gatherer, cst_batch *b, cst_error *e);
/* Adds what another has gathered, its accounts under the names of their customers. */
cst_status cst_cohort_gatherer_merge(cst_cohort_gatherer *into, const cst_cohort_gatherer *from,
                                     cst_error *e);
#endif
