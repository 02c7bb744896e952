/* event_time.c: see event_time.h. */
#include "cohort/event_time.h"
#include "base/date.h"
#include "base/memory.h"
#include <stdlib.h>

enum { FIRST_YEAR = 1970, YEARS = 150, MONTHS = 12 * YEARS };

cst_status cohort_times_init(cohort_times *t, const cst_calendar *ages, cst_error *e)
{
    *t = (cohort_times){.ages = *ages, .end = cst_day_of(FIRST_YEAR + YEARS, 1, 1)};
    t->month_first = malloc((MONTHS + 1) * sizeof *t->month_first);
    t->tick_of = malloc((size_t)t->end * sizeof *t->tick_of);
    if (!t->month_first || !t->tick_of) return cst_no_memory(e);
    for (int m = 0; m <= MONTHS; m++) t->month_first[m] = cst_day_of(FIRST_YEAR + m / 12, m % 12 + 1, 1);
    for (cst_day d = 0; d < t->end; d++) t->tick_of[d] = cst_period_of(ages, d);
    return CST_OK;
}

void cohort_times_free(cohort_times *t)
{
    free(t->month_first);
    free(t->tick_of);
}

cst_period cohort_times_tick(const cohort_times *t, cst_day day)
{
    return day >= 0 && day < t->end ? t->tick_of[day] : cst_period_of(&t->ages, day);
}

static int pair_at(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

bool cohort_times_date(const cohort_times *t, const char *p, cohort_day_of *out)
{
    uint64_t head = cohort_word(p);
    unsigned tens = (unsigned)(unsigned char)p[8] - '0', ones = (unsigned)(unsigned char)p[9] - '0';
    if (!cohort_word_fits(head, UINT64_C(0x00ffff00ffffffff), UINT64_C(0x0076760076767676),
                          UINT64_C(0x2d00002d00000000)) ||
        tens > 3 || ones > 9)
        return false;
    int month = pair_at(p + 5) - 1, at = (pair_at(p) * 100 + pair_at(p + 2) - FIRST_YEAR) * 12 + month;
    if (month < 0 || month > 11 || at < 0 || at >= MONTHS) return false;
    cst_day within = (cst_day)(tens * 10 + ones) - 1, day = t->month_first[at] + within;
    if (within < 0 || day >= t->month_first[at + 1]) return false;
    *out = (cohort_day_of){.head = head, .day = day, .tick = t->tick_of[day]};
    memcpy(&out->tail, p + 8, sizeof out->tail);
    return true;
}
