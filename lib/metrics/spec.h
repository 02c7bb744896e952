/* metrics/spec.h: spec tables: what cs-metrics measures. One row is one metric:
 *
 *     metric,from,aggregate,column,at,where,window,expr
 *
 * Several tables are joined in the order given; the columns of the output follow it. Here a row is checked
 * by itself; what needs the streams (columns, conditions) is checked when they are bound (plan.h). */
#ifndef CST_METRICS_SPEC_H
#define CST_METRICS_SPEC_H
#include "base/period.h"
#include "stream/table.h"

/* Where the rows come from. The last two are made of the subscriptions: what was up for renewal, and each
 * day on which an account's MRR changed. */
typedef enum {
    CST_FROM_EVENTS,
    CST_FROM_SUBSCRIPTIONS,
    CST_FROM_CONTACTS,
    CST_FROM_OUTCOMES,
    CST_FROM_MILESTONES,
    CST_FROM_REASONS,
    CST_FROM_ACCOUNTS,
    CST_FROM_RENEWALS,
    CST_FROM_CHANGES,
    CST_FROM_DERIVED /* no rows: an expression over other metrics and the account's attributes */
} cst_from;
#define CST_FROM_STREAMS CST_FROM_DERIVED
const char *cst_from_name(cst_from f);

typedef enum {
    CST_AGGREGATE_COUNT,
    CST_AGGREGATE_SUM,
    CST_AGGREGATE_MEAN,
    CST_AGGREGATE_MIN,
    CST_AGGREGATE_MAX,
    CST_AGGREGATE_FIRST,
    CST_AGGREGATE_LAST,
    CST_AGGREGATE_DISTINCT,
    CST_AGGREGATE_SINCE,
    CST_AGGREGATE_UNTIL,
    CST_AGGREGATE_SLOPE,
    CST_AGGREGATES
} cst_aggregate;
const char *cst_aggregate_name(cst_aggregate a);

/* The cells of a row, for places. */
enum {
    CST_CELL_METRIC,
    CST_CELL_FROM,
    CST_CELL_AGGREGATE,
    CST_CELL_COLUMN,
    CST_CELL_AT,
    CST_CELL_WHERE,
    CST_CELL_WINDOW,
    CST_CELL_EXPR,
    CST_CELLS
};
extern const char *const cst_cell_names[CST_CELLS];

typedef struct cst_metric {
    char *name;               /* the first cell, NUL-ended */
    cst_text cell[CST_CELLS]; /* as they stand; n == 0: empty */
    cst_place place[CST_CELLS];
    cst_from from;
    cst_aggregate aggregate; /* not of a derived one */
    cst_duration window;     /* unit 0: none */
    bool builtin;            /* of a built-in table: what it cannot be measured from leaves it empty */
    bool lacking;            /* so it is: always missing */
} cst_metric;

typedef struct cst_spec {
    cst_table **table;
    size_t tables;
    cst_metric *metric;
    size_t n;
} cst_spec;

/* Adds the rows of a table, which the spec owns from then on, also on failure. Zero-initialise the spec.
 * CST_DATA with the place: an unknown stream or aggregate (with the nearest), a column where there must be
 * one or none, a bad window, a metric that was there already (with the other's place), a row of neither
 * `from` nor `expr` or of both. */
cst_status cst_spec_add(cst_spec *s, cst_table *t, bool builtin, cst_error *e);
void cst_spec_clear(cst_spec *s);
/* The metric of that name; SIZE_MAX: none. */
size_t cst_spec_find(const cst_spec *s, cst_text name);
/* An error at a cell of a metric. */
cst_status cst_metric_fail(const cst_metric *m, int cell, cst_error *e, const char *format, ...)
    CST_PRINTF(4, 5);
#endif
