/* Two groups side by side: Welch's test, which does not suppose equal variances, and Cohen's d over
 * the pooled deviation. */
#include "stats/column.h"
#include "stats/distribution.h"
#include <math.h>
#include <stdlib.h>

/* The values of one group, in order. */
static size_t take_group(const double *x, const unsigned char *label, size_t n, unsigned char group,
                         double *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (label[i] == group && !isnan(x[i])) out[kept++] = x[i];
    return kept;
}

/* In units of a power of two near the larger deviation: the fourth powers of Satterthwaite's degrees of
 * freedom leave the range of a double soon. A deviation may be past it itself: the values are not. */
static void compare_groups(cst_effect *f)
{
    double larger = fmax(f->sd1, f->sd0);
    f->t = f->df = f->p = f->d = NAN;
    if (f->n1 < 2 || f->n0 < 2 || !(larger > 0) || isinf(larger)) return;
    double unit = ldexp(1, -(int)fmax(logb(larger), -1000));
    double n1 = (double)f->n1, n0 = (double)f->n0, sd1 = f->sd1 * unit, sd0 = f->sd0 * unit;
    double v1 = sd1 * sd1 / n1, v0 = sd0 * sd0 / n0, apart = f->mean1 * unit - f->mean0 * unit;
    f->t = apart / sqrt(v1 + v0);
    f->df = (v1 + v0) * (v1 + v0) / (v1 * v1 / (n1 - 1) + v0 * v0 / (n0 - 1));
    f->p = cst_student_two_sided(f->t, f->df);
    double pooled = ((n1 - 1) * sd1 * sd1 + (n0 - 1) * sd0 * sd0) / (n1 + n0 - 2);
    f->d = apart / sqrt(pooled);
}

cst_status cst_compare(const double *x, const unsigned char *label, size_t n, cst_effect *out, cst_error *e)
{
    cst_status status = cst_labels_check(label, n, "a label", e);
    if (status < 0) return status;
    for (size_t i = 0; i < n; i++)
        if (isinf(x[i]))
            return cst_fail(e, CST_DATA, "row %zu: expected a finite number, found an infinite one", i + 1);
    double *group = cst_zeroed(n, sizeof *group);
    if (!group) return cst_no_memory(e);
    cst_summary one, zero;
    cst_summary_of(group, take_group(x, label, n, 1, group), &one);
    cst_summary_of(group, take_group(x, label, n, 0, group), &zero);
    free(group);
    *out = (cst_effect){
        .n1 = one.n, .n0 = zero.n, .mean1 = one.mean, .mean0 = zero.mean, .sd1 = one.sd, .sd0 = zero.sd};
    compare_groups(out);
    return CST_OK;
}
