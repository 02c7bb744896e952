/* forecast/result.h: what a run writes: the forecast or the back-test, and the back-test's detail beside
 * either. */
#ifndef CST_FORECAST_RESULT_H
#define CST_FORECAST_RESULT_H
#include "forecast/record.h"
#include "forecast/session.h"
#include "ledger/labels.h"
#include "tables/layout.h"

/* A period of the forecast. */
typedef struct forecast_bound_share {
    cst_maybe said;
    forecast_bounds bounds;
} forecast_bound_share;

typedef struct forecast_period {
    cst_day as_of, first, last;
    const char *method;
    forecast_step step;
    forecast_bounds closing;
    forecast_bound_share share[FORECAST_SHARES];
    int band_horizon, band_origins; /* 0: no band */
    cst_wide known[FORECAST_KNOWN];
} forecast_period;

/* A table of n columns, by the groups of the run. */
static inline cst_layout forecast_layout(const forecast_session *s, const cst_layout_column *column, size_t n)
{
    return (cst_layout){.column = column, .n = n, .by = s->group_column, .bys = s->bys};
}

/* How many periods the options come to; the same for every row of the result. */
size_t forecast_periods(const forecast_session *s);
/* out[forecast_periods]. */
cst_status forecast_periods_of(const forecast_session *s, const forecast_record *r, forecast_period *out,
                               cst_error *e);
/* The forecast as the main output: by period, the groups and then the total. `period`: by row of the result
 * (groups in order, the total last where there is one), forecast_periods each. */
cst_status forecast_write(const forecast_session *s, const forecast_period *period, cst_error *e);
/* The same for reading: figures down, periods across. */
cst_status forecast_sheet_write(const forecast_session *s, const forecast_period *period,
                                const cst_write_opts *o, cst_error *e);
/* "Basic, EMEA", cut where it is long; "total" for group -1. */
void forecast_title(const forecast_session *s, int64_t group, char out[CST_TITLE_ROOM]);

/* backtest.c: what was said against what happened. Writers of tables that were not asked for are NULL. */
typedef struct forecast_backtest {
    cst_writer *summary, *detail;
    cst_layout summary_layout, detail_layout;
} forecast_backtest;
cst_status forecast_backtest_open(const forecast_session *s, forecast_backtest *b, cst_error *e);
/* Adds a row of the result; group -1: the total. */
cst_status forecast_backtest_add(const forecast_session *s, forecast_backtest *b, const forecast_record *r,
                                 int64_t group, cst_error *e);
cst_status forecast_backtest_finish(forecast_backtest *b, cst_error *e);
void forecast_backtest_free(forecast_backtest *b);
#endif
