/* All pairwise correlations in one pass over the rows.
 *
 * Each column is centred and scaled over the values it has, and a missing value becomes 0. Then a pair
 * needs, over the rows where both are there: the products z_i z_j (missing ones add 0 by themselves),
 * and the sums of z_i and of z_i^2 where j is there, and the count; these are products with the
 * columns' 0/1 masks, and only taken when anything is missing at all.
 */
#include "stats/column.h"
#include "stats/fold.h"
#include "stats/linear.h"
#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>

enum { CHUNK = 64 };

typedef struct {
    const cst_design *d;
    const cst_summary *summary;
    size_t width;
    bool missing;
} job;

/* sums: z'z, then with missing values z'm, (z^2)'m and m'm. */
static void add_rows(const void *context, size_t begin, size_t end, double *room, double *sums)
{
    const job *k = context;
    size_t w = k->width, square = w * w;
    double *z = room, *q = z + CHUNK * w, *m = q + CHUNK * w;
    for (; begin < end; begin += CHUNK) {
        size_t rows = end - begin < CHUNK ? end - begin : CHUNK;
        for (size_t j = 0; j < k->d->columns; j++) {
            double mean = k->summary[j].mean, inverse = k->summary[j].sd > 0 ? 1 / k->summary[j].sd : 0;
            for (size_t r = 0; r < rows; r++) {
                double v = k->d->x[j][begin + r];
                bool there = !isnan(v);
                double s = there ? (v - mean) * inverse : 0;
                z[r * w + j] = s;
                q[r * w + j] = s * s;
                m[r * w + j] = there;
            }
        }
        cst_gram_add(z, z, rows, w, true, sums);
        if (!k->missing) continue;
        cst_gram_add(z, m, rows, w, false, sums + square);
        cst_gram_add(q, m, rows, w, false, sums + 2 * square);
        cst_gram_add(m, m, rows, w, true, sums + 3 * square);
    }
}

/* j <= i. A side that is constant over the pair's rows leaves only rounding. */
static double correlate_pair(const job *k, const double *sums, size_t i, size_t j)
{
    size_t w = k->width, square = w * w, ij = i * w + j, ji = j * w + i;
    double xy = sums[ij], xx = sums[i * w + i], yy = sums[j * w + j];
    if (!(k->summary[i].sd > 0) || !(k->summary[j].sd > 0)) return NAN;
    if (k->missing) {
        const double *sum = sums + square, *squares = sums + 2 * square;
        double n = sums[3 * square + ij];
        if (n < 2) return NAN;
        xy -= sum[ij] * sum[ji] / n;
        xx = squares[ij] - sum[ij] * sum[ij] / n;
        yy = squares[ji] - sum[ji] * sum[ji] / n;
        if (!(xx > 1e-12 * squares[ij]) || !(yy > 1e-12 * squares[ji])) return NAN;
    }
    return i == j ? 1 : fmin(fmax(xy / sqrt(xx * yy), -1), 1);
}

static cst_status check_columns(job *k, cst_summary *summary, cst_error *e)
{
    const cst_design *d = k->d;
    for (size_t j = 0; j < d->columns; j++) {
        for (size_t i = 0; i < d->rows; i++)
            if (isinf(d->x[j][i])) return cst_fail_column(e, d, j, "has an infinite value in row %zu", i + 1);
        cst_summary_of(d->x[j], d->rows, &summary[j]);
        k->missing |= summary[j].n < d->rows;
    }
    return CST_OK;
}

cst_status cst_correlation_matrix(const cst_design *d, unsigned threads, double *r, cst_error *e)
{
    job k = {.d = d, .width = cst_gram_width(d->columns)};
    size_t p = d->columns, doubles = k.width * k.width * 4;
    cst_summary *summary = cst_zeroed(p, sizeof *summary);
    double *sums = cst_zeroed(doubles, sizeof *sums);
    cst_status status = summary && sums ? check_columns(&k, summary, e) : cst_no_memory(e);
    k.summary = summary;
    if (status == CST_OK) {
        cst_fold f = {.rows = add_rows,
                      .context = &k,
                      .n = d->rows,
                      .sums = k.missing ? doubles : doubles / 4,
                      .room = 3 * CHUNK * k.width};
        status = cst_fold_run(&f, threads, sums, e);
    }
    for (size_t i = 0; status == CST_OK && i < p; i++)
        for (size_t j = 0; j <= i; j++) r[i * p + j] = r[j * p + i] = correlate_pair(&k, sums, i, j);
    free(summary);
    free(sums);
    return status;
}

/* Single linkage at a threshold is the connected components of the graph of pairs above it. */

/* Gives label to all that are joined to i, through any chain. Depth is bounded by n: each call labels one. */
static void spread(const double *r, size_t n, double threshold, size_t i, uint32_t number, uint32_t *label)
{
    label[i] = number;
    for (size_t j = 0; j < n; j++)
        if (label[j] == 0 && fabs(r[i * n + j]) >= threshold) spread(r, n, threshold, j, number, label);
}

void cst_cluster(const double *r, size_t n, double threshold, uint32_t *label)
{
    uint32_t number = 0;
    for (size_t i = 0; i < n; i++) label[i] = 0;
    for (size_t i = 0; i < n; i++)
        if (label[i] == 0) spread(r, n, threshold, i, ++number, label);
}
