/* revenue/renewal_book.c: --renewals. Each thread enters the due dates and ends of its accounts into a book
 * of its own, by period and group, and writes their lines; then the books become one, with groups matched by
 * name. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/balance.h"
#include "ledger/labels.h"
#include "revenue/renewals.h"
#include <stdlib.h>
#include <string.h>

enum { DETAIL, BOOK }; /* writers */

typedef struct renewal_owner {
    rev_session *s;
    cst_day as_of;
    cst_renewal_rules rules;
    cst_intern *names;         /* of groups */
    rev_renewal_counts counts; /* by name */
    rev_book_joins joins;
} renewal_owner;

/* A group's part of a due date, or of what a line paid before it ended. */
typedef struct group_part {
    uint32_t segment;
    cst_wide amount;
} group_part;

typedef struct renewal_book {
    session_book head;
    rev_renewal_counts counts; /* by segment id of `labels` */
    const cst_labels *labels;
    cst_renewals work;
    cst_ledger_row *held; /* scratch: the account's rows after bridging */
    size_t held_room;
    group_part *part; /* scratch */
    size_t parts, part_room;
    rev_renewal *shown; /* scratch: for the detail */
    size_t shown_room;
    rev_held_lines held_lines;
    rev_ended_check check;
    cst_period *period; /* scratch */
    size_t period_room;
    uint64_t accounts, lines; /* seen */
    uint64_t monthly, due;    /* due dates of terms of a month, and all */
    uint64_t early, near;     /* lines ended early, and those just before a due date */
} renewal_book;

/* ---- amounts ---- */

static cst_status convert(const void *context, uint32_t currency, cst_money amount, cst_day day,
                          cst_money *out, cst_error *e)
{
    const renewal_book *b = context;
    cst_rate rate;
    cst_status status =
        cst_fx_rate(b->head.s->subjects.fx, cst_labels_currency(b->labels, currency), day, &rate, e);
    if (status != CST_OK) return status;
    if (cst_money_convert(amount, rate, out)) return CST_OK;
    return cst_fail(e, CST_LIMIT, "a converted amount does not fit; use a larger unit");
}

static cst_status value_of(const renewal_book *b, const cst_renewal_row *r, cst_day day, cst_money *out,
                           cst_error *e)
{
    *out = r->amount;
    return b->work.rules.value ? convert(b, r->currency, r->amount, day, out, e) : CST_OK;
}

/* ---- groups ---- */

static bool add_part(renewal_book *b, uint32_t segment, cst_money amount)
{
    for (size_t i = 0; i < b->parts; i++)
        if (b->part[i].segment == segment) {
            b->part[i].amount += amount;
            return true;
        }
    if (!cst_grow(&b->part, &b->part_room, b->parts + 1, sizeof *b->part)) return false;
    b->part[b->parts++] = (group_part){segment, amount};
    return true;
}

static int compare_parts(const void *a, const void *b, void *labels)
{
    return cst_text_compare(cst_labels_segment(labels, ((const group_part *)a)->segment),
                            cst_labels_segment(labels, ((const group_part *)b)->segment));
}

/* The groups of the rows of a due date, in order of their names, with what each has due. */
static cst_status list_parts(renewal_book *b, const cst_ledger_account *a, const cst_renewal *r,
                             cst_day valued, cst_error *e)
{
    b->parts = 0;
    for (size_t i = 0; i < r->ups; i++) {
        const cst_renewal_row *row = &b->work.row[b->work.up[r->up + i]];
        cst_money amount;
        cst_status status = value_of(b, row, valued, &amount, e);
        if (status != CST_OK) return status;
        if (!add_part(b, cst_labels_unit(a->labels, a->row[row->tag].unit).segment, amount))
            return cst_no_memory(e);
    }
    qsort_r(b->part, b->parts, sizeof *b->part, compare_parts, (void *)(uintptr_t)b->labels);
    return CST_OK;
}

