/* revenue/parts.h: names that a part is written and read with. */
#ifndef CST_REVENUE_PARTS_H
#define CST_REVENUE_PARTS_H
#include "revenue/sums.h"

extern const char *const rev_effect_name[REV_EFFECTS]; /* quantity_effect, price_effect, term_effect */
#endif
