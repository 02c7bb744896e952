/* Every allocation of the statistics fails once: the function says so, frees what it had, and nothing
 * crashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fail_each.h"
#include <cstools/stats.h>
#include <stdlib.h>

enum { N = 300 };
static double duration[N], a[N], b[N];
static unsigned char event[N];
static const double *const column[] = {a, b};
static const cst_design design = {column, NULL, N, 2};
static cst_error e;

static cst_status survival(void)
{
    cst_survival_count *count;
    size_t n;
    cst_km *km;
    cst_logrank test;
    cst_status s = cst_survival_tally(duration, event, N, &count, &n, &e);
    if (s == CST_OK) {
        const cst_survival_count *const group[] = {count, count};
        const size_t counts[] = {n, n};
        s = cst_km_fit(count, n, CST_CI_LOG, .95, &km, &e);
        cst_km_free(km);
        if (s == CST_OK) s = cst_logrank_test(group, counts, 2, NULL, NULL, &test, &e);
    }
    free(count);
    return s;
}

static cst_status cox(void)
{
    cst_cox *fit;
    cst_status s = cst_cox_fit(NULL, duration, event, &design, &fit, &e);
    cst_cox_free(fit);
    return s;
}

static cst_status logistic(void)
{
    cst_logistic *fit;
    cst_status s = cst_logistic_fit(&design, event, NULL, &fit, &e);
    cst_logistic_free(fit);
    return s;
}

static cst_status association(void)
{
    cst_association all;
    cst_correlation c;
    double r[4], q[3];
    cst_status s = cst_associate(a, event, N, .9, &all, &e);
    if (s == CST_OK) s = cst_pearson(a, b, N, &c, &e);
    if (s == CST_OK) s = cst_spearman(a, b, N, &c, &e);
    if (s == CST_OK) s = cst_correlation_matrix(&design, 1, r, &e);
    if (s == CST_OK) s = cst_benjamini_hochberg((const double[]){.1, .2, .3}, 3, q, &e);
    return s;
}

static cst_status quality(void)
{
    cst_bin bin[10];
    cst_effect f;
    double d;
    cst_status s = cst_lift(a, event, N, 10, bin, &e);
    if (s == CST_OK) s = cst_kolmogorov_smirnov(a, event, N, &d, &e);
    if (s == CST_OK) s = cst_compare(a, event, N, &f, &e);
    return s;
}

static void every_allocation(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        duration[i] = (i * 37) % 41;
        a[i] = (i * 7) % 13;
        b[i] = (i * 11) % 17;
        event[i] = (i * 29) % 7 < 3;
    }
    fail_each(survival, 10);
    fail_each(cox, 15);
    fail_each(logistic, 8);
    fail_each(association, 20);
    fail_each(quality, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
