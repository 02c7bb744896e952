/* The revenue page once more, slow and obvious: every balance is a loop over rows, every movement is
 * taken from two balances, nothing is carried from one period to the next. Shared by tests; it includes
 * none of lib/revenue's code. */
#ifndef REVENUE_REFERENCE_H
#define REVENUE_REFERENCE_H
#include "base/date.h"
#include "base/period.h"
#include <cstools/base.h>
#include <string.h>

enum { REF_ROWS = 8, REF_ACCOUNTS = 5, REF_LINES = 4, REF_CENTRES = 3, REF_SEGMENTS = 3, REF_CURRENCIES = 2 };
enum { REF_NEW, REF_BACK, REF_UP, REF_CROSS, REF_DOWN, REF_LOST, REF_FX, REF_TRANSFER, REF_ROUND, REF_KINDS };
enum ref_rule { REF_MONTH_END, REF_FIRST_DAY, REF_TOUCH };
enum ref_retention { REF_COHORT, REF_MOVEMENTS, REF_COMPOUNDED };

typedef struct ref_row {
    cst_day start, end; /* end CST_DAY_NONE: still running */
    cst_money amount;
    int line, segment, currency; /* the centre of line k is k % REF_CENTRES */
} ref_row;

typedef struct ref_account {
    ref_row row[REF_ROWS];
    int rows;
} ref_account;

typedef struct ref_config {
    cst_calendar periods;
    enum ref_rule rule;
    bool event, net_line, of_rows;
    cst_money least;
    int back_months; /* reactivation window; 0: none */
    cst_day history, as_of;
    int grace;
    int window;
    enum ref_retention retention;
    bool fx, spot;
    int64_t rate[REF_CURRENCIES][64]; /* x 10^12, by month since 2022-12, valid from its first day */
} ref_config;

typedef struct ref_cell {
    cst_wide amount[REF_KINDS], opening, closing;
    int64_t fresh, back, lost, opening_logos, closing_logos;
    cst_wide base, net, gross;
    int64_t cohort, kept;
} ref_cell;

/* What a stay of an account sees: its rows between two days. */
typedef struct ref_view {
    const ref_config *c;
    const ref_account *a;
    cst_day from, until; /* of the stay */
} ref_view;

static cst_calendar ref_ticks(const ref_config *c)
{
    return (cst_calendar){c->periods.every == CST_WEEK ? CST_WEEK : CST_MONTH, 0};
}

/* The last tick of a period. */
static cst_period ref_close(const ref_config *c, cst_period p)
{
    cst_calendar t = ref_ticks(c);
    return cst_period_of(&t, cst_period_last(&c->periods, p));
}

static cst_day ref_snapshot_day(const ref_config *c, cst_period tick)
{
    cst_calendar t = ref_ticks(c);
    cst_day d = c->rule == REF_FIRST_DAY ? cst_period_first(&t, tick) : cst_period_last(&t, tick);
    return c->as_of != CST_DAY_NONE && d > c->as_of ? c->as_of : d;
}

static bool ref_on_day(const ref_view *v, const ref_row *r, cst_day d)
{
    if (v->c->event && v->c->history != CST_DAY_NONE && d < v->c->history) return false;
    if (d < v->from || d >= v->until) return false;
    return r->start <= d && (r->end == CST_DAY_NONE || d < r->end);
}

static bool ref_on_tick(const ref_view *v, const ref_row *r, cst_period tick)
{
    cst_calendar t = ref_ticks(v->c);
    cst_day first = cst_period_first(&t, tick), last = cst_period_last(&t, tick);
    if (v->c->history != CST_DAY_NONE && tick < cst_period_of(&t, v->c->history)) return false;
    if (v->c->rule == REF_TOUCH) { /* the row cut to the stay */
        cst_day start = r->start > v->from ? r->start : v->from,
                end = r->end != CST_DAY_NONE && r->end < v->until ? r->end : v->until;
        if (r->start >= v->until || (v->from != CST_DAY_MIN && end <= v->from)) return false;
        return start <= last && end >= first;
    }
    cst_day d = v->c->rule == REF_FIRST_DAY ? first : last;
    if (d < v->from || d >= v->until) return false;
    return r->start <= d && (r->end == CST_DAY_NONE || d < r->end);
}

