/* Lift tables, proper scores and group comparisons, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <string.h>

static cst_error e;

#define assert_close(found, expected) assert_true(fabs((found) - (expected)) < 1e-14)

static void lift_by_hand(void **state)
{
    (void)state;
    /* 7 rows in 3 parts: ranks 1-2, 3-4, 5-7. The three of score 5 lie on ranks 2-4, 2 events: 2/3 each. */
    const double score[] = {1, 5, 9, 5, 2, 0, 5};
    const unsigned char label[] = {0, 1, 1, 0, 1, 0, 1};
    cst_bin b[3];
    assert_int_equal(cst_lift(score, label, 7, 3, b, &e), CST_OK);
    assert_true(b[0].n == 2 && b[1].n == 2 && b[2].n == 3);
    assert_close(b[0].events, 1 + 2 / 3.);
    assert_close(b[1].events, 4 / 3.);
    assert_close(b[2].events, 1);
    assert_close(b[0].rate, 5 / 6.);
    assert_close(b[0].lift, 5 / 6. / (4 / 7.));
    assert_close(b[0].capture, 5 / 12.);
    assert_close(b[1].capture, 3 / 4.);
    assert_close(b[2].capture, 1);
    assert_close(b[0].mean_score, 7);
    assert_true(b[0].greatest == 9 && b[0].least == 5 && b[2].greatest == 2 && b[2].least == 0);
}

static void lift_edges(void **state)
{
    (void)state;
    cst_bin b[10];
    const unsigned char none[] = {0, 0, 0}, some[] = {1, 0, 0};
    assert_int_equal(cst_lift((const double[]){3, 2, 1}, some, 3, 10, b, &e), CST_OK);
    uint64_t n = 0;
    for (int i = 0; i < 10; i++) {
        n += b[i].n;
        assert_true(b[i].n > 0 ? isfinite(b[i].rate) : isnan(b[i].rate));
    }
    assert_true(n == 3 && b[3].n == 1 && b[3].rate == 1 && b[9].capture == 1 && b[0].capture == 0);
    assert_int_equal(cst_lift((const double[]){3, 2, 1}, none, 3, 2, b, &e), CST_OK);
    assert_true(isnan(b[0].lift) && isnan(b[1].capture) && b[0].rate == 0);
    assert_int_equal(cst_lift(NULL, NULL, 0, 10, b, &e), CST_OK);
    assert_true(b[4].n == 0 && isnan(b[4].lift));
    assert_int_equal(cst_lift((const double[]){3, NAN, 1}, some, 3, 2, b, &e), CST_DATA);
    assert_non_null(strstr(e.message, "row 2"));
    assert_int_equal(cst_lift((const double[]){3, 2, 1}, some, 3, 0, b, &e), CST_USAGE);
}

static void shares_by_hand(void **state)
{
    (void)state;
    /* 8 rows, ties .5 five times: bins .8 (its edge ends with its only row), .6, .5, .1; the ties lie over
     * five edges and stay together */
    const double p[] = {.5, .8, .5, .1, .5, .6, .5, .5};
    const unsigned char label[] = {1, 1, 0, 0, 0, 0, 1, 0};
    const uint32_t account[] = {0, 1, 0, 2, 3, 3, 4, 5};
    cst_shares s;
    assert_int_equal(cst_shares_judge(p, label, account, 8, &s, &e), CST_OK);
    assert_true(s.n == 8 && s.events == 3 && s.bins == 4 && s.bin[2].n == 5 && s.bin[2].events == 2);
    assert_close(s.base_rate, 3 / 8.);
    assert_close(s.predicted, .5);
    assert_close(s.predicted_error, sqrt(5 * .25 + .16 + .09 + .24) / 8);
    assert_close(s.calibration, (.2 + .6 + 5 * .1 + .1) / 8);
    assert_close(s.calibration_by_chance,
                 sqrt(2 / 3.141592653589793) * (sqrt(.16) + sqrt(.24) + sqrt(1.25) + sqrt(.09)) / 8);
    double with = log(3 / 8.), without = log(5 / 8.), half = log(.5);
    assert_close(s.base_log_loss, -(3 * with + 5 * without) / 8);
    assert_close(s.log_loss, -(5 * half + log(.8) + log(.9) + log(.4)) / 8);
    /* each account's sum of gain less its rows' part of the mean */
    double g = s.gain,
           sum[] = {2 * half - with - without - 2 * g,    log(.8) - with - g, log(.9) - without - g,
                    half + log(.4) - 2 * without - 2 * g, half - with - g,    half - without - g};
    double squares = 0;
    for (int i = 0; i < 6; i++) squares += sum[i] * sum[i];
    assert_close(s.gain, s.base_log_loss - s.log_loss);
    assert_close(s.gain_error, sqrt(6 / 5. * squares) / 8);
    assert_close(s.gain_upper - s.gain, 1.6448536269514722 * s.gain_error);
    assert_close(s.brier, (5 * .25 + .04 + .01 + .36) / 8);
    assert_close(s.brier_skill, 1 - s.brier / (15 / 64.));
    assert_int_equal(cst_shares_judge(p, label, NULL, 8, &s, &e), CST_OK);
    assert_true(s.gain_error > 0);
    assert_int_equal(cst_shares_judge(p, label, NULL, 0, &s, &e), CST_OK);
    assert_true(isnan(s.calibration) && s.bins == 0);
    assert_int_equal(cst_shares_judge((const double[]){1.5}, label, NULL, 1, &s, &e), CST_DATA);
    /* one account: its gain is known, but not how far it reaches */
    assert_int_equal(cst_shares_judge(p, label, (const uint32_t[8]){0}, 8, &s, &e), CST_OK);
    assert_true(isnan(s.gain_error) && isnan(s.gain_lower) && !isnan(s.gain));
}

