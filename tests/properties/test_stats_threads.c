/* What must not change a figure: the number of threads, the order of the rows, the split of the rows.
 * Bits are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 40000, P = 7 };
static cst_error e;
static double x[P][N], shuffled[P][N], time_to[N], shuffled_time[N];
static unsigned char label[N], shuffled_label[N];
static int64_t whole[N];

static uint64_t dice = 88172645463325252u;
static uint64_t next_dice(void)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return dice;
}

static double next_uniform(void)
{
    return (double)(next_dice() >> 11) * 0x1p-53;
}

static int fill(void **state)
{
    (void)state;
    static uint32_t order[N];
    for (uint32_t i = 0; i < N; i++) {
        for (int j = 0; j < P; j++) x[j][i] = j % 2 ? floor(next_uniform() * 9) : next_uniform() * 100 - 50;
        double eta = 0.02 * x[0][i] + 0.1 * x[1][i] - 1;
        label[i] = next_uniform() < 1 / (1 + exp(-eta));
        time_to[i] = floor(-20 * log(next_uniform()) * exp(-0.3 * eta));
        whole[i] = (int64_t)(next_dice() >> 3) - INT64_C(1000000000000000000);
        order[i] = i;
    }
    for (uint32_t i = N; i-- > 1;) {
        uint32_t k = (uint32_t)(next_dice() % (i + 1)), swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
    for (uint32_t i = 0; i < N; i++) {
        for (int j = 0; j < P; j++) shuffled[j][i] = x[j][order[i]];
        shuffled_label[i] = label[order[i]];
        shuffled_time[i] = time_to[order[i]];
    }
    return 0;
}

static void columns_of(double from[P][N], const double *to[P])
{
    for (int j = 0; j < P; j++) to[j] = from[j];
}

static void fits_and_threads(void **state)
{
    (void)state;
    const double *column[P];
    columns_of(x, column);
    const cst_design d = {column, NULL, N, P};
    cst_logistic *one, *many;
    cst_logistic_options o = {.threads = 1};
    assert_int_equal(cst_logistic_fit(&d, label, &o, &one, &e), CST_OK);
    for (o.threads = 0; o.threads <= 7; o.threads++) {
        assert_int_equal(cst_logistic_fit(&d, label, &o, &many, &e), CST_OK);
        assert_memory_equal(one->estimate, many->estimate, (P + 1) * sizeof *one->estimate);
        assert_memory_equal(&one->deviance, &many->deviance, sizeof one->deviance);
        cst_logistic_free(many);
    }
    cst_logistic_free(one);
}

static void matrix_and_threads(void **state)
{
    (void)state;
    const double *column[P];
    columns_of(x, column);
    double r1[P * P], r[P * P];
    for (int missing = 0; missing < 2; missing++) {
        if (missing)
            for (int i = 0; i < N; i += 5) x[2][i] = NAN;
        const cst_design d = {column, NULL, N, P};
        assert_int_equal(cst_correlation_matrix(&d, 1, r1, &e), CST_OK);
        for (unsigned threads = 2; threads <= 5; threads++) {
            assert_int_equal(cst_correlation_matrix(&d, threads, r, &e), CST_OK);
            assert_memory_equal(r1, r, sizeof r);
        }
    }
    memcpy(x[2], x[0], sizeof x[2]);
}

static void associations_and_order(void **state)
{
    (void)state;
    for (int j = 0; j < 2; j++) {
        cst_association a, b;
        memset(&a, 0, sizeof a);
        memset(&b, 0, sizeof b);
        cst_correlation s, t;
        assert_int_equal(cst_associate(x[j], label, N, .95, &a, &e), CST_OK);
        assert_int_equal(cst_associate(shuffled[j], shuffled_label, N, .95, &b, &e), CST_OK);
        assert_true(a.pearson.r == b.pearson.r && a.spearman.r == b.spearman.r && a.mean_with == b.mean_with);
        assert_true(a.auc.auc == b.auc.auc && a.auc.std_error == b.auc.std_error && a.auc.p == b.auc.p);
        assert_int_equal(cst_pearson(x[j], x[3], N, &s, &e), CST_OK);
        assert_int_equal(cst_pearson(shuffled[j], shuffled[3], N, &t, &e), CST_OK);
        assert_true(s.r == t.r && s.p == t.p);
        cst_effect f, g;
        double d1, d2;
        cst_bin b1[10], b2[10];
        assert_int_equal(cst_compare(x[j], label, N, &f, &e), CST_OK);
        assert_int_equal(cst_compare(shuffled[j], shuffled_label, N, &g, &e), CST_OK);
        assert_true(f.t == g.t && f.d == g.d);
        assert_int_equal(cst_kolmogorov_smirnov(x[j], label, N, &d1, &e), CST_OK);
        assert_int_equal(cst_kolmogorov_smirnov(shuffled[j], shuffled_label, N, &d2, &e), CST_OK);
        assert_true(d1 == d2);
        assert_int_equal(cst_lift(x[j], label, N, 10, b1, &e), CST_OK);
        assert_int_equal(cst_lift(shuffled[j], shuffled_label, N, 10, b2, &e), CST_OK);
        for (int i = 0; i < 10; i++)
            assert_true(b1[i].events == b2[i].events && b1[i].mean_score == b2[i].mean_score);
    }
}

static void survival_and_order(void **state)
{
    (void)state;
    cst_survival_count *a, *b;
    size_t n, m;
    assert_int_equal(cst_survival_tally(time_to, label, N, &a, &n, &e), CST_OK);
    assert_int_equal(cst_survival_tally(shuffled_time, shuffled_label, N, &b, &m, &e), CST_OK);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++)
        assert_true(a[i].time == b[i].time && a[i].events == b[i].events && a[i].censored == b[i].censored);
    free(a);
    free(b);
    const double *column[P], *other[P];
    columns_of(x, column);
    columns_of(shuffled, other);
    cst_cox *c, *d;
    assert_int_equal(cst_cox_fit(NULL, time_to, label, &(cst_design){column, NULL, N, 2}, &c, &e), CST_OK);
    assert_int_equal(
        cst_cox_fit(NULL, shuffled_time, shuffled_label, &(cst_design){other, NULL, N, 2}, &d, &e), CST_OK);
    for (int j = 0; j < 2; j++) /* sums within a tied time follow the rows: equal to rounding */
        assert_true(fabs(c->estimate[j].value - d->estimate[j].value) < 1e-12);
    assert_true(fabs(c->concordance - d->concordance) < 1e-12);
    cst_cox_free(c);
    cst_cox_free(d);
}

static void sums_and_splits(void **state)
{
    (void)state;
    cst_sum sum = {0};
    for (int i = 0; i < N; i++) cst_sum_add(&sum, x[0][i] * ldexp(1, i % 60));
    for (int parts = 2; parts < 9; parts++) {
        cst_sum some[9] = {{{0}, 0}}, total = {0};
        for (int i = N; i-- > 0;) cst_sum_add(&some[i * 17 % parts], x[0][i] * ldexp(1, i % 60));
        for (int k = 0; k < parts; k++) cst_sum_merge(&total, &some[k]);
        assert_true(cst_sum_value(&total) == cst_sum_value(&sum));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_and_threads), cmocka_unit_test(matrix_and_threads),
        cmocka_unit_test(associations_and_order), cmocka_unit_test(survival_and_order),
        cmocka_unit_test(sums_and_splits)};
    return cmocka_run_group_tests(tests, fill, NULL);
}
