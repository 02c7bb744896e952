/* Interners: dense ids in order of first sight, one at a time and in batches; collisions; sorting
 * against qsort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/text.h"

enum { MANY = 200000 };

static size_t write_key(char *p, uint32_t i)
{
    switch (i % 4) { /* lengths from 1 to 40, so that every path of the comparison is used */
    case 0:
        return (size_t)sprintf(p, "%u", i);
    case 1:
        return (size_t)sprintf(p, "ACC-%06u", i);
    case 2:
        return (size_t)sprintf(p, "%u-cus_NffrFeUfNV2Hib", i);
    default:
        return (size_t)sprintf(p, "3f2504e0-4f89-11d3-9a0c-0305e82c%08u", i);
    }
}

static void one_by_one(void **state)
{
    (void)state;
    cst_intern *s = cst_intern_new();
    assert_non_null(s);
    char key[64];
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < MANY; i++) {
            size_t n = write_key(key, i);
            if (pass == 0)
                assert_int_equal(cst_intern_find(s, (cst_text){key, (uint32_t)n}), CST_INTERN_NONE);
            assert_int_equal(cst_intern_id(s, (cst_text){key, (uint32_t)n}), i);
            assert_int_equal(cst_intern_find(s, (cst_text){key, (uint32_t)n}), i);
        }
        assert_int_equal(cst_intern_count(s), MANY);
    }
    for (uint32_t i = 0; i < MANY; i += 7) {
        size_t n = write_key(key, i);
        cst_text t = cst_intern_text(s, i);
        assert_int_equal(t.n, n);
        assert_string_equal(t.p, key); /* NUL-ended */
    }
    cst_intern_free(s);
    cst_intern_free(NULL);
}

/* The same ids as one at a time, for batches of any size, repeats inside a batch among them. */
static void in_batches(void **state)
{
    (void)state;
    enum { ROWS = 60000 };
    static char bytes[ROWS][64];
    static cst_text t[ROWS];
    static uint32_t id[ROWS];
    srand(5);
    for (uint32_t i = 0; i < ROWS; i++) {
        size_t n = write_key(bytes[i], (uint32_t)rand() % 20000);
        t[i] = (cst_text){bytes[i], (uint32_t)n};
    }
    cst_intern *batch = cst_intern_new(), *single = cst_intern_new();
    for (uint32_t from = 0, n; from < ROWS; from += n) {
        n = (uint32_t)rand() % 200;
        if (n > ROWS - from) n = ROWS - from;
        assert_true(cst_intern_ids(batch, t + from, id + from, n));
    }
    for (uint32_t i = 0; i < ROWS; i++) assert_int_equal(id[i], cst_intern_id(single, t[i]));
    assert_int_equal(cst_intern_count(batch), cst_intern_count(single));
    assert_true(cst_intern_count(batch) > 8192); /* past where texts are fetched ahead */
    cst_intern_free(batch);
    cst_intern_free(single);
}

static void look_alikes(void **state)
{
    (void)state;
    cst_intern *s = cst_intern_new();
    static const char raw[] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    for (uint32_t n = 0; n < 20; n++) assert_int_equal(cst_intern_id(s, (cst_text){raw, n}), n);
    /* differing in one byte only, at every place */
    char key[24];
    for (uint32_t n = 1; n < sizeof key; n++) {
        memset(key, 'k', sizeof key);
        cst_intern_id(s, (cst_text){key, n});
        for (uint32_t i = 0; i < n; i++) {
            uint32_t before = cst_intern_count(s);
            key[i] = 'K';
            assert_int_equal(cst_intern_id(s, (cst_text){key, n}), before);
            key[i] = 'k';
        }
    }
    assert_int_equal(cst_intern_id(s, (cst_text){NULL, 0}), 0);
    cst_intern_free(s);
}

/* Texts whose 32 bits of hash are equal are still told apart: they are searched for here. */
static void equal_hashes(void **state)
{
    (void)state;
    enum { BITS = 22, TRIES = 400000 };
    uint32_t *seen = calloc((size_t)1 << BITS, sizeof *seen);
    assert_non_null(seen);
    cst_intern *s = cst_intern_new();
    int pairs = 0;
    for (uint32_t i = 1; i <= TRIES; i++) {
        char key[16], other[16];
        int n = sprintf(key, "%u", i);
        uint32_t hash = (uint32_t)(cst_hash(key, (size_t)n, 0) >> 32), *at = &seen[hash >> (32 - BITS)];
        int m = sprintf(other, "%u", *at);
        if (*at && (uint32_t)(cst_hash(other, (size_t)m, 0) >> 32) == hash) {
            uint32_t a = cst_intern_id(s, (cst_text){key, (uint32_t)n});
            uint32_t b = cst_intern_id(s, (cst_text){other, (uint32_t)m});
            assert_int_not_equal(a, b);
            assert_int_equal(a, cst_intern_id(s, (cst_text){key, (uint32_t)n}));
            pairs++;
        }
        *at = i;
    }
    assert_true(pairs >
                2); /* about 400000^2 / 2^33 = 18 are due, less those the table of last ones forgets */
    assert_true(pairs < 40);
    cst_intern_free(s);
    free(seen);
}

static int compare(const void *a, const void *b)
{
    return cst_text_compare(*(const cst_text *)a, *(const cst_text *)b);
}

static void check_sorted(cst_intern *s)
{
    uint32_t n = cst_intern_count(s);
    cst_text *want = calloc(n + 1, sizeof *want);
    assert_non_null(want);
    for (uint32_t i = 0; i < n; i++) want[i] = cst_intern_text(s, i);
    qsort(want, n, sizeof *want, compare);
    uint32_t *id = cst_intern_sorted(s);
    assert_non_null(id);
    for (uint32_t i = 0; i < n; i++) assert_true(cst_text_equal(want[i], cst_intern_text(s, id[i])));
    for (uint32_t i = 1; i < n; i++) {
        assert_true(cst_text_compare(cst_intern_text(s, id[i - 1]), cst_intern_text(s, id[i])) < 0);
    }
    free(id);
    free(want);
}

static void sorted(void **state)
{
    (void)state;
    cst_intern *s = cst_intern_new();
    check_sorted(s); /* none */
    cst_intern_id(s, cst_text_of("one"));
    check_sorted(s);
    char key[64];
    for (uint32_t i = 0; i < 30000; i++)
        cst_intern_id(s, (cst_text){key, (uint32_t)write_key(key, i * 7919 % 30011)});
    check_sorted(s);
    cst_intern_free(s);
}

static void sorted_behind_a_prefix(void **state)
{
    (void)state;
    srand(9);
    for (int round = 0; round < 50; round++) {
        cst_intern *s = cst_intern_new();
        for (int i = 0; i < 300; i++) {
            char key[32] = "customer-";
            uint32_t n = 9 + (uint32_t)rand() % 14;
            /* few letters, NUL and 255 among them: many equal keys, and texts that go on where others end */
            for (uint32_t k = 9; k < n; k++) key[k] = "\0a\xff"[rand() % 3];
            cst_intern_id(s, (cst_text){key, n});
        }
        check_sorted(s);
        cst_intern_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_by_one),  cmocka_unit_test(in_batches),
        cmocka_unit_test(look_alikes), cmocka_unit_test(equal_hashes),
        cmocka_unit_test(sorted),      cmocka_unit_test(sorted_behind_a_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
