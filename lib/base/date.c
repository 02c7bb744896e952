/* base/date.c: days and calendar dates. Both directions are on the hot path of every command, so
 * neither loops nor branches on the data.
 *
 * To a day: the days of the years before are 365 each and one for every leap year up to this one; this
 * one's own leap day is taken off again until February is over. With the year at hand as century and
 * year of the century no division is left. From a day: Cassio Neri and Lorenz Schneider, "Euclidean
 * affine functions and their application to calendar algorithms" (2022): a year that begins in March
 * has its leap day at the end, so that year, month and day of a day number are quotients and
 * remainders of linear functions, two of which become multiplications. */
#include "base/date.h"
#include "base/digits.h"

enum {
    DAYS_FROM_MARCH = 719468, /* from 0000-03-01 to 1970-01-01 */
    DAYS_FROM_ZERO = 719528,  /* from 0000-01-01 to 1970-01-01 */
    FIRST_MONTH = 1 * 12,     /* 12 x year + month - 1 of the range's first month, */
    PAST_MONTHS = 10000 * 12  /* and of the first month past it */
};

/* `yy` is the year of the century. */
static inline bool is_leap(unsigned century, unsigned yy)
{
    return ((yy ? yy : century) & 3) == 0;
}

static inline unsigned count_month_days(unsigned century, unsigned yy, unsigned month)
{
    static const unsigned char last[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return last[month] + (unsigned)((month == 2) & is_leap(century, yy));
}

static inline cst_day count_days(unsigned century, unsigned yy, unsigned month, unsigned day)
{
    static const unsigned short before[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    unsigned year = century * 100 + yy;
    unsigned leaps = year / 4 - century + century / 4;
    unsigned ahead = (month <= 2) & is_leap(century, yy);
    return (cst_day)(365 * year + leaps - ahead + before[month] + day) - DAYS_FROM_ZERO;
}

int cst_month_days(int year, int month)
{
    return (int)count_month_days((unsigned)year / 100, (unsigned)year % 100, (unsigned)month);
}

cst_day cst_day_of(int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return CST_DAY_NONE;
    if (day > cst_month_days(year, month)) return CST_DAY_NONE;
    return count_days((unsigned)year / 100, (unsigned)year % 100, (unsigned)month, (unsigned)day);
}

void cst_day_civil(cst_day d, int *year, int *month, int *day)
{
    if (d < CST_DAY_MIN || d > CST_DAY_MAX) {
        *year = *month = *day = 0;
        return;
    }
    uint32_t quarters =
        4 * (uint32_t)(d + DAYS_FROM_MARCH) + 3; /* of days, in centuries of 146097 quarters */
    uint32_t century = quarters / 146097;
    uint64_t scaled = UINT64_C(2939745) * ((quarters % 146097) | 3); /* 2^32 / 1461, rounded up */
    uint32_t in_year = (uint32_t)scaled / 2939745 / 4;
    uint32_t in_months = 2141 * in_year + 197913; /* in months of 2^16, the first of March at 3 */
    bool past_december = in_year >= 306;
    *year = (int)(100 * century + (uint32_t)(scaled >> 32)) + past_december;
    *month = (int)(in_months >> 16) - (past_december ? 12 : 0);
    *day = (int)((in_months & 0xFFFF) / 2141) + 1;
}

bool cst_day_parse(cst_text t, cst_day *out)
{
    uint64_t head, pairs;
    if (t.n != 10 || !cst_digits_date(t.p, &head, &pairs)) return false;
    unsigned century = (unsigned)(cst_digits_pairs(head) & 255), yy = (unsigned)(pairs & 255);
    unsigned month = (unsigned)(pairs >> 24 & 255), day = (unsigned)(pairs >> 48 & 255);
    if ((century | yy) == 0 || month - 1 > 11) return false;
    if (day - 1 >= count_month_days(century, yy, month)) return false;
    *out = count_days(century, yy, month, day);
    return true;
}

size_t cst_day_format(cst_day d, char out[CST_DAY_ROOM])
{
    int year, month, day;
    cst_day_civil(d, &year, &month, &day);
    out[0] = '\0';
    if (day == 0) return 0;
    memcpy(out, cst_digit_pairs + (size_t)(year / 100) * 2, 2);
    memcpy(out + 2, cst_digit_pairs + (size_t)(year % 100) * 2, 2);
    out[4] = '-';
    memcpy(out + 5, cst_digit_pairs + (size_t)(month)*2, 2);
    out[7] = '-';
    memcpy(out + 8, cst_digit_pairs + (size_t)(day)*2, 2);
    out[10] = '\0';
    return 10;
}

int cst_compare_days(const void *a, const void *b)
{
    cst_day x = *(const cst_day *)a, y = *(const cst_day *)b;
    return (x > y) - (x < y);
}

/* n months on, on the day `day` of that month or the month's last; `end` asks for the last. */
static cst_day shift_months(int year, int month, int day, int n, bool end)
{
    int64_t months = (int64_t)year * 12 + month - 1 + n;
    if (months < FIRST_MONTH || months >= PAST_MONTHS) return CST_DAY_NONE;
    int y = (int)(months / 12), m = (int)(months % 12) + 1;
    int last = cst_month_days(y, m);
    return cst_day_of(y, m, end || day > last ? last : day);
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
