/* Kaplan-Meier, log-rank and Cox against R's survival package: stats_survival.csv (made by
 * stats_survival.R) and the published aml trial (Miller 1981). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats_csv.h"
#include <cstools/stats.h>

static csv expected;

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

static const char *const ci_name[] = {"log", "log-log", "plain"};

static void compare_km(const char *name, const double *time, const unsigned char *event, size_t n, double tau)
{
    cst_survival_count *count;
    size_t times;
    cst_error e;
    assert_int_equal(cst_survival_tally(time, event, n, &count, &times, &e), CST_OK);
    for (int ci = CST_CI_LOG; ci <= CST_CI_PLAIN; ci++) {
        const char *t = ci_name[ci];
        cst_km *km;
        double mean, se;
        assert_int_equal(cst_km_fit(count, times, (cst_ci_type)ci, 0.95, &km, &e), CST_OK);
        assert_int_equal(km->subjects, n);
        for (size_t i = 0; i < km->n; i++) {
            const cst_km_row *r = &km->row[i];
            assert_near(r->time, figure("%s %s %zu time", name, t, i + 1), 0);
            assert_near((double)r->at_risk, figure("%s %s %zu n.risk", name, t, i + 1), 0);
            assert_near((double)r->events, figure("%s %s %zu n.event", name, t, i + 1), 0);
            assert_near((double)r->censored, figure("%s %s %zu n.censor", name, t, i + 1), 0);
            assert_near(r->survival, figure("%s %s %zu surv", name, t, i + 1), 1e-13);
            assert_near(r->std_error, figure("%s %s %zu std.err", name, t, i + 1), 1e-13);
            assert_near(r->lower, figure("%s %s %zu lower", name, t, i + 1), 1e-13);
            assert_near(r->upper, figure("%s %s %zu upper", name, t, i + 1), 1e-13);
        }
        assert_int_equal(cst_km_mean(km, tau, &mean, &se, &e), CST_OK);
        assert_near(mean, figure("%s %s rmean", name, t), 1e-13);
        assert_near(se, figure("%s %s se", name, t), 1e-13);
        assert_near(km->median, figure("%s %s median", name, t), 0);
        assert_near(km->median_lower, figure("%s %s lcl", name, t), 0);
        assert_near(km->median_upper, figure("%s %s ucl", name, t), 0);
        cst_km_free(km);
    }
    free(count);
}

static void km_as_r(void **state)
{
    (void)state;
    double time[40];
    unsigned char event[40];
    for (int i = 1; i <= 40; i++) {
        time[i - 1] = (i * 37) % 11;
        event[i - 1] = (i * 53) % 7 < 4;
    }
    compare_km("ties", time, event, 40, 8);
    compare_km("tozero", (double[]){1, 2, 3, 4, 5, 6}, (unsigned char[]){1, 1, 1, 1, 0, 1}, 6, 10);
    compare_km("flat", (double[]){1, 2, 3, 4}, (unsigned char[]){1, 1, 1, 1}, 4, 2.5);
    compare_km("flatend", (double[]){1, 2, 3, 4}, (unsigned char[]){1, 1, 0, 0}, 4, 4);
    compare_km("none", (double[]){0, 2, 2, 5}, (unsigned char[]){0, 0, 0, 0}, 4, 4);
}

static const double aml_time[23] = {9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5,
                                    5, 8,  8,  12, 16, 23, 27, 30, 33, 43, 45};
static const unsigned char aml_event[23] = {1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1,
                                            1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1};

static void aml_trial(void **state)
{
    (void)state;
    cst_survival_count *count[2];
    size_t n[2];
    cst_error e;
    cst_km *km;
    cst_logrank test;
    assert_int_equal(cst_survival_tally(aml_time, aml_event, 11, &count[0], &n[0], &e), CST_OK);
    assert_int_equal(cst_survival_tally(aml_time + 11, aml_event + 11, 12, &count[1], &n[1], &e), CST_OK);
    assert_int_equal(cst_km_fit(count[0], n[0], CST_CI_LOG, 0.95, &km, &e), CST_OK);
    const double at[] = {9, 13, 18, 23, 31, 34, 48};
    const double survival[] = {.909091, .818182, .715909, .613636, .490909, .368182, .184091};
    for (int i = 0; i < 7; i++) assert_near(cst_km_at(km, at[i]), survival[i], 5e-7);
    assert_near(cst_km_at(km, 8.999), 1, 0);
    assert_near(cst_km_at(km, 12), 10.0 / 11, 1e-15);
    assert_near(km->median, 31, 0);
    assert_near(km->median_lower, 18, 0);
    assert_true(isnan(km->median_upper));
    const cst_survival_count *const group[2] = {count[0], count[1]};
    assert_int_equal(cst_logrank_test(group, n, 2, NULL, NULL, &test, &e), CST_OK);
    assert_near(test.chi_square, 3.396389, 5e-7 / 3);
    assert_int_equal(test.df, 1);
    assert_near(test.p, 0.06533932, 5e-9);
    cst_km_free(km);
    free(count[0]);
    free(count[1]);
}

static void compare_cox(const char *name, const double *entry, const double *time, const unsigned char *event,
                        const cst_design *d, double tolerance)
{
    cst_cox *fit;
    cst_error e;
    if (cst_cox_fit(entry, time, event, d, &fit, &e) != CST_OK) fail_msg("%s: %s", name, e.message);
    for (size_t j = 0; j < d->columns; j++) {
        double b = figure("%s coef %zu", name, j + 1), se = figure("%s se %zu", name, j + 1);
        assert_near(fit->estimate[j].value / b, 1, tolerance);
        assert_near(fit->estimate[j].std_error / se, 1, tolerance);
    }
    assert_near(fit->null_loglik, figure("%s loglik0", name), 1e-12);
    assert_near(fit->loglik, figure("%s loglik", name), 1e-12);
    assert_near(fit->concordance, figure("%s concordance", name), 1e-13);
    cst_cox_free(fit);
}

static double time200[200], x200[5][200];
static unsigned char event200[200];

static void fill200(void)
{
    for (int i = 1; i <= 200; i++) {
        time200[i - 1] = ((i * 7919) % 97) / 3;
        event200[i - 1] = (i * 31) % 5 != 0;
        x200[0][i - 1] = (i * 17) % 23 / 7.0;
        x200[1][i - 1] = (i * 13) % 11;
        x200[2][i - 1] = i % 2;
        x200[3][i - 1] = 1e7 + 1000 * ((i * 17) % 23);
        x200[4][i - 1] = (i * 13) % 11 * 1e-6;
    }
}

static void cox_as_r(void **state)
{
    (void)state;
    fill200();
    const double *three[] = {x200[0], x200[1], x200[2]}, *large[] = {x200[3], x200[4]};
    compare_cox("three", NULL, time200, event200, &(cst_design){three, NULL, 200, 3}, 1e-9);
    /* R does not scale, so its own figures are good to fewer digits here */
    compare_cox("large", NULL, time200, event200, &(cst_design){large, NULL, 200, 2}, 1e-8);
    const double same[12] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3},
                 x[12] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    const unsigned char event[12] = {1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0};
    const double *one[] = {x};
    compare_cox("alltied", NULL, same, event, &(cst_design){one, NULL, 12, 1}, 1e-9);
}

