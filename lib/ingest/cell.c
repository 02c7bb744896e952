/* Canonical forms. The common case is a field that has its form already: it is checked, and its own bytes
 * are the result. Only what differs (an amount without cents, a number with a needless zero) is written
 * anew. */
#include "ingest/cell.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"

/* A short decimal with a minus or no sign, without a needless zero in front, and no -0. The value is in
 * millionths; *decimals is how many there were. */
static bool scan_amount(cst_text t, int64_t *value, uint32_t *decimals)
{
    bool negative = *t.p == '-';
    cst_text digits = {t.p + negative, t.n - negative};
    int64_t v;
    if (!cst_decimal_short(digits, &v, decimals)) return false;
    if (*digits.p == '0' && digits.n - *decimals - (*decimals > 0) > 1) return false;
    *value = negative ? -v : v;
    return !negative || v;
}

static void set_text(ing_cell *out, char *room, size_t n)
{
    out->text = (cst_text){room, (uint32_t)n};
    out->plain = true;
}

static bool set_amount(cst_type type, cst_wide num, int64_t den, char *room, ing_cell *out, bool *too_large);

static bool read_slow_amount(cst_type type, cst_text t, char *room, ing_cell *out, bool *too_large)
{
    cst_wide num;
    int64_t den;
    ing_amount_status st = ing_amount_parse(t, &num, &den);
    *too_large = st == ING_AMOUNT_TOO_LARGE;
    return st == ING_AMOUNT_OK && set_amount(type, num, den, room, out, too_large);
}

static bool read_money(cst_text t, char *room, ing_cell *out, bool *too_large)
{
    uint32_t decimals;
    if (!scan_amount(t, &out->money, &decimals))
        return read_slow_amount(CST_TYPE_MONEY, t, room, out, too_large);
    out->plain = true;
    out->text = t;
    if (decimals == 2) return true;
    if (decimals > 2 && t.p[t.n - 1] != '0') return true;
    if (decimals < 2) { /* 10 -> 10.00 */
        memcpy(room, t.p, t.n);
        memcpy(room + t.n, decimals ? "0\0" : ".00", 3);
        out->text = (cst_text){room, t.n + (decimals ? 1 : 3)};
        return true;
    }
    set_text(out, room, cst_money_format(out->money, 2, room));
    return true;
}

static bool read_number(cst_text t, char *room, ing_cell *out, bool *too_large)
{
    uint32_t decimals;
    if (!scan_amount(t, &out->money, &decimals))
        return read_slow_amount(CST_TYPE_NUMBER, t, room, out, too_large);
    if (decimals && t.p[t.n - 1] == '0') {
        set_text(out, room, cst_money_format(out->money, 0, room));
        return true;
    }
    out->text = t;
    out->plain = true;
    return true;
}

static bool read_count(cst_text t, char *room, ing_cell *out)
{
    uint32_t i = 0;
    while (i < t.n && (unsigned char)(t.p[i] - '0') <= 9) i++;
    if (i < t.n || t.n > 18) return false;
    while (t.n > 1 && t.p[0] == '0') t.p++, t.n--;
    (void)room;
    out->text = t;
    out->plain = true;
    return true;
}

static bool read_currency(cst_text t, char *room, ing_cell *out)
{
    if (t.n != 3) return false;
    for (int i = 0; i < 3; i++) {
        char c = (char)(t.p[i] & ~32);
        if (c < 'A' || c > 'Z' || (t.p[i] & 0x80)) return false;
        room[i] = c;
    }
    set_text(out, room, 3);
    return true;
}

static bool read_boolean(cst_text t, ing_cell *out)
{
    bool truth;
    if (!cst_bool_word(t, &truth)) return false;
    out->text = cst_text_of(truth ? "true" : "false");
    out->plain = true;
    return true;
}

static bool read_instant(cst_text t, char *room, ing_cell *out)
{
    cst_instant i;
    if (!cst_instant_parse(t, &i)) return false;
    out->plain = true;
    out->text = t;
    if (t.n == 10) return true;
    if (t.n == 20 && t.p[10] == 'T' && t.p[19] == 'Z' && i % CST_MICROS_PER_DAY != 0) return true;
    set_text(out, room, cst_instant_format(i, room));
    return true;
}

bool ing_cell_raw(cst_type type, const char *words, cst_text t, char room[ING_CELL_ROOM], ing_cell *out,
                  bool *too_large)
{
    switch (type) {
    case CST_TYPE_TEXT:
        out->text = t;
        out->plain = false;
        return true;
    case CST_TYPE_DAY:
        out->text = t;
        out->plain = true;
        return cst_day_parse(t, &out->day);
    case CST_TYPE_INSTANT:
        return read_instant(t, room, out);
    case CST_TYPE_MONEY:
        return read_money(t, room, out, too_large);
    case CST_TYPE_NUMBER:
        return read_number(t, room, out, too_large);
    case CST_TYPE_RATE:
        return read_slow_amount(type, t, room, out, too_large);
    case CST_TYPE_COUNT:
        return read_count(t, room, out);
    case CST_TYPE_BOOLEAN:
        return read_boolean(t, out);
    case CST_TYPE_CURRENCY:
        return read_currency(t, room, out);
    case CST_TYPE_WORD:
        out->text = t;
        out->plain = true;
        return cst_stream_word(words, t);
    }
    return false;
}

static bool set_amount(cst_type type, cst_wide num, int64_t den, char *room, ing_cell *out, bool *too_large)
{
    if (type == CST_TYPE_RATE) {
        cst_wide top;
        cst_rate rate;
        if (num <= 0) return false;
        if (__builtin_mul_overflow(num, (cst_wide)1000000, &top)) return !(*too_large = true);
        top = cst_wide_divide(top, den);
        if (top == 0 || top > INT64_MAX) return !(*too_large = true);
        rate = (cst_rate)top;
        set_text(out, room, cst_rate_format(rate, room));
        return true;
    }
    if (!ing_amount_money(num, den, &out->money, &out->rounded)) return !(*too_large = true);
    if (type == CST_TYPE_COUNT && (out->money < 0 || out->money % CST_MONEY_UNIT)) return false;
    set_text(out, room, cst_money_format(out->money, type == CST_TYPE_MONEY ? 2 : 0, room));
    return true;
}

bool ing_cell_value(cst_type type, const ing_datum *v, char room[ING_CELL_ROOM], ing_cell *out,
                    bool *too_large)
{
    if (v->kind == ING_DATUM_AMOUNT) return set_amount(type, v->num, v->den, room, out, too_large);
    out->day = v->day;
    out->time = v->kind == ING_DATUM_INSTANT ? v->instant + v->shift - cst_day_instant(v->day) : 0;
    if (v->kind == ING_DATUM_INSTANT && type != CST_TYPE_DAY)
        set_text(out, room, cst_instant_format(v->instant, room));
    else
        set_text(out, room, cst_day_format(v->day, room));
    return true;
}
