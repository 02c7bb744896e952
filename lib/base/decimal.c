/* base/decimal.c: arithmetic on exact decimals. Every division works on magnitudes and puts the sign
 * back, so that rounding half away from zero is rounding half up, and no intermediate overflows: a
 * product of two 64-bit values fits 128 bits. INT64_MIN is never a result: the range is symmetric, and
 * whoever gets a value may negate it. */
#include "base/decimal.h"

__extension__ typedef unsigned __int128 wide;

static inline wide find_magnitude(cst_wide v)
{
    return v < 0 ? -(wide)v : (wide)v;
}

/* num / den and what is left, in 64 bits where they suffice: that is several times faster. */
static inline wide divide(wide num, wide den, wide *rest)
{
    if (num <= UINT64_MAX && den <= UINT64_MAX) {
        *rest = (uint64_t)num % (uint64_t)den;
        return (uint64_t)num / (uint64_t)den;
    }
    wide q = num / den;
    *rest = num - q * den;
    return q;
}

static inline wide divide_rounded(wide num, wide den)
{
    wide rest;
    wide q = divide(num, den, &rest);
    return q + (rest >= den - rest);
}

/* Puts the sign to a magnitude; false: past 64 bits. */
static inline bool narrow(wide v, bool negative, int64_t *out)
{
    if (v > INT64_MAX) return false;
    *out = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

cst_wide cst_wide_divide(cst_wide num, cst_wide den)
{
    wide q = divide_rounded(find_magnitude(num), find_magnitude(den));
    return (cst_wide)((num < 0) != (den < 0) ? -q : q);
}

bool cst_mul_div(int64_t a, int64_t b, int64_t den, int64_t *out)
{
    if (den == 0) return false;
    cst_wide product = (cst_wide)a * b;
    wide q = divide_rounded(find_magnitude(product), find_magnitude(den));
    return narrow(q, (product < 0) != (den < 0), out);
}

/* a x b / den with a product that passes 128 bits: a is taken bit by bit from the top, the quotient and the
 * rest doubled and b added; den <= 2^127, so that nothing here passes 2 x den. */
static bool divide_long(wide a, wide b, wide den, wide *out)
{
    const wide most = (wide)1 << 126;
    wide whole = b / den, part = b % den, q = 0, rest = 0;
    for (int i = 127; i >= 0; i--) {
        if (q > most) return false;
        q = 2 * q + (rest >= den - rest);
        rest = rest >= den - rest ? rest - (den - rest) : 2 * rest;
        if (!(a >> i & 1)) continue;
        if (whole > most) return false;
        q += whole + (rest >= den - part);
        rest = rest >= den - part ? rest - (den - part) : rest + part;
    }
    *out = q + (rest >= den - rest);
    return *out <= (wide)1 << 126;
}

bool cst_wide_mul_div(cst_wide a, cst_wide b, cst_wide den, cst_wide *out)
{
    wide product, q, x = find_magnitude(a), y = find_magnitude(b);
    if (den <= 0) return false;
    if (!__builtin_mul_overflow(x, y, &product) && product < (wide)1 << 126)
        q = divide_rounded(product, (wide)den);
    else if (!divide_long(x, y, (wide)den, &q))
        return false;
    *out = (a < 0) != (b < 0) ? -(cst_wide)q : (cst_wide)q;
    return true;
}

bool cst_money_add(cst_money a, cst_money b, cst_money *out)
{
    cst_money sum;
    if (__builtin_add_overflow(a, b, &sum) || sum == INT64_MIN) return false;
    *out = sum;
    return true;
}

bool cst_money_of_wide(cst_wide w, cst_money *out)
{
    if (w > INT64_MAX || w < -INT64_MAX) return false;
    *out = (cst_money)w;
    return true;
}

/* rest x 10^6 / den, rounded, where rest < den <= 2^127 and the product may pass 128 bits: the million
 * is taken bit by bit from the top, doubling and adding, and den is taken off whenever it fits;
 * nothing here passes 2 x den. */
static wide divide_millions(wide rest, wide den)
{
    wide q = 0, part = 0;
    for (int bit = 19; bit >= 0; bit--) {
        q *= 2;
        part *= 2;
        if (part >= den) {
            part -= den;
            q++;
        }
        if (CST_MONEY_UNIT >> bit & 1) part += rest;
        if (part >= den) {
            part -= den;
            q++;
        }
    }
    return q + (part >= den - part);
}

bool cst_ratio_of(cst_wide num, cst_wide den, cst_ratio *out)
{
    if (den == 0) return false;
    bool negative = (num < 0) != (den < 0);
    wide n = find_magnitude(num), d = find_magnitude(den);
    if (n <= UINT64_MAX) return narrow(divide_rounded(n * CST_MONEY_UNIT, d), negative, out);
    wide rest;
    wide whole = divide(n, d, &rest);
    if (whole > INT64_MAX / CST_MONEY_UNIT) return false;
    return narrow(whole * CST_MONEY_UNIT + divide_millions(rest, d), negative, out);
}

cst_money cst_money_round(cst_money m, int decimals)
{
    static const int64_t unit_of[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    int64_t unit = unit_of[decimals];
    int64_t rest = m % unit;
    int64_t up = rest >= unit - rest ? unit : rest <= -(unit + rest) ? -unit : 0;
    return m - rest + up;
}

bool cst_money_convert(cst_money m, cst_rate rate, cst_money *out)
{
    return cst_mul_div(m, rate, CST_RATE_UNIT, out);
}
