/* Transforms that make dates and times. A format is compiled once: a string of token bytes, each either a
 * letter of the list below or a literal byte of the input with the high bit set as a mark. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/period.h"
#include "base/text.h"
#include "ingest/transform.h"
#include "ingest/zone.h"
#include <stdio.h>
#include <strings.h>

static const struct {
    const char *word;
    unsigned char token;
} tokens[] = {{"YYYY", 'Y'}, {"YY", 'y'}, {"Month", 'N'}, {"Mon", 'N'}, {"MM", 'M'},
              {"DD", 'D'},   {"hh", 'h'}, {"mm", 'm'},    {"ss", 's'},  {"am", 'a'}};

#define LITERAL 0x80

cst_status ing_prepare_date(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    cst_text f = s->arg[0];
    size_t n = 0;
    bool year = false, month = false, day = false;
    for (uint32_t i = 0; i < f.n && n < sizeof s->format - 1;) {
        size_t k = 0, count = sizeof tokens / sizeof tokens[0];
        while (k < count && !(f.n - i >= strlen(tokens[k].word) &&
                              memcmp(f.p + i, tokens[k].word, strlen(tokens[k].word)) == 0))
            k++;
        if (k < count) {
            unsigned char t = tokens[k].token;
            year |= t == 'Y' || t == 'y', month |= t == 'M' || t == 'N', day |= t == 'D';
            if (t == 'h') s->n = 1; /* the value is a time of day */
            s->format[n++] = t;
            i += (uint32_t)strlen(tokens[k].word);
        } else if ((f.p[i] & 0x80) || (f.p[i] >= 'A' && f.p[i] <= 'Z' && f.p[i] != 'T' && f.p[i] != 'Z') ||
                   (f.p[i] >= 'a' && f.p[i] <= 'z')) {
            year = false;
            break;
        } else {
            s->format[n++] = (unsigned char)(f.p[i++] | LITERAL);
        }
    }
    if (!year || !month || !day)
        return cst_fail(
            e, CST_DATA,
            "date: expected a format made of YYYY or YY, MM, Mon or Month, DD, and hh, mm, ss, am, "
            "as DD/MM/YYYY, found \"%.*s\"",
            (int)f.n, f.p);
    return CST_OK;
}

struct parts {
    int year, month, day, hour, minute, second, noon;
};

/* Reads `least` to `most` digits. */
static bool read_number(const char **p, const char *end, int least, int most, int *out)
{
    int n = 0;
    for (*out = 0; n < most && *p < end && **p >= '0' && **p <= '9'; n++) *out = *out * 10 + (*(*p)++ - '0');
    return n >= least;
}

static bool read_token(unsigned char token, bool alone, const char **p, const char *end, struct parts *d)
{
    uint32_t used = 0;
    int least = alone ? 1 : 2;
    switch (token) {
    case 'Y':
        return read_number(p, end, 4, 4, &d->year);
    case 'y':
        if (!read_number(p, end, 2, 2, &d->year)) return false;
        d->year += d->year < 70 ? 2000 : 1900;
        return true;
    case 'M':
        return read_number(p, end, least, 2, &d->month);
    case 'D':
        return read_number(p, end, least, 2, &d->day);
    case 'h':
        return read_number(p, end, least, 2, &d->hour);
    case 'm':
        return read_number(p, end, 2, 2, &d->minute);
    case 's':
        return read_number(p, end, 2, 2, &d->second);
    case 'N':
        d->month = ing_month_name((cst_text){*p, (uint32_t)(end - *p)}, &used);
        *p += used;
        return d->month != 0;
    case 'a':
        if (end - *p < 2 || (((*p)[1] | 32) != 'm') || (((*p)[0] | 32) != 'a' && ((*p)[0] | 32) != 'p'))
            return false;
        d->noon = ((*p)[0] | 32) == 'p' ? 2 : 1;
        *p += 2;
        return true;
    default:
        return *p < end && (unsigned char)(*(*p)++ | LITERAL) == token;
    }
}

