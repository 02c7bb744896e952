/* revenue/renewal_book.c: renewals added up by period and group, what is due after --as-of, and the
 * lines one by one. */
#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/intern.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include "revenue/figures.h"
#include "revenue/renewals.h"
#include <stdlib.h>
#include <string.h>

enum { AHEAD = 3 };
static const int ahead_days[AHEAD] = {30, 60, 90};

typedef struct book_cell {
    int64_t logos, due, on_time, late, more, less, lost;
    cst_wide due_mrr, on_time_mrr, late_mrr, more_mrr, less_mrr, lost_mrr, renewed_mrr;
} book_cell;

/* Periods of one group, from `low` on, and what is due ahead. */
typedef struct book_series {
    cst_period low;
    size_t n;
    book_cell *cell;
    book_cell ahead[AHEAD];
} book_series;

typedef struct renewal_owner {
    cst_session *s;
    cst_writer *detail; /* NULL: none */
    cst_day as_of, until;
    cst_intern *names;
    book_series *series; /* 0: the total; then by name + 1 */
    size_t count;
} renewal_owner;

typedef struct renewal_book {
    renewal_owner *owner;
    cst_writer *fork;
    book_series *series; /* 0: the total; then by segment id + 1 */
    size_t count;
    const cst_labels *labels;
} renewal_book;

static book_series *reach_series(book_series **list, size_t *count, size_t i)
{
    if (i >= *count) {
        size_t n = i + 8;
        book_series *grown = realloc(*list, n * sizeof *grown);
        if (!grown) return NULL;
        memset(grown + *count, 0, (n - *count) * sizeof *grown);
        *list = grown;
        *count = n;
    }
    return &(*list)[i];
}

static book_cell *reach_cell(book_series *s, cst_period p)
{
    if (s->n && p >= s->low && p < s->low + (cst_period)s->n) return &s->cell[p - s->low];
    cst_period low = s->n && s->low < p ? s->low : p,
               high = s->n && s->low + (cst_period)s->n - 1 > p ? s->low + (cst_period)s->n - 1 : p;
    size_t n = (size_t)(high - low + 1);
    book_cell *grown = calloc(n, sizeof *grown);
    if (!grown) return NULL;
    if (s->n) memcpy(grown + (s->low - low), s->cell, s->n * sizeof *grown);
    free(s->cell);
    s->cell = grown;
    s->low = low;
    s->n = n;
    return &s->cell[p - low];
}

static void free_series(book_series *list, size_t count)
{
    for (size_t i = 0; i < count; i++) free(list[i].cell);
    free(list);
}

static void add_cells(book_cell *a, const book_cell *b)
{
    a->logos += b->logos;
    a->due += b->due;
    a->on_time += b->on_time;
    a->late += b->late;
    a->more += b->more;
    a->less += b->less;
    a->lost += b->lost;
    a->due_mrr += b->due_mrr;
    a->on_time_mrr += b->on_time_mrr;
    a->late_mrr += b->late_mrr;
    a->more_mrr += b->more_mrr;
    a->less_mrr += b->less_mrr;
    a->lost_mrr += b->lost_mrr;
    a->renewed_mrr += b->renewed_mrr;
}

static void count_renewal(book_cell *c, const cst_renewal *r)
{
    c->due++;
    c->due_mrr += r->before;
    if (r->fate == CST_UPCOMING) return;
    c->on_time += r->fate == CST_RENEWED;
    c->late += r->fate == CST_LATE;
    c->lost += r->fate == CST_LOST;
    c->on_time_mrr += r->fate == CST_RENEWED ? r->before : 0;
    c->late_mrr += r->fate == CST_LATE ? r->before : 0;
    c->lost_mrr += r->fate == CST_LOST ? r->before : 0;
    c->renewed_mrr += r->after;
    if (r->fate == CST_LOST) return;
    c->more += r->after > r->before;
    c->less += r->after < r->before;
    c->more_mrr += r->after > r->before ? (cst_wide)r->after - r->before : 0;
    c->less_mrr += r->after < r->before ? (cst_wide)r->after - r->before : 0;
}

/* ---- accounts ---------------------------------------------------------------------------------------- */

