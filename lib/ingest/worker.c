/* The work on a batch. The rows of a fork are encoded here when they are CSV: a cell that is known to need
 * no quotes is copied as it is, others are copied and looked through in one pass. */
#include "ingest/worker.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/digits.h"
#include "base/text.h"
#include "ingest/express.h"
#include "ingest/revenue.h"
#include "ingest/trials.h"
#include "write/writer_rows.h"
#include <stdlib.h>

cst_status ing_worker_open(ing_worker *w, const struct ingest_run *run, cst_error *e)
{
    *w = (ing_worker){.run = run};
    cst_status status = ing_convert_open(&w->c, run->plan, e);
    if (status == CST_OK) status = ing_express_new(run, &w->express, e);
    if (w->express) w->express->currencies = &w->c.currencies;
    return status != CST_OK ? status : cst_writer_fork(run->writer, &w->fork, e);
}

void ing_worker_close(ing_worker *w)
{
    ing_convert_close(&w->c);
    cst_writer_free(w->fork);
    ing_express_free(w->express);
    free(w->span);
    free(w->seen);
    free(w->stretch);
    free(w->piece);
    ing_total_rows_free(&w->total_rows);
    ing_order_free(&w->order);
    cst_buffer_free(&w->blob);
}

static inline char *put_cell(char *to, const ing_cell *c, char delimiter)
{
    if (!c->plain) return cst_csv_put(to, c->text, delimiter);
    memcpy(to, c->text.p, c->text.n);
    return to + c->text.n;
}

static char *put_source(ing_worker *w, char *to)
{
    const struct ingest_run *run = w->run;
    ing_convert *c = &w->c;
    if (run->source_slot >= 0) {
        ing_cell own = {.text = cst_text_at(c->batch, c->row, run->source_slot)};
        if (own.text.n) return put_cell(to, &own, run->delimiter);
    }
    uint32_t file = cst_batch_file(c->batch);
    size_t n = run->prefix_n[file];
    memcpy(to, run->prefix[file], n);
    to = cst_digits_put(to + n, ing_convert_line(c));
    if (run->prefix_quoted[file]) *to++ = '"';
    return to;
}

cst_text ing_worker_source(ing_worker *w)
{
    const struct ingest_run *run = w->run;
    ing_convert *c = &w->c;
    if (run->source_slot >= 0) {
        cst_text own = cst_text_at(c->batch, c->row, run->source_slot);
        if (own.n) return own;
    }
    const char *file = run->file[cst_batch_file(c->batch)];
    size_t n = strlen(file);
    char *p = cst_arena_alloc(c->scratch, n + 32);
    if (!p) return (cst_text){NULL, 0};
    memcpy(p, file, n);
    p[n] = ':';
    char *end = cst_digits_put(p + n + 1, ing_convert_line(c));
    return (cst_text){p, (uint32_t)(end - p)};
}

/* In any format, through the writer. */
static cst_status put_by_writer(ing_worker *w, cst_error *e)
{
    for (int i = 0; i < w->run->plan->written; i++) cst_put_text(w->fork, w->c.cell[i].text);
    if (w->run->source) {
        cst_text source = ing_worker_source(w);
        if (!source.p) return cst_no_memory(e);
        cst_put_text(w->fork, source);
    }
    return cst_end_row(w->fork, e);
}

cst_status ing_worker_put_row(ing_worker *w, cst_error *e)
{
    const struct ingest_run *run = w->run;
    if (!run->delimiter) return put_by_writer(w, e);
    int targets = run->plan->written;
    const ing_cell *cell = w->c.cell;
    size_t room = 64;
    for (int i = 0; i < targets; i++) room += 2 * (size_t)cell[i].text.n + 3;
    if (run->source) {
        room += run->prefix_n[cst_batch_file(w->c.batch)];
        if (run->source_slot >= 0) room += 2 * (size_t)cst_text_at(w->c.batch, w->c.row, run->source_slot).n;
    }
    char *first = cst_writer_room(w->fork, room), *to = first;
    if (!first) return cst_no_memory(e);
    for (int i = 0; i < targets; i++) {
        if (i) *to++ = run->delimiter;
        to = put_cell(to, &cell[i], run->delimiter);
    }
    if (run->source) {
        *to++ = run->delimiter;
        to = put_source(w, to);
    }
    *to++ = '\n';
    cst_writer_add(w->fork, (size_t)(to - first), 1);
    return CST_OK;
}

