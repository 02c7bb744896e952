/* Days, instants and durations against glibc's calendar and a reading of the text by hand. */
#include "base/date.h"
#include "base/period.h"
#include "fuzz.h"

#include <time.h>

/* Reads `n` digits at p. */
static bool digits(const char *p, size_t n, int *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return false;
        *out = *out * 10 + (p[i] - '0');
    }
    return true;
}

static bool expect_day(const char *p, size_t n, int64_t *out)
{
    int year, month, day;
    if (n != 10 || p[4] != '-' || p[7] != '-') return false;
    if (!digits(p, 4, &year) || !digits(p + 5, 2, &month) || !digits(p + 8, 2, &day)) return false;
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    time_t t = timegm(&tm);
    *out = t / 86400; /* t is a whole number of days */
    return tm.tm_mday == day && tm.tm_mon == month - 1;
}

/* What follows the day and its T or blank: the microseconds to add. */
static bool expect_clock(const char *p, size_t n, int64_t *out)
{
    int hour, minute, second = 0, fraction = 0, away = 0, away_minute = 0;
    size_t i = 5;
    if (n < 5 || !digits(p, 2, &hour) || p[2] != ':' || !digits(p + 3, 2, &minute)) return false;
    if (n >= i + 3 && p[i] == ':') {
        if (!digits(p + i + 1, 2, &second)) return false;
        i += 3;
        size_t begin = i + 1;
        if (i < n && p[i] == '.') {
            for (i++; i < n && p[i] >= '0' && p[i] <= '9'; i++)
                if (i - begin < 6) fraction = fraction * 10 + (p[i] - '0');
            if (i == begin || i - begin > 9) return false;
            for (size_t k = i - begin; k < 6; k++) fraction *= 10;
        }
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    *out = ((hour * 60 + minute) * INT64_C(60) + second) * 1000000 + fraction;
    p += i, n -= i;
    if (n == 0 || (n == 1 && p[0] == 'Z') || (n == 4 && memcmp(p, " UTC", 4) == 0)) return true;
    if (p[0] == ' ') p++, n--;
    if (n == 0 || (p[0] != '+' && p[0] != '-')) return false;
    if (n != 3 && n != 5 && (n != 6 || p[3] != ':')) return false;
    if (!digits(p + 1, 2, &away) || (n > 3 && !digits(p + n - 2, 2, &away_minute))) return false;
    if (away > 23 || away_minute > 59) return false;
    int64_t shift = (away * 60 + away_minute) * INT64_C(60000000);
    *out += p[0] == '-' ? shift : -shift;
    return true;
}

static bool expect_instant(const char *p, size_t n, int64_t *out)
{
    int64_t day, clock = 0;
    if (n < 10 || !expect_day(p, 10, &day)) return false;
    if (n > 10 && ((p[10] != 'T' && p[10] != ' ') || !expect_clock(p + 11, n - 11, &clock))) return false;
    *out = day * CST_MICROS_PER_DAY + clock;
    return *out >= CST_DAY_MIN * CST_MICROS_PER_DAY && *out < (CST_DAY_MAX + INT64_C(1)) * CST_MICROS_PER_DAY;
}

static void check_text(const char *p, size_t n)
{
    cst_text t = {p, (uint32_t)n};
    int64_t want = 0;
    cst_day day = 0;
    cst_instant at = 0, back = 0;
    bool good = expect_day(p, n, &want);
    fuzz_require(cst_day_parse(t, &day) == good && (!good || day == want), "cst_day_parse");
    good = expect_instant(p, n, &want);
    fuzz_require(cst_instant_parse(t, &at) == good && (!good || at == want), "cst_instant_parse");
    if (!good) return;
    char text[CST_INSTANT_ROOM];
    t = (cst_text){text, (uint32_t)cst_instant_format(at, text)};
    fuzz_require(strlen(text) == t.n && cst_instant_parse(t, &back) && back == at,
                 "an instant, written and read");
}

static void check_day(cst_day d, int months)
{
    char text[CST_DAY_ROOM];
    cst_day back = 0;
    int year, month, day;
    cst_text t = {text, (uint32_t)cst_day_format(d, text)};
    fuzz_require(cst_day_parse(t, &back) && back == d, "a day, written and read");
    cst_day_civil(d, &year, &month, &day);
    fuzz_require(cst_day_of(year, month, day) == d, "a day, taken apart and put together");
    int later = year * 12 + month - 1 + months, days = 0;
    cst_day moved = cst_day_add_months(d, months);
    if (later < 12 || later >= 120000) {
        fuzz_require(moved == CST_DAY_NONE, "no month past the range");
    } else {
        days = cst_month_days(later / 12, later % 12 + 1);
        fuzz_require(moved == cst_day_of(later / 12, later % 12 + 1, day < days ? day : days),
                     "months added");
        if (months >= 0) fuzz_require(cst_months_between(d, moved) == months, "months between");
    }
    for (int every = CST_WEEK; every <= CST_YEAR; every++) {
        cst_calendar c = {(cst_every)every, 1 + (months & 7)};
        cst_period p = cst_period_of(&c, d);
        cst_day first = cst_period_first(&c, p), last = cst_period_last(&c, p);
        fuzz_require(first <= d && d <= last, "a day lies in its period");
        fuzz_require(last == CST_DAY_MAX || cst_period_of(&c, last + 1) == p + 1,
                     "periods follow each other");
        fuzz_require(first == CST_DAY_MIN || cst_period_of(&c, first - 1) == p - 1, "and go back");
    }
}

static void check_duration(const char *p, size_t n)
{
    cst_duration d = {0, 0}, again = {0, 0};
    char text[CST_PERIOD_ROOM];
    if (!cst_duration_parse((cst_text){p, (uint32_t)n}, &d)) return;
    fuzz_require(d.n > 0 && n >= 2 && strchr("dwmqy", d.unit), "a duration has a number and a unit");
    cst_text t = {text, (uint32_t)cst_duration_format(d, text)};
    fuzz_require(cst_duration_parse(t, &again) && again.n == d.n && again.unit == d.unit,
                 "a duration, both ways");
    cst_day later = cst_day_plus(0, d);
    fuzz_require(later == CST_DAY_NONE || later > 0, "a duration goes forward");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    check_text(text, size);
    check_duration(text, size);
    free(text);
    uint64_t v = fuzz_take(&data, &size, 4);
    check_day((cst_day)(CST_DAY_MIN + (int64_t)(v % (CST_DAY_MAX - CST_DAY_MIN + 1))),
              (int)(int16_t)fuzz_take(&data, &size, 2));
    return 0;
}