/* At the closing rate of the period that holds the day it is due; ahead, at the rate of as_of. */
static cst_status convert(const renewal_book *b, const cst_ledger_account *a, cst_renewal *r, cst_error *e)
{
    const cst_session *s = b->owner->s;
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

static void put_source(cst_writer *w, const cst_ledger_row *row)
{
    char text[600];
    if (row->source.n) {
        cst_put_text(w, row->source);
        return;
    }
    snprintf(text, sizeof text, "%s:%llu", row->file ? row->file : "", (unsigned long long)row->line);
    cst_put_string(w, row->file ? text : NULL);
}

static cst_status write_line(renewal_book *b, const cst_ledger_account *a, const cst_renewal *r, cst_error *e)
{
    static const char *const fates[] = {"on_time", "late", "lost", "upcoming"};
    const cst_session *s = b->owner->s;
    cst_writer *w = b->fork;
    cst_unit u = cst_labels_unit(a->labels, r->unit);
    cst_text group = cst_labels_segment(a->labels, u.segment);
    cst_put_day(w, r->due);
    cst_put_text(w, a->id);
    cst_put_text(w, cst_labels_centre(a->labels, u.centre));
    for (size_t k = 0; k < s->lines; k++)
        cst_put_text(w, cst_label_part(cst_labels_line(a->labels, u.line), k + 1));
    cst_put_string(w, fates[r->fate]);
    cst_put_money(w, r->before);
    if (r->renewed == CST_DAY_NONE)
        cst_put_missing(w);
    else
        cst_put_money(w, r->after);
    cst_put_day(w, r->renewed);
    cst_put_int(w, r->term);
    cst_put_text(w, s->fx ? cst_text_of(cst_fx_report(s->fx)) : cst_labels_currency(a->labels, u.currency));
    put_source(w, &a->row[r->row]);
    cst_bridge_put_by(s, w, &group);
    return cst_end_row(w, e);
}

/* Counts a renewal for the total or for a group; the account once per period. */
static bool enter(renewal_book *b, size_t series, const cst_renewal *r, cst_period *last)
{
    const cst_session *s = b->owner->s;
    book_series *of = reach_series(&b->series, &b->count, series);
    if (!of) return false;
    if (r->fate == CST_UPCOMING) {
        for (int k = 0; k < AHEAD; k++) {
            if (r->due > b->owner->as_of + ahead_days[k]) continue;
            count_renewal(&of->ahead[k], r);
            cst_period mark = CST_TICK_NEVER - 1 - k;
            if (last && last[1 + k] != mark) of->ahead[k].logos++;
            if (last) last[1 + k] = mark;
        }
        return true;
    }
    cst_period p = cst_period_of(&s->calendar, r->due);
    book_cell *c = reach_cell(of, p);
    if (!c) return false;
    count_renewal(c, r);
    if (last && last[0] != p) c->logos++;
    if (last) last[0] = p;
    return true;
}

/* Whether an earlier renewal of the same account fell into the same group and period (or stretch ahead). */
static bool met_before(const renewal_book *b, const cst_ledger_account *a, const cst_renewal *r, size_t i,
                       uint32_t segment, int ahead)
{
    const cst_session *s = b->owner->s;
    for (size_t k = 0; k < i; k++) {
        if (cst_labels_unit(a->labels, r[k].unit).segment != segment) continue;
        if (ahead >= 0 ? r[k].fate == CST_UPCOMING && r[k].due <= b->owner->as_of + ahead_days[ahead]
                       : r[k].fate != CST_UPCOMING &&
                             cst_period_of(&s->calendar, r[k].due) == cst_period_of(&s->calendar, r[i].due))
            return true;
    }
    return false;
}

static bool enter_group(renewal_book *b, const cst_ledger_account *a, const cst_renewal *r, size_t i)
{
    const cst_session *s = b->owner->s;
    uint32_t segment = cst_labels_unit(a->labels, r[i].unit).segment;
    if (!enter(b, segment + 1, &r[i], NULL)) return false;
    book_series *of = &b->series[segment + 1];
    if (r[i].fate != CST_UPCOMING) {
        reach_cell(of, cst_period_of(&s->calendar, r[i].due))->logos += !met_before(b, a, r, i, segment, -1);
        return true;
    }
    for (int k = 0; k < AHEAD; k++)
        if (r[i].due <= b->owner->as_of + ahead_days[k])
            of->ahead[k].logos += !met_before(b, a, r, i, segment, k);
    return true;
}

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    renewal_book *b = w->book;
    const renewal_owner *o = b->owner;
    b->labels = w->sums.labels = a->labels;
    cst_renewal *r;
    size_t n;
    cst_status status = cst_renewals_of(a, (int32_t)o->s->o->grace.n, o->as_of, o->until, &r, &n, e);
    cst_period last[1 + AHEAD] = {CST_TICK_NEVER, 0, 0, 0};
    for (size_t i = 0; status == CST_OK && i < n; i++) {
        status = convert(b, a, &r[i], e);
        bool ok =
            status == CST_OK && enter(b, 0, &r[i], last) && (!o->s->rules.groups || enter_group(b, a, r, i));
        if (status == CST_OK && !ok) status = cst_fail(e, CST_MEMORY, "out of memory");
        bool shown =
            r[i].fate == CST_UPCOMING || cst_session_printed(o->s, cst_period_of(&o->s->calendar, r[i].due));
        if (status == CST_OK && b->fork && shown) status = write_line(b, a, &r[i], e);
    }
    free(r);
    return status;
}

