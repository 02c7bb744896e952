/* score/sheet.h: the account-periods of a run, held in memory by column: a few dozen bytes a row, so
 * that output can be in order of period and account whatever the order of the input. Values of the
 * measures are kept only where a mode needs them again (percentiles, --explain, --profile). */
#ifndef CST_SCORE_SHEET_H
#define CST_SCORE_SHEET_H
#include "base/intern.h"
#include "score/tree.h"

#define SCORE_SHEET_FILES ((UINT64_C(1) << 21) - 1)
#define SCORE_SHEET_LINES ((UINT64_C(1) << 42) - 1)

typedef struct score_sheet_row {
    uint32_t account; /* id in the sheet's interner */
    cst_day period;
    uint64_t active : 1; /* the column `active` of the metrics; true where there is none */
    uint64_t file : 21;  /* where the row stood; more operands or lines than that do not exist */
    uint64_t line : 42;
} score_sheet_row;

typedef struct score_sheet {
    const cst_model *model;
    bool keep; /* the values of the measures */
    cst_intern *accounts;
    score_sheet_row *row;
    score_tree_result *result;
    int32_t *group; /* n x model->groups, hundredths; -1: none */
    double *value;  /* n x model->measures, as measured; NAN missing; only when kept */
    double *sub;    /* n x model->measures, sub-scores; only when kept */
    size_t n, room;
    uint32_t *order; /* rows by period, then account; after score_sheet_sort */
    cst_day *period; /* the distinct periods, ascending; after score_sheet_sort */
    size_t periods;
    uint32_t *begin; /* where the rows of each period begin in `order`, and where the last one's end */
} score_sheet;

cst_status score_sheet_init(score_sheet *s, const cst_model *m, bool keep, cst_error *e);
void score_sheet_clear(score_sheet *s);
cst_status score_sheet_reserve(score_sheet *s, size_t more, cst_error *e);

/* Puts the rows in order. An account that stands twice in a period is CST_DATA at the later row;
 * `file_name` gives the names of the inputs. */
cst_status score_sheet_sort(score_sheet *s, const char *(*file_name)(const void *, uint32_t),
                            const void *context, cst_error *e);

/* The same for rows that are all of one period and stay in the order they are in. */
cst_status score_sheet_one_period(score_sheet *s, cst_error *e);

/* Places the relative measures (percentile, zscore) among the active accounts of each period and
 * scores all rows. After score_sheet_sort; needs the values kept. */
cst_status score_sheet_place(score_sheet *s, cst_error *e);

/* Under the least coverage there is no score: better none than a guess. */
void score_sheet_drop_uncovered(score_sheet *s, double least);
#endif
