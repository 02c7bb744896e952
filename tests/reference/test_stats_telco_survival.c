/* Survival of the IBM Telco customers against R's tables, row by row; skipped where the public data
 * are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats_csv.h"
#include <cstools/stats.h>

static csv telco;
static bool there;
static double *tenure;
static unsigned char *churn;

static void need_data(void)
{
    if (there) return;
    print_message("SKIP: no Telco-Customer-Churn.csv under CST_DATA\n");
    skip();
}

static size_t find_level(const char **level, size_t *levels, const char *word)
{
    for (size_t k = 0; k < *levels; k++)
        if (strcmp(level[k], word) == 0) return k;
    level[*levels] = word;
    return (*levels)++;
}

typedef struct {
    const char *level[8];
    cst_survival_count *count[8];
    size_t n[8], groups;
} split;

static split split_by(const char *column, const char *skip_column, const char *skip_word, const char *only)
{
    split s = {0};
    double *t = calloc(telco.rows, sizeof *t);
    unsigned char *v = calloc(telco.rows, 1);
    cst_error e;
    for (size_t i = 0; i < telco.rows; i++) find_level(s.level, &s.groups, csv_at(&telco, i, column));
    for (size_t k = 0; k < s.groups; k++) {
        size_t m = 0;
        for (size_t i = 0; i < telco.rows; i++) {
            if (strcmp(csv_at(&telco, i, column), s.level[k]) != 0) continue;
            if (skip_column && strcmp(csv_at(&telco, i, skip_column), skip_word) == 0) continue;
            if (only && strcmp(csv_at(&telco, i, "Contract"), only) != 0) continue;
            t[m] = tenure[i];
            v[m++] = churn[i];
        }
        assert_int_equal(cst_survival_tally(t, v, m, &s.count[k], &s.n[k], &e), CST_OK);
    }
    free(t);
    free(v);
    return s;
}

static void free_split(split *s)
{
    for (size_t k = 0; k < s->groups; k++) free(s->count[k]);
}

static cst_logrank test_split(const split *s)
{
    const cst_survival_count *group[8];
    cst_logrank out;
    cst_error e;
    for (size_t k = 0; k < s->groups; k++) group[k] = s->count[k];
    assert_int_equal(cst_logrank_test(group, s->n, s->groups, NULL, NULL, &out, &e), CST_OK);
    return out;
}

/* Rows of the reference where stratum is `level` (NULL: all rows) against the estimate. */
static size_t compare_rows(const csv *want, const char *level, const cst_km *km)
{
    size_t k = 0;
    for (size_t i = 0; i < want->rows; i++) {
        if (level && strcmp(csv_at(want, i, "stratum"), level) != 0) continue;
        assert_true(k < km->n);
        const cst_km_row *r = &km->row[k++];
        assert_near(r->time, csv_number(want, i, "time"), 0);
        assert_near((double)r->at_risk, csv_number(want, i, "n_risk"), 0);
        assert_near((double)r->events, csv_number(want, i, "n_event"), 0);
        assert_near((double)r->censored, csv_number(want, i, "n_censor"), 0);
        assert_near(r->survival, csv_number(want, i, "surv"), 1e-9);
        assert_near(r->std_error, csv_number(want, i, "std_err"), 1e-9);
        assert_near(r->lower, csv_number(want, i, "lower95"), 1e-9);
        assert_near(r->upper, csv_number(want, i, "upper95"), 1e-9);
    }
    assert_int_equal(k, km->n);
    return k;
}

static cst_km *fit_all(cst_ci_type ci)
{
    cst_survival_count *count;
    size_t n;
    cst_km *km;
    cst_error e;
    assert_int_equal(cst_survival_tally(tenure, churn, telco.rows, &count, &n, &e), CST_OK);
    assert_int_equal(cst_km_fit(count, n, ci, 0.95, &km, &e), CST_OK);
    free(count);
    return km;
}

