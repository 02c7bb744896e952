/* event_time.c: see event_time.h. */
#include "cohort/event_time.h"
#include "base/date.h"
#include "base/memory.h"
#include <stdlib.h>

enum { PAST_YEAR = 2120 }; /* the first that is not looked up */

cst_status cohort_times_init(cohort_times *t, const cst_calendar *ages, cst_error *e)
{
    *t = (cohort_times){.ages = *ages, .end = cst_day_of(PAST_YEAR, 1, 1)};
    t->tick_of = malloc((size_t)t->end * sizeof *t->tick_of);
    if (!t->tick_of) return cst_no_memory(e);
    for (cst_day d = 0; d < t->end; d++) t->tick_of[d] = cst_period_of(ages, d);
    return CST_OK;
}

void cohort_times_free(cohort_times *t)
{
    free(t->tick_of);
}

cst_period cohort_times_tick(const cohort_times *t, cst_day day)
{
    return day >= 0 && day < t->end ? t->tick_of[day] : cst_period_of(&t->ages, day);
}

bool cohort_times_date(const cohort_times *t, const char *p, cohort_day_of *out)
{
    cst_day day;
    if (!cst_day_parse((cst_text){p, 10}, &day) || day < 0 || day >= t->end) return false;
    *out = (cohort_day_of){.head = cst_word_load(p), .day = day, .tick = t->tick_of[day]};
    memcpy(&out->tail, p + 8, sizeof out->tail);
    return true;
}
