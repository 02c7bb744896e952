/* The shifted-beta-geometric model of retention.
 *
 * With hazard h_t = alpha / (alpha + beta + t - 1) in period t, d_t lost of r_t who were there and whose end
 * was seen, the log likelihood is a sum of binomials: sum d_t ln alpha + (r_t - d_t) ln(beta + t - 1) - r_t
 * ln(alpha + beta + t - 1). It is maximised over (ln alpha, ln beta) by Newton's method, damped (Levenberg)
 * so that each step goes up. Where churn does not slow down with age the maximum lies at infinity, a constant
 * rate; where nobody leaves after the first age, at 0: the parameters are then held at a bound and the
 * kind says so, because the projection is still what the data say.
 */
#include "stats/column.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_ITERATIONS = 500 };
static const double least = 1e-6, most = 1e6; /* of alpha and beta while climbing */
static const double far_out = 1e9;            /* alpha + beta of a constant rate */

typedef struct {
    double value, g[2], h[3]; /* gradient, and Hessian aa, ab, bb, in (ln alpha, ln beta) */
} point;

static point evaluate(const cst_sbg_period *period, size_t n, double la, double lb)
{
    double a = exp(la), b = exp(lb), ga = 0, gb = 0, haa = 0, hab = 0, hbb = 0, value = 0;
    for (size_t t = 0; t < n; t++) {
        double lost = period[t].lost, kept = period[t].risk - lost, stay = b + (double)t, all = a + stay;
        value += (lost > 0 ? lost * log(a / all) : 0) + (kept > 0 ? kept * log(stay / all) : 0);
        ga += lost / a - period[t].risk / all;
        gb += kept / stay - period[t].risk / all;
        haa += -lost / (a * a) + period[t].risk / (all * all);
        hab += period[t].risk / (all * all);
        hbb += -kept / (stay * stay) + period[t].risk / (all * all);
    }
    return (point){value, {a * ga, b * gb}, {a * a * haa + a * ga, a * b * hab, b * b * hbb + b * gb}};
}

static double hold(double l)
{
    return fmin(fmax(l, log(least)), log(most));
}

static double slope(const point *p)
{
    return fmax(fabs(p->g[0]), fabs(p->g[1]));
}

/* Near the top the value is the same to its last digits, and only the slope tells which of two is nearer. */
static bool is_better(const point *next, const point *here)
{
    double loss = here->value - next->value;
    return loss <= 0 || (loss < 1e-12 * fabs(here->value) && slope(next) < slope(here));
}

/* Climbs from (la, lb) until no damped step is better any more, or the step is below rounding. */
static point climb(const cst_sbg_period *period, size_t n, double *la, double *lb)
{
    point here = evaluate(period, n, *la, *lb);
    double damping = 1e-3;
    for (int i = 0; i < MOST_ITERATIONS && damping < 1e12; i++) {
        double scale = damping * (fabs(here.h[0]) + fabs(here.h[2]));
        double aa = -here.h[0] + scale, ab = -here.h[1], bb = -here.h[2] + scale, det = aa * bb - ab * ab;
        if (!(aa > 0) || !(det > 1e-14 * aa * fabs(bb))) {
            damping *= 10; /* not a hill top in sight: closer to the gradient's direction */
            continue;
        }
        double da = (bb * here.g[0] - ab * here.g[1]) / det, db = (aa * here.g[1] - ab * here.g[0]) / det;
        double na = hold(*la + fmin(fmax(da, -2), 2)), nb = hold(*lb + fmin(fmax(db, -2), 2));
        point next = evaluate(period, n, na, nb);
        if (!is_better(&next, &here)) {
            damping *= 10;
            continue;
        }
        double moved = fmax(fabs(na - *la), fabs(nb - *lb));
        *la = na;
        *lb = nb;
        here = next;
        if (moved < 1e-12) break;
        damping = fmax(damping / 10, 1e-15);
    }
    return here;
}

static cst_status check_survivors(const double *n, size_t ages, cst_error *e)
{
    for (size_t t = 0; t < ages; t++) {
        if (!isfinite(n[t]) || n[t] < 0 || (t == 0 && n[0] == 0))
            return cst_fail(e, CST_DATA, "age %zu: expected a number of survivors, found %g", t, n[t]);
        if (t > 0 && n[t] > n[t - 1])
            return cst_fail(e, CST_DATA,
                            "age %zu: expected no more survivors than the %g before, found %g; count only "
                            "customers who never left",
                            t, n[t - 1], n[t]);
    }
    return CST_OK;
}

