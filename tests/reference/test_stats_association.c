/* Correlations, ranks, AUC, quantiles, q-values, group comparisons, tails and a weighted logistic fit
 * against R: stats_association.csv, made by stats_association.R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/distribution.h"
#include "stats_csv.h"
#include <cstools/stats.h>

enum { N = 150 };
static csv expected;
static cst_error e;
static double x[N], y[N], z4[N], z5[N];
static unsigned char label[N];

static double figure(const char *format, ...) CST_PRINTF(1, 2);
static double figure(const char *format, ...)
{
    char key[128];
    va_list a;
    va_start(a, format);
    vsnprintf(key, sizeof key, format, a);
    va_end(a);
    return csv_value(&expected, key);
}

/* p-values: relative, however small */
static void assert_p(double found, double want)
{
    assert_near(found / want, 1, 1e-10);
}

static void fill(void)
{
    for (int i = 1; i <= N; i++) {
        x[i - 1] = (i * 37) % 29 - 0.5 * ((i * i) % 7);
        y[i - 1] = 1e9 + (i * 53) % 31 / 8.0 + 0.1 * x[i - 1];
        label[i - 1] = (i * 17) % 11 + 0.2 * x[i - 1] > 7;
        z4[i - 1] = (i * 7) % 13;
        z5[i - 1] = -x[i - 1] + (i * 3) % 5 / 9.0;
    }
}

static void two_measures(void **state)
{
    (void)state;
    cst_correlation c;
    assert_int_equal(cst_pearson(x, y, N, &c, &e), CST_OK);
    assert_int_equal(c.n, N);
    assert_near(c.r, figure("pearson r"), 1e-9); /* R itself loses digits of y */
    assert_near(c.t, figure("pearson t"), 1e-8);
    assert_int_equal(cst_spearman(x, y, N, &c, &e), CST_OK);
    assert_near(c.r, figure("spearman r"), 1e-14);
    assert_p(c.p, figure("spearman p"));
}

static void a_measure_and_a_label(void **state)
{
    (void)state;
    cst_association a;
    assert_int_equal(cst_associate(x, label, N, .95, &a, &e), CST_OK);
    assert_near(a.pearson.r, figure("biserial r"), 1e-14);
    assert_p(a.pearson.p, figure("biserial p"));
    assert_near(a.spearman.r, figure("biserial rho"), 1e-14);
    assert_near(a.mean_with, figure("with"), 1e-14);
    assert_near(a.mean_without, figure("without"), 1e-14);
    assert_near(a.auc.auc, figure("auc"), 1e-14);
    assert_p(a.auc.p, figure("auc p"));
    assert_near(a.auc.std_error, figure("delong se"), 1e-14);
    assert_near(a.auc.lower, a.auc.folded - 1.959963984540054 * a.auc.std_error, 1e-14);
    assert_near(a.auc.upper, a.auc.folded + 1.959963984540054 * a.auc.std_error, 1e-14);
    double d;
    assert_int_equal(cst_kolmogorov_smirnov(x, label, N, &d, &e), CST_OK);
    assert_near(d, figure("ks"), 1e-14);
    cst_effect f;
    assert_int_equal(cst_compare(x, label, N, &f, &e), CST_OK);
    assert_near(f.t, figure("welch t"), 1e-13);
    assert_near(f.df, figure("welch df"), 1e-13);
    assert_p(f.p, figure("welch p"));
    assert_near(f.d, figure("cohen d"), 1e-13);
}

static void quantiles_and_q_values(void **state)
{
    (void)state;
    const double at[] = {0, 0.01, 0.1, 0.25, 0.5, 0.77, 0.99, 1};
    double sorted[N];
    memcpy(sorted, x, sizeof x);
    assert_int_equal(cst_sort(sorted, N, &e), CST_OK);
    for (size_t i = 0; i < 8; i++)
        assert_near(cst_quantile(sorted, N, at[i]), figure("quantile %g", at[i]), 1e-14);
    double p[] = {0.01, 0.02,  0.03, 0.04, 0.05, 0.5,
                  NAN,  0.001, 0.9,  0.03, 1}; /* the missing one does not count */
    assert_int_equal(cst_benjamini_hochberg(p, 11, p, &e), CST_OK);
    assert_true(isnan(p[6]));
    for (int i = 0; i < 10; i++) assert_near(p[i + (i > 5)], figure("bh %d", i + 1), 1e-15);
}

