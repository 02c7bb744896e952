/* likelihood_write.c: a likelihood as a table for cs-score, as predictions, and in the report. Weights are
 * written in full, so that cs-score computes with the fit's own numbers. */
#include <math.h>

#include "base/number.h"
#include "drivers/likelihood.h"

const cst_column drv_held_columns[DRV_HELD_COLUMNS] = {
    {"account_id", CST_COL_TEXT}, {"period", CST_COL_TEXT}, {"fold", CST_COL_NUMBER},
    {"outcome", CST_COL_NUMBER},  {NULL, CST_COL_NUMBER},
};

static void skip(cst_writer *w, int cells)
{
    while (cells-- > 0) cst_put_missing(w);
}

static cst_status put_comment(cst_writer *w, const char *likelihood, const char *name, double figure,
                              const char *text, cst_error *e)
{
    cst_put_string(w, "comment");
    cst_put_string(w, name);
    cst_put_string(w, likelihood);
    cst_put_number(w, cst_number_significant(figure));
    skip(w, 4);
    cst_put_string(w, text);
    skip(w, 1);
    return cst_end_row(w, e);
}

static cst_status put_term(cst_writer *w, const char *likelihood, cst_text column, double weight,
                           const drv_fitted *f, size_t k, cst_error *e)
{
    cst_put_string(w, "term");
    cst_put_text(w, column);
    cst_put_string(w, likelihood);
    cst_put_number(w, weight);
    cst_put_text(w, column);
    cst_put_string(w, "clamp");
    cst_put_number(w, f->low[k]);
    cst_put_number(w, f->high[k]);
    skip(w, 1);
    cst_put_number(w, f->mean[k]);
    return cst_end_row(w, e);
}

static cst_status put_comments(const drv_likelihood_opts *o, const drv_likelihood *l, cst_writer *w,
                               cst_error *e)
{
    const cst_shares *s = &l->judged.shares;
    const drv_incomplete *i = &l->incomplete;
    const double none = NAN, left_out = i->n ? (double)i->n : none;
    const struct {
        const char *name;
        double figure;
        const char *text;
    } row[] = {
        {"outcome", NAN, o->outcome},
        {"horizon", NAN, o->horizon},
        {"population", NAN, o->all_rows ? "all" : "active"},
        {"rows", (double)s->n, NULL},
        {"events", (double)s->events, NULL},
        {"base_rate", s->base_rate, NULL},
        {"folds", o->fit->folds, NULL},
        {"seed", (double)o->fit->seed, NULL},
        {"calibration_slope", l->slope, NULL},
        {"calibration_intercept", l->shift, NULL},
        {"auc", l->judged.auc.auc, NULL},
        {"log_loss", s->log_loss, NULL},
        {"log_loss_of_base", s->base_log_loss, NULL},
        {"log_loss_gain", s->gain, NULL},
        {"log_loss_gain_lower", s->gain_lower, NULL},
        {"log_loss_gain_upper", s->gain_upper, NULL},
        {"brier", s->brier, NULL},
        {"brier_skill", s->brier_skill, NULL},
        {"calibration_error", s->calibration, NULL},
        {"calibration_by_chance", s->calibration_by_chance, NULL},
        {"rows_left_out", left_out, NULL},
        {"rows_left_out_base_rate", i->n ? (double)i->events / (double)i->n : none, NULL},
        {"rows_left_out_predicted", i->predicted, NULL},
        {"verdict", NAN, l->judged.words},
    };
    cst_status status = CST_OK;
    for (size_t k = 0; status == CST_OK && k < sizeof row / sizeof *row; k++)
        if (row[k].text || !isnan(row[k].figure))
            status = put_comment(w, o->name, row[k].name, row[k].figure, row[k].text, e);
    return status;
}

cst_status drv_likelihood_write(const drv_sample *s, const drv_likelihood_opts *o, const drv_fitted *f,
                                const drv_likelihood *l, cst_writer *w, cst_error *e)
{
    cst_put_string(w, "likelihood");
    cst_put_string(w, o->name);
    skip(w, 1);
    cst_put_number(w, l->intercept);
    skip(w, 6);
    cst_status status = cst_end_row(w, e);
    for (size_t k = 0; status == CST_OK && k < f->used; k++)
        status = put_term(w, o->name, s->name[f->measure[k]], l->weight[k], f, k, e);
    return status != CST_OK ? status : put_comments(o, l, w, e);
}

cst_status drv_likelihood_write_held(const drv_sample *s, const drv_fitted *f, const drv_likelihood *l,
                                     cst_writer *w, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < f->rows; i++) {
        const cst_metrics_row *r = &s->rows.row[f->row[i]];
        cst_put_text(w, cst_intern_text(s->rows.accounts, r->account));
        cst_put_day(w, r->period);
        cst_put_int(w, (int64_t)f->in_fold[i] + 1);
        cst_put_int(w, l->label[i]);
        cst_put_decimals(w, l->p[i], 6);
        status = cst_end_row(w, e);
    }
    return status;
}

/* What a likelihood is of: the text is the part, as with the verdict. */
static cst_status put_made(const char *item, const char *text, double value, const drv_fitted *f,
                           cst_writer *w, cst_error *e)
{
    if (!text) return CST_OK;
    return drv_report_value(w, item, text, f->rows, f->training.events, value, e);
}

cst_status drv_likelihood_write_report(const drv_likelihood_opts *o, const drv_fitted *f,
                                       const drv_likelihood *l, cst_writer *w, cst_error *e)
{
    const double none = NAN;
    uint64_t n = f->rows, events = f->training.events;
    cst_status status = put_made("outcome", o->outcome, none, f, w, e);
    if (status == CST_OK) status = put_made("horizon", o->horizon, none, f, w, e);
    if (status == CST_OK) status = put_made("folds", o->name, o->fit->folds, f, w, e);
    if (status == CST_OK) status = drv_report_value(w, "calibration_slope", o->name, n, events, l->slope, e);
    if (status == CST_OK)
        status = drv_report_value(w, "calibration_intercept", o->name, n, events, l->shift, e);
    if (status == CST_OK) status = drv_report_auc(w, o->name, n, events, &l->judged.auc, e);
    if (status == CST_OK)
        status = drv_report_value(w, "brier", o->name, n, events, l->judged.shares.brier, e);
    return status != CST_OK ? status : drv_judge_write_report(&l->judged, o->name, w, e);
}
