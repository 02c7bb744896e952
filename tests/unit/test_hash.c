/* The hash: the same value for ever (it defines bootstrap weights and folds), every bit of it moved by
 * every bit of the input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"

/* Values of this definition, computed apart from it by hash.py beside this file. */
static void fixed_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t seed, want;
    } rows[] = {
        {"", 0, UINT64_C(0xd70b1fc61b634566)},
        {"", 42, UINT64_C(0xf4b5ea3cdefce983)},
        {"a", 0, UINT64_C(0xd3140e5231da3c01)},
        {"a", 42, UINT64_C(0x22d988f4045a5d67)},
        {"ab", 0, UINT64_C(0xdd7c3e6ffd6f5207)},
        {"ab", 42, UINT64_C(0xd8f91f0281ff6994)},
        {"abc", 0, UINT64_C(0xc4e93191905e9f76)},
        {"abc", 42, UINT64_C(0xc42b9baa79ac5ab1)},
        {"abcd", 0, UINT64_C(0xb28afb3e5620f17b)},
        {"abcd", 42, UINT64_C(0x7ca2a3dd5fb8dae3)},
        {"ACC-001", 0, UINT64_C(0x6532605880b72c5c)},
        {"ACC-001", 42, UINT64_C(0x70e9cd1d78ed154c)},
        {"ACC-0001", 0, UINT64_C(0x6fd7e69b0f34fa6d)},
        {"ACC-0001", 42, UINT64_C(0x246504a3682c5124)},
        {"cus_NffrFeUfNV2Hi", 0, UINT64_C(0x5ef894d29a6b18f6)},
        {"cus_NffrFeUfNV2Hi", 42, UINT64_C(0x05e53d88630ecc2a)},
        {"0123456789abcdef", 0, UINT64_C(0x9c3e8ac82b895db2)},
        {"0123456789abcdef", 42, UINT64_C(0xacdddedaceef7b66)},
        {"3f2504e0-4f89-11d3-9a0c-0305e82c3301", 0, UINT64_C(0x3045981838d6a8cc)},
        {"3f2504e0-4f89-11d3-9a0c-0305e82c3301", 42, UINT64_C(0xdc723c4894ade917)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char copy[64] = "x"; /* at an odd address: no load may depend on alignment */
        size_t n = strlen(rows[i].text);
        memcpy(copy + 1, rows[i].text, n);
        assert_int_equal(cst_hash(copy + 1, n, rows[i].seed), rows[i].want);
    }
    /* the first outputs of splitmix64 from state 0, as published with the generator */
    assert_int_equal(cst_hash_mix(0), UINT64_C(0xe220a8397b1dcdaf));
    assert_int_equal(cst_hash_mix(UINT64_C(0x9e3779b97f4a7c15)), UINT64_C(0x6e789e6aa1b965f4));
}

/* Each input bit flips each output bit in about half of the cases: 2,000 tosses stay within 6 standard
 * deviations (134). */
static void avalanche(void **state)
{
    (void)state;
    static const size_t sizes[] = {3, 4, 7, 8, 13, 16, 17, 24, 33};
    enum { TRIES = 2000 };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];
        for (size_t bit = 0; bit < 8 * n; bit += 5) {
            int flips[64] = {0};
            for (uint64_t i = 0; i < TRIES; i++) {
                unsigned char text[40];
                for (size_t k = 0; k < n; k++) text[k] = (unsigned char)cst_hash_mix(i * 64 + k);
                uint64_t before = cst_hash(text, n, 1);
                text[bit / 8] ^= (unsigned char)(1 << bit % 8);
                uint64_t moved = before ^ cst_hash(text, n, 1);
                for (int b = 0; b < 64; b++) flips[b] += (int)(moved >> b & 1);
            }
            for (int b = 0; b < 64; b++) assert_in_range(flips[b], TRIES / 2 - 134, TRIES / 2 + 134);
        }
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* A million counted identifiers and seeds: no two 64-bit values alike. */
static void no_collisions(void **state)
{
    (void)state;
    enum { N = 1000000 };
    uint64_t *h = calloc(N, sizeof *h);
    assert_non_null(h);
    for (uint64_t i = 0; i < N; i++) {
        char key[24];
        int n = sprintf(key, "ACC-%06u", (unsigned)(i / 4));
        h[i] = cst_hash(key, (size_t)n, i % 4);
    }
    qsort(h, N, sizeof *h, compare);
    for (int i = 1; i < N; i++) assert_true(h[i] != h[i - 1]);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_values),
        cmocka_unit_test(avalanche),
        cmocka_unit_test(no_collisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
