/* check.c: see check.h. What a row's bytes decide is gathered with | and & where it can be, not with
 * branches, which the processor would guess wrong. */
#include "ingest/check.h"
#include "base/date.h"
#include "ingest/cell.h"

/* Digits, a point, two digits; no needless zero in front. At most eight digits before the point. */
static inline bool is_money(const char *p, uint32_t n, cst_money *out)
{
    uint32_t whole;
    if (n < 4 || n > 11 || p[n - 3] != '.' || (p[0] == '0' && n > 4)) return false;
    unsigned c1 = (unsigned char)(p[n - 2] - '0'), c2 = (unsigned char)(p[n - 1] - '0');
    if (c1 > 9 || c2 > 9 || !cst_digits_read(p, n - 3, &whole)) return false;
    *out = ((int64_t)whole * 100 + c1 * 10 + c2) * 10000;
    return true;
}

static inline bool is_whole(const char *p, uint32_t n)
{
    uint32_t ignored;
    return n <= 8 && !(p[0] == '0' && n > 1) && cst_digits_read(p, n, &ignored);
}

/* The other types, and what the checks above do not take: fine if it would be written as it stands. */
static bool is_canonical(const ing_check *c, cst_text t, cst_money *amount)
{
    ing_cell cell = {0};
    char room[ING_CELL_ROOM];
    bool too_large;
    if (t.p[0] == '"' || !ing_cell_raw(c->type, c->words, t, room, &cell, &too_large)) return false;
    *amount = cell.money;
    return cell.text.n == t.n && memcmp(cell.text.p, t.p, t.n) == 0 && !cell.rounded;
}

static void check_text(const ing_check *c, ing_strip s, uint32_t rows, bool quotes, bool *bad)
{
    if (!quotes && !c->required) return;
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        bad[k] |= t.n ? quotes && t.p[0] == '"' : c->required;
    }
}

void ing_check_days(const ing_check *c, ing_strip s, uint32_t rows, bool *bad, uint64_t missing,
                    uint64_t *day)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        if ((t.n == 10) & ing_strip_day(t.p, &day[k])) continue;
        cst_day ignored;
        if (t.n == 0) day[k] = missing;
        bad[k] |= t.n ? t.n != 10 || t.p[0] == '0' || !cst_day_parse(t, &ignored) : c->required;
    }
}

static void check_money(const ing_check *c, ing_strip s, uint32_t rows, bool *bad, cst_money *amount)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        amount[k] = 0;
        if (is_money(t.p, t.n, &amount[k])) continue;
        bad[k] |= t.n ? !is_canonical(c, t, &amount[k]) : c->required;
    }
}

static void check_numbers(const ing_check *c, ing_strip s, uint32_t rows, bool *bad)
{
    cst_money ignored;
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        if (t.n && is_whole(t.p, t.n)) continue;
        bad[k] |= t.n ? !is_canonical(c, t, &ignored) : c->required;
    }
}

static void check_currencies(const ing_check *c, ing_strip s, uint32_t rows, bool *bad)
{
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        bool good = (t.n == 3) & ((unsigned char)(t.p[0] - 'A') < 26) & ((unsigned char)(t.p[1] - 'A') < 26) &
                    ((unsigned char)(t.p[2] - 'A') < 26);
        bad[k] |= t.n ? !good : c->required;
    }
}

static void check_others(const ing_check *c, ing_strip s, uint32_t rows, bool *bad)
{
    cst_money ignored;
    for (uint32_t k = 0; k < rows; k++) {
        cst_text t = ing_strip_at(&s, k);
        bad[k] |= t.n ? !is_canonical(c, t, &ignored) : c->required;
    }
}

void ing_check_strip(const ing_check *c, ing_strip s, uint32_t rows, bool quotes, bool *bad,
                     cst_money *amount)
{
    uint64_t day[ING_STRIP_ROWS];
    switch (c->type) {
    case CST_TYPE_TEXT:
        check_text(c, s, rows, quotes, bad);
        break;
    case CST_TYPE_DAY:
        ing_check_days(c, s, rows, bad, 0, day);
        break;
    case CST_TYPE_MONEY:
        check_money(c, s, rows, bad, amount);
        break;
    case CST_TYPE_NUMBER:
    case CST_TYPE_COUNT:
        check_numbers(c, s, rows, bad);
        break;
    case CST_TYPE_CURRENCY:
        check_currencies(c, s, rows, bad);
        break;
    default:
        check_others(c, s, rows, bad);
    }
}
