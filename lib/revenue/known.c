/* revenue/known.c: --known-to-come. Each thread nets what is known of its accounts by month: for the total
 * all that an account has (with --net line, all that a line has), for a group its part in that. Then the
 * threads' sums become one, with groups matched by name. */
#include "revenue/known.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/balance.h"
#include "ledger/labels.h"
#include <stdlib.h>

typedef struct known_owner {
    rev_session *s;
    bool dated; /* the stream has signed_date */
    cst_intern *names;
    known_sums sums;
} known_owner;

/* A row's start or end, as it enters a month. */
typedef struct known_event {
    cst_period month;
    uint32_t line, segment; /* that are netted apart; 0 where all are netted together */
    cst_ahead_change by;
} known_event;

typedef struct known_book {
    session_book head;
    known_sums sums; /* groups by segment id of `labels` */
    const cst_labels *labels;
    cst_ahead ahead;
    known_event *event; /* scratch */
    size_t events, room;
    bool any, moves; /* rows were seen; starts or ends after as_of */
    cst_day seen;    /* the last day of the rows up to as_of */
    cst_period last; /* of the last start or end after it */
    uint64_t later, open,
        undated;      /* rows that start after as_of; of them not signed; of these without a date */
    uint64_t endless; /* rows whose end is none */
} known_book;

/* ---- an account -------------------------------------------------------------------------------------- */

static cst_status value_row(const rev_session *s, const cst_ledger_account *a, const cst_ledger_row *r,
                            cst_money *out, cst_error *e)
{
    cst_rate rate;
    *out = r->amount;
    if (!s->subjects.fx || r->amount == 0) return CST_OK;
    cst_text currency = cst_labels_currency(a->labels, cst_labels_unit(a->labels, r->unit).currency);
    cst_status status = cst_fx_rate(s->subjects.fx, currency, s->o->periodic.as_of, &rate, e);
    if (status != CST_OK || cst_money_convert(r->amount, rate, out)) return status;
    return cst_fail(e, CST_LIMIT, "a converted amount does not fit; use a larger unit");
}

static void note_row(known_book *b, const cst_ledger_row *r, bool is_signed)
{
    cst_day as_of = b->head.s->o->periodic.as_of;
    cst_day last = r->end == CST_LEDGER_OPEN || r->end > as_of ? r->start : r->end;
    if (last > as_of) last = as_of;
    if (!b->any || last > b->seen) b->seen = last;
    b->any = true;
    b->later += r->start > as_of;
    b->open += !is_signed;
    b->undated += !is_signed && r->signed_on == CST_DAY_NONE;
}

/* The rows that are paid on as_of, and those that are signed by then. */
static cst_status take_rows(known_book *b, const cst_ledger_account *a, cst_error *e)
{
    const known_owner *o = b->head.owner;
    cst_day as_of = o->s->o->periodic.as_of;
    cst_ahead_clear(&b->ahead);
    for (size_t i = 0; i < a->rows; i++) {
        const cst_ledger_row *r = &a->row[i];
        cst_unit u = cst_labels_unit(a->labels, r->unit);
        bool is_signed = cst_ahead_is_signed(r, as_of, o->dated);
        note_row(b, r, is_signed);
        if (!is_signed || r->end <= as_of) continue;
        bool endless = r->end != CST_LEDGER_OPEN && cst_ahead_is_no_end(r->end, as_of);
        b->endless += endless;
        cst_ahead_row row = {.start = r->start,
                             .end = endless ? CST_LEDGER_OPEN : r->end,
                             .term = r->term,
                             .line = u.line,
                             .segment = u.segment,
                             .group = cst_labels_segment(a->labels, u.segment)};
        cst_status status = value_row(o->s, a, r, &row.amount, e);
        if (status != CST_OK) return status;
        if (!cst_ahead_add(&b->ahead, &row, as_of)) return cst_no_memory(e);
    }
    return cst_ahead_cover(&b->ahead, as_of) ? CST_OK : cst_no_memory(e);
}

static bool add_event(known_book *b, const cst_ahead_row *r, cst_day day, const cst_ahead_change *by)
{
    const rev_session *s = b->head.s;
    if (!cst_grow(&b->event, &b->room, b->events + 1, sizeof *b->event)) return false;
    cst_period month = cst_period_of(&s->calendar, day);
    if (!b->moves || month > b->last) b->last = month;
    b->moves = true;
    b->event[b->events++] =
        (known_event){month, s->rules.net_line ? r->line : 0, s->rules.groups ? r->segment : 0, *by};
    return true;
}

