/* base/period.h: days, weeks (ISO), months, quarters and years as consecutive numbers, fiscal years, and
 * durations. */
#ifndef CST_BASE_PERIOD_H
#define CST_BASE_PERIOD_H
#include <cstools/base.h>

typedef enum { CST_DAILY = -1, CST_WEEK, CST_MONTH, CST_QUARTER, CST_YEAR } cst_every;

typedef struct cst_calendar {
    cst_every every;
    int fiscal_start; /* month 1..12 that quarters and years begin with; 0 and 1: January */
} cst_calendar;

/* A period is a number: p + 1 follows p. Numbers of one calendar only compare with each other. */
typedef int32_t cst_period;

cst_period cst_period_of(const cst_calendar *c, cst_day d);
/* Cut to the range of dates where the period reaches over its edge; CST_DAY_NONE where it lies wholly
 * outside. */
cst_day cst_period_first(const cst_calendar *c, cst_period p);
cst_day cst_period_last(const cst_calendar *c, cst_period p);
/* The month number (calendar of months) of a period's last month; for weeks and days, of the last day. */
cst_period cst_period_last_month(const cst_calendar *c, cst_period p);
/* A name people know: 2024-01-31, 2024-W05, 2024-03, 2024-Q1, 2024; fiscal ones bear the year they end in and
 * "FY": FY2025-Q1. */
#define CST_PERIOD_ROOM 24
size_t cst_period_name(const cst_calendar *c, cst_period p, char out[CST_PERIOD_ROOM]);
bool cst_every_parse(const char *word, cst_every *out); /* week, month, quarter, year */

/* N(d|w|m|q|y) */
typedef struct cst_duration {
    int32_t n; /* > 0 where set */
    char unit; /* d w m q y; 0: not set */
} cst_duration;

bool cst_duration_parse(cst_text t, cst_duration *out);
size_t cst_duration_format(cst_duration d, char out[CST_PERIOD_ROOM]);
/* d +/- the duration: days and weeks exactly, months and longer by cst_day_add_months_end. */
cst_day cst_day_plus(cst_day d, cst_duration by);
cst_day cst_day_minus(cst_day d, cst_duration by);
/* In whole periods of the calendar (12m of quarters: 4); false where it is no whole number of them. */
bool cst_duration_periods(cst_duration d, const cst_calendar *c, int *out);
#endif
