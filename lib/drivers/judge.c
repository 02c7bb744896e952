/* judge.c: figures to words. The order of the questions is that of their weight: a column that does not rank
 * has no shares worth a look; one whose total is far off is no likelihood, however it ranks. */
#include "drivers/judge.h"

#include <math.h>
#include <stdio.h>

/* A mean chance is off from so many times the share that came, where that is not within what chance does. */
static const double factor_told = 1.25, beyond_chance = 1.6448536269514722;
/* A calibration error of as much is told, where a perfect model would have at most half of it by chance. */
static const double points_told = 0.02;

double drv_judge_factor(double predicted, double error, double share)
{
    double factor = predicted > share ? predicted / share : share / predicted;
    return fabs(predicted - share) > beyond_chance * error && factor >= factor_told ? factor : 1;
}

static void say(drv_judgement *j, bool ranks, bool better)
{
    const cst_shares *s = &j->shares;
    double factor = drv_judge_factor(s->predicted, s->predicted_error, s->base_rate);
    double points = fmax(1, ceil(100 * s->calibration - 1e-9));
    if (j->chance)
        snprintf(j->words, sizeof j->words, "no better than chance");
    else if (factor > 1)
        snprintf(j->words, sizeof j->words, "%s, but its shares are off by a factor of %.*f",
                 ranks ? "ranks" : "does not rank", factor < 9.95 ? 1 : 0, factor);
    else if (s->calibration > points_told && s->calibration > 2 * s->calibration_by_chance)
        snprintf(j->words, sizeof j->words, "%s, but its shares are off by %.0f points on the mean",
                 ranks ? "ranks" : "does not rank", points);
    else if (!better)
        snprintf(j->words, sizeof j->words,
                 "ranks, but its shares are not shown to be better than the base rate");
    else
        snprintf(j->words, sizeof j->words, "shares right within %.0f point%s%s", points,
                 points > 1 ? "s" : "",
                 s->calibration > points_told ? ", as far as so few rows can tell" : "");
}

cst_status drv_judge(const double *p, const unsigned char *label, const uint32_t *account, size_t n,
                     drv_judgement *out, cst_error *e)
{
    *out = (drv_judgement){0};
    cst_status status = cst_auc_of(p, label, n, 0.95, &out->auc, e);
    if (status == CST_OK) status = cst_shares_judge(p, label, account, n, &out->shares, e);
    if (status != CST_OK) return status;
    bool ranks = out->auc.sign > 0 && out->auc.lower > 0.5; /* false where there is no interval */
    bool better = out->shares.gain_lower > 0;
    out->chance = !ranks && !better;
    say(out, ranks, better);
    return CST_OK;
}

static cst_status put(cst_writer *w, const char *item, const char *part, const cst_shares *s, double value,
                      cst_error *e)
{
    return drv_report_value(w, item, part, s->n, s->events, value, e);
}

cst_status drv_judge_write_report(const drv_judgement *j, const char *part, cst_writer *w, cst_error *e)
{
    const cst_shares *s = &j->shares;
    cst_status status = put(w, "base_rate", part, s, s->base_rate, e);
    if (status == CST_OK) status = put(w, "predicted_rate", part, s, s->predicted, e);
    if (status == CST_OK) status = put(w, "log_loss", part, s, s->log_loss, e);
    if (status == CST_OK) status = put(w, "log_loss_of_base", part, s, s->base_log_loss, e);
    if (status == CST_OK)
        status = drv_report_put(w, "log_loss_gain", part, s->n, s->events, s->gain, s->gain_error,
                                s->gain_lower, s->gain_upper, e);
    if (status == CST_OK) status = put(w, "brier_skill", part, s, s->brier_skill, e);
    if (status == CST_OK) status = put(w, "calibration_error", part, s, s->calibration, e);
    if (status == CST_OK) status = put(w, "calibration_by_chance", part, s, s->calibration_by_chance, e);
    return status != CST_OK ? status : put(w, "verdict", j->words, s, NAN, e);
}
