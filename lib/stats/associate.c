/* Everything a table of drivers says about one measure, from one sort of it. */
#include "stats/column.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

/* Spearman with a label: the label's doubled midranks lie n1 below and n0 above their mean. */
static double correlate_with_label(const uint64_t *rank2, const unsigned char *label, size_t n, uint64_t n1)
{
    cst_wide xx = 0, xy = 0, m1 = (cst_wide)n1, m0 = (cst_wide)n - m1, yy = m1 * m0 * (cst_wide)n;
    for (size_t i = 0; i < n; i++) {
        cst_wide d = (cst_wide)rank2[i] - (cst_wide)(n + 1);
        xx += d * d;
        xy += d * (label[i] ? m0 : -m1);
    }
    if (xx == 0 || yy == 0) return NAN;
    return fmin(fmax((double)xy / sqrt((double)xx * (double)yy), -1), 1);
}

static void mean_by_label(const double *x, const unsigned char *label, size_t n, cst_association *out)
{
    cst_sum sum[2] = {{{0}, 0}, {{0}, 0}};
    for (size_t i = 0; i < n; i++) cst_sum_add(&sum[label[i]], x[i]);
    double n1 = (double)out->events, n0 = (double)(out->n - out->events);
    out->mean_with = n1 > 0 ? cst_sum_value(&sum[1]) / n1 : NAN;
    out->mean_without = n0 > 0 ? cst_sum_value(&sum[0]) / n0 : NAN;
}

static cst_status associate_kept(const double *x, const unsigned char *label, size_t n, double level,
                                 cst_association *out, cst_error *e)
{
    uint32_t *order = cst_zeroed(n, sizeof *order);
    uint64_t *rank2 = cst_zeroed(n, sizeof *rank2);
    double *y = cst_zeroed(n, sizeof *y);
    cst_status s = order && rank2 && y ? cst_sort_order(x, n, order, e) : cst_no_memory(e);
    if (s == CST_OK) {
        for (size_t i = 0; i < n; i++) out->events += label[i];
        for (size_t i = 0; i < n; i++) y[i] = label[i];
        mean_by_label(x, label, n, out);
        cst_midranks_from(x, order, n, rank2);
        out->pearson = cst_product_moment(x, y, n);
        out->spearman = cst_correlation_of(correlate_with_label(rank2, label, n, out->events), n);
        cst_auc_from(x, label, order, n, level, &out->auc);
    }
    free(order);
    free(rank2);
    free(y);
    return s;
}

cst_status cst_associate(const double *x, const unsigned char *label, size_t n, double level,
                         cst_association *out, cst_error *e)
{
    *out = (cst_association){0};
    if (!(level > 0 && level < 1))
        return cst_fail(e, CST_USAGE, "expected a confidence level between 0 and 1, found %g", level);
    cst_status s = cst_labels_check(label, n, "a label", e);
    if (s < 0) return s;
    double *kept_x = cst_zeroed(n, sizeof *kept_x);
    unsigned char *kept_label = cst_zeroed(n, 1);
    size_t kept = 0;
    s = kept_x && kept_label ? cst_drop_missing(x, label, n, kept_x, kept_label, &kept, e) : cst_no_memory(e);
    if (s == CST_OK) {
        out->n = kept;
        out->missing = n - kept;
        s = associate_kept(kept_x, kept_label, kept, level, out, e);
    }
    free(kept_x);
    free(kept_label);
    return s;
}
