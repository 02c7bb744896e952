/* revenue/rules.h: the definition a run follows, and the words it is named by. Nothing here changes
 * while accounts are walked: every thread reads the same rules. */
#ifndef CST_REVENUE_RULES_H
#define CST_REVENUE_RULES_H
#include "ledger/fx.h"
#include "ledger/grid.h"
#include "ledger/movement.h"

/* What growth and shrinkage of a line come from (--split). */
enum { REV_EFFECT_QUANTITY, REV_EFFECT_PRICE, REV_EFFECT_TERM, REV_EFFECTS };
extern const char *const rev_effect_name[REV_EFFECTS + 1]; /* quantity_effect ...; ends with NULL */

/* At whose rates movements are classified and valued (--movement-fx). */
enum rev_movement_fx { REV_FX_CLOSING, REV_FX_OPENING, REV_FX_AVERAGE };

enum rev_retention { REV_COHORT, REV_BY_MOVEMENTS, REV_COMPOUNDED };

typedef struct rev_rules {
    const cst_grid *grid;
    bool event;                /* classify at every effective date, not snapshot to snapshot */
    bool net_line;             /* growth and shrinkage of each line side by side */
    bool split;                /* effects of quantity, price and term; with net_line */
    bool groups;               /* segments are reported */
    bool groups_of_rows;       /* a segment may differ between the rows of one account */
    bool entries;              /* movements are kept account by account, for the detail and its kin */
    cst_money min_movement;    /* changes of an account (net_line: of a line) below it go to rounding */
    cst_duration reactivation; /* unit 0: a customer may come back after any time */
    enum rev_retention retention;
    int window; /* periods, at least 1 */
    enum rev_movement_fx movement_fx;
    bool spot;                        /* retention compares the opening at its own rate */
    cst_day history_from;             /* CST_DAY_NONE: all is known */
    bool tops;                        /* the largest customers of each closing */
    bool churn_days;                  /* on which days the lost ones ended */
    bool annual;                      /* amounts are those of a year */
    bool revenue;                     /* revenue by days is added up */
    cst_period earn_first, earn_last; /* in these months */
    const cst_fx *fx;                 /* NULL: amounts stay as they are */
    bool valued;                      /* the sums were made with rates */
    cst_period fx_first, fx_last;     /* with fx: the periods that are valued */
    uint32_t replicates;              /* of the bootstrap; 0: none */
    uint64_t seed;
} rev_rules;
#endif
