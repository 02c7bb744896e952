/* base/decimal_parse.c: decimal text to integers of 10^-scale, in two lanes.
 *
 * The quick lane takes short decimals without a sign ("833.00"), which is nearly every amount there is. Up to
 * eight bytes go without a loop: they are loaded into one word, the point is found by the classic zero-byte
 * test and squeezed out, and all are checked and added up at once. Where anything is unusual it gives up, and
 * the careful lane goes byte by byte and tells what is wrong. */
#include "base/decimal.h"
#include "base/digits.h"

static const int64_t power_of_ten[] = {1,
                                       10,
                                       100,
                                       1000,
                                       10000,
                                       100000,
                                       1000000,
                                       10000000,
                                       100000000,
                                       1000000000,
                                       INT64_C(10000000000),
                                       INT64_C(100000000000),
                                       INT64_C(1000000000000)};

/* 1 to 8 bytes, the first the least significant, zeros above. Overlapping loads agree where they overlap. */
static inline uint64_t load_short(const char *p, uint32_t n)
{
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        return (uint64_t)high << (8 * (n - 4)) | low;
    }
    uint64_t middle = (uint64_t)(unsigned char)p[n / 2] << (8 * (n / 2));
    return (unsigned char)p[0] | middle | (uint64_t)(unsigned char)p[n - 1] << (8 * (n - 1));
}

/* Up to eight bytes of a short decimal. */
static inline bool read_word(const char *p, uint32_t n, int64_t *out, uint32_t *behind)
{
    uint64_t word = load_short(p, n);
    uint64_t x = word ^ CST_EVERY_BYTE('.');
    uint64_t dots = (x - CST_EVERY_BYTE(1)) & ~x & CST_EVERY_BYTE(0x80);
    uint32_t digits = n, decimals = 0, v;
    if (dots) { /* the lowest mark is the first point; a second one is left in and is no digit */
        uint32_t at = (uint32_t)__builtin_ctzll(dots) / 8;
        uint64_t before = (UINT64_C(1) << (8 * at)) - 1;
        word = (word & before) | (word >> 8 & ~before);
        digits = n - 1;
        decimals = n - 1 - at;
        if (decimals - 1 > 5 || decimals == digits) return false;
    }
    if (!cst_digits_first(word, digits, &v)) return false;
    *out = v * power_of_ten[6 - decimals];
    *behind = decimals;
    return true;
}

bool cst_decimal_short(cst_text t, int64_t *millionths, uint32_t *decimals)
{
    enum { MOST_WHOLE = 12, MOST_BEHIND = 6 };
    if (t.n - 1 < 8) return read_word(t.p, t.n, millionths, decimals);
    if (t.n == 0 || t.n > MOST_WHOLE + 1 + MOST_BEHIND) return false;
    uint32_t i = 0, behind = 0;
    int64_t v = 0;
    for (; i < t.n && i <= MOST_WHOLE && (unsigned char)(t.p[i] - '0') <= 9; i++) v = v * 10 + (t.p[i] - '0');
    if (i == 0 || i > MOST_WHOLE) return false;
    if (i < t.n) {
        behind = t.n - i - 1;
        if (t.p[i] != '.' || behind - 1 > MOST_BEHIND - 1) return false;
        for (i++; i < t.n && (unsigned char)(t.p[i] - '0') <= 9; i++) v = v * 10 + (t.p[i] - '0');
    }
    *millionths = v * power_of_ten[MOST_BEHIND - behind];
    *decimals = behind;
    return i == t.n;
}

/* What the careful lane has gathered. */
struct decimal_digits {
    uint64_t value; /* magnitude x 10^decimals */
    int decimals;   /* taken so far, at most the scale */
    bool too_large;
    bool cut;      /* a digit other than 0 stood past the scale */
    bool round_up; /* the first digit past the scale was 5 or more */
};

static void take_digit(struct decimal_digits *v, unsigned digit)
{
    if (__builtin_mul_overflow(v->value, 10u, &v->value)) v->too_large = true;
    if (__builtin_add_overflow(v->value, digit, &v->value)) v->too_large = true;
}

/* Reads everything behind the sign; false where it is no decimal. */
static bool read_digits(const char *p, const char *end, int scale, struct decimal_digits *v)
{
    bool point = false;
    int digits = 0, past = 0;
    for (; p < end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9) {
            if (*p != '.' || point) return false;
            point = true;
            continue;
        }
        digits = 1;
        if (!point || v->decimals < scale) {
            take_digit(v, digit);
            v->decimals += point;
        } else {
            if (!past) v->round_up = digit >= 5;
            past = 1;
            v->cut |= digit != 0;
        }
    }
    return digits > 0;
}

cst_decimal_status cst_decimal_parse(cst_text t, int scale, int64_t *out)
{
    const char *p = t.p, *end = t.p + t.n;
    bool negative = t.n && *p == '-';
    if (t.n && (*p == '-' || *p == '+')) p++;
    struct decimal_digits v = {0};
    if (!read_digits(p, end, scale, &v)) return CST_DECIMAL_BAD;
    uint64_t missing = (uint64_t)power_of_ten[scale - v.decimals];
    if (__builtin_mul_overflow(v.value, missing, &v.value)) v.too_large = true;
    if (v.too_large || v.value > (uint64_t)INT64_MAX - v.round_up) return CST_DECIMAL_TOO_LARGE;
    int64_t value = (int64_t)(v.value + v.round_up);
    *out = negative ? -value : value;
    return v.cut ? CST_DECIMAL_ROUNDED : CST_DECIMAL_OK;
}

cst_decimal_status cst_money_parse(cst_text t, cst_money *out)
{
    uint32_t decimals;
    if (t.n - 1 < 8 && read_word(t.p, t.n, out, &decimals)) return CST_DECIMAL_OK;
    return cst_decimal_parse(t, 6, out);
}

cst_decimal_status cst_rate_parse(cst_text t, cst_rate *out)
{
    return cst_decimal_parse(t, 12, out);
}
