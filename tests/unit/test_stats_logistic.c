/* What a logistic regression refuses, by name, and that it always comes to an end with finite numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <string.h>

enum { N = 80 };
static cst_error e;
static double x[3][N];
static unsigned char label[N];
static const char *const name[] = {"tenure", "seats", "plan"};

static void fill(void)
{
    for (int i = 0; i < N; i++) {
        x[0][i] = (i * 7) % 13;
        x[1][i] = (i * 11) % 17;
        x[2][i] = i % 2;
        label[i] = (i * 29) % 7 < 3;
    }
}

static cst_status fit_with(size_t rows, size_t columns, const cst_logistic_options *o, cst_logistic **fit)
{
    const double *column[] = {x[0], x[1], x[2]};
    return cst_logistic_fit(&(cst_design){column, name, rows, columns}, label, o, fit, &e);
}

static void refuse(size_t rows, const char *words, const char *field)
{
    cst_logistic *fit;
    assert_int_equal(fit_with(rows, 3, NULL, &fit), CST_DATA);
    assert_null(fit);
    if (!strstr(e.message, words)) fail_msg("\"%s\" is not in \"%s\"", words, e.message);
    assert_string_equal(e.field, field);
}

/* With a penalty every one of these has a fit. */
static void fit_penalised(void)
{
    cst_logistic *fit;
    const cst_logistic_options o = {.penalty = 0.5};
    assert_int_equal(fit_with(N, 3, &o, &fit), CST_OK);
    for (int j = 0; j < 4; j++)
        assert_true(isfinite(fit->estimate[j].value) && isfinite(fit->estimate[j].std_error) &&
                    fit->estimate[j].std_error > 0 && fit->estimate[j].p >= 0 && fit->estimate[j].p <= 1);
    assert_true(fit->deviance > 0 && fit->deviance <= fit->null_deviance + 1e-9);
    cst_logistic_free(fit);
}

static void refusals(void **state)
{
    (void)state;
    fill();
    refuse(0, "expected rows", "");
    refuse(3, "more rows than columns, found 3 rows and 3 columns", "");
    memset(label, 0, N);
    refuse(N, "rows with and without the event, found none with it", "");
    memset(label, 1, N);
    refuse(N, "found only such with it", "");
    label[4] = 7;
    refuse(N, "row 5: expected a label of 0 or 1, found 7", "");
    fill();
    x[1][9] = INFINITY;
    refuse(N, "\"seats\" has no number in row 10", "seats");
    fill();
    for (int i = 0; i < N; i++) x[2][i] = 0.1;
    refuse(N, "\"plan\" is constant", "plan");
    cst_logistic *fit;
    fill();
    assert_int_equal(fit_with(N, 3, &(cst_logistic_options){.penalty = -1}, &fit), CST_USAGE);
    assert_int_equal(fit_with(N, 3, &(cst_logistic_options){.penalty = NAN}, &fit), CST_USAGE);
    assert_int_equal(fit_with(N, 0, NULL, &fit), CST_DATA);
    double weight[N] = {1, 2, -1};
    assert_int_equal(fit_with(N, 3, &(cst_logistic_options){.weight = weight}, &fit), CST_DATA);
}

static void linear_combinations(void **state)
{
    (void)state;
    fill();
    for (int i = 0; i < N; i++) x[2][i] = 2 * x[0][i] - x[1][i] / 3 + 1000;
    refuse(N, "\"plan\" is a linear combination of the columns before it", "plan");
    fit_penalised();
    fill();
    for (int i = 0; i < N; i++) x[1][i] = -1e-9 * x[0][i];
    refuse(N, "\"seats\" is a linear combination", "seats");
    fit_penalised();
}

static void separation(void **state)
{
    (void)state;
    fill();
    for (int i = 0; i < N; i++) x[1][i] = label[i] * 10 + i % 5; /* complete, by one column */
    refuse(N, "complete separation", "seats");
    fit_penalised();
    fill();
    for (int i = 0; i < N; i++) x[1][i] = label[i] ? 1 + i % 5 : 1 - i % 4; /* complete but for one value */
    refuse(N, "quasi-complete separation", "seats");
    fit_penalised();
    fill();
    for (int i = 0; i < N; i++) x[2][i] = label[i] && i % 4 == 0; /* a category with events only */
    refuse(N, "quasi-complete separation", "plan");
    fit_penalised();
    fill();
    for (int i = 0; i < N; i++) x[2][i] = i == 11; /* one row of its own */
    refuse(N, "quasi-complete separation", "plan");
    fit_penalised();
}

/* A column far from 0 or of another size gives the same fit in other units. */
static void units(void **state)
{
    (void)state;
    cst_logistic *a, *b;
    fill();
    assert_int_equal(fit_with(N, 3, NULL, &a), CST_OK);
    for (int i = 0; i < N; i++) x[0][i] = 1e6 + 1e-3 * x[0][i];
    for (int i = 0; i < N; i++) x[1][i] *= 1e9;
    assert_int_equal(fit_with(N, 3, NULL, &b), CST_OK);
    assert_true(fabs(b->estimate[1].value / (a->estimate[1].value * 1e3) - 1) < 1e-6);
    assert_true(fabs(b->estimate[2].z - a->estimate[2].z) < 1e-7);
    assert_true(fabs(b->deviance - a->deviance) < 1e-8);
    cst_logistic_free(a);
    cst_logistic_free(b);
}

/* A weight of 2 is the row twice; a weight of 0 is no row. */
static void weights(void **state)
{
    (void)state;
    cst_logistic *a, *b;
    double weight[N];
    fill();
    for (int i = 0; i < N; i++) weight[i] = i < 40 ? (i % 2 ? 2 : 0) : 0;
    assert_int_equal(fit_with(N, 2, &(cst_logistic_options){.weight = weight}, &a), CST_OK);
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 20; i++) x[j][i] = x[j][2 * i + 1];
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 20; i++) x[j][20 + i] = x[j][i];
    for (int i = 0; i < 20; i++) label[i] = label[2 * i + 1];
    for (int i = 0; i < 20; i++) label[20 + i] = label[i];
    assert_int_equal(fit_with(40, 2, NULL, &b), CST_OK);
    for (int j = 0; j < 3; j++) {
        assert_true(fabs(a->estimate[j].value - b->estimate[j].value) < 1e-9);
        assert_true(fabs(a->estimate[j].std_error - b->estimate[j].std_error) < 1e-9);
    }
    assert_true(fabs(a->log_loss - b->log_loss) < 1e-12);
    cst_logistic_free(a);
    cst_logistic_free(b);
    cst_logistic_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refusals), cmocka_unit_test(linear_combinations),
                                       cmocka_unit_test(separation), cmocka_unit_test(units),
                                       cmocka_unit_test(weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