/* Splits rows by g into tallies and tests them. */
static void logrank_of(const double *time, const unsigned char *event, const int *g, size_t n, size_t groups,
                       double *observed, double *expect, cst_logrank *out)
{
    cst_survival_count *count[4] = {NULL};
    size_t counts[4] = {0};
    cst_error e;
    for (size_t k = 0; k < groups; k++) {
        double t[200];
        unsigned char v[200];
        size_t m = 0;
        for (size_t i = 0; i < n; i++)
            if (g[i] == (int)k) {
                t[m] = time[i];
                v[m++] = event[i];
            }
        assert_int_equal(cst_survival_tally(t, v, m, &count[k], &counts[k], &e), CST_OK);
    }
    const cst_survival_count *const group[4] = {count[0], count[1], groups > 2 ? count[2] : NULL,
                                                groups > 3 ? count[3] : NULL};
    assert_int_equal(cst_logrank_test(group, counts, groups, observed, expect, out, &e), CST_OK);
    for (size_t k = 0; k < groups; k++) free(count[k]);
}

static void logrank_as_r(void **state)
{
    (void)state;
    int g[200];
    double observed[4], expect[4], time[200];
    cst_logrank test;
    fill200();
    for (int i = 1; i <= 200; i++) {
        g[i - 1] = i % 4;
        time[i - 1] = time200[i - 1] + 4 * (g[i - 1] == 2);
    }
    logrank_of(time, event200, g, 200, 4, observed, expect, &test);
    assert_near(test.chi_square, figure("logrank chisq"), 1e-12);
    assert_int_equal(test.df, 3);
    for (int k = 0; k < 4; k++) {
        assert_near(observed[k], figure("logrank obs %d", k + 1), 1e-12);
        assert_near(expect[k], figure("logrank exp %d", k + 1), 1e-12);
    }
    const double gone_time[] = {1, 1, 5, 6, 7, 8, 9, 9};
    const unsigned char gone_event[] = {0, 0, 1, 1, 0, 1, 1, 0};
    const int gone[] = {0, 0, 1, 1, 2, 2, 1, 2};
    logrank_of(gone_time, gone_event, gone, 8, 3, observed, expect, &test);
    assert_near(test.chi_square, figure("gone chisq"), 1e-12);
    assert_int_equal(test.df, 1); /* the group that is gone before the first event does not count */
    assert_near(expect[0], 0, 0);
}

