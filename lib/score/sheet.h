/* score/sheet.h: the account-periods of a run, held in memory by column: a few dozen bytes a row, so
 * that output can be in order of period and account whatever the order of the input. Values of the
 * measures are kept only where a mode needs them again (percentiles, --explain, --profile). */
#ifndef CST_SCORE_SHEET_H
#define CST_SCORE_SHEET_H
#include "score/chance.h"
#include "score/tree.h"
#include "tables/metrics_rows.h"

typedef struct score_sheet {
    const cst_model *model;
    bool keep; /* the values of the measures */
    cst_metrics_rows rows;
    score_tree_result *result;
    int32_t *group; /* rows x model->groups, hundredths; -1: none */
    double *value;  /* rows x model->measures, as measured; NAN missing; only when kept */
    double *sub;    /* rows x model->measures, sub-scores; only when kept */
    score_chances chances;
    size_t room;
} score_sheet;

/* likelihoods: NULL: none; they outlive the sheet, as the model does. */
cst_status score_sheet_init(score_sheet *s, const cst_model *m, const score_likelihoods *likelihoods,
                            bool keep, cst_error *e);
void score_sheet_clear(score_sheet *s);
/* Room for `more` rows in the columns beside them. */
cst_status score_sheet_reserve(score_sheet *s, size_t more, cst_error *e);

/* In place of cst_metrics_order, for rows that are all of one period and stay in the order they are in. */
cst_status score_sheet_one_period(score_sheet *s, cst_error *e);

/* Places the relative measures (percentile, zscore) among the active accounts of each period and
 * scores all rows. After cst_metrics_order; needs the values kept. */
cst_status score_sheet_place(score_sheet *s, cst_error *e);

/* Under the least coverage there is no score: better none than a guess. */
void score_sheet_drop_uncovered(score_sheet *s, double least);
#endif