/* ---- entries ---- */

static void count_account(const renewal_book *b, rev_renewal_cell *c)
{
    c->logos += c->account != b->accounts;
    c->account = b->accounts;
}

/* A due date in the cell of its period: `due`, `renewed` and `change` are the cell's part. */
static void count_date(const renewal_book *b, rev_renewal_cell *c, const rev_renewal *r, cst_wide due,
                       cst_wide renewed, cst_wide change)
{
    static const enum rev_renewal_figure figure[] = {REV_ON_TIME, REV_LATE, REV_FELL_THROUGH, REV_LOST,
                                                     REV_PENDING};
    enum rev_renewal_figure list[4] = {REV_DUE, figure[r->fate.status]};
    int n = 2;
    count_account(b, c);
    if (r->fate.unsettled) list[n++] = REV_UNSETTLED;
    for (int i = 0; i < n; i++) {
        c->lines[list[i]]++;
        c->mrr[list[i]] += due;
    }
    c->renewed += renewed;
    if (r->change == 0) return;
    enum rev_renewal_figure way = r->change > 0 ? REV_MORE : REV_LESS;
    c->lines[way]++;
    c->mrr[way] += change;
}

/* A line that is due in a stretch of days counts once in it. */
static void count_ahead(const renewal_book *b, rev_renewal_series *of, cst_day due, cst_wide amount)
{
    for (int k = 0; k < REV_STRETCHES; k++) {
        int64_t days = (int64_t)due - b->head.s->o->periodic.as_of;
        rev_renewal_cell *c = &of->ahead[k];
        if (days < rev_stretches[k].first || days > rev_stretches[k].last) continue;
        count_account(b, c);
        c->lines[REV_DUE] += c->line != b->lines;
        c->line = b->lines;
        c->mrr[REV_DUE] += amount;
    }
}

static rev_renewal_cell *cell_at(renewal_book *b, size_t series, cst_period p)
{
    rev_renewal_series *of = rev_renewal_series_at(&b->counts, series);
    return of ? rev_renewal_cell_at(of, p) : NULL;
}

/* What of `whole` goes to the parts up to the sum `run` of `all`, rounded down. */
static cst_wide share(cst_wide whole, cst_wide run, cst_wide all)
{
    return all > 0 ? whole * run / all : 0;
}

/* By groups: what is due is that of the rows that were up; what was renewed is shared in proportion. */
static cst_status enter_groups(renewal_book *b, const rev_renewal *r, cst_period p, cst_error *e)
{
    cst_wide all = 0, run = 0;
    for (size_t i = 0; i < b->parts; i++)
        if (b->part[i].amount > 0) all += b->part[i].amount;
    for (size_t i = 0; i < b->parts; i++) {
        cst_wide due = b->part[i].amount, before = run;
        if (due > 0) run += due;
        rev_renewal_series *of = rev_renewal_series_at(&b->counts, b->part[i].segment + 1);
        if (!of) return cst_no_memory(e);
        if (r->fate.status == CST_RENEWAL_UPCOMING) {
            count_ahead(b, of, r->date->due, due);
            continue;
        }
        rev_renewal_cell *c = rev_renewal_cell_at(of, p);
        if (!c) return cst_no_memory(e);
        cst_wide renewed = share(r->fate.renewed, run, all) - share(r->fate.renewed, before, all);
        cst_wide own = share(r->date->amount, run, all) - share(r->date->amount, before, all);
        count_date(b, c, r, due, renewed, renewed - own);
    }
    return CST_OK;
}

