/* How good predictions are: proper scores of probabilities, the distance of two samples, and deciles. */
#include "stats/column.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

static cst_status check_probabilities(const double *p, const unsigned char *label, size_t n, cst_error *e)
{
    for (size_t i = 0; i < n; i++)
        if (!(p[i] >= 0 && p[i] <= 1))
            return cst_fail(e, CST_DATA, "row %zu: expected a probability from 0 to 1, found %g", i + 1,
                            p[i]);
    return cst_labels_check(label, n, "a label", e);
}

cst_status cst_brier(const double *p, const unsigned char *label, size_t n, double *out, cst_error *e)
{
    cst_sum sum = {0};
    cst_status status = check_probabilities(p, label, n, e);
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        double miss = p[i] - label[i];
        cst_sum_add(&sum, miss * miss);
    }
    *out = n && status == CST_OK ? cst_sum_value(&sum) / (double)n : NAN;
    return status;
}

cst_status cst_log_loss(const double *p, const unsigned char *label, size_t n, double *out, cst_error *e)
{
    const double edge = 1e-15; /* one certain mistake must not make all others invisible */
    cst_sum sum = {0};
    cst_status status = check_probabilities(p, label, n, e);
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        double q = fmin(fmax(p[i], edge), 1 - edge);
        cst_sum_add(&sum, -(label[i] ? log(q) : log1p(-q)));
    }
    *out = n && status == CST_OK ? cst_sum_value(&sum) / (double)n : NAN;
    return status;
}

/* Kolmogorov and Smirnov's distance between two samples: the widest gap of their distribution
 * functions, looked at after each run of equal values. */

static double widest_gap(const double *x, const unsigned char *label, const uint32_t *order, size_t n)
{
    uint64_t n1 = 0, seen1 = 0, seen0 = 0;
    double widest = 0;
    for (size_t i = 0; i < n; i++) n1 += label[i];
    if (n1 == 0 || n1 == n) return NAN;
    for (size_t begin = 0, end; begin < n; begin = end) {
        end = cst_tie_end(x, order, n, begin);
        for (size_t i = begin; i < end; i++) {
            seen1 += label[order[i]];
            seen0 += !label[order[i]];
        }
        widest = fmax(widest, fabs((double)seen1 / (double)n1 - (double)seen0 / (double)(n - n1)));
    }
    return widest;
}

cst_status cst_kolmogorov_smirnov(const double *x, const unsigned char *label, size_t n, double *d,
                                  cst_error *e)
{
    cst_status status = cst_labels_check(label, n, "a label", e);
    if (status < 0) return status;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return cst_fail(e, CST_DATA, "row %zu: expected a finite number, found none", i + 1);
    uint32_t *order = cst_zeroed(n, sizeof *order);
    status = order ? cst_sort_order(x, n, order, e) : cst_no_memory(e);
    if (status == CST_OK) *d = widest_gap(x, label, order, n);
    free(order);
    return status;
}

/* Deciles (or any number of parts) by descending score. A run of equal scores that lies across an edge
 * gives each side its own rate times the rows it lends, so the table does not depend on the order of
 * the rows. */

typedef struct {
    const double *score; /* negated, so that the ascending order begins with the highest */
    const unsigned char *label;
    const uint32_t *order;
    size_t n, begin, end; /* the run of equal scores */
    double rate;          /* its share of events */
} tied_rows;

static void next_tie(tied_rows *t)
{
    uint64_t events = 0;
    t->begin = t->end;
    t->end = cst_tie_end(t->score, t->order, t->n, t->begin);
    for (size_t i = t->begin; i < t->end; i++) events += t->label[t->order[i]];
    t->rate = (double)events / (double)(t->end - t->begin);
}

/* The rows from..to - 1 of the order into one bin; t stands on or before the run that holds `from`. */
static void fill_bin(tied_rows *t, size_t from, size_t to, cst_bin *b)
{
    cst_sum scores = {0};
    *b = (cst_bin){.n = to - from,
                   .mean_score = NAN,
                   .rate = NAN,
                   .lift = NAN,
                   .capture = NAN,
                   .least = NAN,
                   .greatest = NAN};
    if (from == to) return;
    for (size_t at = from; at < to;) {
        if (at >= t->end) next_tie(t);
        size_t stop = t->end < to ? t->end : to;
        b->events += (double)(stop - at) * t->rate;
        at = stop;
    }
    for (size_t i = from; i < to; i++) cst_sum_add(&scores, -t->score[t->order[i]]);
    b->greatest = 0 - t->score[t->order[from]];
    b->least = 0 - t->score[t->order[to - 1]];
    b->mean_score = cst_sum_value(&scores) / (double)b->n;
    b->rate = b->events / (double)b->n;
}

static void fill_bins(tied_rows *t, size_t parts, uint64_t events, cst_bin *bin)
{
    double captured = 0;
    for (size_t i = 0; i < parts; i++) {
        fill_bin(t, cst_part_edge(i, t->n, parts), cst_part_edge(i + 1, t->n, parts), &bin[i]);
        captured += bin[i].events;
        if (events == 0) continue;
        bin[i].lift = bin[i].rate / ((double)events / (double)t->n);
        bin[i].capture = i + 1 == parts ? 1 : fmin(captured / (double)events, 1);
    }
}

cst_status cst_lift(const double *score, const unsigned char *label, size_t n, size_t parts, cst_bin *bin,
                    cst_error *e)
{
    if (parts == 0) return cst_fail(e, CST_USAGE, "expected at least one part, found 0");
    cst_status status = cst_labels_check(label, n, "a label", e);
    if (status < 0) return status;
    double *negated = cst_zeroed(n, sizeof *negated);
    uint32_t *order = cst_zeroed(n, sizeof *order);
    uint64_t events = 0;
    if (!negated || !order) status = cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        if (!isfinite(score[i]))
            status = cst_fail(e, CST_DATA, "row %zu: expected a score, found none", i + 1);
        negated[i] = -score[i];
        events += label[i];
    }
    if (status == CST_OK) status = cst_sort_order(negated, n, order, e);
    if (status == CST_OK)
        fill_bins(&(tied_rows){.score = negated, .label = label, .order = order, .n = n}, parts, events, bin);
    free(negated);
    free(order);
    return status;
}
