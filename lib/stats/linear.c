/* Cholesky. The factorisation is ours because it must name the row that makes a matrix singular, and
 * because GSL's ends the process on a matrix that is not positive definite unless its handler was
 * switched; solving and inverting, which cannot fail on a factor with a positive diagonal, are GSL's.
 */
#include "stats/linear.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

size_t cst_cholesky(double *a, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * n, diagonal = row[i], pivot = diagonal;
        for (size_t j = 0; j < i; j++) {
            const double *other = a + j * n;
            double v = row[j];
            for (size_t k = 0; k < j; k++) v -= row[k] * other[k];
            row[j] = v / other[j];
            pivot -= row[j] * row[j];
        }
        if (!(pivot > tolerance * diagonal) || !(pivot > 0) || !isfinite(pivot)) return i;
        row[i] = sqrt(pivot);
    }
    return n;
}

bool cst_cholesky_solve(const double *l, size_t n, double *b)
{
    gsl_matrix_const_view m = gsl_matrix_const_view_array(l, n, n);
    gsl_vector_view v = gsl_vector_view_array(b, n);
    return gsl_linalg_cholesky_svx(&m.matrix, &v.vector) == GSL_SUCCESS;
}

bool cst_cholesky_invert(double *l, size_t n)
{
    gsl_matrix_view m = gsl_matrix_view_array(l, n, n);
    return gsl_linalg_cholesky_invert(&m.matrix) == GSL_SUCCESS;
}

bool cst_cholesky_variances(const double *l, size_t n, double *room, double *diagonal)
{
    memcpy(room, l, n * n * sizeof *room);
    if (!cst_cholesky_invert(room, n)) return false;
    for (size_t i = 0; i < n; i++) diagonal[i] = room[i * n + i];
    return true;
}

size_t cst_runaway(const double *before, const double *now, size_t n)
{
    size_t worst = n;
    double most = 1e6;
    for (size_t i = 0; i < n; i++)
        if (!(now[i] / before[i] <= most)) {
            most = now[i] / before[i];
            worst = i;
        }
    return worst;
}

/* The inner loop of the regression and of the correlation matrix: a tile of 4 x 4 sums stays in
 * registers while the rows of a small block pass by, two doubles at a time (16 multiply-adds for 6
 * loads). */

typedef double pair __attribute__((vector_size(16)));

static pair load(const double *p)
{
    pair v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void add_pair(double *p, pair v)
{
    p[0] += v[0];
    p[1] += v[1];
}

static void add_tile(const double *a, const double *b, size_t rows, size_t width, double *out)
{
    pair s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
    for (size_t r = 0; r < rows; r++, a += width, b += width) {
        pair b0 = load(b), b1 = load(b + 2);
        pair a0 = {a[0], a[0]}, a1 = {a[1], a[1]}, a2 = {a[2], a[2]}, a3 = {a[3], a[3]};
        s00 += a0 * b0;
        s01 += a0 * b1;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s30 += a3 * b0;
        s31 += a3 * b1;
    }
    add_pair(out, s00);
    add_pair(out + 2, s01);
    add_pair(out + width, s10);
    add_pair(out + width + 2, s11);
    add_pair(out + 2 * width, s20);
    add_pair(out + 2 * width + 2, s21);
    add_pair(out + 3 * width, s30);
    add_pair(out + 3 * width + 2, s31);
}

void cst_gram_add(const double *a, const double *b, size_t rows, size_t width, bool lower, double *out)
{
    for (size_t i = 0; i < width; i += 4)
        for (size_t j = 0; j < (lower ? i + 4 : width); j += 4)
            add_tile(a + i, b + j, rows, width, out + i * width + j);
}
