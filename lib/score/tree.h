/* score/tree.h: sub-scores to a score, level by level, and back down to what each measure gave and
 * cost.
 *
 * A group is the weighted mean of those of its children that have a value; a group without any is
 * missing to its parent. coverage is the same mean over all children, of 1 where a measure was really
 * there, else 0. */
#ifndef CST_SCORE_TREE_H
#define CST_SCORE_TREE_H
#include "score/model.h"

/* A missing sub-score or group is NAN, here and nowhere further out. */
typedef struct score_tree_result {
    double score;    /* 0..100; NAN: nothing to score */
    double coverage; /* 0..1 */
    uint32_t worst;  /* the measure that loses most points, and the one that gives most; UINT32_MAX: none */
    uint32_t best;
} score_tree_result;

/* Rows are scored in strips of so many lanes: each step is then a short loop over independent rows that
 * the compiler turns into vector instructions. */
enum { SCORE_LANES = 16 };

/* How many doubles of scratch a strip needs. */
size_t score_tree_room(const cst_model *m);

/* Scores the first `rows` lanes of a strip, at most SCORE_LANES. sub[measure * SCORE_LANES + lane] is 0..100
 * or NAN; lanes behind the rows may hold anything that is initialised. group gets the groups' scores of each
 * row in hundredths, -1 where there is none; out a result per row.
 * A missing measure is treated by its policy (SCORE_FAIL must have been refused before). */
void score_tree_score(const cst_model *m, const double *sub, size_t rows, int32_t *group, double *scratch,
                      score_tree_result *out);

/* share[measure]: the weight the measure really had in the score of this lane (they sum to 1; 0 where it had
 * none), after score_tree_score on the same scratch. used[measure]: the sub-score that was counted (policy
 * applied), NAN where none. */
void score_tree_shares(const cst_model *m, const double *scratch, size_t lane, double *share, double *used);
#endif
