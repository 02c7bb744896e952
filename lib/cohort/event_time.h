/* cohort/event_time.h: from the text of an event's time to its day and tick. Events mostly come in the
 * order of time, so that a row's date is nearly always that of the row before: then its bytes are compared
 * and not read. */
#ifndef CST_COHORT_EVENT_TIME_H
#define CST_COHORT_EVENT_TIME_H
#include "base/period.h"
#include <string.h>

/* What is looked up instead of computed, for the days of 1970 to 2119. Threads share it. */
typedef struct cohort_times {
    cst_calendar ages;
    cst_day *month_first; /* by month from 1970-01 on, one past the last too */
    cst_period *tick_of;  /* by day from 1970-01-01 on */
    cst_day end;          /* the first day that is not looked up */
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

static inline uint64_t cohort_word(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Eight bytes at once: those under `digits` are digits, each no greater than 0x7f - that byte of `room`;
 * the others are `rest`. */
static inline bool cohort_word_fits(uint64_t v, uint64_t digits, uint64_t room, uint64_t rest)
{
    uint64_t x = (v ^ UINT64_C(0x3030303030303030)) & digits;
    return (v & ~digits) == rest && !(((x + room) | x) & UINT64_C(0x8080808080808080));
}

/* THH:MM:SSZ, as two words that overlap; only hours 24 to 29 have the form and are none. */
static inline bool cohort_clock_fits(const char *p)
{
    return cohort_word_fits(cohort_word(p), UINT64_C(0xff00ffff00ffff00), UINT64_C(0x7a00767a00767d00),
                            UINT64_C(0x003a00003a000054)) &&
           cohort_word_fits(cohort_word(p + 2), UINT64_C(0x00ffff00ffff00ff), UINT64_C(0x00767a00767a0076),
                            UINT64_C(0x5a00003a00003a00)) &&
           (p[1] < '2' || p[2] < '4');
}

/* Whether a time is of the date read last, in one of the usual forms. */
static inline bool cohort_date_holds(const cohort_day_of *d, const char *p, uint32_t n)
{
    uint16_t tail;
    if (n != 20 && n != 10) return false;
    memcpy(&tail, p + 8, sizeof tail);
    return cohort_word(p) == d->head && tail == d->tail && (n == 10 || cohort_clock_fits(p + 10));
}

/* Reads the usual forms, 2024-12-31T23:59:59Z and the date alone, into *last. false: any other form, or
 * none; the reader's conversion takes it, and makes the message. */
static inline bool cohort_times_read(const cohort_times *t, cst_text text, cohort_day_of *last)
{
    return cohort_date_holds(last, text.p, text.n) ||
           ((text.n == 10 || (text.n == 20 && cohort_clock_fits(text.p + 10))) &&
            cohort_times_date(t, text.p, last));
}
#endif