cst_status ing_step_date(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    struct parts d = {0};
    const char *p = v->text.p, *end = p + v->text.n;
    bool good = true;
    for (const unsigned char *f = s->format; *f && good; f++) {
        /* a number that stands between literals may do without its leading zero */
        bool alone = (!f[1] || (f[1] & LITERAL)) && (f == s->format || (f[-1] & LITERAL));
        good = read_token(*f, alone, &p, end, &d);
    }
    if (good && d.noon) good = d.hour >= 1 && d.hour <= 12, d.hour = d.hour % 12 + (d.noon == 2 ? 12 : 0);
    cst_day day = good && p == end ? cst_day_of(d.year, d.month, d.day) : CST_DAY_NONE;
    if (day == CST_DAY_NONE || d.hour > 23 || d.minute > 59 || d.second > 59) {
        char expects[96];
        snprintf(expects, sizeof expects, "a date as %.*s", (int)s->arg[0].n, s->arg[0].p);
        return ing_step_fail(s, row, expects, v->text, e);
    }
    v->kind = s->n ? ING_DATUM_INSTANT : ING_DATUM_DAY;
    v->day = day;
    v->instant = cst_day_instant(day) + ((d.hour * 60 + d.minute) * 60 + d.second) * INT64_C(1000000);
    return CST_OK;
}

static void set_instant(ing_datum *v, cst_instant i, const ing_zone *z)
{
    v->kind = ING_DATUM_INSTANT;
    v->instant = i;
    v->shift = z ? ing_zone_offset(z, i) * INT64_C(1000000) : 0;
    v->day = cst_instant_day(i + v->shift);
}

cst_status ing_step_timestamp(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_instant i = 0;
    if (!cst_instant_parse(v->text, &i)) return ing_step_fail(s, row, s->t->expects, v->text, e);
    bool day = v->text.n == 10; /* a date alone is a day on any clock */
    set_instant(v, i, day ? NULL : row->zone);
    return CST_OK;
}

/* Whole or with decimals, `decimals` of them count; the rest is cut off. */
static cst_status read_epoch(const ing_step *s, ing_transform_row *row, ing_datum *v, int decimals,
                             cst_error *e)
{
    cst_wide num;
    int64_t den, scale = 1;
    for (int i = decimals; i < 6; i++) scale *= 10;
    if (ing_amount_parse(v->text, &num, &den) != ING_AMOUNT_OK)
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    cst_wide micros = num / ((cst_wide)den * scale);
    if (micros < cst_day_instant(CST_DAY_MIN) || micros >= cst_day_instant(CST_DAY_MAX) + CST_MICROS_PER_DAY)
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    set_instant(v, (cst_instant)micros, row->zone);
    return CST_OK;
}

cst_status ing_step_epoch(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return read_epoch(s, row, v, 6, e);
}

cst_status ing_step_epoch_ms(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return read_epoch(s, row, v, 3, e);
}

/* Day 1 is 1900-01-01 and there is a day 60, 1900-02-29, that never was: from 61 on the count starts at
 * 1899-12-30. What stands behind the point is the part of the day that has passed; a spreadsheet keeps it as
 * a binary fraction, so that it is a time of day only after rounding to the second. */
cst_status ing_step_serial(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_wide num;
    int64_t den, first = cst_day_of(1899, 12, 30), days = cst_day_of(9999, 12, 31) - first + 1;
    if (ing_amount_parse(v->text, &num, &den) != ING_AMOUNT_OK)
        return ing_step_fail(s, row, s->t->expects, v->text, e);
    cst_wide unit = (cst_wide)CST_MONEY_UNIT * den;
    int64_t seconds = days * 86400;
    if (num >= 61 * unit && num < days * unit) seconds = (int64_t)cst_wide_divide(num * 86400, unit);
    if (seconds >= days * 86400) return ing_step_fail(s, row, s->t->expects, v->text, e);
    set_instant(v, (first * 86400 + seconds) * 1000000, NULL);
    return CST_OK;
}

cst_status ing_step_month(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    if (!ing_month_parse(v->text, &v->day))
        return ing_step_fail(s, row, "a month as 2025-01, 01/2025, Jan-25 or January 2025", v->text, e);
    v->kind = ING_DATUM_DAY;
    v->instant = cst_day_instant(v->day);
    return CST_OK;
}

