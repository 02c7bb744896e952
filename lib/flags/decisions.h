/* flags/decisions.h: what people have decided about a flag of an account: to silence it, or to accept
 * the risk, until a day. The flag lives on, and still inhibits others; only how it is shown changes. */
#ifndef CST_FLAGS_DECISIONS_H
#define CST_FLAGS_DECISIONS_H
#include "base/intern.h"
#include "base/map.h"
#include "flags/rules.h"

typedef enum { FLAG_SILENCE = 1, FLAG_ACCEPT } flag_decision_kind;

typedef struct flag_decision {
    uint32_t account, rule;
    flag_decision_kind kind;
    cst_day until; /* the last day it holds */
    cst_text owner, reason;
    size_t row;
} flag_decision;

/* Zero-initialise it. */
typedef struct flag_decisions {
    flag_decision *item;
    size_t n;
    cst_intern *accounts;
    cst_map *at; /* (account, rule) -> item + 1, of those that hold tonight */
} flag_decisions;

/* Checks all; what is wrong goes to `problems`. The table outlives this. */
cst_status flag_decisions_read(const cst_table *t, const flag_rules *rules, flag_decisions *out,
                               flag_problems *problems, cst_error *e);
/* Keeps those that hold on this day. CST_DATA: two for the same flag of the same account. */
cst_status flag_decisions_choose(flag_decisions *d, const cst_table *t, cst_day tonight, cst_error *e);
/* NULL: none */
const flag_decision *flag_decisions_find(const flag_decisions *d, cst_text account, uint32_t rule);
void flag_decisions_clear(flag_decisions *d);
#endif
