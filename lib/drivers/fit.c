/* fit.c: chooses one measure a cluster, takes the complete rows, clamps, fits; then once more per fold
 * on the other folds' accounts, with clamps of their own, so that the held-out rows had no part in
 * anything that judges them. */
#include "drivers/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/parallel.h"
#include "drivers/correlate.h"

static const double least_quantile = 0.01, greatest_quantile = 0.99;

/* The complete rows of the chosen measures, raw. */
struct rows {
    size_t n, columns;
    double **x;
    const char **name;
    bool *whole; /* 0 and 1, which is not clamped */
    unsigned char *label;
    uint32_t *fold;
    uint32_t *row; /* of the sample */
    uint32_t folds;
    double *low, *high; /* clamps: columns outside each fold, then over all rows */
};

static void free_columns(double **x, size_t n)
{
    for (size_t k = 0; x && k < n; k++) free(x[k]);
    free(x);
}

static double **new_columns(size_t columns, size_t rows)
{
    double **x = calloc(columns + 1, sizeof *x);
    for (size_t k = 0; x && k < columns; k++)
        if (!(x[k] = malloc(rows * sizeof **x + 1))) return free_columns(x, columns), NULL;
    return x;
}

/* Of each cluster the measure that tells most, the first of equals. The words of a factor stay together: each
 * stands for itself. */
static void choose_measures(const drv_sample *s, const drv_correlations *c, bool all, drv_fitted *out)
{
    out->used = 0;
    for (size_t k = 0; k < s->measures; k++) {
        size_t best = k;
        for (size_t j = 0; j < s->measures && !all && !s->factor[k]; j++) {
            double a = c->row[j].auc.folded, b = c->row[best].auc.folded;
            if (c->cluster[j] != c->cluster[k] || out->flat[j] || s->factor[j]) continue;
            if (a > b || (a == b && j < best) || isnan(b) || out->flat[best]) best = j;
        }
        bool constant = isnan(c->row[k].auc.p) || out->flat[k];
        out->stands_for[k] = constant ? UINT32_MAX : (uint32_t)best;
        if (!constant && best == k) out->measure[out->used++] = (uint32_t)k;
    }
}

static bool is_complete(const drv_sample *s, const drv_fitted *f, size_t i)
{
    for (size_t k = 0; k < f->used; k++)
        if (isnan(s->x[f->measure[k]][i])) return false;
    return true;
}

static cst_status take_rows(const drv_sample *s, const drv_fit_opts *o, drv_fitted *f, struct rows *r,
                            cst_error *e)
{
    f->rows = r->n = 0;
    for (size_t i = 0; i < s->n; i++) f->rows += is_complete(s, f, i);
    f->incomplete = s->n - f->rows;
    r->columns = f->used;
    r->folds = o->folds;
    r->low = malloc((o->folds + 1) * f->used * sizeof *r->low + 1);
    r->high = malloc((o->folds + 1) * f->used * sizeof *r->high + 1);
    r->x = new_columns(f->used, f->rows);
    r->label = malloc(f->rows + 1);
    r->fold = malloc(f->rows * sizeof *r->fold + 1);
    r->row = malloc(f->rows * sizeof *r->row + 1);
    r->name = calloc(f->used + 1, sizeof *r->name);
    r->whole = calloc(f->used + 1, sizeof *r->whole);
    if (!r->x || !r->label || !r->fold || !r->row || !r->name || !r->whole || !r->low || !r->high)
        return cst_no_memory(e);
    for (size_t k = 0; k < f->used; k++) r->whole[k] = o->no_clamp || s->factor[f->measure[k]];
    for (size_t k = 0; k < f->used; k++) r->name[k] = s->name[f->measure[k]].p;
    for (size_t i = 0; i < s->n; i++) {
        if (!is_complete(s, f, i)) continue;
        cst_text id = cst_intern_text(s->rows.accounts, s->rows.row[i].account);
        for (size_t k = 0; k < f->used; k++) r->x[k][r->n] = s->x[f->measure[k]][i];
        r->label[r->n] = s->label[i];
        r->row[r->n] = (uint32_t)i;
        r->fold[r->n++] = (uint32_t)(cst_hash(id.p, id.n, o->seed) % o->folds);
    }
    if (r->n) return CST_OK;
    return cst_fail(
        e, CST_DATA,
        "expected rows in which every measure has a value, found none of %zu; choose measures that are "
        "mostly there with --measures",
        s->n);
}

