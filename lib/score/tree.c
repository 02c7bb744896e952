/* tree.c: nodes stand parents first, so one loop backwards folds children into parents and one loop
 * forwards hands the weight of the whole down. scratch is three rows of m->nodes: the node's value,
 * the sum of its children's weights that count, and its coverage. */
#include "score/tree.h"

#include <math.h>

static double apply_policy(const cst_node *n, double sub)
{
    if (!isnan(sub)) return sub;
    return n->missing == CST_NEUTRAL ? 50 : n->missing == CST_ZERO ? 0 : NAN;
}

/* value[] and cover[] hold sums while children come in, and the mean once the node itself is reached. */
static void fold_children(const cst_model *m, const double *sub, double *value, double *held, double *cover)
{
    for (size_t i = 0; i < m->nodes; i++) value[i] = held[i] = cover[i] = 0;
    for (size_t i = m->nodes; i-- > 0;) {
        const cst_node *n = &m->node[i];
        if (n->kind == CST_NODE_MEASURE) {
            value[i] = apply_policy(n, sub[n->measure]);
            cover[i] = isnan(sub[n->measure]) ? 0 : 1;
        } else {
            value[i] = held[i] > 0 ? value[i] / held[i] : NAN;
            cover[i] /= n->whole;
        }
        if (i == 0) break;
        cover[n->parent] += n->weight * cover[i];
        if (isnan(value[i]) || n->weight == 0) continue;
        held[n->parent] += n->weight;
        value[n->parent] += n->weight * value[i];
    }
}

/* The share of node i in its parent's mean: cover[] is done with and is reused for the share in the whole. */
static void find_extremes(const cst_model *m, const double *value, const double *held, double *whole,
                          cst_tree_result *out)
{
    double most_lost = 0, most_given = 0;
    whole[0] = isnan(value[0]) ? 0 : 1;
    for (uint32_t i = 1; i < m->nodes; i++) {
        const cst_node *n = &m->node[i];
        bool counts = !isnan(value[i]) && held[n->parent] > 0;
        whole[i] = counts ? whole[n->parent] * n->weight / held[n->parent] : 0;
        if (n->kind != CST_NODE_MEASURE || !counts) continue;
        double given = whole[i] * value[i], lost = whole[i] * (100 - value[i]);
        bool first_lost = lost == most_lost && out->worst != UINT32_MAX && n->measure < out->worst;
        bool first_given = given == most_given && out->best != UINT32_MAX && n->measure < out->best;
        if (lost > most_lost || first_lost) most_lost = lost, out->worst = n->measure;
        if (given > most_given || first_given) most_given = given, out->best = n->measure;
    }
}

void cst_tree_score(const cst_model *m, const double *sub, double *group, double *scratch,
                    cst_tree_result *out)
{
    double *value = scratch, *held = scratch + m->nodes, *cover = held + m->nodes;
    fold_children(m, sub, value, held, cover);
    for (size_t g = 0; g < m->groups; g++) group[g] = value[m->group[g]];
    *out =
        (cst_tree_result){.score = value[0], .coverage = cover[0], .worst = UINT32_MAX, .best = UINT32_MAX};
    find_extremes(m, value, held, cover, out);
}

void cst_tree_shares(const cst_model *m, const double *sub, const double *scratch, double *share,
                     double *used)
{
    const double *whole = scratch + 2 * m->nodes;
    for (size_t k = 0; k < m->measures; k++) {
        uint32_t i = m->measure[k];
        used[k] = apply_policy(&m->node[i], sub[k]);
        share[k] = isnan(used[k]) ? 0 : whole[i];
    }
}
