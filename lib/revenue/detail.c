/* revenue/detail.c: every thread encodes the rows of its own accounts; they are put together in the
 * order of the accounts. The amounts are added up on the way, to be held against the bridge. */
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include "revenue/records.h"
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"period_start", "period_end",    "effective_date", "account_id",
                                    "product",      "buying_center", "movement",       "amount",
                                    "from_mrr",     "to_mrr",        "currency",       "source"};
enum { NAMES = sizeof names / sizeof *names };

typedef struct detail_owner {
    rev_session *s;
    cst_writer *main;
    rev_sums echo; /* of the entries' amounts */
} detail_owner;

typedef struct detail_book {
    detail_owner *owner;
    cst_writer *fork;
    rev_sums echo;
    cst_buffer source;
} detail_book;

/* The centre stands in the column it came from: one of the two of the stream, or one of its own. */
static bool is_centre(const rev_session *s, const char *column)
{
    return s->centre && strcmp(s->centre, column) == 0;
}

static bool has_own_centre(const rev_session *s)
{
    return s->centre && !is_centre(s, "product") && !is_centre(s, "buying_center");
}

static cst_text find_centre(const rev_account_period *x, const rev_entry *entry)
{
    if (entry->centre == CST_UNIT_NONE) return (cst_text){"", 0};
    return cst_labels_centre(x->account->labels, entry->centre);
}

static void put_entry(detail_book *b, const rev_account_period *x, const rev_entry *entry)
{
    const rev_session *s = b->owner->s;
    cst_writer *w = b->fork;
    cst_text group = cst_labels_segment(x->account->labels, entry->segment);
    cst_put_day(w, cst_period_first(&s->calendar, x->period));
    cst_put_day(w, cst_period_last(&s->calendar, x->period));
    cst_put_day(w, entry->day == CST_DAY_NONE ? x->effective : entry->day);
    cst_put_text(w, x->account->id);
    cst_text centre = find_centre(x, entry);
    cst_put_text(w, is_centre(s, "product") ? centre : (cst_text){"", 0});
    cst_put_text(w, is_centre(s, "buying_center") ? centre : (cst_text){"", 0});
    cst_put_string(w, cst_movement_name[entry->movement]);
    cst_put_money(w, entry->amount);
    cst_put_money(w, x->from);
    cst_put_money(w, x->to);
    cst_unit unit = cst_labels_unit(x->account->labels, x->account->row[0].unit);
    cst_put_text(w, s->subjects.fx ? cst_text_of(cst_fx_report(s->subjects.fx))
                                   : cst_labels_currency(x->account->labels, unit.currency));
    cst_put_text(w, (cst_text){b->source.p, (uint32_t)b->source.n});
    if (has_own_centre(s)) cst_put_text(w, centre);
    rev_bridge_put_by(s, w, &group);
    for (int k = 0; s->rules.split && k < REV_EFFECTS; k++) cst_put_money(w, entry->effect[k]);
}

/* By movement, then segment, then centre. */
static int compare_entries(const cst_labels *l, const rev_entry *a, const rev_entry *b)
{
    if (a->movement != b->movement) return a->movement < b->movement ? -1 : 1;
    int order = cst_text_compare(cst_labels_segment(l, a->segment), cst_labels_segment(l, b->segment));
    if (order || a->centre == b->centre) return order;
    if (a->centre == CST_UNIT_NONE || b->centre == CST_UNIT_NONE) return a->centre == CST_UNIT_NONE ? -1 : 1;
    return cst_text_compare(cst_labels_centre(l, a->centre), cst_labels_centre(l, b->centre));
}

/* Effects of quantity and price may cancel: the revenue stayed, and yet something happened. */
static bool is_nothing(const rev_entry *x)
{
    return x->amount == 0 && x->effect[0] == 0 && x->effect[1] == 0 && x->effect[2] == 0;
}

