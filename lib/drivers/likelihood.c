/* likelihood.c: the calibration, over all folds for the table and without each fold for what judges it. */
#include "drivers/likelihood.h"
#include "stats/distribution.h"

#include <math.h>
#include <stdlib.h>

/* A chance of 0 or 1, which a fit gives where doubles end, has no logit. */
static const double least_chance = 1e-12;

static double logit_of(double p)
{
    double inside = fmin(fmax(p, least_chance), 1 - least_chance);
    return log(inside) - log1p(-inside);
}

/* Room for the rows that one calibration is fitted to. */
struct calibration {
    double *logit;
    unsigned char *label;
};

/* A line through the logits of the rows outside a fold (UINT32_MAX: of all). One that does not rise has
 * nothing to say of an account: the slope is 0 then, and the shift the logit of the base rate. */
static cst_status calibrate(const drv_fitted *f, const drv_likelihood *l, uint32_t without,
                            struct calibration *b, double *shift, double *slope, cst_error *e)
{
    size_t n = 0;
    uint64_t events = 0;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < f->rows; i++) {
        if (f->in_fold[i] == without) continue;
        b->logit[n] = logit_of(f->held[i]);
        least = fmin(least, b->logit[n]);
        most = fmax(most, b->logit[n]);
        events += b->label[n] = l->label[i];
        n++;
    }
    *slope = 0;
    *shift = n ? logit_of((double)events / (double)n) : 0;
    if (!(least < most)) return CST_OK;
    const double *x[] = {b->logit};
    cst_design d = {.x = x, .rows = n, .columns = 1};
    cst_logistic *line = NULL;
    cst_status status = cst_logistic_fit(&d, b->label, NULL, &line, e);
    if (status == CST_DATA)
        return cst_fail(
            e, CST_DATA,
            "the measures tell every row with the outcome from every row without it (separation): "
            "likelihoods of 0 and 1 cannot be calibrated; leave out measures that are known only "
            "once the outcome has come");
    if (status != CST_OK) return status;
    if (line->estimate[1].value > 0) {
        *shift = line->estimate[0].value;
        *slope = line->estimate[1].value;
    }
    cst_logistic_free(line);
    return CST_OK;
}

static cst_status hold_out(const drv_fitted *f, const drv_likelihood_opts *o, struct calibration *b,
                           drv_likelihood *l, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t fold = 0; status == CST_OK && fold < o->fit->folds; fold++) {
        double shift = 0, slope = 1;
        if (!o->plain) status = calibrate(f, l, fold, b, &shift, &slope, e);
        for (size_t i = 0; status == CST_OK && i < f->rows; i++)
            if (f->in_fold[i] == fold)
                l->p[i] = o->plain ? f->held[i] : cst_chance_of_logit(shift + slope * logit_of(f->held[i]));
    }
    return status;
}

static cst_status check_enough(const drv_fitted *f, cst_error *e)
{
    uint64_t with = f->training.events, without = f->training.n - with;
    if (with >= DRV_LEAST_OUTCOMES && without >= DRV_LEAST_OUTCOMES) return CST_OK;
    return cst_fail(
        e, CST_DATA,
        "expected at least %d rows with the outcome and %d without for a likelihood, found %llu and "
        "%llu; give more periods or a longer --horizon, or fit a score, which only ranks",
        DRV_LEAST_OUTCOMES, DRV_LEAST_OUTCOMES, (unsigned long long)with, (unsigned long long)without);
}

static bool allocate(const drv_sample *s, const drv_fitted *f, drv_likelihood *l, struct calibration *b)
{
    l->weight = calloc(f->used + 1, sizeof *l->weight);
    l->p = malloc(f->rows * sizeof *l->p + 1);
    l->label = malloc(f->rows + 1);
    l->account = malloc(f->rows * sizeof *l->account + 1);
    b->logit = malloc(f->rows * sizeof *b->logit + 1);
    b->label = malloc(f->rows + 1);
    if (!l->weight || !l->p || !l->label || !l->account || !b->logit || !b->label) return false;
    for (size_t i = 0; i < f->rows; i++) {
        l->label[i] = s->label[f->row[i]];
        l->account[i] = s->rows.row[f->row[i]].account;
    }
    return true;
}

/* With the mean of the fit for what is missing; values clamped as in the fit. */
static double chance_of_row(const drv_sample *s, const drv_fitted *f, const drv_likelihood *l, size_t row)
{
    double odds = l->intercept;
    for (size_t k = 0; k < f->used; k++) {
        double v = s->x[f->measure[k]][row], x = isnan(v) ? f->mean[k] : fmin(fmax(v, f->low[k]), f->high[k]);
        odds += l->weight[k] * x;
    }
    return cst_chance_of_logit(odds);
}

static void look_at_incomplete(const drv_sample *s, const drv_fitted *f, const drv_likelihood *l,
                               drv_incomplete *out)
{
    cst_sum sum = {0}, spread = {0};
    for (size_t i = 0, at = 0; i < s->n; i++) {
        if (at < f->rows && f->row[at] == i) {
            at++;
            continue;
        }
        double p = chance_of_row(s, f, l, i);
        cst_sum_add(&sum, p);
        cst_sum_add(&spread, p * (1 - p));
        out->n++;
        out->events += s->label[i];
    }
    out->predicted = out->n ? cst_sum_value(&sum) / (double)out->n : (double)NAN;
    out->predicted_error = out->n ? sqrt(cst_sum_value(&spread)) / (double)out->n : (double)NAN;
    double share = out->n ? (double)out->events / (double)out->n : 0;
    out->off = out->n && drv_judge_factor(out->predicted, out->predicted_error, share) > 1;
}

cst_status drv_likelihood_make(const drv_sample *s, const drv_likelihood_opts *o, const drv_fitted *f,
                               drv_likelihood *out, cst_error *e)
{
    struct calibration b = {0};
    *out = (drv_likelihood){.slope = 1};
    cst_status status = check_enough(f, e);
    if (status == CST_OK && !allocate(s, f, out, &b)) status = cst_no_memory(e);
    if (status == CST_OK && !o->plain)
        status = calibrate(f, out, UINT32_MAX, &b, &out->shift, &out->slope, e);
    if (status == CST_OK) status = hold_out(f, o, &b, out, e);
    if (status == CST_OK) status = drv_judge(out->p, out->label, out->account, f->rows, &out->judged, e);
    if (status == CST_OK) {
        out->level = out->slope == 0;
        out->intercept = out->shift + out->slope * f->fit->estimate[0].value;
        for (size_t k = 0; k < f->used; k++) out->weight[k] = out->slope * f->fit->estimate[k + 1].value;
        look_at_incomplete(s, f, out, &out->incomplete);
    }
    free(b.logit);
    free(b.label);
    return status;
}

void drv_likelihood_clear(drv_likelihood *l)
{
    free(l->weight);
    free(l->p);
    free(l->label);
    free(l->account);
    *l = (drv_likelihood){0};
}
