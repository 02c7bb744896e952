/* The Poisson bootstrap: weights that are Poisson(1), the same for ever, and sums that add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cstools/stats.h>
#include <math.h>
#include <string.h>

static cst_text text_of(const char *s)
{
    return (cst_text){s, (uint32_t)strlen(s)};
}

/* 200 replicates of 5,000 keys: a chi-square of the counts against Poisson(1), and no correlation from
 * one replicate or key to the next. */
static void weights_are_poisson(void **state)
{
    (void)state;
    enum { KEYS = 5000, REPLICATES = 200 };
    double count[7] = {0}, next = 0, other = 0, n = (double)KEYS * REPLICATES, chi = 0;
    for (uint64_t k = 0; k < KEYS; k++)
        for (uint32_t r = 0; r < REPLICATES; r++) {
            unsigned w = cst_bootstrap_weight(42, r, k);
            count[w < 6 ? w : 6]++;
            next += ((double)w - 1) * ((double)cst_bootstrap_weight(42, r + 1, k) - 1);
            other += ((double)w - 1) * ((double)cst_bootstrap_weight(42, r, k + 1) - 1);
        }
    double p = exp(-1), rest = 1;
    for (int w = 0; w < 7; w++) {
        double share = w < 6 ? p : rest;
        chi += (count[w] - n * share) * (count[w] - n * share) / (n * share);
        rest -= p;
        p /= w + 1;
    }
    assert_true(chi < 22.5);                                                /* 6 df: .001 */
    assert_true(fabs(next) < 3.3 * sqrt(n) && fabs(other) < 3.3 * sqrt(n)); /* variance 1 each */
    unsigned same = 0;
    for (uint32_t r = 0; r < REPLICATES; r++)
        same += cst_bootstrap_weight(42, r, 7) == cst_bootstrap_weight(43, r, 7);
    assert_true(same < 100); /* two Poisson(1) agree in 31 % */
}

static void expect_weights(uint64_t seed, uint64_t key, const char *want)
{
    char drawn[64] = "";
    for (uint32_t r = 0; want[r]; r++) drawn[r] = (char)('0' + cst_bootstrap_weight(seed, r, key));
    assert_string_equal(drawn, want);
}

/* Reported intervals hang on these: they must never change. From the definition, by
 * tests/reference/stats_bootstrap.py. */
static void weights_are_fixed(void **state)
{
    (void)state;
    expect_weights(1, 12345, "001101200000121102101310022121000411000021002100303032022021");
    expect_weights(UINT64_MAX, 0, "401121010110310101120110021000102202151010101222000011212022");
    assert_true(cst_bootstrap_key(text_of("acct-1")) == cst_bootstrap_key(text_of("acct-1")));
    assert_true(cst_bootstrap_key(text_of("acct-1")) != cst_bootstrap_key(text_of("acct-2")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(weights_are_poisson),
                                       cmocka_unit_test(weights_are_fixed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
