/* Failures that name a column, and the checks and scales every fit begins with. */
#include "stats/column.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cst_status cst_fail_column(cst_error *e, const cst_design *d, size_t column, const char *format, ...)
{
    char text[768];
    va_list a;
    va_start(a, format);
    vsnprintf(text, sizeof text, format, a);
    va_end(a);
    if (!d->name) return cst_fail(e, CST_DATA, "column %zu %s", column + 1, text);
    cst_fail(e, CST_DATA, "column \"%s\" %s", d->name[column], text);
    if (e) snprintf(e->field, sizeof e->field, "%s", d->name[column]);
    return CST_DATA;
}

cst_status cst_design_check(const cst_design *d, cst_error *e)
{
    for (size_t j = 0; j < d->columns; j++)
        for (size_t i = 0; i < d->rows; i++)
            if (!isfinite(d->x[j][i]))
                return cst_fail_column(e, d, j,
                                       "has no number in row %zu; leave rows with missing values out", i + 1);
    return CST_OK;
}

cst_status cst_labels_check(const unsigned char *label, size_t n, const char *what, cst_error *e)
{
    for (size_t i = 0; i < n; i++)
        if (label[i] > 1)
            return cst_fail(e, CST_DATA, "row %zu: expected %s of 0 or 1, found %u", i + 1, what, label[i]);
    return CST_OK;
}

cst_scale cst_scale_of(const double *x, size_t n)
{
    cst_summary s;
    cst_summary_of(x, n, &s);
    double sd = n > 1 ? s.sd * sqrt(((double)n - 1) / (double)n) : 0;
    return (cst_scale){s.mean, sd, s.greatest - s.least};
}

void *cst_zeroed(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
}
