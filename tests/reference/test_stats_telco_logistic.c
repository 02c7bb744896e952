/* Correlations, logistic fits and their quality on the IBM Telco customers against R and scikit-learn;
 * skipped where the public data are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats_csv.h"
#include <cstools/stats.h>

static cst_error e;

typedef struct {
    csv table;
    const char *name[CSV_COLUMNS];
    const double *x[CSV_COLUMNS];
    cst_design design;
    unsigned char *churn;
} data;

/* A design matrix of the reference: customer_id, columns ..., churn. Rows with a missing value are
 * left out, if asked. */
static void open_data(data *d, const char *file, bool whole)
{
    *d = (data){0};
    if (!csv_open_data(&d->table, file)) {
        print_message("SKIP: no %s under CST_DATA\n", file);
        skip();
    }
    if (whole) {
        size_t kept = 0, w = d->table.columns;
        for (size_t i = 0; i < d->table.rows; i++) {
            if (isnan(csv_number(&d->table, i, "total_charges"))) continue;
            memmove(&d->table.cell[kept++ * w], &d->table.cell[i * w], w * sizeof *d->table.cell);
        }
        d->table.rows = kept;
    }
    size_t columns = d->table.columns - 2;
    for (size_t j = 0; j < columns; j++) {
        d->name[j] = d->table.name[j + 1];
        d->x[j] = csv_numbers(&d->table, d->name[j]);
    }
    d->design = (cst_design){d->x, d->name, d->table.rows, columns};
    d->churn = csv_flags(&d->table, "churn", "1");
}

static void free_data(data *d)
{
    for (size_t j = 0; j < CSV_COLUMNS; j++) free((void *)(uintptr_t)d->x[j]);
    free(d->churn);
    csv_free(&d->table);
}

static csv reference(const char *folder, const char *file)
{
    csv t;
    char path[256];
    snprintf(path, sizeof path, "telco/reference/%s/%s", folder, file);
    assert_true(csv_open_data(&t, path));
    return t;
}

static void compare_correlations(const data *d, const char *folder)
{
    csv want = reference(folder, "correlations.csv");
    assert_int_equal(want.rows, d->design.columns);
    for (size_t j = 0; j < want.rows; j++) {
        cst_association a;
        cst_summary s;
        assert_string_equal(csv_at(&want, j, "feature"), d->name[j]);
        assert_int_equal(cst_associate(d->x[j], d->churn, d->table.rows, .95, &a, &e), CST_OK);
        cst_summary_of(d->x[j], d->table.rows, &s);
        assert_near((double)a.n, csv_number(&want, j, "n"), 0);
        assert_near((double)a.missing, csv_number(&want, j, "n_missing"), 0);
        assert_near(s.mean, csv_number(&want, j, "mean"), 1e-12);
        assert_near(s.sd, csv_number(&want, j, "sd"), 1e-12);
        assert_near(a.mean_with, csv_number(&want, j, "mean_churned"), 1e-12);
        assert_near(a.mean_without, csv_number(&want, j, "mean_retained"), 1e-12);
        assert_near(a.pearson.r, csv_number(&want, j, "pearson"), 1e-12);
        assert_near(a.pearson.t, csv_number(&want, j, "pearson_t"), 1e-10);
        assert_near(a.pearson.p / csv_number(&want, j, "pearson_p"), 1, 1e-9);
        assert_near(a.spearman.r, csv_number(&want, j, "spearman"), 1e-12);
        assert_near(a.spearman.p / csv_number(&want, j, "spearman_p"), 1, 1e-9);
        assert_near(a.auc.auc, csv_number(&want, j, "auc"), 1e-12);
    }
    csv_free(&want);
}

