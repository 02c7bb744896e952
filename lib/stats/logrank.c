/* Mantel's log-rank test over k groups, as survdiff of R (rho = 0). At each time with events the
 * number expected in a group is its share of those at risk; observed less expected, with the
 * hypergeometric covariances, gives a chi-square.
 */
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/linear.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    size_t groups;
    size_t *at;       /* per group: the next count */
    double *risk;     /* per group: at risk now */
    double *observed; /* per group */
    double *expected;
    double *variance; /* groups x groups */
} tally;

static void free_tally(tally *t)
{
    free(t->at);
    free(t->risk);
    free(t->observed);
    free(t->expected);
    free(t->variance);
}

static bool start_tally(tally *t, const cst_survival_count *const *group, const size_t *n, size_t groups)
{
    *t = (tally){.groups = groups,
                 .at = cst_zeroed(groups, sizeof *t->at),
                 .risk = cst_zeroed(groups, sizeof *t->risk),
                 .observed = cst_zeroed(groups, sizeof *t->observed),
                 .expected = cst_zeroed(groups, sizeof *t->expected),
                 .variance = cst_zeroed(groups * groups, sizeof *t->variance)};
    if (!t->at || !t->risk || !t->observed || !t->expected || !t->variance) return false;
    for (size_t g = 0; g < groups; g++)
        for (size_t i = 0; i < n[g]; i++) {
            const cst_survival_count *c = &group[g][i];
            t->risk[g] += (double)(c->events + c->censored) - (double)c->entered;
        }
    return true;
}

/* Expectations and covariances of one time at which `events` of `risk` left. */
static void add_time(tally *t, double events, double risk)
{
    double spread = risk > 1 ? events * (risk - events) / (risk - 1) : 0;
    for (size_t g = 0; g < t->groups; g++) {
        double share = t->risk[g] / risk;
        if (share == 0) continue;
        t->expected[g] += events * share;
        for (size_t h = 0; h < t->groups; h++)
            t->variance[g * t->groups + h] += spread * share * ((g == h) - t->risk[h] / risk);
    }
}

/* Walks the distinct times of all groups in order. */
static void walk_times(tally *t, const cst_survival_count *const *group, const size_t *n)
{
    for (;;) {
        double now = INFINITY, events = 0, risk = 0;
        for (size_t g = 0; g < t->groups; g++)
            if (t->at[g] < n[g]) now = fmin(now, group[g][t->at[g]].time);
        if (!isfinite(now)) return;
        for (size_t g = 0; g < t->groups; g++) {
            risk += t->risk[g];
            if (t->at[g] < n[g] && group[g][t->at[g]].time == now) {
                events += (double)group[g][t->at[g]].events;
                t->observed[g] += (double)group[g][t->at[g]].events;
            }
        }
        if (events > 0) add_time(t, events, risk);
        for (size_t g = 0; g < t->groups; g++)
            if (t->at[g] < n[g] && group[g][t->at[g]].time == now) {
                const cst_survival_count *c = &group[g][t->at[g]++];
                t->risk[g] += (double)c->entered - (double)(c->events + c->censored);
            }
    }
}

/* (O - E)' V^-1 (O - E) over the groups with an expectation, less the first of them. */
static cst_status test_groups(tally *t, cst_logrank *out, cst_error *e)
{
    size_t k = 0, used = 0;
    double *v = cst_zeroed(t->groups * t->groups, sizeof *v), *u = cst_zeroed(2 * t->groups, sizeof *u);
    size_t *kept = cst_zeroed(t->groups, sizeof *kept);
    cst_status status = CST_OK;
    if (!v || !u || !kept) status = cst_no_memory(e);
    for (size_t g = 0; status == CST_OK && g < t->groups; g++)
        if (t->expected[g] > 0 && used++ > 0) kept[k++] = g;
    if (status == CST_OK && used < 2)
        status = cst_fail(
            e, CST_DATA,
            "expected at least two groups with somebody at risk when an event happens, found %zu; there is "
            "nothing to compare",
            used);
    for (size_t i = 0; status == CST_OK && i < k; i++) {
        u[i] = u[t->groups + i] = t->observed[kept[i]] - t->expected[kept[i]];
        for (size_t j = 0; j < k; j++) v[i * k + j] = t->variance[kept[i] * t->groups + kept[j]];
    }
    if (status == CST_OK && cst_cholesky(v, k, 1e-12) < k)
        status =
            cst_fail(e, CST_DATA,
                     "expected a time at which groups that are at risk together lose some and keep others, "
                     "found none; there is nothing to compare");
    if (status == CST_OK && !cst_cholesky_solve(v, k, u))
        status = cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    if (status == CST_OK) {
        *out = (cst_logrank){0, (unsigned)k, 1};
        for (size_t i = 0; i < k; i++) out->chi_square += u[i] * u[t->groups + i];
        out->p = cst_chi_square_upper(out->chi_square, (double)k);
    }
    free(v);
    free(u);
    free(kept);
    return status;
}

cst_status cst_logrank_test(const cst_survival_count *const *group, const size_t *count_n, size_t groups,
                            double *observed, double *expected, cst_logrank *out, cst_error *e)
{
    if (groups < 2)
        return cst_fail(e, CST_DATA, "expected at least two groups to compare, found %zu", groups);
    tally t;
    cst_status status = start_tally(&t, group, count_n, groups) ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) {
        double events = 0;
        walk_times(&t, group, count_n);
        for (size_t g = 0; g < groups; g++) {
            events += t.observed[g];
            if (observed) observed[g] = t.observed[g];
            if (expected) expected[g] = t.expected[g];
        }
        status = events > 0
                     ? test_groups(&t, out, e)
                     : cst_fail(e, CST_DATA,
                                "expected a group with an event, found none; there is nothing to compare");
    }
    free_tally(&t);
    return status;
}
