/* base/number_parse.c: text to the nearest double, the same under every locale and without a word of
 * global state.
 *
 * The text is taken apart into its significant digits and a power of ten. Up to 2^53 the digits are a
 * double exactly, and so is 10^22 and every power below: one multiplication or division then rounds
 * once, to the nearest (Clinger 1990). The rest goes to strtod as "DIGITSeEXPONENT", a form without a
 * decimal point, which is the only thing in it that a locale changes. */
#include "base/number.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* No double, and no middle between two doubles, has more than 768 significant digits; what stands behind
     * them matters only by not being zero. */
    MOST_DIGITS = 770,
    MOST_EXPONENT = 100000000 /* larger ones are held here: the result is 0 or too large anyway */
};

struct number_digits {
    char digit[MOST_DIGITS + 1]; /* significant digits, without leading zeros */
    int digits;
    int64_t exponent; /* value = digit[] x 10^exponent */
    uint64_t value;   /* of the first 19 digits */
};

static void take_digit(struct number_digits *v, char c, bool point)
{
    if (v->digits == 0 && c == '0') {
        v->exponent -= point;
    } else if (v->digits < MOST_DIGITS) {
        if (v->digits < 19) v->value = v->value * 10 + (uint64_t)(c - '0');
        v->digit[v->digits++] = c;
        v->exponent -= point;
    } else {
        if (c != '0') v->digit[MOST_DIGITS - 1] = '1'; /* what was cut off was more than nothing */
        v->exponent += !point;
    }
}

/* [digits] [. digits], at least one digit; returns where it ends, or NULL. */
static const char *read_mantissa(const char *p, const char *end, struct number_digits *v)
{
    bool point = false, any = false;
    for (; p < end; p++) {
        if (*p >= '0' && *p <= '9') {
            take_digit(v, *p, point);
            any = true;
        } else if (*p == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    return any ? p : NULL;
}

/* e [+-] digits, up to the end. */
static bool read_exponent(const char *p, const char *end, struct number_digits *v)
{
    if (*p != 'e' && *p != 'E') return false;
    p++;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return false;
    int64_t n = 0;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9') return false;
        if (n < MOST_EXPONENT) n = n * 10 + (*p - '0');
    }
    v->exponent += negative ? -n : n;
    return true;
}

static double scale_exactly(uint64_t value, int64_t exponent)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return exponent < 0 ? (double)value / power[-exponent] : (double)value * power[exponent];
}

/* The slow lane; false: infinite. */
static bool ask_strtod(struct number_digits *v, double *out)
{
    char text[MOST_DIGITS + 24];
    int64_t exponent = v->exponent;
    if (exponent > MOST_EXPONENT) exponent = MOST_EXPONENT;
    if (exponent < -MOST_EXPONENT) exponent = -MOST_EXPONENT;
    v->digit[v->digits] = '\0';
    snprintf(text, sizeof text, "%se%d", v->digit, (int)exponent);
    *out = strtod(text, NULL);
    return isfinite(*out);
}

/* The common case, [-] digits [. digits] of at most 15 digits in all, without the bookkeeping of the
 * rest: it is what most fields of most tables are. false: look closer. */
static bool parse_short(cst_text t, double *out)
{
    bool negative = t.n && *t.p == '-';
    const char *p = t.p + negative, *end = t.p + t.n;
    if (p == end || end - p > 16) return false;
    uint64_t value = 0;
    const char *point = NULL;
    for (; p < end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit <= 9)
            value = value * 10 + digit;
        else if (*p == '.' && !point && p + 1 < end && p > t.p + negative)
            point = p;
        else
            return false;
    }
    if (!point && t.n - negative > 15) return false;
    double v = scale_exactly(value, point ? -(int64_t)(end - point - 1) : 0);
    *out = negative && value ? -v : v;
    return true;
}

bool cst_number_parse(cst_text t, double *out)
{
    if (parse_short(t, out)) return true;
    const char *p = t.p, *end = t.p + t.n;
    bool negative = t.n && *p == '-';
    if (t.n && (*p == '-' || *p == '+')) p++;
    struct number_digits v;
    v.digits = 0;
    v.exponent = 0;
    v.value = 0;
    p = read_mantissa(p, end, &v);
    if (!p || (p < end && !read_exponent(p, end, &v))) return false;
    double value;
    if (v.digits == 0) {
        value = 0;
    } else if (v.digits <= 19 && v.value <= UINT64_C(1) << 53 && v.exponent >= -22 && v.exponent <= 22) {
        value = scale_exactly(v.value, v.exponent);
    } else if (!ask_strtod(&v, &value)) {
        return false;
    }
    *out = negative ? -value : value;
    return true;
}

bool cst_int_parse(cst_text t, int64_t *out)
{
    const char *p = t.p, *end = t.p + t.n;
    bool negative = t.n && *p == '-';
    if (t.n && (*p == '-' || *p == '+')) p++;
    if (p == end) return false;
    int64_t v = 0; /* counted downwards: the range reaches one further there */
    for (; p < end; p++) {
        int digit = *p - '0';
        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v)) return false;
    }
    if (!negative && v == INT64_MIN) return false;
    *out = negative ? v : -v;
    return true;
}
