/* The settling of a batch, in input order: keys seen before, duplicates, and rows that belong together. */
#include "base/text.h"
#include "ingest/worker.h"
#include "stream/writer_rows.h"

/* The message needs the row's key, which is gone; the record is converted once more. */
static cst_status reject_key(cst_worker *w, cst_batch *b, uint32_t row, cst_key_place first, cst_error *e)
{
    const cst_plan *p = w->run->plan;
    cst_buffer key = {0}, where = {0};
    cst_error unused;
    cst_totals kept = w->totals;
    w->c.view.amount_off = false;
    (void)cst_convert_row(&w->c, b, row, &unused);
    w->totals = kept;
    cst_convert_key_text(&w->c, &key);
    if (first.line && first.file != UINT32_MAX)
        cst_buffer_printf(&where, "; the first is %s:%llu", cst_reader_file(p->reader, first.file),
                          (unsigned long long)first.line);
    cst_fail_at(e, CST_DATA, cst_place_at(b, row, -1), NULL,
                "expected each key once, found %s again%s; --dedupe keeps one of them",
                cst_buffer_string(&key), cst_buffer_string(&where));
    bool failed = key.failed || where.failed;
    cst_buffer_free(&key);
    cst_buffer_free(&where);
    if (failed) return cst_fail(e, CST_MEMORY, "out of memory");
    return cst_worker_reject(w, b, row, CST_REASON_KEY, e);
}

/* Takes the rows of a record out of what the worker counted as written. Without a stretch the record is one
 * row, whose MRR is at hand: it was converted anew for the message. */
static void uncount(cst_worker *w, const cst_stretch *stretch)
{
    const cst_plan *p = w->run->plan;
    cst_stretch s = {
        .rows = 1, .amount_off = w->c.view.amount_off, .out = p->revenue ? w->c.cell[p->at_mrr].money : 0};
    if (stretch) s = *stretch;
    w->totals.used--;
    w->totals.split -= p->map->shape == CST_SHAPE_ROWS && s.rows > 1;
    w->totals.amount_off -= s.amount_off;
    w->totals.written -= s.rows;
    w->totals.converted -= (cst_wide)s.out + s.joined;
    w->totals.out -= s.out;
    w->totals.joined -= s.joined;
}

/* Moves the rows that stay over those that do not. */
static void drop_spans(cst_worker *w)
{
    char *bytes = cst_writer_bytes(w->fork);
    size_t to = 0, from = 0;
    uint64_t rows = 0;
    for (uint32_t i = 0; i < w->spans; i++) {
        const cst_span *s = &w->span[i];
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
static cst_status settle_keys(cst_worker *w, cst_batch *b, struct cst_ingest_run *run, cst_error *e)
{
    bool ok = cst_order_join(&run->order, &w->order), dropped = false;
    if (ok && cst_order_holds(&run->order)) {
        ok = cst_keyset_note(run->keys, w->seen, w->spans);
        return ok ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
    }
    enum { AHEAD = 12 };
    for (uint32_t i = 0; ok && i < w->spans; i++) {
        cst_key_place first = {0};
        if (i + AHEAD < w->spans) cst_keyset_prefetch(run->keys, w->seen[i + AHEAD].hash);
        if (!w->seen[i].hash) continue;
        int found = cst_keyset_add(run->keys, &w->seen[i], &first);
        ok = found >= 0;
        if (found != 0) continue;
        cst_status st = reject_key(w, b, w->span[i].row, first, e);
        if (st) return st;
        uncount(w, w->stretch ? &w->stretch[i] : NULL);
        w->span[i].row = UINT32_MAX;
        dropped = true;
    }
    if (dropped) drop_spans(w);
    return ok ? CST_OK : cst_fail(e, CST_MEMORY, "out of memory");
}

static cst_status settle_duplicates(cst_worker *w, struct cst_ingest_run *run, cst_error *e)
{
    const char *bytes = cst_writer_bytes(w->fork), *blob = w->blob.p;
    for (uint32_t i = 0; i < w->spans; i++) {
        cst_span *s = &w->span[i];
        const cst_stretch *more = &w->stretch[i];
        size_t from = i ? w->span[i - 1].to : 0;
        uint32_t end = i + 1 < w->spans ? more[1].mark : (uint32_t)w->blob.n;
        cst_dedupe_row row = {.bytes = {bytes + from, (uint32_t)(s->to - from)},
                              .rows = more->rows,
                              .amount_off = more->amount_off,
                              .aside = more->aside,
                              .mrr = more->out};
        cst_dedupe_row loser;
        bool keep, lost;
        cst_status st =
            cst_dedupe_add(run->winners, (cst_text){blob + more->mark, more->marks},
                           (cst_text){blob + more->mark + more->marks, end - more->mark - more->marks}, &row,
                           &keep, &lost, &loser, e);
        if (st) return st;
        if (!keep) {
            s->row = UINT32_MAX;
            w->totals.written -= more->rows;
            w->totals.out -= more->out;
            w->totals.split -= more->rows > 1;
            w->totals.amount_off -= more->amount_off;
        }
        if (lost) {
            if (loser.aside == CST_KIND_RECURRING)
                w->totals.used--;
            else
                w->totals.aside[loser.aside]--;
            w->totals.converted -= loser.mrr;
            w->totals.aside[CST_KIND_DUPLICATE]++;
        }
    }
    drop_spans(w);
    return CST_OK;
}

static cst_status reject_month(cst_worker *w, cst_batch *b, const cst_piece *piece, cst_error *e)
{
    const cst_plan *p = w->run->plan;
    int ref = p->map->month.ref;
    cst_fail_at(e, CST_DATA, cst_place_at(b, piece->row, ref >= 0 ? p->origin[ref].slot : -1),
                ref >= 0 ? p->map->refs.name[ref].p : NULL,
                "expected each month of an account once, found it twice; map what tells the rows apart "
                "(product, plan, "
                "subscription_id)");
    w->totals.used--;
    w->totals.converted -= piece->mrr;
    return cst_worker_reject(w, b, piece->row, CST_REASON_KEY, e);
}

static cst_status settle_pieces(cst_worker *w, cst_batch *b, struct cst_ingest_run *run, cst_error *e)
{
    for (uint32_t i = 0; i < w->pieces; i++) {
        const cst_piece *piece = &w->piece[i];
        cst_status st = run->invoice
                            ? cst_invoice_add(run->invoice, piece, w->blob.p, run->writer, &w->totals, e)
                            : cst_snapshot_add(run->snapshot, piece, w->blob.p, &w->totals, e);
        if (st == CST_END) st = reject_month(w, b, piece, e);
        if (st) return st;
    }
    return CST_OK;
}

cst_status cst_worker_commit(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    cst_worker *w = worker;
    struct cst_ingest_run *run = shared;
    cst_status st = CST_OK;
    if (run->keys)
        st = settle_keys(w, b, run, e);
    else if (run->winners)
        st = settle_duplicates(w, run, e);
    else if (run->invoice || run->snapshot)
        st = settle_pieces(w, b, run, e);
    if (st) return st;
    cst_totals_add(&run->totals, &w->totals);
    return cst_writer_absorb(run->writer, w->fork, e);
}
