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

typedef struct detail_book {
    session_book head; /* its owner: the sums of all */
    rev_sums echo;     /* of the entries' amounts */
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

static void put_entry(detail_book *b, const rev_account_period *x, const rev_entry *entry)
{
    const rev_session *s = b->head.s;
    cst_writer *w = b->head.fork[0];
    cst_text group = cst_labels_segment(x->account->labels, entry->segment);
    cst_put_day(w, cst_period_first(&s->calendar, x->period));
    cst_put_day(w, cst_period_last(&s->calendar, x->period));
    cst_put_day(w, entry->day == CST_DAY_NONE ? x->effective : entry->day);
    cst_put_text(w, x->account->id);
    cst_text centre = entry->centre == CST_UNIT_NONE ? (cst_text){"", 0}
                                                     : cst_labels_centre(x->account->labels, entry->centre);
    cst_put_text(w, is_centre(s, "product") ? centre : (cst_text){"", 0});
    cst_put_text(w, is_centre(s, "buying_center") ? centre : (cst_text){"", 0});
    cst_put_string(w, cst_movement_name[entry->movement]);
    cst_put_money(w, entry->amount);
    cst_put_money(w, x->from);
    cst_put_money(w, x->to);
    cst_put_text(w, rev_session_account_currency(s, x->account));
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
    const rev_session *s = b->head.s;
    if (!b->echo.rules) rev_sums_init(&b->echo, ((const rev_sums *)b->head.owner)->rules);
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
        status = cst_end_row(b->head.fork[0], e);
    }
    free(order);
    return status;
}

static void close_book(void *book)
{
    detail_book *b = book;
    rev_sums_free(&b->echo);
    cst_buffer_free(&b->source);
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

cst_status rev_detail_run(rev_session *s, cst_error *e)
{
    rev_rules plain = s->rules;
    plain.tops = false;
    plain.replicates = 0;
    rev_sums echo;
    rev_sums_init(&echo, &plain);
    session_callback callback = {
        .period = take_period, .size = sizeof(detail_book), .owner = &echo, .close = close_book};
    cst_status status = open_writer(s, &callback.writer[0], e);
    rev_session_take(s, &callback);
    if (status == CST_OK) status = rev_session_collect(s, e);
    for (int i = 0; status == CST_OK && i <= s->threads; i++) {
        const detail_book *b = (const detail_book *)rev_session_worker(s, i)->book;
        if (!rev_series_merge(&echo, &echo.total, &b->echo.total, 0)) status = cst_no_memory(e);
    }
    if (status == CST_OK) status = rev_bridge_close(s, &echo.total, e);
    if (status == CST_OK) status = rev_bridge_write(s, e);
    if (status == CST_OK) status = cst_writer_finish(callback.writer[0], e);
    rev_session_close_books(s);
    cst_writer_free(callback.writer[0]);
    rev_sums_free(&echo);
    return status;
}
