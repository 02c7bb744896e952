/* cohort/survival.h: what is made of subjects: curves, their summaries, the log-rank test, Cox
 * regressions. */
#ifndef CST_COHORT_SURVIVAL_H
#define CST_COHORT_SURVIVAL_H
#include "cohort/subjects.h"

/* A group of subjects, its counts ascending by time. */
typedef struct cohort_group {
    cst_text key;
    uint32_t id; /* of the subjects' groups */
    cst_survival_count *count;
    size_t n;
    uint64_t subjects, events;
} cohort_group;

typedef struct cohort_group_list {
    cohort_group *at; /* ordered by the bytes of the key */
    size_t n;
} cohort_group_list;

/* The groups of the tallies, and a warning for each that has no event, or all at one time. Curves and
 * summaries of no subjects are empty; CST_DATA: no subjects for a test or a projection. */
cst_status cohort_group_list_of(const cohort_subjects *s, const cohort_input *in, cohort_group_list *out,
                                cst_error *e);
cst_status cohort_fail_nobody(const cohort_input *in, cst_error *e); /* CST_DATA: no subjects */
void cohort_group_list_free(cohort_group_list *l);                   /* what it holds */

cst_status cohort_write_curves(const cohort_group_list *l, const cohort_input *in, cst_error *e);
cst_status cohort_write_summaries(const cohort_group_list *l, const cohort_input *in, cst_error *e);
cst_status cohort_write_log_rank(const cohort_group_list *l, const cohort_input *in, cst_error *e);
cst_status cohort_write_cox(const cohort_subjects *s, const cohort_input *in, cst_error *e);

/* The level of intervals, 0..1, from --ci. */
double cohort_level(const cohort_input *in);
/* Groups that cannot be worked out: one does not end the run for the others. */
typedef struct cohort_failures {
    char **message;
    size_t n, room;
} cohort_failures;
/* What a group came to: CST_DATA is noted, and is CST_OK then. */
cst_status cohort_failures_take(cohort_failures *f, cst_status status, cst_error *e);
/* A warning for each; where all `groups` of them failed, CST_DATA with the first,
 * and the remedy behind it. */
cst_status cohort_failures_tell(const cohort_failures *f, const cohort_input *in, size_t groups,
                                const char *remedy, cst_error *e);
void cohort_failures_free(cohort_failures *f);

/* Puts the values of the --by columns of a key. */
void cohort_put_key(cst_writer *w, const cohort_input *in, cst_text key);
/* Opens the main output with the group columns before `columns`. */
cst_status cohort_open_writer(const cohort_input *in, const cst_column *columns, size_t n, size_t groups,
                              cst_writer **out, cst_error *e);
/* A figure of the statistics: all its digits, or six decimals where people read it. */
void cohort_put_figure(cst_writer *w, const cohort_input *in, double v);
/* Finishes after `status`, frees, and gives the first failure. */
cst_status cohort_close_writer(cst_writer *w, cst_status status, cst_error *e);
#endif
