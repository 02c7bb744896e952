/* Whether predicted shares are what happened: calibration over bins, and the log loss beside that of the base
 * rate, with an interval that knows that rows of one cluster go together.
 *
 * Calibration error: rows by descending p in ten bins; a bin ends with the run of equal p in which its edge
 * floor(i n / 10) lies, so that equal predictions are never in two. The sum over bins of n / N x |mean p -
 * share| is not 0 for a perfect model either: the share of a bin varies about its p with variance sum p (1 -
 * p) / n^2, and a normal deviate of sd s is off by s sqrt(2 / pi) on the mean.
 *
 * Gain: d_i is the log loss of the base rate less that of p in row i. Its mean has the variance of sums over
 * clusters (Liang and Zeger 1986): G / (G - 1) x sum over clusters (sum of d_i - mean)^2 / N^2. */
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

static const double edge = 1e-15; /* as cst_log_loss */

static double loss_of(double p, bool happened)
{
    double q = fmin(fmax(p, edge), 1 - edge);
    return -(happened ? log(q) : log1p(-q));
}

/* The rows from .. to - 1 of the order (ascending by -p). */
static void fill_bin(const double *negated, const unsigned char *label, const uint32_t *order, size_t from,
                     size_t to, cst_share_bin *b, double *variance)
{
    cst_sum predicted = {0}, spread = {0};
    *b = (cst_share_bin){.n = to - from};
    for (size_t i = from; i < to; i++) {
        double p = -negated[order[i]];
        cst_sum_add(&predicted, p);
        cst_sum_add(&spread, p * (1 - p));
        b->events += label[order[i]];
    }
    b->predicted = cst_sum_value(&predicted) / (double)b->n;
    *variance = cst_sum_value(&spread);
}

static void fill_bins(const double *negated, const unsigned char *label, const uint32_t *order, size_t n,
                      cst_shares *out)
{
    const double normal_mean = 0.7978845608028654; /* sqrt(2 / pi) */
    out->calibration = out->calibration_by_chance = 0;
    for (size_t i = 1, from = 0; i <= CST_SHARE_BINS; i++) {
        size_t to = cst_part_edge(i, n, CST_SHARE_BINS);
        double variance;
        if (to <= from) continue;
        to = cst_tie_end(negated, order, n, to - 1);
        cst_share_bin *b = &out->bin[out->bins++];
        fill_bin(negated, label, order, from, to, b, &variance);
        double share = (double)b->events / (double)b->n;
        out->calibration += (double)b->n / (double)n * fabs(b->predicted - share);
        out->calibration_by_chance += sqrt(variance) * normal_mean / (double)n;
        from = to;
    }
}

/* The gain's mean and error. cluster[] holds numbers below `clusters`. */
static cst_status fill_gain(const double *p, const unsigned char *label, const uint32_t *cluster, size_t n,
                            cst_shares *out, cst_error *e)
{
    size_t clusters = n, seen = 0;
    for (size_t i = 0; cluster && i < n; i++)
        if (cluster[i] >= clusters) clusters = (size_t)cluster[i] + 1;
    double *sum = cst_zeroed(clusters, sizeof *sum);
    unsigned char *there = cst_zeroed(clusters, 1);
    cst_sum all = {0}, squares = {0}, base = {0};
    if (!sum || !there) {
        free(sum);
        free(there);
        return cst_no_memory(e);
    }
    for (size_t i = 0; i < n; i++) {
        double own = loss_of(p[i], label[i]), of_base = loss_of(out->base_rate, label[i]);
        cst_sum_add(&all, of_base - own);
        cst_sum_add(&base, of_base);
    }
    out->base_log_loss = cst_sum_value(&base) / (double)n;
    out->gain = cst_sum_value(&all) / (double)n;
    out->log_loss = out->base_log_loss - out->gain;
    for (size_t i = 0; i < n; i++) {
        size_t c = cluster ? cluster[i] : i;
        sum[c] += loss_of(out->base_rate, label[i]) - loss_of(p[i], label[i]) - out->gain;
        there[c] = 1;
    }
    for (size_t c = 0; c < clusters; c++) {
        cst_sum_add(&squares, sum[c] * sum[c]);
        seen += there[c];
    }
    free(sum);
    free(there);
    if (seen > 1)
        out->gain_error = sqrt((double)seen / (double)(seen - 1) * cst_sum_value(&squares)) / (double)n;
    double z = cst_normal_quantile(CST_SHARE_LEVEL);
    out->gain_lower = out->gain - z * out->gain_error;
    out->gain_upper = out->gain + z * out->gain_error;
    return CST_OK;
}

static cst_status fill_shares(const double *p, const unsigned char *label, const uint32_t *cluster, size_t n,
                              double *negated, uint32_t *order, cst_shares *out, cst_error *e)
{
    cst_sum predicted = {0}, spread = {0};
    for (size_t i = 0; i < n; i++) {
        negated[i] = -p[i];
        cst_sum_add(&predicted, p[i]);
        cst_sum_add(&spread, p[i] * (1 - p[i]));
        out->events += label[i];
    }
    out->predicted = cst_sum_value(&predicted) / (double)n;
    out->predicted_error = sqrt(cst_sum_value(&spread)) / (double)n;
    out->base_rate = (double)out->events / (double)n;
    double base = out->base_rate * (1 - out->base_rate);
    cst_status status = cst_brier(p, label, n, &out->brier, e);
    out->brier_skill = base > 0 ? 1 - out->brier / base : (double)NAN;
    if (status == CST_OK) status = fill_gain(p, label, cluster, n, out, e);
    if (status == CST_OK) status = cst_sort_order(negated, n, order, e);
    if (status == CST_OK) fill_bins(negated, label, order, n, out);
    return status;
}

cst_status cst_shares_judge(const double *p, const unsigned char *label, const uint32_t *cluster, size_t n,
                            cst_shares *out, cst_error *e)
{
    *out = (cst_shares){.n = n,
                        .base_rate = NAN,
                        .predicted = NAN,
                        .predicted_error = NAN,
                        .log_loss = NAN,
                        .base_log_loss = NAN,
                        .gain = NAN,
                        .gain_error = NAN,
                        .gain_lower = NAN,
                        .gain_upper = NAN,
                        .brier = NAN,
                        .brier_skill = NAN,
                        .calibration = NAN,
                        .calibration_by_chance = NAN};
    double ignored;
    cst_status status = cst_log_loss(p, label, n, &ignored, e); /* checks p and label */
    if (status < 0 || n == 0) return status;
    double *negated = cst_zeroed(n, sizeof *negated);
    uint32_t *order = cst_zeroed(n, sizeof *order);
    status = negated && order ? fill_shares(p, label, cluster, n, negated, order, out, e) : cst_no_memory(e);
    free(negated);
    free(order);
    return status;
}