static cst_money ref_value(const ref_config *c, const ref_row *r, cst_day day)
{
    if (!c->fx) return r->amount;
    int y, m, d;
    cst_day_civil(day, &y, &m, &d);
    int64_t rate = c->rate[r->currency][(y - 2022) * 12 + m - 12];
    cst_wide product = (cst_wide)r->amount * rate, half = 500000000000;
    return (cst_money)((product + (product < 0 ? -half : half)) / 1000000000000);
}

/* Balances by line and segment. `at`: a tick, or a day with `day`. */
typedef struct ref_state {
    cst_money part[REF_LINES][REF_SEGMENTS];
    cst_money total;
} ref_state;

static ref_state ref_stand(const ref_view *v, int32_t at, bool day, cst_day valued)
{
    ref_state s;
    memset(&s, 0, sizeof s);
    for (int i = 0; i < v->a->rows; i++) {
        const ref_row *r = &v->a->row[i];
        if (day ? !ref_on_day(v, r, at) : !ref_on_tick(v, r, at)) continue;
        cst_money m = ref_value(v->c, r, valued);
        s.part[r->line][v->c->of_rows ? r->segment : 0] += m;
        s.total += m;
    }
    return s;
}

/* The state at a tick's close, in the run's own way of looking. */
static ref_state ref_stand_tick(const ref_view *v, cst_period tick, cst_day valued)
{
    if (!v->c->event) return ref_stand(v, tick, false, valued);
    cst_calendar t = ref_ticks(v->c);
    return ref_stand(v, cst_period_last(&t, tick), true, valued);
}

/* `whole` shared over n weights (those of the sign of `way`): differences of rounded-down running
 * shares, in order. */
static void ref_share(cst_money whole, const cst_money *weight, int n, int way, cst_money *out)
{
    cst_wide all = 0, run = 0;
    cst_money done = 0, size = whole < 0 ? -whole : whole;
    for (int i = 0; i < n; i++)
        if (weight[i] * way > 0) all += weight[i] * way;
    for (int i = 0; i < n; i++) {
        out[i] = 0;
        if (all == 0 || weight[i] * way <= 0) continue;
        run += weight[i] * way;
        cst_money upto = (cst_money)((cst_wide)size * run / all);
        out[i] = whole < 0 ? -(upto - done) : upto - done;
        done = upto;
    }
}

static cst_money ref_line_sum(const ref_state *s, int line)
{
    cst_money sum = 0;
    for (int k = 0; k < REF_SEGMENTS; k++) sum += s->part[line][k];
    return sum;
}

static cst_money ref_centre_sum(const ref_state *s, int centre)
{
    cst_money sum = 0;
    for (int l = 0; l < REF_LINES; l++)
        if (l % REF_CENTRES == centre) sum += ref_line_sum(s, l);
    return sum;
}

typedef struct ref_moves {
    cst_money all[REF_KINDS];
    cst_money by[REF_SEGMENTS][REF_KINDS];
    bool fresh, back, lost;
} ref_moves;

/* Books an amount of one line: in all, and over its segments. */
static void ref_book_line(ref_moves *m, const cst_money change[REF_SEGMENTS], int kind, cst_money amount,
                          int way)
{
    cst_money part[REF_SEGMENTS];
    ref_share(amount, change, REF_SEGMENTS, way, part);
    for (int k = 0; k < REF_SEGMENTS; k++) m->by[k][kind] += part[k];
}

