/* metrics/metrics.h: canonical streams to one row per account and period: the room's way in.
 *
 *     met_open             binds the spec to the streams; every mistake of the spec is known then, before a
 *                          row is read
 *     met_read             reads the streams, one after the other, each with all threads
 *     met_metrics_measure  evaluates
 *     met_write            by period, then account_id in order of its bytes
 */
#ifndef CST_METRICS_METRICS_H
#define CST_METRICS_METRICS_H
#include "ledger/renewal.h"
#include "ledger/subjects.h"
#include "metrics/spec.h"
#include "program/options.h"
#include "program/program.h"
#include <cstools/write.h>

typedef struct met_metrics met_metrics;

/* Everything outlives the metrics. */
typedef struct met_opts {
    met_spec *spec;                       /* metrics that cannot be measured are marked as lacking */
    cst_reader *reader[MET_FROM_STREAMS]; /* NULL: not given */
    const cst_subjects *subjects;         /* accounts, customers, renamings, rates */
    const cst_table *features;            /* feature classes; NULL: none */
    const cst_periodic *periods;          /* every may be MET_EVERY_NONE */
    const char *line;                     /* columns that tell lines of renewals apart; NULL: none */
    const char *where;                    /* over the accounts' attributes; NULL: all */
    cst_renewal_rules renewals;           /* grace, settle, min_term */
    bool allow_current;                   /* tables without dates hold for the past too */
    int threads;
    cst_program_io *io; /* told of rows that are there twice; NULL: not looked for */
} met_opts;

typedef struct met_counts {
    uint64_t accounts; /* with rows */
    uint64_t unseen;   /* without any: not seen by the last period */
    uint64_t filtered; /* left out by `where` */
    uint64_t rows;
    uint64_t unrecorded; /* metrics of events of which none is there by the last period */
    uint64_t current;    /* rows of the past for which a table without dates was used */
    size_t periods;
} met_counts;

cst_status met_open(const met_opts *o, met_metrics **out, cst_error *e);
void met_free(met_metrics *m);
cst_status met_read(met_metrics *m, cst_error *e);
cst_status met_metrics_measure(met_metrics *m, cst_error *e);
/* The columns of the output: account_id, period, active, then the metrics. The caller frees the array. */
cst_status met_metrics_columns(const met_metrics *m, cst_column **out, size_t *n, cst_error *e);
cst_status met_write(const met_metrics *m, cst_writer *w, cst_error *e);
met_counts met_counted(const met_metrics *m);
/* Whether it is one of the `unrecorded`: the i-th metric of the spec. After met_metrics_measure. */
bool met_is_unrecorded(const met_metrics *m, size_t i);
#endif
