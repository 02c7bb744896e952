/* Transforms that make amounts and change them, exactly. */
#include "base/decimal.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/transform.h"
#include <stdio.h>
#include <strings.h>

static cst_status too_large(const ing_step *s, ing_transform_row *row, cst_text found, cst_error *e)
{
    row->reason = ING_REASON_TOO_LARGE;
    return ing_step_fail(s, row, "an amount that fits (below 9,223,372,036,854.78, at most 18 decimals)",
                         found, e);
}

static cst_status parse_amount(const ing_step *s, ing_transform_row *row, cst_text t, const char *expects,
                               cst_wide *num, int64_t *den, cst_error *e)
{
    switch (ing_amount_parse(t, num, den)) {
    case ING_AMOUNT_OK:
        return CST_OK;
    case ING_AMOUNT_BAD:
        return ing_step_fail(s, row, expects, t, e);
    default:
        return too_large(s, row, t, e);
    }
}

cst_status ing_step_money(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_status status = parse_amount(s, row, v->text, "an amount as 1234.56", &v->num, &v->den, e);
    if (status == CST_OK) v->kind = ING_DATUM_AMOUNT;
    return status;
}

cst_status ing_prepare_minor_units(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    s->n = -1;
    if (!s->args) return CST_OK;
    if (cst_text_is(s->arg[0], "stripe")) {
        s->n = -2;
        return CST_OK;
    }
    if (!cst_int_parse(s->arg[0], &s->n) || s->n < 0 || s->n > 6)
        return cst_fail(e, CST_DATA,
                        "minor_units: expected a number of digits from 0 to 6, or stripe, found \"%.*s\"",
                        (int)s->arg[0].n, s->arg[0].p);
    return CST_OK;
}

static int minor_digits(const ing_step *s, const ing_transform_row *row)
{
    return s->n >= 0 ? (int)s->n : ing_currency_digits(row->currency, s->n == -2);
}

cst_status ing_step_minor_units(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_status status = parse_amount(s, row, v->text, s->t->expects, &v->num, &v->den, e);
    if (status != CST_OK) return status;
    if (!ing_amount_scale(&v->num, &v->den, 1, ing_power_of_ten(minor_digits(s, row))))
        return too_large(s, row, v->text, e);
    v->kind = ING_DATUM_AMOUNT;
    return CST_OK;
}

/* An argument that is a number is a constant; else it names a column. */
static cst_status number_or_column(ing_step *s, int arg, ing_refs *refs, cst_error *e)
{
    cst_text t = s->arg[arg];
    if (t.n > 1 && t.p[t.n - 1] == '%') t.n--;
    if (ing_amount_parse(t, &s->num, &s->den) == ING_AMOUNT_OK) return CST_OK;
    s->ref[0] = ing_refs_add(refs, s->arg[arg]);
    return s->ref[0] < 0 ? cst_no_memory(e) : CST_OK;
}

cst_status ing_prepare_per(ing_step *s, ing_refs *refs, cst_error *e)
{
    int64_t num, den;
    s->n = 1;
    if (ing_interval_factor(s->arg[0], 1, &num, &den)) {
        s->num = num, s->den = den;
    } else if (s->arg[0].n && s->arg[0].p[0] >= '0' && s->arg[0].p[0] <= '9') {
        return cst_fail(e, CST_DATA, "per: expected an interval as 3 months, found \"%.*s\"",
                        (int)s->arg[0].n, s->arg[0].p);
    } else if ((s->ref[0] = ing_refs_add(refs, s->arg[0])) < 0) {
        return cst_no_memory(e);
    }
    if (s->args == 2 && (!cst_int_parse(s->arg[1], &s->n) || s->n < 1)) {
        if ((s->ref[1] = ing_refs_add(refs, s->arg[1])) < 0) return cst_no_memory(e);
        s->n = 1;
    }
    return CST_OK;
}