/* Books an amount of the account over the given lines. */
static void ref_book(ref_moves *m, cst_money change[][REF_SEGMENTS], const cst_money *weight, int lines,
                     int kind, cst_money amount, int way)
{
    cst_money part[REF_LINES];
    m->all[kind] += amount;
    ref_share(amount, weight, lines, way, part);
    for (int l = 0; l < lines; l++) ref_book_line(m, change[l], kind, part[l], way);
}

/* The movements from one state to another. */
static ref_moves ref_move(const ref_config *c, const ref_state *s0, const ref_state *s1, bool before,
                          cst_money least)
{
    ref_moves m;
    memset(&m, 0, sizeof m);
    /* lines, or their centres where the account is netted */
    int lines = c->net_line ? REF_LINES : REF_CENTRES;
    cst_money change[REF_LINES][REF_SEGMENTS] = {{0}}, d[REF_LINES] = {0}, held[REF_LINES],
              not_held[REF_LINES];
    for (int l = 0; l < REF_LINES; l++) {
        int at = c->net_line ? l : l % REF_CENTRES;
        for (int k = 0; k < REF_SEGMENTS; k++) {
            change[at][k] += s1->part[l][k] - s0->part[l][k];
            d[at] += s1->part[l][k] - s0->part[l][k];
        }
    }
    cst_money whole = s1->total - s0->total, size = whole < 0 ? -whole : whole;
    bool was = s0->total > 0, is = s1->total > 0;
    m.fresh = !was && is && !before;
    m.back = !was && is && before;
    m.lost = was && !is;
    if (was != is) {
        int kind = size < least ? REF_ROUND : m.fresh ? REF_NEW : m.back ? REF_BACK : REF_LOST;
        ref_book(&m, change, d, lines, kind, whole, whole < 0 ? -1 : 1);
    } else if (was && c->net_line) {
        for (int l = 0; l < lines; l++) {
            cst_money one = d[l] < 0 ? -d[l] : d[l];
            int kind = d[l] < 0 ? REF_DOWN : ref_centre_sum(s0, l % REF_CENTRES) > 0 ? REF_UP : REF_CROSS;
            if (one < least) kind = REF_ROUND;
            m.all[kind] += d[l];
            ref_book_line(&m, change[l], kind, d[l], d[l] < 0 ? -1 : 1);
        }
    } else if (was && size < least) {
        ref_book(&m, change, d, lines, REF_ROUND, whole, whole < 0 ? -1 : 1);
    } else if (was && whole < 0) {
        ref_book(&m, change, d, lines, REF_DOWN, whole, -1);
    } else if (was && whole > 0) {
        cst_wide h = 0, n = 0;
        for (int l = 0; l < lines; l++) {
            bool has = ref_centre_sum(s0, l) > 0;
            held[l] = has ? d[l] : 0;
            not_held[l] = has ? 0 : d[l];
            if (d[l] > 0 && has) h += d[l];
            if (d[l] > 0 && !has) n += d[l];
        }
        cst_money cross = (cst_money)((cst_wide)whole * n / (h + n));
        ref_book(&m, change, held, lines, REF_UP, whole - cross, 1);
        ref_book(&m, change, not_held, lines, REF_CROSS, cross, 1);
    }
    for (int k = 0; k < REF_SEGMENTS; k++) {
        cst_money left = 0;
        for (int l = 0; l < REF_LINES; l++) left += s1->part[l][k] - s0->part[l][k];
        for (int i = 0; i < REF_KINDS; i++)
            if (i != REF_TRANSFER) left -= m.by[k][i];
        m.by[k][REF_TRANSFER] = left;
        m.all[REF_TRANSFER] += left;
    }
    return m;
}

static cst_money ref_segment_sum(const ref_state *s, int segment)
{
    cst_money sum = 0;
    for (int l = 0; l < REF_LINES; l++) sum += s->part[l][segment];
    return sum;
}

