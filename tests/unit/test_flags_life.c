/* The life of a flag: every cell of the table in flags/life.h, and the example of cs-flags(1). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/date.h"
#include "flags/life.h"

static const flag_life at_once = {.count = 1}, second = {.count = 2}, third = {.count = 3};

static flag_stage_now pend(uint32_t count)
{
    return (flag_stage_now){.since = 100, .count = count, .stage = FLAG_PENDING};
}

static const flag_stage_now absent = {0}, open = {.since = 100, .stage = FLAG_OPEN},
                            cleared = {.since = 100, .until = 130, .stage = FLAG_CLEARED};

/* A step on day 200, judged by stage, since, and count or until. */
static void check_step(const flag_life *l, flag_stage_now s, flag_truth when, bool ends, bool inhibited,
                       flag_stage stage, cst_day since, int64_t rest)
{
    flag_life_step(l, &s, 200, when, ends, inhibited);
    assert_int_equal(s.stage, stage);
    assert_int_equal(s.since, since);
    if (stage == FLAG_PENDING) assert_int_equal(s.count, rest);
    if (stage == FLAG_CLEARED) assert_int_equal(s.until, rest);
}

static void test_absent(void **state)
{
    (void)state;
    check_step(&second, absent, FLAG_TRUE, false, false, FLAG_PENDING, 200, 1);
    check_step(&at_once, absent, FLAG_TRUE, false, false, FLAG_OPEN, 200, 0);
    check_step(&at_once, absent, FLAG_FALSE, true, false, FLAG_ABSENT, 0, 0);
    check_step(&at_once, absent, FLAG_UNKNOWN, false, false, FLAG_ABSENT, 0, 0);
}

static void test_pending(void **state)
{
    (void)state;
    check_step(&third, pend(1), FLAG_TRUE, false, false, FLAG_PENDING, 100, 2);
    check_step(&third, pend(2), FLAG_TRUE, false, false, FLAG_OPEN, 200, 0);
    check_step(&third, pend(2), FLAG_FALSE, true, false, FLAG_ABSENT, 0, 0);
    check_step(&third, pend(2), FLAG_UNKNOWN, false, false, FLAG_PENDING, 100, 2);
}

static void test_open(void **state)
{
    (void)state;
    check_step(&at_once, open, FLAG_TRUE, false, false, FLAG_OPEN, 100, 0);
    check_step(&at_once, open, FLAG_TRUE, true, false, FLAG_OPEN, 100, 0); /* `when` outweighs `clear` */
    check_step(&at_once, open, FLAG_FALSE, true, false, FLAG_CLEARED, 100, 200);
    check_step(&at_once, open, FLAG_FALSE, false, false, FLAG_OPEN, 100, 0);
    check_step(&at_once, open, FLAG_UNKNOWN, false, false, FLAG_OPEN, 100, 0);
    check_step(&at_once, open, FLAG_UNKNOWN, true, false, FLAG_CLEARED, 100, 200);
}

static void test_cleared(void **state)
{
    (void)state;
    const flag_life cooling = {.count = 1, .cooldown = {30, 'd'}};
    assert_false(flag_life_awake(&cooling, &cleared, 131));
    assert_false(flag_life_awake(&cooling, &cleared, 159));
    assert_true(flag_life_awake(&cooling, &cleared, 160));
    assert_true(flag_life_awake(&at_once, &cleared, 131));
    assert_true(flag_life_awake(&cooling, &open, 131));
    /* after it, as absent */
    check_step(&second, cleared, FLAG_TRUE, false, false, FLAG_PENDING, 200, 1);
    check_step(&at_once, cleared, FLAG_TRUE, false, false, FLAG_OPEN, 200, 0);
    check_step(&at_once, cleared, FLAG_FALSE, true, false, FLAG_ABSENT, 0, 0);
    check_step(&at_once, cleared, FLAG_UNKNOWN, false, false, FLAG_ABSENT, 0, 0);
}

static void test_inhibited(void **state)
{
    (void)state;
    check_step(&at_once, absent, FLAG_TRUE, false, true, FLAG_PENDING, 200, 1);
    check_step(&third, pend(2), FLAG_TRUE, false, true, FLAG_PENDING, 100, 3);
    check_step(&third, pend(3), FLAG_TRUE, false, false, FLAG_OPEN, 200, 0); /* once it is free */
    check_step(&third, pend(3), FLAG_FALSE, true, true, FLAG_ABSENT, 0, 0);
    check_step(&at_once, open, FLAG_TRUE, false, true, FLAG_OPEN, 100, 0);
    check_step(&at_once, open, FLAG_FALSE, true, true, FLAG_CLEARED, 100, 200);
}

static void test_by_time(void **state)
{
    (void)state;
    const flag_life days = {.time = {14, 'd'}}, month = {.time = {1, 'm'}};
    flag_stage_now s = {0};
    flag_life_step(&days, &s, 1000, FLAG_TRUE, false, false);
    assert_int_equal(s.stage, FLAG_PENDING);
    flag_life_step(&days, &s, 1013, FLAG_TRUE, false, false);
    assert_int_equal(s.stage, FLAG_PENDING);
    flag_life_step(&days, &s, 1014, FLAG_UNKNOWN, false, false); /* only a true period opens */
    assert_int_equal(s.stage, FLAG_PENDING);
    flag_life_step(&days, &s, 1015, FLAG_TRUE, false, false);
    assert_int_equal(s.stage, FLAG_OPEN);
    assert_int_equal(s.since, 1015);
    s = (flag_stage_now){.since = cst_day_of(2024, 1, 31), .count = 1, .stage = FLAG_PENDING};
    flag_life_step(&month, &s, cst_day_of(2024, 2, 29), FLAG_TRUE, false, false);
    assert_int_equal(s.stage, FLAG_OPEN);
}

/* for 2, when < .7, clear >= .8: .65, missing, .68, .75, .82 */
static void test_example(void **state)
{
    (void)state;
    static const double value[] = {.65, -1, .68, .75, .82};
    static const flag_stage want[] = {FLAG_PENDING, FLAG_PENDING, FLAG_OPEN, FLAG_OPEN, FLAG_CLEARED};
    flag_stage_now s = {0};
    for (int i = 0; i < 5; i++) {
        flag_truth when = value[i] < 0 ? FLAG_UNKNOWN : value[i] < .7 ? FLAG_TRUE : FLAG_FALSE;
        flag_life_step(&second, &s, 300 + i, when, value[i] >= .8, false);
        assert_int_equal(s.stage, want[i]);
    }
    assert_int_equal(s.since, 302);
    assert_int_equal(s.until, 304);
}

/* The last days there are: nothing overflows, and what would fall due past them never does. */
static void test_edges(void **state)
{
    (void)state;
    const flag_life long_wait = {.time = {1000, 'y'}, .cooldown = {1000, 'y'}};
    flag_stage_now s = {.since = CST_DAY_MAX, .count = UINT32_MAX, .stage = FLAG_PENDING};
    flag_life_step(&long_wait, &s, CST_DAY_MAX, FLAG_TRUE, false, false);
    assert_int_equal(s.stage, FLAG_PENDING);
    assert_int_equal(s.count, UINT32_MAX);
    s = (flag_stage_now){.since = CST_DAY_MAX, .until = CST_DAY_MAX, .stage = FLAG_CLEARED};
    assert_false(flag_life_awake(&long_wait, &s, CST_DAY_MAX));
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