static void compare_quality(const data *d, const cst_logistic *fit, const char *folder)
{
    csv want = reference(folder, "logit_summary.csv"), rows = reference(folder, "predictions.csv");
    size_t n = d->table.rows;
    double *p = calloc(n, sizeof *p), brier, ks, log_loss;
    cst_auc auc;
    assert_int_equal(cst_logistic_predict(fit, &d->design, p, &e), CST_OK);
    assert_int_equal(rows.rows, n);
    for (size_t i = 0; i < n; i++) assert_near(p[i], csv_number(&rows, i, "p"), 1e-6);
    assert_int_equal(cst_auc_of(p, d->churn, n, .95, &auc, &e), CST_OK);
    assert_int_equal(cst_brier(p, d->churn, n, &brier, &e), CST_OK);
    assert_int_equal(cst_log_loss(p, d->churn, n, &log_loss, &e), CST_OK);
    assert_int_equal(cst_kolmogorov_smirnov(p, d->churn, n, &ks, &e), CST_OK);
    assert_near((double)n, csv_value(&want, "n"), 0);
    assert_near((double)fit->events, csv_value(&want, "events"), 0);
    assert_near(fit->deviance, csv_value(&want, "deviance"), 1e-10);
    assert_near(fit->null_deviance, -2 * csv_value(&want, "null_loglik"), 1e-10);
    assert_near(fit->log_loss, -csv_value(&want, "loglik") / (double)n, 1e-10);
    assert_near(log_loss, fit->log_loss, 1e-12);
    assert_near(auc.auc, csv_value(&want, "auc"), 1e-9);
    assert_near(brier, csv_value(&want, "brier"), 1e-9);
    assert_near(ks, csv_value(&want, "ks"), 1e-9);
    free(p);
    csv_free(&want);
    csv_free(&rows);
}

/* What scikit-learn minimises, at coefficients of the standardised columns (b[0] the intercept). */
static double penalised_loss(const data *d, const double *b)
{
    double loss = 0;
    for (size_t i = 0; i < d->table.rows; i++) {
        double eta = b[0];
        for (size_t j = 0; j < d->design.columns; j++) eta += b[j + 1] * d->x[j][i];
        loss += log1p(exp(d->churn[i] ? -eta : eta));
    }
    for (size_t j = 0; j < d->design.columns; j++) loss += b[j + 1] * b[j + 1] / 2;
    return loss;
}

/* scikit-learn's L2 with C = 1 on standardised columns. Its optimiser stops early on nearly collinear
 * columns; then ours must be near, and no worse by scikit-learn's own measure. Standardises d in
 * place. */
static void compare_ridge(data *d, const char *folder, double tolerance)
{
    csv want = reference(folder, "sklearn_l2_C1_zscored.csv");
    double theirs[CSV_COLUMNS], ours[CSV_COLUMNS];
    cst_logistic *fit;
    for (size_t j = 0; j < d->design.columns; j++) {
        cst_summary s;
        double *z = calloc(d->table.rows, sizeof *z), n = (double)d->table.rows;
        cst_summary_of(d->x[j], d->table.rows, &s);
        for (size_t i = 0; i < d->table.rows; i++) z[i] = (d->x[j][i] - s.mean) / (s.sd * sqrt((n - 1) / n));
        free((void *)(uintptr_t)d->x[j]);
        d->x[j] = z;
    }
    const cst_logistic_options o = {.penalty = 1};
    assert_int_equal(cst_logistic_fit(&d->design, d->churn, &o, &fit, &e), CST_OK);
    assert_int_equal(want.rows, fit->columns + 1);
    for (size_t k = 0; k < want.rows; k++) {
        ours[k] = fit->estimate[k].value;
        theirs[k] = csv_number(&want, k, "coef");
        assert_near(ours[k], theirs[k], tolerance);
    }
    assert_true(penalised_loss(d, ours) <=
                penalised_loss(d, theirs) + 1e-10); /* of some 3000, summed plainly */
    cst_logistic_free(fit);
    csv_free(&want);
}