cst_status ing_step_per(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    int64_t num = (int64_t)s->num, den = s->den, count = s->n;
    cst_text word = s->arg[0], t;
    if (s->ref[1] >= 0) {
        if (!row->field(row->context, s->ref[1], &t, e)) return e->status;
        row->blamed = s->ref[1] + 1;
        if (t.n && (!cst_int_parse(t, &count) || count < 1))
            return ing_step_fail(s, row, "a number of intervals as 1 or 3", t, e);
    }
    if (s->ref[0] >= 0 && !row->field(row->context, s->ref[0], &word, e)) return e->status;
    row->blamed = s->ref[0] + 1;
    if (!ing_interval_factor(word, count, &num, &den)) return ing_step_fail(s, row, s->t->expects, word, e);
    return ing_amount_scale(&v->num, &v->den, num, den) ? CST_OK : too_large(s, row, v->text, e);
}

cst_status ing_prepare_times(ing_step *s, ing_refs *refs, cst_error *e)
{
    return number_or_column(s, 0, refs, e);
}

cst_status ing_step_times(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_wide num = s->num;
    int64_t den = s->den;
    if (s->ref[0] >= 0) {
        cst_text t;
        if (!row->field(row->context, s->ref[0], &t, e)) return e->status;
        if (t.n == 0) return CST_OK;
        row->blamed = s->ref[0] + 1;
        cst_status status = parse_amount(s, row, t, s->t->expects, &num, &den, e);
        if (status != CST_OK) return status;
    }
    return ing_amount_times(&v->num, &v->den, num, den) ? CST_OK : too_large(s, row, v->text, e);
}

cst_status ing_prepare_scale(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    const char *slash = memchr(s->arg[0].p, '/', s->arg[0].n);
    uint32_t n = slash ? (uint32_t)(slash - s->arg[0].p) : s->arg[0].n;
    int64_t a, b = 1;
    bool good = cst_int_parse((cst_text){s->arg[0].p, n}, &a);
    if (good && slash) good = cst_int_parse((cst_text){slash + 1, s->arg[0].n - n - 1}, &b) && b > 0;
    if (!good)
        return cst_fail(e, CST_DATA,
                        "scale: expected A or A/B in whole numbers, B above zero, found \"%.*s\"",
                        (int)s->arg[0].n, s->arg[0].p);
    s->num = a, s->den = b;
    return CST_OK;
}

cst_status ing_step_scale(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return ing_amount_scale(&v->num, &v->den, (int64_t)s->num, s->den) ? CST_OK
                                                                       : too_large(s, row, v->text, e);
}

cst_status ing_prepare_less(ing_step *s, ing_refs *refs, cst_error *e)
{
    if (s->args == 2 && (s->ref[1] = ing_refs_add(refs, s->arg[1])) < 0) return cst_no_memory(e);
    return number_or_column(s, 0, refs, e);
}

/* Whether the discount's duration says that it is given once; then it is no part of what recurs. */
static cst_status read_discount(const ing_step *s, ing_transform_row *row, const char *expects, bool *none,
                                cst_wide *num, int64_t *den, cst_error *e)
{
    cst_text t = {"", 0};
    *none = false, *num = s->num, *den = s->den;
    if (s->ref[1] >= 0) {
        if (!row->field(row->context, s->ref[1], &t, e)) return e->status;
        static const char *const words[] = {"once",           "one_time",  "onetime",   "one-time",
                                            "forever",        "repeating", "recurring", "limited_period",
                                            "limited period", ""};
        size_t k = 0, count = sizeof words / sizeof words[0];
        while (k < count && !(strlen(words[k]) == t.n && strncasecmp(words[k], t.n ? t.p : "", t.n) == 0))
            k++;
        row->blamed = s->ref[1] + 1;
        if (k == count)
            return ing_step_fail(s, row, "a discount's duration as once, repeating or forever", t, e);
        *none = k < 4;
        row->ends |= k == 5 || k == 7 || k == 8;
    }
    if (s->ref[0] >= 0 && !*none) {
        if (!row->field(row->context, s->ref[0], &t, e)) return e->status;
        if (t.n > 1 && t.p[t.n - 1] == '%') t.n--;
        *none = t.n == 0;
        row->blamed = s->ref[0] + 1;
        if (!*none && parse_amount(s, row, t, expects, num, den, e) != CST_OK) return e->status;
    }
    row->given |= !*none;
    return CST_OK;
}

