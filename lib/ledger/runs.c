/* ledger/runs.c: a batch cut into runs of one account, by comparing with the row before. A run is named after
 * renaming, so that neighbours who are lifted to one customer are one run. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/identity.h"
#include "ledger/intake.h"
#include <stdlib.h>

static bool grow_runs(ledger_worker *w)
{
    size_t room = cst_room_for(w->run_room, 1024);
    if (!cst_resize(&w->run_text, room, sizeof *w->run_text) ||
        !cst_resize(&w->run_row, room, sizeof *w->run_row))
        return false;
    w->run_room = room;
    return true;
}

/* Equal identifiers, without a call: overlapping loads of eight bytes. */
static inline bool same_account(cst_text a, cst_text b)
{
    if (a.n != b.n) return false;
    if (a.n < 8 || a.n > 16) return memcmp(a.p, b.p, a.n) == 0;
    uint64_t x[2], y[2];
    memcpy(&x[0], a.p, 8);
    memcpy(&y[0], b.p, 8);
    memcpy(&x[1], a.p + a.n - 8, 8);
    memcpy(&y[1], b.p + b.n - 8, 8);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

cst_text cst_ledger_name(const cst_ledger_opts *o, cst_text raw)
{
    cst_text t = raw;
    if (o->identity) t = cst_identity_rename(o->identity, CST_ID_ACCOUNT, t);
    if (o->customer) t = o->customer(o->customer_context, t);
    return t;
}

static cst_status reject_nameless(ledger_worker *w, uint32_t row, cst_error *e)
{
    cst_error why;
    cst_fail_at(&why, CST_DATA, cst_place_at(w->seen.b, row, w->in->column.account), "account_id",
                "expected an account, found nothing; fill it in, or set such rows aside with --rejects FILE");
    cst_status status = cst_row_reject(w->seen.b, row, &why);
    w->seen.rejected = true;
    if (status != CST_OK && e) *e = why;
    return status;
}

/* Writes the runs and their names down. `bytes`: of all names with their lengths. */
static bool put_runs(ledger_worker *w, uint32_t runs, size_t bytes)
{
    ledger_chunk *c = &w->chunk;
    if (bytes > UINT32_MAX) return false;
    c->run = cst_ledger_slab_take(&w->slab, runs * sizeof *c->run);
    c->names = cst_ledger_slab_take(&w->slab, bytes);
    if (!c->run || !c->names) return false;
    size_t at = 0;
    for (uint32_t i = 0; i < runs; i++) {
        c->run[i] = (ledger_run){.name = (uint32_t)at, .first = w->run_row[i]};
        at += ledger_put_name(c->names + at, w->run_text[i]);
    }
    c->runs = runs;
    return true;
}

cst_status cst_ledger_cut_runs(ledger_worker *w, cst_error *e)
{
    uint32_t rows = cst_batch_rows(w->seen.b), runs = 0;
    const cst_ledger_opts *o = w->in->o;
    bool renamed = o->identity || o->customer;
    cst_text last = {NULL, 0};
    size_t bytes = 0;
    w->chunk.ascending = !w->partitions;
    for (uint32_t row = 0; row < rows; row++) {
        if (w->seen.rejected && cst_row_rejected(w->seen.b, row)) continue;
        cst_text t = ledger_field(&w->seen, row, w->in->column.account);
        if (t.n == 0) {
            cst_status status = reject_nameless(w, row, e);
            if (status != CST_OK) return status;
            continue;
        }
        if (same_account(t, last)) continue;
        last = t;
        if (renamed) t = cst_ledger_name(o, t);
        if (runs > 0 && renamed && cst_text_equal(t, w->run_text[runs - 1])) continue;
        if (runs == w->run_room && !grow_runs(w)) return cst_no_memory(e);
        if (runs > 0 && w->chunk.ascending && cst_text_compare(t, w->run_text[runs - 1]) <= 0)
            w->chunk.ascending = false;
        bytes += sizeof t.n + t.n;
        w->run_text[runs] = t;
        w->run_row[runs++] = row;
    }
    return put_runs(w, runs, bytes) ? CST_OK : cst_no_memory(e);
}
