/* base/number.h: doubles in and out, the same under every locale. For measures and statistics, never
 * for money. */
#ifndef CST_BASE_NUMBER_H
#define CST_BASE_NUMBER_H
#include <cstools/base.h>

/* [+-] digits [. digits] [e [+-] digits], at least one digit before the e; the nearest double, 0 for
 * what is smaller than all. false: not a finite number in that form (nan, inf, hex, blanks are
 * refused; so is what is too large for a double). */
bool cst_number_parse(cst_text t, double *out);
/* [+-] digits; false: no integer or out of range. */
bool cst_int_parse(cst_text t, int64_t *out);

/* Rounded to six significant digits, which say all that a sample does: so statistics are printed. nan and inf
 * stay what they are. */
double cst_number_significant(double v);

#define CST_NUMBER_ROOM 352
/* The shortest text that reads back as the same double, without exponent for 1e-6 <= |v| < 1e17 (else
 * 1.5e-07); -0 is 0. nan and inf give length 0. */
size_t cst_number_format(double v, char out[CST_NUMBER_ROOM]);
/* Exactly so many decimals (0..12), the double's exact value rounded half away from zero (0.125 is
 * 0.13, but 1.005, which lies a little below, is 1.00); "-0.00" is printed as "0.00". nan and inf give
 * length 0. */
size_t cst_number_format_fixed(double v, int decimals, char out[CST_NUMBER_ROOM]);
#endif