static cst_status take_period(void *book, const rev_account_period *x, cst_error *e)
{
    detail_book *b = book;
    const rev_session *s = b->owner->s;
    rev_cell *cell = rev_sums_cell(&b->echo, &b->echo.total, x->period);
    if (!cell) return cst_no_memory(e);
    for (size_t i = 0; i < x->entries; i++) cell->amount[x->entry[i].movement] += x->entry[i].amount;
    if (!rev_session_printed(s, x->period)) return CST_OK;
    rev_record_sources(x, &b->source);
    if (b->source.failed) return cst_no_memory(e);
    uint32_t *order = malloc(x->entries * sizeof *order);
    if (!order) return cst_no_memory(e);
    for (uint32_t i = 0; i < x->entries; i++) {
        uint32_t k = i;
        for (; k > 0 && compare_entries(x->account->labels, &x->entry[order[k - 1]], &x->entry[i]) > 0; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < x->entries; i++) {
        if (is_nothing(&x->entry[order[i]])) continue;
        put_entry(b, x, &x->entry[order[i]]);
        status = cst_end_row(b->fork, e);
    }
    free(order);
    return status;
}

static cst_status open_book(void *owner, void **book, cst_error *e)
{
    detail_owner *o = owner;
    detail_book *b = calloc(1, sizeof *b);
    if (!b) return cst_no_memory(e);
    *book = b;
    b->owner = o;
    rev_sums_init(&b->echo, o->echo.rules);
    return cst_writer_fork(o->main, &b->fork, e);
}

static cst_status settle_book(void *book, void *owner, cst_error *e)
{
    return cst_writer_absorb(((detail_owner *)owner)->main, ((detail_book *)book)->fork, e);
}

static void close_book(void *book)
{
    detail_book *b = book;
    cst_writer_free(b->fork);
    rev_sums_free(&b->echo);
    cst_buffer_free(&b->source);
    free(b);
}

static cst_status open_writer(rev_session *s, cst_writer **out, cst_error *e)
{
    const char *taken[NAMES + REV_EFFECTS + 2] = {NULL};
    memcpy(taken, names, sizeof names);
    memcpy(taken + NAMES, rev_effect_name, sizeof rev_effect_name);
    cst_column *columns = calloc(NAMES + 1 + REV_EFFECTS + s->bys, sizeof *columns);
    if (!columns) return cst_no_memory(e);
    size_t n = 0;
    for (; n < NAMES; n++)
        columns[n] = (cst_column){names[n], n >= 7 && n <= 9 ? CST_COL_NUMBER : CST_COL_TEXT};
    if (has_own_centre(s)) {
        const char *name = rev_bridge_is_taken(s->centre, taken) ? "cross_sell_by" : s->centre;
        columns[n++] = (cst_column){name, CST_COL_TEXT};
        taken[NAMES + REV_EFFECTS] = name;
    }
    n += rev_bridge_by_columns(s, taken, columns + n);
    for (int k = 0; s->rules.split && k < REV_EFFECTS; k++)
        columns[n++] = (cst_column){rev_effect_name[k], CST_COL_NUMBER};
    cst_status status = cst_io_extra_writer(s->io, s->o->detail, columns, n, out, e);
    free(columns);
    return status;
}

static cst_status merge_echo(detail_owner *o, cst_error *e)
{
    for (int i = 0; i <= o->s->threads; i++) {
        detail_book *b = o->s->worker[i].book;
        if (b && !rev_series_merge(&o->echo, &o->echo.total, &b->echo.total, 0)) return cst_no_memory(e);
    }
    return CST_OK;
}

cst_status rev_detail_run(rev_session *s, cst_error *e)
{
    rev_rules plain = s->rules;
    plain.tops = false;
    plain.replicates = 0;
    detail_owner o = {.s = s};
    rev_sums_init(&o.echo, &plain);
    cst_status status = open_writer(s, &o.main, e);
    session_callback callback = {
        .period = take_period, .open = open_book, .settle = settle_book, .close = close_book, .owner = &o};
    rev_session_take(s, &callback);
    if (status == CST_OK) status = rev_session_collect(s, e);
    if (status == CST_OK) status = merge_echo(&o, e);
    if (status == CST_OK) status = rev_bridge_close(s, &o.echo.total, e);
    if (status == CST_OK) status = rev_bridge_write(s, e);
    if (status == CST_OK) status = cst_writer_finish(o.main, e);
    rev_session_close_books(s);
    cst_writer_free(o.main);
    rev_sums_free(&o.echo);
    return status;
}
