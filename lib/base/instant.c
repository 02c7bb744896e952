/* base/instant.c: points in time to the microsecond, in UTC, read from the forms that exports are
 * written in: ISO 8601 and the blank-separated form of databases, with or without an offset. */
#include "base/date.h"
#include "base/digits.h"

enum { SECONDS_PER_DAY = 86400 };

/* What is still to be read. */
struct cursor {
    const char *p, *end;
};

/* Exactly two digits, at most `most`. */
static bool read_pair(struct cursor *c, int most, int *out)
{
    if (c->end - c->p < 2) return false;
    unsigned tens = (unsigned)(unsigned char)c->p[0] - '0', ones = (unsigned)(unsigned char)c->p[1] - '0';
    if (tens > 9 || ones > 9) return false;
    *out = (int)(tens * 10 + ones);
    c->p += 2;
    return *out <= most;
}

static bool skip_char(struct cursor *c, char expected)
{
    if (c->p == c->end || *c->p != expected) return false;
    c->p++;
    return true;
}

/* ".", then one to nine digits; those past the sixth are cut off. */
static bool read_fraction(struct cursor *c, int *micros)
{
    int digits = 0;
    *micros = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++, digits++) {
        if (digits < 6) *micros = *micros * 10 + (*c->p - '0');
    }
    for (int i = digits; i < 6; i++) *micros *= 10;
    return digits >= 1 && digits <= 9;
}

/* HH:MM[:SS[.fraction]] in microseconds. */
static bool read_clock(struct cursor *c, int64_t *out)
{
    int hour, minute, second = 0, micros = 0;
    if (!read_pair(c, 23, &hour) || !skip_char(c, ':') || !read_pair(c, 59, &minute)) return false;
    if (skip_char(c, ':')) {
        if (!read_pair(c, 59, &second)) return false;
        if (skip_char(c, '.') && !read_fraction(c, &micros)) return false;
    }
    *out = (int64_t)(hour * 3600 + minute * 60 + second) * 1000000 + micros;
    return true;
}

/* Nothing, Z, " UTC", or +HH, +HHMM, +HH:MM with a blank before it or none, up to the end; in minutes east of
 * Greenwich. */
static bool read_zone(struct cursor *c, int *out)
{
    *out = 0;
    if (c->p == c->end) return true;
    if (skip_char(c, 'Z')) return c->p == c->end;
    if (c->end - c->p == 4 && memcmp(c->p, " UTC", 4) == 0) return true;
    skip_char(c, ' ');
    bool west = skip_char(c, '-');
    if (!west && !skip_char(c, '+')) return false;
    int hour, minute = 0;
    if (!read_pair(c, 23, &hour)) return false;
    if (c->p < c->end) {
        skip_char(c, ':');
        if (!read_pair(c, 59, &minute)) return false;
    }
    *out = (hour * 60 + minute) * (west ? -1 : 1);
    return c->p == c->end;
}

/* YYYY-MM-DDTHH:MM:SS, with Z or nothing behind it: most exports write their times so. */
static bool is_plain(cst_text t)
{
    return (t.n == 20 ? t.p[19] == 'Z' : t.n == 19) && (t.p[10] == 'T' || t.p[10] == ' ');
}

bool cst_instant_parse(cst_text t, cst_instant *out)
{
    cst_day day;
    if (t.n < 10 || !cst_day_parse((cst_text){t.p, 10}, &day)) return false;
    cst_instant at = cst_day_instant(day);
    uint32_t seconds;
    if (is_plain(t) && cst_digits_clock(t.p + 11, &seconds)) {
        at += (int64_t)seconds * 1000000;
    } else if (t.n > 10) {
        struct cursor c = {t.p + 10, t.p + t.n};
        int64_t clock;
        int offset;
        if (!skip_char(&c, 'T') && !skip_char(&c, ' ')) return false;
        if (!read_clock(&c, &clock) || !read_zone(&c, &offset)) return false;
        at += clock - offset * INT64_C(60000000);
        cst_day shifted = cst_instant_day(at);
        if (shifted < CST_DAY_MIN || shifted > CST_DAY_MAX) return false;
    }
    *out = at;
    return true;
}

static char *put_pair(char *p, unsigned v, char after)
{
    memcpy(p, cst_digit_pairs + (size_t)v * 2, 2);
    p[2] = after;
    return p + 3;
}

size_t cst_instant_format(cst_instant i, char out[CST_INSTANT_ROOM])
{
    cst_day day = cst_instant_day(i);
    char date[CST_DAY_ROOM];
    size_t n = cst_day_format(day, date);
    memcpy(out, date, n + 1);
    uint64_t micros = (uint64_t)(i - cst_day_instant(day));
    if (n == 0 || micros == 0) return n;
    unsigned second = (unsigned)(micros / 1000000), fraction = (unsigned)(micros % 1000000);
    char *p = out + n;
    *p++ = 'T';
    p = put_pair(p, second / 3600, ':');
    p = put_pair(p, second / 60 % 60, ':');
    p = put_pair(p, second % 60, fraction ? '.' : 'Z');
    if (fraction) {
        for (int k = 5; k >= 0; k--, fraction /= 10) p[k] = (char)('0' + fraction % 10);
        p[6] = 'Z';
        p += 7;
    }
    *p = '\0';
    return (size_t)(p - out);
}

cst_day cst_instant_day(cst_instant i)
{
    int64_t day = i / CST_MICROS_PER_DAY;
    return (cst_day)(day - (i % CST_MICROS_PER_DAY < 0));
}

cst_instant cst_day_instant(cst_day d)
{
    return (cst_instant)d * CST_MICROS_PER_DAY;
}
