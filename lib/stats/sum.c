/* Exact sums of doubles. The accumulator is a fixed-point number in base 2^32: digit k counts units of
 * 2^(32 k - 1088), so that the 53 bits of any double fall on at most three digits. A digit is 64 bits
 * wide and holds 2^30 adds before its carry must be settled. After settling, the digits are the same
 * for any order of adds, and so is the value.
 */
#include <cstools/stats.h>
#include <math.h>
#include <string.h>

enum { DIGITS = 70, LOW = -1088 };
static const uint32_t adds_between_carries = UINT32_C(1) << 29;

/* Every digit but the last to 0 .. 2^32 - 1; the last keeps the sign. */
static void settle_carries(cst_sum *s)
{
    for (int k = 0; k + 1 < DIGITS; k++) {
        int64_t carry = s->digit[k] >> 32; /* towards minus infinity */
        s->digit[k] -= carry * (INT64_C(1) << 32);
        s->digit[k + 1] += carry;
    }
    s->pending = 0;
}

void cst_sum_add(cst_sum *s, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent == 0x7ff) return; /* the contract asks for finite values */
    if (exponent)
        mantissa |= UINT64_C(1) << 52;
    else
        exponent = 1;
    int at = exponent - 1075 - LOW; /* the mantissa counts units of 2^(exponent - 1075) */
    int k = at >> 5, shift = at & 31;
    int64_t sign = bits >> 63 ? -1 : 1;
    __extension__ unsigned __int128 wide = (unsigned __int128)mantissa << shift;
    s->digit[k] += sign * (int64_t)(uint32_t)wide;
    s->digit[k + 1] += sign * (int64_t)(uint32_t)(wide >> 32);
    s->digit[k + 2] += sign * (int64_t)(uint32_t)(wide >> 64);
    if (++s->pending >= adds_between_carries) settle_carries(s);
}

void cst_sum_merge(cst_sum *into, const cst_sum *from)
{
    cst_sum other = *from;
    settle_carries(&other);
    settle_carries(into);
    for (int k = 0; k < DIGITS; k++) into->digit[k] += other.digit[k];
    into->pending = 2;
}

/* The top 64 bits of a settled, non-negative number whose first digit is k, the last bit set if
 * anything follows (so that the conversion to double rounds correctly), with the power of two in
 * *scale. */
static uint64_t take_top(const cst_sum *s, int k, int *scale)
{
    __extension__ unsigned __int128 wide = 0;
    for (int i = k; i > k - 4; i--) wide = wide << 32 | (i >= 0 ? (uint32_t)s->digit[i] : 0);
    bool rest = false;
    for (int i = k - 4; i >= 0; i--) rest |= s->digit[i] != 0;
    int drop = 0; /* the first digit is not 0, so at least 97 bits are there */
    while (wide >> drop >> 64) drop++;
    uint64_t top = (uint64_t)(wide >> drop);
    if (rest || wide != (__extension__(unsigned __int128) top) << drop) top |= 1;
    *scale = LOW + 32 * (k - 3) + drop;
    return top;
}

double cst_sum_value(const cst_sum *s)
{
    cst_sum t = *s;
    settle_carries(&t);
    double sign = 1;
    if (t.digit[DIGITS - 1] < 0) {
        for (int k = 0; k < DIGITS; k++) t.digit[k] = -t.digit[k];
        settle_carries(&t);
        sign = -1;
    }
    int k = DIGITS - 1, scale;
    while (k >= 0 && t.digit[k] == 0) k--;
    if (k < 0) return 0;
    uint64_t top = take_top(&t, k, &scale);
    return sign * ldexp((double)top, scale);
}
