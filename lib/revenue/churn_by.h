/* revenue/churn_by.h: --churn-by: losses and what the table of reasons says of them. churn_reasons.c reads
 * that table and pairs its rows with losses, churn_by.c finds the losses and prints what each value comes
 * to. */
#ifndef CST_REVENUE_CHURN_BY_H
#define CST_REVENUE_CHURN_BY_H
#include "base/intern.h"
#include "revenue/session.h"

/* The value of a loss without a reason, of a reason without a value, and of one that is called so. */
extern const cst_text rev_churn_unknown;

/* A churn or contraction of an account in a period. */
typedef struct churn_loss {
    uint32_t account; /* of churn_reasons.accounts */
    cst_day day;      /* the last day of the period on which it happened */
    cst_movement kind;
    cst_period period;
    cst_money amount;
    uint32_t value; /* of churn_reasons.values; CST_INTERN_NONE: unknown */
} churn_loss;

typedef struct churn_reason {
    uint32_t account;
    cst_day day;
    uint32_t value;
    size_t row;
} churn_reason;

typedef struct churn_reasons {
    cst_table *table;
    int id; /* its column account_id */
    cst_intern *accounts, *values;
    churn_reason *at; /* by account, then day, then row */
    size_t n, room;
    uint64_t later;  /* set aside: dated after as_of */
    uint64_t served; /* those that a loss has */
} churn_reasons;

cst_status rev_churn_reasons_open(churn_reasons *r, const rev_session *s, cst_error *e);
void rev_churn_reasons_free(churn_reasons *r);
/* Gives each loss its reason. Sorts the losses. */
cst_status rev_churn_reasons_pair(churn_reasons *r, churn_loss *loss, size_t n, int64_t within, cst_error *e);
#endif
