/* The settling of a batch, in input order: keys seen before, duplicates, and rows that belong together. */
#include "base/text.h"
#include "ingest/lines.h"
#include "ingest/worker.h"
#include "write/writer_rows.h"

/* The message needs the row's key, which is gone; the record is converted once more. */
static cst_status reject_key(ing_worker *w, cst_batch *b, uint32_t row, ing_key_place first, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    cst_buffer key = {0}, where = {0};
    cst_error unused;
    ing_totals kept = w->totals;
    w->c.view.amount_off = false;
    (void)ing_convert_row(&w->c, b, row, &unused);
    w->totals = kept;
    ing_convert_key_text(&w->c, &key);
    if (first.line && first.file != UINT32_MAX)
        cst_buffer_printf(&where, "; the first is %s:%llu", cst_reader_file(p->reader, first.file),
                          (unsigned long long)first.line);
    cst_fail_at(e, CST_DATA, cst_place_at(b, row, -1), NULL,
                "expected each key once, found %s again%s; --dedupe keeps one of them",
                cst_buffer_string(&key), cst_buffer_string(&where));
    bool failed = key.failed || where.failed;
    cst_buffer_free(&key);
    cst_buffer_free(&where);
    if (failed) return cst_no_memory(e);
    return ing_worker_reject(w, b, row, ING_REASON_KEY, e);
}

/* Takes the rows of a record out of what the worker counted as written. Without a stretch the record is one
 * row, whose MRR is at hand: it was converted anew for the message. */
static void uncount(ing_worker *w, const ing_stretch *stretch)
{
    const ing_plan *p = w->run->plan;
    ing_stretch s = {
        .rows = 1, .amount_off = w->c.view.amount_off, .out = p->revenue ? w->c.cell[p->at_mrr].money : 0};
    if (stretch) s = *stretch;
    w->totals.used--;
    w->totals.split -= ing_map_splits(p->map) && s.rows > 1;
    w->totals.amount_off -= s.amount_off;
    w->totals.written -= s.rows;
    w->totals.converted -= (cst_wide)s.out + s.joined;
    w->totals.out -= s.out;
    w->totals.joined -= s.joined;
}

/* Moves the rows that stay over those that do not. */
static void drop_spans(ing_worker *w)
{
    char *bytes = cst_writer_bytes(w->fork);
    size_t to = 0, from = 0;
    uint64_t rows = 0;
    for (uint32_t i = 0; i < w->spans; i++) {
        const ing_span *s = &w->span[i];
        if (s->row == UINT32_MAX) {
            rows += w->stretch ? w->stretch[i].rows : 1;
        } else {
            memmove(bytes + to, bytes + from, s->to - from);
            to += s->to - from;
        }
        from = s->to;
    }
    cst_writer_shrink(w->fork, to, rows);
}

/* Keys that ascend, in the batch and from those before it, are new; they are put by. */
static cst_status settle_keys(ing_worker *w, cst_batch *b, struct ingest_run *run, cst_error *e)
{
    bool ok = ing_order_join(&run->order, &w->order), dropped = false;
    if (ok && ing_order_holds(&run->order)) {
        ok = ing_keyset_note(run->keys, w->seen, w->spans);
        return ok ? CST_OK : cst_no_memory(e);
    }
    enum { AHEAD = 12 };
    for (uint32_t i = 0; ok && i < w->spans; i++) {
        ing_key_place first = {0};
        if (i + AHEAD < w->spans) ing_keyset_prefetch(run->keys, w->seen[i + AHEAD].hash);
        if (!w->seen[i].hash) continue;
        int found = ing_keyset_add(run->keys, &w->seen[i], &first);
        ok = found >= 0;
        if (found != 0) continue;
        cst_status status = reject_key(w, b, w->span[i].row, first, e);
        if (status != CST_OK) return status;
        uncount(w, w->stretch ? &w->stretch[i] : NULL);
        w->span[i].row = UINT32_MAX;
        dropped = true;
    }
    if (dropped) drop_spans(w);
    return ok ? CST_OK : cst_no_memory(e);
}

static cst_status settle_duplicates(ing_worker *w, struct ingest_run *run, cst_error *e)
{
    const char *bytes = cst_writer_bytes(w->fork), *blob = w->blob.p;
    bool splits = ing_map_splits(run->plan->map);
    for (uint32_t i = 0; i < w->spans; i++) {
        ing_span *s = &w->span[i];
        const ing_stretch *more = &w->stretch[i];
        size_t from = i ? w->span[i - 1].to : 0;
        uint32_t end = i + 1 < w->spans ? more[1].mark : (uint32_t)w->blob.n;
        ing_dedupe_row row = {.bytes = {bytes + from, (uint32_t)(s->to - from)},
                              .rows = more->rows,
                              .amount_off = more->amount_off,
                              .split = splits && more->rows > 1,
                              .aside = more->aside,
                              .mrr = more->out,
                              .joined = more->joined};
        ing_dedupe_row loser;
        bool keep, lost;
        cst_status status =
            ing_dedupe_add(run->winners, (cst_text){blob + more->mark, more->marks},
                           (cst_text){blob + more->mark + more->marks, end - more->mark - more->marks}, &row,
                           &keep, &lost, &loser, e);
        if (status != CST_OK) return status;
        if (!keep) {
            s->row = UINT32_MAX;
            w->totals.written -= more->rows;
            w->totals.out -= more->out;
            w->totals.joined -= more->joined;
            w->totals.split -= row.split;
            w->totals.amount_off -= more->amount_off;
        }
        if (lost) {
            if (loser.aside == ING_KIND_RECURRING)
                w->totals.used--;
            else
                w->totals.aside[loser.aside]--;
            w->totals.converted -= (cst_wide)loser.mrr + loser.joined;
            w->totals.aside[ING_KIND_DUPLICATE]++;
        }
    }
    drop_spans(w);
    return CST_OK;
}

