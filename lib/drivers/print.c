/* print.c: see print.h. */
#include "drivers/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"

/* By way of the decimal text: its six digits and the exponent, without the decimal point that a locale
 * may change. */
double cst_significant(double v)
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

void cst_put_significant(cst_writer *w, double v)
{
    cst_put_number(w, cst_significant(v));
}
