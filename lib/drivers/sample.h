/* drivers/sample.h: the rows that say something: an account at a period, its measures, and whether the
 * outcome came within the horizon.
 *
 * A row is used when the account is known to have been active at P and P + horizon has passed by as-of,
 * also when its event has been seen already, else losses would be over-counted near the end. The label is an
 * event in (P, P + horizon]. So that one loss counts once, periods are taken a horizon apart, backwards from
 * the last that is complete; or all of them if asked. */
#ifndef CST_DRIVERS_SAMPLE_H
#define CST_DRIVERS_SAMPLE_H
#include "base/period.h"
#include "drivers/labels.h"
#include "tables/groups.h"
#include "tables/metrics_rows.h"
#include <cstools/read.h>

typedef struct drv_sample_opts {
    cst_reader *reader;
    const cst_accounts *accounts; /* NULL: no join */
    const char *where, *by;
    /* a list; NULL: every column but account_id, period, active, source and the label's */
    const char *measures;
    const char *factors;      /* of the measures, those that are categories; NULL: none */
    bool contrasts;           /* the first word of a factor has no column */
    const char *score;        /* NULL, or the one column to look at, in place of measures */
    const drv_labels *labels; /* or: */
    const char *label_column; /* 0 or 1 */
    cst_duration horizon;     /* with labels */
    cst_day as_of;            /* with labels */
    cst_day from, to;         /* CST_DAY_NONE: open */
    bool all_periods;
    bool all_rows; /* those of accounts that are not active, or not known to be, too */
    int threads;
} drv_sample_opts;

/* The rows are in order of period, then account (bytes), whatever order the input had: sums of doubles
 * depend on it. */
typedef struct drv_sample {
    size_t n, measures;
    cst_text *name; /* of the measures */
    double **x;     /* by measure, then row; NAN: missing */
    bool *factor;   /* by measure: it is a word of a factor, 1 or 0 */
    size_t factors; /* columns that were given as such */
    cst_intern *words;
    unsigned char *label;
    uint32_t *group;
    cst_metrics_rows rows; /* accounts and periods; `order` is of the rows as they were read */
    cst_intern *groups;    /* values of --by, a NUL behind each; one empty group without --by */
    uint32_t group_columns;
    uint64_t events;
    /* left out, and why; rows.outside and rows.filtered too */
    uint64_t inactive, unknown, unfinished, between;
    char *name_bytes;
    size_t room;
} drv_sample;

/* CST_DATA: a column that is not there, text in a measure, a label that is not 0 or 1, two rows of one
 * account and period, nothing left (a horizon longer than the data). Clear the sample also after a
 * failure. */
cst_status drv_sample_read(const drv_sample_opts *o, drv_sample *out, cst_error *e);
void drv_sample_clear(drv_sample *s);

/* The steps of drv_sample_read. */
/* sample_measures.c: sets the sample's measures, their names, and a column without rows for each. *slot:
 * where the reader has each; the caller frees it, also after a failure. CST_USAGE: a list with a name twice
 * or empty. CST_DATA: a column that is not there, or nothing to measure. */
cst_status drv_sample_measures(const drv_sample_opts *o, const cst_groups *by, drv_sample *s, int **slot,
                               cst_error *e);
/* sample_factors.c: marks the measures that --factors names (CST_USAGE: no measure), and makes columns of
 * their words once the rows are in order (CST_DATA: too many words). */
cst_status drv_sample_mark(const drv_sample_opts *o, drv_sample *s, cst_error *e);
cst_status drv_sample_expand(const drv_sample_opts *o, drv_sample *s, cst_error *e);
/* sample_order.c: leaves out the rows of which is not known whether the account was active, and counts them
 * as `unknown`. */
void drv_sample_drop_unknown(drv_sample *s);
/* Leaves out the rows of periods that come less than a horizon before the next that counts,
 * and counts them as `between`, so that one loss counts once. Nothing is left out where there is no horizon
 * (labels from a column) or --all-periods. */
cst_status drv_sample_space(const drv_sample_opts *o, drv_sample *s, cst_error *e);
/* Sorts the rows by period, then account (bytes). CST_DATA: two rows of one account and period. */
cst_status drv_sample_order(drv_sample *s, const cst_reader *reader, cst_error *e);
#endif