/* A curve whole: figures to 1e-13, and what follows from them. */
static void compare_curve(const char *name, const cst_survival_count *count, size_t n, double tau,
                          size_t rows)
{
    cst_km *km;
    double mean, se;
    cst_error e;
    assert_int_equal(cst_km_fit(count, n, CST_CI_LOG, 0.95, &km, &e), CST_OK);
    assert_int_equal(km->n, rows);
    for (size_t i = 0; i < km->n; i++) {
        const cst_km_row *r = &km->row[i];
        const struct {
            const char *name;
            double value;
        } field[] = {{"time", r->time},
                     {"n.risk", (double)r->at_risk},
                     {"n.event", (double)r->events},
                     {"n.censor", (double)r->censored},
                     {"surv", r->survival},
                     {"std.err", r->std_error},
                     {"lower", r->lower},
                     {"upper", r->upper},
                     {"cumhaz", r->hazard},
                     {"std.chaz", r->hazard_error}};
        for (size_t k = 0; k < sizeof field / sizeof *field; k++)
            assert_near(field[k].value, figure("%s %zu %s", name, i + 1, field[k].name), 1e-13);
    }
    assert_int_equal(cst_km_mean(km, tau, &mean, &se, &e), CST_OK);
    assert_near(mean, figure("%s rmean", name), 1e-13);
    assert_near(se, figure("%s se", name), 1e-13);
    assert_near(km->median, figure("%s median", name), 0);
    assert_near(km->median_lower, figure("%s lcl", name), 0);
    assert_near(km->median_upper, figure("%s ucl", name), 0);
    cst_km_free(km);
}

/* 3.1 and 3.1 + 3e-8 are one by way of the time between. */
static const double near_times[] = {.3, .1 + .2, 1, 1 + 2e-8, 1 + 1e-8, 2, 3.1, 3.1 + 1e-9, 3.1 + 3e-8, 7};

static void ties_of_rounding(void **state)
{
    (void)state;
    const unsigned char near_event[] = {1, 1, 1, 0, 1, 1, 0, 1, 1, 0};
    double time[40];
    unsigned char event[40];
    cst_survival_count *count;
    size_t n;
    cst_error e;
    assert_int_equal(cst_survival_tally(near_times, near_event, 10, &count, &n, &e), CST_OK);
    compare_curve("near", count, n, 5, 5);
    free(count);
    for (int i = 1; i <= 40; i++) {
        time[i - 1] = (i * 37) % 11;
        event[i - 1] = (i * 53) % 7 < 4;
    }
    assert_int_equal(cst_survival_tally(time, event, 40, &count, &n, &e), CST_OK);
    compare_curve("ties hazard", count, n, 8, n);
    free(count);
}