static cst_status enter(renewal_book *b, const cst_ledger_account *a, const rev_renewal *r, cst_error *e)
{
    const renewal_owner *o = b->head.owner;
    cst_period p = cst_period_of(&o->s->calendar, r->date->due);
    bool upcoming = r->fate.status == CST_RENEWAL_UPCOMING;
    if (upcoming) {
        rev_renewal_series *of = rev_renewal_series_at(&b->counts, 0);
        if (!of) return cst_no_memory(e);
        count_ahead(b, of, r->date->due, r->date->amount);
    } else {
        rev_renewal_cell *c = cell_at(b, 0, p);
        if (!c) return cst_no_memory(e);
        count_date(b, c, r, r->date->amount, r->fate.renewed, r->change);
        b->due += rev_session_printed(o->s, p);
        b->monthly += r->row->term == 1 && rev_session_printed(o->s, p);
    }
    if (!o->s->rules.groups) return CST_OK;
    cst_status status = list_parts(b, a, r->date, upcoming ? o->as_of : r->date->due, e);
    return status == CST_OK ? enter_groups(b, r, p, e) : status;
}

/* ---- ends ---- */

static int compare_periods(const void *a, const void *b)
{
    cst_period x = *(const cst_period *)a, y = *(const cst_period *)b;
    return (x > y) - (x < y);
}

/* The periods in which a line may come to nothing: a row of it ends, or a credit begins. */
static cst_status list_periods(renewal_book *b, size_t from, size_t to, size_t *n, cst_error *e)
{
    const cst_calendar *c = &b->head.s->calendar;
    *n = 0;
    if (!cst_grow(&b->period, &b->period_room, to - from, sizeof *b->period)) return cst_no_memory(e);
    for (size_t i = from; i < to; i++) {
        const cst_renewal_row *r = &b->work.row[i];
        cst_day day = r->amount > 0 ? r->held : r->start;
        if (day <= b->head.s->o->periodic.as_of) b->period[(*n)++] = cst_period_of(c, day);
    }
    if (*n) qsort(b->period, *n, sizeof *b->period, compare_periods);
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++)
        if (i == 0 || b->period[i] != b->period[i - 1]) b->period[kept++] = b->period[i];
    *n = kept;
    return CST_OK;
}

/* Takes what the line paid at the close of a day off the ended of its groups and of the total. */
static cst_status enter_ended(renewal_book *b, const cst_ledger_account *a, size_t from, size_t to,
                              cst_day day, cst_day valued, cst_period p, cst_line_end how, cst_error *e)
{
    for (size_t i = from; i < to; i++) {
        const cst_renewal_row *r = &b->work.row[i];
        cst_money amount;
        if (r->start > day || r->held <= day) continue;
        cst_status status = value_of(b, r, valued, &amount, e);
        if (status != CST_OK) return status;
        uint32_t segment = cst_labels_unit(a->labels, a->row[r->tag].unit).segment;
        rev_renewal_cell *c = b->head.s->rules.groups ? cell_at(b, segment + 1, p) : NULL;
        if (b->head.s->rules.groups && !c) return cst_no_memory(e);
        if (c) c->ended[how] -= amount;
        c = cell_at(b, 0, p);
        if (!c) return cst_no_memory(e);
        c->ended[how] -= amount;
    }
    return CST_OK;
}

/* Ends look inclusive where lines end a day or so before they are due. */
static void note_early(renewal_book *b, size_t from, size_t to, cst_day ended)
{
    bool near = false;
    for (size_t i = from; i < to && !near; i++) {
        const cst_renewal_row *r = &b->work.row[i];
        cst_day next = r->start < ended && r->held >= ended ? cst_renewal_next(r, ended) : CST_DAY_NONE;
        near = next != CST_DAY_NONE && next - ended <= 3;
    }
    b->early++;
    b->near += near;
}

