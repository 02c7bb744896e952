/* revenue/product.c: the compounded rate is a product of fractions of 128-bit sums, rounded once at the
 * end. Numerator and denominator are multiplied out as long integers in 32-bit digits; the quotient is
 * found bit by bit, by comparing denominator x candidate with the numerator. No step rounds, so that no
 * order of months could change a digit. */
#include "base/decimal.h"
#include "base/memory.h"
#include "revenue/figures.h"
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uwide;

typedef struct natural {
    uint32_t *digit; /* least first */
    size_t n, room;
    bool failed;
} natural;

static void push_digit(natural *x, uint32_t d)
{
    if (cst_grow(&x->digit, &x->room, x->n + 1, sizeof d))
        x->digit[x->n++] = d;
    else
        x->failed = true;
}

static void set_one(natural *x)
{
    x->n = 0;
    push_digit(x, 1);
}

/* x times a 32-bit digit, shifted by `shift` digits, added to sum (which has room for it). */
static void multiply(natural *x, uwide by)
{
    uint32_t part[4] = {(uint32_t)by, (uint32_t)(by >> 32), (uint32_t)(by >> 64), (uint32_t)(by >> 96)};
    size_t n = x->n;
    uint32_t *sum = calloc(n + 5, sizeof *sum);
    if (!sum || x->failed) {
        free(sum);
        x->failed = true;
        return;
    }
    for (size_t k = 0; k < 4; k++) {
        uint64_t carry = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t t = (uint64_t)x->digit[i] * part[k] + sum[i + k] + carry;
            sum[i + k] = (uint32_t)t;
            carry = t >> 32;
        }
        for (size_t i = n + k; carry; i++) {
            carry += sum[i];
            sum[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    x->n = 0;
    size_t end = n + 5;
    while (end > 0 && sum[end - 1] == 0) end--;
    for (size_t i = 0; i < end; i++) push_digit(x, sum[i]);
    free(sum);
}

static int compare(const natural *a, const natural *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (size_t i = a->n; i > 0; i--)
        if (a->digit[i - 1] != b->digit[i - 1]) return a->digit[i - 1] < b->digit[i - 1] ? -1 : 1;
    return 0;
}

/* The largest q with den x q <= num; -1: past 62 bits. */
static int64_t divide(const natural *num, const natural *den, natural *scratch)
{
    int64_t q = 0;
    for (int bit = 62; bit >= 0; bit--) {
        int64_t candidate = q | (INT64_C(1) << bit);
        scratch->n = 0;
        for (size_t i = 0; i < den->n; i++) push_digit(scratch, den->digit[i]);
        multiply(scratch, (uwide)candidate);
        if (compare(scratch, num) <= 0) q = candidate;
    }
    return q == INT64_MAX ? -1 : q;
}

rev_maybe rev_product_of(const cst_wide *num, const cst_wide *den, size_t n, bool *failed)
{
    rev_maybe out = {0, false};
    for (size_t i = 0; i < n; i++)
        if (den[i] == 0) return out;
    natural a = {0}, b = {0}, scratch = {0};
    set_one(&a);
    set_one(&b);
    bool negative = false;
    for (size_t i = 0; i < n; i++) {
        negative ^= (num[i] < 0) != (den[i] < 0);
        multiply(&a, num[i] < 0 ? -(uwide)num[i] : (uwide)num[i]);
        multiply(&b, den[i] < 0 ? -(uwide)den[i] : (uwide)den[i]);
    }
    /* round half away from zero: floor((2 x 10^6 a + b) / 2b); half the quotient of (2 x 10^6 a) / b,
     * rounded up at odd */
    multiply(&a, (uwide)2000000);
    int64_t twice = a.failed || b.failed ? -1 : divide(&a, &b, &scratch);
    *failed |= a.failed || b.failed || scratch.failed;
    if (twice >= 0) {
        int64_t v = twice / 2 + twice % 2;
        out = (rev_maybe){negative ? -v : v, true};
    }
    free(a.digit);
    free(b.digit);
    free(scratch.digit);
    return out;
}

cst_ratio rev_ratio_quantile(const cst_ratio *x, size_t n, int64_t a, int64_t b)
{
    cst_wide h = (cst_wide)(n - 1) * a;
    size_t low = (size_t)(h / b);
    int64_t rest = (int64_t)(h % b), step;
    if (rest == 0 || low + 1 >= n || !cst_mul_div(x[low + 1] - x[low], rest, b, &step)) return x[low];
    return x[low] + step;
}
