/* Arenas: alignment, zeroes (also after a round has written everywhere), texts, large requests, memory
 * kept by a clear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"

static bool is_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i]) return false;
    }
    return true;
}

static void rounds(void **state)
{
    (void)state;
    cst_arena *a = cst_arena_new();
    assert_non_null(a);
    size_t bytes = 0;
    for (int round = 0; round < 4; round++) {
        unsigned char *last = NULL;
        for (size_t i = 0; i < 3000; i++) {
            /* sizes differ by round, so that old bytes end up anywhere; some need a chunk of their own */
            size_t n = i % 500 == 499 ? 3000000 : (i * 37 + (size_t)round * 11) % 300;
            unsigned char *p = cst_arena_alloc(a, n);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 16, 0);
            assert_true(is_zero(p, n));
            memset(p, 0xAB, n);
            if (last) assert_true(p != last);
            last = p;
        }
        if (round == 1) bytes = cst_arena_bytes(a);
        if (round > 1) assert_true(cst_arena_bytes(a) <= bytes + bytes / 2);
        cst_arena_clear(a);
    }
    cst_arena_free(a);
    cst_arena_free(NULL);
}

static void same_round_costs_nothing(void **state)
{
    (void)state;
    cst_arena *a = cst_arena_new();
    for (int i = 0; i < 10000; i++) cst_arena_alloc(a, 100);
    size_t bytes = cst_arena_bytes(a);
    assert_true(bytes >= 10000 * 112 && bytes < 3 * 10000 * 112);
    for (int round = 0; round < 5; round++) {
        cst_arena_clear(a);
        for (int i = 0; i < 10000; i++) cst_arena_alloc(a, 100);
        assert_int_equal(cst_arena_bytes(a), bytes);
    }
    cst_arena_free(a);
}

static void distinct(void **state)
{
    (void)state;
    enum { N = 5000 };
    static uint32_t *place[N];
    cst_arena *a = cst_arena_new();
    for (uint32_t i = 0; i < N; i++) {
        place[i] = cst_arena_alloc(a, (i % 9 + 1) * sizeof(uint32_t));
        for (uint32_t k = 0; k <= i % 9; k++) place[i][k] = i;
    }
    for (uint32_t i = 0; i < N; i++) {
        for (uint32_t k = 0; k <= i % 9; k++) assert_int_equal(place[i][k], i);
    }
    cst_arena_free(a);
}

static void texts(void **state)
{
    (void)state;
    cst_arena *a = cst_arena_new();
    char word[] = "ACC-1xxx";
    bool ok = true;
    cst_text t = cst_arena_text(a, (cst_text){word, 5}, &ok);
    memset(word, '?', sizeof word);
    assert_true(ok);
    assert_int_equal(t.n, 5);
    assert_string_equal(t.p, "ACC-1");
    t = cst_arena_text(a, (cst_text){NULL, 0}, &ok);
    assert_true(ok);
    assert_string_equal(t.p, "");
    assert_string_equal(cst_arena_string(a, "sixteen bytes...and one", 16), "sixteen bytes...");
    cst_arena_free(a);
}

static void too_much(void **state)
{
    (void)state;
    cst_arena *a = cst_arena_new();
    assert_null(cst_arena_alloc(a, SIZE_MAX - 3));
    assert_null(cst_arena_string(a, "x", SIZE_MAX));
    assert_non_null(cst_arena_alloc(a, 1));
    cst_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds),   cmocka_unit_test(same_round_costs_nothing),
        cmocka_unit_test(distinct), cmocka_unit_test(texts),
        cmocka_unit_test(too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