/* All periods as one. */
static cst_status add_up(const cst_sbg_period *period, size_t n, cst_sbg_period *all, cst_error *e)
{
    *all = (cst_sbg_period){0};
    if (n < 2)
        return cst_fail(e, CST_DATA, "expected survivors at 3 or more ages to project from, found %zu",
                        n + 1);
    for (size_t t = 0; t < n; t++) {
        const cst_sbg_period *p = &period[t];
        if (!isfinite(p->risk) || !(p->lost >= 0) || !(p->lost <= p->risk))
            return cst_fail(e, CST_DATA, "age %zu: expected no more losses than the %g there, found %g",
                            t + 1, p->risk, p->lost);
        all->risk += p->risk;
        all->lost += p->lost;
    }
    if (all->lost == 0)
        return cst_fail(e, CST_DATA, "expected at least one loss to project from, found none in %zu ages",
                        n + 1);
    if (all->lost == all->risk)
        return cst_fail(
            e, CST_DATA,
            "expected somebody who stays beyond the first age, found nobody; there is nothing to project");
    return CST_OK;
}

/* Nobody leaves after the first age: the rest stay for good, P(leave at 1) = alpha / (alpha + beta). */
static void fit_all_at_first(const cst_sbg_period *first, cst_sbg *out)
{
    double share = first->lost / first->risk;
    out->kind = CST_SBG_ALL_AT_FIRST;
    out->alpha = least * share;
    out->beta = least * (1 - share);
}

/* One rate for all ages: losses over the periods lived. */
static void fit_constant_rate(const cst_sbg_period *all, cst_sbg *out)
{
    double rate = all->lost / all->risk;
    out->kind = CST_SBG_CONSTANT_RATE;
    out->alpha = far_out * rate;
    out->beta = far_out * (1 - rate);
}

cst_status cst_sbg_fit_periods(const cst_sbg_period *period, size_t n, cst_sbg *out, cst_error *e)
{
    cst_sbg_period all;
    cst_status status = add_up(period, n, &all, e);
    if (status < 0) return status;
    cst_sbg constant;
    fit_constant_rate(&all, &constant);
    constant.loglik = evaluate(period, n, log(constant.alpha), log(constant.beta)).value;
    if (all.lost == period[0].lost && period[0].lost < period[0].risk) {
        fit_all_at_first(&period[0], out);
        out->loglik = evaluate(period, n, log(out->alpha), log(out->beta)).value;
        return CST_OK;
    }
    double la = 0, lb = 0;
    out->kind = CST_SBG_INSIDE;
    out->loglik = climb(period, n, &la, &lb).value;
    out->alpha = exp(la);
    out->beta = exp(lb);
    /* on the ridge towards a constant rate the climb stops short; the end of the ridge is known */
    if (constant.loglik >= out->loglik - 1e-10 * fabs(out->loglik)) *out = constant;
    return CST_OK;
}

cst_status cst_sbg_fit(const double *survivors, size_t n, cst_sbg *out, cst_error *e)
{
    cst_status status = check_survivors(survivors, n, e);
    cst_sbg_period *period = status == CST_OK ? cst_zeroed(n, sizeof *period) : NULL;
    if (status < 0) return status;
    if (!period) return cst_no_memory(e);
    for (size_t t = 1; t < n; t++)
        period[t - 1] = (cst_sbg_period){survivors[t - 1], survivors[t - 1] - survivors[t]};
    status = cst_sbg_fit_periods(period, n > 0 ? n - 1 : 0, out, e);
    free(period);
    return status;
}

double cst_sbg_survival(const cst_sbg *f, size_t t)
{
    double s = 1;
    for (size_t i = 0; i < t; i++) s *= (f->beta + (double)i) / (f->alpha + f->beta + (double)i);
    return s;
}

cst_status cst_sbg_residual(const cst_sbg *f, size_t T, double d, double *out, cst_error *e)
{
    if (!(d >= 1e-6) || !isfinite(d))
        return cst_fail(e, CST_USAGE, "expected a discount rate of 0.000001 or more per period, found %g", d);
    /* S falls, so what is left out after a term is less than term / d */
    double sum = 0, term = 1;
    for (size_t t = T;; t++) {
        term *= (f->beta + (double)t) / (f->alpha + f->beta + (double)t);
        sum += term;
        term /= 1 + d;
        if (term * (1 + d) / d < 1e-12 * sum || term == 0) break;
    }
    *out = sum;
    return CST_OK;
}
