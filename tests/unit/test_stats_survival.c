/* What survival analysis refuses, and what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static cst_error e;

static void expect_words(const char *words)
{
    if (!strstr(e.message, words)) fail_msg("\"%s\" is not in \"%s\"", words, e.message);
}

static void bad_durations(void **state)
{
    (void)state;
    cst_survival_count *c;
    size_t n;
    const unsigned char event[] = {1, 0, 1}, odd[] = {1, 0, 2};
    assert_int_equal(cst_survival_tally((const double[]){1, 2, -3}, event, 3, &c, &n, &e), CST_DATA);
    expect_words("row 3: expected a duration of 0 or more, found -3");
    assert_int_equal(cst_survival_tally((const double[]){1, NAN, 3}, event, 3, &c, &n, &e), CST_DATA);
    expect_words("row 2");
    assert_int_equal(cst_survival_tally((const double[]){1, 2, INFINITY}, event, 3, &c, &n, &e), CST_DATA);
    assert_int_equal(cst_survival_tally((const double[]){1, 2, 3}, odd, 3, &c, &n, &e), CST_DATA);
    expect_words("row 3: expected an event of 0 or 1, found 2");
    assert_int_equal(cst_survival_tally(NULL, NULL, 0, &c, &n, &e), CST_DATA);
    assert_null(c);
}

static void bad_counts(void **state)
{
    (void)state;
    cst_km *km;
    const cst_survival_count twice[] = {{1, 2, 0, 0}, {1, 1, 1, 0}}, fine[] = {{1, 2, 0, 0}, {4, 0, 3, 0}};
    assert_int_equal(cst_km_fit(twice, 2, CST_CI_LOG, .95, &km, &e), CST_DATA);
    assert_int_equal(cst_km_fit(fine, 0, CST_CI_LOG, .95, &km, &e), CST_DATA);
    assert_int_equal(cst_km_fit(fine, 2, CST_CI_LOG, 1, &km, &e), CST_USAGE);
    assert_int_equal(cst_km_fit(fine, 2, CST_CI_LOG, .95, &km, &e), CST_OK);
    double mean, se;
    assert_int_equal(cst_km_mean(km, 0, &mean, &se, &e), CST_USAGE);
    assert_int_equal(cst_km_mean(km, .5, &mean, &se, &e), CST_OK); /* before the first time */
    assert_true(mean == .5 && se == 0);
    cst_km_free(km);
    cst_km_free(NULL);
}

static void everyone_at_one_time(void **state)
{
    (void)state;
    cst_km *km;
    assert_int_equal(cst_km_fit(&(cst_survival_count){3, 5, 0, 0}, 1, CST_CI_LOG, .95, &km, &e), CST_OK);
    assert_true(km->row[0].survival == 0 && isnan(km->row[0].std_error) && isnan(km->row[0].lower));
    assert_true(km->median == 3 && isnan(km->median_lower));
    cst_km_free(km);
}

static void logrank_refusals(void **state)
{
    (void)state;
    const cst_survival_count quiet[] = {{1, 0, 2, 0}, {4, 0, 3, 0}}, busy[] = {{5, 2, 0, 0}, {9, 1, 3, 0}},
                             early[] = {{1, 2, 0, 0}};
    const cst_survival_count *const none[] = {quiet, quiet}, *const apart[] = {quiet, busy};
    const cst_survival_count *const one[] = {early, busy};
    const size_t two[] = {2, 2}, mixed[] = {1, 2};
    cst_logrank t;
    assert_int_equal(cst_logrank_test(none, two, 1, NULL, NULL, &t, &e), CST_DATA);
    expect_words("at least two groups");
    assert_int_equal(cst_logrank_test(none, two, 2, NULL, NULL, &t, &e), CST_DATA);
    expect_words("expected a group with an event, found none");
    assert_int_equal(cst_logrank_test(apart, two, 2, NULL, NULL, &t, &e), CST_DATA);
    expect_words("at least two groups with somebody at risk");
    assert_int_equal(cst_logrank_test(one, mixed, 2, NULL, NULL, &t, &e), CST_OK);
    assert_true(t.df == 1 && t.p > 0 && t.p < 1);
}

enum { N = 60 };
static double duration[N], x[3][N];
static unsigned char event[N];

static cst_status fit_cox(size_t rows, size_t columns)
{
    static const char *const name[] = {"tenure", "seats", "plan"};
    const double *column[] = {x[0], x[1], x[2]};
    cst_cox *fit;
    cst_status s = cst_cox_fit(NULL, duration, event, &(cst_design){column, name, rows, columns}, &fit, &e);
    cst_cox_free(fit);
    return s;
}

static void fill(void)
{
    for (int i = 0; i < N; i++) {
        duration[i] = (i * 37) % 41;
        event[i] = i % 3 != 0;
        x[0][i] = (i * 7) % 13;
        x[1][i] = (i * 11) % 17;
        x[2][i] = i % 2;
    }
}

static void cox_refusals(void **state)
{
    (void)state;
    fill();
    assert_int_equal(fit_cox(N, 3), CST_OK);
    assert_int_equal(fit_cox(3, 3), CST_DATA);
    expect_words("more rows than covariates, found 3 rows and 3 covariates");
    for (int i = 0; i < N; i++) x[1][i] = 4;
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("\"seats\" is constant");
    assert_string_equal(e.field, "seats");
    for (int i = 0; i < N; i++) x[1][i] = 3 * x[0][i] - 2;
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("\"seats\" is a linear combination");
    fill();
    x[2][5] = NAN;
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("\"plan\" has no number in row 6");
    fill();
    memset(event, 0, N);
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("expected a row with an event, found none");
    fill();
    event[7] = 3;
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("row 8");
    /* differs only where nobody is at risk any more */
    fill();
    for (int i = 0; i < N; i++) {
        x[1][i] = event[i] ? 0 : i;
        duration[i] = event[i] ? duration[i] + 1 : 0;
    }
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("\"seats\" is constant among those at risk");
}

static void cox_infinite_coefficient(void **state)
{
    (void)state;
    fill();
    for (int i = 0; i < N; i++) x[2][i] = event[i]; /* nobody without it leaves */
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("\"plan\" has a coefficient that grows without bound");
    fill();
    for (int i = 0; i < N; i++) x[1][i] = i == 9; /* one censored row: no event in the category */
    assert_int_equal(fit_cox(N, 3), CST_DATA);
    expect_words("\"seats\" has a coefficient");
    fill();
    for (int i = 0; i < N; i++) x[0][i] = -duration[i]; /* risk orders the times perfectly */
    for (int i = 0; i < N; i++) event[i] = 1;
    assert_int_equal(fit_cox(N, 1), CST_DATA);
    expect_words("\"tenure\" has a coefficient");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_durations),        cmocka_unit_test(bad_counts),
        cmocka_unit_test(everyone_at_one_time), cmocka_unit_test(logrank_refusals),
        cmocka_unit_test(cox_refusals),         cmocka_unit_test(cox_infinite_coefficient)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