static void ref_count(ref_cell *total, ref_cell *by, const ref_config *c, const ref_moves *m)
{
    for (int i = 0; i < REF_KINDS; i++) total->amount[i] += m->all[i];
    total->fresh += m->fresh;
    total->back += m->back;
    total->lost += m->lost;
    if (!c->of_rows) return;
    for (int k = 0; k < REF_SEGMENTS; k++) {
        for (int i = 0; i < REF_KINDS; i++) by[k].amount[i] += m->by[k][i];
        cst_money part = 0;
        for (int i = 0; i < REF_KINDS; i++)
            if (i != REF_TRANSFER) part += m->by[k][i];
        by[k].fresh += m->fresh && part != 0;
        by[k].back += m->back && part != 0;
        by[k].lost += m->lost && part != 0;
    }
}

static bool ref_was_before_tick(const ref_view *v, cst_period tick, cst_period earliest)
{
    for (cst_period t = earliest; t <= tick; t++)
        if (ref_stand(v, t, false, ref_snapshot_day(v->c, t)).total > 0) return true;
    return false;
}

static bool ref_was_before_day(const ref_view *v, cst_day day)
{
    for (int i = 0; i < v->a->rows; i++) {
        /* the total can only begin to be positive where a row begins (or where the stay or the history
         * does) */
        cst_day at[3] = {v->a->row[i].start, v->from, v->c->history};
        for (int k = 0; k < 3; k++)
            if (at[k] != CST_DAY_NONE && at[k] < day && ref_stand(v, at[k], true, at[k]).total > 0)
                return true;
        cst_day end = v->a->row[i].end; /* or where a negative one ends */
        if (end != CST_DAY_NONE && end < day && ref_stand(v, end, true, end).total > 0) return true;
    }
    return false;
}

/* Growth and shrinkage between two ticks, step by step, valued on one day (spot: each tick at its own
 * close). */
static void ref_flow(const ref_view *v, cst_period open, cst_period close, cst_day valued,
                     cst_money grow[REF_SEGMENTS + 1], cst_money shrink[REF_SEGMENTS + 1])
{
    const ref_config *c = v->c;
    cst_calendar ticks = ref_ticks(c);
    memset(grow, 0, (REF_SEGMENTS + 1) * sizeof *grow);
    memset(shrink, 0, (REF_SEGMENTS + 1) * sizeof *shrink);
    for (cst_period t = open + 1; t <= close; t++) {
        cst_day on = c->spot ? ref_snapshot_day(c, t) : valued;
        cst_day first = c->event ? cst_period_first(&ticks, t) : 0,
                last = c->event ? cst_period_last(&ticks, t) : 0;
        for (cst_day d = first; d <= last; d++) {
            ref_state s0 = c->event ? ref_stand(v, d - 1, true, on) : ref_stand(v, t - 1, false, on);
            ref_state s1 = c->event ? ref_stand(v, d, true, on) : ref_stand(v, t, false, on);
            ref_moves m = ref_move(c, &s0, &s1, true, 0);
            grow[REF_SEGMENTS] += m.all[REF_UP] + m.all[REF_CROSS];
            shrink[REF_SEGMENTS] += m.all[REF_DOWN] + m.all[REF_LOST];
            for (int k = 0; k < REF_SEGMENTS; k++) {
                grow[k] += m.by[k][REF_UP] + m.by[k][REF_CROSS];
                shrink[k] += m.by[k][REF_DOWN] + m.by[k][REF_LOST];
            }
        }
    }
}

static void ref_cohort(ref_cell *cell, cst_money a0, cst_money a1, bool flows, cst_money grow,
                       cst_money shrink)
{
    if (a0 <= 0) return;
    cell->base += a0;
    cell->net += flows ? a0 + grow + shrink : a1;
    cell->gross += flows ? a0 + shrink : a0 < a1 ? a0 : a1;
    cell->cohort++;
    cell->kept += a1 > 0;
}

