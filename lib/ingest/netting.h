/* ingest/netting.h: what the time of an invoice line still carries when credits take some of it back.
 *
 * A line carries its amount evenly over its service period. A credit takes back time that it shares with a
 * line: wholly, where it is what that time still carries (to one minor unit for each line, the difference is
 * netted), else in proportion to it. Amounts are counted in millionths of a millionth, and the parts of a
 * line add up to it: so
 *
 *     amounts of lines - credits = carried after all + netted - rests
 *
 * holds to the last of them. */
#ifndef CST_INGEST_NETTING_H
#define CST_INGEST_NETTING_H
#include "base/arena.h"
#include <cstools/base.h>

#define ING_CARRY_UNIT 1000000 /* to a millionth */

/* A part of a line's time: what it carried before all credits, and what is left. */
typedef struct ing_carry {
    cst_instant from, to;
    cst_wide was, now;
    struct ing_carry *next; /* the part that follows */
} ing_carry;

typedef struct ing_credit {
    cst_instant from, to;
    cst_wide amount; /* above 0 */
    cst_wide minor;  /* one minor unit of the currency */
} ing_credit;

typedef struct ing_taking {
    bool met;        /* a line had something to give */
    cst_wide netted; /* what the time carried less the credit, where it was taken back wholly */
    cst_wide rest;   /* what the credit is more than that, past one minor unit for each line; else 0 */
} ing_taking;

/* Takes the credit back from n lines, each a list of parts: from the first that carries on their shared time
 * what the credit is, else from all that it meets. With a rest nothing is taken unless `allow`. false: out
 * of memory. */
bool ing_credit_take(const ing_credit *c, ing_carry **line, size_t n, bool allow, cst_arena *a,
                     ing_taking *out);
#endif
