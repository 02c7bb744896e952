/* ledger/ahead.h: what is known on a day of the days after it: rows that are signed and start later, and ends
 * that are scheduled; which of these are the end of a term, that is: up for renewal, not lost. It is no
 * forecast. cs-definitions(7), KNOWN TO COME, has it in words.
 *
 *     cst_ahead_clear, cst_ahead_add ...    the rows of an account
 *     cst_ahead_cover                       which ends are up for renewal, and not covered yet
 *     cst_ahead_net                         signed and ending of a month */
#ifndef CST_LEDGER_AHEAD_H
#define CST_LEDGER_AHEAD_H
#include "ledger/renewal.h"

/* A row that holds on a day, or starts after it. */
typedef struct cst_ahead_row {
    cst_day start, end; /* end as the stream has it; CST_LEDGER_OPEN: none */
    cst_money amount;   /* in the currency of the report */
    int32_t term;       /* months; 0: none */
    uint32_t line;      /* rows of one number are one line */
    uint32_t segment;   /* the caller's, as is what it is called */
    cst_text group;
    cst_money at_term; /* set by cst_ahead_cover: what is up for renewal at its end, and not covered yet */
} cst_ahead_row;

/* The rows of one account; scratch of a thread. Zero-initialise it. */
typedef struct cst_ahead {
    cst_ahead_row *row;
    size_t rows, row_room;
    struct cst_ahead_start *start; /* what a row that starts can still cover */
    size_t start_room;
} cst_ahead;

void cst_ahead_free(cst_ahead *a);
void cst_ahead_clear(cst_ahead *a);
/* Takes a row that pays something after as_of; others are left out. */
bool cst_ahead_add(cst_ahead *a, const cst_ahead_row *row, cst_day as_of);

/* Whether a row is known on as_of: it started by then, or was signed by then. dated: the stream has the
 * column signed_date; without it, what is in the export is signed. */
bool cst_ahead_is_signed(const cst_ledger_row *row, cst_day as_of, bool dated);

/* Whether an end, as 9999-12-31, is how an export writes none: more than 100 years after as_of. */
bool cst_ahead_is_no_end(cst_day end, cst_day as_of);

/* Sets at_term of all rows, and puts them in order of line, then end. An end at start + n x term, n >= 1, is
 * up for renewal with the row's amount (if above 0), less what rows of its line cover that start on or after
 * the end: each pays once, the earliest first, for the earliest end; of ends on one day for that whose
 * group's name comes first. */
bool cst_ahead_cover(cst_ahead *a, cst_day as_of);

/* A month of an account, or of what is netted by itself. */
typedef struct cst_ahead_change {
    cst_wide change;  /* its closing less its opening */
    cst_wide mid;     /* of rows above 0 that end in mid-term */
    cst_wide at_term; /* of all rows that end in it: what is up for renewal and not covered */
} cst_ahead_change;
typedef struct cst_ahead_month {
    cst_wide gain, ending;   /* not negative, and one of them 0 */
    cst_wide ending_at_term; /* of ending: what ends in mid-term comes first */
} cst_ahead_month;
cst_ahead_month cst_ahead_net(const cst_ahead_change *c);

/* Whether a row ends, and not at start + n x term. */
bool cst_ahead_ends_in_mid_term(const cst_ahead_row *r);
#endif
