/* forecast/forecast.h: what cs-forecast's options fill, and the one function that does its work.
 *
 * The room, in the order data meets it:
 *
 *     setup     opens the tables, settles the rules           session.h
 *     walk      an account's month ends: movements, bases     walk.h    (every thread its own)
 *     sums      integers that add up over accounts            sums.h    -> partial: written, and merged again
 *     history   a row of the result, month by month           history.h -> the identities are checked
 *     method    two bridges, retention of a base              method.h
 *     record    what was said from every month, bands         record.h
 *     result    forecast, back-test, detail, sheet            result.h
 *
 * Months are counted from 0, the first month end with revenue; t is the last month that is over. All
 * amounts are millionths in 128 bits, all ratios millionths. The method is cs-forecast(1)'s. */
#ifndef CST_FORECAST_FORECAST_H
#define CST_FORECAST_FORECAST_H
#include "ledger/subscriptions.h"
#include "program/program.h"
#include "tables/part.h"

enum { FORECAST_AHEAD = 12 /* months; farther was not measured */ };

typedef struct forecast_opts {
    cst_shared shared;
    cst_subject_opts subjects; /* tables beside the subscriptions */
    cst_stream_opts stream;
    const char *value, *cross_sell_by;
    bool sorted;
    cst_day as_of, history_from; /* CST_DAY_NONE: not given */
    int snapshot;                /* enum cst_snapshot */
    cst_count grace;
    cst_count months; /* 1 .. FORECAST_AHEAD; not set: all */
    int every;        /* enum forecast_every */
    cst_count fiscal_start;
    bool backtest;
    const char *detail;
    cst_part_opts parts;
} forecast_opts;

enum forecast_every { FORECAST_MONTH, FORECAST_QUARTER }; /* the words of --every */

/* Presets what is not zero. */
void forecast_init(forecast_opts *o);
/* A cst_program_run over a forecast_opts. */
cst_status forecast_run(void *opts, cst_program_io *io, cst_error *e);
#endif
