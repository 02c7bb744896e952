/* revenue/by_period.c: periods, groups and currencies as others write them. */
#include "revenue/by_period.h"
#include "base/buffer.h"
#include "base/label.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* "Sep 2024" or "September 2024"; false: another form. */
static bool parse_month_name(cst_text text, char day[11])
{
    static const char *const months[12] = {"January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December"};
    const char *blank = text.n > 5 ? memchr(text.p, ' ', text.n) : NULL;
    if (!blank || text.p + text.n - blank != 5) return false;
    size_t n = (size_t)(blank - text.p);
    for (int m = 0; m < 12; m++) {
        if ((n != 3 && n != strlen(months[m])) || strncasecmp(text.p, months[m], n) != 0) continue;
        snprintf(day, 11, "%.4s-%02u-01", blank + 1, (unsigned)(m + 1) % 100);
        return true;
    }
    return false;
}

cst_status rev_by_period(const rev_session *s, const cst_table *t, size_t row, int column, cst_period *out,
                         cst_error *e)
{
    cst_text text = cst_table_at(t, row, column);
    char name[11] = "0000-00-01";
    cst_day day;
    bool month = text.n == 7 && text.p[4] == '-';
    if (month) memcpy(name, text.p, 7);
    month = month || parse_month_name(text, name);
    if (month && s->calendar.every == CST_MONTH && cst_day_parse(cst_text_of(name), &day)) {
        *out = cst_period_of(&s->calendar, day);
        return CST_OK;
    }
    cst_status status = cst_table_day(t, row, column, &day, e);
    if (status != CST_OK) return status;
    *out = cst_period_of(&s->calendar, day);
    if (cst_period_last(&s->calendar, *out) == day) return CST_OK;
    return cst_fail_at(e, CST_DATA, cst_table_place(t, row, column), "period",
                       "expected the last day of a period, found another day; write the last day, or "
                       "choose another --every");
}

cst_status rev_by_group(const rev_session *s, const cst_table *t, size_t row, const int *by, cst_arena *arena,
                        cst_text *out, cst_error *e)
{
    cst_buffer b = {0};
    for (size_t k = 0; k < s->bys; k++) cst_label_add(&b, k, cst_table_at(t, row, by[k]));
    bool ok = !b.failed;
    *out = cst_arena_text(arena, (cst_text){b.p, (uint32_t)b.n}, &ok);
    cst_buffer_free(&b);
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status rev_by_currency(const rev_session *s, const cst_table *t, int column, const char *what,
                           cst_error *e)
{
    cst_text ours = cst_text_of(s->currency);
    for (size_t i = 0; column >= 0 && i < cst_table_rows(t); i++) {
        cst_text theirs = cst_table_at(t, i, column);
        if (cst_text_equal(theirs, ours)) continue;
        return cst_fail_at(
            e, CST_DATA, cst_table_place(t, i, column), "currency",
            "expected amounts in %s, as the subscriptions are reported, found \"%.*s\"; give the "
            "%s in that currency, or convert with --fx and --report-currency",
            ours.n ? s->currency : "no currency", (int)theirs.n, theirs.p, what);
    }
    return CST_OK;
}
