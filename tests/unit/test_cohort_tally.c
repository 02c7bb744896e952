/* Counts per distinct duration: whole ones, fractions and large ones; split and merged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/text.h"
#include "cohort/tally.h"

static const double durations[] = {3, 0, 2.5, 3, 1e9, 65535, 65536, 2.5, 0, 12, 0.1, 100000.5};
static const bool events[] = {1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1};
enum { ROWS = sizeof durations / sizeof *durations };

static void check(const cohort_tally *t, uint64_t times)
{
    static const cst_survival_count want[] = {{0, 0, 2, 0},     {0.1, 0, 1, 0},      {2.5, 2, 0, 0},
                                              {3, 1, 1, 0},     {12, 1, 0, 0},       {65535, 0, 1, 0},
                                              {65536, 1, 0, 0}, {100000.5, 1, 0, 0}, {1e9, 1, 0, 0}};
    size_t n;
    cst_survival_count *count = cohort_tally_counts(t, &n);
    assert_non_null(count);
    assert_int_equal(n, 9);
    for (size_t i = 0; i < n; i++) {
        assert_true(count[i].time == want[i].time);
        assert_int_equal(count[i].events, times * want[i].events);
        assert_int_equal(count[i].censored, times * want[i].censored);
    }
    free(count);
}

static void test_counts(void **unused)
{
    cohort_tally t = {0}, half = {0};
    (void)unused;
    for (int i = 0; i < ROWS; i++) assert_true(cohort_tally_add(&t, durations[i], events[i], 1));
    check(&t, 1);
    for (int i = ROWS - 1; i >= 0; i--) assert_true(cohort_tally_add(&half, durations[i], events[i], 1));
    assert_true(cohort_tally_merge(&t, &half));
    check(&t, 2);
    cohort_tally_free(&t);
    cohort_tally_free(&half);
}

static void test_nothing(void **unused)
{
    cohort_tally t = {0};
    size_t n;
    (void)unused;
    cst_survival_count *count = cohort_tally_counts(&t, &n);
    assert_non_null(count);
    assert_int_equal(n, 0);
    free(count);
    cohort_tally_free(&t);
}

/* Groups are matched by name, not by id. */
static void test_groups(void **unused)
{
    cst_intern *names = cst_intern_new(), *others = cst_intern_new();
    cohort_tallies all = {0}, part = {0};
    (void)unused;
    uint32_t b = cst_intern_id(names, cst_text_of("b"));
    uint32_t a = cst_intern_id(others, cst_text_of("a")), b2 = cst_intern_id(others, cst_text_of("b"));
    assert_true(cohort_tally_add(cohort_tallies_at(&all, b), 4, true, 1));
    assert_true(cohort_tally_add(cohort_tallies_at(&part, a), 5, true, 1));
    assert_true(cohort_tally_add(cohort_tallies_at(&part, b2), 4, false, 2));
    assert_true(cohort_tallies_merge(&all, names, &part, others));
    assert_int_equal(all.n, 2);
    assert_int_equal(all.at[b].whole[4][1], 1);
    assert_int_equal(all.at[b].whole[4][0], 2);
    assert_int_equal(all.at[cst_intern_find(names, cst_text_of("a"))].whole[5][1], 1);
    cohort_tallies_free(&all);
    cohort_tallies_free(&part);
    cst_intern_free(names);
    cst_intern_free(others);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_nothing),
                                       cmocka_unit_test(test_groups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
