/* revenue/trace.c: --trace: one account's life in one table: the rows of the stream, what it pays from day
 * to day in each currency, and the movements of the bridge, in the order of days. Only that account is
 * walked. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/balance.h"
#include "ledger/labels.h"
#include "revenue/bridge.h"
#include "revenue/records.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum trace_kind { TRACE_ROW, TRACE_BALANCE, TRACE_MOVEMENT };

typedef struct trace_line {
    cst_day day;
    enum trace_kind kind;
    cst_text currency, centre, source;
    cst_movement movement;
    cst_wide amount, level; /* of a row no level */
    cst_period period;      /* of a movement */
    cst_day start, end;     /* of a row; the end as the stream has it */
    const char *file;       /* of a row, for the order */
    uint64_t number;        /* its line; else the place in the order of the walk */
} trace_line;

typedef struct trace {
    rev_session *s;
    cst_text account;
    pthread_mutex_t lock; /* one account may be several: one for each currency */
    cst_arena *arena;
    trace_line *line;
    size_t n, room;
    cst_buffer source;
    cst_balance balance;
    cst_ledger_row *row; /* those of one currency */
    size_t rows_room;
    bool found;
} trace;

static trace_line *add_line(trace *t, enum trace_kind kind, cst_day day)
{
    if (!cst_grow(&t->line, &t->room, t->n + 1, sizeof *t->line)) return NULL;
    trace_line *l = &t->line[t->n];
    *l = (trace_line){.kind = kind, .day = day, .number = t->n};
    t->n++;
    return l;
}

/* ---- the account ------------------------------------------------------------------------------------- */

static cst_text name_source(trace *t, const cst_ledger_row *r, bool *ok)
{
    if (r->source.n) return cst_arena_text(t->arena, r->source, ok);
    cst_buffer_clear(&t->source);
    if (r->file) cst_buffer_printf(&t->source, "%s:%llu", r->file, (unsigned long long)r->line);
    *ok &= !t->source.failed;
    return cst_arena_text(t->arena, (cst_text){t->source.p, (uint32_t)t->source.n}, ok);
}

static bool take_rows(trace *t, const cst_ledger_account *a)
{
    bool ok = true;
    for (size_t i = 0; i < a->rows && ok; i++) {
        const cst_ledger_row *r = &a->row[i];
        cst_unit u = cst_labels_unit(a->labels, r->unit);
        trace_line *l = add_line(t, TRACE_ROW, r->start);
        if (!l) return false;
        l->start = r->start;
        l->end = r->known_end;
        l->amount = r->amount;
        l->file = r->file;
        l->number = r->line;
        l->currency = cst_arena_text(t->arena, cst_labels_currency(a->labels, u.currency), &ok);
        l->centre = cst_arena_text(t->arena, cst_labels_centre(a->labels, u.centre), &ok);
        l->source = name_source(t, r, &ok);
    }
    return ok;
}

/* What the rows of one currency pay, at every day on which that changes. */
static bool take_balance(trace *t, const cst_ledger_account *a, uint32_t currency)
{
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; i < a->rows; i++)
        if (cst_labels_unit(a->labels, a->row[i].unit).currency == currency) t->row[n++] = a->row[i];
    if (n == 0) return true;
    if (!cst_balance_fill(&t->balance, t->row, n, CST_DAY_NONE)) return false;
    for (size_t i = 0; i < t->balance.n && ok; i++) {
        const cst_balance_change *c = &t->balance.at[i];
        trace_line *l = c->by ? add_line(t, TRACE_BALANCE, c->day) : NULL;
        if (!l && c->by) return false;
        if (!l) continue;
        l->amount = c->by;
        l->level = c->level;
        l->currency = cst_arena_text(t->arena, cst_labels_currency(a->labels, currency), &ok);
    }
    return ok;
}

static bool take_balances(trace *t, const cst_ledger_account *a)
{
    if (!cst_grow(&t->row, &t->rows_room, a->rows, sizeof *t->row)) return false;
    for (uint32_t c = 0; c < cst_labels_currencies(a->labels); c++)
        if (!take_balance(t, a, c)) return false;
    return true;
}

static cst_status take_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    session_worker *w = worker;
    trace *t = w->book->owner;
    if (!cst_text_equal(a->id, t->account)) return CST_OK;
    pthread_mutex_lock(&t->lock);
    t->found = true;
    bool ok = take_rows(t, a) && take_balances(t, a);
    pthread_mutex_unlock(&t->lock);
    return ok ? rev_walk_account(&w->walk, a, e) : cst_no_memory(e);
}

