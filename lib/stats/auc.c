/* The area under the ROC curve with DeLong's variance, and Spearman's coefficient with a label, from
 * one walk over sorted values.
 *
 * An event's component is how many non-events it beats, ties counting half; a non-event's is how many
 * events beat it. The area is their mean, and its variance the sum of the two components' sample
 * variances over the two counts (DeLong et al. 1988). A run of equal values has one component for all,
 * so a walk over the runs gives everything (Sun and Xu 2014 get there by midranks). Components are
 * kept doubled, as integers, and so are their squares: below 2^32 rows nothing passes 127 bits.
 *
 * Spearman follows from the same sums. With d = doubled midrank - (n + 1), the events' d add up to won
 * - n1 n0, and all d^2 to (n^3 - n - sum of t^3 - t over the ties) / 3.
 */
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    cst_wide n1, n0;
    cst_wide won; /* doubled components of the events, summed; those of the others have the same sum */
    cst_wide won_squares;  /* their squares */
    cst_wide lost_squares; /* and those of the non-events' components */
    cst_wide ties;         /* t^3 - t over the runs */
} auc_walk;

static void add_run(auc_walk *w, cst_wide events, cst_wide others, cst_wide events_below,
                    cst_wide others_below)
{
    cst_wide beats = 2 * others_below + others, beaten = 2 * (w->n1 - events_below - events) + events;
    cst_wide t = events + others;
    w->won += events * beats;
    w->won_squares += events * beats * beats;
    w->lost_squares += others * beaten * beaten;
    w->ties += t * t * t - t;
}

static auc_walk walk_runs(const double *x, const unsigned char *label, size_t n)
{
    auc_walk w = {0};
    for (size_t i = 0; i < n; i++) w.n1 += label[i];
    w.n0 = (cst_wide)n - w.n1;
    uint64_t events_below = 0, others_below = 0;
    for (size_t i = 0; i < n;) {
        uint64_t events = 0, all = 0;
        double value = x[i];
        for (; i < n && x[i] == value; i++, all++) events += label[i];
        add_run(&w, (cst_wide)events, (cst_wide)(all - events), (cst_wide)events_below,
                (cst_wide)others_below);
        events_below += events;
        others_below += all - events;
    }
    return w;
}

/* The sample variance of components over their count, in units of the area; `other` is the count of
 * the other side. */
static double variance_of(cst_wide squares, cst_wide sum, cst_wide count, cst_wide other)
{
    double n = (double)count, m = (double)other;
    return (double)(count * squares - sum * sum) / (n * (n - 1)) / n / (4 * m * m);
}

static void set_area(const auc_walk *w, double level, cst_auc *out)
{
    cst_wide half = w->n1 * w->n0, n = w->n1 + w->n0, spread = n * n * n - n - w->ties;
    out->auc = (double)w->won / (2 * (double)half);
    out->sign = (w->won > half) - (w->won < half);
    out->folded = out->sign < 0 ? (double)(2 * half - w->won) / (2 * (double)half) : out->auc;
    if (spread > 0) {
        double variance = (double)half / 12 * ((double)spread / ((double)n * ((double)n - 1)));
        out->p = cst_normal_two_sided((double)(w->won - half) / 2 / sqrt(variance));
    }
    if (w->n1 < 2 || w->n0 < 2) return;
    double variance = variance_of(w->won_squares, w->won, w->n1, w->n0) +
                      variance_of(w->lost_squares, w->won, w->n0, w->n1);
    double z = cst_normal_quantile(level);
    out->std_error = sqrt(variance);
    out->lower = fmax(out->folded - z * out->std_error, 0);
    out->upper = fmin(out->folded + z * out->std_error, 1);
}

void cst_rank_association(const double *x, const unsigned char *label, size_t n, double level, cst_auc *out,
                          double *rho)
{
    auc_walk w = walk_runs(x, label, n);
    *out = (cst_auc){n, (uint64_t)w.n1, NAN, 0, NAN, NAN, NAN, NAN, NAN};
    *rho = NAN;
    if (w.n1 == 0 || w.n0 == 0) return;
    set_area(&w, level, out);
    cst_wide m = (cst_wide)n, half = w.n1 * w.n0, squares = (m * m * m - m - w.ties) / 3;
    if (squares > 0)
        *rho = (double)(w.won - half) * (double)n / sqrt((double)squares * ((double)half * (double)n));
    *rho = isnan(*rho) ? NAN : fmin(fmax(*rho, -1), 1);
}

cst_status cst_auc_of(const double *x, const unsigned char *label, size_t n, double level, cst_auc *out,
                      cst_error *e)
{
    cst_association a;
    cst_status status = cst_associate(x, label, n, level, &a, e);
    if (status == CST_OK) *out = a.auc;
    return status;
}
