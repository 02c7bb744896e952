/* cohort/survival.h: what is made of subjects: curves, their summaries, the log-rank test, Cox
 * regressions. */
#ifndef CST_COHORT_SURVIVAL_H
#define CST_COHORT_SURVIVAL_H
#include "cohort/subjects.h"

/* A group of subjects, its counts ascending by time. */
typedef struct cst_cohort_group {
    cst_text key;
    uint32_t id; /* of the subjects' groups */
    cst_survival_count *count;
    size_t n;
    uint64_t subjects, events;
} cst_cohort_group;

typedef struct cst_cohort_group_list {
    cst_cohort_group *at; /* ordered by the bytes of the key */
    size_t n;
} cst_cohort_group_list;

/* The groups of the tallies, and a warning for each that has no event, or all at one time. Curves and
 * summaries of no subjects are empty; CST_DATA: no subjects for a test or a projection. */
cst_status cst_cohort_group_list_of(const cst_cohort_subjects *s, const cst_cohort_input *in,
                                    cst_cohort_group_list *out, cst_error *e);
cst_status cst_cohort_fail_nobody(const cst_cohort_input *in, cst_error *e); /* CST_DATA: no subjects */
void cst_cohort_group_list_free(cst_cohort_group_list *l);                   /* what it holds */

cst_status cst_cohort_write_curves(const cst_cohort_group_list *l, const cst_cohort_input *in, cst_error *e);
cst_status cst_cohort_write_summaries(const cst_cohort_group_list *l, const cst_cohort_input *in,
                                      cst_error *e);
cst_status cst_cohort_write_log_rank(const cst_cohort_group_list *l, const cst_cohort_input *in,
                                     cst_error *e);
cst_status cst_cohort_write_cox(const cst_cohort_subjects *s, const cst_cohort_input *in, cst_error *e);

/* The level of intervals, 0..1, from --ci. */
double cst_cohort_level(const cst_cohort_input *in);
/* Puts the values of the --by columns of a key. */
void cst_cohort_put_key(cst_writer *w, const cst_cohort_input *in, cst_text key);
/* Opens the main output with the group columns before `columns`. */
cst_status cst_cohort_open_writer(const cst_cohort_input *in, const cst_column *columns, size_t n,
                                  size_t groups, cst_writer **out, cst_error *e);
/* A figure of the statistics: all its digits, or six decimals where people read it. */
void cst_cohort_put_figure(cst_writer *w, const cst_cohort_input *in, double v);
/* Finishes after `status`, frees, and gives the first failure. */
cst_status cst_cohort_close_writer(cst_writer *w, cst_status status, cst_error *e);
#endif
