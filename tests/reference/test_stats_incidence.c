/* Cumulative incidence under competing risks, and quantiles of a survival curve, against R's survival
 * package: stats_incidence.csv is made by stats_incidence.R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats_csv.h"
#include <cstools/stats.h>

static csv expected;

static void compare_case(size_t from, size_t to)
{
    size_t n = to - from;
    cst_incidence_count *count = calloc(n, sizeof *count);
    cst_incidence_row *row = calloc(n, sizeof *row);
    cst_error e;
    for (size_t i = 0; i < n; i++)
        count[i] = (cst_incidence_count){csv_number(&expected, from + i, "time"),
                                         {(uint64_t)csv_number(&expected, from + i, "first"),
                                          (uint64_t)csv_number(&expected, from + i, "second")},
                                         (uint64_t)csv_number(&expected, from + i, "censored")};
    assert_int_equal(cst_incidence(count, n, row, &e), CST_OK);
    for (size_t i = 0; i < n; i++) {
        assert_near((double)row[i].at_risk, csv_number(&expected, from + i, "at_risk"), 0);
        assert_near(row[i].incidence[0], csv_number(&expected, from + i, "incidence_first"), 1e-13);
        assert_near(row[i].incidence[1], csv_number(&expected, from + i, "incidence_second"), 1e-13);
        assert_near(row[i].std_error[0], csv_number(&expected, from + i, "error_first"), 1e-13);
        assert_near(row[i].std_error[1], csv_number(&expected, from + i, "error_second"), 1e-13);
    }
    free(count);
    free(row);
}

static void test_incidence_and_its_error_are_those_of_survfit(void **state)
{
    (void)state;
    size_t from = 0, cases = 0;
    for (size_t i = 1; i <= expected.rows; i++) {
        if (i < expected.rows && strcmp(csv_at(&expected, i, "case"), csv_at(&expected, from, "case")) == 0)
            continue;
        compare_case(from, i);
        from = i;
        cases++;
    }
    assert_int_equal(cases, 5);
}

/* The figures of the vignette's data at 12, 120 and 240 months, as print gives them. */
static void test_mgus2_at_three_times(void **state)
{
    (void)state;
    static const double figures[3][5] = {
        {12, .00940125934465, .122185402813, .00259515576302, .00880608437086},
        {120, .06372216801311, .531817704080, .00679684842396, .01405964516203},
        {240, .09981371593547, .724027976143, .00978484679339, .01560634506776}};
    for (int k = 0; k < 3; k++) {
        size_t i = 0;
        while (csv_number(&expected, i, "time") != figures[k][0]) i++;
        assert_near(csv_number(&expected, i, "incidence_first"), figures[k][1], 1e-11);
        assert_near(csv_number(&expected, i, "incidence_second"), figures[k][2], 1e-11);
        assert_near(csv_number(&expected, i, "error_first"), figures[k][3], 1e-11);
        assert_near(csv_number(&expected, i, "error_second"), figures[k][4], 1e-11);
    }
}

static void test_counts_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const cst_incidence_count back[] = {{2, {1, 0}, 0}, {1, {0, 1}, 0}}, none[] = {{1, {0, 0}, 0}};
    cst_incidence_row row[2];
    cst_error e;
    assert_int_equal(cst_incidence(back, 2, row, &e), CST_DATA);
    assert_int_equal(cst_incidence(none, 1, row, &e), CST_DATA);
    assert_int_equal(cst_incidence(none, 0, row, &e), CST_DATA);
}

/* quantile(survfit(Surv(1:20, rep(c(1, 1, 0, 1), 5)) ~ 1), c(.5, .9)). Of 1:10 with the last censored the
 * curve is .5 from 5 to 6, so the median is 5.5, and .1 from 9 to the end: its first time counts, where R
 * takes 9.5. */
static void compare_times(int n, const char *events, const double median[3], const double most[3])
{
    double time[32];
    unsigned char event[32];
    for (int i = 0; i < n; i++) time[i] = i + 1, event[i] = events[i] == '1';
    cst_survival_count *count;
    size_t distinct;
    cst_km *km;
    cst_error e;
    assert_int_equal(cst_survival_tally(time, event, (size_t)n, &count, &distinct, &e), CST_OK);
    assert_int_equal(cst_km_fit(count, distinct, CST_CI_LOG, .95, &km, &e), CST_OK);
    cst_km_time half = cst_km_quantile(km, .5), nine = cst_km_quantile(km, .9);
    assert_near(half.time, median[0], 0);
    assert_near(half.lower, median[1], 0);
    assert_near(half.upper, median[2], 0);
    assert_near(nine.time, most[0], 0);
    assert_near(nine.lower, most[1], 0);
    assert_near(nine.upper, most[2], 0);
    cst_km_free(km);
    free(count);
}

static void test_quantiles_follow_the_rule_of_the_median(void **state)
{
    (void)state;
    compare_times(20, "11011101110111011101", (double[]){13, 9, NAN}, (double[]){20, 17, NAN});
    compare_times(10, "1111111110", (double[]){5.5, 3, NAN}, (double[]){9, 8, NAN});
}

int main(void)
{
    if (!csv_open(&expected, "tests/reference/stats_incidence.csv")) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_incidence_and_its_error_are_those_of_survfit),
        cmocka_unit_test(test_mgus2_at_three_times),
        cmocka_unit_test(test_counts_that_make_no_sense_are_refused),
        cmocka_unit_test(test_quantiles_follow_the_rule_of_the_median),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    csv_free(&expected);
    return failed;
}
