/* What rows pay together: levels and changes in any order of rows, against a count of the rows that hold on a
 * day; days before the start of history; the first negative row that holds on a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger/balance.h"

static cst_ledger_row pays(cst_day start, cst_day end, cst_money amount)
{
    return (cst_ledger_row){.start = start, .end = end, .amount = amount, .file = "f.csv"};
}

static void levels_by_day(void **state)
{
    (void)state;
    const cst_ledger_row row[] = {pays(10, 20, 100), pays(15, CST_LEDGER_OPEN, 30), pays(20, 25, 40),
                                  pays(12, 12, 999), pays(13, 30, 0)};
    cst_balance b = {0};
    assert_true(cst_balance_fill(&b, row, 5, CST_DAY_NONE));
    const cst_balance_change want[] = {
        {10, true, 100, 100}, {15, true, 30, 130}, {20, true, -60, 70}, {25, false, -40, 30}};
    assert_int_equal(b.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(b.at[i].day, want[i].day);
        assert_int_equal(b.at[i].begins, want[i].begins);
        assert_true(b.at[i].by == want[i].by && b.at[i].level == want[i].level);
    }
    assert_true(cst_balance_on(&b, 9) == 0 && cst_balance_on(&b, 10) == 100 && cst_balance_on(&b, 24) == 70);
    assert_int_equal(cst_balance_after(&b, 15), 2);
    assert_int_equal(cst_balance_after(&b, 25), 4);
    cst_balance_free(&b);
}

static void history_from_a_day(void **state)
{
    (void)state;
    const cst_ledger_row row[] = {pays(1, 5, 7), pays(1, 20, 100), pays(15, 18, 30)};
    cst_balance b = {0};
    assert_true(cst_balance_fill(&b, row, 3, 10));
    assert_int_equal(b.n, 4);
    assert_int_equal(b.at[0].day, 10);
    assert_true(b.at[0].level == 100);
    cst_balance_free(&b);
}

static void as_rows_counted_by_hand(void **state)
{
    (void)state;
    uint64_t seed = 7;
    cst_balance b = {0};
    cst_ledger_row row[60];
    for (int round = 0; round < 400; round++) {
        size_t n = (size_t)round % 60 + 1;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            cst_day start = (cst_day)(seed >> 40) % 40, days = (cst_day)(seed >> 33) % 9;
            cst_money amount = (cst_money)(seed >> 20) % 11 - 5;
            row[i] = pays(start, days == 8 ? CST_LEDGER_OPEN : start + days, amount);
        }
        assert_true(cst_balance_fill(&b, row, n, CST_DAY_NONE));
        for (cst_day day = -1; day < 50; day++) {
            cst_wide level = 0;
            for (size_t i = 0; i < n; i++)
                if (row[i].start <= day && day < row[i].end) level += row[i].amount;
            assert_true(cst_balance_on(&b, day) == level);
        }
        for (size_t i = 1; i < b.n; i++) {
            assert_true(b.at[i - 1].day < b.at[i].day);
            assert_true(b.at[i].level == b.at[i - 1].level + b.at[i].by);
        }
    }
    cst_balance_free(&b);
}

static void negative_rows_are_found(void **state)
{
    (void)state;
    cst_ledger_row row[] = {pays(10, 20, 100), pays(12, 15, -150), pays(12, 15, -10)};
    row[1].line = 3;
    assert_int_equal(cst_balance_negative(row, 3, 12).line, 3);
    assert_null(cst_balance_negative(row, 3, 15).file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_by_day),
        cmocka_unit_test(history_from_a_day),
        cmocka_unit_test(as_rows_counted_by_hand),
        cmocka_unit_test(negative_rows_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
