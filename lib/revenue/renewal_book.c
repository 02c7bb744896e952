/* revenue/renewal_book.c: --renewals. Each thread enters the renewals of its accounts into a book of its own,
 * by period and group, and writes their lines; then the books become one, with groups matched by name. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/memory.h"
#include "ledger/labels.h"
#include "revenue/renewal_counts.h"
#include "revenue/renewal_table.h"
#include <stdlib.h>

typedef struct renewal_owner {
    rev_session *s;
    cst_writer *detail; /* NULL: none */
    cst_day as_of, until;
    cst_intern *names;         /* of groups */
    rev_renewal_counts counts; /* by name */
} renewal_owner;

typedef struct renewal_book {
    renewal_owner *owner;
    cst_writer *fork;
    rev_renewal_counts counts; /* by segment id of `labels` */
    const cst_labels *labels;
} renewal_book;

/* ---- accounts ---------------------------------------------------------------------------------------- */

/* At the closing rate of the period that holds the day it is due; ahead, at the rate of as_of. */
static cst_status convert(const renewal_book *b, const cst_ledger_account *a, rev_renewal *r, cst_error *e)
{
    const rev_session *s = b->owner->s;
    if (!s->fx) return CST_OK;
    cst_text currency = cst_labels_currency(a->labels, cst_labels_unit(a->labels, r->unit).currency);
    cst_day day = cst_period_last(&s->calendar, cst_period_of(&s->calendar, r->due));
    if (day > b->owner->as_of) day = b->owner->as_of;
    cst_rate rate;
    cst_status status = cst_fx_rate(s->fx, currency, day, &rate, e);
    if (status < 0) return status;
    if (cst_money_convert(r->before, rate, &r->before) && cst_money_convert(r->after, rate, &r->after))
        return CST_OK;
    return cst_fail(e, CST_LIMIT, "a converted amount does not fit; use a larger unit");
}

/* Counts a renewal for the total or for a group; the account once per period. */
static bool enter(renewal_book *b, size_t series, const rev_renewal *r, cst_period *last)
{
    const rev_session *s = b->owner->s;
    rev_renewal_series *of = rev_renewal_series_at(&b->counts, series);
    if (!of) return false;
    if (r->status == REV_UPCOMING) {
        for (int k = 0; k < REV_RENEWAL_AHEAD; k++) {
            if (r->due > b->owner->as_of + rev_renewal_ahead_days[k]) continue;
            rev_renewal_count(&of->ahead[k], r);
            cst_period mark = CST_TICK_NEVER - 1 - k;
            if (last && last[1 + k] != mark) of->ahead[k].logos++;
            if (last) last[1 + k] = mark;
        }
        return true;
    }
    cst_period p = cst_period_of(&s->calendar, r->due);
    rev_renewal_cell *c = rev_renewal_cell_at(of, p);
    if (!c) return false;
    rev_renewal_count(c, r);
    if (last && last[0] != p) c->logos++;
    if (last) last[0] = p;
    return true;
}

/* Whether an earlier renewal of the same account fell into the same group and period (or stretch ahead).
 * They are in order of days: those of the period or stretch stand right before it. */
static bool met_before(const renewal_book *b, const cst_ledger_account *a, const rev_renewal *r, size_t i,
                       uint32_t segment)
{
    const cst_calendar *c = &b->owner->s->calendar;
    bool ahead = r[i].status == REV_UPCOMING;
    cst_day first = ahead ? b->owner->as_of : cst_period_first(c, cst_period_of(c, r[i].due));
    while (i-- > 0) {
        if (r[i].due < first || (r[i].status == REV_UPCOMING) != ahead) return false;
        if (cst_labels_unit(a->labels, r[i].unit).segment == segment) return true;
    }
    return false;
}

