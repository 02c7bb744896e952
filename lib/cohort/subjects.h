/* cohort/subjects.h: those whose time to an event is studied. A subject has a duration, an event (1: it
 * happened then; 0: last seen then), a group and, for Cox, covariates. They come from any table with the
 * two columns, or from subscriptions: the tenure of an account. */
#ifndef CST_COHORT_SUBJECTS_H
#define CST_COHORT_SUBJECTS_H
#include "cohort/input.h"
#include "cohort/tally.h"

/* The covariates of a Cox regression. */
typedef struct cohort_covariates {
    cst_groups columns;
    bool *factor; /* words, not numbers */
} cohort_covariates;

/* Resolves --cox and --factors in the opened stream. CST_USAGE: an unknown, empty or repeated name, a
 * factor that is no covariate. */
cst_status cohort_covariates_resolve(cohort_covariates *c, cohort_input *in, cst_error *e);
void cohort_covariates_free(cohort_covariates *c); /* what it holds */

/* An account that went from one group to another while it stayed. */
typedef struct cohort_move {
    cst_day day;
    int32_t tenure;             /* units of --every completed on that day */
    uint32_t account, from, to; /* of the texts */
} cohort_move;

typedef struct cohort_moves {
    cst_intern *texts;
    cohort_move *at;
    size_t n, room;
} cohort_moves;

/* All subjects, as counts (by group) or, with covariates, as rows in input order. */
typedef struct cohort_subjects {
    cst_intern *groups;
    cohort_tallies tallies;
    cohort_covariates covariates;
    cst_intern *levels;   /* of factors */
    double *time, *entry; /* entry: at risk after it; below 0: from the beginning */
    unsigned char *event;
    uint32_t *group;
    double **x; /* by covariate; of a factor: the level's id */
    size_t rows, room;
    cohort_moves moves; /* of subscriptions, where they are asked for: in the order of accounts and days */
} cohort_subjects;

cst_status cohort_subjects_init(cohort_subjects *s, cst_error *e);
void cohort_subjects_free(cohort_subjects *s);
/* Appends a row of a regression; entry: at risk after it, below 0: from the beginning; x: one value per
 * covariate. */
bool cohort_subjects_append(cohort_subjects *s, double entry, double time, bool event, uint32_t group,
                            const double *x);

void cohort_subjects_free_rows(cohort_subjects *s); /* the rows it holds, and no more */

/* Reads the main stream, which has been opened: rows with --duration and --event. */
cst_status cohort_subjects_of_table(cohort_subjects *s, cohort_input *in, cst_error *e);
/* The tenure of each account of a stream of subscriptions. */
cst_status cohort_subjects_of_subscriptions(cohort_subjects *s, cohort_input *in, cst_error *e);
#endif
