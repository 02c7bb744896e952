/* ledger/movement.c: the names of movements, as columns and values have them. */
#include "ledger/movement.h"

const char *const cst_movement_name[CST_MOVEMENTS] = {
    "new", "reactivation", "upsell", "cross_sell", "contraction", "churn", "fx", "transfer", "rounding"};
