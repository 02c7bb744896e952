/* The page on renewals once more, slow and obvious: every amount is a loop over the rows of a line,
 * every day of a window is looked at, nothing is carried from one day to the next but what a due date
 * was given. It includes none of the code that it is held against.
 *
 * A line here has only rows that pay something on some day: rows of no length and rows of no amount are
 * left out before. Ends after as_of are REF_OPEN, rows that start after as_of are left out too. */
#ifndef RENEWALS_REFERENCE_H
#define RENEWALS_REFERENCE_H
#include "base/date.h"
#include "base/period.h"
#include <cstools/base.h>
#include <string.h>

#define REF_OPEN INT32_MAX
enum { REF_LINE_ROWS = 64, REF_LINE_DATES = 1024, REF_RATES = 4096 };

typedef struct ref_row {
    cst_day start, end; /* inclusive, exclusive */
    cst_money amount;
    int term;                           /* months; 0: none */
    int account, line, group, currency; /* numbers of names; the currency's: of ref_config */
} ref_row;

typedef struct ref_rate {
    int currency;
    cst_day day;
    cst_rate rate;
} ref_rate;

typedef struct ref_config {
    cst_day as_of;
    int grace, settle; /* days */
    int min_term;      /* months, at least 1 */
    bool fx;
    int report; /* currency */
    int max_age;
    const ref_rate *rate;
    int rates;
} ref_config;

typedef enum {
    REF_ON_TIME,
    REF_LATE,
    REF_FELL_THROUGH,
    REF_LOST,
    REF_PENDING,
    REF_UPCOMING,
    REF_STATUSES
} ref_status;

/* A due date of a line. */
typedef struct ref_date {
    cst_day day;
    cst_money due;              /* what the rows that are up pay */
    cst_money rest;             /* what goes on beside them on the day itself */
    bool up[REF_LINE_ROWS];     /* by row of the line: it is up on the day */
    bool beside[REF_LINE_ROWS]; /* it is rest */
    bool given[REF_LINE_ROWS];  /* it pays for earlier due dates alone */
    ref_status status;
    cst_day found;             /* the page's r; CST_DAY_NONE: none */
    cst_day settled;           /* the check day if nothing were cut to as_of */
    cst_day check;             /* the check day; CST_DAY_NONE: none */
    cst_money renewed, change; /* what is there on `found`, and that less due; 0 unless on time or late */
} ref_date;

typedef struct ref_line {
    ref_row row[REF_LINE_ROWS];
    int rows;
    ref_date date[REF_LINE_DATES]; /* in order of days: those up to as_of, then the upcoming */
    int dates;
} ref_line;

typedef enum { REF_AT_TERM, REF_AFTER_TERM, REF_EARLY, REF_NO_TERM, REF_ENDS } ref_end;

/* Set where a rate that is needed is missing; the run is then void. */
static bool ref_rate_missing;

/* a x b / c, half away from zero, in 128 bits. */
static cst_money ref_ratio(cst_money a, int64_t b, int64_t c)
{
    cst_wide num = (cst_wide)a * b, den = c;
    if (den < 0) {
        num = -num;
        den = -den;
    }
    cst_wide size = num < 0 ? -num : num, whole = (2 * size + den) / (2 * den);
    return (cst_money)(num < 0 ? -whole : whole);
}

/* What a row pays a month, in the currency of the report at the rate of `day`. */
static cst_money ref_value(const ref_config *c, const ref_row *r, cst_day day)
{
    if (!c->fx || r->currency == c->report) return r->amount;
    const ref_rate *best = NULL;
    for (int i = 0; i < c->rates; i++) {
        const ref_rate *k = &c->rate[i];
        if (k->currency == r->currency && k->day <= day && (!best || k->day > best->day)) best = k;
    }
    if (!best || day - best->day > c->max_age) {
        ref_rate_missing = true;
        return 0;
    }
    return ref_ratio(r->amount, best->rate, CST_RATE_UNIT);
}

static bool ref_holds(const ref_row *r, cst_day d)
{
    return r->start <= d && d < r->end;
}

/* The first day after `after` on which the row is up by its term, whether or not it has ended by then;
 * CST_DAY_NONE: it has no term, or one that --min-term leaves out. */
