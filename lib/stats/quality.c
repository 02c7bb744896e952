/* Proper scores of predicted probabilities. */
#include "stats/column.h"
#include <math.h>

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
