/* ledger/stream.c: a stream sorted by account. All accounts of a batch but its first and last are whole
 * within it; the worker that has the batch visits them itself. The first and the last may go on in a
 * neighbour: they are put together at commit, one batch after the other, and visited by a worker of
 * their own when the next account begins. */
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include <stdlib.h>
#include <string.h>

typedef struct stream_worker {
    ledger_worker intake;
    ledger_scratch scratch;
    struct stream_shared *shared;
    void *visitor;
} stream_worker;

typedef struct stream_shared {
    cst_ledger *l;
    cst_ledger_visit *visit;
    cst_ledger_settle *settle;
    void *context;
    void *visitor;      /* of accounts that straddle */
    cst_labels *labels; /* of the straddling account */
    ledger_scratch scratch;
    char *pending; /* its id */
    size_t pending_room;
    uint32_t pending_n;
    bool open;
} stream_shared;

static cst_text name_of(const stream_worker *w, const ledger_run *run)
{
    return ledger_name(&w->intake.chunk, run->name);
}

static cst_status fail_order(cst_batch *b, uint32_t row, int slot, cst_text found, cst_text before,
                             cst_error *e)
{
    return cst_fail_at(
        e, CST_DATA, cst_place_at(b, row, slot), "account_id",
        "expected an account at or after \"%.*s\" (--sorted), found \"%.*s\"; sort the input by account_id "
        "in the order of bytes (LC_ALL=C), or leave --sorted out",
        (int)before.n, before.p, (int)found.n, found.p);
}

/* Checks the order within the batch. */
static cst_status check_order(stream_worker *w, cst_batch *b, cst_error *e)
{
    const ledger_chunk *c = &w->intake.chunk;
    for (uint32_t i = 1; !c->ascending && i < c->runs; i++) {
        if (cst_text_compare(name_of(w, &c->run[i]), name_of(w, &c->run[i - 1])) < 0)
            return fail_order(b, w->intake.run_row[i], w->intake.in->column.account, name_of(w, &c->run[i]),
                              name_of(w, &c->run[i - 1]), e);
    }
    return CST_OK;
}

static bool add_run(ledger_scratch *d, const ledger_worker *w, const ledger_run *run)
{
    const ledger_chunk *c = &w->chunk;
    const ledger_keys keys = {.hash = c->key ? c->key + run->first : NULL, .at = &c->at, .first = run->first};
    return cst_ledger_scratch_add(d, c->cell + run->first, c->fact ? c->fact + run->first : NULL, keys,
                                  run->rows, NULL, w->origin);
}

static cst_status work_batch(void *worker, cst_batch *b, cst_error *e)
{
    stream_worker *w = worker;
    cst_status status = cst_ledger_worker_take(&w->intake, b, e);
    if (status != CST_OK) return status;
    status = check_order(w, b, e);
    const ledger_chunk *c = &w->intake.chunk;
    for (uint32_t i = 1; status == CST_OK && i + 1 < c->runs; i++) {
        w->scratch.rows = 0;
        if (!add_run(&w->scratch, &w->intake, &c->run[i])) return cst_no_memory(e);
        status = cst_ledger_scratch_visit(&w->scratch, &w->shared->l->o, name_of(w, &c->run[i]),
                                          w->intake.labels, w->shared->visit, w->visitor, e);
    }
    return status;
}

/* Visits the account that straddles, now that it is complete. */
static cst_status close_pending(stream_shared *x, cst_error *e)
{
    cst_status status = CST_OK;
    if (x->open)
        status = cst_ledger_scratch_visit(&x->scratch, &x->l->o, (cst_text){x->pending, x->pending_n},
                                          x->labels, x->visit, x->visitor, e);
    x->open = false;
    x->scratch.rows = 0;
    if (status == CST_OK && x->settle) status = x->settle(x->visitor, x->context, e);
    return status;
}

