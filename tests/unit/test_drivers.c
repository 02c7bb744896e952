/* The parts of cs-drivers that have an answer by hand: labels within a horizon, the sample's choice of
 * periods, and the promise that a fitted model ranks the training rows as the fit does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "drivers/fit.h"

static cst_day day_of(const char *text)
{
    cst_day d = CST_DAY_NONE;
    assert_true(cst_day_parse(cst_text_of(text), &d));
    return d;
}

static void read_labels(const char *text, const char *outcome, cst_table **t, drv_labels *l)
{
    cst_error e;
    if (cst_table_parse(cst_text_of(text), "labels.csv", NULL, t, &e) ||
        drv_labels_read(*t, &(drv_label_rows){.outcome = outcome}, l, &e))
        fail_msg("%s", e.message);
}

static void test_labels(void **state)
{
    (void)state;
    cst_table *t;
    drv_labels l;
    read_labels(
        "account_id,effective_date,movement\nB,2024-03-31,churn\nA,2024-05-10,churn\nA,2024-02-01,upsell\n"
        "A,2024-01-31,churn\n",
        "churn", &t, &l);
    assert_int_equal(l.n, 3);
    assert_true(drv_labels_within(&l, cst_text_of("A"), day_of("2024-01-30"), day_of("2024-01-31")));
    assert_false(
        drv_labels_within(&l, cst_text_of("A"), day_of("2024-01-31"), day_of("2024-05-09"))); /* (P, .. */
    assert_true(drv_labels_within(&l, cst_text_of("A"), day_of("2024-01-31"), day_of("2024-05-10")));
    assert_true(drv_labels_within(&l, cst_text_of("B"), day_of("2024-01-31"), day_of("2024-04-30")));
    assert_false(drv_labels_within(&l, cst_text_of("B"), day_of("2024-03-31"), day_of("2025-04-30")));
    assert_false(drv_labels_within(&l, cst_text_of("C"), day_of("2024-01-31"), day_of("2025-04-30")));
    drv_labels_clear(&l);
    cst_table_free(t);
}

static void test_significant(void **state)
{
    (void)state;
    assert_true(cst_number_significant(0.123456789) == 0.123457);
    assert_true(cst_number_significant(-3.3112912e-54) == -3.31129e-54);
    assert_true(cst_number_significant(123456789) == 123457000);
    assert_true(cst_number_significant(0) == 0);
    assert_true(isnan(cst_number_significant(NAN)));
}

/* A sample of two measures that both tell, with ties. */
static void fill_sample(drv_sample *s, size_t n)
{
    static double x0[600], x1[600];
    static double *x[2] = {x0, x1};
    static bool factor[2];
    static unsigned char label[600];
    static cst_metrics_row row[600];
    static cst_text name[2] = {{"use", 3}, {"tickets", 7}};
    *s = (drv_sample){.n = n,
                      .measures = 2,
                      .name = name,
                      .x = x,
                      .factor = factor,
                      .label = label,
                      .rows = {.row = row, .n = n}};
    s->rows.accounts = cst_intern_new();
    for (size_t i = 0; i < n; i++) {
        char id[16];
        int length = snprintf(id, sizeof id, "a%zu", i / 2);
        row[i].account = cst_intern_id(s->rows.accounts, (cst_text){id, (uint32_t)length});
        x0[i] = (double)(cst_hash_mix(i) % 100);
        x1[i] = (double)(cst_hash_mix(i + 1000) % 7);
        label[i] = cst_hash_mix(i + 5000) % 100 < 40 - x0[i] / 4 + 5 * x1[i];
        s->events += label[i];
    }
}

static double model_score(const drv_fitted *f, const drv_sample *s, size_t i)
{
    double sum = 0, whole = 0;
    for (size_t k = 0; k < f->used; k++) {
        double b = f->fit->estimate[k + 1].value, w = fabs(b) * (f->high[k] - f->low[k]);
        double v = s->x[f->measure[k]][i], share = (v - f->low[k]) / (f->high[k] - f->low[k]);
        share = share < 0 ? 0 : share > 1 ? 1 : share;
        sum += w * (b > 0 ? 1 - share : share);
        whole += w;
    }
    return sum / whole;
}

static void test_score_ranks_as_fit(void **state)
{
    (void)state;
    drv_sample s;
    drv_fitted f;
    cst_error e;
    cst_auc auc;
    fill_sample(&s, 600);
    drv_fit_opts o = {.penalty = 1, .folds = 5, .seed = 1, .threads = 1};
    if (drv_fit(&s, &o, &f, &e)) fail_msg("%s", e.message);
    assert_int_equal(f.used, 2);
    assert_true(f.training.auc.auc > 0.6);
    double *score = malloc(s.n * sizeof *score);
    for (size_t i = 0; i < s.n; i++) score[i] = -model_score(&f, &s, i);
    assert_int_equal(cst_auc_of(score, s.label, s.n, 0.95, &auc, &e), CST_OK);
    assert_true(auc.auc == f.training.auc.auc);
    assert_int_equal(f.held_out.n, s.n); /* every row is held out once */
    assert_true(f.held_out.auc.auc < f.training.auc.auc + 1e-12);
    free(score);
    drv_fitted_clear(&f);
    cst_intern_free(s.rows.accounts);
}

static void test_folds_keep_accounts_together(void **state)
{
    (void)state;
    drv_sample s;
    drv_fitted f;
    cst_error e;
    fill_sample(&s, 600);
    drv_fit_opts o = {.penalty = 1, .folds = 4, .seed = 9, .threads = 1};
    if (drv_fit(&s, &o, &f, &e)) fail_msg("%s", e.message);
    uint64_t n = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(f.fold[i].n % 2, 0); /* an account has two rows */
        n += f.fold[i].n;
    }
    assert_int_equal(n, 600);
    drv_fitted_clear(&f);
    cst_intern_free(s.rows.accounts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_significant),
        cmocka_unit_test(test_score_ranks_as_fit),
        cmocka_unit_test(test_folds_keep_accounts_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
