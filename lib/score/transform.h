/* score/transform.h: from a measured value to a sub-score of 0 to 100. */
#ifndef CST_SCORE_TRANSFORM_H
#define CST_SCORE_TRANSFORM_H
#include "score/model.h"

/* What a transform asks of its row in the model. */
struct score_transform_rule {
    const char *name;
    bool needs_ends;   /* low and high */
    bool needs_points; /* points */
    bool positive;     /* low and high > 0 */
    bool relative;     /* placed among the active accounts of the period */
};
extern const struct score_transform_rule
    score_transform_rules[]; /* by enum score_transform; ends with name NULL */

/* The sub-score of x, for every transform that is not relative. as_is wants 0 <= x <= 100: false
 * otherwise. */
bool score_transform_value(const score_node *n, double x, double *out);

/* The same for a strip of SCORE_LANES values; NAN is missing and stays so. as_is must have been checked. */
void score_transform_strip(const score_node *n, const double *x, double *out);

/* The sub-score of x among `sorted` (ascending, n of them; mean and sample sd given), for the relative
 * ones. n > 0. */
double score_transform_among(const score_node *node, double x, const double *sorted, size_t n, double mean,
                             double sd);

/* A boolean word (cst_bool_word) as 1 or 0; false: another word, *out is left alone. */
bool score_boolean_parse(cst_text t, double *out);
#endif
