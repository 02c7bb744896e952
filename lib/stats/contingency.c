/* contingency.c: see contingency.h. */
#include "stats/contingency.h"
#include "stats/distribution.h"

static const double as_likely = 1 + 1e-7;

bool cst_pair_small(const cst_pair_count *c)
{
    double n = (double)c->n, a = (double)c->a, b = (double)c->b;
    return a * b < 5 * n || (n - a) * b < 5 * n || a * (n - b) < 5 * n || (n - a) * (n - b) < 5 * n;
}

double cst_pair_chi_square(const cst_pair_count *c)
{
    double n = (double)c->n, a = (double)c->a, b = (double)c->b;
    double margins = a * b * (n - a) * (n - b);
    if (!(margins > 0)) return 1;
    double d = (double)c->both * n - a * b;
    return cst_chi_square_upper(n * d * d / margins, 1);
}

/* P(both = x + 1) / P(both = x). */
static double step_up(const cst_pair_count *c, double x)
{
    double n = (double)c->n, a = (double)c->a, b = (double)c->b;
    return (a - x) / (x + 1) * ((b - x) / (n - a - b + x + 1));
}

/* From the likeliest table outwards, so that nothing underflows before it is of no account. */
double cst_pair_fisher(const cst_pair_count *c)
{
    uint64_t least = c->a + c->b > c->n ? c->a + c->b - c->n : 0, most = c->a < c->b ? c->a : c->b;
    if (least == most) return 1;
    uint64_t mode = (uint64_t)((double)(c->a + 1) * (double)(c->b + 1) / (double)(c->n + 2));
    if (mode < least) mode = least;
    if (mode > most) mode = most;
    double this = 1, p = 1;
    for (uint64_t x = mode; x < c->both; x++) this *= step_up(c, (double)x);
    for (uint64_t x = mode; x > c->both; x--) this /= step_up(c, (double)(x - 1));
    double all = 1, extreme = 1 <= this * as_likely ? 1 : 0;
    for (uint64_t x = mode; x < most && p > 0; x++) {
        p *= step_up(c, (double)x);
        all += p;
        if (p <= this * as_likely) extreme += p;
    }
    p = 1;
    for (uint64_t x = mode; x > least && p > 0; x--) {
        p /= step_up(c, (double)(x - 1));
        all += p;
        if (p <= this * as_likely) extreme += p;
    }
    return extreme < all ? extreme / all : 1;
}
