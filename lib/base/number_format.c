/* base/number_format.c: doubles to text, the same under every locale and without a word of global
 * state.
 *
 * Shortest text: numbers of few decimals, which is what tables hold, are found by scaling: if v x 10^k
 * rounds to an integer r below 10^15 and r / 10^k is v again, then r with k decimals is the text,
 * since among so few digits no other decimal reads back as v. All else asks printf for 15, 16, then 17
 * digits and takes the first that reads back. printf's exponent form is used and only its digits are
 * kept, so the decimal point of the locale never shows.
 *
 * Fixed decimals: v x 10^d is computed with the error of the multiplication (fma), and so rounded
 * exactly, half away from zero like the house's decimals; where that product passes 2^53 printf
 * rounds, but for an exact tie, which is taken up by hand. */
#include "base/decimal.h"
#include "base/number.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double power_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

/* A positive number as its significant digits; the first stands for 10^exponent. */
struct digits {
    char digit[24];
    int n;
    int exponent;
};

/* r / 10^decimals without a sign. */
static char *put_scaled(char *p, uint64_t r, int decimals)
{
    char digit[CST_DECIMAL_ROOM];
    int n = (int)cst_int_format((int64_t)r, digit);
    if (n <= decimals) { /* 0.0042 */
        *p++ = '0';
        *p++ = '.';
        memset(p, '0', (size_t)(decimals - n));
        p += decimals - n;
        memcpy(p, digit, (size_t)n);
        return p + n;
    }
    memcpy(p, digit, (size_t)(n - decimals));
    p += n - decimals;
    if (decimals == 0) return p;
    *p++ = '.';
    memcpy(p, digit + n - decimals, (size_t)decimals);
    return p + decimals;
}

/* The quick lane: at most six decimals and fifteen digits. NULL: not such a number. */
static char *put_short(char *p, double v)
{
    for (int k = 0; k <= 6; k++) {
        double scaled = v * power_of_ten[k];
        if (scaled >= 1e15) return NULL;
        uint64_t r = (uint64_t)(scaled + 0.5);
        if (r && (double)r / power_of_ten[k] == v) return put_scaled(p, r, k);
    }
    return NULL;
}

/* v to `n` significant digits by printf; whatever its locale puts for a decimal point is no digit and
 * is passed over. */
static void print_digits(double v, int n, struct digits *out)
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", n - 1, v);
    const char *p = text;
    out->n = 0;
    for (; *p && *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') out->digit[out->n++] = *p;
    }
    out->exponent = *p ? atoi(p + 1) : 0;
}

static bool reads_back(const struct digits *d, double v)
{
    char text[40];
    snprintf(text, sizeof text, "%.*se%d", d->n, d->digit, d->exponent - d->n + 1);
    return strtod(text, NULL) == v;
}

/* One more in the last place. */
static void step_up(struct digits *d)
{
    int i = d->n - 1;
    while (i >= 0 && d->digit[i] == '9') d->digit[i--] = '0';
    if (i >= 0) {
        d->digit[i]++;
    } else {
        d->digit[0] = '1';
        d->exponent++;
    }
}

/* The fewest digits that read back as v. At a power of two the doubles below lie twice as close as
 * those above, so the decimal nearest to v may be another double's while the next one up is v's: both
 * are tried. */
static void find_shortest(double v, struct digits *d)
{
    int exponent;
    bool power_of_two = frexp(v, &exponent) == 0.5;
    for (int n = v < DBL_MIN ? 1 : 15; n <= 17; n++) {
        print_digits(v, n, d);
        if (n == 17 || reads_back(d, v)) break;
        if (!power_of_two) continue;
        step_up(d);
        if (reads_back(d, v)) break;
    }
    while (d->n > 1 && d->digit[d->n - 1] == '0') d->n--;
}

/* Without exponent: the point stands behind the digit of 10^0. */
static char *put_plain(char *p, const struct digits *d)
{
    int whole = d->exponent + 1;
    if (whole <= 0) {
        memcpy(p, "0.", 2);
        memset(p + 2, '0', (size_t)-whole);
        memcpy(p + 2 - whole, d->digit, (size_t)d->n);
        return p + 2 - whole + d->n;
    }
    if (d->n <= whole) {
        memcpy(p, d->digit, (size_t)d->n);
        memset(p + d->n, '0', (size_t)(whole - d->n));
        return p + whole;
    }
    memcpy(p, d->digit, (size_t)whole);
    p[whole] = '.';
    memcpy(p + whole + 1, d->digit + whole, (size_t)(d->n - whole));
    return p + d->n + 1;
}

