/* panel/happened.h: tables of what happened to an account and when: movements, renewals, churn events, any
 * table with account_id, a day, and perhaps a name of what it was. Labels and losses are read from them.
 *
 * The day stands in date, effective_date (movements), due_date (renewals) or event_time (events; its UTC day
 * counts); the name in outcome, movement, status or event. Of each the first that there is. */
#ifndef CST_PANEL_HAPPENED_H
#define CST_PANEL_HAPPENED_H
#include "read/table.h"

typedef struct cst_happened {
    const cst_table *table;
    const bool *keep;       /* by row: whether it counts at all; NULL: all do. The caller's, set once bound */
    int account, day, name; /* columns; name -1: none */
    bool timed;             /* the day is that of an instant */
} cst_happened;

/* day: the column that it stands in; NULL: the first of those above. CST_DATA: no account or day column; with
 * `outcome` (may be NULL): no column of names. */
cst_status cst_happened_bind(const cst_table *t, const char *outcome, const char *day, cst_happened *out,
                             cst_error *e);
/* Whether the row is kept and its name is `outcome`; NULL: every name counts. */
bool cst_happened_counts(const cst_happened *h, size_t row, const char *outcome);
/* The day alone; CST_END where it is missing. */
cst_status cst_happened_day(const cst_happened *h, size_t row, cst_day *out, cst_error *e);
/* Account and day; both must be there. */
cst_status cst_happened_read(const cst_happened *h, size_t row, cst_text *account, cst_day *day,
                             cst_error *e);
/* CST_DATA where `outcome` is NULL and the table has rows of several names: which of them are meant would be
 * a guess, and a gain is no loss. The message lists the names. */
cst_status cst_happened_settle(const cst_happened *h, const char *outcome, cst_error *e);
/* CST_DATA for a table without a row of the outcome; the message lists the names there are. */
cst_status cst_happened_refuse(const cst_happened *h, const char *outcome, cst_error *e);
#endif
