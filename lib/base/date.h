/* base/date.h: days and instants in UTC; the machine's time zone and locale are never asked. Days from and to
 * text are public: cst_day_parse and cst_day_format of cstools/base.h. */
#ifndef CST_BASE_DATE_H
#define CST_BASE_DATE_H
#include <cstools/base.h>

/* Proleptic Gregorian; algorithms of Howard Hinnant, "chrono-compatible low-level date algorithms". */
cst_day cst_day_of(int year, int month, int day); /* CST_DAY_NONE: no such date */
/* All three 0 where d is out of range or CST_DAY_NONE. */
void cst_day_civil(cst_day d, int *year, int *month, int *day);
int cst_month_days(int year, int month);            /* 28..31 */
int cst_compare_days(const void *a, const void *b); /* of two cst_day, for qsort and bsearch */

/* YYYY-MM-DD, or with "T" or one blank: HH:MM[:SS[.fraction up to 9 digits]] and then nothing (UTC),
 * "Z", " UTC" or an offset +HH, +HHMM, +HH:MM (converted to UTC). Digits past the microsecond are cut
 * off. */
bool cst_instant_parse(cst_text t, cst_instant *out);
#define CST_INSTANT_ROOM 32
/* YYYY-MM-DDTHH:MM:SS[.ffffff]Z; a midnight is written as a date alone. */
size_t cst_instant_format(cst_instant i, char out[CST_INSTANT_ROOM]);
cst_day cst_instant_day(cst_instant i); /* the UTC day that holds it */
cst_instant cst_day_instant(cst_day d); /* its midnight */
#define CST_MICROS_PER_DAY INT64_C(86400000000)

/* Terms and tenure: n months from an anchor, clamped to the month's length: 2024-01-31 + 1 = 02-29, +
 * 2 = 03-31. Past the range of dates: CST_DAY_NONE. */
cst_day cst_day_add_months(cst_day anchor, int n);
/* Windows and horizons: as above, but the last day of a month gives a last day: 2024-02-29 + 3 =
 * 2024-05-31. */
cst_day cst_day_add_months_end(cst_day d, int n);
/* Whole months completed from a to b (b >= a), by the clamped rule: the largest n with add_months(a,
 * n) <= b. */
int cst_months_between(cst_day a, cst_day b);
#endif