static void ref_window(const ref_view *v, cst_period open, cst_period close, bool flows, ref_cell *total,
                       ref_cell *by)
{
    const ref_config *c = v->c;
    cst_day valued = ref_snapshot_day(c, close), opening = c->spot ? ref_snapshot_day(c, open) : valued;
    ref_state s0 = ref_stand_tick(v, open, opening), s1 = ref_stand_tick(v, close, valued);
    cst_money grow[REF_SEGMENTS + 1] = {0}, shrink[REF_SEGMENTS + 1] = {0};
    if (flows) ref_flow(v, open, close, valued, grow, shrink);
    ref_cohort(total, s0.total, s1.total, flows, grow[REF_SEGMENTS], shrink[REF_SEGMENTS]);
    /* a segment keeps its opening and its share of the movement of a customer of the opening */
    ref_state even = ref_stand_tick(v, open, valued);
    ref_moves m = ref_move(c, &even, &s1, true, 0);
    for (int k = 0; c->of_rows && k < REF_SEGMENTS; k++) {
        cst_money a1 = ref_segment_sum(&even, k) + m.by[k][REF_UP] + m.by[k][REF_CROSS] + m.by[k][REF_DOWN] +
                       m.by[k][REF_LOST];
        ref_cohort(&by[k], ref_segment_sum(&s0, k), a1, flows, grow[k], shrink[k]);
    }
}

static void ref_period(const ref_view *v, cst_period p, cst_period earliest, ref_cell *total, ref_cell *by)
{
    const ref_config *c = v->c;
    cst_period open = ref_close(c, p - 1), close = ref_close(c, p);
    cst_day day0 = ref_snapshot_day(c, open), day1 = ref_snapshot_day(c, close);
    ref_state own0 = ref_stand_tick(v, open, day0), s0 = ref_stand_tick(v, open, day1),
              s1 = ref_stand_tick(v, close, day1);
    total->opening += own0.total;
    total->closing += s1.total;
    total->opening_logos += own0.total > 0;
    total->closing_logos += s1.total > 0;
    total->amount[REF_FX] += s0.total - own0.total;
    for (int k = 0; c->of_rows && k < REF_SEGMENTS; k++) {
        by[k].opening += ref_segment_sum(&own0, k);
        by[k].closing += ref_segment_sum(&s1, k);
        by[k].opening_logos += ref_segment_sum(&own0, k) > 0;
        by[k].closing_logos += ref_segment_sum(&s1, k) > 0;
        by[k].amount[REF_FX] += ref_segment_sum(&s0, k) - ref_segment_sum(&own0, k);
    }
    if (!c->event) {
        ref_moves m = ref_move(c, &s0, &s1, ref_was_before_tick(v, open, earliest), c->least);
        ref_count(total, by, c, &m);
    }
    for (cst_day d = cst_period_first(&c->periods, p); c->event && d <= cst_period_last(&c->periods, p);
         d++) {
        ref_state a = ref_stand(v, d - 1, true, day1), b = ref_stand(v, d, true, day1);
        ref_moves m = ref_move(c, &a, &b, ref_was_before_day(v, d), c->least);
        ref_count(total, by, c, &m);
    }
    ref_window(v, ref_close(c, p - c->window), close, c->retention == REF_MOVEMENTS, total, by);
}

/* Ends after as_of have not happened; gaps within the grace are filled, one after the other. */
static void ref_prepare(const ref_config *c, ref_account *a)
{
    for (int i = 0; i < a->rows; i++)
        if (c->as_of != CST_DAY_NONE && a->row[i].end != CST_DAY_NONE && a->row[i].end > c->as_of)
            a->row[i].end = CST_DAY_NONE;
    ref_config plain = *c;
    plain.event = plain.fx = false;
    plain.history = CST_DAY_NONE;
    ref_view v = {&plain, a, CST_DAY_MIN, CST_DAY_MAX};
    for (cst_day d = cst_day_of(2022, 12, 1); c->grace && d < cst_day_of(2026, 1, 1); d++) {
        bool ended = false;
        cst_day next = CST_DAY_NONE;
        for (int i = 0; i < a->rows; i++) {
            const ref_row *r = &a->row[i];
            if (r->end == r->start || r->amount == 0) continue;
            ended |= r->end == d;
            if (r->start > d && (next == CST_DAY_NONE || r->start < next)) next = r->start;
        }
        if (!ended || next == CST_DAY_NONE || next - d > c->grace || ref_stand(&v, d, true, d).total != 0)
            continue;
        for (int i = 0; i < a->rows; i++)
            if (a->row[i].end == d && a->row[i].start != d && a->row[i].amount != 0) a->row[i].end = next;
    }
}

