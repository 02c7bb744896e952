/* Exact fractions of millionths. The numerator has 128 bits, the denominator 63; both are brought to
 * lowest terms after every step, and a step that would not fit says so. */
#include "base/decimal.h"
#include "ingest/value.h"

#define MOST_DECIMALS 18

static uint64_t common_divisor_short(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static cst_wide common_divisor(cst_wide a, cst_wide b)
{
    if (a < 0) a = -a;
    if (a <= INT64_MAX && b <= INT64_MAX) return common_divisor_short((uint64_t)a, (uint64_t)b);
    while (b) {
        cst_wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int64_t ing_power_of_ten(int n)
{
    int64_t p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

ing_amount_status ing_amount_parse(cst_text t, cst_wide *num, int64_t *den)
{
    uint32_t i = t.n > 0 && (t.p[0] == '-' || t.p[0] == '+');
    bool negative = i && t.p[0] == '-', point = false, digit = false;
    int decimals = 0;
    cst_wide v = 0;
    int64_t plain;
    uint32_t behind;
    if (cst_decimal_short(t, &plain, &behind)) {
        *num = plain;
        *den = 1;
        return ING_AMOUNT_OK;
    }
    for (; i < t.n; i++) {
        if (t.p[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (t.p[i] < '0' || t.p[i] > '9') return ING_AMOUNT_BAD;
        digit = true;
        if (v > ((cst_wide)1 << 100)) return ING_AMOUNT_TOO_LARGE;
        if (point && ++decimals > MOST_DECIMALS) return ING_AMOUNT_TOO_LARGE;
        v = v * 10 + (t.p[i] - '0');
    }
    if (!digit || (point && decimals == 0)) return ING_AMOUNT_BAD;
    int64_t d = 1;
    for (; decimals < 6; decimals++) v *= 10;
    for (; decimals > 6; decimals--) d *= 10;
    cst_wide shared = d == 1 ? 1 : common_divisor(v, d);
    if (shared > 1) {
        v /= shared;
        d = (int64_t)(d / shared);
    }
    *num = negative ? -v : v;
    *den = d;
    return ING_AMOUNT_OK;
}

bool ing_amount_scale(cst_wide *num, int64_t *den, int64_t a, int64_t b)
{
    if (a == 1 && b == 1) return true;
    if (a == 1 && *den == 1 && *num <= INT64_MAX && *num >= INT64_MIN && (int64_t)*num % b == 0) {
        *num = (int64_t)*num / b; /* cents, that is millionths by a hundred */
        return true;
    }
    cst_wide n, d;
    if (__builtin_mul_overflow(*num, (cst_wide)a, &n) ||
        __builtin_mul_overflow((cst_wide)*den, (cst_wide)b, &d))
        return false;
    cst_wide shared = common_divisor(n, d);
    if (shared > 1) {
        n /= shared;
        d /= shared;
    }
    if (d > INT64_MAX) return false;
    *num = n;
    *den = (int64_t)d;
    return true;
}

bool ing_amount_times(cst_wide *num, int64_t *den, cst_wide num2, int64_t den2)
{
    cst_wide shared = common_divisor(num2, (cst_wide)CST_MONEY_UNIT * den2);
    if (shared == 0) shared = 1;
    cst_wide n2 = num2 / shared, d2 = (cst_wide)CST_MONEY_UNIT * den2 / shared;
    if (n2 > INT64_MAX || n2 < INT64_MIN || d2 > INT64_MAX) return false;
    return ing_amount_scale(num, den, (int64_t)n2, (int64_t)d2);
}

bool ing_amount_money(cst_wide num, int64_t den, cst_money *out, bool *rounded)
{
    if (den == 1) return cst_money_of_wide(num, out);
    if (num % den) *rounded = true;
    return cst_money_of_wide(cst_wide_divide(num, den), out);
}

bool ing_amount_round(cst_wide num, int64_t den, int decimals, cst_money *out, bool *rounded)
{
    cst_wide unit = 1, top;
    for (int i = decimals; i < 6; i++) unit *= 10;
    if (num % ((cst_wide)den * unit)) *rounded = true;
    return !__builtin_mul_overflow(cst_wide_divide(num, (cst_wide)den * unit), unit, &top) &&
           cst_money_of_wide(top, out);
}
