/* fit_write.c: a fit as a model table for cs-score, and as a report. Numbers of the model are written
 * in full, so that the score ranks the training rows exactly as the fit does. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "drivers/fit.h"

const cst_column drv_fit_model_columns[] = {
    {"kind", CST_COL_TEXT},     {"name", CST_COL_TEXT},   {"parent", CST_COL_TEXT},
    {"weight", CST_COL_NUMBER}, {"column", CST_COL_TEXT}, {"transform", CST_COL_TEXT},
    {"low", CST_COL_NUMBER},    {"high", CST_COL_NUMBER}, {"points", CST_COL_TEXT},
    {"missing", CST_COL_TEXT},
};
const size_t drv_fit_model_column_count = sizeof drv_fit_model_columns / sizeof *drv_fit_model_columns;

const cst_column drv_report_columns[] = {
    {"item", CST_COL_TEXT},     {"part", CST_COL_TEXT},    {"n", CST_COL_NUMBER},
    {"events", CST_COL_NUMBER}, {"value", CST_COL_NUMBER}, {"std_error", CST_COL_NUMBER},
    {"lower", CST_COL_NUMBER},  {"upper", CST_COL_NUMBER},
};
const size_t drv_report_column_count = sizeof drv_report_columns / sizeof *drv_report_columns;

static cst_status put_root(cst_writer *w, cst_error *e)
{
    cst_put_string(w, "score");
    cst_put_string(w, "health");
    for (int i = 0; i < 4; i++) cst_put_missing(w);
    cst_put_int(w, 0);
    cst_put_int(w, 100);
    cst_put_missing(w);
    cst_put_string(w, "reweight");
    return cst_end_row(w, e);
}

static cst_status put_band(cst_writer *w, const char *name, double low, double high, cst_error *e)
{
    cst_put_string(w, "band");
    cst_put_string(w, name);
    cst_put_string(w, "health");
    for (int i = 0; i < 3; i++) cst_put_missing(w);
    cst_put_number(w, low);
    cst_put_number(w, high);
    cst_put_missing(w);
    cst_put_missing(w);
    return cst_end_row(w, e);
}

/* Turned round where b makes the outcome likelier and the outcome is not wanted. */
static cst_status put_measure(cst_writer *w, cst_text name, double b, double low, double high, bool favorable,
                              cst_error *e)
{
    bool rises = (b > 0) == favorable;
    cst_put_string(w, "measure");
    cst_put_text(w, name);
    cst_put_string(w, "health");
    cst_put_number(w, fabs(b) * (high - low));
    cst_put_text(w, name);
    cst_put_string(w, "linear");
    cst_put_number(w, rises ? low : high);
    cst_put_number(w, rises ? high : low);
    cst_put_missing(w);
    cst_put_missing(w);
    return cst_end_row(w, e);
}

cst_status drv_fit_write_model(const drv_sample *s, const drv_fit_opts *o, const drv_fitted *f, cst_writer *w,
                               cst_error *e)
{
    cst_status status = put_root(w, e);
    for (size_t k = 0; status == CST_OK && k < f->used; k++)
        status = put_measure(w, s->name[f->measure[k]], f->fit->estimate[k + 1].value, f->low[k], f->high[k],
                             o->favorable, e);
    if (status != CST_OK || f->red == f->green) return status;
    status = put_band(w, "red", 0, f->red, e);
    if (status == CST_OK) status = put_band(w, "yellow", f->red, f->green, e);
    return status != CST_OK ? status : put_band(w, "green", f->green, 100, e);
}

cst_status drv_report_put(cst_writer *w, const char *item, const char *part, uint64_t n, uint64_t events,
                          double value, double std_error, double lower, double upper, cst_error *e)
{
    cst_put_string(w, item);
    cst_put_string(w, part);
    cst_put_int(w, (int64_t)n);
    cst_put_int(w, (int64_t)events);
    cst_put_number(w, cst_number_significant(value));
    cst_put_number(w, cst_number_significant(std_error));
    cst_put_number(w, cst_number_significant(lower));
    cst_put_number(w, cst_number_significant(upper));
    return cst_end_row(w, e);
}

cst_status drv_report_value(cst_writer *w, const char *item, const char *part, uint64_t n, uint64_t events,
                            double value, cst_error *e)
{
    return drv_report_put(w, item, part, n, events, value, NAN, NAN, NAN, e);
}

cst_status drv_report_auc(cst_writer *w, const char *part, uint64_t n, uint64_t events, const cst_auc *a,
                          cst_error *e)
{
    bool folded = a->sign < 0;
    return drv_report_put(w, "auc", part, n, events, a->auc, a->std_error, folded ? 1 - a->upper : a->lower,
                          folded ? 1 - a->lower : a->upper, e);
}

static cst_status put_quality(cst_writer *w, const char *part, const drv_quality *q, cst_error *e)
{
    cst_status status = drv_report_auc(w, part, q->n, q->events, &q->auc, e);
    if (status == CST_OK) status = drv_report_value(w, "log_loss", part, q->n, q->events, q->log_loss, e);
    if (status == CST_OK) status = drv_report_value(w, "brier", part, q->n, q->events, q->brier, e);
    return status != CST_OK ? status
                            : drv_report_value(w, "top_decile_lift", part, q->n, q->events, q->lift, e);
}

static cst_status put_coefficient(cst_writer *w, const char *name, const drv_fitted *f, const cst_estimate *b,
                                  cst_error *e)
{
    return drv_report_put(w, "coefficient", name, f->rows, f->training.events, b->value, b->std_error,
                          b->value - 1.959963984540054 * b->std_error,
                          b->value + 1.959963984540054 * b->std_error, e);
}

/* Measures that are not in the fit, and why. */
static cst_status put_left_out(const drv_sample *s, const drv_fitted *f, cst_writer *w, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t k = 0; status == CST_OK && k < s->measures; k++) {
        if (f->stands_for[k] == k) continue;
        cst_put_string(w, f->stands_for[k] == UINT32_MAX ? "constant" : "represented");
        cst_put_text(w, s->name[k]);
        for (int i = 0; i < 6; i++) cst_put_missing(w);
        status = cst_end_row(w, e);
    }
    return status;
}

cst_status drv_fit_write_report(const drv_sample *s, const drv_fitted *f, uint32_t folds, cst_writer *w,
                                cst_error *e)
{
    cst_status status = put_quality(w, "training", &f->training, e);
    if (status == CST_OK) status = put_quality(w, "held out", &f->held_out, e);
    for (uint32_t i = 0; status == CST_OK && i < folds; i++) {
        char part[24];
        snprintf(part, sizeof part, "fold %u", i + 1);
        status = put_quality(w, part, &f->fold[i], e);
    }
    if (status == CST_OK) status = put_coefficient(w, "(intercept)", f, &f->fit->estimate[0], e);
    for (size_t k = 0; status == CST_OK && k < f->used; k++)
        status = put_coefficient(w, s->name[f->measure[k]].p, f, &f->fit->estimate[k + 1], e);
    return status != CST_OK ? status : put_left_out(s, f, w, e);
}
