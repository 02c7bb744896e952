/* Benjamini and Hochberg's false discovery rate: from the greatest p down, the least m p / rank seen
 * so far. */
#include "stats/column.h"
#include <math.h>
#include <stdlib.h>

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
