/* tree.c: the measures are folded into the nodes above them, then those nodes, which stand parents first,
 * backwards into their parents; a loop forwards hands the weight of the whole down again.
 *
 * All of it goes over strips of SCORE_LANES rows. scratch is three tables of m->nodes strips: the node's
 * value; the sum of its children's weights that count, later its factor (the part of the whole that a
 * weight of 1 below it has); and its coverage. The inner loops have a fixed length and select where they
 * might branch, before they multiply, so that they become vector code; what does not count adds 0 instead
 * of being passed over, which changes no sum. A value is missing where it differs from itself (NAN). */
#include "score/tree.h"

#include <math.h>

#include "score/points.h"

enum { L = SCORE_LANES };

size_t score_tree_room(const cst_model *m)
{
    return 3 * L * m->nodes;
}

static void fold_leaf(const score_leaf *l, const double *restrict sub, double *restrict own,
                      double *restrict value, double *restrict held, double *restrict cover)
{
    const double weight = l->weight, fill = l->fill;
    for (int i = 0; i < L; i++) {
        own[i] = sub[i] == sub[i] ? sub[i] : fill;
        cover[i] += sub[i] == sub[i] ? weight : 0;
    }
    for (int i = 0; i < L; i++) {
        double counted = own[i] == own[i] ? own[i] : 0;
        held[i] += own[i] == own[i] ? weight : 0;
        value[i] += weight * counted;
    }
}

static void fold_measures(const cst_model *m, const double *sub, double *value, double *held, double *cover)
{
    for (size_t k = 0; k < m->measures; k++) {
        const score_leaf *l = &m->leaf[k];
        size_t parent = (size_t)l->parent * L;
        fold_leaf(l, sub + k * L, value + (size_t)l->node * L, value + parent, held + parent, cover + parent);
    }
}

/* value[] and cover[] hold sums while children come in, and the mean once the node itself is reached. Where
 * no weight is held the sum is 0 too, and 0 / 0 is NAN: missing. */
static void end_node(const score_node *n, double *restrict value, const double *restrict held,
                     double *restrict cover)
{
    const double whole = n->whole;
    for (int i = 0; i < L; i++) {
        value[i] /= held[i];
        cover[i] /= whole;
    }
}

static void fold_node(const score_node *n, const double *restrict value, const double *restrict cover,
                      double *restrict value_above, double *restrict held_above, double *restrict cover_above)
{
    const double weight = n->weight;
    for (int i = 0; i < L; i++) {
        double counted = value[i] == value[i] ? value[i] : 0;
        cover_above[i] += weight * cover[i];
        held_above[i] += value[i] == value[i] ? weight : 0;
        value_above[i] += weight * counted;
    }
}

static void fold_groups(const cst_model *m, double *value, double *held, double *cover)
{
    for (size_t j = m->inners; j-- > 0;) {
        const score_node *n = &m->node[m->inner[j]];
        size_t at = (size_t)m->inner[j] * L, above = (size_t)n->parent * L;
        end_node(n, value + at, held + at, cover + at);
        if (at == 0) break;
        fold_node(n, value + at, cover + at, value + above, held + above, cover + above);
    }
}

static void hand_down(const cst_model *m, const double *value, double *held)
{
    for (size_t j = 0; j < m->inners; j++) {
        const score_node *n = &m->node[m->inner[j]];
        size_t at = (size_t)m->inner[j] * L, above = (size_t)n->parent * L;
        for (size_t i = 0; i < L; i++) {
            double whole = isnan(value[at + i]) ? 0 : at == 0 ? 1 : held[above + i] * n->weight;
            held[at + i] = whole > 0 ? whole / held[at + i] : 0;
        }
    }
}

/* What costs and what gives most, of each lane. */
typedef struct extremes {
    double lost[L], given[L];
    double worst[L], best[L]; /* measures, as doubles to be of one size with the rest; -1: none */
} extremes;

/* A later one of equals does not replace the first; a missing one is never more. */
static void compare_points(const double *restrict points, double k, double *restrict most,
                           double *restrict which)
{
    for (int i = 0; i < L; i++) which[i] = points[i] > most[i] ? k : which[i];
    for (int i = 0; i < L; i++) most[i] = points[i] > most[i] ? points[i] : most[i];
}

static void compare_leaf(const double *restrict value, const double *restrict factor, double weight, double k,
                         extremes *restrict x)
{
    double given[L], lost[L];
    for (int i = 0; i < L; i++) {
        given[i] = factor[i] * weight * value[i];
        lost[i] = factor[i] * weight * (100 - value[i]);
    }
    compare_points(lost, k, x->lost, x->worst);
    compare_points(given, k, x->given, x->best);
}

static void find_extremes(const cst_model *m, const double *value, const double *factor, extremes *x)
{
    for (int i = 0; i < L; i++) {
        x->lost[i] = x->given[i] = 0;
        x->worst[i] = x->best[i] = -1;
    }
    for (size_t k = 0; k < m->measures; k++) {
        const score_leaf *l = &m->leaf[k];
        compare_leaf(value + (size_t)l->node * L, factor + (size_t)l->parent * L, l->weight, (double)k, x);
    }
}

static uint32_t name_measure(double k)
{
    return k < 0 ? UINT32_MAX : (uint32_t)k;
}

void score_tree_score(const cst_model *m, const double *sub, size_t rows, int32_t *group, double *scratch,
                      score_tree_result *out)
{
    double *value = scratch, *held = scratch + L * m->nodes, *cover = held + L * m->nodes;
    for (size_t j = 0; j < m->inners; j++)
        for (size_t i = L * (size_t)m->inner[j], end = i + L; i < end; i++) value[i] = held[i] = cover[i] = 0;
    fold_measures(m, sub, value, held, cover);
    fold_groups(m, value, held, cover);
    hand_down(m, value, held);
    extremes x;
    find_extremes(m, value, held, &x);
    for (size_t i = 0; i < rows; i++) {
        for (size_t g = 0; g < m->groups; g++)
            group[i * m->groups + g] = score_points_round(value[L * (size_t)m->group[g] + i]);
        out[i] = (score_tree_result){.score = value[i],
                                     .coverage = cover[i],
                                     .worst = name_measure(x.worst[i]),
                                     .best = name_measure(x.best[i])};
    }
}

void score_tree_shares(const cst_model *m, const double *scratch, size_t lane, double *share, double *used)
{
    const double *value = scratch + lane, *factor = value + L * m->nodes;
    for (size_t k = 0; k < m->measures; k++) {
        const score_leaf *l = &m->leaf[k];
        used[k] = value[L * (size_t)l->node];
        share[k] = isnan(used[k]) ? 0 : factor[L * (size_t)l->parent] * l->weight;
    }
}