/* The clamps of each measure: p1 and p99, or the ends, of the rows outside each fold, and last of all rows. A
 * measure is sorted once for all of them. */
struct clamping {
    const struct rows *rows;
    int parts; /* each part takes every parts-th measure */
};

/* Room for a measure: its order, its values and folds in that order, and the values outside a fold. */
struct sorted_measure {
    uint32_t *order, *fold;
    double *value, *outside;
};

static cst_status clamp_measure(const struct rows *r, size_t k, struct sorted_measure *m, cst_error *e)
{
    cst_status status = cst_sort_order(r->x[k], r->n, m->order, e);
    if (status != CST_OK) return status;
    for (size_t i = 0; i < r->n; i++) {
        m->value[i] = r->x[k][m->order[i]] + 0.0; /* -0 becomes 0 */
        m->fold[i] = r->fold[m->order[i]];
    }
    for (uint32_t without = 0; without <= r->folds; without++) {
        size_t n = 0, at = without * r->columns + k;
        for (size_t i = 0; i < r->n; i++) {
            m->outside[n] = m->value[i];
            n += m->fold[i] != without;
        }
        r->low[at] = cst_quantile(m->outside, n, r->whole[k] ? 0 : least_quantile);
        r->high[at] = cst_quantile(m->outside, n, r->whole[k] ? 1 : greatest_quantile);
    }
    return CST_OK;
}

static cst_status clamp_part(void *context, int part, cst_error *e)
{
    const struct clamping *c = context;
    const struct rows *r = c->rows;
    struct sorted_measure m = {.order = malloc(r->n * sizeof *m.order + 1),
                               .fold = malloc(r->n * sizeof *m.fold + 1),
                               .value = malloc(r->n * sizeof *m.value + 1),
                               .outside = malloc((r->n + 1) * sizeof *m.outside)};
    cst_status status = m.order && m.fold && m.value && m.outside ? CST_OK : cst_no_memory(e);
    for (size_t k = (size_t)part; status == CST_OK && k < r->columns; k += (size_t)c->parts)
        status = clamp_measure(r, k, &m, e);
    free(m.order);
    free(m.fold);
    free(m.value);
    free(m.outside);
    return status;
}

static cst_status find_clamps(const struct rows *r, int threads, cst_error *e)
{
    struct clamping c = {r, threads};
    return cst_parallel(threads, clamp_part, &c, e);
}

/* Copies of the rows in (or outside) a fold, clamped. */
static size_t clamp_rows(const struct rows *r, uint32_t fold, bool inside, const double *low,
                         const double *high, double **x, unsigned char *label)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if ((r->fold[i] == fold) != inside) continue;
        for (size_t k = 0; k < r->columns; k++) {
            double v = r->x[k][i];
            x[k][n] = r->whole[k] ? v : v < low[k] ? low[k] : v > high[k] ? high[k] : v;
        }
        label[n++] = r->label[i];
    }
    return n;
}

static cst_status judge(const double *p, const unsigned char *label, size_t n, drv_quality *out, cst_error *e)
{
    cst_bin bin[10];
    *out = (drv_quality){.n = n, .log_loss = NAN, .brier = NAN, .lift = NAN};
    out->auc.folded = out->auc.auc = out->auc.lower = out->auc.upper = out->auc.std_error = NAN;
    for (size_t i = 0; i < n; i++) out->events += label[i];
    if (n == 0) return CST_OK;
    cst_status status = cst_auc_of(p, label, n, 0.95, &out->auc, e);
    if (status == CST_OK) status = cst_log_loss(p, label, n, &out->log_loss, e);
    if (status == CST_OK) status = cst_brier(p, label, n, &out->brier, e);
    if (status == CST_OK) status = cst_lift(p, label, n, 10, bin, e);
    if (status == CST_OK) out->lift = bin[0].lift;
    return status;
}

/* What a fit needs in passing; everything has room for all rows. */
struct bench {
    double **x;
    unsigned char *label;
    double *p;
    const double *low, *high; /* of the rows' */
    const double **varying;   /* of x, those that the fit is on */
    const char **name;
    size_t columns;
};

/* Fits the rows outside a fold (r->folds: all of them), clamped to b->low and b->high. A measure that does
 * not vary among them has nothing to say and no part in this fit. */
