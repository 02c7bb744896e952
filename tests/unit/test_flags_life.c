/* The life of a flag: every cell of the table in flags/life.h, and the example of cs-flags(1). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/date.h"
#include "flags/life.h"

static const cst_life at_once = {.count = 1}, second = {.count = 2}, third = {.count = 3};

static cst_flag_state pend(uint32_t count)
{
    return (cst_flag_state){.since = 100, .count = count, .stage = CST_FLAG_PENDING};
}

static const cst_flag_state absent = {0}, open = {.since = 100, .stage = CST_FLAG_OPEN},
                            cleared = {.since = 100, .until = 130, .stage = CST_FLAG_CLEARED};

/* A step on day 200, judged by stage, since, and count or until. */
static void check_step(const cst_life *l, cst_flag_state s, cst_truth when, bool ends, bool inhibited,
                       cst_flag_stage stage, cst_day since, int64_t rest)
{
    cst_life_step(l, &s, 200, when, ends, inhibited);
    assert_int_equal(s.stage, stage);
    assert_int_equal(s.since, since);
    if (stage == CST_FLAG_PENDING) assert_int_equal(s.count, rest);
    if (stage == CST_FLAG_CLEARED) assert_int_equal(s.until, rest);
}

static void test_absent(void **state)
{
    (void)state;
    check_step(&second, absent, CST_TRUE, false, false, CST_FLAG_PENDING, 200, 1);
    check_step(&at_once, absent, CST_TRUE, false, false, CST_FLAG_OPEN, 200, 0);
    check_step(&at_once, absent, CST_FALSE, true, false, CST_FLAG_ABSENT, 0, 0);
    check_step(&at_once, absent, CST_UNKNOWN, false, false, CST_FLAG_ABSENT, 0, 0);
}

static void test_pending(void **state)
{
    (void)state;
    check_step(&third, pend(1), CST_TRUE, false, false, CST_FLAG_PENDING, 100, 2);
    check_step(&third, pend(2), CST_TRUE, false, false, CST_FLAG_OPEN, 200, 0);
    check_step(&third, pend(2), CST_FALSE, true, false, CST_FLAG_ABSENT, 0, 0);
    check_step(&third, pend(2), CST_UNKNOWN, false, false, CST_FLAG_PENDING, 100, 2);
}

static void test_open(void **state)
{
    (void)state;
    check_step(&at_once, open, CST_TRUE, false, false, CST_FLAG_OPEN, 100, 0);
    check_step(&at_once, open, CST_TRUE, true, false, CST_FLAG_OPEN, 100, 0); /* `when` outweighs `clear` */
    check_step(&at_once, open, CST_FALSE, true, false, CST_FLAG_CLEARED, 100, 200);
    check_step(&at_once, open, CST_FALSE, false, false, CST_FLAG_OPEN, 100, 0);
    check_step(&at_once, open, CST_UNKNOWN, false, false, CST_FLAG_OPEN, 100, 0);
    check_step(&at_once, open, CST_UNKNOWN, true, false, CST_FLAG_CLEARED, 100, 200);
}

static void test_cleared(void **state)
{
    (void)state;
    const cst_life cooling = {.count = 1, .cooldown = {30, 'd'}};
    assert_false(cst_life_awake(&cooling, &cleared, 131));
    assert_false(cst_life_awake(&cooling, &cleared, 159));
    assert_true(cst_life_awake(&cooling, &cleared, 160));
    assert_true(cst_life_awake(&at_once, &cleared, 131));
    assert_true(cst_life_awake(&cooling, &open, 131));
    /* after it, as absent */
    check_step(&second, cleared, CST_TRUE, false, false, CST_FLAG_PENDING, 200, 1);
    check_step(&at_once, cleared, CST_TRUE, false, false, CST_FLAG_OPEN, 200, 0);
    check_step(&at_once, cleared, CST_FALSE, true, false, CST_FLAG_ABSENT, 0, 0);
    check_step(&at_once, cleared, CST_UNKNOWN, false, false, CST_FLAG_ABSENT, 0, 0);
}