static bool list_events(known_book *b)
{
    cst_day as_of = b->head.s->o->periodic.as_of;
    b->events = 0;
    for (size_t i = 0; i < b->ahead.rows; i++) {
        const cst_ahead_row *r = &b->ahead.row[i];
        const cst_ahead_change start = {.change = r->amount},
                               end = {.change = -(cst_wide)r->amount,
                                      .mid = r->amount > 0 && cst_ahead_ends_in_mid_term(r) ? r->amount : 0,
                                      .at_term = r->at_term};
        if (r->start > as_of && !add_event(b, r, r->start, &start)) return false;
        if (r->end != CST_LEDGER_OPEN && !add_event(b, r, r->end, &end)) return false;
    }
    return true;
}

static int compare_events(const void *a, const void *b)
{
    const known_event *x = a, *y = b;
    if (x->month != y->month) return x->month < y->month ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->segment > y->segment) - (x->segment < y->segment);
}

static bool add_month(known_book *b, uint32_t series, cst_period month, const cst_ahead_change *by)
{
    cst_ahead_month m = cst_ahead_net(by);
    const known_cell c = {.series = series,
                          .month = month,
                          .gain = m.gain,
                          .ending = m.ending,
                          .ending_at_term = m.ending_at_term};
    return rev_known_add(&b->sums, &c);
}

static void add_change(cst_ahead_change *to, const cst_ahead_change *by)
{
    to->change += by->change;
    to->mid += by->mid;
    to->at_term += by->at_term;
}

/* The events of one month and line, [i, end): each group's part for itself, and all of them for the total. */
static bool add_events(known_book *b, size_t i, size_t end)
{
    cst_ahead_change all = {0};
    cst_period month = b->event[i].month;
    while (i < end) {
        uint32_t segment = b->event[i].segment;
        cst_ahead_change part = {0};
        for (; i < end && b->event[i].segment == segment; i++) add_change(&part, &b->event[i].by);
        if (b->head.s->rules.groups && !add_month(b, segment + 1, month, &part)) return false;
        add_change(&all, &part);
    }
    return add_month(b, 0, month, &all);
}

static bool add_opening(known_book *b, cst_wide *level)
{
    const rev_session *s = b->head.s;
    *level = 0;
    if (!rev_known_reach(&b->sums, 0)) return false;
    for (size_t i = 0; i < b->ahead.rows; i++) {
        const cst_ahead_row *r = &b->ahead.row[i];
        if (s->rules.groups && !rev_known_reach(&b->sums, r->segment + 1)) return false;
        if (r->start > s->o->periodic.as_of) continue;
        *level += r->amount;
        b->sums.opening[0] += r->amount;
        if (s->rules.groups) b->sums.opening[r->segment + 1] += r->amount;
    }
    return true;
}

static cst_status check_level(const cst_ledger_account *a, cst_wide level, cst_day day, cst_error *e)
{
    if (level >= 0) return CST_OK;
    return cst_balance_fail_below(a->id, cst_balance_negative(a->row, a->rows, day), day, e);
}

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    known_book *b = (known_book *)w->book;
    const rev_session *s = b->head.s;
    cst_wide level;
    b->labels = w->sums.labels = a->labels;
    cst_status status = take_rows(b, a, e);
    if (status != CST_OK) return status;
    if (!add_opening(b, &level) || !list_events(b)) return cst_no_memory(e);
    status = check_level(a, level, s->o->periodic.as_of, e);
    if (b->events > 1) qsort(b->event, b->events, sizeof *b->event, compare_events);
    for (size_t i = 0, end; i < b->events && status == CST_OK; i = end) {
        const known_event *first = &b->event[i];
        for (end = i;
             end < b->events && b->event[end].month == first->month && b->event[end].line == first->line;
             end++)
            level += b->event[end].by.change;
        if (!add_events(b, i, end)) return cst_no_memory(e);
        if (end == b->events || b->event[end].month != first->month)
            status = check_level(a, level, cst_period_last(&s->calendar, first->month), e);
    }
    return status;
}

