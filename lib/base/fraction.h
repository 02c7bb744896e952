/* base/fraction.h: exact fractions, for what is rounded once at the very end although sums are divided by
 * sums on the way. Numerator and denominator are natural numbers of up to 3,072 bits; nothing is reduced, so
 * that they grow with each step: enough for a dozen products of 128-bit sums. */
#ifndef CST_BASE_FRACTION_H
#define CST_BASE_FRACTION_H
#include <cstools/base.h>

enum { CST_FRACTION_DIGITS = 96 };
typedef struct cst_natural {
    uint32_t digit[CST_FRACTION_DIGITS]; /* least first */
    uint32_t n;                          /* no leading zeros; 0: zero */
} cst_natural;

typedef struct cst_fraction {
    cst_natural num, den;
    bool negative, wide; /* wide: it did not fit, nor does what is made of it */
} cst_fraction;

cst_fraction cst_fraction_of(cst_wide num, cst_wide den); /* den > 0 */
cst_fraction cst_fraction_plus(const cst_fraction *a, const cst_fraction *b);
cst_fraction cst_fraction_minus(const cst_fraction *a, const cst_fraction *b);
cst_fraction cst_fraction_times(const cst_fraction *a, const cst_fraction *b);
int cst_fraction_compare(const cst_fraction *a, const cst_fraction *b); /* of two that are not negative */
/* The largest whole number that is no more, and what is left, in [0, 1). false: wide, or it does not fit. */
bool cst_fraction_floor(const cst_fraction *x, int64_t *whole, cst_fraction *rest);
#endif