static cst_status take_period(void *book, const rev_account_period *x, cst_error *e)
{
    session_book *b = book;
    trace *t = b->owner;
    if (!rev_session_printed(t->s, x->period)) return CST_OK;
    bool ok = true;
    pthread_mutex_lock(&t->lock);
    rev_record_sources(x, &t->source);
    ok = !t->source.failed;
    for (size_t i = 0; i < x->entries && ok; i++) {
        const rev_entry *entry = &x->entry[i];
        if (entry->amount == 0) continue;
        trace_line *l = add_line(t, TRACE_MOVEMENT, entry->day == CST_DAY_NONE ? x->effective : entry->day);
        if (!l && !(ok = false)) break;
        l->movement = entry->movement;
        l->amount = entry->amount;
        l->level = x->to;
        l->period = x->period;
        l->currency = cst_arena_text(t->arena, rev_session_account_currency(t->s, x->account), &ok);
        if (entry->centre != CST_UNIT_NONE)
            l->centre = cst_arena_text(t->arena, cst_labels_centre(x->account->labels, entry->centre), &ok);
        l->source = cst_arena_text(t->arena, (cst_text){t->source.p, (uint32_t)t->source.n}, &ok);
    }
    pthread_mutex_unlock(&t->lock);
    return ok ? CST_OK : cst_no_memory(e);
}

/* ---- the table --------------------------------------------------------------------------------------- */

/* By day; then rows, balances, movements; then what else tells two apart in any order of work. */
static int compare_lines(const void *a, const void *b)
{
    const trace_line *x = a, *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    int order = cst_text_compare(x->currency, y->currency);
    if (order) return order;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    if (x->kind == TRACE_MOVEMENT && x->movement != y->movement) return x->movement < y->movement ? -1 : 1;
    order = cst_text_compare(x->centre, y->centre);
    if (order) return order;
    order = x->file && y->file ? strcmp(x->file, y->file) : 0;
    if (order) return order;
    return (x->number > y->number) - (x->number < y->number);
}

static void put_line(const trace *t, cst_writer *w, const trace_line *l)
{
    static const char *const kinds[] = {"row", "balance", "movement"};
    const rev_session *s = t->s;
    cst_put_text(w, t->account);
    cst_put_day(w, l->day);
    cst_put_string(w, kinds[l->kind]);
    cst_put_string(w, l->kind == TRACE_MOVEMENT ? cst_movement_name[l->movement] : "");
    cst_put_wide(w, l->amount);
    if (l->kind == TRACE_ROW)
        cst_put_missing(w);
    else
        cst_put_wide(w, l->level);
    cst_put_text(w, l->currency);
    cst_put_day(w, l->kind == TRACE_MOVEMENT ? cst_period_last(&s->calendar, l->period) : CST_DAY_NONE);
    cst_put_day(w, l->kind == TRACE_ROW ? l->start : CST_DAY_NONE);
    cst_put_day(w, l->kind == TRACE_ROW && l->end != CST_LEDGER_OPEN ? l->end : CST_DAY_NONE);
    cst_put_text(w, l->source);
    if (s->centre) cst_put_text(w, l->centre);
}

static cst_status write_lines(const trace *t, cst_error *e)
{
    static const char *const taken[] = {"account_id", "day",      "kind",     "movement",
                                        "amount",     "balance",  "currency", "period_end",
                                        "start_date", "end_date", "source",   NULL};
    cst_column columns[12];
    size_t n = 0;
    for (; taken[n]; n++)
        columns[n] = (cst_column){taken[n], n == 4 || n == 5 ? CST_COL_NUMBER : CST_COL_TEXT};
    const char *centre = t->s->centre;
    if (centre && rev_bridge_is_taken(centre, taken)) centre = "cross_sell_by";
    if (centre) columns[n++] = (cst_column){centre, CST_COL_TEXT};
    cst_writer *w = NULL;
    cst_status status = cst_io_writer(t->s->io, columns, n, &w, e);
    for (size_t i = 0; i < t->n && status == CST_OK; i++) {
        put_line(t, w, &t->line[i]);
        status = cst_end_row(w, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

cst_status rev_trace_run(rev_session *s, cst_error *e)
{
    trace t = {.s = s, .account = cst_text_of(s->o->trace), .arena = cst_arena_new()};
    const session_callback callback = {.period = take_period, .size = sizeof(session_book), .owner = &t};
    if (!t.arena) return cst_no_memory(e);
    pthread_mutex_init(&t.lock, NULL);
    rev_session_take(s, &callback);
    s->visit = take_account;
    cst_status status = rev_session_collect(s, e);
    if (status == CST_OK && !t.found)
        status = cst_fail(e, CST_USAGE,
                          "--trace: expected the id of an account or, with --customer, of a customer; found "
                          "\"%s\", which is none of the %llu that were read; ids are compared byte for byte",
                          s->o->trace, (unsigned long long)s->counts.accounts);
    if (t.n > 1) qsort(t.line, t.n, sizeof *t.line, compare_lines);
    if (status == CST_OK) status = write_lines(&t, e);
    rev_session_close_books(s);
    pthread_mutex_destroy(&t.lock);
    cst_arena_free(t.arena);
    cst_buffer_free(&t.source);
    cst_balance_free(&t.balance);
    free(t.line);
    free(t.row);
    return status;
}