static cst_day ref_next_due(const ref_config *c, const ref_row *r, cst_day after)
{
    if (r->term < c->min_term) return CST_DAY_NONE;
    for (int n = 1;; n++) {
        cst_day d = cst_day_add_months(r->start, n * r->term);
        if (d == CST_DAY_NONE || d > after) return d;
    }
}

/* Up on d: the term runs out on d, and the row pays at the close of the day before. */
static bool ref_is_up(const ref_config *c, const ref_row *r, cst_day d)
{
    return ref_holds(r, d - 1) && ref_next_due(c, r, d - 1) == d;
}

/* The rows that are rest, on whichever day they hold: the others that hold on the day before and on the
 * day, and what begins on a day on which rows of rest end and no other row does. */
static void ref_mark_rest(const ref_config *c, const ref_line *l, ref_date *t)
{
    for (int i = 0; i < l->rows; i++)
        t->beside[i] = !t->up[i] && ref_holds(&l->row[i], t->day - 1) && ref_holds(&l->row[i], t->day);
    for (cst_day day = t->day + 1; day <= c->as_of; day++) {
        bool rest_ends = false, other_ends = false;
        for (int i = 0; i < l->rows; i++) {
            rest_ends |= t->beside[i] && l->row[i].end == day;
            other_ends |= !t->beside[i] && l->row[i].end == day;
        }
        for (int i = 0; i < l->rows; i++)
            if (rest_ends && !other_ends && l->row[i].start == day) t->beside[i] = true;
    }
}

/* Lists the due dates up to as_of, with what is due and what is rest. */
static bool ref_list_dates(const ref_config *c, ref_line *l)
{
    cst_day first = c->as_of;
    for (int i = 0; i < l->rows; i++)
        if (l->row[i].start < first) first = l->row[i].start;
    for (cst_day day = first + 1; day <= c->as_of; day++) {
        ref_date t = {.day = day, .found = CST_DAY_NONE, .settled = CST_DAY_NONE, .check = CST_DAY_NONE};
        for (int i = 0; i < l->rows; i++) {
            t.up[i] = ref_is_up(c, &l->row[i], day);
            if (t.up[i]) t.due += ref_value(c, &l->row[i], day);
        }
        if (t.due <= 0) continue;
        ref_mark_rest(c, l, &t);
        for (int i = 0; i < l->rows; i++)
            if (t.beside[i] && ref_holds(&l->row[i], day)) t.rest += ref_value(c, &l->row[i], day);
        if (l->dates == REF_LINE_DATES) return false;
        l->date[l->dates++] = t;
    }
    return true;
}

/* Lists what is due after as_of, each row once, at its own next due date, at the rate of as_of. */
static bool ref_list_upcoming(const ref_config *c, ref_line *l, int days)
{
    for (cst_day day = c->as_of + 1; day <= c->as_of + days; day++) {
        ref_date t = {.day = day,
                      .status = REF_UPCOMING,
                      .found = CST_DAY_NONE,
                      .settled = CST_DAY_NONE,
                      .check = CST_DAY_NONE};
        for (int i = 0; i < l->rows; i++) {
            t.up[i] = ref_holds(&l->row[i], c->as_of) && ref_next_due(c, &l->row[i], c->as_of) == day;
            if (t.up[i]) t.due += ref_value(c, &l->row[i], c->as_of);
        }
        if (t.due <= 0) continue;
        if (l->dates == REF_LINE_DATES) return false;
        l->date[l->dates++] = t;
    }
    return true;
}

/* Counted in there(x): the row holds on x, is not rest, and does not pay for earlier due dates alone. */
static bool ref_is_counted(const ref_line *l, const ref_date *t, int i, cst_day x)
{
    return ref_holds(&l->row[i], x) && !t->beside[i] && !t->given[i];
}

/* line(x) - rest(x): what began on x, and the whole. */
static cst_money ref_above_rest(const ref_config *c, const ref_line *l, const ref_date *t, cst_day x,
                                cst_money *begun, bool *begins)
{
    cst_money sum = 0;
    *begun = 0;
    *begins = false;
    for (int i = 0; i < l->rows; i++) {
        if (!ref_is_counted(l, t, i, x)) continue;
        cst_money value = ref_value(c, &l->row[i], t->day);
        sum += value;
        if (l->row[i].start != x) continue;
        *begun += value;
        *begins = true;
    }
    return sum;
}

