/* cohort/event_time.h: from the text of an event's time to its day and tick. Events mostly come in the
 * order of time, so that a row's date is nearly always that of the row before: then its bytes are compared
 * and not read. */
#ifndef CST_COHORT_EVENT_TIME_H
#define CST_COHORT_EVENT_TIME_H
#include "base/digits.h"
#include "base/period.h"

/* What is looked up instead of computed, for the days of 1970 to 2119. Threads share it. */
typedef struct cohort_times {
    cst_calendar ages;
    cst_period *tick_of; /* by day from 1970-01-01 on */
    cst_day end;         /* the first day that is not looked up */
} cohort_times;

/* The date read last, as text and as what it came to. Zero-initialise: no text has these bytes. */
typedef struct cohort_day_of {
    uint64_t head; /* its first eight bytes, YYYY-MM- */
    uint16_t tail; /* DD */
    cst_day day;
    cst_period tick;
} cohort_day_of;

cst_status cohort_times_init(cohort_times *t, const cst_calendar *ages, cst_error *e);
void cohort_times_free(cohort_times *t); /* what it holds */
cst_period cohort_times_tick(const cohort_times *t, cst_day day);
/* The ten bytes YYYY-MM-DD of a day that is looked up. false: anything else, right or wrong. */
bool cohort_times_date(const cohort_times *t, const char *p, cohort_day_of *out);

/* Whether a time is of the date read last, in one of the usual forms. */
static inline bool cohort_date_holds(const cohort_day_of *d, const char *p, uint32_t n)
{
    uint16_t tail;
    uint32_t seconds;
    if (n != 20 && n != 10) return false;
    memcpy(&tail, p + 8, sizeof tail);
    return cst_word_load(p) == d->head && tail == d->tail && (n == 10 || cst_digits_utc(p + 10, &seconds));
}

/* Reads the usual forms, 2024-12-31T23:59:59Z and the date alone, into *last. false: any other form, or
 * none; the reader's conversion takes it, and makes the message. */
static inline bool cohort_times_read(const cohort_times *t, cst_text text, cohort_day_of *last)
{
    uint32_t seconds;
    return cohort_date_holds(last, text.p, text.n) ||
           ((text.n == 10 || (text.n == 20 && cst_digits_utc(text.p + 10, &seconds))) &&
            cohort_times_date(t, text.p, last));
}
#endif
