/* cohort/events.h: a stream of events gathered by account and tick, one gatherer per thread. */
#ifndef CST_COHORT_EVENTS_H
#define CST_COHORT_EVENTS_H
#include "base/map.h"
#include "cohort/store.h"
#include "cohort/triangle.h"

typedef struct cohort_event_plan {
    cohort_input *in;
    const cohort_frame *frame;
    int account, time, value; /* slots; value -1: not summed */
    bool apart;               /* some group column is the rows': units are accounts within a group */
    cst_period *tick_of;      /* by day from 1970-01-01 on, for speed */
} cohort_event_plan;

cst_status cohort_event_plan_open(cohort_event_plan *p, cohort_input *in, const cohort_frame *f,
                                  cst_error *e);
void cohort_event_plan_free(cohort_event_plan *p);

typedef struct cohort_unit {
    uint32_t account, key; /* of the gatherer's interners */
} cohort_unit;

typedef struct cohort_gatherer {
    const cohort_event_plan *plan;
    cst_intern *accounts;
    cohort_keys keys;  /* where units are apart */
    cst_map *pair;     /* account and key -> unit */
    cohort_unit *unit; /* where units are apart; else a unit is an account */
    uint32_t units, unit_room;
    cohort_store store; /* by unit */
    cst_text *text;     /* scratch, by row of a batch */
    uint32_t *id;
    cst_period *tick;
    cst_money *value;
    uint32_t room;
    cst_day latest;       /* CST_DAY_NONE: no event */
    uint64_t used, after; /* events; those after --as-of are set aside */
} cohort_gatherer;

cst_status cohort_gatherer_init(cohort_gatherer *g, const cohort_event_plan *p, cst_error *e);
void cohort_gatherer_free(cohort_gatherer *g);
/* A cst_work. */
cst_status cohort_gatherer_work(void *gatherer, cst_batch *b, cst_error *e);
/* Adds what another has gathered. Accounts are renamed by the identity table on the way. */
cst_status cohort_gatherer_merge(cohort_gatherer *into, const cohort_gatherer *from, cst_error *e);
#endif