#define MONTH_AGAIN                                                                                          \
    "expected each month of an account once, found it twice; map what tells the rows apart (product, plan, " \
    "subscription_id)"

static cst_status reject_month(ing_worker *w, cst_batch *b, const ing_piece *piece, cst_error *e)
{
    const ing_plan *p = w->run->plan;
    int ref = p->map->month.ref;
    cst_fail_at(e, CST_DATA, cst_place_at(b, piece->row, ref >= 0 ? p->origin[ref].slot : -1),
                ref >= 0 ? ing_refs_name(&p->map->refs, ref).p : NULL, MONTH_AGAIN);
    w->totals.used--;
    w->totals.converted -= piece->mrr;
    return ing_worker_reject(w, b, piece->row, ING_REASON_KEY, e);
}

/* A piece whose map.line was there before is rejected; *again tells. */
static cst_status settle_key(ing_worker *w, cst_batch *b, struct ingest_run *run, const ing_piece *piece,
                             bool *again, cst_error *e)
{
    ing_key_place first = {0};
    *again = false;
    if (!run->keys || !piece->seen.hash) return CST_OK;
    int found = ing_keyset_add(run->keys, &piece->seen, &first);
    if (found < 0) return cst_no_memory(e);
    if (found) return CST_OK;
    *again = true;
    w->totals.used--;
    if (!run->hold) w->totals.converted -= piece->mrr;
    w->totals.amount_used -= piece->amount;
    w->totals.amount_rejected += piece->amount;
    return reject_key(w, b, piece->row, first, e);
}

static cst_status settle_pieces(ing_worker *w, cst_batch *b, struct ingest_run *run, cst_error *e)
{
    for (uint32_t i = 0; i < w->pieces; i++) {
        const ing_piece *piece = &w->piece[i];
        bool again;
        cst_status status = settle_key(w, b, run, piece, &again, e);
        if (status != CST_OK) return status;
        if (again) continue;
        if (run->hold)
            status = ing_hold_add(run->hold, piece, cst_batch_file(b), w->blob.p, &w->totals, e);
        else if (run->invoice)
            status = ing_invoice_add(run->invoice, piece, w->blob.p, run->writer, &w->totals, e);
        else
            status = ing_snapshot_add(run->snapshot, cst_batch_file(b), piece, w->blob.p, &w->totals, e);
        if (status == CST_END) status = reject_month(w, b, piece, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

cst_status ing_worker_commit(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    ing_worker *w = worker;
    struct ingest_run *run = shared;
    cst_status status = CST_OK;
    if (run->invoice || run->snapshot)
        status = settle_pieces(w, b, run, e);
    else if (run->keys)
        status = settle_keys(w, b, run, e);
    else if (run->winners)
        status = settle_duplicates(w, run, e);
    if (status != CST_OK) return status;
    ing_totals_add(&run->totals, &w->totals);
    return cst_writer_absorb(run->writer, w->fork, e);
}

/* A month that was there before, of rows that were held. */
static cst_status reject_held(struct ingest_run *run, const ing_held_line *l, cst_error *e)
{
    const ing_plan *p = run->plan;
    cst_error why = {0};
    int ref = p->map->month.ref;
    cst_fail_at(&why, CST_DATA,
                (cst_place){cst_reader_file(p->reader, l->file), l->piece.line, l->piece.column},
                ref >= 0 ? ing_refs_name(&p->map->refs, ref).p : NULL, MONTH_AGAIN);
    run->totals.used--;
    run->totals.converted -= l->piece.mrr;
    run->totals.rejected[ING_REASON_KEY]++;
    return cst_reader_reject(p->reader, l->file, &why, ing_hold_text(run->hold, l->piece.record), e);
}

cst_status ing_commit_held(struct ingest_run *run, cst_error *e)
{
    ing_hold *h = run->hold;
    if (ing_map_nets(run->plan->map))
        return ing_lines_end(run->plan, h, run->invoice, run->writer, &run->totals, e);
    if (run->plan->map->shape == ING_SHAPE_CHANGES)
        return ing_changes_end(run->plan, h, run->invoice, run->writer, &run->totals, e);
    cst_status status = CST_OK;
    for (size_t i = 0; status == CST_OK && i < h->n; i++) {
        const ing_held_line *l = &h->line[i];
        if (l->lost || l->piece.aside != ING_KIND_RECURRING) continue;
        run->totals.converted += l->piece.mrr;
        status = run->invoice
                     ? ing_invoice_add(run->invoice, &l->piece, h->blob.p, run->writer, &run->totals, e)
                     : ing_snapshot_add(run->snapshot, l->file, &l->piece, h->blob.p, &run->totals, e);
        if (status == CST_END) status = reject_held(run, l, e);
    }
    return status;
}
