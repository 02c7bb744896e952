/* score/explain.h: a score taken apart into what each measure gave and cost. */
#ifndef CST_SCORE_EXPLAIN_H
#define CST_SCORE_EXPLAIN_H
#include "score/sheet.h"
#include <cstools/score.h>

/* Hundredths of points, unrounded and as they are shown. */
typedef struct score_explain_points {
    double *exact;
    int32_t *rounded;
    bool *raised;
} score_explain_points;

/* What one thread needs to explain rows of a sheet that is scored; cleared also where init failed. The
 * doubles are parts of `space`; the other arrays begin with given's. */
typedef struct score_explain {
    const score_sheet *sheet;
    double *space;
    double *sub, *scratch, *share, *used; /* the row is lane 0 of a strip */
    int32_t *group;
    score_explain_points given, lost;
} score_explain;

cst_status score_explain_init(score_explain *x, const score_sheet *s, cst_error *e);
void score_explain_clear(score_explain *x);
/* Fills out[measures]: see cst_scores_explain. */
void score_explain_row(score_explain *x, size_t row, cst_score_part *out);
#endif