static cst_status enter_end(renewal_book *b, const cst_ledger_account *a, size_t from, size_t to,
                            cst_period p, cst_error *e)
{
    const cst_calendar *c = &b->head.s->calendar;
    cst_day before = cst_period_first(c, p) - 1, at = cst_period_last(c, p), ended;
    cst_wide paid, level;
    cst_line_end how;
    if (at > b->head.s->o->periodic.as_of) at = b->head.s->o->periodic.as_of;
    cst_status status = cst_renewals_level(&b->work, from, to, before, at, &paid, e);
    if (status != CST_OK || paid <= 0) return status;
    status = cst_renewals_level(&b->work, from, to, at, at, &level, e);
    if (status != CST_OK || level > 0) return status;
    status = cst_renewals_end(&b->work, from, to, at, at, &ended, &how, e);
    if (status != CST_OK) return status;
    if (how == CST_END_EARLY && rev_session_printed(b->head.s, p)) note_early(b, from, to, ended);
    if (!rev_ended_add(&b->check, p, paid)) return cst_no_memory(e);
    return enter_ended(b, a, from, to, before, at, p, how, e);
}

static cst_status enter_ends(renewal_book *b, const cst_ledger_account *a, cst_error *e)
{
    cst_status status = CST_OK;
    rev_ended_begin(&b->check, &b->head.s->rules);
    for (size_t from = 0, to; from < b->work.rows && status == CST_OK; from = to) {
        size_t n = 0;
        to = cst_renewals_line(&b->work, from);
        status = list_periods(b, from, to, &n, e);
        for (size_t i = 0; i < n && status == CST_OK; i++)
            status = enter_end(b, a, from, to, b->period[i], e);
    }
    const cst_ledger_account bridged = {.id = a->id, .row = b->held, .rows = a->rows, .labels = a->labels};
    return status == CST_OK ? rev_ended_compare(&b->check, &bridged, e) : status;
}

/* ---- accounts ---- */

static cst_status add_rows(renewal_book *b, const cst_ledger_account *a, cst_error *e)
{
    const renewal_owner *o = b->head.owner;
    cst_renewal_rules rules = o->rules;
    rules.value = o->s->subjects.fx ? convert : NULL;
    rules.context = b;
    cst_renewals_clear(&b->work, &rules);
    if (!cst_grow(&b->held, &b->held_room, a->rows, sizeof *b->held)) return cst_no_memory(e);
    memcpy(b->held, a->row, a->rows * sizeof *b->held);
    if (!cst_ledger_grace(b->held, a->rows, rules.grace, a->labels)) return cst_no_memory(e);
    for (size_t i = 0; i < a->rows; i++) {
        const cst_ledger_row *r = &a->row[i];
        cst_unit u = cst_labels_unit(a->labels, r->unit);
        const cst_renewal_row row = {.start = r->start,
                                     .end = r->end,
                                     .held = b->held[i].end,
                                     .amount = r->amount,
                                     .term = r->term,
                                     .line = u.line,
                                     .currency = u.currency,
                                     .tag = (uint32_t)i};
        if (!cst_renewals_add(&b->work, &row)) return cst_no_memory(e);
        if (r->amount == 0 || r->start >= r->end || !o->s->rules.groups) continue;
        rev_renewal_series *of = rev_renewal_series_at(&b->counts, u.segment + 1);
        if (!of) return cst_no_memory(e);
        of->met = true;
    }
    return CST_OK;
}

static const cst_ledger_row *row_shown(const renewal_book *b, const cst_ledger_account *a,
                                       const cst_renewal *r)
{
    const cst_ledger_row *best = NULL;
    for (size_t i = 0; i < r->ups; i++)
        best = rev_renewal_shown(a->labels, best, &a->row[b->work.row[b->work.up[r->up + i]].tag]);
    return best;
}

static int compare_shown(const void *a, const void *b)
{
    const rev_renewal *x = a, *y = b;
    if (x->date->due != y->date->due) return x->date->due < y->date->due ? -1 : 1;
    return cst_text_compare(x->line, y->line);
}

