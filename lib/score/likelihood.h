/* score/likelihood.h: likelihoods as cs-drivers --fit --as likelihood writes them: a table with the columns
 * of a model, one likelihood in each.
 *
 *     kind,name,parent,weight,column,transform,low,high,points,missing
 *     likelihood,churn_90d,,-4.1273,,,,,,
 *     term,seat_use,churn_90d,-2.0311,seat_utilization,clamp,0.12,1.05,,0.71
 *     comment,population,churn_90d,,,,,,active,
 *
 * p = 1 / (1 + exp(-(weight of the likelihood + sum of weight x value of the terms))), each value clamped to
 * low and high; a missing one is that in column missing, and where that is empty, there is no p. Comments are
 * for people, but for one: the population is that of the fit, and where it is not "all", an account that is
 * known not to be active has no p.
 */
#ifndef CST_SCORE_LIKELIHOOD_H
#define CST_SCORE_LIKELIHOOD_H
#include "base/memory.h"
#include "read/table.h"

typedef struct score_term {
    cst_text name, column;
    double weight, low, high;
    double missing; /* the mean of the fit; NAN: none */
    size_t row;     /* of the table */
} score_term;

typedef struct score_likelihood {
    cst_table *table; /* owned; names point into it */
    cst_text name;
    char *column, *amount; /* NAME and NAME_amount, NUL-ended */
    bool all;              /* of accounts that are not active, too */
    double intercept;
    score_term *term;
    size_t terms;
} score_likelihood;

/* Those of a run, in the order in which they were given. */
typedef struct score_likelihoods {
    score_likelihood *v;
    size_t n;
    size_t terms; /* of all */
} score_likelihoods;

/* Checks a table and adds it to the set, which has it from then on (freed in every case). CST_DATA with the
 * line and column: what it is not, or a name that the set has. */
cst_status score_likelihoods_add(score_likelihoods *set, cst_table *t, cst_error *e);
void score_likelihoods_clear(score_likelihoods *set);
/* The likelihood of that name, or set->n. */
size_t score_likelihoods_find(const score_likelihoods *set, cst_text name);

/* What a term adds to the log odds, of its value (NAN: missing); NAN: there is none. */
double score_term_odds(const score_term *t, double value);
/* The same less what it adds for the average account of the fit. */
double score_term_part(const score_term *t, double value);
/* In millionths, of a value for each term; -1: a value is missing that nothing stands for. */
int32_t score_likelihood_of(const score_likelihood *l, const double *value);
#endif
