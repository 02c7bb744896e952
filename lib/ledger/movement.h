/* ledger/movement.h: what an account did from one snapshot to the next, by what it paid before and after. */
#ifndef CST_LEDGER_MOVEMENT_H
#define CST_LEDGER_MOVEMENT_H
#include <cstools/base.h>

/* The movements of a bridge. The first six are an account's own; the rest come of how it is reported. */
typedef enum {
    CST_NEW,
    CST_REACTIVATION,
    CST_UPSELL,
    CST_CROSS_SELL,
    CST_CONTRACTION,
    CST_CHURN,
    CST_FX,
    CST_TRANSFER,
    CST_ROUNDING,
    CST_MOVEMENTS
} cst_movement;
enum { CST_OWN_MOVEMENTS = CST_FX };
extern const char *const cst_movement_name[CST_MOVEMENTS];

/* The movement of an account: `was` and `is` a customer, before and after (one of them at least); `ever`: at
 * an earlier snapshot already; `grows`: pays more after than before. Growth of a customer is upsell here;
 * cst_cross_sell_of says which part of it is cross-sell. */
static inline cst_movement cst_movement_of(bool was, bool is, bool ever, bool grows)
{
    /* by: a customer before, a customer after, and then: seen earlier still, or growing */
    static const cst_movement kinds[2][2][2] = {{{CST_NEW, CST_NEW}, {CST_NEW, CST_REACTIVATION}},
                                                {{CST_CHURN, CST_CHURN}, {CST_CONTRACTION, CST_UPSELL}}};
    return kinds[was][is][was ? grows : ever];
}

/* The part of an account's growth that is cross-sell, rounded down: had and had_not are the growth in centres
 * that it paid for before and in others (both >= 0, not both 0). growth >= 0. */
static inline cst_money cst_cross_sell_of(cst_money growth, cst_wide had, cst_wide had_not)
{
    return had_not == 0 ? 0 : (cst_money)((cst_wide)growth * had_not / (had + had_not));
}
#endif
