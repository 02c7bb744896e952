/* ledger/balance.h: what rows pay together, from day to day. Whatever an account, a line or a group pays on a
 * day comes from here; so does the word on what is below zero.
 *
 *     cst_balance_fill      rows to changes, in order of days, one a day
 *     cst_balance_on        the level at the close of a day
 *     cst_balance_after     the next change
 *     cst_closings_fill     the level at the close of every period, each row at the period's rate
 *     cst_ledger_grace      rows lengthened over short gaps
 */
#ifndef CST_LEDGER_BALANCE_H
#define CST_LEDGER_BALANCE_H
#include "base/period.h"
#include <cstools/ledger.h>

typedef struct cst_balance_change {
    cst_day day;
    bool begins;    /* a row begins on it */
    cst_wide by;    /* how much more (less, if negative) is paid from this day on; 0: rows that cancel out */
    cst_wide level; /* at the close of the day, and until the next change */
} cst_balance_change;

/* Scratch that is filled again and again. Zero-initialise it. */
typedef struct cst_balance {
    cst_balance_change *at; /* ascending by day */
    size_t n, room;
    struct cst_balance_event *event;
    size_t event_room;
} cst_balance;

void cst_balance_free(cst_balance *b);

/* From n rows, in any order. Rows of no amount or no days leave nothing. from: rows that begin before this
 * day begin on it, and the days before do not count; CST_DAY_NONE: all days. */
bool cst_balance_fill(cst_balance *b, const cst_ledger_row *row, size_t n, cst_day from);

/* The first change later than the day; b->n: none. */
size_t cst_balance_after(const cst_balance *b, cst_day day);

/* The level at the close of a day. */
cst_wide cst_balance_on(const cst_balance *b, cst_day day);

/* The closes of periods up to `last`, and what a row is worth at one. */
typedef struct cst_closings {
    const cst_calendar *calendar;
    cst_period last;
    /* NULL: its amount, at all of them */
    cst_status (*value)(void *context, const cst_ledger_row *row, cst_period p, cst_wide *out, cst_error *e);
    void *context;
} cst_closings;

/* The periods from the first to the last at whose close a row holds: *n of them from *low on. Rows of no
 * amount or no days hold at none. */
void cst_closings_span(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period *low,
                       uint32_t *n);
/* What the rows pay at the close of each of these. */
cst_status cst_closings_fill(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period low,
                             uint32_t n, cst_wide *out, cst_error *e);
/* What the rows that hold at the close of `at` are worth at the close of each period from it to the last. */
cst_status cst_closings_worth(const cst_closings *c, const cst_ledger_row *row, size_t rows, cst_period at,
                              cst_wide *out, cst_error *e);

/* Short gaps are not churn: where the account's total is zero and the next start is at most `days` after the
 * end, the rows that ended that day run on to that start at their old amount. Rows of no amount and rows of
 * no days neither end nor start anything. labels tell the rows' currencies, of which each must be at zero
 * (NULL: one). */
bool cst_ledger_grace(cst_ledger_row *row, size_t n, int32_t days, const cst_labels *labels);

/* The place of the first negative row that holds on the day: one of those that bring an account below zero.
 * file NULL: none. */
cst_place cst_balance_negative(const cst_ledger_row *row, size_t n, cst_day day);

/* CST_DATA: the account is below zero on the day. */
cst_status cst_balance_fail_below(cst_text account, cst_place place, cst_day day, cst_error *e);
#endif