/* Adds a run to the straddling account, with units and sources that outlive the batch. */
static cst_status add_pending(stream_shared *x, stream_worker *w, const ledger_run *run, cst_error *e)
{
    size_t first = x->scratch.rows;
    if (!add_run(&x->scratch, &w->intake, run)) return cst_no_memory(e);
    cst_ledger_scratch_place(&x->scratch, first);
    for (size_t i = first; i < x->scratch.rows; i++) {
        cst_ledger_row *row = &x->scratch.row[i];
        row->unit = cst_labels_adopt(x->labels, w->intake.labels, row->unit);
        if (row->unit == CST_UNIT_NONE) return cst_no_memory(e);
        if (!w->intake.chunk.fact || row->source.n == 0) continue;
        bool ok = true;
        row->source = cst_arena_text(x->l->sources, row->source, &ok);
        if (!ok) return cst_no_memory(e);
    }
    return CST_OK;
}

static cst_status open_pending(stream_shared *x, cst_text name, cst_error *e)
{
    if (!cst_grow(&x->pending, &x->pending_room, name.n, 1)) return cst_no_memory(e);
    memcpy(x->pending, name.p, name.n);
    x->pending_n = name.n;
    x->open = true;
    cst_arena_clear(x->l->sources);
    return CST_OK;
}

static cst_status commit_batch(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    stream_worker *w = worker;
    stream_shared *x = shared;
    ledger_chunk *c = &w->intake.chunk;
    cst_status status = CST_OK;
    for (uint32_t i = 0; status == CST_OK && i < c->runs; i += i == 0 && c->runs > 1 ? c->runs - 1 : 1) {
        cst_text name = name_of(w, &c->run[i]), pending = {x->pending, x->pending_n};
        int order = x->open || i > 0 ? cst_text_compare(name, pending) : 1;
        if (order < 0)
            status = fail_order(b, w->intake.run_row[i], w->intake.in->column.account, name, pending, e);
        if (order > 0) {
            status = close_pending(x, e);
            if (status == CST_OK && i > 0 && x->settle) status = x->settle(w->visitor, x->context, e);
            if (status == CST_OK) status = open_pending(x, name, e);
        }
        if (status == CST_OK) status = add_pending(x, w, &c->run[i], e);
    }
    return status;
}

static cst_status open_worker(stream_worker *w, stream_shared *x, uint32_t i, void *visitor, cst_error *e)
{
    w->shared = x;
    w->visitor = visitor;
    cst_status status = cst_ledger_worker_init(&w->intake, &x->l->in, i, e);
    w->intake.streaming = true;
    return status;
}

/* Counts what worker i did, and keeps its labels, which accounts pointed to. */
static cst_status close_worker(stream_worker *w, cst_ledger *l, cst_status status, cst_error *e)
{
    cst_ledger_counts_add(&l->counts, &w->intake.counts);
    cst_ledger_scratch_count(&w->scratch, &l->counts);
    cst_ledger_scratch_free(&w->scratch);
    if (w->intake.labels) {
        if (cst_ledger_keep_labels(l, w->intake.labels))
            w->intake.labels = NULL;
        else if (status == CST_OK)
            status = cst_no_memory(e);
    }
    cst_ledger_worker_free(&w->intake);
    return status;
}

cst_status cst_ledger_stream(cst_ledger *l, cst_reader *r, int threads, cst_ledger_visit *visit,
                             void *const worker[], cst_ledger_settle *settle, void *shared, cst_error *e)
{
    threads = cst_threads(threads);
    stream_shared x = {
        .l = l, .visit = visit, .settle = settle, .context = shared, .visitor = worker[threads]};
    void **w = cst_workers(threads, sizeof(stream_worker));
    x.labels = l->labels = cst_labels_new();
    l->sources = cst_arena_new();
    cst_status status = w && x.labels && l->sources ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_ledger_intake_bind(&l->in, &l->o, r, e);
    for (int i = 0; status == CST_OK && i < threads; i++)
        status = open_worker(w[i], &x, (uint32_t)i, worker[i], e);
    if (status == CST_OK) status = cst_run(r, threads, work_batch, w, commit_batch, &x, e);
    if (status == CST_OK) status = close_pending(&x, e);
    for (int i = 0; w && i < threads; i++) status = close_worker(w[i], l, status, e);
    cst_ledger_scratch_count(&x.scratch, &l->counts);
    cst_ledger_scratch_free(&x.scratch);
    free(x.pending);
    free(w);
    return status;
}