static void proper_scores(void **state)
{
    (void)state;
    const double p[] = {.9, .2, .5, 0};
    const unsigned char label[] = {1, 0, 1, 0};
    double v;
    assert_int_equal(cst_brier(p, label, 4, &v, &e), CST_OK);
    assert_close(v, (.01 + .04 + .25) / 4);
    assert_int_equal(cst_log_loss(p, label, 4, &v, &e), CST_OK);
    assert_close(v, -(log(.9) + log(.8) + log(.5)) / 4);
    const double wrong[] = {1};
    const unsigned char other[] = {0};
    assert_int_equal(cst_log_loss(wrong, other, 1, &v, &e), CST_OK);
    assert_true(v > 34 && v < 35); /* finite */
    assert_int_equal(cst_brier((const double[]){1.2}, other, 1, &v, &e), CST_DATA);
    assert_int_equal(cst_brier((const double[]){NAN}, other, 1, &v, &e), CST_DATA);
    assert_int_equal(cst_brier(NULL, NULL, 0, &v, &e), CST_OK);
    assert_true(isnan(v));
}

static void groups(void **state)
{
    (void)state;
    cst_effect f;
    const unsigned char label[] = {1, 1, 0, 0, 0};
    assert_int_equal(cst_compare((const double[]){3, 3, 1, 1, 1}, label, 5, &f, &e), CST_OK);
    assert_true(f.mean1 == 3 && f.mean0 == 1 && isnan(f.t) && isnan(f.p) && isnan(f.d));
    assert_int_equal(cst_compare((const double[]){3, NAN, 1, 2, 1}, label, 5, &f, &e), CST_OK);
    assert_true(f.n1 == 1 && f.n0 == 3 && isnan(f.sd1) && isnan(f.d));
    double d;
    assert_int_equal(cst_kolmogorov_smirnov((const double[]){3, 4, 1, 2, 3}, label, 5, &d, &e), CST_OK);
    assert_close(d, 2 / 3.);
    assert_int_equal(cst_kolmogorov_smirnov((const double[]){3, 4}, label, 2, &d, &e), CST_OK);
    assert_true(isnan(d));
}

/* A unit of measure changes neither t, df, p nor d, and scales mean and sd, as far as a double reaches:
 * squares and fourth powers must not leave its range. */
static void any_unit(void **state)
{
    (void)state;
    const double plain[] = {1, -1, 1, 1, .5, .25, -.75, .375};
    const unsigned char label[] = {0, 1, 0, 1, 1, 0, 1, 0};
    const int power[] = {300, 500, 700, 1022, -300, -500, -700, -1000};
    cst_effect one, f;
    assert_int_equal(cst_compare(plain, label, 8, &one, &e), CST_OK);
    for (size_t k = 0; k < sizeof power / sizeof *power; k++) {
        double x[8];
        cst_correlation r;
        for (size_t i = 0; i < 8; i++) x[i] = ldexp(plain[i], power[k]);
        assert_int_equal(cst_compare(x, label, 8, &f, &e), CST_OK);
        assert_true(f.t == one.t && f.df == one.df && f.p == one.p && f.d == one.d);
        assert_true(f.mean1 == ldexp(one.mean1, power[k]) && f.sd1 == ldexp(one.sd1, power[k]));
        assert_int_equal(cst_pearson(x, plain, 8, &r, &e), CST_OK);
        assert_true(r.r == 1);
    }
    /* values within the range, their deviation past it */
    const double apart[] = {0x1.8p1023, -0x1.8p1023, 1, 2};
    assert_int_equal(cst_compare(apart, (const unsigned char[]){1, 1, 0, 0}, 4, &f, &e), CST_OK);
    assert_true(isinf(f.sd1) && isnan(f.t) && isnan(f.df) && isnan(f.p) && isnan(f.d));
    /* the sum is past DBL_MAX, the mean is not */
    cst_association a, small;
    const double large[] = {0x1p1023, 0x1.8p1023, 0x1p1023, 0x1.2p1023, 0x1.8p1023, 0x1.4p1023};
    const double same[] = {1, 1.5, 1, 1.125, 1.5, 1.25};
    assert_int_equal(cst_associate(large, label, 6, .95, &a, &e), CST_OK);
    assert_int_equal(cst_associate(same, label, 6, .95, &small, &e), CST_OK);
    assert_true(a.pearson.r == small.pearson.r && a.auc.auc == small.auc.auc && a.events == 3);
    assert_true(a.mean_with == ldexp(small.mean_with, 1023));
    assert_true(a.mean_without == ldexp(small.mean_without, 1023));
    cst_summary s;
    cst_summary_of((const double[]){0x1p1023, 0x1p1023, 0x1p1023, 0x1p1022}, 4, &s);
    assert_true(s.mean == 0x1.cp1022 && s.sd == 0x1p1021);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_unit),      cmocka_unit_test(lift_by_hand),
                                       cmocka_unit_test(lift_edges),    cmocka_unit_test(shares_by_hand),
                                       cmocka_unit_test(proper_scores), cmocka_unit_test(groups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
