/* transform.c: the nine transforms. Each is monotone; `turned` mirrors it, so that a model says "fewer
 * is better" by writing the good end first as low > high. */
#include "score/transform.h"

#include <math.h>

#include "base/text.h"
#include "score/tree.h"

const struct score_transform_rule score_transform_rules[] = {
    [SCORE_LINEAR] = {"linear", true, false, false, false},
    [SCORE_STEPS] = {"steps", false, true, false, false},
    [SCORE_PERCENTILE] = {"percentile", false, false, false, true},
    [SCORE_ZSCORE] = {"zscore", false, false, false, true},
    [SCORE_LOGISTIC] = {"logistic", true, false, false, false},
    [SCORE_LOG] = {"log", true, false, true, false},
    [SCORE_ASINH] = {"asinh", true, false, false, false},
    [SCORE_BOOLEAN] = {"boolean", false, false, false, false},
    [SCORE_AS_IS] = {"as_is", false, false, false, false},
    {NULL, false, false, false, false},
};

/* 0 at low, 100 at high, cut to that; low > high runs the other way by the same formula. */
static double place_between(double x, double low, double high)
{
    double share = (x - low) / (high - low);
    return share <= 0 ? 0 : share >= 1 ? 100 : 100 * share;
}

/* The same for a strip; a step per loop, since two selections in one would be branches to the compiler. */
static void place_strip(const double *restrict x, double low, double high, double *restrict out)
{
    for (int i = 0; i < SCORE_LANES; i++) out[i] = (x[i] - low) / (high - low);
    for (int i = 0; i < SCORE_LANES; i++) out[i] = out[i] <= 0 ? 0 : out[i];
    for (int i = 0; i < SCORE_LANES; i++) out[i] = out[i] >= 1 ? 1 : out[i];
    for (int i = 0; i < SCORE_LANES; i++) out[i] *= 100;
}

static double take_step(const score_node *n, double x)
{
    double points = 0;
    for (size_t i = 0; i < n->steps && n->step[i].from <= x; i++) points = n->step[i].points;
    return points;
}

/* 1 / (1 + exp(-k (x - middle))) is .1 at low and .9 at high with k = 2 ln 9 / (high - low). */
static double bend(double x, double low, double high)
{
    double k = 2 * log(9) / (high - low);
    return 100 / (1 + exp(-k * (x - (low + high) / 2)));
}

bool score_transform_value(const score_node *n, double x, double *out)
{
    switch (n->transform) {
    case SCORE_LINEAR:
        *out = place_between(x, n->low, n->high);
        return true;
    case SCORE_STEPS:
        *out = take_step(n, x);
        return true;
    case SCORE_LOGISTIC:
        *out = bend(x, n->low, n->high);
        return true;
    case SCORE_LOG: /* nothing is lower than no log at all */
        *out = x > 0 ? place_between(log(x), log(n->low), log(n->high)) : n->turned ? 100 : 0;
        return true;
    case SCORE_ASINH:
        *out = place_between(asinh(x), asinh(n->low), asinh(n->high));
        return true;
    case SCORE_BOOLEAN:
        *out = (x != 0) != n->turned ? 100 : 0;
        return true;
    case SCORE_AS_IS:
        *out = n->turned ? 100 - x : x;
        return x >= 0 && x <= 100;
    case SCORE_PERCENTILE:
    case SCORE_ZSCORE:
        break;
    }
    return false;
}

void score_transform_strip(const score_node *n, const double *restrict x, double *restrict out)
{
    if (n->transform == SCORE_LINEAR) {
        place_strip(x, n->low, n->high, out);
        return;
    }
    for (int i = 0; i < SCORE_LANES; i++) {
        out[i] = NAN;
        if (!isnan(x[i])) score_transform_value(n, x[i], &out[i]);
    }
}

static size_t count_below(const double *sorted, size_t n, double x, bool or_equal)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < x || (or_equal && sorted[middle] == x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double score_transform_among(const score_node *node, double x, const double *sorted, size_t n, double mean,
                             double sd)
{
    double points;
    if (node->transform == SCORE_ZSCORE) {
        points = n < 2 || !(sd > 0) ? 50 : 50 * erfc(-(x - mean) / sd / sqrt(2));
    } else {
        size_t below = count_below(sorted, n, x, false);
        size_t equal = count_below(sorted, n, x, true) - below;
        points = ((double)below + (double)equal / 2) / (double)n * 100;
    }
    return node->turned ? 100 - points : points;
}

bool score_boolean_parse(cst_text t, double *out)
{
    bool yes;
    if (!cst_bool_word(t, &yes)) return false;
    *out = yes;
    return true;
}