static cst_money ref_there(const ref_config *c, const ref_line *l, const ref_date *t, cst_day x)
{
    cst_money begun;
    bool begins;
    cst_money sum = ref_above_rest(c, l, t, x, &begun, &begins);
    return sum > 0 ? sum : 0;
}

/* Due dates that find something on one and the same day x. What begins on x goes to the earliest first,
 * up to its due amount, and what is left to the next; the last has all that is left. One for which
 * nothing is left looks on, without these rows. */
typedef struct ref_share {
    cst_money left,
        of; /* so much is left of what begins on x, and that whole, at the rate of the one before */
    bool any;
} ref_share;

static cst_money ref_left_for(const ref_share *s, cst_money begun)
{
    if (!s->any || s->of == 0) return begun;
    return ref_ratio(s->left, begun, s->of);
}

static cst_money ref_take(const ref_date *t, cst_money own, cst_money left, bool last)
{
    if (last || left <= 0) return left;
    cst_money need = t->due > own ? t->due - own : 0;
    return need < left ? need : left;
}

static void ref_find_one(const ref_config *c, const ref_line *l, ref_date *t, cst_day x, bool last,
                         ref_share *s)
{
    cst_money begun;
    bool begins;
    cst_money own = ref_above_rest(c, l, t, x, &begun, &begins) - begun;
    cst_money left = begins ? ref_left_for(s, begun) : 0, take = ref_take(t, own, left, last);
    if (own + take > 0) {
        t->found = x;
        t->renewed = own + take;
        if (begins) *s = (ref_share){left - take, begun, true};
        return;
    }
    for (int i = 0; i < l->rows; i++)
        if (l->row[i].start == x && ref_is_counted(l, t, i, x)) t->given[i] = true;
}

/* The due dates that look for their renewal on day x. */
static void ref_find_on(const ref_config *c, ref_line *l, cst_day x)
{
    ref_date *finder[REF_LINE_DATES];
    int finders = 0, last = -1;
    for (int k = 0; k < l->dates; k++) {
        ref_date *t = &l->date[k];
        if (t->day > x || x > t->day + c->grace || t->found != CST_DAY_NONE) continue;
        cst_money begun;
        bool begins;
        if (ref_above_rest(c, l, t, x, &begun, &begins) <= 0) continue;
        if (begins) last = finders; /* of those that share what begins on x */
        finder[finders++] = t;
    }
    ref_share s = {0};
    for (int k = 0; k < finders; k++) ref_find_one(c, l, finder[k], x, k == last, &s);
}

/* The check day: settle days after the due date, but before any paying row that is counted comes up
 * itself, and not before the renewal was found. */
static void ref_set_check(const ref_config *c, const ref_line *l, ref_date *t)
{
    t->settled = t->day + c->settle;
    for (int i = 0; i < l->rows; i++) {
        if (l->row[i].amount <= 0 || !ref_is_counted(l, t, i, t->found)) continue;
        cst_day next = ref_next_due(c, &l->row[i], t->found);
        if (next != CST_DAY_NONE && next - 1 < t->settled) t->settled = next - 1;
    }
    if (t->settled < t->found) t->settled = t->found;
    t->check = t->settled < c->as_of ? t->settled : c->as_of;
}

static bool ref_fell_through(const ref_config *c, const ref_line *l, const ref_date *t)
{
    for (cst_day x = t->check; x <= t->check + c->grace && x <= c->as_of; x++)
        if (ref_there(c, l, t, x) > 0) return false;
    return true;
}

static void ref_judge(const ref_config *c, const ref_line *l, ref_date *t)
{
    if (t->found == CST_DAY_NONE) {
        t->status = t->day + c->grace > c->as_of ? REF_PENDING : REF_LOST;
        return;
    }
    ref_set_check(c, l, t);
    t->status = ref_fell_through(c, l, t) ? REF_FELL_THROUGH : t->found == t->day ? REF_ON_TIME : REF_LATE;
    if (t->status == REF_FELL_THROUGH) t->renewed = 0;
    if (t->status != REF_FELL_THROUGH) t->change = t->renewed - t->due;
}

