/* cohort/cohort.h: what cs-cohort is asked for, and the one call that does it. */
#ifndef CST_COHORT_COHORT_H
#define CST_COHORT_COHORT_H
#include "ledger/subscriptions.h"

enum cohort_measure {
    COHORT_LOGOS,
    COHORT_MRR,
    COHORT_NRR,
    COHORT_GRR,
    COHORT_EVENTS,
    COHORT_VALUE,
    COHORT_ON_OR_AFTER
};
#define COHORT_MEASURES "logos|mrr|nrr|grr|events|value|on-or-after"
/* Whether a cell is a number of accounts. */
static inline bool cohort_measure_counts(enum cohort_measure m)
{
    return m == COHORT_LOGOS || m == COHORT_ON_OR_AFTER;
}
/* --every and --cohort-every: the number of a word, and CST_DAILY, make a cst_every. */
#define COHORT_EVERY "day|week|month|quarter|year"

/* Filled by the option table of cmd/cs-cohort.c. All zero and NULL is the default but for `periodic` and
 * the members with a preset. */
typedef struct cohort_options {
    cst_shared shared;
    cst_periodic periodic;                   /* all but its `every` */
    bool survival, summary, log_rank, moves; /* modes, with cox and project; none of them: the triangle */
    const char *cox;                         /* columns */
    const char *project;                     /* how many ages */
    const char *events;                      /* the events stream; NULL: the operands are the main stream */
    cst_subject_opts subjects;               /* tables beside the subscriptions or events */
    cst_stream_opts stream;
    int measure;             /* enum cohort_measure; preset -1: logos */
    int every, cohort_every; /* words of COHORT_EVERY; presets month, and -1: as `every` */
    const char *cohort;      /* a column whose values are the cohorts */
    const char *cohort_date; /* a date column of the accounts */
    const char *value;       /* the column that is summed; NULL: mrr, or value of events */
    bool wide, share, weighted_average, never_left;
    cst_count grace;      /* days */
    cst_day history_from; /* preset CST_DAY_NONE */
    const char *duration, *event, *entry, *factors;
    int ci_type;                /* cst_ci_type */
    cst_opt_number ci, mean_to; /* per cent; in the unit of the durations */
    cst_opt_number discount;    /* per period, 0.1 is 10 % */
    cst_opt_money account_value;
} cohort_options;

/* Presets that are not zero. */
void cohort_options_init(cohort_options *o);
cst_status cohort_run(void *options, cst_program_io *io, cst_error *e);
#endif
