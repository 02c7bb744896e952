/* segments.c: with a slope and an intercept for each segment the regression falls apart into one for each
 * segment, so its deviance is the sum of theirs. Beside it, one with an intercept for each and one slope. */
#include "drivers/segments.h"

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>

#include "stats/distribution.h"

/* Room for all rows. */
struct segment_bench {
    double *x;
    unsigned char *label;
    uint32_t *group, *used; /* of a row; the segments that take part, as they were numbered */
    double **dummy;         /* a column for each segment but the first */
    const double **column;
};

/* The rows of a segment that have the measure, behind the n there are. */
static size_t take_group(const drv_sample *s, size_t k, uint32_t group, struct segment_bench *b, size_t n)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->group[i] != group || isnan(s->x[k][i])) continue;
        b->x[n] = s->x[k][i];
        b->label[n] = s->label[i];
        b->group[n++] = group;
    }
    return n;
}

static cst_status fit_columns(const double *const *x, size_t columns, const unsigned char *label, size_t rows,
                              int threads, double *deviance, cst_error *e)
{
    cst_design d = {.x = x, .rows = rows, .columns = columns};
    const cst_logistic_options o = {.threads = (unsigned)threads};
    cst_logistic *fit = NULL;
    cst_status status = cst_logistic_fit(&d, label, &o, &fit, e);
    if (status == CST_OK) *deviance = fit->deviance;
    cst_logistic_free(fit);
    return status;
}

/* One slope for the rows of all segments taken, and an intercept for each. */
static cst_status fit_common(struct segment_bench *b, uint32_t segments, size_t n, int threads,
                             double *deviance, cst_error *e)
{
    b->column[0] = b->x;
    for (uint32_t j = 1; j < segments; j++) {
        for (size_t i = 0; i < n; i++) b->dummy[j - 1][i] = b->group[i] == b->used[j];
        b->column[j] = b->dummy[j - 1];
    }
    return fit_columns(b->column, segments, b->label, n, threads, deviance, e);
}

static cst_status test_measure(const drv_sample *s, size_t k, int threads, struct segment_bench *b,
                               drv_segment_test *out, cst_error *e)
{
    uint32_t groups = cst_intern_count(s->groups), segments = 0;
    size_t n = 0;
    double apart = 0, own = 0, common = 0;
    for (uint32_t g = 0; g < groups; g++) {
        size_t to = take_group(s, k, g, b, n);
        const double *x[] = {b->x + n};
        cst_status status = to > n ? fit_columns(x, 1, b->label + n, to - n, threads, &own, e) : CST_DATA;
        if (status < 0 && status != CST_DATA) return status;
        if (status == CST_DATA) continue; /* nothing to learn from */
        apart += own;
        n = to;
        b->used[segments++] = g;
    }
    if (segments < 2) return CST_OK;
    cst_status status = fit_common(b, segments, n, threads, &common, e);
    if (status == CST_DATA) return CST_OK;
    if (status != CST_OK) return status;
    out->df = segments - 1;
    out->chi_square = fmax(common - apart, 0);
    out->p = cst_chi_square_upper(out->chi_square, out->df);
    return CST_OK;
}

static bool set_up(const drv_sample *s, uint32_t groups, struct segment_bench *b)
{
    b->x = malloc(s->n * sizeof *b->x + 1);
    b->label = malloc(s->n + 1);
    b->group = malloc(s->n * sizeof *b->group + 1);
    b->used = calloc((size_t)groups + 1, sizeof *b->used);
    b->dummy = calloc((size_t)groups + 1, sizeof *b->dummy);
    b->column = calloc((size_t)groups + 1, sizeof *b->column);
    bool ok = b->x && b->label && b->group && b->used && b->dummy && b->column;
    for (uint32_t j = 0; ok && j < groups; j++)
        ok = (b->dummy[j] = malloc(s->n * sizeof(double) + 1)) != NULL;
    return ok;
}

static void tear_down(uint32_t groups, struct segment_bench *b)
{
    for (uint32_t j = 0; b->dummy && j < groups; j++) free(b->dummy[j]);
    free(b->dummy);
    free(b->column);
    free(b->used);
    free(b->group);
    free(b->label);
    free(b->x);
}

cst_status drv_segments_test(const drv_sample *s, int threads, drv_segment_test *out, cst_error *e)
{
    uint32_t groups = cst_intern_count(s->groups);
    struct segment_bench b = {0};
    double *q = calloc(s->measures + 1, sizeof *q);
    for (size_t k = 0; k < s->measures; k++) out[k] = (drv_segment_test){0, NAN, NAN, NAN};
    if (groups > DRV_MOST_SEGMENTS) return free(q), CST_OK;
    cst_status status = q && set_up(s, groups, &b) ? CST_OK : cst_no_memory(e);
    for (size_t k = 0; status == CST_OK && k < s->measures; k++) {
        status = test_measure(s, k, threads, &b, &out[k], e);
        q[k] = out[k].p;
    }
    if (status == CST_OK) status = cst_benjamini_hochberg(q, s->measures, q, e);
    for (size_t k = 0; status == CST_OK && k < s->measures; k++) out[k].q = q[k];
    tear_down(groups, &b);
    free(q);
    return status;
}
