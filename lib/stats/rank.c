/* Midranks: values that are equal share the mean of their positions. They are kept doubled, as
 * integers, so that sums over them are exact. */
#include "stats/rank.h"
#include "stats/column.h"
#include <math.h>
#include <stdlib.h>

size_t cst_tie_end(const double *x, const uint32_t *order, size_t n, size_t begin)
{
    size_t end = begin + 1;
    while (end < n && x[order[end]] == x[order[begin]]) end++;
    return end;
}

void cst_midranks_from(const double *x, const uint32_t *order, size_t n, uint64_t *rank2)
{
    for (size_t begin = 0, end; begin < n; begin = end) {
        end = cst_tie_end(x, order, n, begin);
        for (size_t i = begin; i < end; i++) rank2[order[i]] = begin + 1 + end;
    }
}

cst_status cst_midranks(const double *x, size_t n, uint64_t *rank2, cst_error *e)
{
    uint32_t *order = cst_zeroed(n, sizeof *order);
    cst_status status = order ? cst_sort_order(x, n, order, e) : cst_no_memory(e);
    if (status == CST_OK) cst_midranks_from(x, order, n, rank2);
    free(order);
    return status;
}

cst_status cst_drop_missing(const double *x, const unsigned char *label, size_t n, double *kept_x,
                            unsigned char *kept_label, size_t *kept, cst_error *e)
{
    *kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) continue;
        if (isinf(x[i]))
            return cst_fail(e, CST_DATA, "row %zu: expected a finite number, found an infinite one", i + 1);
        kept_x[*kept] = x[i];
        if (kept_label) kept_label[*kept] = label[i];
        ++*kept;
    }
    return CST_OK;
}