static void matrix_with_missing_values(void **state)
{
    (void)state;
    double l[N], yy[N], zz[N], r[25];
    for (int i = 1; i <= N; i++) {
        l[i - 1] = label[i - 1];
        yy[i - 1] = i % 6 == 0 ? NAN : y[i - 1];
        zz[i - 1] = i % 7 == 3 ? NAN : z4[i - 1];
    }
    const double *column[] = {x, yy, l, zz, z5};
    assert_int_equal(cst_correlation_matrix(&(cst_design){column, NULL, N, 5}, 1, r, &e), CST_OK);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            assert_near(r[i * 5 + j], figure("cor %d %d", i + 1, j + 1), 1e-9); /* as above for y */
            if (i != 1 && j != 1) assert_near(r[i * 5 + j], figure("cor %d %d", i + 1, j + 1), 1e-14);
            cst_correlation c;
            assert_int_equal(cst_pearson(column[i], column[j], N, &c, &e), CST_OK);
            assert_near(r[i * 5 + j], c.r, 1e-13);
        }
    const double *same[] = {x, x, z5};
    static const double constant[N];
    same[1] = constant;
    assert_int_equal(cst_correlation_matrix(&(cst_design){same, NULL, N, 3}, 1, r, &e), CST_OK);
    assert_true(r[0] == 1 && isnan(r[1]) && isnan(r[4]) && r[2] < -.99);
}

static void tails(void **state)
{
    (void)state;
    const double t[] = {0.3, 2, 10, 31.5}, df[] = {1, 2.5, 40, 7041, 1e6}, q[] = {0.1, 3, 40, 1200},
                 k[] = {1, 2, 3, 17};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++) {
            double want = figure(j == 4 ? "t %g 1e+06" : "t %g %g", t[i], df[j]),
                   found = cst_student_two_sided(t[i], df[j]);
            assert_near(found / want, 1, 1e-9);
            assert_near(cst_student_two_sided(-t[i], df[j]), found, 0);
        }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            assert_p(cst_chi_square_upper(q[i], k[j]), figure("chi %g %g", q[i], k[j]));
    /* past what a double holds: 0, and GSL's handler, which would end the test, is not called */
    assert_true(cst_chi_square_upper(1e5, 4) == 0 && cst_student_two_sided(500, 7041) == 0);
    assert_true(cst_student_two_sided(500, 1e7) == 0 && cst_normal_two_sided(-50) == 0);
    assert_true(cst_chi_square_upper(0, 4) == 1 && cst_student_two_sided(0, 5) == 1);
}

static void weighted_logistic(void **state)
{
    (void)state;
    double weight[N];
    for (int i = 1; i <= N; i++) weight[i - 1] = 1 + i % 3;
    const double *column[] = {x, z5};
    cst_logistic *fit;
    const cst_logistic_options o = {.weight = weight};
    assert_int_equal(cst_logistic_fit(&(cst_design){column, NULL, N, 2}, label, &o, &fit, &e), CST_OK);
    for (int k = 0; k < 3; k++) {
        assert_near(fit->estimate[k].value, figure("glm coef %d", k + 1), 1e-9);
        assert_near(fit->estimate[k].std_error, figure("glm se %d", k + 1), 1e-9);
    }
    assert_near(fit->deviance, figure("glm deviance"), 1e-12);
    assert_near(fit->null_deviance, figure("glm null"), 1e-12);
    cst_logistic_free(fit);
}

static void ridge_logistic(void **state)
{
    (void)state;
    const double *column[] = {x, z5};
    cst_logistic *fit;
    const cst_logistic_options o = {.penalty = 3};
    assert_int_equal(cst_logistic_fit(&(cst_design){column, NULL, N, 2}, label, &o, &fit, &e), CST_OK);
    for (int k = 1; k < 3; k++) {
        assert_near(fit->estimate[k].value * fit->scale[k - 1], figure("ridge coef %d", k + 1), 1e-11);
        assert_near(fit->estimate[k].std_error * fit->scale[k - 1], figure("ridge se %d", k + 1), 1e-11);
    }
    cst_logistic_free(fit);
}

int main(void)
{
    if (!csv_open(&expected, "tests/reference/stats_association.csv")) return 1;
    fill();
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_measures),
                                       cmocka_unit_test(a_measure_and_a_label),
                                       cmocka_unit_test(quantiles_and_q_values),
                                       cmocka_unit_test(matrix_with_missing_values),
                                       cmocka_unit_test(tails),
                                       cmocka_unit_test(weighted_logistic),
                                       cmocka_unit_test(ridge_logistic)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    csv_free(&expected);
    return failed;
}
