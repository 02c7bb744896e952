/* ledger/rows.c: the values of a row: what it is worth and from when to when, and the facts where they are
 * kept. The good way is a parse and no more; what is missing or bad is looked at again for its message. */
#include "base/buffer.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/memory.h"
#include "ledger/intake.h"
#include <stdlib.h>

/* Whether every row is for the same thing, so that nothing needs looking up. */
static bool is_plain(const ledger_intake *in)
{
    return in->column.centre < 0 && in->o->lines == 0 && in->o->segments == 0 && in->column.currency < 0;
}

static cst_status expect_value(const ledger_worker *w, uint32_t row, int slot, const char *name,
                               const char *what, cst_error *e)
{
    return cst_fail_at(e, CST_DATA, cst_place_at(w->seen.b, row, slot), name,
                       "expected %s, found nothing; fill it in, or set such rows aside with --rejects FILE",
                       what);
}

/* Quantities are decimals as amounts are, but nothing that a message should call one. */
static cst_status fail_quantity(ledger_worker *w, uint32_t row, cst_error *e)
{
    int slot = w->in->column.quantity;
    cst_text t = ledger_field(&w->seen, row, slot);
    cst_buffer found = {0};
    cst_buffer_add_visible(&found, t.p, t.n, 60);
    cst_status status =
        found.failed ? cst_no_memory(e)
                     : cst_fail_at(e, CST_DATA, cst_place_at(w->seen.b, row, slot), "quantity",
                                   "expected a number of units like 10 or 2.5, found \"%s\"; leave out the "
                                   "unit's name and thousands separators",
                                   cst_buffer_string(&found));
    cst_buffer_free(&found);
    return status;
}

/* CST_END: there is none. */
static cst_status read_day(ledger_worker *w, uint32_t row, int slot, cst_day *out, cst_error *e)
{
    cst_text t = ledger_field(&w->seen, row, slot);
    if (t.n == 0) return CST_END;
    return cst_day_parse(t, out) ? CST_OK : cst_day_at(w->seen.b, row, slot, out, e);
}

/* What a row says of days to come. */
static cst_status read_plan(ledger_worker *w, uint32_t row, ledger_fact *f, cst_error *e)
{
    enum { MOST_DAYS = 3660 };
    const ledger_columns *c = &w->in->column;
    int64_t notice = -1;
    cst_status status = cst_int_at(w->seen.b, row, c->notice, &notice, e);
    if (status < 0) return status;
    if (status == CST_OK && (notice < 0 || notice > MOST_DAYS))
        return cst_fail_at(e, CST_DATA, cst_place_at(w->seen.b, row, c->notice), "notice_days",
                           "expected 0 to %d days, found %lld; correct it", MOST_DAYS, (long long)notice);
    f->notice = status == CST_OK ? (int32_t)notice : -1;
    f->signed_on = CST_DAY_NONE;
    f->known_end = CST_LEDGER_OPEN;
    if ((status = read_day(w, row, c->signed_on, &f->signed_on, e)) < 0) return status;
    return read_day(w, row, c->end, &f->known_end, e);
}

static cst_status read_fact(ledger_worker *w, uint32_t row, ledger_fact *f, cst_error *e)
{
    const ledger_columns *c = &w->in->column;
    *f = (ledger_fact){0};
    cst_status status = cst_money_at(w->seen.b, row, c->quantity, &f->quantity, e);
    if (status == CST_DATA) return fail_quantity(w, row, e);
    if (status < 0) return status;
    int64_t term = 0;
    if ((status = cst_int_at(w->seen.b, row, c->term, &term, e)) < 0) return status;
    if (term < 0 || term > 1200)
        return cst_fail_at(e, CST_DATA, cst_place_at(w->seen.b, row, c->term), "term_months",
                           "expected 0 to 1200 months, found %lld; correct it", (long long)term);
    f->term = (int32_t)term;
    if (w->in->o->plans && (status = read_plan(w, row, f, e)) < 0) return status;
    cst_text source = ledger_field(&w->seen, row, c->source);
    if (source.n == 0) {
        cst_place place = cst_place_at(w->seen.b, row, -1);
        f->file = place.file;
        f->line = place.line;
        return CST_OK;
    }
    bool ok = true;
    f->source = cst_arena_text(w->sources, source, &ok);
    return ok ? CST_OK : cst_no_memory(e);
}

