/* base/decimal_format.c: integers of 10^-scale to text. Digits are written from the last to the first,
 * two at a time from a table of pairs, into the end of a scratch of known size; the result is then
 * moved to the front in one copy of fixed length, which is cheaper than counting the digits
 * beforehand. */
#include "base/decimal.h"
#include "base/digits.h"

__extension__ typedef unsigned __int128 wide;

const char cst_digit_pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

enum { SCRATCH = CST_DECIMAL_ROOM };

static inline uint64_t find_magnitude(int64_t v)
{
    return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* Writes v so that it ends before `end`, at least one digit; returns where it begins. */
static inline char *put_whole(char *end, uint64_t v)
{
    while (v >= 100) {
        end -= 2;
        memcpy(end, cst_digit_pairs + v % 100 * 2, 2);
        v /= 100;
    }
    if (v >= 10) {
        end -= 2;
        memcpy(end, cst_digit_pairs + v * 2, 2);
    } else {
        *--end = (char)('0' + v);
    }
    return end;
}

/* Writes exactly `digits` digits of v before `end`. */
static inline char *put_padded(char *end, uint64_t v, int digits)
{
    for (; digits >= 2; digits -= 2, v /= 100) {
        end -= 2;
        memcpy(end, cst_digit_pairs + v % 100 * 2, 2);
    }
    if (digits) *--end = (char)('0' + v % 10);
    return end;
}

/* The decimals of v / 10^digits behind a point: without zeros at the end, but at least `least`. */
static inline char *put_decimals(char *end, uint64_t v, int digits, int least)
{
    while (digits >= least + 2 && v % 100 == 0) {
        v /= 100;
        digits -= 2;
    }
    while (digits > least && v % 10 == 0) {
        v /= 10;
        digits--;
    }
    if (digits == 0) return end;
    end = put_padded(end, v, digits);
    *--end = '.';
    return end;
}

/* Moves [p, end) to out and NUL-ends it. The scratch is twice the room, so the copy of fixed length
 * stays inside it. */
static inline size_t give_out(const char *p, const char *end, char out[CST_DECIMAL_ROOM])
{
    size_t n = (size_t)(end - p);
    memcpy(out, p, CST_DECIMAL_ROOM);
    out[n] = '\0';
    return n;
}

static inline int clamp(int v, int most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

size_t cst_money_format(cst_money m, int least, char out[CST_DECIMAL_ROOM])
{
    char scratch[2 * SCRATCH], *end = scratch + SCRATCH;
    memset(end, 0, SCRATCH);
    uint64_t v = find_magnitude(m);
    char *p = put_decimals(end, v % CST_MONEY_UNIT, 6, clamp(least, 6));
    p = put_whole(p, v / CST_MONEY_UNIT);
    if (m < 0) *--p = '-';
    return give_out(p, end, out);
}

size_t cst_money_format_fixed(cst_money m, int decimals, char out[CST_DECIMAL_ROOM])
{
    static const uint32_t unit_of[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    char scratch[2 * SCRATCH], *end = scratch + SCRATCH, *p = end;
    memset(end, 0, SCRATCH);
    decimals = clamp(decimals, 6);
    uint64_t unit = unit_of[decimals], per_whole = CST_MONEY_UNIT / unit;
    uint64_t v = (find_magnitude(m) + unit / 2) / unit;
    if (decimals) {
        p = put_padded(p, v % per_whole, decimals);
        *--p = '.';
    }
    p = put_whole(p, v / per_whole);
    if (m < 0 && v) *--p = '-';
    return give_out(p, end, out);
}

size_t cst_wide_format(cst_wide m, int least, char out[CST_DECIMAL_ROOM])
{
    const uint64_t limb = UINT64_C(1000000000000000000);
    if (m > INT64_MIN && m <= INT64_MAX) return cst_money_format((cst_money)m, least, out);
    char scratch[2 * SCRATCH], *end = scratch + SCRATCH;
    memset(end, 0, SCRATCH);
    wide v = m < 0 ? -(wide)m : (wide)m;
    char *p = put_decimals(end, (uint64_t)(v % CST_MONEY_UNIT), 6, clamp(least, 6));
    for (v /= CST_MONEY_UNIT; v >= limb; v /= limb) p = put_padded(p, (uint64_t)(v % limb), 18);
    p = put_whole(p, (uint64_t)v);
    if (m < 0) *--p = '-';
    return give_out(p, end, out);
}

size_t cst_ratio_format(cst_ratio r, char out[CST_DECIMAL_ROOM])
{
    return cst_money_format(r, 6, out);
}

size_t cst_rate_format(cst_rate r, char out[CST_DECIMAL_ROOM])
{
    char scratch[2 * SCRATCH], *end = scratch + SCRATCH;
    memset(end, 0, SCRATCH);
    uint64_t v = find_magnitude(r);
    char *p = put_decimals(end, v % CST_RATE_UNIT, 12, 0);
    p = put_whole(p, v / CST_RATE_UNIT);
    if (r < 0) *--p = '-';
    return give_out(p, end, out);
}

char *cst_digits_put(char *to, uint64_t v)
{
    char scratch[SCRATCH], *end = scratch + SCRATCH, *p = put_whole(end, v);
    memcpy(to, p, (size_t)(end - p));
    return to + (end - p);
}

size_t cst_int_format(int64_t v, char out[CST_DECIMAL_ROOM])
{
    char scratch[2 * SCRATCH], *end = scratch + SCRATCH;
    memset(end, 0, SCRATCH);
    char *p = put_whole(end, find_magnitude(v));
    if (v < 0) *--p = '-';
    return give_out(p, end, out);
}