static void test_inhibited(void **state)
{
    (void)state;
    check_step(&at_once, absent, CST_TRUE, false, true, CST_FLAG_PENDING, 200, 1);
    check_step(&third, pend(2), CST_TRUE, false, true, CST_FLAG_PENDING, 100, 3);
    check_step(&third, pend(3), CST_TRUE, false, false, CST_FLAG_OPEN, 200, 0); /* once it is free */
    check_step(&third, pend(3), CST_FALSE, true, true, CST_FLAG_ABSENT, 0, 0);
    check_step(&at_once, open, CST_TRUE, false, true, CST_FLAG_OPEN, 100, 0);
    check_step(&at_once, open, CST_FALSE, true, true, CST_FLAG_CLEARED, 100, 200);
}

static void test_by_time(void **state)
{
    (void)state;
    const cst_life days = {.time = {14, 'd'}}, month = {.time = {1, 'm'}};
    cst_flag_state s = {0};
    cst_life_step(&days, &s, 1000, CST_TRUE, false, false);
    assert_int_equal(s.stage, CST_FLAG_PENDING);
    cst_life_step(&days, &s, 1013, CST_TRUE, false, false);
    assert_int_equal(s.stage, CST_FLAG_PENDING);
    cst_life_step(&days, &s, 1014, CST_UNKNOWN, false, false); /* only a true period opens */
    assert_int_equal(s.stage, CST_FLAG_PENDING);
    cst_life_step(&days, &s, 1015, CST_TRUE, false, false);
    assert_int_equal(s.stage, CST_FLAG_OPEN);
    assert_int_equal(s.since, 1015);
    s = (cst_flag_state){.since = cst_day_of(2024, 1, 31), .count = 1, .stage = CST_FLAG_PENDING};
    cst_life_step(&month, &s, cst_day_of(2024, 2, 29), CST_TRUE, false, false);
    assert_int_equal(s.stage, CST_FLAG_OPEN);
}

/* for 2, when < .7, clear >= .8: .65, missing, .68, .75, .82 */
static void test_example(void **state)
{
    (void)state;
    static const double value[] = {.65, -1, .68, .75, .82};
    static const cst_flag_stage want[] = {CST_FLAG_PENDING, CST_FLAG_PENDING, CST_FLAG_OPEN, CST_FLAG_OPEN,
                                          CST_FLAG_CLEARED};
    cst_flag_state s = {0};
    for (int i = 0; i < 5; i++) {
        cst_truth when = value[i] < 0 ? CST_UNKNOWN : value[i] < .7 ? CST_TRUE : CST_FALSE;
        cst_life_step(&second, &s, 300 + i, when, value[i] >= .8, false);
        assert_int_equal(s.stage, want[i]);
    }
    assert_int_equal(s.since, 302);
    assert_int_equal(s.until, 304);
}

/* The last days there are: nothing overflows, and what would fall due past them never does. */
static void test_edges(void **state)
{
    (void)state;
    const cst_life long_wait = {.time = {1000, 'y'}, .cooldown = {1000, 'y'}};
    cst_flag_state s = {.since = CST_DAY_MAX, .count = UINT32_MAX, .stage = CST_FLAG_PENDING};
    cst_life_step(&long_wait, &s, CST_DAY_MAX, CST_TRUE, false, false);
    assert_int_equal(s.stage, CST_FLAG_PENDING);
    assert_int_equal(s.count, UINT32_MAX);
    s = (cst_flag_state){.since = CST_DAY_MAX, .until = CST_DAY_MAX, .stage = CST_FLAG_CLEARED};
    assert_false(cst_life_awake(&long_wait, &s, CST_DAY_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent),  cmocka_unit_test(test_pending),   cmocka_unit_test(test_open),
        cmocka_unit_test(test_cleared), cmocka_unit_test(test_inhibited), cmocka_unit_test(test_by_time),
        cmocka_unit_test(test_example), cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
