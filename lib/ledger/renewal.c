/* renewal.c: a line's rows lie in order of start, and once more in order of end. For a due date only the rows
 * that are up and those that begin in its window matter: what is rest needs no sum, for it is taken off
 * again. Dates that look for their renewal on the same day share what begins on it. */
#include "ledger/renewal.h"
#include "base/date.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { ROW_REST = 1, ROW_GIVEN = 2 };

const char *const cst_renewal_words[] = {"on_time", "late", "fell_through", "lost", "pending", "upcoming"};
const char *const cst_line_end_words[] = {"at_term", "after_term", "early", "no_term"};

struct cst_up {
    uint32_t line, row;
    cst_day day;
};

void cst_renewals_free(cst_renewals *w)
{
    free(w->row);
    free(w->by_end);
    free(w->date);
    free(w->up);
    free(w->flag);
    free(w->listed);
    free(w->day);
    free(w->mark);
    *w = (cst_renewals){0};
}

void cst_renewals_clear(cst_renewals *w, const cst_renewal_rules *rules)
{
    w->rules = *rules;
    w->rows = w->dates = w->ups = w->flags = 0;
}

bool cst_renewals_add(cst_renewals *w, const cst_renewal_row *row)
{
    if (row->amount == 0 || row->start >= row->end) return true;
    if (!cst_grow(&w->row, &w->row_room, w->rows + 1, sizeof *w->row)) return false;
    w->row[w->rows++] = *row;
    return true;
}

/* ---- order ---- */

/* Order within a day does not matter for any figure; it is complete all the same. */
static int compare_rows(const void *a, const void *b)
{
    const cst_renewal_row *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->amount != y->amount) return x->amount > y->amount ? -1 : 1;
    return (x->tag > y->tag) - (x->tag < y->tag);
}

