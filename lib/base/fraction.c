/* base/fraction.c: schoolbook arithmetic in digits of 32 bits. */
#include "base/fraction.h"
#include <string.h>

__extension__ typedef unsigned __int128 uwide;

/* ---- natural numbers --------------------------------------------------------------------------------- */

static void trim(cst_natural *x)
{
    while (x->n > 0 && x->digit[x->n - 1] == 0) x->n--;
}

static cst_natural natural_of(uwide v)
{
    cst_natural x = {.n = 4};
    for (int i = 0; i < 4; i++) x.digit[i] = (uint32_t)(v >> 32 * i);
    trim(&x);
    return x;
}

static int compare(const cst_natural *a, const cst_natural *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (uint32_t i = a->n; i > 0; i--)
        if (a->digit[i - 1] != b->digit[i - 1]) return a->digit[i - 1] < b->digit[i - 1] ? -1 : 1;
    return 0;
}

static cst_natural multiply(const cst_natural *a, const cst_natural *b, bool *wide)
{
    cst_natural x = {.n = a->n + b->n};
    if (x.n > CST_FRACTION_DIGITS) {
        *wide = true;
        return (cst_natural){.n = 0};
    }
    for (uint32_t i = 0; i < a->n; i++) {
        uint64_t carry = 0;
        for (uint32_t k = 0; k < b->n; k++) {
            carry += (uint64_t)a->digit[i] * b->digit[k] + x.digit[i + k];
            x.digit[i + k] = (uint32_t)carry;
            carry >>= 32;
        }
        x.digit[i + b->n] = (uint32_t)carry;
    }
    trim(&x);
    return x;
}

static cst_natural add(const cst_natural *a, const cst_natural *b, bool *wide)
{
    cst_natural x = {.n = (a->n > b->n ? a->n : b->n) + 1};
    if (x.n > CST_FRACTION_DIGITS) {
        *wide = true;
        return (cst_natural){.n = 0};
    }
    uint64_t carry = 0;
    for (uint32_t i = 0; i < x.n; i++) {
        carry += (uint64_t)(i < a->n ? a->digit[i] : 0) + (i < b->n ? b->digit[i] : 0);
        x.digit[i] = (uint32_t)carry;
        carry >>= 32;
    }
    trim(&x);
    return x;
}

/* a - b, a >= b. */
static cst_natural subtract(const cst_natural *a, const cst_natural *b)
{
    cst_natural x = {.n = a->n};
    int64_t borrow = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        int64_t d = (int64_t)a->digit[i] - (i < b->n ? b->digit[i] : 0) + borrow;
        borrow = d < 0 ? -1 : 0;
        x.digit[i] = (uint32_t)(d & UINT32_MAX);
    }
    trim(&x);
    return x;
}

/* ---- fractions --------------------------------------------------------------------------------------- */

cst_fraction cst_fraction_of(cst_wide num, cst_wide den)
{
    return (cst_fraction){.num = natural_of(num < 0 ? -(uwide)num : (uwide)num),
                          .den = natural_of((uwide)den),
                          .negative = num < 0};
}

static cst_fraction sum(const cst_fraction *a, const cst_fraction *b, bool minus)
{
    cst_fraction x = {.wide = a->wide || b->wide};
    bool negative = b->negative != minus;
    cst_natural p = multiply(&a->num, &b->den, &x.wide), q = multiply(&b->num, &a->den, &x.wide);
    x.den = multiply(&a->den, &b->den, &x.wide);
    if (a->negative == negative) {
        x.num = add(&p, &q, &x.wide);
        x.negative = a->negative;
    } else {
        bool less = compare(&p, &q) < 0;
        x.num = less ? subtract(&q, &p) : subtract(&p, &q);
        x.negative = less ? negative : a->negative;
    }
    x.negative &= x.num.n > 0;
    return x;
}

cst_fraction cst_fraction_plus(const cst_fraction *a, const cst_fraction *b)
{
    return sum(a, b, false);
}

cst_fraction cst_fraction_minus(const cst_fraction *a, const cst_fraction *b)
{
    return sum(a, b, true);
}

cst_fraction cst_fraction_times(const cst_fraction *a, const cst_fraction *b)
{
    cst_fraction x = {.wide = a->wide || b->wide};
    x.num = multiply(&a->num, &b->num, &x.wide);
    x.den = multiply(&a->den, &b->den, &x.wide);
    x.negative = a->negative != b->negative && x.num.n > 0;
    return x;
}

int cst_fraction_compare(const cst_fraction *a, const cst_fraction *b)
{
    bool wide = false;
    cst_natural p = multiply(&a->num, &b->den, &wide), q = multiply(&b->num, &a->den, &wide);
    return compare(&p, &q);
}

bool cst_fraction_floor(const cst_fraction *x, int64_t *whole, cst_fraction *rest)
{
    *rest = *x;
    *whole = 0;
    bool wide = x->wide;
    for (int bit = 61; bit >= 0 && !wide; bit--) {
        cst_natural step = natural_of((uwide)1 << bit), part = multiply(&x->den, &step, &wide);
        if (wide || compare(&part, &rest->num) > 0) continue;
        rest->num = subtract(&rest->num, &part);
        *whole |= INT64_C(1) << bit;
    }
    rest->negative = false;
    if (wide || compare(&rest->num, &x->den) >= 0) return false;
    if (!x->negative) return true;
    *whole = -*whole;
    if (rest->num.n > 0) {
        rest->num = subtract(&x->den, &rest->num);
        --*whole;
    }
    return true;
}
