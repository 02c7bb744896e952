/* Around the fit of a logistic regression: what it asks of its input, and what is done with it afterwards. */
#include "stats/column.h"
#include "stats/logistic.h"
#include <math.h>
#include <stdlib.h>

static cst_status check_options(const cst_logistic_options *o, size_t rows, cst_error *e)
{
    if (!(o->penalty >= 0) || !isfinite(o->penalty))
        return cst_fail(e, CST_USAGE, "expected a penalty of 0 or more, found %g", o->penalty);
    for (size_t i = 0; o->weight && i < rows; i++)
        if (!(o->weight[i] >= 0) || !isfinite(o->weight[i]))
            return cst_fail(e, CST_DATA, "row %zu: expected a weight of 0 or more, found %g", i + 1,
                            o->weight[i]);
    return CST_OK;
}

cst_status cst_logistic_check(const cst_design *d, const unsigned char *label, const cst_logistic_options *o,
                              cst_logistic_input *out, cst_error *e)
{
    cst_sum all = {0}, with = {0};
    *out = (cst_logistic_input){0};
    cst_status status = check_options(o, d->rows, e);
    if (status == CST_OK) status = cst_labels_check(label, d->rows, "a label", e);
    if (status == CST_OK) status = cst_design_check(d, e);
    if (status < 0) return status;
    for (size_t i = 0; i < d->rows; i++) {
        double w = o->weight ? o->weight[i] : 1;
        cst_sum_add(&all, w);
        if (label[i]) cst_sum_add(&with, w);
        out->events += label[i];
    }
    out->weight = cst_sum_value(&all);
    out->event_weight = cst_sum_value(&with);
    if (d->columns == 0) return cst_fail(e, CST_DATA, "expected at least one column to fit, found none");
    if (d->rows == 0) return cst_fail(e, CST_DATA, "expected rows to fit, found none");
    if (d->rows <= d->columns && o->penalty == 0)
        return cst_fail(e, CST_DATA,
                        "expected more rows than columns, found %zu rows and %zu columns; set a penalty or "
                        "leave columns out",
                        d->rows, d->columns);
    if (out->event_weight == 0 || out->event_weight == out->weight)
        return cst_fail(e, CST_DATA, "expected rows with and without the event, found %s",
                        out->event_weight == 0 ? "none with it" : "only such with it");
    return CST_OK;
}

cst_status cst_logistic_predict(const cst_logistic *f, const cst_design *d, double *p, cst_error *e)
{
    if (d->columns != f->columns)
        return cst_fail(e, CST_USAGE, "expected the %zu columns of the fit, found %zu", f->columns,
                        d->columns);
    cst_status status = cst_design_check(d, e);
    for (size_t i = 0; status == CST_OK && i < d->rows; i++) {
        double eta = f->estimate[0].value;
        for (size_t j = 0; j < d->columns; j++) eta += f->estimate[j + 1].value * d->x[j][i];
        double t = exp(-fabs(eta));
        p[i] = eta >= 0 ? 1 / (1 + t) : t / (1 + t);
    }
    return status;
}

void cst_logistic_free(cst_logistic *f)
{
    if (!f) return;
    free(f->estimate);
    free(f->scale);
    free(f);
}
