/* The shifted-beta-geometric: Fader and Hardie's (2007) two published cohorts, the limits, the
 * residual lifetime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <string.h>

static const double regular[] = {100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1};
static const double high_end[] = {100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1};

#define assert_close(found, expected, tolerance) assert_true(fabs((found) - (expected)) <= (tolerance))

static cst_sbg fit_of(const double *n, size_t ages)
{
    cst_sbg f;
    cst_error e;
    assert_int_equal(cst_sbg_fit(n, ages, &f, &e), CST_OK);
    return f;
}

static void published_cohorts(void **state)
{
    (void)state;
    cst_sbg f = fit_of(high_end, 8);
    assert_int_equal(f.kind, CST_SBG_INSIDE);
    assert_close(f.alpha, .668, .0005);
    assert_close(f.beta, 3.806, .0005);
    assert_close(f.loglik, -161.1158, .00005);
    const double next[] = {.460, .436, .414, .395, .378};
    for (size_t i = 0; i < 5; i++) assert_close(cst_sbg_survival(&f, 8 + i), next[i], .0005);
    assert_close(cst_sbg_survival(&f, 0), 1, 0);
    f = fit_of(regular, 8);
    assert_close(f.alpha, .704, .0005);
    assert_close(f.beta, 1.182, .0005);
}

/* The unit does not matter, and no other point nearby is better. */
static void a_maximum(void **state)
{
    (void)state;
    double scaled[8];
    for (int i = 0; i < 8; i++) scaled[i] = high_end[i] * 12345;
    cst_sbg f = fit_of(high_end, 8), g = fit_of(scaled, 8);
    assert_close(f.alpha, g.alpha, 1e-9);
    assert_close(f.beta, g.beta, 1e-8);
    for (int k = 0; k < 4; k++) {
        double a = f.alpha * (k == 0   ? 1.001
                              : k == 1 ? .999
                                       : 1),
               b = f.beta * (k == 2   ? 1.001
                             : k == 3 ? .999
                                      : 1);
        double loglik = 0, s = 1;
        for (int t = 1; t < 8; t++) { /* the plain definition: P(t) of those lost, S(7) of those left */
            loglik += (high_end[t - 1] - high_end[t]) * log(s * a / (a + b + t - 1));
            s *= (b + t - 1) / (a + b + t - 1);
        }
        loglik += high_end[7] * log(s);
        assert_true(loglik < f.loglik);
    }
}

/* (b + T) / (a + b + T) x 2F1(1, b + T + 1; a + b + T + 1; 1 / (1 + d)), its series summed here to the
 * last bit. */
static double closed_form(const cst_sbg *f, double T, double d)
{
    double term = 1, sum = 0, z = 1 / (1 + d), B = f->beta + T + 1, C = f->alpha + f->beta + T + 1;
    for (int k = 0; term > 0 && k < 200000; k++) {
        sum += term;
        term *= (B + k) / (C + k) * z;
    }
    return (f->beta + T) / (f->alpha + f->beta + T) * sum;
}

static void residual_lifetime(void **state)
{
    (void)state;
    cst_sbg f = fit_of(high_end, 8);
    cst_error e;
    double r;
    assert_int_equal(cst_sbg_residual(&f, 7, .1, &r, &e), CST_OK);
    assert_close(r, 7.530, .0005);
    assert_close(r, closed_form(&f, 7, .1), 1e-11);
    assert_int_equal(cst_sbg_residual(&f, 0, .001, &r, &e), CST_OK);
    assert_close(r / closed_form(&f, 0, .001), 1, 1e-11);
    /* the definition itself */
    double sum = 0;
    for (size_t t = 8; t < 2000; t++)
        sum += cst_sbg_survival(&f, t) / cst_sbg_survival(&f, 7) / pow(1.1, (double)t - 8);
    assert_int_equal(cst_sbg_residual(&f, 7, .1, &r, &e), CST_OK);
    assert_close(r, sum, 1e-11);
    assert_int_equal(cst_sbg_residual(&f, 7, 0, &r, &e), CST_USAGE);
}

static void limits(void **state)
{
    (void)state;
    cst_sbg f = fit_of((const double[]){100, 90, 81, 72.9, 65.61}, 5);
    assert_int_equal(f.kind, CST_SBG_CONSTANT_RATE);
    for (size_t t = 0; t < 9; t++) assert_close(cst_sbg_survival(&f, t), pow(.9, (double)t), 1e-7);
    f = fit_of((const double[]){100, 95, 80, 50, 10}, 5); /* churn that speeds up */
    assert_int_equal(f.kind, CST_SBG_CONSTANT_RATE);
    assert_close(cst_sbg_survival(&f, 1), 1 - 90 / (100. + 95 + 80 + 50), 1e-7);
    f = fit_of((const double[]){100, 60, 60, 60}, 4);
    assert_int_equal(f.kind, CST_SBG_ALL_AT_FIRST);
    assert_close(cst_sbg_survival(&f, 1), .6, 1e-12);
    assert_close(cst_sbg_survival(&f, 9), .6, 1e-4);
    f = fit_of((const double[]){1, 1, 1, 0}, 4);
    assert_true(isfinite(f.alpha) && isfinite(f.beta) && isfinite(f.loglik));
}

static void refuse(const double *n, size_t ages, const char *words)
{
    cst_sbg f;
    cst_error e;
    assert_int_equal(cst_sbg_fit(n, ages, &f, &e), CST_DATA);
    if (!strstr(e.message, words)) fail_msg("\"%s\" is not in \"%s\"", words, e.message);
}

static void refusals(void **state)
{
    (void)state;
    refuse((const double[]){100, 90}, 2, "3 or more ages to project from, found 2");
    refuse((const double[]){100, 100, 100}, 3, "at least one loss");
    refuse((const double[]){100, 90, 91}, 3,
           "age 2: expected no more survivors than the 90 before, found 91");
    refuse((const double[]){0, 0, 0}, 3, "age 0");
    refuse((const double[]){9, -1, -2}, 3, "age 1");
    refuse((const double[]){9, NAN, 2}, 3, "age 1");
    refuse((const double[]){9, 0, 0}, 3, "somebody who stays beyond the first age, found nobody");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_cohorts), cmocka_unit_test(a_maximum),
                                       cmocka_unit_test(residual_lifetime), cmocka_unit_test(limits),
                                       cmocka_unit_test(refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