static cst_status write_shown(renewal_book *b, const cst_ledger_account *a, size_t n, cst_error *e)
{
    const rev_session *s = b->head.s;
    cst_status status = CST_OK;
    if (!b->head.fork[DETAIL] || n == 0) return CST_OK;
    qsort(b->shown, n, sizeof *b->shown, compare_shown);
    for (size_t i = 0; i < n && status == CST_OK; i++) {
        const rev_renewal *r = &b->shown[i];
        if (r->fate.status == CST_RENEWAL_UPCOMING ||
            rev_session_printed(s, cst_period_of(&s->calendar, r->date->due)))
            status = rev_renewal_detail_write(s, b->head.fork[DETAIL], a, r, e);
    }
    return status;
}

static cst_status judge(const renewal_book *b, const cst_ledger_account *a, const cst_renewal *date,
                        rev_renewal *out, cst_error *e)
{
    const rev_session *s = b->head.s;
    *out = (rev_renewal){.date = date,
                         .row = row_shown(b, a, date),
                         .line = s->lines ? cst_labels_line(a->labels, date->line)
                                          : cst_labels_centre(a->labels, date->line)};
    cst_status status = cst_renewal_judge(&b->work, date, b->head.s->o->periodic.as_of, &out->fate, e);
    if (out->fate.status == CST_RENEWAL_ON_TIME || out->fate.status == CST_RENEWAL_LATE)
        out->change = out->fate.renewed - date->amount;
    return status;
}

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    renewal_book *b = (renewal_book *)w->book;
    const renewal_owner *o = b->head.owner;
    b->labels = w->sums.labels = a->labels;
    b->accounts++;
    cst_status status = add_rows(b, a, e);
    if (status == CST_OK) status = cst_renewals_find(&b->work, o->as_of, e);
    size_t found = b->work.dates, n = 0;
    int32_t days = o->s->o->book ? INT32_MAX : REV_AHEAD_DAYS;
    if (status == CST_OK) status = cst_renewals_upcoming(&b->work, o->as_of, days, e);
    size_t dates = status == CST_OK ? b->work.dates : 0;
    if (!cst_grow(&b->shown, &b->shown_room, dates, sizeof *b->shown)) status = cst_no_memory(e);
    for (size_t i = 0; i < dates && status == CST_OK; i++) {
        const cst_renewal *date = &b->work.date[i];
        if ((int64_t)date->due - o->as_of > REV_AHEAD_DAYS) continue;
        b->lines += n == 0 || date->line != b->shown[n - 1].date->line;
        status = judge(b, a, date, &b->shown[n], e);
        if (status == CST_OK) status = enter(b, a, &b->shown[n++], e);
    }
    if (status == CST_OK) status = enter_ends(b, a, e);
    if (status == CST_OK && b->head.fork[BOOK])
        status = rev_renewal_book_write(o->s, b->head.fork[BOOK], &b->held_lines, &o->joins, a, &b->work,
                                        found, e);
    return status == CST_OK ? write_shown(b, a, n, e) : status;
}

static void close_book(void *book)
{
    renewal_book *b = book;
    rev_renewal_counts_free(&b->counts);
    cst_renewals_free(&b->work);
    free(b->held);
    free(b->part);
    free(b->shown);
    rev_held_lines_free(&b->held_lines);
    rev_ended_free(&b->check);
    free(b->period);
}

/* ---- all accounts ---- */

static cst_status merge_books(renewal_owner *o, cst_error *e)
{
    const rev_session *s = o->s;
    bool ok = (o->names = cst_intern_new()) && rev_renewal_series_at(&o->counts, 0);
    for (int i = 0; ok && i <= s->threads; i++) {
        const renewal_book *b = (const renewal_book *)rev_session_worker(s, i)->book;
        for (size_t k = 0; ok && b && k < b->counts.n; k++) {
            if (k > 0 && !b->counts.series[k].met) continue;
            uint32_t id = 0;
            if (k > 0) id = cst_intern_id(o->names, cst_labels_segment(b->labels, (uint32_t)k - 1));
            ok = id != CST_INTERN_NONE; /* one more would be the total's place */
            rev_renewal_series *into = ok ? rev_renewal_series_at(&o->counts, id + (k > 0)) : NULL;
            ok = into && rev_renewal_series_add(into, &b->counts.series[k]);
        }
    }
    return ok ? CST_OK : cst_no_memory(e);
}