static void overall_tables(void **state)
{
    (void)state;
    need_data();
    const char *const file[] = {"km_overall.csv", "km_overall_loglog.csv", "km_overall_plain.csv"};
    for (int ci = CST_CI_LOG; ci <= CST_CI_PLAIN; ci++) {
        char path[128];
        csv want;
        snprintf(path, sizeof path, "telco/reference/%s", file[ci]);
        assert_true(csv_open_data(&want, path));
        cst_km *km = fit_all((cst_ci_type)ci);
        assert_int_equal(compare_rows(&want, NULL, km), 73);
        cst_km_free(km);
        csv_free(&want);
    }
}

static void overall_figures(void **state)
{
    (void)state;
    need_data();
    cst_km *km = fit_all(CST_CI_LOG);
    cst_error e;
    double mean, se;
    assert_int_equal(km->subjects, 7043);
    assert_int_equal(km->events, 1869);
    assert_near(cst_km_at(km, 1), .945961, 5e-7);
    assert_near(cst_km_at(km, 12), .843200, 5e-7);
    assert_near(km->row[12].lower, .834441, 5e-7);
    assert_near(km->row[12].upper, .852050, 5e-7);
    assert_near(cst_km_at(km, 24), .788736, 5e-7);
    assert_near(cst_km_at(km, 72), .592790, 5e-7);
    assert_int_equal(cst_km_mean(km, 72, &mean, &se, &e), CST_OK);
    assert_near(mean, 54.4923871067284, 1e-12);
    assert_near(se, 0.347750015642706, 1e-12);
    assert_true(isnan(km->median) && isnan(km->median_lower) && isnan(km->median_upper));
    cst_km_free(km);
}

static void compare_strata(const char *column, const char *file)
{
    csv want;
    assert_true(csv_open_data(&want, file));
    split s = split_by(column, NULL, NULL, NULL);
    size_t rows = 0;
    for (size_t k = 0; k < s.groups; k++) {
        cst_km *km;
        cst_error e;
        assert_int_equal(cst_km_fit(s.count[k], s.n[k], CST_CI_LOG, 0.95, &km, &e), CST_OK);
        rows += compare_rows(&want, s.level[k], km);
        if (strcmp(s.level[k], "Month-to-month") == 0) {
            assert_near(km->median, 35, 0);
            assert_near(km->median_lower, 32, 0);
            assert_near(km->median_upper, 38, 0);
        } else if (strcmp(s.level[k], "One year") == 0) {
            assert_true(isnan(km->median) && isnan(km->median_upper));
            assert_near(km->median_lower, 72, 0);
        } else if (strcmp(s.level[k], "Two year") == 0)
            assert_true(isnan(km->median) && isnan(km->median_lower));
        cst_km_free(km);
    }
    assert_int_equal(rows, want.rows);
    free_split(&s);
    csv_free(&want);
}

static void strata_tables(void **state)
{
    (void)state;
    need_data();
    compare_strata("Contract", "telco/reference/km_by_contract.csv");
    compare_strata("InternetService", "telco/reference/km_by_internet.csv");
}

static void logrank_table(void **state)
{
    (void)state;
    need_data();
    csv want;
    assert_true(csv_open_data(&want, "telco/reference/logrank.csv"));
    for (size_t i = 0; i < want.rows; i++) {
        split s = split_by(csv_at(&want, i, "variable"), NULL, NULL, NULL);
        cst_logrank test = test_split(&s);
        assert_near(test.chi_square, csv_number(&want, i, "chisq"), 1e-9);
        assert_near(test.df, csv_number(&want, i, "df"), 0);
        double p = csv_number(&want, i, "p");
        assert_near(p > 0 ? test.p / p : test.p, p > 0 ? 1 : 0, 1e-9);
        free_split(&s);
    }
    csv_free(&want);
}