static void close_book(void *book)
{
    known_book *b = book;
    rev_known_free(&b->sums);
    cst_ahead_free(&b->ahead);
    free(b->event);
}

/* ---- all accounts ------------------------------------------------------------------------------------ */

/* Adds one thread's sums, its groups by their names. */
static bool merge_book(known_owner *o, const known_book *b)
{
    uint32_t *map = calloc(b->sums.series + 1, sizeof *map);
    bool ok = map;
    for (uint32_t k = 0; ok && k < b->sums.series; k++) {
        uint32_t id = 0;
        if (k > 0 && !b->sums.met[k]) continue;
        if (k > 0) id = cst_intern_id(o->names, cst_labels_segment(b->labels, k - 1));
        ok = id != CST_INTERN_NONE; /* one more would be the total's place */
        map[k] = k > 0 ? id + 1 : 0;
        ok = ok && rev_known_reach(&o->sums, map[k]);
        if (ok) o->sums.opening[map[k]] += b->sums.opening[k];
    }
    for (size_t i = 0; ok && i < b->sums.cells; i++) {
        known_cell c = b->sums.cell[i];
        c.series = map[c.series];
        ok = rev_known_add(&o->sums, &c);
    }
    free(map);
    return ok;
}

/* What the table cannot show by itself. */
static void warn_about(known_owner *o, const known_book *all)
{
    rev_session *s = o->s;
    char day[CST_DAY_ROOM];
    cst_day_format(s->o->periodic.as_of, day);
    cst_io_warn(
        s->io,
        "no forecast: the table has what is signed and scheduled on %s; renewals and sales to come are "
        "not in it",
        day);
    if (all->later > 0 && !o->dated)
        cst_io_warn(
            s->io,
            "without the column signed_date the %llu row%s after --as-of count%s as signed: %s in the "
            "export",
            (unsigned long long)all->later, all->later == 1 ? " that starts" : "s that start",
            all->later == 1 ? "s" : "", all->later == 1 ? "it is" : "they are");
    if (all->endless > 0)
        cst_io_warn(
            s->io,
            "%llu row%s more than 100 years after --as-of: expected an end or none, found what exports "
            "write for none; read as none",
            (unsigned long long)all->endless, all->endless == 1 ? " ends" : "s end");
    if (all->open > 0)
        cst_io_warn(s->io,
                    "%llu row%s after --as-of %s left out: not signed by then (%llu without a signed_date)",
                    (unsigned long long)all->open, all->open == 1 ? " that starts" : "s that start",
                    all->open == 1 ? "is" : "are", (unsigned long long)all->undated);
}

static cst_status merge_books(known_owner *o, known_book *all, cst_error *e)
{
    const rev_session *s = o->s;
    bool ok = (o->names = cst_intern_new()) && rev_known_reach(&o->sums, 0);
    all->last = cst_period_of(&s->calendar, s->o->periodic.as_of + 1);
    for (int i = 0; ok && i <= s->threads; i++) {
        const known_book *b = (const known_book *)rev_session_worker(s, i)->book;
        if (!b->any) continue;
        ok = merge_book(o, b);
        if (b->moves && b->last > all->last) all->last = b->last;
        if (!all->any || b->seen > all->seen) all->seen = b->seen;
        all->any = true;
        all->later += b->later;
        all->open += b->open;
        all->undated += b->undated;
        all->endless += b->endless;
    }
    rev_known_compact(&o->sums);
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status rev_known_run(rev_session *s, cst_error *e)
{
    known_owner o = {.s = s, .dated = cst_reader_has(s->reader, "signed_date")};
    known_book all = {0};
    const session_callback callback = {.size = sizeof(known_book), .owner = &o, .close = close_book};
    rev_session_take(s, &callback);
    s->visit = take_account;
    cst_status status = rev_session_collect(s, e);
    if (status == CST_OK) status = merge_books(&o, &all, e);
    if (status == CST_OK) status = rev_known_write(s, &o.sums, o.names, all.last, e);
    if (status == CST_OK) warn_about(&o, &all);
    /* the ledger took days after as_of in: whether the export is fresh is asked of those before */
    s->counts.last = all.later ? s->o->periodic.as_of : all.any ? all.seen : CST_DAY_NONE;
    rev_session_close_books(s);
    rev_known_free(&o.sums);
    cst_intern_free(o.names);
    return status;
}