enum { ENTRIES = 60 };
typedef struct sample {
    double entry[ENTRIES], time[ENTRIES], x[3][ENTRIES];
    unsigned char event[ENTRIES];
} sample;

static void fill_sample(sample *s)
{
    for (int i = 1; i <= ENTRIES; i++) {
        double from = (i * 29) % 17 / 2.0;
        s->time[i - 1] = from + 1 + (i * 41) % 13 / 2.0;
        s->entry[i - 1] = from > 0 ? from : -1;
        s->event[i - 1] = (i * 53) % 7 < 4;
        s->x[0][i - 1] = (i * 17) % 23 / 7.0;
        s->x[1][i - 1] = (i * 13) % 11;
        s->x[2][i - 1] = i % 2;
    }
}

/* Counts of one group of i % 3, or of all (-1), at every half. */
static size_t count_halves(const sample *s, int group, cst_survival_count *count)
{
    for (int k = 0; k < 64; k++) count[k] = (cst_survival_count){.time = k / 2.0};
    for (int i = 1; i <= ENTRIES; i++) {
        if (group >= 0 && i % 3 != group) continue;
        cst_survival_count *c = &count[(int)(2 * s->time[i - 1])];
        if (s->event[i - 1])
            c->events++;
        else
            c->censored++;
        if (s->entry[i - 1] > 0) count[(int)(2 * s->entry[i - 1])].entered++;
    }
    size_t n = 0;
    for (int k = 0; k < 64; k++)
        if (count[k].events + count[k].censored + count[k].entered > 0) count[n++] = count[k];
    return n;
}

static void delayed_entry(void **state)
{
    (void)state;
    sample s;
    cst_survival_count count[3][64], all[64];
    size_t n[3];
    double observed[3], expect[3];
    cst_logrank test;
    cst_error e;
    fill_sample(&s);
    size_t times = count_halves(&s, -1, all), left = 0;
    for (size_t i = 0; i < times; i++) left += all[i].events + all[i].censored > 0;
    compare_curve("entry", all, times, 9, left);
    const cst_survival_count emptied[] = {
        {1, 1, 1, 0}, {2, 0, 0, 1}, {3, 0, 0, 1}, {4, 1, 0, 0}, {5, 1, 0, 0}};
    compare_curve("emptied", emptied, 5, 4.5, 3);
    const cst_survival_count *const group[] = {count[0], count[1], count[2]};
    for (int g = 0; g < 3; g++) n[g] = count_halves(&s, g, count[g]);
    assert_int_equal(cst_logrank_test(group, n, 3, observed, expect, &test, &e), CST_OK);
    assert_near(test.chi_square, figure("entry logrank chisq"), 1e-12);
    for (int g = 0; g < 3; g++) {
        assert_near(observed[g], figure("entry logrank obs %d", g + 1), 0);
        assert_near(expect[g], figure("entry logrank exp %d", g + 1), 1e-12);
    }
}

static void cox_with_entry(void **state)
{
    (void)state;
    sample s;
    fill_sample(&s);
    const double *column[] = {s.x[0], s.x[1], s.x[2]};
    const cst_design d = {column, NULL, ENTRIES, 3};
    compare_cox("entry cox", s.entry, s.time, s.event, &d, 1e-9);
    double time[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) time[i] = near_times[i % 10] + 10 * ((i + 1) % 4 == 3);
    compare_cox("near cox", NULL, time, s.event, &d, 1e-9);
    s.entry[7] = s.time[7];
    cst_cox *fit;
    cst_error e;
    assert_int_equal(cst_cox_fit(s.entry, s.time, s.event, &d, &fit, &e), CST_DATA);
    assert_non_null(strstr(e.message, "row 8: expected an entry before"));
}

int main(void)
{
    if (!csv_open(&expected, "tests/reference/stats_survival.csv")) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(km_as_r),          cmocka_unit_test(aml_trial),
                                       cmocka_unit_test(cox_as_r),         cmocka_unit_test(logrank_as_r),
                                       cmocka_unit_test(ties_of_rounding), cmocka_unit_test(delayed_entry),
                                       cmocka_unit_test(cox_with_entry)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    csv_free(&expected);
    return failed;
}