static void month_to_month_with_internet(void **state)
{
    (void)state;
    need_data();
    csv want;
    cst_error e;
    cst_km *km;
    assert_true(csv_open_data(&want, "telco/reference/km_m2m_internet.csv"));
    double *t = calloc(telco.rows, sizeof *t), mean, se;
    unsigned char *v = calloc(telco.rows, 1);
    size_t m = 0, n;
    for (size_t i = 0; i < telco.rows; i++)
        if (strcmp(csv_at(&telco, i, "Contract"), "Month-to-month") == 0 &&
            strcmp(csv_at(&telco, i, "InternetService"), "No") != 0) {
            t[m] = tenure[i];
            v[m++] = churn[i];
        }
    cst_survival_count *count;
    assert_int_equal(cst_survival_tally(t, v, m, &count, &n, &e), CST_OK);
    assert_int_equal(cst_km_fit(count, n, CST_CI_LOG, 0.95, &km, &e), CST_OK);
    assert_int_equal(compare_rows(&want, NULL, km), want.rows);
    assert_int_equal(km->subjects, 3351);
    assert_int_equal(km->events, 1556);
    assert_near(km->median, 34, 0);
    assert_near(km->median_lower, 31, 0);
    assert_near(km->median_upper, 37, 0);
    /* the reference's mean is restricted to the last time seen */
    assert_int_equal(cst_km_mean(km, km->row[km->n - 1].time, &mean, &se, &e), CST_OK);
    assert_near(mean, 35.7113429753596, 1e-12);
    assert_near(se, 0.574695719529240, 1e-12);
    split s = split_by("gender", "InternetService", "No", "Month-to-month");
    cst_logrank test = test_split(&s);
    /* R 4.2.2 and exact fractions; sometimes printed as 2.038939 */
    assert_near(test.chi_square, 2.03893834095, 1e-11);
    assert_near(test.p, 0.153317, 5e-7);
    cst_km_free(km);
    free_split(&s);
    free(count);
    free(t);
    free(v);
    csv_free(&want);
}

static void cox_contract_and_charges(void **state)
{
    (void)state;
    need_data();
    double *one = calloc(telco.rows, sizeof *one), *two = calloc(telco.rows, sizeof *two);
    double *charges = csv_numbers(&telco, "MonthlyCharges");
    for (size_t i = 0; i < telco.rows; i++) {
        one[i] = strcmp(csv_at(&telco, i, "Contract"), "One year") == 0;
        two[i] = strcmp(csv_at(&telco, i, "Contract"), "Two year") == 0;
    }
    const double *x[] = {one, two, charges};
    cst_cox *fit;
    cst_error e;
    assert_int_equal(cst_cox_fit(NULL, tenure, churn, &(cst_design){x, NULL, telco.rows, 3}, &fit, &e),
                     CST_OK);
    assert_near(fit->estimate[0].value, -2.189893, 5e-7 / 3);
    assert_near(fit->estimate[0].std_error, .083602, 5e-7);
    assert_near(fit->estimate[1].value, -4.222086, 5e-7 / 5);
    assert_near(fit->estimate[1].std_error, .156883, 5e-7);
    assert_near(fit->estimate[2].value, 0.000210, 5e-7);
    assert_near(fit->concordance, .753444, 5e-7);
    cst_cox_free(fit);
    free(one);
    free(two);
    free(charges);
}

int main(void)
{
    there = csv_open_data(&telco, "telco/Telco-Customer-Churn.csv");
    if (there) {
        tenure = csv_numbers(&telco, "tenure");
        churn = csv_flags(&telco, "Churn", "Yes");
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(overall_tables),
                                       cmocka_unit_test(overall_figures),
                                       cmocka_unit_test(strata_tables),
                                       cmocka_unit_test(logrank_table),
                                       cmocka_unit_test(month_to_month_with_internet),
                                       cmocka_unit_test(cox_contract_and_charges)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    csv_free(&telco);
    free(tenure);
    free(churn);
    return failed;
}
