/* Sorting, ranks, and what correlation, AUC, q-values and clusters do at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static cst_error e;

static void sorting(void **state)
{
    (void)state;
    double x[] = {3, -1, DBL_MAX, 0.0, -DBL_MIN, -0.0, 5e-324, -DBL_MAX, 3, 1e-9};
    uint32_t order[10];
    assert_int_equal(cst_sort_order(x, 10, order, &e), CST_OK);
    const uint32_t want[] = {7, 1, 4, 3, 5,
                             6, 9, 0, 8, 2}; /* equal ones, 0 and -0 among them, keep their order */
    assert_memory_equal(order, want, sizeof want);
    assert_int_equal(cst_sort(x, 10, &e), CST_OK);
    for (int i = 1; i < 10; i++) assert_true(x[i - 1] <= x[i]);
    assert_int_equal(cst_sort(x, 0, &e), CST_OK);
    srand48(4);
    enum { MANY = 5000 };
    static double y[MANY];
    for (int i = 0; i < MANY; i++) y[i] = ldexp(drand48() - .5, (int)(lrand48() % 600) - 300);
    assert_int_equal(cst_sort(y, MANY, &e), CST_OK);
    for (int i = 1; i < MANY; i++) assert_true(y[i - 1] <= y[i]);
}

static void midranks(void **state)
{
    (void)state;
    uint64_t r[6];
    assert_int_equal(cst_midranks((const double[]){2, 1, 2, 5, 2, 1}, 6, r, &e), CST_OK);
    const uint64_t want[] = {8, 3, 8, 12, 8, 3};
    assert_memory_equal(r, want, sizeof want);
}

static void correlation_edges(void **state)
{
    (void)state;
    cst_correlation c;
    const double up[] = {1, 2, 3, 4}, same[] = {7, 7, 7, 7}, gap[] = {1, NAN, 3, 4};
    assert_int_equal(cst_pearson(up, same, 4, &c, &e), CST_OK);
    assert_true(isnan(c.r) && isnan(c.p) && c.n == 4);
    assert_int_equal(cst_spearman(up, same, 4, &c, &e), CST_OK);
    assert_true(isnan(c.r));
    assert_int_equal(cst_pearson(up, gap, 4, &c, &e), CST_OK);
    assert_true(c.n == 3 && c.r == 1 && c.p == 0 && isnan(c.t));
    assert_int_equal(cst_pearson(up, up, 2, &c, &e), CST_OK);
    assert_true(c.r == 1 && isnan(c.p)); /* two points always lie on a line */
    assert_int_equal(cst_pearson(up, up, 0, &c, &e), CST_OK);
    assert_true(isnan(c.r));
    /* sizes whose squares no double holds */
    const double huge[] = {1e300, -1e300, 5e299, 0}, tiny[] = {1e-300, -1e-300, 5e-301, 0};
    assert_int_equal(cst_pearson(huge, tiny, 4, &c, &e), CST_OK);
    assert_true(fabs(c.r - 1) < 1e-15);
    const double bad[] = {1, 2, INFINITY, 4};
    assert_int_equal(cst_pearson(up, bad, 4, &c, &e), CST_DATA);
    assert_non_null(strstr(e.message, "row 3"));
}

static void auc_edges(void **state)
{
    (void)state;
    cst_auc a;
    const unsigned char l[] = {1, 1, 0, 0}, none[] = {0, 0, 0, 0}, one[] = {0, 1, 0, 0}, bad[] = {0, 1, 9, 0};
    assert_int_equal(cst_auc_of((const double[]){4, 3, 2, 1}, l, 4, .95, &a, &e), CST_OK);
    assert_true(a.auc == 1 && a.sign == 1 && a.std_error == 0 && a.lower == 1 && a.upper == 1);
    assert_int_equal(cst_auc_of((const double[]){1, 2, 3, 4}, l, 4, .95, &a, &e), CST_OK);
    assert_true(a.auc == 0 && a.folded == 1 && a.sign == -1);
    assert_int_equal(cst_auc_of((const double[]){5, 5, 5, 5}, l, 4, .95, &a, &e), CST_OK);
    assert_true(a.auc == .5 && a.sign == 0 && a.folded == .5 && isnan(a.p) && a.std_error == 0);
    assert_int_equal(cst_auc_of((const double[]){1, 2, 3, 4}, none, 4, .95, &a, &e), CST_OK);
    assert_true(isnan(a.auc) && isnan(a.std_error) && a.events == 0);
    assert_int_equal(cst_auc_of((const double[]){1, 2, 3, NAN}, one, 4, .95, &a, &e), CST_OK);
    assert_true(a.n == 3 && a.events == 1 && a.auc == .5 && isnan(a.std_error));
    assert_int_equal(cst_auc_of((const double[]){1, 2, 3, 4}, bad, 4, .95, &a, &e), CST_DATA);
    assert_int_equal(cst_auc_of((const double[]){1, 2, 3, 4}, l, 4, 95, &a, &e), CST_USAGE);
    assert_int_equal(cst_auc_of(NULL, NULL, 0, .95, &a, &e), CST_OK);
    assert_true(isnan(a.auc));
}

static void clusters(void **state)
{
    (void)state;
    /* 0-2 and 2-4 are joined: 0, 2, 4 are one cluster though 0-4 is weak; 1 and 3 by r < 0; nan none */
    double r[36] = {0};
    for (int i = 0; i < 6; i++) r[i * 6 + i] = 1;
    r[0 * 6 + 2] = r[2 * 6 + 0] = .5;
    r[2 * 6 + 4] = r[4 * 6 + 2] = -.7;
    r[1 * 6 + 3] = r[3 * 6 + 1] = -.9;
    r[5 * 6 + 0] = r[0 * 6 + 5] = NAN;
    uint32_t label[6];
    cst_cluster(r, 6, .5, label);
    const uint32_t want[] = {1, 2, 1, 2, 1, 3}, strict[] = {1, 2, 3, 2, 3, 4};
    assert_memory_equal(label, want, sizeof want);
    cst_cluster(r, 6, .6, label);
    assert_memory_equal(label, strict, sizeof strict);
}

static void q_value_refusals(void **state)
{
    (void)state;
    double q[2];
    assert_int_equal(cst_benjamini_hochberg((const double[]){.1, 1.5}, 2, q, &e), CST_DATA);
    assert_non_null(strstr(e.message, "p-value 2"));
    assert_int_equal(cst_benjamini_hochberg((const double[]){NAN, NAN}, 2, q, &e), CST_OK);
    assert_true(isnan(q[0]) && isnan(q[1]));
}

static void quantile_edges(void **state)
{
    (void)state;
    const double x[] = {1, 2, 10};
    assert_true(isnan(cst_quantile(x, 0, .5)) && cst_quantile(x, 1, .5) == 1);
    assert_true(cst_quantile(x, 3, 0) == 1 && cst_quantile(x, 3, 1) == 10 && cst_quantile(x, 3, .75) == 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorting),       cmocka_unit_test(midranks), cmocka_unit_test(correlation_edges),
        cmocka_unit_test(auc_edges),     cmocka_unit_test(clusters), cmocka_unit_test(q_value_refusals),
        cmocka_unit_test(quantile_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