static void compare_fit(const char *file, const char *folder, bool whole, double ridge_tolerance)
{
    data d;
    cst_logistic *fit;
    open_data(&d, file, false);
    compare_correlations(&d, folder);
    if (whole) {
        free_data(&d);
        open_data(&d, file, true);
    }
    csv want = reference(folder, "logit_coefs.csv");
    assert_int_equal(cst_logistic_fit(&d.design, d.churn, NULL, &fit, &e), CST_OK);
    assert_int_equal(want.rows, fit->columns + 1);
    for (size_t k = 0; k < want.rows; k++) {
        assert_near(fit->estimate[k].value, csv_number(&want, k, "estimate"), 1e-6);
        assert_near(fit->estimate[k].value / csv_number(&want, k, "estimate"), 1, 1e-6);
        assert_near(fit->estimate[k].std_error / csv_number(&want, k, "std_error"), 1, 1e-6);
        assert_near(fit->estimate[k].z, csv_number(&want, k, "z"), 1e-6);
        assert_near(fit->estimate[k].p / csv_number(&want, k, "p"), 1, 1e-6);
    }
    compare_quality(&d, fit, folder);
    cst_logistic_free(fit);
    csv_free(&want);
    compare_ridge(&d, folder, ridge_tolerance);
    free_data(&d);
}

static void four_columns(void **state)
{
    (void)state;
    compare_fit("telco/reference/telco_num4.csv", "logit_num4", false, 1e-6);
}

static void four_columns_without_missing(void **state)
{
    (void)state;
    compare_fit("telco/reference/telco_num4_na.csv", "logit_num4_na", true, 1e-6);
}

static void nearly_collinear_columns(void **state)
{
    (void)state;
    compare_fit("telco/reference/telco_full23.csv", "logit_full23", false, 5e-4);
}

/* The figures people quote: tenure and monthly charges alone. */
static void two_columns(void **state)
{
    (void)state;
    data d;
    open_data(&d, "telco/reference/telco_num4.csv", false);
    const double *x[] = {d.x[1], d.x[2]};
    size_t n = d.table.rows;
    cst_logistic *fit;
    cst_association a;
    cst_bin bin[10];
    cst_auc auc;
    const cst_design two = {x, NULL, n, 2};
    assert_int_equal(cst_logistic_fit(&two, d.churn, NULL, &fit, &e), CST_OK);
    assert_near(fit->estimate[0].value, -1.802436, 5e-7 / 2);
    assert_near(fit->estimate[1].value, -0.054850, 5e-7);
    assert_near(fit->estimate[1].std_error, 0.001689, 5e-7);
    assert_near(fit->estimate[2].value, 0.032954, 5e-7);
    assert_near(fit->estimate[2].std_error, 0.001299, 5e-7);
    assert_near(fit->deviance, 6394.3503, 5e-5 / 6395);
    double *p = calloc(n, sizeof *p);
    assert_int_equal(cst_logistic_predict(fit, &two, p, &e), CST_OK);
    assert_int_equal(cst_auc_of(p, d.churn, n, .95, &auc, &e), CST_OK);
    assert_near(auc.auc, 0.807565, 5e-7);
    assert_int_equal(cst_lift(p, d.churn, n, 10, bin, &e), CST_OK);
    assert_near(bin[0].lift, 2.731679, 5e-7 / 3);
    assert_int_equal(bin[0].n, 704);
    assert_near(bin[9].capture, 1, 0);
    assert_int_equal(cst_associate(d.x[1], d.churn, n, .95, &a, &e), CST_OK);
    assert_near(a.pearson.r, -0.352229, 5e-7);
    assert_near(a.auc.folded, 0.739867, 5e-7);
    assert_int_equal(a.auc.sign, -1);
    assert_int_equal(cst_associate(d.x[2], d.churn, n, .95, &a, &e), CST_OK);
    assert_near(a.pearson.r, 0.193356, 5e-7);
    assert_near(a.auc.folded, 0.620786, 5e-7);
    assert_int_equal(cst_associate(d.x[0], d.churn, n, .95, &a, &e), CST_OK);
    assert_near(a.pearson.r, 0.150889, 5e-7);
    cst_logistic_free(fit);
    free(p);
    free_data(&d);
    open_data(&d, "telco/reference/telco_num4_na.csv", false);
    assert_int_equal(cst_associate(d.x[3], d.churn, d.table.rows, .95, &a, &e), CST_OK);
    assert_int_equal(a.n, 7032);
    assert_near(a.pearson.r, -0.199484, 5e-7);
    free_data(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_columns), cmocka_unit_test(four_columns),
                                       cmocka_unit_test(four_columns_without_missing),
                                       cmocka_unit_test(nearly_collinear_columns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