/* 1.5e-07, as C writes it. */
static char *put_exponent(char *p, const struct digits *d)
{
    *p++ = d->digit[0];
    if (d->n > 1) {
        *p++ = '.';
        memcpy(p, d->digit + 1, (size_t)(d->n - 1));
        p += d->n - 1;
    }
    return p + sprintf(p, "e%+03d", d->exponent);
}

size_t cst_number_format(double v, char out[CST_NUMBER_ROOM])
{
    out[0] = '\0';
    if (!isfinite(v)) return 0;
    char *p = out;
    if (v < 0) *p++ = '-';
    double size = fabs(v);
    char *end = NULL;
    if (size == 0) {
        *p = '0';
        end = p + 1;
    } else if (size >= 1e-6) {
        end = put_short(p, size);
    }
    if (!end) {
        struct digits d;
        find_shortest(size, &d);
        end = size >= 1e-6 && size < 1e17 ? put_plain(p, &d) : put_exponent(p, &d);
    }
    *end = '\0';
    return (size_t)(end - out);
}

/* v x 10^decimals rounded half away, exactly, for v >= 0 and a product below 2^53. */
static uint64_t round_scaled(double v, int decimals)
{
    double product = v * power_of_ten[decimals];
    double error = fma(v, power_of_ten[decimals], -product);
    double whole = floor(product);
    double past_half = product - whole - 0.5; /* exact; the whole truth is past_half + error */
    return (uint64_t)whole + (past_half >= -error);
}

/* A tie at so many decimals has exactly decimals + 1 binary places: it is an odd multiple of
 * 2^-(decimals + 1). */
static bool is_tie(double v, int decimals)
{
    double scaled = ldexp(v, decimals + 1);
    return scaled == floor(scaled) && fmod(scaled, 2) == 1;
}

/* printf for what is too large for the quick lane. A tie it would round to even, so one decimal more
 * prints it whole and the 5 at its end is dropped here, which makes the digit before it one more. That
 * digit is a 2 or a 7, as odd multiples of 1/4 and smaller powers end in 25 or 75, so nothing is
 * carried; and there are no ties at 0 decimals, since past 2^53 all is whole. */
static char *put_large(char *p, double v, int decimals)
{
    char text[CST_NUMBER_ROOM + 16];
    bool tie = is_tie(v, decimals), point = false;
    snprintf(text, sizeof text, "%.*f", decimals + tie, v);
    for (const char *from = text; *from; from++) {
        if (*from >= '0' && *from <= '9') {
            *p++ = *from;
        } else if (!point) {
            *p++ = '.';
            point = true;
        }
    }
    if (tie) ++*(--p - 1);
    return p;
}

size_t cst_number_format_fixed(double v, int decimals, char out[CST_NUMBER_ROOM])
{
    out[0] = '\0';
    if (!isfinite(v)) return 0;
    decimals = decimals < 0 ? 0 : decimals > 12 ? 12 : decimals;
    double size = fabs(v);
    char *p = out, *end;
    if (size * power_of_ten[decimals] < 0x1p53) {
        uint64_t r = round_scaled(size, decimals);
        if (v < 0 && r) *p++ = '-';
        end = put_scaled(p, r, decimals);
    } else {
        if (v < 0) *p++ = '-';
        end = put_large(p, size, decimals);
    }
    *end = '\0';
    return (size_t)(end - out);
}

/* By way of the decimal text: its six digits and the exponent, without the decimal point that a locale
 * may change. */
double cst_number_significant(double v)
{
    if (!isfinite(v) || v == 0) return v;
    char text[40], digits[24];
    snprintf(text, sizeof text, "%.5e", fabs(v));
    size_t n = 0;
    const char *p = text;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') digits[n++] = *p;
    n += (size_t)snprintf(digits + n, sizeof digits - n, "e%d", atoi(p + 1) - 5);
    double rounded = v;
    cst_number_parse((cst_text){digits, (uint32_t)n}, &rounded);
    return v < 0 ? -rounded : rounded;
}