static cst_status open_book(void *owner, void **book, cst_error *e)
{
    renewal_owner *o = owner;
    renewal_book *b = calloc(1, sizeof *b);
    if (!b) return cst_fail(e, CST_MEMORY, "out of memory");
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
    free_series(b->series, b->count);
    free(b);
}

/* ---- all accounts ------------------------------------------------------------------------------------ */

static bool merge_series(book_series *into, const book_series *from)
{
    for (size_t i = 0; i < from->n; i++) {
        book_cell *c = reach_cell(into, from->low + (cst_period)i);
        if (!c) return false;
        add_cells(c, &from->cell[i]);
    }
    for (int k = 0; k < AHEAD; k++) add_cells(&into->ahead[k], &from->ahead[k]);
    return true;
}

static cst_status merge_books(renewal_owner *o, cst_error *e)
{
    const cst_session *s = o->s;
    bool ok = (o->names = cst_intern_new()) && reach_series(&o->series, &o->count, 0);
    for (int i = 0; ok && i <= s->threads; i++) {
        const renewal_book *b = s->worker[i].book;
        for (size_t k = 0; ok && b && k < b->count; k++) {
            if (k > 0 && (!b->labels || k - 1 >= cst_labels_segments(b->labels))) continue;
            uint32_t id = 0;
            if (k > 0) id = cst_intern_id(o->names, cst_labels_segment(b->labels, (uint32_t)k - 1));
            ok = id != CST_INTERN_NONE; /* one more would be the total's place */
            book_series *into = ok ? reach_series(&o->series, &o->count, id + (k > 0)) : NULL;
            ok = into && merge_series(into, &b->series[k]);
        }
    }
    return ok ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
}

static void put_share(cst_writer *w, cst_wide num, cst_wide den)
{
    cst_ratio r;
    if (cst_ratio_of(num, den, &r))
        cst_put_ratio(w, r);
    else
        cst_put_missing(w);
}

static void put_pair(cst_writer *w, int64_t n, cst_wide mrr)
{
    cst_put_int(w, n);
    cst_put_wide(w, mrr);
}

static void put_outcome(cst_writer *w, const book_cell *c)
{
    put_pair(w, c->on_time, c->on_time_mrr);
    put_pair(w, c->late, c->late_mrr);
    put_pair(w, c->more, c->more_mrr);
    put_pair(w, c->less, c->less_mrr);
    put_pair(w, c->lost, c->lost_mrr);
    cst_put_wide(w, c->renewed_mrr);
    put_share(w, c->on_time, c->due);
    put_share(w, c->on_time + c->late, c->due);
    put_share(w, c->on_time_mrr + c->late_mrr, c->due_mrr);
    put_share(w, c->renewed_mrr, c->due_mrr);
}

/* A row of a period, or (ahead >= 0) of what is due in the days after as_of. */
static cst_status write_cell(const renewal_owner *o, cst_writer *w, const book_cell *c, cst_period p,
                             int ahead, const cst_text *group, cst_error *e)
{
    static const char *const words[AHEAD] = {"due_30", "due_60", "due_90"};
    const cst_session *s = o->s;
    cst_put_day(w, ahead < 0 ? cst_period_first(&s->calendar, p) : o->as_of + 1);
    cst_put_day(w, ahead < 0 ? cst_period_last(&s->calendar, p) : o->as_of + ahead_days[ahead]);
    cst_put_string(w, ahead < 0 ? cst_bridge_complete(s, p) : NULL);
    cst_bridge_put_by(s, w, group);
    cst_put_string(w, ahead >= 0 ? words[ahead] : group ? "segment" : "total");
    cst_put_text(w, cst_bridge_currency(s, group));
    cst_put_int(w, c->logos);
    put_pair(w, c->due, c->due_mrr);
    if (ahead < 0)
        put_outcome(w, c);
    else
        for (int k = 0; k < 15; k++) cst_put_missing(w);
    return cst_end_row(w, e);
}

static cst_status write_group(const renewal_owner *o, cst_writer *w, const book_series *of, cst_period p,
                              int ahead, const cst_text *group, cst_error *e)
{
    static const book_cell none;
    if (ahead >= 0) return write_cell(o, w, &of->ahead[ahead], p, ahead, group, e);
    bool there = of->n && p >= of->low && p < of->low + (cst_period)of->n;
    return write_cell(o, w, there ? &of->cell[p - of->low] : &none, p, ahead, group, e);
}