cst_status ing_step_less_percent(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    bool none;
    cst_wide num;
    int64_t den;
    cst_status status = read_discount(s, row, s->t->expects, &none, &num, &den, e);
    if (status != CST_OK || none) return status;
    cst_wide whole = (cst_wide)100 * CST_MONEY_UNIT * den;
    if (num < 0 || num > whole) {
        char found[CST_DECIMAL_ROOM];
        cst_wide_format(num / den, 0, found);
        return ing_step_fail(s, row, s->t->expects, cst_text_of(found), e);
    }
    /* left is (100 - percent) / 100 */
    if (!ing_amount_times(&v->num, &v->den, whole - num, den) || !ing_amount_scale(&v->num, &v->den, 1, 100))
        return too_large(s, row, v->text, e);
    return CST_OK;
}

/* The discount is in the unit of the amount before it: after minor_units in minor units, else in whole
 * ones. */
cst_status ing_step_less_amount(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    bool none;
    cst_wide num, left, right;
    int64_t den;
    cst_status status = read_discount(s, row, s->t->expects, &none, &num, &den, e);
    if (status != CST_OK || none) return status;
    if (s->as && !ing_amount_scale(&num, &den, 1, ing_power_of_ten(minor_digits(s->as, row))))
        return too_large(s, row, v->text, e);
    if (__builtin_mul_overflow(v->num, (cst_wide)den, &left) ||
        __builtin_mul_overflow(num, (cst_wide)v->den, &right) || __builtin_sub_overflow(left, right, &left))
        return too_large(s, row, v->text, e);
    if (v->num >= 0 ? num < 0 : num > 0) { /* off a credit (an amount below zero) it is below zero too */
        char off[CST_DECIMAL_ROOM];
        size_t n = cst_wide_format(cst_wide_divide(num, den), 2, off);
        return ing_step_fail(s, row, "a discount with the sign of the amount", (cst_text){off, (uint32_t)n},
                             e);
    }
    if (v->num >= 0 ? left < 0 : left > 0) left = 0; /* it takes off at most what is there */
    cst_wide both = (cst_wide)v->den * den;
    if (both > INT64_MAX) return too_large(s, row, v->text, e);
    v->num = left, v->den = (int64_t)both;
    row->amount_off |= num != 0;
    return ing_amount_scale(&v->num, &v->den, 2, 2) ? CST_OK : too_large(s, row, v->text, e);
}

cst_status ing_step_negate(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)s, (void)row, (void)e;
    v->num = -v->num;
    return CST_OK;
}

cst_status ing_prepare_round(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    if (!cst_int_parse(s->arg[0], &s->n) || s->n < 0 || s->n > 6)
        return cst_fail(e, CST_DATA, "round: expected a number of decimals from 0 to 6, found \"%.*s\"",
                        (int)s->arg[0].n, s->arg[0].p);
    return CST_OK;
}

cst_status ing_step_round(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    (void)row, (void)e;
    int64_t unit = ing_minor_unit((int)s->n);
    v->num = cst_wide_divide(v->num, (cst_wide)v->den * unit) * unit;
    v->den = 1;
    return CST_OK;
}

cst_status ing_step_invert(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    /* x = num / (den x 10^6); 1/x in millionths = den x 10^12 / num */
    cst_wide num = v->num < 0 ? -v->num : v->num, top;
    if (num == 0) return ing_step_fail(s, row, s->t->expects, v->text, e);
    if (num > INT64_MAX || __builtin_mul_overflow((cst_wide)v->den, (cst_wide)CST_RATE_UNIT, &top))
        return too_large(s, row, v->text, e);
    v->den = (int64_t)num;
    v->num = v->num < 0 ? -top : top;
    return ing_amount_scale(&v->num, &v->den, 2, 2) ? CST_OK : too_large(s, row, v->text, e);
}
