/* zone.c: see zone.h. A table is a list of moments with the offset from each on, and a rule as in POSIX TZ
 * for all that comes after the last. */
#include "ingest/zone.h"
#include "base/date.h"
#include "base/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONES "/usr/share/zoneinfo/"

/* A day of the year on which the clock changes. M: the week-th weekday of a month; J: the day 1..365, 29
 * February not counted; D: the day 0..365. */
typedef struct change {
    char form;
    int month, week, day;
    int32_t time; /* seconds after its midnight */
} change;

struct ing_zone {
    int64_t *at; /* seconds; ascending */
    int32_t *offset, first;
    size_t n;
    bool failed;         /* out of memory */
    bool ruled, changes; /* there is a rule; it has a summer */
    int32_t standard, summer;
    change begin, end; /* of summer */
};

static int64_t read_number(const unsigned char *p, int bytes)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | p[i];
    return (int64_t)v;
}

/* ---- the rule ---- */

/* [+-]hh[:mm[:ss]] in seconds. */
static bool read_time(const char **p, int32_t *out)
{
    int sign = **p == '-' ? -1 : 1;
    int32_t part[3] = {0}, most[] = {167, 59, 59};
    *p += **p == '-' || **p == '+';
    for (int i = 0; i < 3; i++) {
        if (**p < '0' || **p > '9') return false;
        while (**p >= '0' && **p <= '9' && part[i] <= 1000) part[i] = part[i] * 10 + (*(*p)++ - '0');
        if (part[i] > most[i]) return false;
        if (**p != ':') break;
        ++*p;
    }
    *out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

static bool skip_name(const char **p)
{
    const char *from = *p;
    if (**p == '<') {
        const char *close = strchr(*p, '>');
        if (!close) return false;
        *p = close + 1;
        return true;
    }
    while ((**p >= 'a' && **p <= 'z') || (**p >= 'A' && **p <= 'Z')) ++*p;
    return *p - from >= 3;
}

static bool read_count(const char **p, int least, int most, int *out)
{
    if (**p < '0' || **p > '9') return false;
    for (*out = 0; **p >= '0' && **p <= '9' && *out <= 1000; ++*p) *out = *out * 10 + (**p - '0');
    return *out >= least && *out <= most;
}

static bool read_change(const char **p, change *c)
{
    *c = (change){.form = 'D', .time = 7200};
    if (*(*p)++ != ',') return false;
    if (**p == 'M' || **p == 'J') c->form = *(*p)++;
    if (c->form == 'M') {
        if (!read_count(p, 1, 12, &c->month) || *(*p)++ != '.' || !read_count(p, 1, 5, &c->week) ||
            *(*p)++ != '.' || !read_count(p, 0, 6, &c->day))
            return false;
    } else if (!read_count(p, c->form == 'J', 365, &c->day)) {
        return false;
    }
    if (**p != '/') return true;
    ++*p;
    return read_time(p, &c->time);
}

/* As CET-1CEST,M3.5.0,M10.5.0/3; what is behind UTC has a sign +. */
static bool read_rule(const char *p, ing_zone *z)
{
    if (!skip_name(&p) || !read_time(&p, &z->standard)) return false;
    z->standard = -z->standard;
    z->ruled = true;
    if (!*p) return true;
    z->changes = true;
    z->summer = z->standard + 3600;
    if (!skip_name(&p)) return false;
    if (*p != ',') {
        if (!read_time(&p, &z->summer)) return false;
        z->summer = -z->summer;
    }
    return read_change(&p, &z->begin) && read_change(&p, &z->end) && !*p;
}

/* The change of a year, in seconds, by the clock that it ends. */
static int64_t find_change(const change *c, int year, int32_t offset)
{
    cst_day first = cst_day_of(year, 1, 1), day = first + c->day;
    bool leap = cst_month_days(year, 2) == 29;
    if (c->form == 'J') day += leap && c->day >= 60 ? 0 : -1;
    if (c->form == 'M') {
        cst_day month = cst_day_of(year, c->month, 1);
        int weekday = (int)(((int64_t)month + 4 + 7000000) % 7); /* 1970-01-01 was a Thursday */
        day = month + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
        if (day >= month + cst_month_days(year, c->month)) day -= 7; /* the last one */
    }
    return (int64_t)day * 86400 + c->time - offset;
}

static int32_t find_ruled(const ing_zone *z, int64_t at)
{
    int year, month, day;
    if (!z->changes) return z->standard;
    cst_day_civil(cst_instant_day((at + z->standard) * 1000000), &year, &month, &day);
    int64_t begin = find_change(&z->begin, year, z->standard), end = find_change(&z->end, year, z->summer);
    bool summer = begin < end ? begin <= at && at < end : !(end <= at && at < begin);
    return summer ? z->summer : z->standard;
}

int32_t ing_zone_offset(const ing_zone *z, cst_instant i)
{
    int64_t at = i / 1000000 - (i % 1000000 < 0);
    size_t low = 0, high = z->n;
    while (low < high) { /* the first change behind it */
        size_t middle = low + (high - low) / 2;
        if (z->at[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == z->n && z->ruled) return find_ruled(z, at);
    return low ? z->offset[low - 1] : z->first;
}

/* ---- the file ---- */

enum { HEADER = 44, BOUND = 100000 };

typedef struct counts {
    size_t changes, types, size; /* of the block behind the header */
} counts;

static bool read_header(const unsigned char *p, size_t n, int bytes, counts *c)
{
    if (n < HEADER || memcmp(p, "TZif", 4) != 0) return false;
    int64_t v[6]; /* ut, standard, leaps, changes, types, characters */
    for (int i = 0; i < 6; i++)
        if ((v[i] = read_number(p + 20 + 4 * i, 4)) < 0 || v[i] > BOUND) return false;
    c->changes = (size_t)v[3];
    c->types = (size_t)v[4];
    c->size = (size_t)(v[3] * (bytes + 1) + v[4] * 6 + v[5] + v[2] * (bytes + 4) + v[1] + v[0]);
    return c->types > 0 && c->size <= n - HEADER;
}

static bool read_changes(const unsigned char *p, const counts *c, int bytes, ing_zone *z)
{
    const unsigned char *type = p + c->changes * (size_t)bytes, *types = type + c->changes;
    z->at = calloc(c->changes + 1, sizeof *z->at);
    z->offset = calloc(c->changes + 1, sizeof *z->offset);
    z->failed = !z->at || !z->offset;
    if (z->failed) return false;
    z->n = c->changes;
    z->first = (int32_t)read_number(types, 4);
    for (size_t i = 0; i < c->changes; i++) {
        z->at[i] = read_number(p + i * (size_t)bytes, bytes);
        if (type[i] >= c->types || (i && z->at[i] <= z->at[i - 1])) return false;
        z->offset[i] = (int32_t)read_number(types + (size_t)type[i] * 6, 4);
        if (z->offset[i] < -100000 || z->offset[i] > 100000) return false;
    }
    return true;
}

static bool read_table(const unsigned char *p, size_t n, ing_zone *z)
{
    counts c;
    char rule[100];
    if (!read_header(p, n, 4, &c)) return false;
    if (p[4] < '2') return read_changes(p + HEADER, &c, 4, z);
    p += HEADER + c.size, n -= HEADER + c.size;
    if (!read_header(p, n, 8, &c) || !read_changes(p + HEADER, &c, 8, z)) return false;
    p += HEADER + c.size, n -= HEADER + c.size;
    const unsigned char *end = n > 1 && *p == '\n' ? memchr(p + 1, '\n', n - 1) : NULL;
    if (!end || (size_t)(end - p) >= sizeof rule) return false;
    memcpy(rule, p + 1, (size_t)(end - p - 1));
    rule[end - p - 1] = 0;
    return !*rule || read_rule(rule, z);
}

cst_status ing_zone_read(const unsigned char *p, size_t n, ing_zone **out, cst_error *e)
{
    ing_zone *z = calloc(1, sizeof *z);
    if (z && read_table(p, n, z)) {
        *out = z;
        return CST_OK;
    }
    bool failed = !z || z->failed;
    ing_zone_free(z);
    return failed ? cst_no_memory(e) : cst_fail(e, CST_DATA, "expected a table of a time zone, found none");
}

void ing_zone_free(ing_zone *z)
{
    if (!z) return;
    free(z->at);
    free(z->offset);
    free(z);
}

static bool is_name(cst_text name)
{
    for (uint32_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !strchr("/_+-", c)) return false;
    }
    return name.n > 0 && name.n < 64 && name.p[0] != '/';
}

cst_status ing_zone_load(cst_text name, ing_zone **out, cst_error *e)
{
    enum { ROOM = 1 << 18 };
    char path[sizeof ZONES + 64];
    unsigned char *bytes = malloc(ROOM);
    cst_status status = CST_DATA;
    size_t n = 0;
    if (!bytes) return cst_no_memory(e);
    if (is_name(name)) {
        snprintf(path, sizeof path, "%s%.*s", ZONES, (int)name.n, name.p);
        FILE *f = fopen(path, "rb");
        if (f) {
            n = fread(bytes, 1, ROOM, f);
            fclose(f);
        } else if (errno == ENOMEM) {
            status = cst_no_memory(e);
        }
        if (n && n < ROOM) status = ing_zone_read(bytes, n, out, e);
    }
    free(bytes);
    if (status != CST_DATA) return status;
    return cst_fail(e, CST_DATA,
                    "expected a time zone as Europe/Berlin of which " ZONES " has the table, found \"%.*s\"",
                    (int)(name.n < 80 ? name.n : 80), name.p);
}
