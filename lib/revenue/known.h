/* revenue/known.h: --known-to-come: what of the months after --as-of is signed and scheduled. What that is,
 * ledger/ahead.h says. known.c nets it by account and month, known_table.c prints it. */
#ifndef CST_REVENUE_KNOWN_H
#define CST_REVENUE_KNOWN_H
#include "base/intern.h"
#include "ledger/ahead.h"
#include "revenue/session.h"

/* What is added up for a series (0: the total; k + 1: group k) and a month. */
typedef struct known_cell {
    uint32_t series;
    cst_period month;
    cst_wide gain, ending, ending_at_term;
} known_cell;

/* Cells in order of month, then series, each once, when compact; and by series what is paid on --as-of. */
typedef struct known_sums {
    known_cell *cell;
    size_t cells, room, compact; /* the first `compact` cells are in order */
    cst_wide *opening;
    bool *met; /* whether it was asked for */
    size_t series, opening_room, met_room;
} known_sums;

void rev_known_free(known_sums *s);
/* Makes room for a series, which is printed from then on. */
bool rev_known_reach(known_sums *s, uint32_t series);
bool rev_known_add(known_sums *s, const known_cell *c);
void rev_known_compact(known_sums *s);

/* The main output. names: of the groups. last: the month of the last start or end. */
cst_status rev_known_write(rev_session *s, const known_sums *sums, const cst_intern *names, cst_period last,
                           cst_error *e);
#endif
