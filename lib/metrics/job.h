/* metrics/job.h: what the threads of an evaluation share, and what each has of its own. */
#ifndef CST_METRICS_JOB_H
#define CST_METRICS_JOB_H
#include "metrics/evaluate.h"
#include "metrics/running.h"
#include "metrics/select.h"
#include <stdatomic.h>

/* What all threads share. */
typedef struct met_job {
    const met_evaluation *v;
    met_figures *out;
    const met_measure **order; /* the steady ones, then the others */
    size_t measures;
    met_windows *window;           /* by metric */
    size_t *like;                  /* by metric: the first whose windows over rows are the same */
    int64_t *open, *until, *close; /* metrics x days, metrics x days, days */
    bool *missing;
    bool renewals, changes, endings;
    atomic_uint next;
} met_job;

/* What a thread has of its own. */
typedef struct met_hand {
    met_scratch scratch;
    met_items rows, item,
        spare; /* the account's records in order of time; the items of a measure; for sorting */
    met_tally tally;
    met_running running;
    met_bound *bound; /* metrics x days: of metrics that are like no other before */
    bool *bounded;    /* by metric: for the account */
    met_selector select;
    met_deriver *deriver;
} met_hand;

/* Orders the measures, and finds the windows of each. `v` and `out` are set. */
cst_status met_job_open(met_job *j, cst_error *e);
void met_job_clear(met_job *j);
/* Whether nothing about a row changes from period to period but the window. */
bool met_job_is_steady(const met_job *j, const met_measure *u);
/* Says of a sum that does not fit whose it is. */
cst_status met_job_blame(const met_job *j, const met_measure *u, uint32_t account, cst_status s,
                         cst_error *e);
/* steady.c: the steady measures of an account, for the days of the grid from `begin` on. */
cst_status met_steady_measure(const met_job *j, met_hand *h, uint32_t account, size_t begin, uint64_t *cell,
                              cst_error *e);
/* made.c: the same of the measures over renewals and changes. */
cst_status met_generated_measure(const met_job *j, met_hand *h, uint32_t account, size_t begin,
                                 uint64_t *cell, cst_error *e);
#endif
