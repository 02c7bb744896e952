/* base/date.c: days and calendar dates. The arithmetic is Howard Hinnant's ("chrono-compatible low-level date algorithms"):
 * a year that begins in March puts the leap day at its end, and then the days before a month are a linear formula. Years are
 * 1 to 9999 and so never negative, which leaves out his eras. */
#include "base/date.h"
#include <string.h>

enum { DAYS_TO_1970 = 719468 }; /* from 0000-03-01, where the shifted calendar begins */

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

static inline bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline unsigned count_month_days(unsigned year, unsigned month)
{
    if (month == 2) return is_leap(year) ? 29 : 28;
    return 30 + ((month + month / 8) & 1);
}

static inline cst_day count_days(unsigned year, unsigned month, unsigned day)
{
    unsigned y = year - (month <= 2);
    unsigned m = month > 2 ? month - 3 : month + 9;
    unsigned days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    return (cst_day)days - DAYS_TO_1970;
}

int cst_month_days(int year, int month)
{
    return (int)count_month_days((unsigned)year, (unsigned)month);
}

cst_day cst_day_of(int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return CST_DAY_NONE;
    if (day > cst_month_days(year, month)) return CST_DAY_NONE;
    return count_days((unsigned)year, (unsigned)month, (unsigned)day);
}

void cst_day_civil(cst_day d, int *year, int *month, int *day)
{
    if (d < CST_DAY_MIN || d > CST_DAY_MAX) {
        *year = *month = *day = 0;
        return;
    }
    unsigned z = (unsigned)(d + DAYS_TO_1970);
    unsigned era = z / 146097, in_era = z % 146097;
    unsigned y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    unsigned in_year = in_era - (365 * y + y / 4 - y / 100);
    unsigned m = (5 * in_year + 2) / 153;
    *day = (int)(in_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400) + (*month <= 2);
}

/* Eight bytes as "YYYY-MM-" in one word: XOR takes the expected byte off each, which leaves 0..9 for a digit and 0 for a
 * hyphen; adding 0x76 or 0x7F carries into the top bit of any byte that is more. */
bool cst_day_parse(cst_text t, cst_day *out)
{
    if (t.n != 10) return false;
    uint64_t v;
    memcpy(&v, t.p, sizeof v);
    v ^= UINT64_C(0x2d30302d30303030);
    if (((v + UINT64_C(0x7f76767f76767676)) | v) & EVERY_BYTE(0x80)) return false;
    unsigned tens = (unsigned)(unsigned char)t.p[8] - '0', ones = (unsigned)(unsigned char)t.p[9] - '0';
    if (tens > 9 || ones > 9) return false;
    uint64_t pair = v * 10 + (v >> 8); /* each pair's number stands in its first byte */
    unsigned year = (unsigned)(pair & 255) * 100 + (unsigned)(pair >> 16 & 255);
    unsigned month = (unsigned)(pair >> 40 & 255);
    unsigned day = tens * 10 + ones;
    if (year == 0 || month - 1 > 11 || day == 0) return false;
    if (day > 28 && day > count_month_days(year, month)) return false;
    *out = count_days(year, month, day);
    return true;
}

/* `digits` digits of v. */
static inline char *put_digits(char *p, unsigned v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v /= 10) p[i] = (char)('0' + v % 10);
    return p + digits;
}

size_t cst_day_format(cst_day d, char out[CST_DAY_ROOM])
{
    int year, month, day;
    cst_day_civil(d, &year, &month, &day);
    char *p = out;
    if (day) {
        p = put_digits(p, (unsigned)year, 4);
        *p++ = '-';
        p = put_digits(p, (unsigned)month, 2);
        *p++ = '-';
        p = put_digits(p, (unsigned)day, 2);
    }
    *p = '\0';
    return (size_t)(p - out);
}

/* n months on, on the day `day` of that month or the month's last; `end` asks for the last. */
static cst_day shift_months(int year, int month, int day, int n, bool end)
{
    int64_t months = (int64_t)year * 12 + month - 1 + n;
    if (months < 12 || months >= INT64_C(10000) * 12) return CST_DAY_NONE;
    unsigned y = (unsigned)(months / 12), m = (unsigned)(months % 12) + 1;
    unsigned last = count_month_days(y, m);
    return count_days(y, m, end || (unsigned)day > last ? last : (unsigned)day);
}

cst_day cst_day_add_months(cst_day anchor, int n)
{
    int year, month, day;
    cst_day_civil(anchor, &year, &month, &day);
    return day ? shift_months(year, month, day, n, false) : CST_DAY_NONE;
}

cst_day cst_day_add_months_end(cst_day d, int n)
{
    int year, month, day;
    cst_day_civil(d, &year, &month, &day);
    return day ? shift_months(year, month, day, n, day == cst_month_days(year, month)) : CST_DAY_NONE;
}

int cst_months_between(cst_day a, cst_day b)
{
    int from_year, from_month, from_day, year, month, day;
    cst_day_civil(a, &from_year, &from_month, &from_day);
    cst_day_civil(b, &year, &month, &day);
    int last = cst_month_days(year, month);
    int months = (year - from_year) * 12 + month - from_month;
    return months - (day < (from_day < last ? from_day : last));
}
