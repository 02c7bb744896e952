/* Ridge logistic regression by Newton's method (iteratively reweighted least squares).
 *
 * Columns are centred and scaled to sd 1, with a column of ones first; the penalty is on the scaled
 * coefficients, the intercept is free. Each iteration is one pass over the rows, in blocks folded in a
 * fixed order (fold.h): log likelihood, gradient, and the information X'WX (linear.h). A step that
 * lowers the penalised likelihood is halved.
 *
 * Separation: where a combination of columns tells events from the rest, for all rows or for some, the
 * likelihood rises for ever along it. Then the fit goes on moving in a direction that no longer
 * changes the likelihood, which Newton's method never does near a proper maximum: that is the sign
 * that is looked for, beside a likelihood of all but 1 and an information that vanishes.
 */
#include "base/parallel.h"
#include "stats/column.h"
#include "stats/distribution.h"
#include "stats/fold.h"
#include "stats/linear.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a fit asks of its input ---- */

typedef struct logistic_input {
    uint64_t events;
    /* sums over all rows and over the events; both proper: 0 < event_weight < weight */
    double weight, event_weight;
} logistic_input;

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

static cst_status check_input(const cst_design *d, const unsigned char *label, const cst_logistic_options *o,
                              logistic_input *out, cst_error *e)
{
    cst_sum all = {0}, with = {0};
    *out = (logistic_input){0};
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

enum { CHUNK = 64, MOST_ITERATIONS = 50, MOST_HALVINGS = 30, STILL = 3 };
static const double dependent = 1e-10; /* 1 - R^2 below this: a combination of the columns before */

typedef struct {
    const cst_design *d;
    const unsigned char *label;
    const double *weight;
    cst_scale *scale; /* per column */
    double penalty;
    unsigned threads;
    size_t q, width;                                                 /* columns + 1, and rounded up */
    double *b, *trial, *step, *gradient, *first_variance, *variance; /* q */
    double *information, *room;                                      /* q x q */
    double *sums;                                                    /* of one pass */
} model;

/* log(1 + exp(v)) without overflow. */
static double log_one_plus_exp(double v)
{
    return v > 0 ? v + log1p(exp(-v)) : log1p(exp(v));
}

static void lay_out(const model *m, size_t begin, size_t rows, double *z)
{
    for (size_t r = 0; r < rows; r++) z[r * m->width] = 1;
    for (size_t j = 0; j + 1 < m->q; j++) {
        const double *x = m->d->x[j] + begin;
        double mean = m->scale[j].mean, inverse = 1 / m->scale[j].sd;
        for (size_t r = 0; r < rows; r++) z[r * m->width + j + 1] = (x[r] - mean) * inverse;
    }
}

/* sums: log likelihood, gradient (width), information (width x width, lower). */
static void add_rows(const void *context, size_t begin, size_t end, double *room, double *sums)
{
    const model *m = context;
    size_t w = m->width;
    double *z = room, *wz = z + CHUNK * w, *gradient = sums + 1;
    for (; begin < end; begin += CHUNK) {
        size_t rows = end - begin < CHUNK ? end - begin : CHUNK;
        lay_out(m, begin, rows, z);
        for (size_t r = 0; r < rows; r++) {
            const double *row = z + r * w;
            double eta = 0, weight = m->weight ? m->weight[begin + r] : 1;
            for (size_t j = 0; j < m->q; j++) eta += row[j] * m->trial[j];
            bool event = m->label[begin + r];
            double p = cst_chance_of_logit(eta), curve = weight * p * cst_chance_of_logit(-eta);
            double rest = weight * (event ? cst_chance_of_logit(-eta) : -p);
            sums[0] -= weight * log_one_plus_exp(event ? -eta : eta);
            for (size_t j = 0; j < w; j++) {
                gradient[j] += rest * row[j];
                wz[r * w + j] = curve * row[j];
            }
        }
        cst_gram_add(wz, z, rows, w, true, sums + 1 + w);
    }
}

/* The penalised log likelihood at m->trial, with gradient and information; *plain without the penalty. */
static cst_status evaluate(model *m, double *penalised, double *plain, cst_error *e)
{
    size_t w = m->width, q = m->q;
    cst_fold f = {
        .rows = add_rows, .context = m, .n = m->d->rows, .sums = 1 + w + w * w, .room = 2 * CHUNK * w};
    cst_status status = cst_fold_run(&f, m->threads, m->sums, e);
    if (status < 0) return status;
    *plain = *penalised = m->sums[0];
    for (size_t i = 0; i < q; i++) {
        double own = i > 0 ? m->penalty : 0;
        m->gradient[i] = m->sums[1 + i] - own * m->trial[i];
        *penalised -= own / 2 * m->trial[i] * m->trial[i];
        for (size_t j = 0; j <= i; j++) m->information[i * q + j] = m->sums[1 + w + i * w + j];
        m->information[i * q + i] += own;
    }
    return CST_OK;
}

static cst_status fail_separation(const model *m, size_t column, bool complete, cst_error *e)
{
    return cst_fail_column(
        e, m->d, column,
        complete ? "and those before and after it tell every event from every non-event (complete "
                   "separation), so no finite coefficients fit best; leave it out or set a penalty"
                 : "has values with only events or only non-events (quasi-complete separation), alone "
                   "or with other columns, so its coefficient is infinite; leave it out or set a penalty");
}

/* Newton's step; the information is factored in place. */
static cst_status find_step(model *m, bool first, size_t suspect, cst_error *e)
{
    size_t bad = cst_cholesky(m->information, m->q, dependent);
    if (bad < m->q && first && bad > 0)
        return cst_fail_column(e, m->d, bad - 1,
                               "is a linear combination of the columns before it; leave it out or set a "
                               "penalty");
    if (bad < m->q) return fail_separation(m, suspect, false, e);
    memcpy(m->step, m->gradient, m->q * sizeof *m->step);
    if (first && !cst_cholesky_variances(m->information, m->q, m->room, m->first_variance))
        return cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    if (!cst_cholesky_solve(m->information, m->q, m->step))
        return cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    return CST_OK;
}

/* The largest step in sds; the widest change of a column's part over its range, and which column has it. */
static double size_step(const model *m, double *widest, size_t *column)
{
    double largest = fabs(m->step[0]);
    *widest = 0;
    *column = 0;
    for (size_t j = 0; j + 1 < m->q; j++) {
        double step = fabs(m->step[j + 1]), change = step * m->scale[j].range / m->scale[j].sd;
        largest = fmax(largest, step);
        if (change > *widest) {
            *widest = change;
            *column = j;
        }
    }
    return largest;
}

static cst_status take_step(model *m, double *value, double *plain, cst_error *e)
{
    double size = 1, next = 0;
    for (int k = 0; k < MOST_HALVINGS; k++, size /= 2) {
        for (size_t j = 0; j < m->q; j++) m->trial[j] = m->b[j] + size * m->step[j];
        cst_status status = evaluate(m, &next, plain, e);
        if (status < 0) return status;
        if (next >= *value - 1e-11 * fabs(*value)) break;
    }
    memcpy(m->b, m->trial, m->q * sizeof *m->b);
    *value = next;
    return CST_OK;
}

static cst_status iterate(model *m, unsigned most, cst_logistic *fit, cst_error *e)
{
    double value, plain, widest, null = fit->null_deviance / -2;
    size_t suspect = 0;
    int still = 0;
    memcpy(m->trial, m->b, m->q * sizeof *m->b);
    cst_status status = evaluate(m, &value, &plain, e);
    if (status == CST_OK) status = find_step(m, true, 0, e);
    for (fit->iterations = 1; status == CST_OK; fit->iterations++) {
        double before = value, largest = size_step(m, &widest, &suspect);
        status = take_step(m, &value, &plain, e);
        if (status == CST_OK && m->penalty == 0 && plain > 1e-8 * null)
            status = fail_separation(m, suspect, true, e);
        still = fabs(value - before) < 1e-9 * fabs(value) && widest > 0.5 ? still + 1 : 0;
        if (status == CST_OK && m->penalty == 0 && still >= STILL)
            status = fail_separation(m, suspect, false, e);
        if (status == CST_OK) status = find_step(m, false, suspect, e);
        if (status < 0 || largest < 1e-7) break;
        if (fit->iterations >= most)
            status = cst_fail_column(e, m->d, suspect,
                                     "has a coefficient that still moves after %u iterations; allow more, "
                                     "or set a penalty",
                                     most);
    }
    fit->deviance = -2 * plain;
    return status;
}

/* Back to the columns' own units: b_j / s_j, and the intercept at 0 of every column. The information
 * is factored. */
static cst_status fill_estimates(model *m, cst_logistic *fit, cst_error *e)
{
    size_t q = m->q;
    if (!cst_cholesky_variances(m->information, q, m->room, m->variance))
        return cst_fail(e, CST_INTERNAL, "a factored matrix was refused");
    size_t runaway = cst_runaway(m->first_variance + 1, m->variance + 1, q - 1);
    if (m->penalty == 0 && runaway < q - 1) return fail_separation(m, runaway, false, e);
    double *shift = m->step; /* intercept = shift' b */
    shift[0] = 1;
    for (size_t j = 1; j < q; j++) shift[j] = -m->scale[j - 1].mean / m->scale[j - 1].sd;
    double value = 0, variance = 0;
    for (size_t i = 0; i < q; i++) {
        value += shift[i] * m->b[i];
        for (size_t j = 0; j < q; j++) variance += shift[i] * m->room[i * q + j] * shift[j];
    }
    fit->estimate[0] = (cst_estimate){value, sqrt(variance), 0, 0};
    for (size_t j = 1; j < q; j++) {
        double sd = fit->scale[j - 1] = m->scale[j - 1].sd;
        fit->estimate[j] = (cst_estimate){m->b[j] / sd, sqrt(m->variance[j]) / sd, 0, 0};
    }
    for (size_t j = 0; j < q; j++) {
        fit->estimate[j].z = fit->estimate[j].value / fit->estimate[j].std_error;
        fit->estimate[j].p = cst_normal_two_sided(fit->estimate[j].z);
    }
    return CST_OK;
}

/* Every threads-th column from `part` on. */
static cst_status scale_part(void *context, int part, cst_error *e)
{
    model *m = context;
    (void)e;
    for (size_t j = (size_t)part; j + 1 < m->q; j += m->threads)
        m->scale[j] = cst_scale_of(m->d->x[j], m->d->rows);
    return CST_OK;
}

static cst_status scale_columns(model *m, cst_error *e)
{
    cst_status status = cst_parallel((int)m->threads, scale_part, m, e);
    if (status != CST_OK) return status;
    for (size_t j = 0; j + 1 < m->q; j++) {
        if (!(m->scale[j].sd > 0) || !isfinite(m->scale[j].sd))
            return cst_fail_column(e, m->d, j, "is constant; leave it out");
    }
    return CST_OK;
}

static bool room_model(model *m)
{
    size_t q = m->q, w = m->width;
    m->scale = cst_zeroed(q, sizeof *m->scale);
    m->b = cst_zeroed(6 * q + 2 * q * q + 1 + w + w * w, sizeof *m->b);
    if (!m->scale || !m->b) return false;
    m->trial = m->b + q;
    m->step = m->b + 2 * q;
    m->gradient = m->b + 3 * q;
    m->first_variance = m->b + 4 * q;
    m->variance = m->b + 5 * q;
    m->information = m->b + 6 * q;
    m->room = m->information + q * q;
    m->sums = m->room + q * q;
    return true;
}

/* Starts at the events' share, which is the fit without columns. */
static cst_status fit_model(model *m, const logistic_input *in, unsigned most, cst_logistic *fit,
                            cst_error *e)
{
    double share = in->event_weight / in->weight;
    fit->columns = m->q - 1;
    fit->rows = m->d->rows;
    fit->events = in->events;
    fit->null_deviance = -2 * in->weight * (share * log(share) + (1 - share) * log1p(-share));
    m->b[0] = log(share) - log1p(-share);
    cst_status status = scale_columns(m, e);
    if (status == CST_OK) status = iterate(m, most, fit, e);
    fit->log_loss = fit->deviance / 2 / in->weight;
    return status == CST_OK ? fill_estimates(m, fit, e) : status;
}

cst_status cst_logistic_fit(const cst_design *d, const unsigned char *label, const cst_logistic_options *o,
                            cst_logistic **out, cst_error *e)
{
    static const cst_logistic_options plain = {0};
    logistic_input in;
    *out = NULL;
    if (!o) o = &plain;
    cst_status status = check_input(d, label, o, &in, e);
    if (status < 0) return status;
    model m = {.d = d,
               .label = label,
               .weight = o->weight,
               .penalty = o->penalty,
               .threads = o->threads ? o->threads : 1,
               .q = d->columns + 1,
               .width = cst_gram_width(d->columns + 1)};
    cst_logistic *fit = cst_zeroed(1, sizeof *fit);
    if (fit) fit->estimate = cst_zeroed(m.q, sizeof *fit->estimate);
    if (fit) fit->scale = cst_zeroed(m.q, sizeof *fit->scale);
    status = fit && fit->estimate && fit->scale && room_model(&m)
                 ? fit_model(&m, &in, o->iterations ? o->iterations : MOST_ITERATIONS, fit, e)
                 : cst_no_memory(e);
    free(m.scale);
    free(m.b);
    if (status < 0) {
        cst_logistic_free(fit);
        return status;
    }
    *out = fit;
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
        p[i] = cst_chance_of_logit(eta);
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
