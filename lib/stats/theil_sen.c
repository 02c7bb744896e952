/* Theil and Sen's slope: the median of the slopes of all pairs. */
#include "stats/column.h"
#include <math.h>
#include <stdlib.h>

enum { MOST = 10000 };

cst_status cst_theil_sen(const double *x, const double *y, size_t n, double *slope, cst_error *e)
{
    if (n > MOST)
        return cst_fail(e, CST_LIMIT, "expected at most %d points for a slope over all pairs, found %zu",
                        MOST, n);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]))
            return cst_fail(e, CST_DATA, "point %zu: expected finite numbers, found none", i + 1);
    double *all = cst_zeroed(n * (n > 0 ? n - 1 : 0) / 2, sizeof *all);
    if (!all) return cst_no_memory(e);
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (x[i] != x[j]) all[pairs++] = (y[j] - y[i]) / (x[j] - x[i]);
    cst_status status = cst_sort(all, pairs, e);
    if (status == CST_OK) *slope = cst_quantile(all, pairs, 0.5);
    free(all);
    return status;
}
