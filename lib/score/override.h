/* score/override.h: scores that a person has set for a while. They are shown with their owner, reason
 * and last day, and change nothing that is computed. A table
 * account_id,score,band,owner,reason,from,until: from (may be missing: always) and until are the first
 * and last day it holds on. */
#ifndef CST_SCORE_OVERRIDE_H
#define CST_SCORE_OVERRIDE_H
#include "base/intern.h"
#include "score/model.h"

typedef struct score_override {
    uint32_t account; /* id in the interner given */
    int32_t score;    /* hundredths; -1: the computed one stays */
    uint32_t band;    /* UINT32_MAX: by the score, or the computed one */
    cst_day from, until;
    cst_text owner, reason;
    size_t row; /* of the table, for messages */
} score_override;

typedef struct score_overrides {
    score_override *item; /* by account, then from */
    size_t n;
    size_t unmatched_names; /* rows left out: no row that is scored has their account */
    size_t first_unmatched; /* of those, as a row of the table */
} score_overrides;

/* Reads and checks the table; the texts point into it. CST_DATA: a missing owner, reason or until,
 * neither score nor band, an unknown band, two that hold on one day for an account. */
cst_status score_overrides_read(const cst_table *t, const cst_model *m, const cst_intern *accounts,
                                score_overrides *out, cst_error *e);
/* What is wrong with the first of the rows left out: CST_DATA, with its place. */
cst_status score_overrides_fail_unmatched_name(const score_overrides *o, const cst_table *t, cst_error *e);
/* The one in force for an account on a day, or NULL. */
const score_override *score_overrides_find(const score_overrides *o, uint32_t account, cst_day day);
void score_overrides_clear(score_overrides *o);
#endif