static bool enter_group(renewal_book *b, const cst_ledger_account *a, const rev_renewal *r, size_t i)
{
    const rev_session *s = b->owner->s;
    uint32_t segment = cst_labels_unit(a->labels, r[i].unit).segment;
    if (!enter(b, segment + 1, &r[i], NULL)) return false;
    rev_renewal_series *of = &b->counts.series[segment + 1];
    bool first = !met_before(b, a, r, i, segment);
    if (r[i].status != REV_UPCOMING) {
        rev_renewal_cell_at(of, cst_period_of(&s->calendar, r[i].due))->logos += first;
        return true;
    }
    for (int k = 0; k < REV_RENEWAL_AHEAD; k++)
        if (r[i].due <= b->owner->as_of + rev_renewal_ahead_days[k]) of->ahead[k].logos += first;
    return true;
}

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    renewal_book *b = w->book;
    const renewal_owner *o = b->owner;
    b->labels = w->sums.labels = a->labels;
    rev_renewal *r;
    size_t n;
    cst_status status = rev_renewals_of(a, (int32_t)o->s->o->grace.n, o->as_of, o->until, &r, &n, e);
    cst_period last[1 + REV_RENEWAL_AHEAD] = {CST_TICK_NEVER, 0, 0, 0};
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        status = convert(b, a, &r[i], e);
        bool ok =
            status == CST_OK && enter(b, 0, &r[i], last) && (!o->s->rules.groups || enter_group(b, a, r, i));
        if (status == CST_OK && !ok) status = cst_no_memory(e);
        bool shown = r[i].status == REV_UPCOMING ||
                     rev_session_printed(o->s, cst_period_of(&o->s->calendar, r[i].due));
        if (status == CST_OK && b->fork && shown)
            status = rev_renewal_detail_write(o->s, b->fork, a, &r[i], e);
    }
    free(r);
    return status;
}

static cst_status open_book(void *owner, void **book, cst_error *e)
{
    renewal_owner *o = owner;
    renewal_book *b = calloc(1, sizeof *b);
    if (!b) return cst_no_memory(e);
    *book = b;
    b->owner = o;
    return o->detail ? cst_writer_fork(o->detail, &b->fork, e) : CST_OK;
}

static cst_status settle_book(void *book, void *owner, cst_error *e)
{
    renewal_owner *o = owner;
    return o->detail ? cst_writer_absorb(o->detail, ((renewal_book *)book)->fork, e) : CST_OK;
}

static void close_book(void *book)
{
    renewal_book *b = book;
    cst_writer_free(b->fork);
    rev_renewal_counts_free(&b->counts);
    free(b);
}

/* ---- all accounts ------------------------------------------------------------------------------------ */

static cst_status merge_books(renewal_owner *o, cst_error *e)
{
    const rev_session *s = o->s;
    bool ok = (o->names = cst_intern_new()) && rev_renewal_series_at(&o->counts, 0);
    for (int i = 0; ok && i <= s->threads; i++) {
        const renewal_book *b = s->worker[i].book;
        for (size_t k = 0; ok && b && k < b->counts.n; k++) {
            if (k > 0 && (!b->labels || k - 1 >= cst_labels_segments(b->labels))) continue;
            uint32_t id = 0;
            if (k > 0) id = cst_intern_id(o->names, cst_labels_segment(b->labels, (uint32_t)k - 1));
            ok = id != CST_INTERN_NONE; /* one more would be the total's place */
            rev_renewal_series *into = ok ? rev_renewal_series_at(&o->counts, id + (k > 0)) : NULL;
            ok = into && rev_renewal_series_add(into, &b->counts.series[k]);
        }
    }
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status rev_renewals_run(rev_session *s, cst_error *e)
{
    renewal_owner o = {.s = s, .as_of = s->o->periodic.as_of};
    if (o.as_of == CST_DAY_NONE)
        return cst_fail(
            e, CST_USAGE,
            "--renewals: expected --as-of DATE beside it, found none; say which day the export is good for");
    o.until = o.as_of + rev_renewal_ahead_days[REV_RENEWAL_AHEAD - 1];
    session_callback callback = {.open = open_book, .settle = settle_book, .close = close_book, .owner = &o};
    cst_status status = s->o->detail ? rev_renewal_detail_open(s, &o.detail, e) : CST_OK;
    rev_session_take(s, &callback);
    s->visit = take_account;
    if (status == CST_OK) status = rev_session_collect(s, e);
    if (status == CST_OK) status = merge_books(&o, e);
    if (status == CST_OK) status = rev_renewal_table_write(s, &o.counts, o.names, e);
    if (status == CST_OK && o.detail) status = cst_writer_finish(o.detail, e);
    rev_session_close_books(s);
    cst_writer_free(o.detail);
    rev_renewal_counts_free(&o.counts);
    cst_intern_free(o.names);
    return status;
}
