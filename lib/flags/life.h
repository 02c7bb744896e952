/* flags/life.h: the life of one flag of one account, a step per evaluated period.
 *
 *     state       true                              false     unknown
 *     absent      pending 1; open if `for` is 1     absent    absent
 *     pending n   pending n + 1; open at `for`      absent    pending n
 *     open        open                              cleared if `clear` is true, or has none and it is false
 *     cleared     not evaluated until cleared + cooldown, then as absent
 *
 * A period without a row is unknown: no step is made then. Nothing here depends on anything but its
 * arguments, so that a night of its own gives what the same night within a long run gives. */
#ifndef CST_FLAGS_LIFE_H
#define CST_FLAGS_LIFE_H
#include "base/period.h"

typedef enum { CST_FLAG_ABSENT, CST_FLAG_PENDING, CST_FLAG_OPEN, CST_FLAG_CLEARED } cst_flag_stage;

typedef enum { CST_FALSE, CST_TRUE, CST_UNKNOWN } cst_truth;

/* All zero is absent. */
typedef struct cst_flag_state {
    cst_day since; /* pending: when first true; open, cleared: when it opened */
    union {
        uint32_t count; /* pending: evaluated periods in which it was true */
        cst_day until;  /* cleared: when */
    };
    uint8_t stage; /* cst_flag_stage */
} cst_flag_state;

/* What a rule says about the life of its flag. */
typedef struct cst_life {
    uint32_t count;        /* opens at so many evaluated periods; 0: by time */
    cst_duration time;     /* opens so long after it was first true */
    cst_duration cooldown; /* n 0: none */
} cst_life;

/* Is the condition looked at at all in this period? Not in a cooldown. */
bool cst_life_awake(const cst_life *l, const cst_flag_state *s, cst_day period);
/* One evaluated period of a flag that is awake: what `when` is; `ends`: what ends it if it is open, that
 * is `clear` true or, without a `clear`, `when` false; inhibited: it may not open. */
void cst_life_step(const cst_life *l, cst_flag_state *s, cst_day period, cst_truth when, bool ends,
                   bool inhibited);
#endif
