/* The arithmetic behind ratios: products rounded once, quantiles of integers, renewals of a small account. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "revenue/figures.h"
#include "revenue/renewals.h"

static void products_are_rounded_once(void **unused)
{
    (void)unused;
    bool failed = false;
    cst_wide net[3] = {220, 130, 110}, gross[3] = {200, 130, 90}, base[3] = {200, 270, 130};
    assert_int_equal(rev_product_of(net, base, 3, &failed).v, 448148);
    assert_int_equal(rev_product_of(gross, base, 3, &failed).v, 333333);
    /* half away from zero: 1/2 x 1/10^6 = 0.0000005 */
    cst_wide one[2] = {1, 1}, half[2] = {2, 1000000};
    assert_int_equal(rev_product_of(one, half, 2, &failed).v, 1);
    cst_wide minus[2] = {-1, 1};
    assert_int_equal(rev_product_of(minus, half, 2, &failed).v, -1);
    /* a hundred months of sums past 64 bits: exactly 1, and exactly 2 */
    cst_wide large[100], same[100];
    for (int i = 0; i < 100; i++) large[i] = same[i] = ((cst_wide)INT64_MAX << 30) + i;
    assert_int_equal(rev_product_of(large, same, 100, &failed).v, 1000000);
    large[99] *= 2;
    assert_int_equal(rev_product_of(large, same, 100, &failed).v, 2000000);
    same[50] = 0;
    assert_false(rev_product_of(large, same, 100, &failed).there);
    large[3] = 0;
    same[50] = 1;
    assert_int_equal(rev_product_of(large, same, 100, &failed).v, 0);
    assert_false(failed);
}

static void quantiles_are_of_type_7(void **unused)
{
    (void)unused;
    /* R: quantile(c(10, 20, 30, 40), c(0, .025, .5, .975, 1), type = 7): 10 10.75 25 39.25 40 */
    static const cst_ratio x[4] = {10000000, 20000000, 30000000, 40000000};
    assert_int_equal(rev_ratio_quantile(x, 4, 0, 1000), 10000000);
    assert_int_equal(rev_ratio_quantile(x, 4, 25, 1000), 10750000);
    assert_int_equal(rev_ratio_quantile(x, 4, 500, 1000), 25000000);
    assert_int_equal(rev_ratio_quantile(x, 4, 975, 1000), 39250000);
    assert_int_equal(rev_ratio_quantile(x, 4, 1000, 1000), 40000000);
    assert_int_equal(rev_ratio_quantile(x, 1, 500, 1000), 10000000);
}

/* ---- renewals ---------------------------------------------------------------------------------------- */

typedef struct expected {
    cst_day as_of;
    int32_t grace;
    size_t n;
    rev_renewal r[8];
} expected;

static cst_status compare(void *worker, const cst_ledger_account *a, cst_error *e)
{
    const expected *x = worker;
    rev_renewal *r;
    size_t n;
    assert_int_equal(rev_renewals_of(a, x->grace, x->as_of, x->as_of + 90, &r, &n, e), CST_OK);
    assert_int_equal(n, x->n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(r[i].due, x->r[i].due);
        assert_int_equal(r[i].status, x->r[i].status);
        assert_int_equal(r[i].before, x->r[i].before);
        assert_int_equal(r[i].after, x->r[i].after);
        assert_int_equal(r[i].renewed, x->r[i].renewed);
    }
    free(r);
    return CST_OK;
}

static void check_renewals(const cst_ledger_row *row, size_t rows, expected *x)
{
    cst_ledger *l;
    cst_error e;
    cst_ledger_opts o = {.as_of = x->as_of};
    assert_int_equal(cst_ledger_open(&o, &l, &e), CST_OK);
    for (size_t i = 0; i < rows; i++)
        assert_int_equal(cst_ledger_add(l, cst_text_of("A"), &row[i], &(cst_ledger_text){0}, &e), CST_OK);
    void *worker = x;
    assert_int_equal(cst_ledger_each(l, 1, compare, &worker, &e), CST_OK);
    cst_ledger_free(l);
}

static void renewals_follow_the_terms(void **unused)
{
    (void)unused;
    cst_day d = cst_day_of(2024, 1, 31);
    /* monthly from the 31st: the anchor is the start, so the third month is back on the 31st */
    cst_ledger_row monthly = {.start = d, .end = CST_LEDGER_OPEN, .amount = 10, .term = 1};
    expected m = {
        .as_of = cst_day_of(2024, 3, 31),
        .n = 4,
        .r = {
            {.due = cst_day_of(2024, 2, 29),
             .status = REV_RENEWED,
             .before = 10,
             .after = 10,
             .renewed = cst_day_of(2024, 2, 29)},
            {.due = cst_day_of(2024, 3, 31),
             .status = REV_RENEWED,
             .before = 10,
             .after = 10,
             .renewed = cst_day_of(2024, 3, 31)},
            {.due = cst_day_of(2024, 4, 30), .status = REV_UPCOMING, .before = 10, .renewed = CST_DAY_NONE},
            {.due = cst_day_of(2024, 5, 31), .status = REV_UPCOMING, .before = 10, .renewed = CST_DAY_NONE}}};
    check_renewals(&monthly, 1, &m);
    /* two rows of a line come up on one day, one is renewed five days late at another price */
    cst_ledger_row yearly[3] = {
        {.start = cst_day_of(2023, 2, 1), .end = cst_day_of(2024, 2, 1), .amount = 100, .term = 12},
        {.start = cst_day_of(2023, 2, 1), .end = cst_day_of(2024, 2, 1), .amount = 20, .term = 12},
        {.start = cst_day_of(2024, 2, 6), .end = CST_LEDGER_OPEN, .amount = 90, .term = 24}};
    expected late = {.as_of = cst_day_of(2024, 3, 31),
                     .grace = 5,
                     .n = 1,
                     .r = {{.due = cst_day_of(2024, 2, 1),
                            .status = REV_LATE,
                            .before = 120,
                            .after = 90,
                            .renewed = cst_day_of(2024, 2, 6)}}};
    check_renewals(yearly, 3, &late);
    late.grace = 4;
    late.r[0] = (rev_renewal){
        .due = cst_day_of(2024, 2, 1), .status = REV_LOST, .before = 120, .renewed = CST_DAY_NONE};
    check_renewals(yearly, 3, &late);
    /* who ends before the term is up comes up for nothing */
    cst_ledger_row early = {
        .start = cst_day_of(2023, 2, 1), .end = cst_day_of(2023, 12, 1), .amount = 100, .term = 12};
    expected none = {.as_of = cst_day_of(2024, 3, 31)};
    check_renewals(&early, 1, &none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_rounded_once),
        cmocka_unit_test(quantiles_are_of_type_7),
        cmocka_unit_test(renewals_follow_the_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