/* Negative rows are few, and the ones that are asked for when an account falls below zero. */
static bool note_origin(ledger_worker *w, uint32_t row, uint32_t *origin)
{
    if (!cst_grow(&w->origin, &w->origin_room, w->origins + 1, sizeof *w->origin)) return false;
    cst_place place = cst_place_at(w->seen.b, row, -1);
    w->origin[w->origins++] = (ledger_origin){place.file, place.line};
    *origin = w->origins;
    return true;
}

/* Reads a row's own values. *use is cleared for a row that is left out. */
static cst_status read_cell(ledger_worker *w, uint32_t row, ledger_cell *cell, bool *use, cst_error *e)
{
    const ledger_columns *c = &w->in->column;
    const cst_ledger_opts *o = w->in->o;
    cst_text amount = ledger_field(&w->seen, row, c->value);
    cst_decimal_status d = cst_money_parse(amount, &cell->amount);
    if (d == CST_DECIMAL_ROUNDED) w->counts.rounded++;
    if (d == CST_DECIMAL_BAD || d == CST_DECIMAL_TOO_LARGE) {
        if (amount.n == 0) return expect_value(w, row, c->value, o->value ? o->value : "mrr", "an amount", e);
        return cst_money_at(w->seen.b, row, c->value, &cell->amount, e);
    }
    cell->origin = 0;
    if (cell->amount < 0 && !note_origin(w, row, &cell->origin)) return cst_no_memory(e);
    cst_status status = read_day(w, row, c->start, &cell->start, e);
    if (status == CST_END) return expect_value(w, row, c->start, "start_date", "a date", e);
    if (status != CST_OK) return status;
    cell->end = CST_LEDGER_OPEN;
    if (c->end >= 0 && (status = read_day(w, row, c->end, &cell->end, e)) < 0) return status;
    if (cell->end < cell->start)
        return cst_fail_at(
            e, CST_DATA, cst_place_at(w->seen.b, row, c->end), "end_date",
            "expected a day on or after start_date, found one before it; correct it, or set such rows "
            "aside with --rejects FILE");
    if (o->as_of == CST_DAY_NONE) return CST_OK;
    if (cell->start > o->as_of) {
        w->counts.after++;
        *use = false;
    } else if (cell->end > o->as_of) {
        cell->end = CST_LEDGER_OPEN;
    }
    return CST_OK;
}

static inline uint64_t add_part(const ledger_worker *w, uint32_t row, int slot, const char *column,
                                uint64_t hash)
{
    if (slot < 0) return hash;
    cst_text t = ledger_field(&w->seen, row, slot);
    if (w->in->o->identity) t = cst_ledger_rename(w, column, t);
    return cst_hash(t.p, t.n, hash);
}

/* What tells the row from others of its account: for those who are gathered with it, its own account too. */
static uint64_t read_key(ledger_worker *w, uint32_t row, cst_day start)
{
    const ledger_columns *c = &w->in->column;
    const cst_ledger_opts *o = w->in->o;
    cst_text id = ledger_field(&w->seen, row, c->subscription);
    if (id.n == 0) return 0;
    uint64_t hash =
        add_part(w, row, c->subscription, "subscription_id", w->in->seed ^ (uint64_t)(uint32_t)start);
    hash = add_part(w, row, c->product, "product", hash);
    hash = add_part(w, row, c->plan, "plan", hash);
    hash = add_part(w, row, c->center, "buying_center", hash);
    if (o->customer) hash = add_part(w, row, c->account, "account_id", hash);
    return hash ? hash : 1;
}

