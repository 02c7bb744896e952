/* Everything a table of drivers says about one measure, from one sort of it. */
#include "stats/column.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

/* Means by label, and the range; the whole sum is the two parts' sum, exactly. `unit` is a power of two that
 * sums are taken in. */
static cst_summary take_means(const double *x, const unsigned char *label, size_t n, double unit,
                              cst_association *out)
{
    cst_sum sum[2] = {{{0}, 0}, {{0}, 0}};
    cst_summary s = {n, NAN, NAN, x[0], x[0]};
    out->events = 0;
    for (size_t i = 0; i < n; i++) {
        cst_sum_add(&sum[label[i]], x[i] * unit);
        if (x[i] < s.least) s.least = x[i];
        if (x[i] > s.greatest) s.greatest = x[i];
        out->events += label[i];
    }
    double n1 = (double)out->events, n0 = (double)(n - out->events);
    if (n1 > 0) out->mean_with = cst_sum_value(&sum[1]) / n1 / unit;
    if (n0 > 0) out->mean_without = cst_sum_value(&sum[0]) / n0 / unit;
    cst_sum_merge(&sum[0], &sum[1]);
    s.mean = cst_sum_value(&sum[0]) / (double)n / unit;
    return s;
}

static cst_summary mean_by_label(const double *x, const unsigned char *label, size_t n, cst_association *out)
{
    cst_summary s = take_means(x, label, n, 1, out);
    if (isinf(s.mean) || isinf(out->mean_with) || isinf(out->mean_without))
        s = take_means(x, label, n, 0x1p-64, out); /* a sum is past DBL_MAX; the means are not */
    return s;
}

/* The product moment with a label: its deviations are 1 - share for an event and -share for the
 * others, so that only the events' deviations of x need a sum of products. */
static double correlate_with_label(const double *x, const unsigned char *label, const cst_summary *s,
                                   uint64_t events)
{
    double factor = cst_power_of(s), mean = s->mean * factor, n = (double)s->n, n1 = (double)events;
    cst_sum squares = {0}, with = {0};
    if (events == 0 || events == s->n || s->least == s->greatest) return NAN;
    for (size_t i = 0; i < s->n; i++) {
        double d = x[i] * factor - mean;
        cst_sum_add(&squares, d * d);
        if (label[i]) cst_sum_add(&with, d);
    }
    double r = cst_sum_value(&with) / sqrt(cst_sum_value(&squares) * (n1 * (n - n1) / n));
    return fmin(fmax(r, -1), 1);
}

static cst_status associate_kept(const double *x, const unsigned char *label, size_t n, double level,
                                 cst_association *out, cst_error *e)
{
    uint32_t *order = cst_zeroed(n, sizeof *order);
    double *sorted = cst_zeroed(n, sizeof *sorted), rho;
    unsigned char *sorted_label = cst_zeroed(n, 1);
    cst_status status = order && sorted && sorted_label ? cst_sort_order(x, n, order, e) : cst_no_memory(e);
    if (status == CST_OK) {
        double r = NAN;
        for (size_t i = 0; i < n; i++) {
            sorted[i] = x[order[i]];
            sorted_label[i] = label[order[i]];
        }
        if (n > 0) {
            cst_summary summary = mean_by_label(x, label, n, out);
            r = correlate_with_label(x, label, &summary, out->events);
        }
        cst_rank_association(sorted, sorted_label, n, level, &out->auc, &rho);
        out->pearson = cst_correlation_of(r, n);
        out->spearman = cst_correlation_of(rho, n);
    }
    free(order);
    free(sorted);
    free(sorted_label);
    return status;
}

cst_status cst_associate(const double *x, const unsigned char *label, size_t n, double level,
                         cst_association *out, cst_error *e)
{
    *out = (cst_association){0};
    if (!(level > 0 && level < 1))
        return cst_fail(e, CST_USAGE, "expected a confidence level between 0 and 1, found %g", level);
    cst_status status = cst_labels_check(label, n, "a label", e);
    if (status < 0) return status;
    double *kept_x = cst_zeroed(n, sizeof *kept_x);
    unsigned char *kept_label = cst_zeroed(n, 1);
    size_t kept = 0;
    status =
        kept_x && kept_label ? cst_drop_missing(x, label, n, kept_x, kept_label, &kept, e) : cst_no_memory(e);
    if (status == CST_OK) {
        out->n = kept;
        out->missing = n - kept;
        out->mean_with = out->mean_without = NAN;
        status = associate_kept(kept_x, kept_label, kept, level, out, e);
    }
    free(kept_x);
    free(kept_label);
    return status;
}

/* Benjamini and Hochberg's false discovery rate: from the greatest p down, the least m p / rank seen
 * so far. */

cst_status cst_benjamini_hochberg(const double *p, size_t n, double *q, cst_error *e)
{
    double *there = cst_zeroed(n, sizeof *there);
    uint32_t *order = cst_zeroed(n, sizeof *order);
    size_t *row = cst_zeroed(n, sizeof *row), m = 0;
    cst_status status = there && order && row ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        if (isnan(p[i])) {
            q[i] = NAN;
            continue;
        }
        if (p[i] < 0 || p[i] > 1)
            status = cst_fail(e, CST_DATA, "p-value %zu: expected 0 to 1, found %g", i + 1, p[i]);
        there[m] = p[i];
        row[m++] = i;
    }
    if (status == CST_OK) status = cst_sort_order(there, m, order, e);
    double least = 1;
    for (size_t k = m; status == CST_OK && k > 0; k--) {
        least = fmin(least, there[order[k - 1]] * ((double)m / (double)k));
        q[row[order[k - 1]]] = least;
    }
    free(there);
    free(order);
    free(row);
    return status;
}
