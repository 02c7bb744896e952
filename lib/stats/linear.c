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
