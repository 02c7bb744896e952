/* Decimals against a slow reading of the same text digit by digit in 128 bits. */
#include "base/decimal.h"
#include "fuzz.h"

__extension__ typedef unsigned __int128 wide_unsigned;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The grammar, by itself: [+-] digits [. digits], a digit at least. */
static bool is_decimal(const char *p, size_t n)
{
    size_t i = 0, digits = 0;
    if (i < n && (p[i] == '+' || p[i] == '-')) i++;
    for (; i < n && is_digit(p[i]); i++) digits++;
    if (i < n && p[i] == '.')
        for (i++; i < n && is_digit(p[i]); i++) digits++;
    return i == n && digits > 0;
}

static cst_decimal_status expect(const char *p, size_t n, int scale, int64_t *out)
{
    if (!is_decimal(p, n)) return CST_DECIMAL_BAD;
    const wide_unsigned most = (wide_unsigned)INT64_MAX * 100;
    wide_unsigned v = 0;
    bool point = false, lost = false, up = false;
    int decimals = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '.') point = true;
        if (!is_digit(p[i])) continue;
        if (point && decimals == scale) {
            if (!lost && !up) up = p[i] >= '5';
            lost |= p[i] != '0';
            decimals++;
        } else if (point && decimals > scale) {
            lost |= p[i] != '0';
        } else {
            v = v * 10 + (wide_unsigned)(p[i] - '0');
            decimals += point;
            if (v > most) v = most; /* too large whatever follows; and times ten it still fits */
        }
    }
    for (; decimals < scale; decimals++) {
        v *= 10;
        if (v > most) v = most;
    }
    v += up;
    if (v > INT64_MAX) return CST_DECIMAL_TOO_LARGE;
    *out = p[0] == '-' ? -(int64_t)v : (int64_t)v;
    return lost ? CST_DECIMAL_ROUNDED : CST_DECIMAL_OK;
}

static void check_parse(const char *p, size_t n)
{
    cst_text t = {p, (uint32_t)n};
    for (int scale = 0; scale <= 12; scale++) {
        int64_t want = 0, found = 0;
        cst_decimal_status status = expect(p, n, scale, &want);
        fuzz_require(cst_decimal_parse(t, scale, &found) == status && found == want, "cst_decimal_parse");
        found = 0;
        if (scale == 6)
            fuzz_require(cst_money_parse(t, &found) == status && found == want, "cst_money_parse");
        if (scale == 12) fuzz_require(cst_rate_parse(t, &found) == status && found == want, "cst_rate_parse");
    }
}

static void check_format(int64_t v)
{
    char text[CST_DECIMAL_ROOM];
    int64_t back = 0;
    if (v == INT64_MIN) return;
    for (int least = 0; least <= 6; least++) {
        cst_text t = {text, (uint32_t)cst_money_format(v, least, text)};
        fuzz_require(strlen(text) == t.n && cst_money_parse(t, &back) == CST_DECIMAL_OK && back == v,
                     "money, written and read");
        if (v < -(INT64_MAX - CST_MONEY_UNIT) || v > INT64_MAX - CST_MONEY_UNIT) continue;
        t.n = (uint32_t)cst_money_format_fixed(v, least, text);
        fuzz_require(cst_money_parse(t, &back) == CST_DECIMAL_OK && back == cst_money_round(v, least),
                     "money, rounded or written with so many decimals");
    }
    cst_text t = {text, (uint32_t)cst_rate_format(v, text)};
    fuzz_require(cst_rate_parse(t, &back) == CST_DECIMAL_OK && back == v, "a rate, written and read");
    t.n = (uint32_t)cst_int_format(v, text);
    fuzz_require(cst_decimal_parse(t, 0, &back) == CST_DECIMAL_OK && back == v, "a whole number");
    t.n = (uint32_t)cst_ratio_format(v, text);
    fuzz_require(cst_money_parse(t, &back) == CST_DECIMAL_OK && back == v, "a ratio, written and read");
}

static void check_mul_div(int64_t a, int64_t b, int64_t den)
{
    int64_t found = 0;
    bool fits = cst_mul_div(a, b, den, &found);
    if (den == 0 || a == INT64_MIN || b == INT64_MIN || den == INT64_MIN) {
        fuzz_require(den != 0 || !fits, "nothing divided by zero");
        return;
    }
    bool negative = (a < 0) != (b < 0) && a && b;
    if (den < 0) negative = !negative;
    wide_unsigned num = (wide_unsigned)(a < 0 ? -a : a) * (wide_unsigned)(b < 0 ? -b : b);
    wide_unsigned by = (wide_unsigned)(den < 0 ? -den : den), q = num / by, rest = num % by;
    if (rest >= by - rest) q++;
    fuzz_require(fits == (q <= INT64_MAX), "whether a x b / den fits");
    if (fits) fuzz_require(found == (negative ? -(int64_t)q : (int64_t)q), "a x b / den");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    check_parse(text, size);
    free(text);
    int64_t a = (int64_t)fuzz_take(&data, &size, 8), b = (int64_t)fuzz_take(&data, &size, 8);
    check_format(a);
    check_mul_div(a, b, (int64_t)fuzz_take(&data, &size, 8));
    check_mul_div(a >> 20, b >> 30, a >> 40);
    return 0;
}
