/* The spans of cohort/store.h against plain arrays, ticks in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cohort/store.h"

enum { TICKS = 400, UNITS = 50, FIRST = -150 };

static uint64_t state;

static uint32_t draw(uint32_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % n;
}

static cohort_span spans[2][UNITS];

static uint64_t read_slot(const cohort_store *s, const cohort_span *p, cst_period tick)
{
    uint32_t at = (uint32_t)tick - (uint32_t)p->low;
    if (at >= p->room) return 0;
    if (s->kind == COHORT_SLOT_COUNT) return ((const uint64_t *)p->slot)[at];
    if (s->kind == COHORT_SLOT_SUM) return (uint64_t)((const cohort_sum *)p->slot)[at].sum;
    return p->room == COHORT_BITS ? p->bits >> at & 1 : ((const unsigned char *)p->slot)[at];
}

static void put(cohort_store *s, cohort_span *span, uint64_t *plain, uint32_t unit, int at, cst_money value)
{
    uint64_t *cell = plain + (size_t)unit * TICKS + (size_t)at;
    cst_period tick = FIRST + at;
    if (s->kind == COHORT_SLOT_SEEN) {
        assert_true(cohort_store_see(s, &span[unit], tick));
        *cell = 1;
        return;
    }
    void *slot = cohort_store_at(s, &span[unit], tick);
    assert_non_null(slot);
    if (s->kind == COHORT_SLOT_COUNT) {
        ++*(uint64_t *)slot;
        ++*cell;
    } else {
        ((cohort_sum *)slot)->sum += value;
        ((cohort_sum *)slot)->count++;
        *cell += (uint64_t)value;
    }
}

static void compare(const cohort_store *s, const uint64_t *plain)
{
    for (uint32_t unit = 0; unit < UNITS; unit++)
        for (int at = 0; at < TICKS; at++)
            assert_int_equal(read_slot(s, &spans[0][unit], FIRST + at),
                             plain[(size_t)unit * TICKS + (size_t)at]);
}

/* Each unit keeps to a window of its own, from a few ticks to all of them. */
static void fill(cohort_store *s, cohort_span *span, uint64_t *plain, int rows)
{
    for (int i = 0; i < rows; i++) {
        uint32_t unit = draw(UNITS), width = 1 + unit * 8 % (TICKS - 1);
        put(s, span, plain, unit, (int)((unit * 37 + draw(width)) % TICKS), (cst_money)draw(1000) + 1);
    }
}

static void test_any_order(void **unused)
{
    static const enum cohort_slot kinds[] = {COHORT_SLOT_SEEN, COHORT_SLOT_COUNT, COHORT_SLOT_SUM};
    cst_error e = {0};
    (void)unused;
    for (size_t k = 0; k < 3; k++) {
        cohort_store s, other;
        uint64_t *plain = calloc(UNITS * TICKS, sizeof *plain);
        assert_non_null(plain);
        state = k + 1;
        assert_int_equal(cohort_store_init(&s, kinds[k], &e), CST_OK);
        assert_int_equal(cohort_store_init(&other, kinds[k], &e), CST_OK);
        memset(spans, 0, sizeof spans);
        fill(&s, spans[0], plain, 5000);
        compare(&s, plain);
        fill(&other, spans[1], plain, 3000); /* plain now holds both */
        for (uint32_t unit = 0; unit < UNITS; unit++)
            assert_int_equal(cohort_store_merge(&s, &spans[0][unit], &spans[1][unit], &e), CST_OK);
        compare(&s, plain);
        cohort_store_free(&s);
        cohort_store_free(&other);
        free(plain);
    }
}

/* 64 ticks are held as bits, wherever the first one falls; the 65th spells them out. */
static void test_bits(void **unused)
{
    cohort_store s;
    cohort_span span = {0};
    cst_error e = {0};
    (void)unused;
    assert_int_equal(cohort_store_init(&s, COHORT_SLOT_SEEN, &e), CST_OK);
    for (int i = 63; i >= 0; i--) assert_true(cohort_store_see(&s, &span, 1000 + i));
    assert_int_equal(span.room, COHORT_BITS);
    assert_int_equal(span.low, 1000);
    assert_true(span.bits == UINT64_MAX);
    assert_true(cohort_store_see(&s, &span, 999));
    assert_true(span.room > COHORT_BITS);
    for (int i = 990; i < 1100; i++) assert_int_equal(read_slot(&s, &span, i), i >= 999 && i < 1064);
    cohort_store_free(&s);
}

static void test_sum_overflow(void **unused)
{
    cohort_store a, b;
    cohort_span x = {0}, y = {0};
    cst_error e = {0};
    (void)unused;
    assert_int_equal(cohort_store_init(&a, COHORT_SLOT_SUM, &e), CST_OK);
    assert_int_equal(cohort_store_init(&b, COHORT_SLOT_SUM, &e), CST_OK);
    *(cohort_sum *)cohort_store_at(&a, &x, 5) = (cohort_sum){INT64_MAX, 1};
    *(cohort_sum *)cohort_store_at(&b, &y, 5) = (cohort_sum){1, 1};
    assert_int_equal(cohort_store_merge(&a, &x, &y, &e), CST_LIMIT);
    cohort_store_free(&a);
    cohort_store_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_order), cmocka_unit_test(test_bits),
                                       cmocka_unit_test(test_sum_overflow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