cst_status ing_worker_reject(ing_worker *w, cst_batch *b, uint32_t row, ing_reason reason,
                             const cst_error *why)
{
    if (why->status != CST_DATA && why->status != CST_LIMIT) return why->status;
    cst_status status = cst_row_reject(b, row, why);
    if (status == CST_OK) w->totals.rejected[reason]++;
    return status;
}

/* Whether a record may be other than one row. */
static bool has_stretches(const ing_worker *w)
{
    const ing_map *m = w->run->plan->map;
    return w->run->dedupe || m->shape == ING_SHAPE_CUBE || m->trials || ing_map_splits(m) ||
           ing_map_pauses(m);
}

static bool reserve_spans(ing_worker *w, uint32_t more)
{
    size_t n = (size_t)w->spans + more, room = cst_room_for(w->span_room, n);
    if (n <= w->span_room) return true;
    if (!cst_resize(&w->span, room, sizeof *w->span) || !cst_resize(&w->seen, room, sizeof *w->seen) ||
        (has_stretches(w) && !cst_resize(&w->stretch, room, sizeof *w->stretch)))
        return false;
    w->span_room = room;
    return true;
}

static cst_status add_key(ing_worker *w, uint32_t span, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    ing_key key = ing_convert_key(&w->c);
    w->seen[span] = ing_seen_at(key, cst_batch_file(w->c.batch), ing_convert_line(&w->c));
    cst_text a = {w->c.line_key.p, (uint32_t)w->c.line_key.n}, b = {"", 0};
    if (!p->map->lines) a = w->c.cell[p->key[0]].text;
    if (!p->map->lines && p->keys > 1) b = w->c.cell[p->key[1]].text;
    return !key.hash || ing_order_add(&w->order, a, b, false) ? CST_OK : cst_no_memory(e);
}

static void pack_mark(ing_worker *w)
{
    const ing_dedupe_rule *d = w->run->dedupe;
    bool any = d->line && w->c.line_key.n;
    for (int i = 0; i < d->keys; i++) {
        cst_text t = w->c.cell[d->key[i]].text;
        any |= t.n > 0;
        cst_buffer_add_packed(&w->blob, t);
    }
    if (d->line) cst_buffer_add(&w->blob, w->c.line_key.p, w->c.line_key.n);
    if (!any) { /* a row without a key is like no other: its place is its key */
        uint64_t place[2] = {cst_batch_file(w->c.batch), ing_convert_line(&w->c)};
        cst_buffer_add(&w->blob, place, sizeof place);
    }
}

static void pack_rank(ing_worker *w)
{
    const ing_dedupe_rule *d = w->run->dedupe;
    if (d->rank >= 0) cst_buffer_add(&w->blob, w->c.cell[d->rank].text.p, w->c.cell[d->rank].text.n);
}

static cst_status add_mark(ing_worker *w, ing_stretch *s, cst_error *e)
{
    s->mark = (uint32_t)w->blob.n;
    pack_mark(w);
    s->marks = (uint32_t)w->blob.n - s->mark;
    pack_rank(w);
    return w->blob.failed ? cst_no_memory(e) : CST_OK;
}

/* Remembers where the rows of a record are in the fork, for the commit. */
static cst_status add_span(ing_worker *w, uint32_t rows, cst_money out, cst_money joined, cst_error *e)
{
    if (!w->run->keys && !w->run->dedupe) return CST_OK;
    if (!reserve_spans(w, 1)) return cst_no_memory(e);
    uint32_t at = w->spans++;
    w->span[at] = (ing_span){(uint32_t)cst_writer_held(w->fork), w->c.row};
    if (w->stretch)
        w->stretch[at] =
            (ing_stretch){.rows = rows, .amount_off = w->c.view.amount_off, .out = out, .joined = joined};
    cst_status status = w->run->keys ? add_key(w, at, e) : CST_OK;
    return status == CST_OK && w->run->dedupe ? add_mark(w, &w->stretch[at], e) : status;
}