/* On time or late, and it may still fall through. */
static bool ref_is_unsettled(const ref_config *c, const ref_date *t)
{
    return (t->status == REF_ON_TIME || t->status == REF_LATE) && t->settled > c->as_of;
}

/* All due dates of a line, judged, and those of the next `days` days. false: too many */
static bool ref_judge_line(const ref_config *c, ref_line *l, int days)
{
    l->dates = 0;
    if (!ref_list_dates(c, l)) return false;
    if (l->dates > 0)
        for (cst_day x = l->date[0].day; x <= c->as_of; x++) ref_find_on(c, l, x);
    for (int k = 0; k < l->dates; k++) ref_judge(c, l, &l->date[k]);
    return ref_list_upcoming(c, l, days);
}

/* ---- ends, on rows after grace ---- */

/* Nothing in any currency. */
static bool ref_is_zero(ref_row *const *row, int rows, cst_day d)
{
    for (int i = 0; i < rows; i++) {
        cst_money sum = 0;
        for (int k = 0; k < rows; k++)
            if (row[k]->currency == row[i]->currency && ref_holds(row[k], d)) sum += row[k]->amount;
        if (sum != 0) return false;
    }
    return true;
}

/* The rows of one account, in all its lines: where its total is zero, and its next start is at most the
 * grace after the end, what ended that day runs on to that start. */
static void ref_lengthen(const ref_config *c, ref_row **row, int rows)
{
    cst_day first = c->as_of;
    for (int i = 0; i < rows; i++)
        if (row[i]->start < first) first = row[i]->start;
    for (cst_day d = first; c->grace > 0 && d <= c->as_of; d++) {
        bool ends = false;
        cst_day next = CST_DAY_NONE;
        for (int i = 0; i < rows; i++) {
            ends |= row[i]->end == d;
            if (row[i]->start > d && (next == CST_DAY_NONE || row[i]->start < next)) next = row[i]->start;
        }
        if (!ends || next == CST_DAY_NONE || next - d > c->grace || !ref_is_zero(row, rows, d)) continue;
        for (int i = 0; i < rows; i++)
            if (row[i]->end == d) row[i]->end = next;
    }
}

/* What the line pays at the close of `at`, at the rate of `valued`. */
static cst_money ref_balance(const ref_config *c, const ref_row *row, int rows, cst_day at, cst_day valued)
{
    cst_money sum = 0;
    for (int i = 0; i < rows; i++)
        if (ref_holds(&row[i], at)) sum += ref_value(c, &row[i], valued);
    return sum;
}

/* How a line ended between two snapshots. `long_row`: its rows after grace; l: with its due dates.
 * false: it did not end. */
static bool ref_ended(const ref_config *c, const ref_line *l, const ref_row *long_row, cst_day before,
                      cst_day at, ref_end *how)
{
    if (ref_balance(c, long_row, l->rows, before, at) <= 0) return false;
    if (ref_balance(c, long_row, l->rows, at, at) > 0) return false;
    cst_day e = at;
    while (ref_balance(c, long_row, l->rows, e - 1, at) <= 0) e--;
    const ref_date *d = NULL;
    for (int k = 0; k < l->dates; k++)
        if (l->date[k].day <= e) d = &l->date[k];
    bool term = false;
    for (int i = 0; i < l->rows; i++)
        term |= ref_holds(&long_row[i], e - 1) && long_row[i].amount > 0 && long_row[i].term >= c->min_term;
    *how = d && e == d->day               ? REF_AT_TERM
           : d && e - d->day <= c->settle ? REF_AFTER_TERM
           : term                         ? REF_EARLY
                                          : REF_NO_TERM;
    return true;
}

/* ---- groups ---- */

/* `whole` over n weights above zero, in proportion: differences of rounded-down running shares, in
 * order. */
static void ref_share_out(cst_money whole, const cst_money *weight, int n, cst_money *out)
{
    cst_wide all = 0, run = 0;
    cst_money done = 0;
    for (int i = 0; i < n; i++)
        if (weight[i] > 0) all += weight[i];
    for (int i = 0; i < n; i++) {
        out[i] = 0;
        if (all == 0 || weight[i] <= 0) continue;
        run += weight[i];
        cst_money upto = (cst_money)((cst_wide)whole * run / all);
        out[i] = upto - done;
        done = upto;
    }
}
#endif