/* The first record that was left out: those before it were taken. */
static bool begin_taken(ledger_worker *w)
{
    size_t words = (cst_batch_rows(w->seen.b) + 63) / 64;
    ledger_lines *at = &w->chunk.at;
    at->taken = cst_ledger_slab_take(&w->lines, words * sizeof *at->taken);
    if (!at->taken) return false;
    memset(at->taken, 0, words * sizeof *at->taken);
    for (uint32_t i = 0; i < w->chunk.rows; i++) at->taken[i / 64] |= UINT64_C(1) << i % 64;
    return true;
}

/* Notes where the row stands that is taken next, from the first on that its number does not say. */
static inline bool note_line(ledger_worker *w, uint32_t record)
{
    ledger_lines *at = &w->chunk.at;
    if (w->seen.slots && w->seen.view.even) {
        if (!at->taken && w->chunk.rows == record) return true;
        if (!at->taken && !begin_taken(w)) return false;
        at->taken[record / 64] |= UINT64_C(1) << record % 64;
        return true;
    }
    if (!at->line) at->line = cst_ledger_slab_take(&w->lines, cst_batch_rows(w->seen.b) * sizeof *at->line);
    if (at->line) at->line[w->chunk.rows] = cst_line_at(w->seen.b, record);
    return at->line;
}

uint64_t cst_ledger_place(const ledger_lines *l, uint32_t row)
{
    uint64_t record = row;
    if (l->taken) { /* the record of bit number `row` of those that are set */
        uint32_t word = 0, left = row;
        for (int n; (n = __builtin_popcountll(l->taken[word])) <= (int)left; word++) left -= (uint32_t)n;
        uint64_t bits = l->taken[word];
        for (; left > 0; left--) bits &= bits - 1;
        record = (uint64_t)word * 64 + (uint64_t)__builtin_ctzll(bits);
    }
    return (uint64_t)l->file << CST_PLACE_LINE_BITS | (l->line ? l->line[row] : l->first + record);
}

/* *use is cleared for a row that is left out. */
static inline cst_status read_row(ledger_worker *w, uint32_t row, cst_text account, bool plain, bool *use,
                                  cst_error *e)
{
    const cst_ledger_opts *o = w->in->o;
    ledger_chunk *chunk = &w->chunk;
    ledger_cell *cell = &chunk->cell[chunk->rows];
    *use = true;
    cst_status status = CST_OK;
    if (o->filter) {
        status = o->filter(o->filter_context, w->seen.b, row, account, use, e);
        if (status < 0) return status;
        if (!*use) {
            w->counts.filtered++;
            return CST_OK;
        }
    }
    status = read_cell(w, row, cell, use, e);
    if (status != CST_OK || !*use) return status;
    if (!plain || !w->recent.known) {
        status = cst_ledger_find_unit(w, row, account, &cell->unit, e);
        if (status != CST_OK) return status;
    } else {
        cell->unit = w->recent.id;
    }
    if (chunk->key) {
        chunk->key[chunk->rows] = read_key(w, row, cell->start);
        if (!note_line(w, row)) return cst_no_memory(e);
    }
    return chunk->fact ? read_fact(w, row, &chunk->fact[chunk->rows], e) : CST_OK;
}

cst_status cst_ledger_read_run(ledger_worker *w, ledger_run *run, uint32_t end, cst_text account,
                               cst_error *e)
{
    ledger_chunk *chunk = &w->chunk;
    bool plain = is_plain(w->in);
    uint32_t row = run->first;
    run->first = chunk->rows;
    for (; row < end; row++) {
        if (w->seen.rejected && cst_row_rejected(w->seen.b, row)) continue;
        bool use;
        cst_error why;
        cst_status status = read_row(w, row, account, plain, &use, &why);
        if (status == CST_DATA) {
            status = cst_row_reject(w->seen.b, row, &why);
            use = false;
        }
        if (status != CST_OK) {
            if (e) *e = why;
            return status;
        }
        if (use) cst_ledger_count_row(&w->counts, &chunk->cell[chunk->rows++]);
    }
    run->rows = chunk->rows - run->first;
    return CST_OK;
}
