/* The step tiers: what a quantity costs by tiers, a lookup of which all rows of a key count. A tier reaches
 * to its up_to, which is part of it; the one without is the last. */
#include "base/decimal.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/transform.h"
#include <stdlib.h>

enum { TIERS_MOST = 64 };

typedef struct tier {
    bool open; /* it has no upper bound */
    cst_wide up_to, price, flat;
    int64_t up_to_den, price_den, flat_den;
} tier;

cst_status ing_prepare_tiers(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    s->graduated = cst_text_is(s->arg[1], "graduated");
    if (!s->graduated && !cst_text_is(s->arg[1], "volume"))
        return cst_fail(e, CST_DATA, "tiers: expected volume or graduated behind the lookup, found \"%.*s\"",
                        (int)s->arg[1].n, s->arg[1].p);
    s->n = 0;
    if (s->args < 3) return CST_OK;
    if (cst_text_is(s->arg[2], "minor"))
        s->n = -1;
    else if (cst_text_is(s->arg[2], "stripe"))
        s->n = -2;
    else if (!cst_int_parse(s->arg[2], &s->n) || s->n < 0 || s->n > 6)
        return cst_fail(e, CST_DATA,
                        "tiers: expected minor, stripe or a number of digits from 0 to 6, found \"%.*s\"",
                        (int)s->arg[2].n, s->arg[2].p);
    return CST_OK;
}

static int compare_fractions(cst_wide a, int64_t a_den, cst_wide b, int64_t b_den)
{
    cst_wide x = a * b_den, y = b * a_den;
    return (x > y) - (x < y);
}

static int compare_tiers(const void *x, const void *y)
{
    const tier *a = x, *b = y;
    if (a->open || b->open) return a->open - b->open;
    return compare_fractions(a->up_to, a->up_to_den, b->up_to, b->up_to_den);
}

/* Fractions that may be compared, and their sums formed, in 128 bits. */
static bool is_small(cst_wide num, int64_t den)
{
    const cst_wide most = (cst_wide)1 << 80;
    return num < most && num > -most && den <= (int64_t)1 << 42;
}

/* A missing price or flat fee is none. */
static bool read_amount(cst_text t, cst_wide *num, int64_t *den)
{
    *num = 0, *den = 1;
    return t.n == 0 || (ing_amount_parse(t, num, den) == ING_AMOUNT_OK && is_small(*num, *den));
}

static cst_status read_tiers(const ing_step *s, ing_transform_row *row, tier *v, int *n, cst_error *e)
{
    cst_text cell[3];
    *n = 0;
    for (int64_t at = -1;;) {
        if (!row->tier(row->context, s->lookup, &at, cell, e)) return e->status;
        if (at < 0) break;
        if (*n == TIERS_MOST) return ing_step_fail(s, row, "at most 64 tiers", s->arg[0], e);
        tier *t = &v[(*n)++];
        t->open = cell[0].n == 0 || cst_text_is(cell[0], "inf");
        if (!read_amount(t->open ? (cst_text){"", 0} : cell[0], &t->up_to, &t->up_to_den))
            return ing_step_fail(s, row, "an up_to as 100", cell[0], e);
        if (!read_amount(cell[1], &t->price, &t->price_den) || !read_amount(cell[2], &t->flat, &t->flat_den))
            return ing_step_fail(s, row, "a price and a flat fee as 12.50", cell[1].n ? cell[1] : cell[2], e);
    }
    qsort(v, (size_t)*n, sizeof *v, compare_tiers);
    for (int i = 1; i < *n; i++)
        if (compare_tiers(&v[i - 1], &v[i]) == 0)
            return ing_step_fail(s, row, "each up_to once in a key's tiers", s->arg[0], e);
    return CST_OK;
}

/* *num / *den plus a / b; false: it does not fit. */
static bool add(cst_wide *num, int64_t *den, cst_wide a, int64_t b)
{
    cst_wide x, y, both;
    if (__builtin_mul_overflow(*num, (cst_wide)b, &x) || __builtin_mul_overflow(a, (cst_wide)*den, &y) ||
        __builtin_add_overflow(x, y, num) || __builtin_mul_overflow((cst_wide)*den, (cst_wide)b, &both) ||
        both > INT64_MAX)
        return false;
    *den = (int64_t)both;
    return ing_amount_scale(num, den, 2, 2); /* lowest terms */
}

/* The price of so many units of a tier, and its flat fee. */
static bool add_tier(const tier *t, cst_wide units, int64_t units_den, cst_wide *num, int64_t *den)
{
    cst_wide cost = units;
    return ing_amount_times(&cost, &units_den, t->price, t->price_den) && add(num, den, cost, units_den) &&
           add(num, den, t->flat, t->flat_den);
}

/* num / den is the quantity, and then what it costs. */
static bool find_cost(const ing_step *s, const tier *v, int last, cst_wide *num, int64_t *den)
{
    cst_wide q = *num, below = 0;
    int64_t q_den = *den, below_den = 1;
    *num = 0, *den = 1;
    if (!s->graduated) return add_tier(&v[last], q, q_den, num, den);
    for (int i = 0; i <= last; i++) {
        cst_wide units = i == last ? q : v[i].up_to;
        int64_t units_den = i == last ? q_den : v[i].up_to_den;
        if (!add(&units, &units_den, -below, below_den) || !add_tier(&v[i], units, units_den, num, den))
            return false;
        below = v[i].up_to, below_den = v[i].up_to_den;
    }
    return true;
}

cst_status ing_step_tiers(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    tier tiers[TIERS_MOST];
    int n, last = 0;
    char text[CST_DECIMAL_ROOM];
    cst_status status = read_tiers(s, row, tiers, &n, e);
    if (status != CST_OK) return status;
    if (n == 0) { /* the lookup may find nothing */
        v->missing = true;
        return CST_OK;
    }
    text[cst_wide_format(cst_wide_divide(v->num, v->den), 0, text)] = 0;
    if (!is_small(v->num, v->den)) return ing_step_fail(s, row, "a quantity that fits", cst_text_of(text), e);
    if (v->num < 0) return ing_step_fail(s, row, "a quantity of 0 or more", cst_text_of(text), e);
    while (last < n && !tiers[last].open &&
           compare_fractions(tiers[last].up_to, tiers[last].up_to_den, v->num, v->den) < 0)
        last++;
    if (last == n)
        return ing_step_fail(s, row, "a quantity that a tier reaches, the last without up_to for any",
                             cst_text_of(text), e);
    int digits = s->n >= 0 ? (int)s->n : ing_currency_digits(row->currency, s->n == -2);
    int64_t unit = 1;
    while (digits-- > 0) unit *= 10;
    if (find_cost(s, tiers, last, &v->num, &v->den) && ing_amount_scale(&v->num, &v->den, 1, unit))
        return CST_OK;
    row->reason = ING_REASON_TOO_LARGE;
    return ing_step_fail(s, row, "a price that fits", cst_text_of(text), e);
}
