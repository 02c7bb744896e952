/* Maps from 64-bit keys: fresh and found, growth, edge keys, clear; and pairs of ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/map.h"

enum { MANY = 200000 };

static uint64_t make_key(uint32_t i)
{
    return i % 2 ? cst_map_pair(i % 1000, i)
                 : (uint64_t)i << 40; /* neighbours, and keys that differ high up only */
}

static void many(void **state)
{
    (void)state;
    cst_map *m = cst_map_new();
    assert_non_null(m);
    bool fresh;
    for (uint32_t i = 0; i < MANY; i++) {
        assert_null(cst_map_find(m, make_key(i)));
        uint32_t *v = cst_map_at(m, make_key(i), &fresh);
        assert_non_null(v);
        assert_true(fresh);
        assert_int_equal(*v, 0);
        *v = i + 5;
    }
    for (uint32_t i = 0; i < MANY; i++) {
        const uint32_t *found = cst_map_find(m, make_key(i));
        assert_non_null(found);
        assert_int_equal(*found, i + 5);
        assert_ptr_equal(cst_map_at(m, make_key(i), &fresh), found);
        assert_false(fresh);
    }
    cst_map_free(m);
    cst_map_free(NULL);
}

static void edge_keys(void **state)
{
    (void)state;
    cst_map *m = cst_map_new();
    bool fresh;
    assert_null(cst_map_find(m, 0));
    *cst_map_at(m, 0, &fresh) = 1;
    assert_true(fresh);
    *cst_map_at(m, UINT64_MAX, &fresh) = 2;
    assert_true(fresh);
    assert_int_equal(*cst_map_find(m, 0), 1);
    assert_int_equal(*cst_map_find(m, UINT64_MAX), 2);
    assert_null(cst_map_find(m, 1));
    cst_map_free(m);
}

static void pairs(void **state)
{
    (void)state;
    assert_true(cst_map_pair(1, 2) == UINT64_C(0x100000002));
    assert_true(cst_map_pair(UINT32_MAX, UINT32_MAX) == UINT64_MAX);
    assert_true(cst_map_pair(1, 2) != cst_map_pair(2, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many),
        cmocka_unit_test(edge_keys),
        cmocka_unit_test(pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
