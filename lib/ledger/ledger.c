/* ledger/ledger.c: a ledger that is read whole. Workers keep chunks of rows with ids of their own; the
 * merge gives every account one id, sorts the runs by account (a counting sort: runs stay in input
 * order), and translates units. Then each thread takes a stretch of the accounts and gathers one
 * account's rows at a time. */
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static cst_status fail_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory while reading subscriptions");
}

cst_status cst_ledger_open(const cst_ledger_opts *o, cst_ledger **out, cst_error *e)
{
    *out = NULL;
    cst_ledger *l = calloc(1, sizeof *l);
    if (!l) return fail_memory(e);
    l->o = *o;
    l->counts.first = l->counts.last = CST_DAY_NONE;
    *out = l;
    return CST_OK;
}

void cst_ledger_free(cst_ledger *l)
{
    if (!l) return;
    for (uint32_t i = 0; l->unit_map && i <= l->workers; i++) free(l->unit_map[i]);
    for (uint32_t i = 0; l->account_map && i <= l->workers; i++) free(l->account_map[i]);
    free(l->unit_map);
    free(l->account_map);
    for (uint32_t i = 0; i < l->chunks; i++) cst_ledger_chunk_free(&l->chunk[i]);
    free(l->chunk);
    for (uint32_t i = 0; i < l->workers; i++) cst_ledger_worker_free(&l->worker[i]);
    free(l->worker);
    cst_ledger_worker_free(&l->hand);
    cst_ledger_intake_free(&l->in);
    for (uint32_t i = 0; i < l->kept_count; i++) cst_labels_free(l->kept[i]);
    free(l->kept);
    cst_arena_free(l->sources);
    cst_labels_free(l->labels);
    cst_intern_free(l->accounts);
    free(l->order);
    free(l->offset);
    free(l->ref);
    free(l);
}