static cst_status put_rows(ing_worker *w, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    cst_money mrr = p->revenue ? w->c.cell[p->at_mrr].money : 0;
    uint32_t rows = 1;
    cst_status status = p->map->trials           ? ing_trial_put(w, &rows, e)
                        : ing_map_splits(p->map) ? ing_split_put(w, &rows, &mrr, e)
                        : ing_map_pauses(p->map) ? ing_pause_put(w, &rows, &mrr, e)
                                                 : ing_worker_put_row(w, e);
    if (status != CST_OK) return status;
    w->totals.written += rows;
    w->totals.split += rows > 1 && ing_map_splits(p->map);
    w->totals.converted += mrr;
    w->totals.out += mrr;
    return add_span(w, rows, mrr, 0, e);
}

/* A row per stretch of months with the same amount. */
static cst_status put_cube(ing_worker *w, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    cst_money held = 0, out = 0, all = 0, now = 0;
    uint64_t number = 0;
    uint32_t rows = 0;
    for (int i = 0; i <= p->months; i++) {
        cst_status status = i < p->months ? ing_convert_month(&w->c, i, &now, e) : CST_OK;
        if (status != CST_OK) return status;
        if (i < p->months && (!cst_money_add(all, now, &all))) {
            w->c.view.reason = ING_REASON_TOO_LARGE;
            cst_fail(e, CST_DATA,
                     "expected amounts whose sum fits, found a sum that is too large; see --rejects");
            return cst_error_place(e, cst_place_at(w->c.batch, w->c.row, -1), NULL);
        }
        bool apart =
            i > 0 && i < p->months && cst_day_add_months(p->month[i - 1].month, 1) != p->month[i].month;
        bool ends = i == p->months || now != held || apart;
        if (i > 0 && ends && held != 0) {
            ing_convert_set_day(&w->c, p->at_end,
                                i == p->months ? CST_DAY_NONE : cst_day_add_months(p->month[i - 1].month, 1));
            ing_convert_set_money(&w->c, p->at_mrr, held);
            status = ing_worker_put_row(w, e);
            if (status != CST_OK) return status;
            rows++;
            out += held;
        }
        if (i < p->months && (i == 0 || ends)) ing_convert_set_day(&w->c, p->at_start, p->month[i].month);
        if (i < p->months) held = now;
        if (i < p->months) number += ing_total_number(i, now);
    }
    if (!ing_total_rows_add(&w->total_rows, number, cst_place_at(w->c.batch, w->c.row, -1),
                            w->c.cell[p->at_account].text))
        return cst_no_memory(e);
    w->totals.written += rows;
    w->totals.converted += all;
    w->totals.out += out;
    w->totals.joined += all - out;
    return add_span(w, rows, out, all - out, e);
}

/* What is kept of a piece until the last row is read. */
static void pack_held(ing_worker *w, ing_piece *piece)
{
    const ing_plan *p = w->run->plan;
    ing_convert *c = &w->c;
    cst_buffer *b = &w->blob;
    piece->key = (ing_bytes){b->n, c->line_key.n};
    cst_buffer_add(b, c->line_key.p, c->line_key.n);
    piece->credit_of = (ing_bytes){b->n, c->credit_of.n};
    cst_buffer_add(b, c->credit_of.p, c->credit_of.n);
    if (w->run->dedupe) {
        piece->mark.at = b->n;
        pack_mark(w);
        piece->mark.n = b->n - piece->mark.at;
        piece->rank.at = b->n;
        pack_rank(w);
        piece->rank.n = b->n - piece->rank.at;
    }
    piece->num = c->amount_num, piece->den = c->amount_den;
    piece->digits = ing_currency_digits(c->view.currency, false);
    bool used = piece->aside == ING_KIND_RECURRING;
    if (used && piece->start != CST_DAY_NONE && piece->end != CST_DAY_NONE) {
        piece->from = cst_day_instant(piece->start) + c->cell[p->at_start].time;
        piece->to = cst_day_instant(piece->end) + c->cell[p->at_end].time;
    }
    if (!used || p->map->shape == ING_SHAPE_CHANGES ||
        (piece->amount >= 0 && p->map->shape != ING_SHAPE_SNAPSHOT))
        return;
    cst_text record = cst_record_at(c->batch, c->row); /* it may yet be rejected */
    const ing_rule *r = p->map->shape == ING_SHAPE_SNAPSHOT ? &p->map->month : &p->map->amount;
    cst_place at = cst_place_at(c->batch, c->row, r->ref >= 0 ? p->origin[r->ref].slot : -1);
    piece->line = at.line, piece->column = at.column;
    piece->record = (ing_bytes){b->n, record.n};
    cst_buffer_add(b, record.p, record.n);
}

