/* revenue/records.c: each thread keeps the records of its accounts, with texts in an arena; they are
 * laid together and sorted. */
#include "revenue/records.h"
#include "base/buffer.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

typedef struct record_book {
    session_book head; /* its owner: the records of all */
    rev_records kept;
    cst_buffer source;
} record_book;

rev_record *rev_records_add(rev_records *r)
{
    if (!r->arena && !(r->arena = cst_arena_new())) return NULL;
    if (!cst_grow(&r->at, &r->room, r->n + 1, sizeof *r->at)) return NULL;
    r->at[r->n] = (rev_record){0};
    return &r->at[r->n++];
}

void rev_records_free(rev_records *r)
{
    free(r->at);
    cst_arena_free(r->arena);
    *r = (rev_records){0};
}

int rev_record_compare(const rev_record *x, const rev_record *y)
{
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    int order = cst_text_compare(x->account, y->account);
    return order ? order : cst_text_compare(x->currency, y->currency);
}

static int compare_records(const void *a, const void *b)
{
    const rev_record *x = a, *y = b;
    int order = rev_record_compare(x, y);
    return order ? order : (x->effective > y->effective) - (x->effective < y->effective);
}

void rev_records_sort(rev_records *r)
{
    if (r->n > 1) qsort(r->at, r->n, sizeof *r->at, compare_records);
}

void rev_record_sources(const rev_account_period *x, cst_buffer *out)
{
    cst_buffer_clear(out);
    const cst_ledger_account *a = x->account;
    for (size_t i = 0; i < a->rows; i++) {
        if (!x->changed[i]) continue;
        const cst_ledger_row *r = &a->row[i];
        if (out->n) cst_buffer_add_char(out, ';');
        if (r->source.n)
            cst_buffer_add(out, r->source.p, r->source.n);
        else if (r->file)
            cst_buffer_printf(out, "%s:%llu", r->file, (unsigned long long)r->line);
    }
}

/* Whether the sources already name this one. */
static bool has_source(cst_text all, cst_text one)
{
    for (uint32_t i = 0; i + one.n <= all.n; i++) {
        bool begins = i == 0 || all.p[i - 1] == ';', ends = i + one.n == all.n || all.p[i + one.n] == ';';
        if (begins && ends && memcmp(all.p + i, one.p, one.n) == 0) return true;
    }
    return false;
}

bool rev_records_join_sources(rev_records *all, cst_text *into, cst_text b)
{
    cst_text a = *into;
    if (b.n == 0 || cst_text_equal(a, b)) return true;
    cst_buffer joined = {0};
    cst_buffer_add(&joined, a.p, a.n);
    for (uint32_t i = 0, end; i < b.n; i = end + 1) {
        for (end = i; end < b.n && b.p[end] != ';'; end++) {
        }
        if (has_source(a, (cst_text){b.p + i, end - i})) continue;
        if (joined.n) cst_buffer_add_char(&joined, ';');
        cst_buffer_add(&joined, b.p + i, end - i);
    }
    bool ok = !joined.failed;
    if (ok)
        *into = cst_arena_text(all->arena, (cst_text){cst_buffer_string(&joined), (uint32_t)joined.n}, &ok);
    cst_buffer_free(&joined);
    return ok;
}

size_t rev_record_moves(const cst_money amount[CST_MOVEMENTS], char out[REV_MOVES_ROOM])
{
    size_t n = 0;
    out[0] = 0;
    for (int m = 0; m < CST_MOVEMENTS; m++) {
        if (amount[m] == 0) continue;
        if (n) out[n++] = ';';
        size_t k = strlen(cst_movement_name[m]);
        memcpy(out + n, cst_movement_name[m], k + 1);
        n += k;
    }
    return n;
}

cst_status rev_record_sum(const cst_money amount[CST_MOVEMENTS], cst_money *out, cst_error *e)
{
    cst_wide sum = 0;
    for (int m = 0; m < CST_MOVEMENTS; m++) sum += amount[m];
    return cst_money_of_wide(sum, out)
               ? CST_OK
               : cst_fail(e, CST_LIMIT, "a sum of movements does not fit; use a larger unit");
}

static cst_status take_period(void *book, const rev_account_period *x, cst_error *e)
{
    record_book *b = book;
    const rev_session *s = b->head.s;
    if (!rev_session_printed(s, x->period)) return CST_OK;
    rev_record *r = rev_records_add(&b->kept);
    if (!r) return cst_no_memory(e);
    bool ok = true;
    *r = (rev_record){.period = x->period, .from = x->from, .to = x->to, .effective = x->effective};
    r->account = cst_arena_text(b->kept.arena, x->account->id, &ok);
    r->currency = cst_arena_text(b->kept.arena, rev_session_account_currency(s, x->account), &ok);
    for (size_t i = 0; i < x->entries; i++)
        if (!cst_money_add(r->amount[x->entry[i].movement], x->entry[i].amount,
                           &r->amount[x->entry[i].movement]))
            return cst_fail(e, CST_LIMIT, "a sum of movements does not fit; use a larger unit");
    rev_record_sources(x, &b->source);
    r->source = cst_arena_text(b->kept.arena, (cst_text){b->source.p, (uint32_t)b->source.n}, &ok);
    return ok && !b->source.failed ? CST_OK : cst_no_memory(e);
}

static void close_book(void *book)
{
    record_book *b = book;
    rev_records_free(&b->kept);
    cst_buffer_free(&b->source);
}

/* Copies a thread's records to those of all. */
static cst_status settle_book(void *book, cst_error *e)
{
    record_book *b = book;
    rev_records *all = b->head.owner;
    bool ok = true;
    for (size_t i = 0; ok && i < b->kept.n; i++) {
        rev_record *r = rev_records_add(all);
        if (!r) return cst_no_memory(e);
        *r = b->kept.at[i];
        r->account = cst_arena_text(all->arena, r->account, &ok);
        r->currency = cst_arena_text(all->arena, r->currency, &ok);
        r->source = cst_arena_text(all->arena, r->source, &ok);
    }
    b->kept.n = 0;
    if (b->kept.arena) cst_arena_clear(b->kept.arena);
    return ok ? CST_OK : cst_no_memory(e);
}

cst_status rev_records_collect(rev_session *s, rev_records *out, cst_error *e)
{
    session_callback callback = {.period = take_period,
                                 .size = sizeof(record_book),
                                 .owner = out,
                                 .settle = settle_book,
                                 .close = close_book};
    rev_session_take(s, &callback);
    cst_status status = rev_session_collect(s, e);
    rev_session_close_books(s);
    rev_records_sort(out);
    return status;
}
