/* stats/column.h: failures that name a column of a design, and the checks every fit begins with. */
#ifndef CST_STATS_COLUMN_H
#define CST_STATS_COLUMN_H
#include "base/memory.h"
#include <cstools/stats.h>

/* CST_DATA: the column's name (or number) and the message; the name goes to the error's field. */
cst_status cst_fail_column(cst_error *e, const cst_design *d, size_t column, const char *format, ...)
    CST_PRINTF(4, 5);

/* Every value is finite, every label 0 or 1 (label may be NULL): else CST_DATA with column and row. */
cst_status cst_design_check(const cst_design *d, cst_error *e);
cst_status cst_labels_check(const unsigned char *label, size_t n, const char *what, cst_error *e);

/* Mean, standard deviation (divisor n) and range of a column of finite values, n > 0; sums are exact. */
typedef struct cst_scale {
    double mean, sd, range;
} cst_scale;
cst_scale cst_scale_of(const double *x, size_t n);

/* n x size bytes, zeroed, or NULL; n == 0 gives one. */
void *cst_zeroed(size_t n, size_t size);
#endif