/* What the table cannot show by itself. */
static void warn_about(const renewal_owner *o)
{
    const rev_session *s = o->s;
    uint64_t monthly = 0, due = 0, early = 0, near = 0, lines = 0, unscored = 0;
    int64_t pending = 0;
    for (int i = 0; i <= s->threads; i++) {
        const renewal_book *b = (const renewal_book *)rev_session_worker(s, i)->book;
        if (!b) continue;
        monthly += b->monthly;
        due += b->due;
        early += b->early;
        near += b->near;
        lines += b->held_lines.lines;
        unscored += b->held_lines.unscored;
    }
    if (unscored > 0)
        cst_io_warn(s->io, "%llu of %llu lines of the book %s no score up to --as-of in %s",
                    (unsigned long long)unscored, (unsigned long long)lines, unscored == 1 ? "has" : "have",
                    s->o->scores);
    const rev_renewal_series *all = &o->counts.series[0];
    for (size_t i = 0; i < all->n; i++)
        if (!rev_session_printed(s, all->low + (cst_period)i)) pending += all->cell[i].lines[REV_PENDING];
    if (pending > 0)
        cst_io_warn(
            s->io,
            "%lld pending renewal%s in no period of the table; --incomplete adds the one that is running",
            (long long)pending, pending == 1 ? " is" : "s are");
    if (2 * monthly > due && o->rules.min_term <= 1)
        cst_io_warn(s->io, "%llu of %llu due lines have a term of one month; --min-term 2m leaves them out",
                    (unsigned long long)monthly, (unsigned long long)due);
    if (2 * near > early)
        cst_io_warn(s->io,
                    "%llu of %llu lines that ended early end 1 to 3 days before they are due: the ends look "
                    "inclusive, and cs-ingest makes such ends exclusive (map.ends)",
                    (unsigned long long)near, (unsigned long long)early);
}

cst_status rev_renewals_run(rev_session *s, cst_error *e)
{
    renewal_owner o = {.s = s};
    if (s->o->periodic.as_of == CST_DAY_NONE)
        return cst_fail(
            e, CST_USAGE,
            "--renewals: expected --as-of DATE beside it, found none; say which day the export is good for");
    session_callback callback = {.size = sizeof(renewal_book), .owner = &o, .close = close_book};
    o.as_of = s->o->periodic.as_of;
    cst_status status = cst_renewal_rules_of(&s->o->renewal, s->o->grace.n, &o.rules, e);
    if (status == CST_OK && s->o->detail) status = rev_renewal_detail_open(s, &callback.writer[DETAIL], e);
    if (status == CST_OK) status = rev_book_joins_open(s, &o.joins, e);
    if (status == CST_OK && s->o->book) status = rev_renewal_book_open(s, &callback.writer[BOOK], e);
    rev_session_take(s, &callback);
    s->visit = take_account;
    if (status == CST_OK) status = rev_session_collect(s, e);
    if (status == CST_OK) status = merge_books(&o, e);
    if (status == CST_OK) status = rev_renewal_table_write(s, &o.counts, o.names, e);
    if (status == CST_OK) warn_about(&o);
    for (int k = 0; k < SESSION_WRITERS && status == CST_OK; k++)
        if (callback.writer[k]) status = cst_writer_finish(callback.writer[k], e);
    rev_session_close_books(s);
    for (int k = 0; k < SESSION_WRITERS; k++) cst_writer_free(callback.writer[k]);
    rev_book_joins_free(&o.joins);
    rev_renewal_counts_free(&o.counts);
    cst_intern_free(o.names);
    return status;
}