/* Hands the record on to the commit. `aside`: as what it was set aside, to compete under --dedupe. */
static cst_status put_piece(ing_worker *w, ing_kind aside, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    ing_convert *c = &w->c;
    if (!cst_grow(&w->piece, &w->piece_room, (size_t)w->pieces + 1, sizeof *w->piece))
        return cst_no_memory(e);
    ing_piece *piece = &w->piece[w->pieces++];
    bool snapshot = p->map->shape == ING_SHAPE_SNAPSHOT;
    *piece = (ing_piece){.row = c->row, .cells.at = w->blob.n, .line = ing_convert_line(c), .aside = aside};
    if (aside == ING_KIND_RECURRING) {
        piece->start = snapshot ? c->month : c->cell[p->at_start].day;
        piece->end = snapshot ? CST_DAY_NONE : c->cell[p->at_end].day;
        piece->mrr = c->cell[p->at_mrr].money;
    }
    bool changes = p->map->shape == ING_SHAPE_CHANGES;
    if (changes) piece->start = c->cell[p->at_start].day;
    piece->closes = changes && piece->mrr == 0;
    if (changes || aside == ING_KIND_RECURRING) ing_piece_pack(c, &w->blob);
    piece->amount = c->amount;
    piece->cells.n = w->blob.n - piece->cells.at;
    piece->source.at = w->blob.n;
    if (w->run->source) {
        cst_text source = ing_worker_source(w);
        if (!source.p) return cst_no_memory(e);
        cst_buffer_add(&w->blob, source.p, source.n);
        piece->source.n = source.n;
    }
    if (w->run->keys) piece->seen = ing_seen_at(ing_convert_key(c), cst_batch_file(c->batch), piece->line);
    if (w->run->hold)
        pack_held(w, piece);
    else
        w->totals.converted += piece->mrr;
    piece->stop = w->blob.n;
    return w->blob.failed ? cst_no_memory(e) : CST_OK;
}

/* A change that is set aside for the state it tells of, as a pause, ends what held before it: the cells that
 * say what that is are filled. */
static cst_status fill_change(ing_worker *w, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    for (int i = 0; i < p->targets; i++)
        w->c.cell[i] = (ing_cell){.text = {"", 0}, .plain = true, .day = CST_DAY_NONE};
    cst_status status = ing_convert_some(&w->c, &p->at_start, 1, e);
    for (int k = 0; status == CST_OK && k < ING_GROUP; k++)
        if (p->group[k] >= 0) status = ing_convert_some(&w->c, &p->group[k], 1, e);
    return status;
}

/* A record that is set aside for the state it is in still competes under --dedupe: where the newest version
 * of a subscription is paused, an older one must not count in its place. */
static cst_status add_aside(ing_worker *w, cst_error *e)
{
    const ing_dedupe_rule *d = w->run->dedupe;
    cst_status status = w->run->plan->map->shape == ING_SHAPE_CHANGES ? fill_change(w, e) : CST_OK;
    if (status == CST_OK && d) status = ing_convert_some(&w->c, d->key, d->keys, e);
    if (status == CST_OK && d && d->rank >= 0) status = ing_convert_some(&w->c, &d->rank, 1, e);
    w->c.view.amount_off = false;
    if (w->run->hold) return status == CST_OK ? put_piece(w, w->c.kind, e) : status;
    if (status == CST_OK) status = add_span(w, 0, 0, 0, e);
    if (status == CST_OK) w->stretch[w->spans - 1].aside = w->c.kind;
    return status;
}

