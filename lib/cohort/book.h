/* cohort/book.h: the main stream as a ledger of subscriptions, and an account's balance over time. */
#ifndef CST_COHORT_BOOK_H
#define CST_COHORT_BOOK_H
#include "cohort/input.h"
#include <cstools/ledger.h>

/* Reads the opened main stream. `ordered`: accounts are to be visited in the order of their bytes. */
cst_status cohort_book_read(cohort_input *in, bool ordered, cst_ledger **out, cst_error *e);
/* The day the data is good for: --as-of, or the latest start or end there is, which is told. */
cst_day cohort_book_day(const cohort_input *in, const cst_ledger *l);

/* A worker's scratch: an account's rows in the order of their group, and the days on which the balance changes. */
typedef struct cohort_step {
    cst_day day;
    cst_money change; /* then, after cohort_steps_of, the balance from that day on is a running sum */
} cohort_step;

typedef struct cohort_desk {
    cst_ledger_row *row;
    size_t room;
    cohort_step *step;
    size_t step_room;
    size_t steps;
} cohort_desk;

void cohort_desk_free(cohort_desk *d);
/* Copies the account's rows, ordered by group; CST_MEMORY. A group's rows are then d->row[from .. to). */
cst_status cohort_desk_take(cohort_desk *d, const cst_ledger_account *a, cst_error *e);
/* The end of the group that begins at `from`; *group is its id in the labels. */
size_t cohort_desk_group(const cohort_desk *d, const cst_ledger_account *a, size_t from, uint32_t *group);
/* Days and changes of the rows, ascending by day, one a day; zero rows and rows of no day leave none. */
cst_status cohort_steps_of(cohort_desk *d, const cst_ledger_row *row, size_t n, cst_error *e);
cst_status cohort_fail_below(cst_text account, cst_day day, cst_error *e);
#endif