/* A day moved; past the last date there is (9999-12-31) is an error. */
static cst_status move_day(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_day to, cst_error *e)
{
    if (to == CST_DAY_NONE || to > CST_DAY_MAX || to < CST_DAY_MIN) {
        char day[CST_DAY_ROOM];
        cst_day_format(v->day, day);
        return ing_step_fail(s, row, "a date that stays before the year 10000", cst_text_of(day), e);
    }
    v->kind = ING_DATUM_DAY;
    v->day = to;
    v->instant = cst_day_instant(to);
    return CST_OK;
}

cst_status ing_step_inclusive(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return move_day(s, row, v, v->day + 1, e);
}

cst_status ing_prepare_duration(ing_step *s, ing_refs *refs, cst_error *e)
{
    (void)refs;
    cst_duration d;
    if (!cst_duration_parse(s->arg[0], &d))
        return cst_fail(e, CST_DATA, "add: expected a duration as 12m, 30d, 2w, 1q or 1y, found \"%.*s\"",
                        (int)s->arg[0].n, s->arg[0].p);
    s->n = d.unit == 'd' || d.unit == 'w' ? 0 : 1;
    s->num = d.unit == 'w' ? d.n * 7 : d.unit == 'q' ? d.n * 3 : d.unit == 'y' ? (cst_wide)d.n * 12 : d.n;
    return CST_OK;
}

cst_status ing_step_add(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_day to = CST_DAY_NONE;
    if (s->num < 4000000) to = s->n ? cst_day_add_months(v->day, (int)s->num) : v->day + (cst_day)s->num;
    return move_day(s, row, v, to, e);
}

cst_status ing_step_add_months(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    cst_text t;
    int64_t n;
    if (!row->field(row->context, s->ref[0], &t, e)) return e->status;
    row->blamed = s->ref[0] + 1;
    if (!cst_int_parse(t, &n) || n < 0 || n > 12000)
        return ing_step_fail(s, row, "a whole number of months", t, e);
    return move_day(s, row, v, cst_day_add_months(v->day, (int)n), e);
}

cst_status ing_prepare_bound(ing_step *s, ing_refs *refs, cst_error *e)
{
    for (int i = 0; i < s->args; i++)
        if ((s->ref[i] = ing_refs_add(refs, s->arg[i])) < 0) return cst_no_memory(e);
    return CST_OK;
}

/* A column of the step, read as the date before it was. */
static cst_status read_bound(const ing_step *s, int arg, ing_transform_row *row, ing_datum *out, cst_error *e)
{
    *out = (ing_datum){.kind = ING_DATUM_TEXT, .den = 1};
    if (!row->field(row->context, s->ref[arg], &out->text, e)) return e->status;
    out->missing = out->text.n == 0;
    row->blamed = s->ref[arg] + 1;
    cst_status status = out->missing ? CST_OK : s->as->t->apply(s->as, row, out, e);
    if (status == CST_OK) row->blamed = 0;
    return status;
}

/* The other date counts only on a day after SINCE and before UNTIL. */
static cst_status take_bound(const ing_step *s, ing_transform_row *row, ing_datum *v, int sign, cst_error *e)
{
    ing_datum other, since = {.missing = true}, until = {.missing = true};
    cst_status status = read_bound(s, 0, row, &other, e);
    if (status == CST_OK && s->args > 1) status = read_bound(s, 1, row, &since, e);
    if (status == CST_OK && s->args > 2) status = read_bound(s, 2, row, &until, e);
    if (status != CST_OK || other.missing) return status;
    if (!since.missing && other.day <= since.day) return CST_OK;
    if (!until.missing && other.day >= until.day) return CST_OK;
    if (v->missing || (sign > 0 ? other.instant > v->instant : other.instant < v->instant)) *v = other;
    return CST_OK;
}

cst_status ing_step_later(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return take_bound(s, row, v, 1, e);
}

cst_status ing_step_earlier(const ing_step *s, ing_transform_row *row, ing_datum *v, cst_error *e)
{
    return take_bound(s, row, v, -1, e);
}
