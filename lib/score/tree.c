/* tree.c: the measures are folded into the nodes above them, then those nodes, which stand parents first,
 * backwards into their parents; a loop forwards hands the weight of the whole down again. scratch is three
 * rows of m->nodes: the node's value; the sum of its children's weights that count, later its factor (the
 * part of the whole that a weight of 1 below it has); and its coverage. */
#include "score/tree.h"

#include <math.h>

#include "score/points.h"

static void fold_measures(const cst_model *m, const double *sub, double *value, double *held, double *cover)
{
    for (size_t k = 0; k < m->measures; k++) {
        const cst_leaf *l = &m->leaf[k];
        double s = sub[k];
        if (isnan(s))
            s = l->fill;
        else
            cover[l->parent] += l->weight;
        value[l->node] = s;
        if (isnan(s)) continue;
        held[l->parent] += l->weight;
        value[l->parent] += l->weight * s;
    }
}

/* value[] and cover[] hold sums while children come in, and the mean once the node itself is reached. */
static void fold_groups(const cst_model *m, double *value, double *held, double *cover)
{
    for (size_t j = m->inners; j-- > 0;) {
        uint32_t i = m->inner[j];
        const cst_node *n = &m->node[i];
        value[i] = held[i] > 0 ? value[i] / held[i] : NAN;
        cover[i] /= n->whole;
        if (i == 0) break;
        cover[n->parent] += n->weight * cover[i];
        if (isnan(value[i])) continue;
        held[n->parent] += n->weight;
        value[n->parent] += n->weight * value[i];
    }
}

static void hand_down(const cst_model *m, const double *value, double *held)
{
    for (size_t j = 0; j < m->inners; j++) {
        uint32_t i = m->inner[j];
        const cst_node *n = &m->node[i];
        double whole = isnan(value[i]) ? 0 : i == 0 ? 1 : held[n->parent] * n->weight;
        held[i] = whole > 0 ? whole / held[i] : 0;
    }
}

/* The first of equals, in the order of the model. */
static void find_extremes(const cst_model *m, const double *value, const double *factor, cst_tree_result *out)
{
    double most_lost = 0, most_given = 0;
    for (uint32_t k = 0; k < m->measures; k++) {
        const cst_leaf *l = &m->leaf[k];
        double s = value[l->node], part = factor[l->parent] * l->weight;
        double given = part * s, lost = part * (100 - s); /* NAN is never more */
        if (lost > most_lost) most_lost = lost, out->worst = k;
        if (given > most_given) most_given = given, out->best = k;
    }
}

void cst_tree_score(const cst_model *m, const double *sub, int32_t *group, double *scratch,
                    cst_tree_result *out)
{
    double *value = scratch, *held = scratch + m->nodes, *cover = held + m->nodes;
    for (size_t j = 0; j < m->inners; j++) value[m->inner[j]] = held[m->inner[j]] = cover[m->inner[j]] = 0;
    fold_measures(m, sub, value, held, cover);
    fold_groups(m, value, held, cover);
    hand_down(m, value, held);
    for (size_t g = 0; g < m->groups; g++) group[g] = cst_points_round(value[m->group[g]]);
    *out =
        (cst_tree_result){.score = value[0], .coverage = cover[0], .worst = UINT32_MAX, .best = UINT32_MAX};
    find_extremes(m, value, held, out);
}

void cst_tree_shares(const cst_model *m, const double *scratch, double *share, double *used)
{
    const double *factor = scratch + m->nodes;
    for (size_t k = 0; k < m->measures; k++) {
        const cst_leaf *l = &m->leaf[k];
        used[k] = scratch[l->node];
        share[k] = isnan(used[k]) ? 0 : factor[l->parent] * l->weight;
    }
}
