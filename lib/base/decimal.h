/* base/decimal.h: exact decimals. Money is millionths in 64 bits, sums are 128 bits, rates 1e-12 in 64
 * bits, ratios 1e-6. No double anywhere. Rounding is half away from zero, everywhere. INT64_MIN is
 * never a result: the ranges are symmetric, so that every value may be negated. Money from and to text is
 * public: cst_money_parse and cst_money_format of cstools/base.h. */
#ifndef CST_BASE_DECIMAL_H
#define CST_BASE_DECIMAL_H
#include <cstools/base.h>

/* An amount, a ratio or a number that may not be there. */
typedef struct cst_maybe {
    cst_wide v;
    bool there;
} cst_maybe;

/* Parses [+-] digits [. digits] (at least one digit in all: ".5" and "5." are decimals; no blanks, no
 * exponent) into value x 10^scale, scale 0..12. *out is set only for OK and ROUNDED. More decimals
 * than `scale` are rounded half away from zero: CST_DECIMAL_ROUNDED if that changed the value. */
cst_decimal_status cst_decimal_parse(cst_text t, int scale, int64_t *out);
/* A decimal as they mostly come: one to twelve digits, and a point with one to six digits behind it, or none;
 * no sign. *decimals: how many stand behind the point. false: another form, which cst_decimal_parse may take;
 * *millionths is then of no use. */
bool cst_decimal_short(cst_text t, int64_t *millionths, uint32_t *decimals);
cst_decimal_status cst_rate_parse(cst_text t, cst_rate *out); /* scale 12 */

/* Exactly `decimals` (0..6), rounded half away from zero. */
size_t cst_money_format_fixed(cst_money m, int decimals, char out[CST_DECIMAL_ROOM]);
size_t cst_wide_format(cst_wide m, int least, char out[CST_DECIMAL_ROOM]); /* millionths in 128 bits */
size_t cst_ratio_format(cst_ratio r, char out[CST_DECIMAL_ROOM]);          /* always six decimals */
size_t cst_rate_format(cst_rate r, char out[CST_DECIMAL_ROOM]);            /* no trailing zeros */
size_t cst_int_format(int64_t v, char out[CST_DECIMAL_ROOM]);

/* num / den, half away from zero. den != 0. */
cst_wide cst_wide_divide(cst_wide num, cst_wide den);
/* a x b / den in 128 bits, half away from zero; false: the result does not fit 64 bits, or den == 0. */
bool cst_mul_div(int64_t a, int64_t b, int64_t den, int64_t *out);
/* The same of 128 bits, with a product of 256; den > 0. false: the result does not fit. */
bool cst_wide_mul_div(cst_wide a, cst_wide b, cst_wide den, cst_wide *out);
/* floor(a x b / den) for den > 0; false as above. */
bool cst_money_add(cst_money a, cst_money b, cst_money *out); /* false: overflow */
bool cst_money_of_wide(cst_wide w, cst_money *out);           /* false: does not fit */
/* num / den as a ratio; false: den == 0 or the ratio does not fit 64 bits. */
bool cst_ratio_of(cst_wide num, cst_wide den, cst_ratio *out);
/* m rounded to `decimals` (0..6) half away from zero; saturates never: |m| < 2^63 - 10^6 is required. */
cst_money cst_money_round(cst_money m, int decimals);
/* m at `rate`: m x rate / 1e12, half away from zero; false: overflow. */
bool cst_money_convert(cst_money m, cst_rate rate, cst_money *out);
#endif