static int compare_ends(const void *a, const void *b, void *rows)
{
    const cst_renewal_row *x = (cst_renewal_row *)rows + *(const uint32_t *)a,
                          *y = (cst_renewal_row *)rows + *(const uint32_t *)b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static int compare_ups(const void *a, const void *b)
{
    const struct cst_up *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int compare_days(const void *a, const void *b)
{
    cst_day x = *(const cst_day *)a, y = *(const cst_day *)b;
    return (x > y) - (x < y);
}

static cst_status order_rows(cst_renewals *w, cst_error *e)
{
    if (!cst_grow(&w->by_end, &w->end_room, w->rows, sizeof *w->by_end) ||
        !cst_grow(&w->mark, &w->mark_room, w->rows, sizeof *w->mark))
        return cst_no_memory(e);
    if (w->rows == 0) return CST_OK;
    qsort(w->row, w->rows, sizeof *w->row, compare_rows);
    for (uint32_t i = 0; i < w->rows; i++) w->by_end[i] = i;
    qsort_r(w->by_end, w->rows, sizeof *w->by_end, compare_ends, w->row);
    memset(w->mark, 0, w->rows * sizeof *w->mark);
    return CST_OK;
}

size_t cst_renewals_line(const cst_renewals *w, size_t from)
{
    size_t to = from;
    while (to < w->rows && w->row[to].line == w->row[from].line) to++;
    return to;
}

/* The first row of a line, among from .. to in order of start, that begins on or after a day. */
static size_t find_start(const cst_renewals *w, size_t from, size_t to, cst_day day)
{
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (w->row[middle].start < day)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* Likewise in by_end: the first that ends on or after a day. */
static size_t find_end(const cst_renewals *w, size_t from, size_t to, cst_day day)
{
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (w->row[w->by_end[middle]].end < day)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* ---- amounts ---- */

static cst_status add_value(const cst_renewals *w, const cst_renewal_row *r, cst_day day, cst_wide *sum,
                            cst_error *e)
{
    cst_money value = r->amount;
    cst_status status =
        w->rules.value ? w->rules.value(w->rules.context, r->currency, r->amount, day, &value, e) : CST_OK;
    *sum += value;
    return status;
}

static cst_status fit(cst_wide sum, cst_money *out, cst_error *e)
{
    *out = (cst_money)sum;
    return *out == sum ? CST_OK
                       : cst_fail(e, CST_LIMIT, "the balance of a line does not fit; use a larger unit");
}

/* What is there on a day for a due date, before zero cuts it off: `own` without what begins on the day, which
 * is `begun`; *begins: something does. */
static cst_status sum_there(const cst_renewals *w, const cst_renewal *r, cst_day day, cst_wide *own,
                            cst_wide *begun, bool *begins, cst_error *e)
{
    cst_status status = CST_OK;
    *own = *begun = 0;
    *begins = false;
    for (size_t i = 0; i < r->ups && status == CST_OK; i++) {
        const cst_renewal_row *row = &w->row[w->up[r->up + i]];
        if (row->end > day) status = add_value(w, row, r->due, own, e);
    }
    for (size_t i = 0; i < r->rows && status == CST_OK; i++) {
        const cst_renewal_row *row = &w->row[r->first_row + i];
        if (row->start > day) break;
        if (row->end <= day || w->flag[r->flag + i]) continue;
        *begins |= row->start == day;
        status = add_value(w, row, r->due, row->start == day ? begun : own, e);
    }
    return status;
}

/* ---- due dates ---- */

cst_day cst_renewal_next(const cst_renewal_row *r, cst_day day)
{
    if (r->term <= 0) return CST_DAY_NONE;
    int months = r->start <= day ? cst_months_between(r->start, day) : 0;
    return cst_day_add_months(r->start, (months / r->term + 1) * r->term);
}

static bool list_up(cst_renewals *w, size_t *n, uint32_t row, cst_day day)
{
    if (!cst_grow(&w->listed, &w->listed_room, *n + 1, sizeof *w->listed)) return false;
    w->listed[(*n)++] = (struct cst_up){w->row[row].line, row, day};
    return true;
}

/* What is listed, in order, becomes due dates; the amounts are those of the rate of `valued`, or of the due
 * date where that is CST_DAY_NONE. */
static cst_status make_dates(cst_renewals *w, size_t n, cst_day valued, cst_error *e)
{
    if (n > 1) qsort(w->listed, n, sizeof *w->listed, compare_ups);
    if (!cst_grow(&w->up, &w->up_room, w->ups + n, sizeof *w->up)) return cst_no_memory(e);
    for (size_t i = 0, next; i < n; i = next) {
        const struct cst_up *first = &w->listed[i];
        cst_renewal r = {.line = first->line, .due = first->day, .found = CST_DAY_NONE, .up = w->ups};
        cst_wide sum = 0;
        for (next = i; next < n && w->listed[next].line == r.line && w->listed[next].day == r.due; next++) {
            uint32_t row = w->listed[next].row;
            w->up[r.up + r.ups++] = row;
            cst_status status = add_value(w, &w->row[row], valued == CST_DAY_NONE ? r.due : valued, &sum, e);
            if (status != CST_OK) return status;
        }
        if (sum <= 0) continue; /* credits alone are not due */
        if (fit(sum, &r.amount, e) != CST_OK) return e ? e->status : CST_LIMIT;
        if (!cst_grow(&w->date, &w->date_room, w->dates + 1, sizeof *w->date)) return cst_no_memory(e);
        w->ups += r.ups;
        w->date[w->dates++] = r;
    }
    return CST_OK;
}

static cst_status list_dates(cst_renewals *w, cst_day known, cst_error *e)
{
    size_t n = 0;
    for (uint32_t i = 0; i < w->rows; i++) {
        const cst_renewal_row *r = &w->row[i];
        if (r->term <= 0 || r->term < w->rules.min_term) continue;
        for (int k = 1;; k++) {
            cst_day day = cst_day_add_months(r->start, k * r->term);
            if (day == CST_DAY_NONE || day > known || day > r->end) break;
            if (!list_up(w, &n, i, day)) return cst_no_memory(e);
        }
    }
    return make_dates(w, n, CST_DAY_NONE, e);
}

/* ---- rest ---- */

/* Whether rows of rest end on a day, and no other row of the line. `date`: the number of r + 1, in
 * w->mark. */
static bool only_rest_ends(const cst_renewals *w, const cst_renewal *r, uint32_t date, size_t from, size_t to,
                           cst_day day)
{
    bool any = false;
    for (size_t i = find_end(w, from, to, day); i < to && w->row[w->by_end[i]].end == day; i++) {
        uint32_t row = w->by_end[i];
        bool rest = w->row[row].start < r->due ? w->mark[row] != date
                                               : w->flag[r->flag + (row - r->first_row)] & ROW_REST;
        if (!rest) return false;
        any = true;
    }
    return any;
}

/* The rows that begin in the window of a date, and which of them are rest. */
static cst_status mark_rest(cst_renewals *w, cst_renewal *r, uint32_t date, size_t from, size_t to,
                            cst_day known, cst_error *e)
{
    int64_t last = (int64_t)r->due + w->rules.settle + w->rules.grace;
    if (last > known) last = known;
    r->first_row = find_start(w, from, to, r->due);
    r->rows = find_start(w, r->first_row, to, (cst_day)last + 1) - r->first_row;
    r->flag = w->flags;
    w->flags += r->rows;
    if (!cst_grow(&w->flag, &w->flag_room, w->flags, 1)) return cst_no_memory(e);
    if (r->rows) memset(w->flag + r->flag, 0, r->rows);
    for (size_t i = 0; i < r->ups; i++) w->mark[w->up[r->up + i]] = date;
    for (size_t i = 0, next; i < r->rows; i = next) {
        cst_day day = w->row[r->first_row + i].start;
        for (next = i; next < r->rows && w->row[r->first_row + next].start == day;) next++;
        if (day > r->due && only_rest_ends(w, r, date, from, to, day))
            memset(w->flag + r->flag + i, ROW_REST, next - i);
    }
    return CST_OK;
}

/* ---- found ---- */

/* What begins on one day, for the due dates that look on it, in order. */
typedef struct day_share {
    cst_wide left, of; /* so much is left of the whole, at the rate of the date before */
    bool any;
} day_share;

/* left x begun / of, half away from zero, without a product that does not fit. */
static bool scale(cst_wide left, cst_wide begun, cst_wide of, cst_wide *out)
{
    cst_money small;
    if (left == of || begun == 0) {
        *out = left == of ? begun : 0;
        return true;
    }
    if (left != (cst_money)left || begun != (cst_money)begun || of != (cst_money)of) return false;
    cst_wide num = left * begun, size = num < 0 ? -num : num, den = of < 0 ? -of : of;
    bool negative = (num < 0) != (of < 0);
    cst_wide whole = size / den + (size % den * 2 >= den);
    small = (cst_money)whole;
    *out = negative ? -whole : whole;
    return small == whole;
}

/* One date on a day; `last` of those that share what begins on it. */
static cst_status find_one(cst_renewals *w, cst_renewal *r, cst_day day, bool last, day_share *s,
                           cst_error *e)
{
    cst_wide own, begun, left = 0;
    bool begins;
    cst_status status = sum_there(w, r, day, &own, &begun, &begins, e);
    if (status != CST_OK) return status;
    if (begins) left = begun;
    if (begins && s->any && s->of != 0 && !scale(s->left, begun, s->of, &left))
        return cst_fail(e, CST_LIMIT, "the balance of a line does not fit; use a larger unit");
    cst_wide take = left, need = r->amount > own ? r->amount - own : 0;
    if (!last && left > 0 && need < left) take = need;
    if (own + take > 0) {
        r->found = day;
        if (begins) *s = (day_share){left - take, begun, true};
        return fit(own + take, &r->there, e);
    }
    for (size_t i = 0; i < r->rows && w->row[r->first_row + i].start <= day; i++)
        if (w->row[r->first_row + i].start == day) w->flag[r->flag + i] |= ROW_GIVEN;
    return CST_OK;
}

/* The dates from .. to of a line that look for their renewal on a day; those that have found it are done. */
static cst_status find_on(cst_renewals *w, size_t from, size_t to, cst_day day, cst_error *e)
{
    size_t last = SIZE_MAX;
    for (size_t i = from; i < to; i++) {
        cst_renewal *r = &w->date[i];
        cst_wide own, begun;
        bool begins;
        if (r->found != CST_DAY_NONE) continue;
        cst_status status = sum_there(w, r, day, &own, &begun, &begins, e);
        if (status != CST_OK) return status;
        r->there = own + begun > 0; /* looks on this day */
        if (r->there && begins) last = i;
    }
    day_share s = {0};
    for (size_t i = from; i < to; i++) {
        cst_renewal *r = &w->date[i];
        if (r->found != CST_DAY_NONE || !r->there) continue;
        r->there = 0;
        cst_status status = find_one(w, r, day, i == last, &s, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

/* The days on which anything of a line may be found: its rows begin or end, or it is due. */
static cst_status list_days(cst_renewals *w, size_t row, size_t row_to, size_t date, size_t date_to,
                            size_t *n, cst_error *e)
{
    *n = 0;
    if (!cst_grow(&w->day, &w->day_room, 2 * (row_to - row) + (date_to - date), sizeof *w->day))
        return cst_no_memory(e);
    for (size_t i = row; i < row_to; i++) {
        w->day[(*n)++] = w->row[i].start;
        w->day[(*n)++] = w->row[i].end;
    }
    for (size_t i = date; i < date_to; i++) w->day[(*n)++] = w->date[i].due;
    qsort(w->day, *n, sizeof *w->day, compare_days);
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++)
        if (i == 0 || w->day[i] != w->day[i - 1]) w->day[kept++] = w->day[i];
    *n = kept;
    return CST_OK;
}

/* A line's dates, all of them found where something is there. */
static cst_status find_line(cst_renewals *w, size_t row, size_t row_to, size_t date, size_t date_to,
                            cst_day known, cst_error *e)
{
    size_t days;
    cst_status status = list_days(w, row, row_to, date, date_to, &days, e);
    for (size_t i = date; i < date_to && status == CST_OK; i++)
        status = mark_rest(w, &w->date[i], (uint32_t)i + 1, row, row_to, known, e);
    size_t low = date, high = date;
    for (size_t i = 0; i < days && status == CST_OK && w->day[i] <= known; i++) {
        cst_day day = w->day[i];
        while (high < date_to && w->date[high].due <= day) high++;
        while (low < high && (int64_t)w->date[low].due + w->rules.grace < day) low++;
        if (low < high) status = find_on(w, low, high, day, e);
    }
    return status;
}

cst_status cst_renewals_find(cst_renewals *w, cst_day known, cst_error *e)
{
    cst_status status = order_rows(w, e);
    if (status == CST_OK) status = list_dates(w, known, e);
    size_t date = 0;
    for (size_t row = 0, row_to; row < w->rows && status == CST_OK; row = row_to) {
        row_to = cst_renewals_line(w, row);
        size_t date_to = date;
        while (date_to < w->dates && w->date[date_to].line == w->row[row].line) date_to++;
        if (date < date_to) status = find_line(w, row, row_to, date, date_to, known, e);
        date = date_to;
    }
    return status;
}

cst_status cst_renewals_upcoming(cst_renewals *w, cst_day as_of, int32_t days, cst_error *e)
{
    size_t n = 0;
    for (uint32_t i = 0; i < w->rows; i++) {
        const cst_renewal_row *r = &w->row[i];
        if (r->term <= 0 || r->term < w->rules.min_term || r->start > as_of || r->end <= as_of) continue;
        cst_day due = cst_renewal_next(r, as_of);
        if (due == CST_DAY_NONE || (int64_t)due - as_of > days) continue;
        if (!list_up(w, &n, i, due)) return cst_no_memory(e);
    }
    return make_dates(w, n, as_of, e);
}

/* ---- judged ---- */

/* The check day if nothing were cut: settle days after the due date, but before any paying row that is
 * counted comes up itself, and not before the day on which the renewal was found. */
static cst_day find_check(const cst_renewals *w, const cst_renewal *r)
{
    int64_t check = (int64_t)r->due + w->rules.settle;
    for (size_t i = 0; i < r->ups + r->rows; i++) {
        const cst_renewal_row *row =
            i < r->ups ? &w->row[w->up[r->up + i]] : &w->row[r->first_row + (i - r->ups)];
        if (i >= r->ups && (row->start > r->found || w->flag[r->flag + (i - r->ups)])) continue;
        if (row->amount <= 0 || row->end <= r->found || row->term < w->rules.min_term) continue;
        cst_day next = cst_renewal_next(row, r->found);
        if (next != CST_DAY_NONE && next - 1 < check) check = next - 1;
    }
    return check < r->found ? r->found : (cst_day)check;
}

cst_day cst_renewal_final(const cst_renewals *w, const cst_renewal *r)
{
    int64_t day = (int64_t)(r->found == CST_DAY_NONE ? r->due : find_check(w, r)) + w->rules.grace;
    return day > CST_DAY_MAX ? CST_DAY_MAX : (cst_day)day;
}

/* Whether nothing is there on any day from .. to. */
static cst_status is_gone(const cst_renewals *w, const cst_renewal *r, cst_day from, cst_day to, bool *gone,
                          cst_error *e)
{
    cst_day day = from;
    *gone = true;
    while (*gone && day <= to) {
        cst_wide own, begun;
        bool begins;
        cst_status status = sum_there(w, r, day, &own, &begun, &begins, e);
        if (status != CST_OK) return status;
        *gone = own + begun <= 0;
        /* the next day on which a row that counts begins or ends */
        cst_day next = to == INT32_MAX ? to : to + 1;
        for (size_t i = 0; i < r->ups + r->rows; i++) {
            const cst_renewal_row *row =
                i < r->ups ? &w->row[w->up[r->up + i]] : &w->row[r->first_row + (i - r->ups)];
            if (i >= r->ups && row->start > day && row->start < next) next = row->start;
            if (row->end > day && row->end < next) next = row->end;
        }
        day = next;
    }
    return CST_OK;
}

cst_status cst_renewal_judge(const cst_renewals *w, const cst_renewal *r, cst_day as_of,
                             cst_renewal_fate *out, cst_error *e)
{
    *out = (cst_renewal_fate){.check = CST_DAY_NONE};
    if (r->due > as_of) {
        out->status = CST_RENEWAL_UPCOMING;
        return CST_OK;
    }
    if (r->found == CST_DAY_NONE || r->found > as_of) {
        out->status = (int64_t)r->due + w->rules.grace > as_of ? CST_RENEWAL_PENDING : CST_RENEWAL_LOST;
        return CST_OK;
    }
    cst_day settled = find_check(w, r);
    out->check = settled < as_of ? settled : as_of;
    int64_t last = (int64_t)out->check + w->rules.grace;
    bool gone;
    cst_status status = is_gone(w, r, out->check, last < as_of ? (cst_day)last : as_of, &gone, e);
    if (status != CST_OK) return status;
    out->status = gone                 ? CST_RENEWAL_FELL_THROUGH
                  : r->found == r->due ? CST_RENEWAL_ON_TIME
                                       : CST_RENEWAL_LATE;
    out->unsettled = !gone && settled > as_of;
    out->renewed = gone ? 0 : r->there;
    return CST_OK;
}

/* ---- ends ---- */

cst_status cst_renewals_level(const cst_renewals *w, size_t from, size_t to, cst_day day, cst_day valued,
                              cst_wide *out, cst_error *e)
{
    cst_status status = CST_OK;
    *out = 0;
    for (size_t i = from; i < to && status == CST_OK && w->row[i].start <= day; i++)
        if (w->row[i].held > day) status = add_value(w, &w->row[i], valued, out, e);
    return status;
}

/* The last day up to `day` on which a row of the line begins or ends after bridging; CST_DAY_NONE: none. */
static cst_day last_change(const cst_renewals *w, size_t from, size_t to, cst_day day)
{
    cst_day last = CST_DAY_NONE;
    for (size_t i = from; i < to; i++) {
        if (w->row[i].start <= day && w->row[i].start > last) last = w->row[i].start;
        if (w->row[i].held <= day && w->row[i].held > last) last = w->row[i].held;
    }
    return last;
}

cst_status cst_renewals_end(const cst_renewals *w, size_t from, size_t to, cst_day day, cst_day valued,
                            cst_day *ended, cst_line_end *how, cst_error *e)
{
    cst_wide level = 0;
    cst_status status = CST_OK;
    /* back over changes: the last day before a change on which the line still pays */
    for (*ended = last_change(w, from, to, day); *ended != CST_DAY_NONE;
         *ended = last_change(w, from, to, *ended - 1)) {
        status = cst_renewals_level(w, from, to, *ended - 1, valued, &level, e);
        if (status != CST_OK || level > 0) break;
    }
    if (status != CST_OK || *ended == CST_DAY_NONE) return status;
    cst_day due = CST_DAY_NONE;
    for (size_t i = 0; i < w->dates; i++)
        if (w->date[i].line == w->row[from].line && w->date[i].due <= *ended) due = w->date[i].due;
    bool term = false;
    for (size_t i = from; i < to; i++) {
        const cst_renewal_row *r = &w->row[i];
        term |= r->start < *ended && r->held >= *ended && r->amount > 0 && r->term > 0 &&
                r->term >= w->rules.min_term;
    }
    *how = due != CST_DAY_NONE && *ended == due                     ? CST_END_AT_TERM
           : due != CST_DAY_NONE && *ended - due <= w->rules.settle ? CST_END_AFTER_TERM
           : term                                                   ? CST_END_EARLY
                                                                    : CST_END_NO_TERM;
    return CST_OK;
}
