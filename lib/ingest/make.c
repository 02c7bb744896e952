/* make.c: see make.h. */
#include "ingest/make.h"

ing_maker ing_maker_of(const ing_target *t)
{
    const ing_chain *c = &t->rule->chain;
    if (c->n == 0) return ING_MAKE_NOTHING;
    if (c->n > 1 || t->rule->ref < 0) return ING_MAKE_CANNOT;
    const ing_step *s = &c->step[0];
    if (s->t->apply == ing_step_upper && t->type == CST_TYPE_CURRENCY) return ING_MAKE_CURRENCY;
    if (s->t->apply == ing_step_timestamp && t->type == CST_TYPE_DAY) return ING_MAKE_DAY;
    bool cents = s->t->apply == ing_step_minor_units && (s->n < 0 || s->n == 2);
    return cents && t->type == CST_TYPE_MONEY ? ING_MAKE_CENTS : ING_MAKE_CANNOT;
}

static ing_strip strip_of(const char *text, const ing_made *m)
{
    return (ing_strip){.text = text, .from = m->from, .end = m->end, .from_step = 1, .end_step = 1};
}

ing_strip ing_make_currencies(ing_strip in, uint32_t rows, bool required, bool *bad, ing_made *out)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&in, k);
        char *to = out->text + (size_t)k * ING_MADE_ROOM;
        bool good = t.n == 3;
        for (int i = 0; i < 3; i++) {
            to[i] = (char)(t.p[i] & ~32);
            good &= (unsigned char)(to[i] - 'A') < 26;
        }
        out->from[k] = k * ING_MADE_ROOM;
        out->end[k] = out->from[k] + (t.n ? 3 : 0);
        bad[k] |= t.n ? !good : required;
    }
    return strip_of(out->text, out);
}

/* Whether an amount of that currency is in hundredths. Rows that follow each other mostly have the same. */
static bool has_cents(cst_text currency, bool stripe, cst_text *last, bool *cents)
{
    if (currency.n != last->n || memcmp(currency.p, last->p, currency.n) != 0) {
        *last = currency;
        *cents = ing_currency_digits(currency, stripe) == 2;
    }
    return *cents;
}

ing_strip ing_make_cents(ing_strip in, ing_strip currency, int64_t digits, uint32_t rows, bool required,
                         bool *bad, cst_money *amount, ing_made *out)
{
    cst_text last = {"", 0};
    bool cents = true;
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&in, k);
        char *to = out->text + (size_t)k * ING_MADE_ROOM;
        uint32_t n = 0;
        uint32_t v = 0;
        bool good = t.n >= 3 && t.n <= 8 && t.p[0] != '0' && cst_digits_read(t.p, t.n, &v);
        if (good && digits < 0) good = has_cents(ing_strip_at(&currency, k), digits == -2, &last, &cents);
        if (good) {
            memcpy(to, t.p, 8);
            to[t.n - 2] = '.';
            memcpy(to + t.n - 1, t.p + t.n - 2, 2);
            n = t.n + 1;
        }
        amount[k] = (cst_money)v * 10000;
        out->from[k] = k * ING_MADE_ROOM;
        out->end[k] = out->from[k] + n;
        bad[k] |= t.n ? !good : required;
    }
    return strip_of(out->text, out);
}

ing_strip ing_make_days(ing_strip in, uint32_t rows, bool required, bool *bad, uint64_t missing,
                        uint64_t *day, ing_made *out)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&in, k);
        uint32_t from = (uint32_t)(t.p - in.text), seconds = 0;
        bool timed = (t.n == 20 ? t.p[19] == 'Z' : t.n == 19) && (t.p[10] == 'T' || t.p[10] == ' ');
        bool good = ing_strip_day(t.p, &day[k]) && (timed ? cst_digits_clock(t.p + 11, &seconds) : t.n == 10);
        good &= !(timed && seconds == 86399); /* as an end it is the next midnight */
        if (t.n == 0) day[k] = missing;
        out->from[k] = from;
        out->end[k] = from + (t.n ? 10 : 0);
        bad[k] |= t.n ? !good : required;
    }
    return strip_of(in.text, out);
}
