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

typedef enum { FLAG_ABSENT, FLAG_PENDING, FLAG_OPEN, FLAG_CLEARED } flag_stage;

typedef enum { FLAG_FALSE, FLAG_TRUE, FLAG_UNKNOWN } flag_truth;

/* All zero is absent. */
typedef struct flag_stage_now {
    cst_day since; /* pending: when first true; open, cleared: when it opened */
    union {
        uint32_t count; /* pending: evaluated periods in which it was true */
        cst_day until;  /* cleared: when */
    };
    uint8_t stage; /* flag_stage */
} flag_stage_now;

/* What a rule says about the life of its flag. */
typedef struct flag_life {
    uint32_t count;        /* opens at so many evaluated periods; 0: by time */
    cst_duration time;     /* opens so long after it was first true */
    cst_duration cooldown; /* n 0: none */
} flag_life;

/* Is the condition looked at at all in this period? Not in a cooldown. */
bool flag_life_awake(const flag_life *l, const flag_stage_now *s, cst_day period);
/* One evaluated period of a flag that is awake: what `when` is; `ends`: what ends it if it is open, that
 * is `clear` true or, without a `clear`, `when` false; inhibited: it may not open. */
void flag_life_step(const flag_life *l, flag_stage_now *s, cst_day period, flag_truth when, bool ends,
                    bool inhibited);
#endif