static cst_status fit_outside(const struct rows *r, const drv_fit_opts *o, uint32_t fold, struct bench *b,
                              cst_logistic **fit, cst_error *e)
{
    b->low = r->low + fold * r->columns;
    b->high = r->high + fold * r->columns;
    size_t n = clamp_rows(r, fold, false, b->low, b->high, b->x, b->label);
    b->columns = 0;
    for (size_t k = 0; k < r->columns; k++) {
        if (!(b->low[k] < b->high[k])) continue;
        b->name[b->columns] = r->name[k];
        b->varying[b->columns++] = b->x[k];
    }
    cst_design d = {.x = b->varying, .name = b->name, .rows = n, .columns = b->columns};
    cst_logistic_options lo = {.penalty = o->penalty, .threads = (unsigned)o->threads};
    return cst_logistic_fit(&d, b->label, &lo, fit, e);
}

/* Predicts the rows of a fold by a fit that has not seen their accounts. */
static cst_status hold_out(const struct rows *r, const drv_fit_opts *o, uint32_t fold, struct bench *b,
                           double *p, unsigned char *label, size_t *n, cst_error *e)
{
    cst_logistic *fit = NULL;
    cst_error why;
    cst_status status = fit_outside(r, o, fold, b, &fit, &why);
    if (status != CST_OK)
        return cst_fail(e, status, "fold %u of %u: %s%s%s; use fewer folds (--folds) or a larger --penalty",
                        fold + 1, o->folds, why.field, *why.field ? ": " : "", why.message);
    *n = clamp_rows(r, fold, true, b->low, b->high, b->x, label);
    cst_design d = {.x = b->varying, .rows = *n, .columns = b->columns};
    status = *n ? cst_logistic_predict(fit, &d, p, e) : CST_OK;
    cst_logistic_free(fit);
    return status;
}

/* The fold's predictions to their rows. */
static void hand_back(const struct rows *r, uint32_t fold, const double *p, double *held)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->fold[i] == fold) held[i] = *p++;
}

static cst_status validate_folds(const struct rows *r, const drv_fit_opts *o, struct bench *b, drv_fitted *f,
                                 cst_error *e)
{
    double *p = malloc(r->n * sizeof *p + 1);
    unsigned char *label = malloc(r->n + 1);
    cst_status status = p && label ? CST_OK : cst_no_memory(e);
    size_t done = 0;
    for (uint32_t fold = 0; status == CST_OK && fold < o->folds; fold++) {
        size_t n = 0;
        status = hold_out(r, o, fold, b, p + done, label + done, &n, e);
        if (status == CST_OK) status = judge(p + done, label + done, n, &f->fold[fold], e);
        if (status == CST_OK) hand_back(r, fold, p + done, f->held);
        done += n;
    }
    if (status == CST_OK) status = judge(p, label, done, &f->held_out, e);
    free(p);
    free(label);
    return status;
}

static double score_row(const drv_fitted *f, double *const *x, size_t i, bool favorable)
{
    double sum = 0, whole = 0;
    for (size_t k = 0; k < f->used; k++) {
        double b = f->fit->estimate[k + 1].value, weight = fabs(b) * (f->high[k] - f->low[k]);
        double share = (x[k][i] - f->low[k]) / (f->high[k] - f->low[k]);
        sum += weight * ((b > 0) == favorable ? share : 1 - share);
        whole += weight;
    }
    return whole > 0 ? 100 * sum / whole : 50;
}

/* Red holds the lowest fifth of the training rows, green the better half: a start, to be moved by hand. */
static cst_status find_bands(drv_fitted *f, const struct bench *b, size_t n, bool favorable, cst_error *e)
{
    double *score = malloc(n * sizeof *score + 1);
    cst_status status = score ? CST_OK : cst_no_memory(e);
    for (size_t i = 0; status == CST_OK && i < n; i++) score[i] = score_row(f, b->x, i, favorable);
    if (status == CST_OK) status = cst_sort(score, n, e);
    if (status == CST_OK) {
        f->red = round(cst_quantile(score, n, 0.2) * 100) / 100;
        f->green = round(cst_quantile(score, n, 0.5) * 100) / 100;
        if (!(f->red > 0 && f->red < f->green && f->green < 100)) f->red = f->green = 0;
    }
    free(score);
    return status;
}

static cst_status fit_whole(const struct rows *r, const drv_fit_opts *o, struct bench *b, drv_fitted *f,
                            cst_error *e)
{
    cst_status status = fit_outside(r, o, r->folds, b, &f->fit, e);
    if (status != CST_OK) return status;
    cst_design d = {.x = b->varying, .rows = r->n, .columns = b->columns};
    for (size_t k = 0; k < f->used; k++) {
        cst_summary about;
        cst_summary_of(b->x[k], r->n, &about);
        f->mean[k] = about.mean;
    }
    status = cst_logistic_predict(f->fit, &d, b->p, e);
    if (status == CST_OK) status = judge(b->p, b->label, r->n, &f->training, e);
    return status != CST_OK ? status : find_bands(f, b, r->n, o->favorable, e);
}