/* Whether a snapshot that is known sees a stretch of days, start included, end not. */
static bool ref_stretch_seen(const ref_config *c, cst_day start, cst_day end)
{
    cst_calendar ticks = ref_ticks(c);
    for (cst_period t = cst_period_of(&ticks, start); t <= cst_period_of(&ticks, end); t++) {
        if (c->history != CST_DAY_NONE && t < cst_period_of(&ticks, c->history)) continue;
        cst_day first = cst_period_first(&ticks, t), last = cst_period_last(&ticks, t);
        cst_day d = c->rule == REF_FIRST_DAY ? first : last;
        if (c->rule == REF_TOUCH ? start <= last && end >= first : start <= d && d < end) return true;
    }
    return false;
}

/* The days on which the account begins anew: a stretch of positive days that a snapshot sees begins more
 * than the window after the end of the one before. */
static int ref_stays(const ref_config *c, const ref_account *a, cst_day cut[REF_ROWS + 1])
{
    int n = 0;
    if (!c->back_months) return 0;
    ref_config plain = *c;
    plain.event = true;
    plain.fx = false;
    if (!c->event) plain.history = CST_DAY_NONE; /* the snapshots know it */
    ref_view v = {&plain, a, CST_DAY_MIN, CST_DAY_MAX};
    cst_day last_end = CST_DAY_NONE, start = CST_DAY_NONE, final = cst_day_of(2026, 1, 1);
    for (cst_day d = cst_day_of(2022, 12, 1); d <= final; d++) {
        bool now = d < final && ref_stand(&v, d, true, d).total > 0, before = start != CST_DAY_NONE;
        if (now && !before) start = d;
        if (now || !before) continue;
        bool seen = c->event || ref_stretch_seen(c, start, d);
        if (seen) {
            if (last_end != CST_DAY_NONE && cst_day_add_months_end(last_end, c->back_months) < start)
                cut[n++] = start;
            last_end = d;
        }
        start = CST_DAY_NONE;
    }
    return n;
}

/* Everything of one account for periods first .. last, added to cells [period - first] of the total and
 * of each segment; `link` (may be NULL) gets the cohorts of ticks link_first .. link_last. */
static void ref_account_cells(const ref_config *c, const ref_account *given, cst_period first,
                              cst_period last, cst_period earliest, ref_cell *total,
                              ref_cell (*by)[REF_SEGMENTS], cst_period link_first, cst_period link_last,
                              ref_cell *link)
{
    ref_account a = *given;
    cst_day cut[REF_ROWS + 1];
    ref_prepare(c, &a);
    int n = ref_stays(c, &a, cut);
    for (int s = 0; s <= n; s++) {
        ref_view v = {c, &a, s > 0 ? cut[s - 1] : CST_DAY_MIN, s < n ? cut[s] : CST_DAY_MAX};
        for (cst_period p = first; p <= last; p++)
            ref_period(&v, p, earliest, &total[p - first], by[p - first]);
        ref_cell scratch[REF_SEGMENTS];
        for (cst_period t = link_first; link && t <= link_last; t++) {
            memset(scratch, 0, sizeof scratch);
            ref_window(&v, t - 1, t, false, &link[t - link_first], scratch);
        }
    }
}
#endif
