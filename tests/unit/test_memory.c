/* Arrays that grow: room doubles, items stay, new items are zero where that is asked for, a size that cannot
 * be is refused and leaves the array alone; the states of threads lie one behind the other and are zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/parallel.h"

static void room_doubles(void **state)
{
    (void)state;
    assert_int_equal(cst_room_for(0, 1), 16);
    assert_int_equal(cst_room_for(16, 17), 32);
    assert_int_equal(cst_room_for(16, 100), 128);
    assert_true(cst_room_for(16, SIZE_MAX) == SIZE_MAX);
}

static void items_stay(void **state)
{
    (void)state;
    uint32_t *item = NULL;
    size_t room = 0, moves = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        size_t before = room;
        assert_true(cst_grow(&item, &room, i + 1, sizeof *item));
        moves += room != before;
        item[i] = i;
    }
    for (uint32_t i = 0; i < 5000; i++) assert_int_equal(item[i], i);
    assert_int_equal(room, 8192);
    assert_int_equal(moves, 10);
    free(item);
}

static void new_items_are_zero(void **state)
{
    (void)state;
    unsigned char *item = NULL;
    size_t room = 0;
    for (size_t n = 1; n < 3000; n += 700) {
        size_t before = room;
        assert_true(cst_grow_zeroed(&item, &room, n, 1));
        for (size_t i = before; i < room; i++) {
            assert_int_equal(item[i], 0);
            item[i] = 0xff;
        }
    }
    free(item);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    uint64_t *item = NULL;
    size_t room = 0;
    assert_true(cst_grow(&item, &room, 3, sizeof *item));
    item[2] = 7;
    uint64_t *before = item;
    assert_false(cst_grow(&item, &room, SIZE_MAX / 4, sizeof *item));
    assert_false(cst_resize(&item, SIZE_MAX, sizeof *item));
    assert_ptr_equal(item, before);
    assert_int_equal(room, 16);
    assert_int_equal(item[2], 7);
    free(item);
}

static void states_of_threads(void **state)
{
    (void)state;
    void **each = cst_workers(3, 40);
    assert_non_null(each);
    const char *first = each[0];
    for (int i = 0; i < 3; i++) assert_ptr_equal(each[i], first + 40 * i);
    for (int i = 0; i < 120; i++) assert_int_equal(first[i], 0);
    free(each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(room_doubles),       cmocka_unit_test(items_stay),
        cmocka_unit_test(new_items_are_zero), cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(states_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