static cst_status fit_rows(const struct rows *r, const drv_fit_opts *o, drv_fitted *f, cst_error *e)
{
    struct bench b = {.x = new_columns(r->columns, r->n)};
    b.label = malloc(r->n + 1);
    b.p = malloc(r->n * sizeof *b.p + 1);
    b.varying = calloc(r->columns + 1, sizeof *b.varying);
    b.name = calloc(r->columns + 1, sizeof *b.name);
    bool ok = b.x && b.label && b.p && b.varying && b.name;
    cst_status status = ok ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = fit_whole(r, o, &b, f, e);
    if (status == CST_OK) status = validate_folds(r, o, &b, f, e);
    free_columns(b.x, r->columns);
    free(b.label);
    free(b.p);
    free(b.varying);
    free(b.name);
    return status;
}

static bool allocate(const drv_sample *s, const drv_fit_opts *o, drv_fitted *f)
{
    *f = (drv_fitted){0};
    f->measure = calloc(s->measures, sizeof *f->measure);
    f->stands_for = calloc(s->measures, sizeof *f->stands_for);
    f->low = calloc(s->measures, sizeof *f->low);
    f->high = calloc(s->measures, sizeof *f->high);
    f->fold = calloc(o->folds, sizeof *f->fold);
    f->flat = calloc(s->measures, sizeof *f->flat);
    f->mean = calloc(s->measures, sizeof *f->mean);
    f->held = malloc(s->n * sizeof *f->held + 1);
    return f->measure && f->stands_for && f->low && f->high && f->fold && f->flat && f->mean && f->held;
}

static void free_rows(struct rows *r)
{
    free_columns(r->x, r->columns);
    free(r->name);
    free(r->whole);
    free(r->label);
    free(r->fold);
    free(r->row);
    free(r->low);
    free(r->high);
    *r = (struct rows){0};
}

/* Chooses measures, takes their complete rows, finds the clamps; and again without the measures that are
 * the same from clamp to clamp (such as a count that is 0 in 99.5 % of the rows), until there is none. */
static cst_status settle_measures(const drv_sample *s, const drv_fit_opts *o, const drv_correlations *c,
                                  drv_fitted *f, struct rows *r, cst_error *e)
{
    for (bool again = true; again;) {
        again = false;
        free_rows(r);
        choose_measures(s, c, o->all_measures, f);
        if (f->used == 0)
            return cst_fail(e, CST_DATA,
                            "expected a measure that varies, found %zu constant ones (between their 1st and "
                            "99th percentile); nothing can be fitted",
                            s->measures);
        cst_status status = take_rows(s, o, f, r, e);
        if (status == CST_OK) status = find_clamps(r, o->threads, e);
        if (status != CST_OK) return status;
        memcpy(f->low, r->low + o->folds * r->columns, r->columns * sizeof *f->low);
        memcpy(f->high, r->high + o->folds * r->columns, r->columns * sizeof *f->high);
        for (size_t k = 0; k < f->used; k++)
            if (!(f->low[k] < f->high[k])) again = f->flat[f->measure[k]] = true;
    }
    return CST_OK;
}

cst_status drv_fit(const drv_sample *s, const drv_fit_opts *o, drv_fitted *out, cst_error *e)
{
    drv_correlations c = {0};
    struct rows r = {0};
    cst_status status = allocate(s, o, out) ? drv_correlate(s, o->threads, &c, e) : cst_no_memory(e);
    if (status == CST_OK) status = settle_measures(s, o, &c, out, &r, e);
    if (status == CST_OK) status = fit_rows(&r, o, out, e);
    out->row = r.row; /* are the fit's from here on */
    out->in_fold = r.fold;
    r.row = r.fold = NULL;
    drv_correlations_clear(&c);
    free_rows(&r);
    return status;
}

void drv_fitted_clear(drv_fitted *f)
{
    free(f->measure);
    free(f->stands_for);
    free(f->low);
    free(f->high);
    free(f->fold);
    free(f->flat);
    free(f->mean);
    free(f->row);
    free(f->in_fold);
    free(f->held);
    cst_logistic_free(f->fit);
    *f = (drv_fitted){0};
}
