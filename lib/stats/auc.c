/* The area under the ROC curve with DeLong's variance, from one sort.
 *
 * An event's component is how many non-events it beats, ties counting half; a non-event's is how many events beat it. The area is
 * their mean, and its variance the sum of the two components' sample variances over the two counts (DeLong et al. 1988).
 * A run of equal values has one component for all, so a walk over the runs gives everything (Sun and Xu 2014 get there by
 * midranks). Components are kept doubled, as integers.
 */
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    uint64_t events, others; /* in the run */
    uint64_t events_below, others_below;
} run;

typedef struct {
    const double *x;
    const unsigned char *label;
    const uint32_t *order;
    size_t n, at;
    run now;
} runs;

static bool next_run(runs *r)
{
    if (r->at >= r->n) return false;
    r->now.events_below += r->now.events;
    r->now.others_below += r->now.others;
    size_t end = cst_tie_end(r->x, r->order, r->n, r->at);
    r->now.events = r->now.others = 0;
    for (; r->at < end; r->at++) {
        if (r->label[r->order[r->at]])
            r->now.events++;
        else
            r->now.others++;
    }
    return true;
}

/* Sample variances of the doubled components over the two counts. */
static double delong_variance(runs r, uint64_t n1, uint64_t n0, double auc)
{
    cst_sum of_events = {0}, of_others = {0};
    double mean1 = 2 * (double)n0 * auc, mean0 = 2 * (double)n1 * auc, m1 = (double)n1, m0 = (double)n0;
    while (next_run(&r)) {
        double won = (double)(2 * r.now.others_below + r.now.others) - mean1;
        double lost = (double)(2 * (n1 - r.now.events_below - r.now.events) + r.now.events) - mean0;
        cst_sum_add(&of_events, (double)r.now.events * won * won);
        cst_sum_add(&of_others, (double)r.now.others * lost * lost);
    }
    return cst_sum_value(&of_events) / (m1 - 1) / m1 / (4 * m0 * m0) +
           cst_sum_value(&of_others) / (m0 - 1) / m0 / (4 * m1 * m1);
}

void cst_auc_from(const double *x, const unsigned char *label, const uint32_t *order, size_t n, double level,
                  cst_auc *out)
{
    const runs start = {.x = x, .label = label, .order = order, .n = n};
    runs r = start;
    cst_wide won = 0, ties = 0;
    uint64_t n1 = 0, n0 = 0;
    while (next_run(&r)) {
        cst_wide t = (cst_wide)(r.now.events + r.now.others);
        won += (cst_wide)r.now.events * (cst_wide)(2 * r.now.others_below + r.now.others);
        ties += t * t * t - t;
        n1 += r.now.events;
        n0 += r.now.others;
    }
    *out = (cst_auc){n, n1, NAN, 0, NAN, NAN, NAN, NAN, NAN};
    if (n1 == 0 || n0 == 0) return;
    cst_wide half = (cst_wide)n1 * (cst_wide)n0;
    double m1 = (double)n1, m0 = (double)n0, m = (double)n;
    out->auc = (double)won / (2 * m1 * m0);
    out->sign = (won > half) - (won < half);
    out->folded = out->sign < 0 ? (double)(2 * half - won) / (2 * m1 * m0) : out->auc;
    double spread = m1 * m0 / 12 * (m + 1 - (double)ties / (m * (m - 1)));
    if (order[0] != order[n - 1] && x[order[0]] != x[order[n - 1]])
        out->p = cst_normal_two_sided((double)(won - half) / 2 / sqrt(spread));
    if (n1 < 2 || n0 < 2) return;
    out->std_error = sqrt(delong_variance(start, n1, n0, out->auc));
    double z = cst_normal_quantile(level);
    out->lower = fmax(out->folded - z * out->std_error, 0);
    out->upper = fmin(out->folded + z * out->std_error, 1);
}

cst_status cst_auc_of(const double *x, const unsigned char *label, size_t n, double level, cst_auc *out,
                      cst_error *e)
{
    cst_association a;
    cst_status s = cst_associate(x, label, n, level, &a, e);
    if (s == CST_OK) *out = a.auc;
    return s;
}