static cst_status write_groups(const renewal_owner *o, cst_writer *w, const uint32_t *order, cst_period p,
                               int ahead, cst_error *e)
{
    cst_status status = CST_OK;
    uint32_t n = o->s->rules.groups ? cst_intern_count(o->names) : 0;
    for (uint32_t i = 0; status == CST_OK && i < n; i++) {
        cst_text name = cst_intern_text(o->names, order[i]);
        status = write_group(o, w, &o->series[order[i] + 1], p, ahead, &name, e);
    }
    if (status == CST_OK && o->s->total) status = write_group(o, w, &o->series[0], p, ahead, NULL, e);
    return status;
}

static cst_status write_book(renewal_owner *o, cst_error *e)
{
    static const char *const body[] = {
        "row",           "currency",     "due_logos",         "due_lines",    "due_mrr",
        "on_time_lines", "on_time_mrr",  "late_lines",        "late_mrr",     "more_lines",
        "more_mrr",      "less_lines",   "less_mrr",          "lost_lines",   "lost_mrr",
        "renewed_mrr",   "on_time_rate", "line_renewal_rate", "renewal_rate", "net_renewal_rate"};
    static const char *const taken[] = {"period_start", "period_end", "complete", "row", "currency", NULL};
    cst_session *s = o->s;
    cst_column *c = calloc(32 + s->bys, sizeof *c);
    uint32_t *order = cst_intern_sorted(o->names);
    if (!c || !order) {
        free(c);
        free(order);
        return cst_fail(e, CST_MEMORY, "out of memory");
    }
    size_t n = 0;
    for (; n < 3; n++) c[n] = (cst_column){taken[n], CST_COL_TEXT};
    n += cst_bridge_by_columns(s, taken, c + n);
    for (size_t i = 0; i < sizeof body / sizeof *body; i++)
        c[n++] = (cst_column){body[i], i < 2 ? CST_COL_TEXT : CST_COL_NUMBER};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(s->io, c, n, &w, e);
    for (cst_period p = s->first; status == CST_OK && s->any && p <= s->last; p++)
        status = write_groups(o, w, order, p, -1, e);
    bool ahead = s->o->periodic.as_of != CST_DAY_NONE;
    for (int k = 0; status == CST_OK && ahead && k < AHEAD; k++) status = write_groups(o, w, order, 0, k, e);
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    free(c);
    free(order);
    return status;
}

static cst_status open_detail(renewal_owner *o, cst_error *e)
{
    static const char *const taken[] = {"due_date",     "account_id",  "status",   "due_mrr", "renewed_mrr",
                                        "renewed_date", "term_months", "currency", "source",  NULL};
    cst_session *s = o->s;
    cst_column *c = calloc(16 + s->lines + s->bys, sizeof *c);
    if (!c) return cst_fail(e, CST_MEMORY, "out of memory");
    size_t n = 0;
    c[n++] = (cst_column){"due_date", CST_COL_TEXT};
    c[n++] = (cst_column){"account_id", CST_COL_TEXT};
    c[n++] = (cst_column){s->centre ? s->centre : "line", CST_COL_TEXT};
    for (size_t i = 0; i < s->lines; i++) c[n++] = (cst_column){s->line[i], CST_COL_TEXT};
    for (size_t i = 2; taken[i]; i++)
        c[n++] = (cst_column){taken[i], i == 3 || i == 4 || i == 6 ? CST_COL_NUMBER : CST_COL_TEXT};
    n += cst_bridge_by_columns(s, taken, c + n);
    cst_status status = cst_io_extra_writer(s->io, s->o->detail, c, n, &o->detail, e);
    free(c);
    return status;
}

cst_status cst_renewals_run(cst_session *s, cst_error *e)
{
    renewal_owner o = {.s = s, .as_of = s->o->periodic.as_of};
    if (o.as_of == CST_DAY_NONE)
        return cst_fail(
            e, CST_USAGE,
            "--renewals: expected --as-of DATE beside it, found none; say which day the export is good for");
    o.until = o.as_of + ahead_days[AHEAD - 1];
    session_taker taker = {.open = open_book, .settle = settle_book, .close = close_book, .owner = &o};
    cst_status status = s->o->detail ? open_detail(&o, e) : CST_OK;
    cst_session_take(s, &taker);
    s->visit = take_account;
    if (status == CST_OK) status = cst_session_collect(s, e);
    if (status == CST_OK) status = merge_books(&o, e);
    if (status == CST_OK) status = write_book(&o, e);
    if (status == CST_OK && o.detail) status = cst_writer_finish(o.detail, e);
    cst_session_close_books(s);
    cst_writer_free(o.detail);
    free_series(o.series, o.count);
    cst_intern_free(o.names);
    return status;
}
