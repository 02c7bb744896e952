/* Kolmogorov and Smirnov's distance between two samples: the widest gap of their distribution
 * functions, looked at after each run of equal values. */
#include "stats/column.h"
#include "stats/rank.h"
#include <math.h>
#include <stdlib.h>

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
