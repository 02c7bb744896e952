/* ledger/renewal.h: what comes up for renewal, and what became of it: the one definition, for revenue and for
 * health. cs-definitions(7), RENEWALS, has it in words.
 *
 * A line is due at start + n x term_months of its rows, with what the rows that are up pay at the close of
 * the day before. What else the line pays then and goes on paying is rest, and so is a row that begins where
 * rows of rest end and nothing else does. What the line pays above the rest afterwards is there for the
 * renewal.
 *
 *     cst_renewals_clear, cst_renewals_add ...    the rows of an account
 *     cst_renewals_find                           its due dates, and on which day each was renewed
 *     cst_renewal_judge                           the status of one, by what is known on a day
 *     cst_renewals_upcoming                       what is due after a day
 *     cst_renewals_end                            how a line came to nothing */
#ifndef CST_LEDGER_RENEWAL_H
#define CST_LEDGER_RENEWAL_H
#include <cstools/ledger.h>

typedef enum {
    CST_RENEWAL_ON_TIME,
    CST_RENEWAL_LATE,
    CST_RENEWAL_FELL_THROUGH, /* paid, and then no more by the check day */
    CST_RENEWAL_LOST,
    CST_RENEWAL_PENDING, /* nothing yet, and the grace is not over */
    CST_RENEWAL_UPCOMING,
    CST_RENEWAL_STATUSES
} cst_renewal_status;
extern const char *const cst_renewal_words[CST_RENEWAL_STATUSES]; /* as tables have them */

typedef enum { CST_END_AT_TERM, CST_END_AFTER_TERM, CST_END_EARLY, CST_END_NO_TERM, CST_ENDS } cst_line_end;
extern const char *const cst_line_end_words[CST_ENDS];

enum { CST_SETTLE_DAYS = 45 }; /* the default of `settle` */

typedef struct cst_renewal_rules {
    int32_t grace;    /* days after the due date in which a renewal is late, not lost; 0: none */
    int32_t settle;   /* days after the due date on which a renewal is checked; at least grace */
    int32_t min_term; /* months; rows of shorter terms come up for nothing; at least 1 */
    /* An amount of a row at the rate of a day; NULL: as it is. */
    cst_status (*value)(const void *context, uint32_t currency, cst_money amount, cst_day day, cst_money *out,
                        cst_error *e);
    const void *context;
} cst_renewal_rules;

/* A row as it takes part. Rows of no amount or no days are left out. */
typedef struct cst_renewal_row {
    cst_day start, end; /* as the stream has them; end CST_LEDGER_OPEN: none */
    cst_day held;       /* the end after short gaps were bridged (cst_ledger_grace) */
    cst_money amount;
    int32_t term;      /* months; 0: none */
    uint32_t line;     /* rows of one number are one line */
    uint32_t currency; /* for rules->value */
    uint32_t tag;      /* the caller's */
} cst_renewal_row;

/* A line that is due on a day. */
typedef struct cst_renewal {
    uint32_t line;
    cst_day due;
    cst_money amount; /* of the rows that are up, at the rate of the due date; above 0 */
    cst_day found;    /* the first day, within the grace, on which something is there; CST_DAY_NONE: none */
    cst_money there;  /* what is there on it, after earlier due dates had theirs; 0: none */
    size_t up, ups;   /* the rows that are up: renewals->up[up .. up + ups) */
    /* of the search: rows in order of start from first_row on that begin within the window */
    size_t first_row, rows, flag;
} cst_renewal;

/* What is known of one on a day. */
typedef struct cst_renewal_fate {
    cst_renewal_status status;
    cst_day check;     /* CST_DAY_NONE: none */
    bool unsettled;    /* on time or late, and it may still fall through */
    cst_money renewed; /* `there` if on time or late, else 0 */
} cst_renewal_fate;

/* The rows and due dates of one account; scratch of a thread. Zero-initialise it. */
typedef struct cst_renewals {
    cst_renewal_rules rules;
    cst_renewal_row *row; /* after cst_renewals_find: by line, then start */
    size_t rows, row_room;
    uint32_t *by_end; /* rows by line, then end */
    size_t end_room;
    cst_renewal *date; /* by line, then day */
    size_t dates, date_room;
    uint32_t *up; /* numbers of rows */
    size_t ups, up_room;
    unsigned char *flag; /* CST_ROW_REST, CST_ROW_GIVEN of the rows of a date's window */
    size_t flags, flag_room;
    struct cst_up *listed; /* a row and a day on which it is up */
    size_t listed_room;
    cst_day *day; /* on which a line's rows begin, end or are due */
    size_t day_room;
    uint32_t *mark; /* by row: the last date, + 1, on which it is up */
    size_t mark_room;
} cst_renewals;

void cst_renewals_free(cst_renewals *w);
void cst_renewals_clear(cst_renewals *w, const cst_renewal_rules *rules);
bool cst_renewals_add(cst_renewals *w, const cst_renewal_row *row);

/* Fills w->date with what is due up to `known`, the last day of which anything is known. CST_DATA: no rate;
 * CST_LIMIT: a sum that does not fit. */
cst_status cst_renewals_find(cst_renewals *w, cst_day known, cst_error *e);

/* The status of a date due on or before as_of, as_of <= known: nothing after as_of is looked at. */
cst_status cst_renewal_judge(const cst_renewals *w, const cst_renewal *r, cst_day as_of,
                             cst_renewal_fate *out, cst_error *e);

/* The day from which the status of a date, as found, never changes. */
cst_day cst_renewal_final(const cst_renewals *w, const cst_renewal *r);

/* Adds to w->date, behind `dates` of now, what is due in the days after as_of: each row once, at its own next
 * due date, at the rate of as_of. After cst_renewals_find. */
cst_status cst_renewals_upcoming(cst_renewals *w, cst_day as_of, int32_t days, cst_error *e);

/* The next start + n x term after a day; CST_DAY_NONE: no term, or past the range of days. */
cst_day cst_renewal_next(const cst_renewal_row *r, cst_day day);

/* Rows of a line: w->row[*from .. return value); *from is where the line begins. For a walk through all
 * lines. */
size_t cst_renewals_line(const cst_renewals *w, size_t from);

/* What the rows of a line (after bridging) pay at the close of a day, at the rate of another. */
cst_status cst_renewals_level(const cst_renewals *w, size_t from, size_t to, cst_day day, cst_day valued,
                              cst_wide *out, cst_error *e);

/* How a line that pays nothing at the close of `day`, but did before, came to nothing. *ended: the day after
 * the last on which it paid, up to `day`; CST_DAY_NONE: it never paid. */
cst_status cst_renewals_end(const cst_renewals *w, size_t from, size_t to, cst_day day, cst_day valued,
                            cst_day *ended, cst_line_end *how, cst_error *e);
#endif
