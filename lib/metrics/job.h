/* metrics/job.h: what the threads of an evaluation share, and what each has of its own. */
#ifndef CST_METRICS_JOB_H
#define CST_METRICS_JOB_H
#include "metrics/evaluate.h"
#include "metrics/running.h"
#include "metrics/select.h"
#include <stdatomic.h>

/* What all threads share. */
typedef struct cst_job {
    const cst_evaluation *v;
    cst_figures *out;
    const cst_measure **order; /* the steady ones, then the others */
    size_t measures;
    cst_windows *window;           /* by metric */
    size_t *like;                  /* by metric: the first whose windows over rows are the same */
    int64_t *open, *until, *close; /* metrics x days, metrics x days, days */
    bool *missing;
    bool renewals, changes;
    atomic_uint next;
} cst_job;

/* What a thread has of its own. */
typedef struct cst_hand {
    cst_desk desk;
    cst_items rows, item,
        spare; /* the account's records in order of time; the items of a measure; for sorting */
    cst_tally tally;
    cst_running running;
    cst_bound *bound; /* metrics x days: of metrics that are like no other before */
    bool *bounded;    /* by metric: for the account */
    cst_selector select;
    cst_deriver *deriver;
} cst_hand;

/* Orders the measures, and finds the windows of each. `v` and `out` are set. CST_MEMORY. */
cst_status cst_job_open(cst_job *j, cst_error *e);
void cst_job_clear(cst_job *j);
/* Whether nothing about a row changes from period to period but the window. */
bool cst_job_is_steady(const cst_job *j, const cst_measure *u);
/* Says of a sum that does not fit whose it is. */
cst_status cst_job_blame(const cst_job *j, const cst_measure *u, uint32_t account, cst_status s,
                         cst_error *e);
/* steady.c: the steady measures of an account, for the days of the grid from `begin` on. */
cst_status cst_steady_measure(const cst_job *j, cst_hand *h, uint32_t account, size_t begin, uint64_t *cell,
                              cst_error *e);
/* made.c: the same of the measures over renewals and changes. */
cst_status cst_made_measure(const cst_job *j, cst_hand *h, uint32_t account, size_t begin, uint64_t *cell,
                            cst_error *e);
#endif