bool cst_ledger_keep_labels(cst_ledger *l, cst_labels *labels)
{
    cst_labels **grown = realloc(l->kept, (l->kept_count + 1) * sizeof *grown);
    if (!grown) return false;
    l->kept = grown;
    l->kept[l->kept_count++] = labels;
    return true;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static cst_status take_batch(void *worker, cst_batch *b, cst_error *e)
{
    return cst_ledger_worker_take(worker, b, e);
}

static cst_status keep_chunk(cst_ledger *l, ledger_chunk *c, cst_error *e)
{
    if (l->chunks == l->chunk_room) {
        uint32_t room = l->chunk_room ? 2 * l->chunk_room : 64;
        ledger_chunk *grown = realloc(l->chunk, room * sizeof *grown);
        if (!grown) return fail_memory(e);
        l->chunk = grown;
        l->chunk_room = room;
    }
    l->chunk[l->chunks++] = *c;
    *c = (ledger_chunk){0};
    return CST_OK;
}

static cst_status commit_batch(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    (void)b;
    return keep_chunk(shared, &((ledger_worker *)worker)->chunk, e);
}

static cst_status open_workers(cst_ledger *l, cst_reader *r, int threads, cst_error *e)
{
    if (l->bound) return cst_fail(e, CST_INTERNAL, "a ledger reads one stream");
    cst_status s = cst_ledger_intake_bind(&l->in, &l->o, r, e);
    l->bound = true;
    if (s < 0) return s;
    l->worker = calloc((size_t)threads, sizeof *l->worker);
    if (!l->worker) return fail_memory(e);
    for (; s == CST_OK && l->workers < (uint32_t)threads; l->workers++)
        s = cst_ledger_worker_init(&l->worker[l->workers], &l->in, l->workers, e);
    return s;
}

cst_status cst_ledger_read(cst_ledger *l, cst_reader *r, int threads, cst_error *e)
{
    threads = cst_threads(threads);
    cst_status s = open_workers(l, r, threads, e);
    if (s < 0) return s;
    void **worker = calloc((size_t)threads, sizeof *worker);
    if (!worker) return fail_memory(e);
    for (int i = 0; i < threads; i++) worker[i] = &l->worker[i];
    s = cst_run(r, threads, take_batch, worker, commit_batch, l, e);
    free(worker);
    if (s < 0) return s;
    for (uint32_t i = 0; i < l->workers; i++) cst_ledger_counts_add(&l->counts, &l->worker[i].counts);
    return CST_OK;
}

/* Room for one more row and run in the chunk of rows added by hand. */
static bool grow_hand(cst_ledger *l)
{
    ledger_chunk *c = &l->hand.chunk;
    if (c->rows < l->hand_room) return true;
    uint32_t room = l->hand_room ? 2 * l->hand_room : 32;
    ledger_cell *cell = realloc(c->cell, room * sizeof *cell);
    if (cell) c->cell = cell;
    ledger_fact *fact = realloc(c->fact, room * sizeof *fact);
    if (fact) c->fact = fact;
    ledger_run *run = realloc(c->run, room * sizeof *run);
    if (run) c->run = run;
    if (!cell || !fact || !run) return false;
    l->hand_room = room;
    return true;
}

cst_status cst_ledger_add(cst_ledger *l, cst_text account, const cst_ledger_row *row,
                          const cst_ledger_text *text, cst_error *e)
{
    if (!l->by_hand) {
        cst_status s = cst_ledger_worker_init(&l->hand, &l->in, 0, e);
        if (s < 0) return s;
        l->by_hand = true;
    }
    if (row->end < row->start)
        return cst_fail(e, CST_DATA, "expected an end on or after the start, found one before it");
    if (!grow_hand(l)) return fail_memory(e);
    cst_ledger_counts *n = &l->counts;
    cst_day end = row->end;
    if (l->o.as_of != CST_DAY_NONE && row->start > l->o.as_of) {
        n->after++;
        return CST_OK;
    }
    if (l->o.as_of != CST_DAY_NONE && end > l->o.as_of) end = CST_LEDGER_OPEN;
    cst_labels *s = l->hand.labels;
    cst_unit u = {cst_labels_add_centre(s, text->centre), cst_labels_add_line(s, text->line),
                  cst_labels_add_segment(s, text->segment), cst_labels_add_currency(s, text->currency)};
    ledger_chunk *c = &l->hand.chunk;
    uint32_t id = cst_intern_id(l->hand.accounts, account);
    ledger_cell cell = {
        .start = row->start, .end = end, .amount = row->amount, .unit = cst_labels_add_unit(s, u)};
    if (id == CST_INTERN_NONE || cell.unit == CST_UNIT_NONE) return fail_memory(e);
    c->fact[c->rows] = (ledger_fact){row->quantity, row->source, row->file, row->line, row->term};
    c->run[c->runs++] = (ledger_run){id, c->rows, 1};
    c->cell[c->rows++] = cell;
    n->rows++;
    n->empty += cell.start == cell.end;
    if (n->first == CST_DAY_NONE || cell.start < n->first) n->first = cell.start;
    cst_day last = end == CST_LEDGER_OPEN ? cell.start : end;
    if (n->last == CST_DAY_NONE || last > n->last) n->last = last;
    return CST_OK;
}

/* ---- the merge --------------------------------------------------------------------------------------- */

static const ledger_worker *find_worker(const cst_ledger *l, uint32_t i)
{
    return i < l->workers ? &l->worker[i] : &l->hand;
}

static cst_status merge_units(cst_ledger *l, uint32_t i, cst_error *e)
{
    const cst_labels *from = find_worker(l, i)->labels;
    uint32_t n = cst_labels_units(from);
    l->unit_map[i] = malloc((n ? n : 1) * sizeof **l->unit_map);
    if (!l->unit_map[i]) return fail_memory(e);
    for (uint32_t u = 0; u < n; u++) {
        l->unit_map[i][u] = cst_labels_adopt(l->labels, from, u);
        if (l->unit_map[i][u] == CST_UNIT_NONE) return fail_memory(e);
    }
    return CST_OK;
}

static cst_status merge_accounts(cst_ledger *l, uint32_t i, cst_error *e)
{
    const ledger_worker *w = find_worker(l, i);
    uint32_t n = cst_intern_count(w->accounts);
    l->account_map[i] = malloc((n ? n : 1) * sizeof **l->account_map);
    cst_text *text = malloc((n ? n : 1) * sizeof *text);
    bool ok = text && l->account_map[i];
    for (uint32_t k = 0; ok && k < n; k++)
        text[k] = w->name ? w->name[k].text : cst_intern_text(w->accounts, k);
    ok = ok && cst_intern_ids(l->accounts, text, l->account_map[i], n);
    free(text);
    return ok ? CST_OK : fail_memory(e);
}

/* Sorts all runs by account, those of one account in input order. */
static cst_status sort_runs(cst_ledger *l, cst_error *e)
{
    uint32_t accounts = cst_intern_count(l->accounts);
    l->offset = calloc((size_t)accounts + 1, sizeof *l->offset);
    if (!l->offset) return fail_memory(e);
    for (uint32_t c = 0; c < l->chunks; c++) {
        const ledger_chunk *chunk = &l->chunk[c];
        const uint32_t *map = l->account_map[chunk->worker];
        for (uint32_t r = 0; r < chunk->runs; r++) l->offset[map[chunk->run[r].account] + 1]++;
    }
    for (uint32_t a = 0; a < accounts; a++) l->offset[a + 1] += l->offset[a];
    uint32_t total = l->offset[accounts];
    uint32_t *next = malloc(((size_t)accounts + 1) * sizeof *next);
    l->ref = malloc((total ? total : 1) * sizeof *l->ref);
    if (!next || !l->ref) {
        free(next);
        return fail_memory(e);
    }
    memcpy(next, l->offset, ((size_t)accounts + 1) * sizeof *next);
    for (uint32_t c = 0; c < l->chunks; c++) {
        const ledger_chunk *chunk = &l->chunk[c];
        const uint32_t *map = l->account_map[chunk->worker];
        for (uint32_t r = 0; r < chunk->runs; r++) {
            const ledger_run *run = &chunk->run[r];
            l->ref[next[map[run->account]]++] = (ledger_ref){c, run->first, run->rows};
        }
    }
    free(next);
    return CST_OK;
}

cst_status cst_ledger_merge(cst_ledger *l, cst_error *e)
{
    if (l->merged) return CST_OK;
    l->merged = true;
    l->labels = cst_labels_new();
    l->accounts = cst_intern_new();
    l->unit_map = calloc(l->workers + 1, sizeof *l->unit_map);
    l->account_map = calloc(l->workers + 1, sizeof *l->account_map);
    if (!l->labels || !l->accounts || !l->unit_map || !l->account_map) return fail_memory(e);
    cst_status s = CST_OK;
    if (l->by_hand) {
        l->hand.chunk.worker = l->workers;
        s = keep_chunk(l, &l->hand.chunk, e);
    }
    for (uint32_t i = 0; s == CST_OK && i < l->workers + l->by_hand; i++) {
        s = merge_units(l, i, e);
        if (s == CST_OK) s = merge_accounts(l, i, e);
    }
    if (s == CST_OK) s = sort_runs(l, e);
    if (s == CST_OK && l->o.ordered && !(l->order = cst_intern_sorted(l->accounts))) s = fail_memory(e);
    return s;
}

/* ---- handing out ------------------------------------------------------------------------------------- */

typedef struct ledger_share {
    cst_ledger *l;
    uint32_t first, end; /* accounts, as positions in the order */
    cst_ledger_visit *visit;
    void *worker;
    ledger_desk desk;
    cst_status status;
    cst_error error;
} ledger_share;

/* Where an account's rows lie scattered, those of the account after next are fetched while this one is
 * worked on. */
static void fetch_ahead(const ledger_share *s, uint32_t i)
{
    const cst_ledger *l = s->l;
    if (i >= s->end) return;
    uint32_t account = l->order ? l->order[i] : i;
    uint32_t first = l->offset[account], end = l->offset[account + 1];
    for (uint32_t r = first; r < end && r < first + 64; r++)
        __builtin_prefetch(&l->chunk[l->ref[r].chunk].cell[l->ref[r].first]);
}

static void *visit_share(void *arg)
{
    ledger_share *s = arg;
    cst_ledger *l = s->l;
    for (uint32_t i = s->first; i < s->end; i++) {
        uint32_t account = l->order ? l->order[i] : i;
        s->desk.rows = 0;
        fetch_ahead(s, i + 2);
        for (uint32_t r = l->offset[account]; r < l->offset[account + 1]; r++) {
            const ledger_ref *ref = &l->ref[r];
            const ledger_chunk *c = &l->chunk[ref->chunk];
            if (!cst_ledger_desk_add(&s->desk, c, ref->first, ref->rows, l->unit_map[c->worker])) {
                s->status = fail_memory(&s->error);
                return NULL;
            }
        }
        s->status = cst_ledger_desk_visit(&s->desk, &l->o, cst_intern_text(l->accounts, account), l->labels,
                                          s->visit, s->worker, &s->error);
        if (s->status < 0) return NULL;
    }
    return NULL;
}

/* The account that begins share i: shares hold about as many runs each. */
static uint32_t find_cut(const cst_ledger *l, uint32_t accounts, int i, int threads)
{
    if (l->order) return (uint32_t)((uint64_t)accounts * (uint64_t)i / (uint64_t)threads);
    uint64_t wanted = (uint64_t)l->offset[accounts] * (uint64_t)i / (uint64_t)threads;
    uint32_t low = 0, high = accounts;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (l->offset[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

cst_status cst_ledger_each(cst_ledger *l, int threads, cst_ledger_visit *visit, void *const worker[],
                           cst_error *e)
{
    threads = cst_threads(threads);
    cst_status status = cst_ledger_merge(l, e);
    if (status < 0) return status;
    uint32_t accounts = cst_intern_count(l->accounts);
    ledger_share *share = calloc((size_t)threads, sizeof *share);
    pthread_t *thread = calloc((size_t)threads, sizeof *thread);
    bool *started = calloc((size_t)threads, sizeof *started);
    if (!share || !thread || !started) {
        free(share);
        free(thread);
        free(started);
        return fail_memory(e);
    }
    for (int i = 0; i < threads; i++) {
        share[i] = (ledger_share){.l = l, .visit = visit, .worker = worker[i]};
        share[i].first = find_cut(l, accounts, i, threads);
        share[i].end = i + 1 < threads ? find_cut(l, accounts, i + 1, threads) : accounts;
    }
    for (int i = 1; i < threads; i++)
        started[i] = pthread_create(&thread[i], NULL, visit_share, &share[i]) == 0;
    for (int i = 0; i < threads; i++)
        if (!started[i]) visit_share(&share[i]);
    for (int i = 0; i < threads; i++) {
        if (started[i]) pthread_join(thread[i], NULL);
        l->counts.accounts += share[i].desk.accounts;
        l->counts.overlapping += share[i].desk.overlapping;
        cst_ledger_desk_free(&share[i].desk);
        if (share[i].status < 0 && status == CST_OK) {
            status = share[i].status;
            if (e) *e = share[i].error;
        }
    }
    free(share);
    free(thread);
    free(started);
    return status;
}

cst_ledger_counts cst_ledger_counted(const cst_ledger *l)
{
    return l->counts;
}

const cst_labels *cst_ledger_labels(const cst_ledger *l)
{
    return l->labels;
}