static cst_status put_record(ing_worker *w, cst_error *e)
{
    switch (w->run->plan->map->shape) {
    case ING_SHAPE_ROWS:
        return put_rows(w, e);
    case ING_SHAPE_CUBE:
        return put_cube(w, e);
    default:
        return put_piece(w, ING_KIND_RECURRING, e);
    }
}

/* Rows that are fine as they stand, *put of them; 0: this one must be converted. */
static cst_status put_express(ing_worker *w, uint32_t row, uint32_t *put, cst_error *e)
{
    struct ing_express *x = w->express;
    cst_wide mrr;
    if (!ing_express_rows(x, row, w->fork, put, &mrr)) return cst_no_memory(e);
    uint32_t n = *put, from = row - x->first;
    if (n == 0) return CST_OK;
    w->totals.rows += n;
    w->totals.used += n;
    w->totals.written += n;
    w->totals.converted += mrr;
    w->totals.out += mrr;
    if (!w->run->keys) return CST_OK;
    if (!reserve_spans(w, n)) return cst_no_memory(e);
    for (uint32_t k = 0; k < n; k++) w->span[w->spans + k] = (ing_span){x->to[from + k], row + k};
    memcpy(w->seen + w->spans, x->seen + from, n * sizeof *w->seen);
    w->spans += n;
    return ing_express_follow(x, row, n, &w->order) ? CST_OK : cst_no_memory(e);
}

cst_status ing_worker_work(void *worker, cst_batch *b, cst_error *e)
{
    ing_worker *w = worker;
    uint32_t rows = cst_batch_rows(b);
    w->spans = w->pieces = 0;
    ing_order_clear(&w->order);
    w->totals = (ing_totals){0};
    cst_buffer_clear(&w->blob);
    cst_arena_clear(w->c.scratch);
    w->c.rounded = w->c.shortened = w->c.endless = 0;
    memset(w->c.missed, 0, sizeof w->c.missed);
    bool express = w->express && ing_express_begin(w->express, w->run, b);
    for (uint32_t row = 0, put = 0; row < rows; row += put) {
        cst_status status = express ? put_express(w, row, &put, e) : CST_OK;
        if (status != CST_OK) return status;
        if (express && put) continue;
        put = 1;
        size_t from = cst_writer_held(w->fork);
        uint64_t before = cst_writer_rows(w->fork);
        w->totals.rows++;
        w->c.view.amount_off = false;
        status = ing_convert_row(&w->c, b, row, e);
        if (status == CST_OK) status = put_record(w, e);
        bool stays = w->run->dedupe || w->run->plan->map->shape == ING_SHAPE_CHANGES;
        if (status == CST_END && stays && ing_kinds[w->c.kind].state && (status = add_aside(w, e)) == CST_OK)
            status = CST_END;
        if (status == CST_OK) {
            w->totals.used++;
            w->totals.amount_off += w->c.view.amount_off;
            w->totals.amount_used += w->c.amount;
        } else if (status == CST_END) {
            w->totals.aside[w->c.kind]++;
            w->totals.amount_aside += w->c.amount;
        } else {
            /* the rows that a cube has put before the month that is wrong */
            cst_writer_shrink(w->fork, from, cst_writer_rows(w->fork) - before);
            status = ing_worker_reject(w, b, row, w->c.view.reason, e);
            if (status != CST_OK) return status;
            w->totals.amount_rejected += w->c.amount;
        }
    }
    w->totals.rounded = w->c.rounded;
    w->totals.shortened = w->c.shortened;
    w->totals.endless = w->c.endless;
    memcpy(w->totals.missed, w->c.missed, sizeof w->c.missed);
    return CST_OK;
}
