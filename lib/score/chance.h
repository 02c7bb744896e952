/* score/chance.h: the likelihoods of the rows of a sheet, and the amounts they are multiplied with. */
#ifndef CST_SCORE_CHANCE_H
#define CST_SCORE_CHANCE_H
#include "score/likelihood.h"
#include "score/source.h"
#include "tables/metrics_rows.h"
#include <cstools/write.h>

#define SCORE_NO_AMOUNT INT64_MIN

/* By row of a sheet. */
typedef struct score_chances {
    const score_likelihoods *set; /* NULL: there are none, nor columns */
    bool keep;                    /* the values of the terms */
    bool amounts;
    int32_t *chance;   /* rows x set->n: millionths; -1: none, or not of this account */
    cst_money *amount; /* SCORE_NO_AMOUNT: none */
    double *term;      /* rows x set->terms: as measured; NAN: missing */
    uint64_t *filled;  /* by likelihood: rows in which a missing value took the mean of the fit */
    size_t room;
} score_chances;

static inline size_t score_chances_count(const score_chances *c)
{
    return c->set ? c->set->n : 0;
}
/* Room for so many rows; `filled` too. */
cst_status score_chances_reserve(score_chances *c, size_t rows, cst_error *e);
void score_chances_clear(score_chances *c);

/* Where the terms are. Only read once bound. */
typedef struct score_chance_plan {
    const score_likelihoods *set;
    score_source *source; /* by term, likelihood after likelihood */
    int *slot;
    score_source amount;
    bool amounts, joined;
} score_chance_plan;

/* `amount`: the column; NULL: mrr, where there is one. CST_DATA: no such column, or one with a likelihood's
 * name. */
cst_status score_chance_bind(const score_likelihoods *set, const char *amount, const score_offer *o,
                             score_chance_plan *out, cst_error *e);
void score_chance_plan_clear(score_chance_plan *p);

/* A thread's batch: row by row, like the columns of the sheet. */
typedef struct score_chance_batch {
    const score_chance_plan *plan;
    cst_metrics_numbers numbers;
    score_chances rows;
} score_chance_batch;

cst_status score_chance_batch_init(score_chance_batch *b, const score_chance_plan *p, cst_error *e);
void score_chance_batch_clear(score_chance_batch *b);
cst_status score_chance_batch_begin(score_chance_batch *c, cst_batch *b, cst_error *e);
/* Reads a row into the `at`-th of the batch. */
cst_status score_chance_take(score_chance_batch *c, cst_batch *b, uint32_t row, const cst_metrics_seen *seen,
                             const cst_accounts *accounts, uint32_t account, uint32_t at, cst_error *e);
/* The first n rows of the batch behind the rows `at` of the sheet. */
cst_status score_chances_append(score_chances *c, size_t at, const score_chance_batch *from, uint32_t n,
                                cst_error *e);

/* Columns NAME and NAME_amount of each likelihood, behind those of a row: fills out[], which has room for two
 * of each, and returns how many. */
size_t score_chance_columns(const score_chances *c, cst_column *out);
/* The amount to expect of a row by a likelihood; false: there is none. */
bool score_chance_amount(const score_chances *c, size_t row, size_t likelihood, cst_money *out);
void score_chance_put(const score_chances *c, size_t row, cst_writer *w);
#endif
