/* metrics/spec.h: spec tables: what cs-metrics measures. One row is one metric:
 *
 *     metric,from,aggregate,column,at,where,window,expr
 *
 * Several tables are joined in the order given; the columns of the output follow it. Here a row is checked
 * by itself; what needs the streams (columns, conditions) is checked when they are bound (plan.h). */
#ifndef CST_METRICS_SPEC_H
#define CST_METRICS_SPEC_H
#include "base/period.h"
#include "read/table.h"

/* Where the rows come from. The last three are made of the subscriptions: what was up for renewal, each day
 * on which an account's MRR changed, and each on which a line came to nothing. */
typedef enum {
    MET_FROM_EVENTS,
    MET_FROM_SUBSCRIPTIONS,
    MET_FROM_CONTACTS,
    MET_FROM_OUTCOMES,
    MET_FROM_MILESTONES,
    MET_FROM_REASONS,
    MET_FROM_ACCOUNTS,
    MET_FROM_RENEWALS,
    MET_FROM_CHANGES,
    MET_FROM_ENDINGS,
    MET_FROM_DERIVED /* no rows: an expression over other metrics and the account's attributes */
} met_from;
#define MET_FROM_STREAMS MET_FROM_DERIVED
const char *met_from_name(met_from f);

typedef enum {
    MET_AGGREGATE_COUNT,
    MET_AGGREGATE_SUM,
    MET_AGGREGATE_MEAN,
    MET_AGGREGATE_MIN,
    MET_AGGREGATE_MAX,
    MET_AGGREGATE_FIRST,
    MET_AGGREGATE_LAST,
    MET_AGGREGATE_DISTINCT,
    MET_AGGREGATE_SINCE,
    MET_AGGREGATE_UNTIL,
    MET_AGGREGATE_SLOPE,
    MET_AGGREGATE_FIRST_DATE,
    MET_AGGREGATE_LAST_DATE,
    MET_AGGREGATES
} met_aggregate;
const char *met_aggregate_name(met_aggregate a);
/* Whether the figure is a date: its cell holds the day's number. */
bool met_aggregate_is_date(met_aggregate a);

/* The cells of a row, for places. */
enum {
    MET_CELL_METRIC,
    MET_CELL_FROM,
    MET_CELL_AGGREGATE,
    MET_CELL_COLUMN,
    MET_CELL_AT,
    MET_CELL_WHERE,
    MET_CELL_WINDOW,
    MET_CELL_EXPR,
    MET_CELLS
};
extern const char *const met_cell_names[MET_CELLS];

typedef struct met_metric {
    char *name;               /* the first cell, NUL-ended */
    cst_text cell[MET_CELLS]; /* as they stand; n == 0: empty */
    cst_place place[MET_CELLS];
    met_from from;
    met_aggregate aggregate; /* not of a derived one */
    cst_duration window;     /* unit 0: none */
    bool builtin;            /* of a built-in table: what it cannot be measured from leaves it empty */
    bool lacking;            /* so it is: always missing */
} met_metric;

typedef struct met_spec {
    cst_table **table;
    size_t tables;
    met_metric *metric;
    size_t n;
} met_spec;

/* Adds the rows of a table, which the spec owns from then on, also on failure. Zero-initialise the spec.
 * CST_DATA with the place: an unknown stream or aggregate (with the nearest), a column where there must be
 * one or none, a bad window, a metric that was there already (with the other's place), a row of neither
 * `from` nor `expr` or of both. */
cst_status met_spec_add(met_spec *s, cst_table *t, bool builtin, cst_error *e);
void met_spec_clear(met_spec *s);
/* The metric of that name; SIZE_MAX: none. */
size_t met_spec_find(const met_spec *s, cst_text name);
/* An error at a cell of a metric. */
cst_status met_metric_fail(const met_metric *m, int cell, cst_error *e, const char *format, ...)
    CST_PRINTF(4, 5);
#endif
