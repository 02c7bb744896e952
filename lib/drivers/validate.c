/* validate.c: the score is turned so that high means likely; tables and measures of fit come from
 * lib/stats. */
#include "drivers/validate.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "drivers/fit.h"

const cst_column drv_validate_columns[] = {
    {"decile", CST_COL_NUMBER},     {"n", CST_COL_NUMBER},     {"events", CST_COL_NUMBER},
    {"rate", CST_COL_NUMBER},       {"lift", CST_COL_NUMBER},  {"capture", CST_COL_NUMBER},
    {"mean_score", CST_COL_NUMBER}, {"least", CST_COL_NUMBER}, {"greatest", CST_COL_NUMBER},
    {"predicted", CST_COL_NUMBER},
};
const size_t drv_validate_column_count = sizeof drv_validate_columns / sizeof *drv_validate_columns;

/* The rows with a score. */
struct scored {
    size_t n;
    double *likely; /* high: likely */
    double *chance; /* NULL where the score predicts none */
    unsigned char *label;
    uint32_t *account;
};

static cst_status turn(const drv_sample *s, drv_score_sense sense, struct scored *out, cst_error *e)
{
    const double *x = s->x[0];
    double most = sense == DRV_SCORE_RISK ? 1 : 100;
    bool within = true;
    out->likely = malloc(s->n * sizeof *out->likely + 1);
    out->chance = malloc(s->n * sizeof *out->chance + 1);
    out->label = malloc(s->n + 1);
    out->account = malloc(s->n * sizeof *out->account + 1);
    if (!out->likely || !out->chance || !out->label || !out->account) return cst_no_memory(e);
    for (size_t i = 0; i < s->n; i++) {
        if (isnan(x[i])) continue;
        within = within && x[i] >= 0 && x[i] <= most;
        out->likely[out->n] = sense == DRV_SCORE_HEALTH ? -x[i] : x[i];
        out->chance[out->n] = sense == DRV_SCORE_HEALTH ? 1 - x[i] / most : x[i] / most;
        out->account[out->n] = s->rows.row[i].account;
        out->label[out->n++] = s->label[i];
    }
    if (!within && sense != DRV_SCORE_RISK)
        return cst_fail_at(
            e, CST_DATA, (cst_place){0}, s->name[0].p,
            "expected scores of 0 to 100, found others; say --risk if high values go with the outcome");
    if (!within) {
        free(out->chance);
        out->chance = NULL;
    }
    return CST_OK;
}

/* Mean chance of a decile: the bins of the same ranks with the chance in place of the label. Rows are
 * ranked as the deciles are, so a tie across an edge is shared here too. */
static cst_status predict_deciles(const struct scored *r, drv_validation *v, cst_error *e)
{
    cst_bin bin[DRV_DECILES];
    for (int d = 0; d < DRV_DECILES; d++) v->predicted[d] = NAN;
    if (!r->chance) return CST_OK;
    cst_status status = cst_lift(r->chance, r->label, r->n, DRV_DECILES, bin, e);
    for (int d = 0; status == CST_OK && d < DRV_DECILES; d++) v->predicted[d] = bin[d].mean_score;
    return status;
}

static void turn_back(drv_validation *v)
{
    for (int d = 0; d < DRV_DECILES; d++) {
        cst_bin *b = &v->decile[d];
        double least = b->least;
        b->mean_score = -b->mean_score;
        b->least = -b->greatest;
        b->greatest = -least;
    }
}

cst_status drv_validate(const drv_sample *s, drv_score_sense sense, drv_validation *out, cst_error *e)
{
    struct scored r = {0};
    *out = (drv_validation){.brier = NAN, .calibration = NAN};
    cst_status status = turn(s, sense, &r, e);
    out->n = r.n;
    out->missing = s->n - r.n;
    for (size_t i = 0; i < r.n; i++) out->events += r.label[i];
    if (status == CST_OK && (out->events == 0 || out->events == out->n))
        status = cst_fail(e, CST_DATA,
                          "expected scored rows with and without the outcome, found %llu of %zu with it",
                          (unsigned long long)out->events, r.n);
    if (status == CST_OK) status = cst_auc_of(r.likely, r.label, r.n, 0.95, &out->auc, e);
    if (status == CST_OK)
        status = cst_kolmogorov_smirnov(r.likely, r.label, r.n, &out->kolmogorov_smirnov, e);
    if (status == CST_OK) status = cst_lift(r.likely, r.label, r.n, DRV_DECILES, out->decile, e);
    if (status == CST_OK && r.chance) {
        status = drv_judge(r.chance, r.label, r.account, r.n, &out->judged, e);
        out->brier = out->judged.shares.brier;
        out->calibration = out->judged.shares.calibration;
        out->is_chance = sense == DRV_SCORE_RISK;
    }
    if (status == CST_OK) status = predict_deciles(&r, out, e);
    if (sense == DRV_SCORE_HEALTH) turn_back(out);
    free(r.likely);
    free(r.chance);
    free(r.label);
    free(r.account);
    return status;
}

cst_status drv_validate_write(const drv_validation *v, cst_writer *w, cst_error *e)
{
    cst_status status = CST_OK;
    for (int d = 0; status == CST_OK && d < DRV_DECILES; d++) {
        const cst_bin *b = &v->decile[d];
        cst_put_int(w, d + 1);
        cst_put_int(w, (int64_t)b->n);
        cst_put_number(w, cst_number_significant(b->events));
        cst_put_decimals(w, b->rate, 6);
        cst_put_decimals(w, b->lift, 6);
        cst_put_decimals(w, b->capture, 6);
        cst_put_number(w, cst_number_significant(b->mean_score));
        cst_put_number(w, cst_number_significant(b->least));
        cst_put_number(w, cst_number_significant(b->greatest));
        cst_put_decimals(w, v->predicted[d], 6);
        status = cst_end_row(w, e);
    }
    return status;
}

cst_status drv_validate_write_report(const drv_validation *v, const char *column, cst_writer *w, cst_error *e)
{
    cst_status status = drv_report_auc(w, column, v->n, v->events, &v->auc, e);
    if (status == CST_OK)
        status = drv_report_value(w, "kolmogorov_smirnov", column, v->n, v->events, v->kolmogorov_smirnov, e);
    if (status == CST_OK) status = drv_report_value(w, "brier", column, v->n, v->events, v->brier, e);
    if (!v->is_chance) {
        if (status == CST_OK)
            status = drv_report_value(w, "calibration_error", column, v->n, v->events, v->calibration, e);
    }
    if (status == CST_OK)
        status = drv_report_value(w, "top_decile_lift", column, v->n, v->events, v->decile[0].lift, e);
    return status != CST_OK || !v->is_chance ? status : drv_judge_write_report(&v->judged, column, w, e);
}
