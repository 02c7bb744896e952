/* cohort/cohort.h: what cs-cohort is asked for, and the one call that does it. */
#ifndef CST_COHORT_COHORT_H
#define CST_COHORT_COHORT_H
#include "ledger/subjects.h"

enum cohort_measure { COHORT_LOGOS, COHORT_MRR, COHORT_NRR, COHORT_GRR, COHORT_EVENTS, COHORT_VALUE };
#define COHORT_MEASURES "logos|mrr|nrr|grr|events|value"

/* Filled by the option table of cmd/cs-cohort.c. All zero and NULL is the default but for `periodic` and
 * the members with a preset. */
typedef struct cohort_options {
    cst_shared shared;
    cst_periodic periodic;
    bool survival, summary, log_rank; /* modes, with cox and project; none of them: the triangle */
    const char *cox;                  /* columns */
    const char *project;              /* how many ages */
    const char *events;               /* the events stream; NULL: the operands are the main stream */
    cst_subject_opts subjects;        /* tables beside the subscriptions or events */
    const char *where, *by;
    int measure;             /* enum cohort_measure; preset -1: logos */
    int cohort_every;        /* cst_every; preset -1: as periodic.every */
    const char *cohort;      /* a column whose values are the cohorts */
    const char *cohort_date; /* a date column of the accounts */
    const char *value;       /* the column that is summed; NULL: mrr, or value of events */
    bool wide, share, weighted_average, never_left;
    cst_count grace;      /* days */
    cst_day history_from; /* preset CST_DAY_NONE */
    const char *duration, *event, *factors;
    int ci_type;                /* cst_ci_type */
    cst_opt_number ci, mean_to; /* per cent; in the unit of the durations */
    cst_opt_number discount;    /* per period, 0.1 is 10 % */
    cst_opt_money account_value;
} cohort_options;

/* Presets that are not zero. */
void cohort_options_init(cohort_options *o);
cst_status cohort_run(void *options, cst_program_io *io, cst_error *e);
#endif
