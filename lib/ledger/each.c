/* ledger/each.c: accounts of a ledger that was read whole, handed out. Each thread takes a stretch of
 * them: of the chunks as they lie, of the accounts in order, or of the partitions; and lays the rows of one
 * account side by side at a time. */
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include <stdlib.h>

/* A place among the runs as they lie. */
typedef struct run_place {
    uint32_t chunk, run;
} run_place;

typedef struct ledger_share {
    cst_ledger *l;
    run_place from, until; /* in order; else: */
    uint32_t first, end;   /* accounts, with `ordered`; else partitions */
    ledger_gathering gathering;
    cst_ledger_visit *visit;
    void *worker;
    ledger_scratch scratch;
    cst_status status;
    cst_error error;
} ledger_share;

static bool add_rows(ledger_share *s, const ledger_cell *cell, const ledger_fact *fact, ledger_keys keys,
                     uint32_t rows, uint32_t worker)
{
    if (cst_ledger_scratch_add(&s->scratch, cell, fact, keys, rows, s->l->unit_map[worker],
                               s->l->origin[worker]))
        return true;
    s->status = cst_no_memory(&s->error);
    return false;
}

static bool visit_scratch(ledger_share *s, cst_text name)
{
    s->status =
        cst_ledger_scratch_visit(&s->scratch, &s->l->o, name, s->l->labels, s->visit, s->worker, &s->error);
    s->scratch.rows = 0;
    return s->status >= 0;
}

/* The first place at or after p that has a run; its chunk is l->chunks where there is none. */
static run_place skip_empty(const cst_ledger *l, run_place p)
{
    while (p.chunk < l->chunks && p.run >= l->chunk[p.chunk].runs) p = (run_place){p.chunk + 1, 0};
    return p;
}

static cst_text name_at(const cst_ledger *l, run_place p)
{
    const ledger_chunk *c = &l->chunk[p.chunk];
    return ledger_name(c, c->run[p.run].name);
}

static void visit_in_order(ledger_share *s)
{
    const cst_ledger *l = s->l;
    run_place p = skip_empty(l, s->from);
    while (p.chunk < s->until.chunk || (p.chunk == s->until.chunk && p.run < s->until.run)) {
        cst_text name = name_at(l, p);
        bool more = true;
        while (more) {
            const ledger_chunk *c = &l->chunk[p.chunk];
            const ledger_run *run = &c->run[p.run];
            const ledger_fact *fact = c->fact ? c->fact + run->first : NULL;
            const ledger_keys keys = {
                .hash = c->key ? c->key + run->first : NULL, .at = &c->at, .first = run->first};
            if (!add_rows(s, c->cell + run->first, fact, keys, run->rows, c->worker)) return;
            p.run++;
            more = p.run == c->runs; /* within a chunk the next run is another account's */
            p = skip_empty(l, p);
            more = more && p.chunk < l->chunks && cst_text_equal(name_at(l, p), name);
        }
        if (!visit_scratch(s, name)) return;
    }
}

static bool visit_group(ledger_share *s, const ledger_group *g)
{
    const cst_ledger *l = s->l;
    for (uint32_t r = 0; r < g->refs; r++) {
        const ledger_partitioned *d = g->ref[r].run;
        const ledger_cell *cell = ledger_partitioned_cells(d);
        const ledger_partitions *of = l->partitions[g->ref[r].worker];
        const ledger_fact *fact = of->facts ? (const ledger_fact *)(cell + d->rows) : NULL;
        ledger_keys keys = {0};
        if (of->keys) {
            keys.hash = fact ? (const uint64_t *)(fact + d->rows) : (const uint64_t *)(cell + d->rows);
            keys.of = of;
            keys.batch = d->batch;
            keys.first = d->first;
        }
        if (!add_rows(s, cell, fact, keys, d->rows, g->ref[r].worker)) return false;
    }
    return visit_scratch(s, g->name);
}

/* Accounts in order lie scattered over the partitions: their rows are fetched while those before them are
 * worked on. */
static void visit_ordered(ledger_share *s)
{
    enum { AHEAD = 8 };
    for (uint32_t i = s->first; i < s->end; i++) {
        if (i + AHEAD < s->end) {
            const ledger_group *next = &s->l->group[i + AHEAD];
            for (uint32_t r = 0; r < next->refs && r < 64; r++) __builtin_prefetch(next->ref[r].run);
        }
        if (!visit_group(s, &s->l->group[i])) return;
    }
}

static void visit_partitions(ledger_share *s)
{
    ledger_gathering *g = &s->gathering;
    bool ok = cst_ledger_gather_open(g, s->l->partitions, s->l->workers + 1);
    for (uint32_t p = s->first; ok && s->status >= 0 && p < s->end; p++) {
        ok = cst_ledger_gather(g, p);
        for (uint32_t i = 0; ok && s->status >= 0 && i < g->groups; i++) visit_group(s, &g->group[i]);
    }
    if (!ok) s->status = cst_no_memory(&s->error);
    cst_ledger_gather_close(g);
}

/* What a visit comes to is kept in its share, beside what was counted. */
static cst_status visit_share(void *context, int share, cst_error *e)
{
    ledger_share *s = (ledger_share *)context + share;
    (void)e;
    if (s->l->in_order)
        visit_in_order(s);
    else if (s->l->o.ordered)
        visit_ordered(s);
    else
        visit_partitions(s);
    return CST_OK;
}

/* The place of share i's first account, where shares hold about as many runs each. */
static run_place find_cut(const cst_ledger *l, uint64_t runs, int i, int threads)
{
    uint64_t at = runs * (uint64_t)i / (uint64_t)threads;
    run_place p = {0, 0};
    while (p.chunk < l->chunks && at >= l->chunk[p.chunk].runs) at -= l->chunk[p.chunk++].runs;
    p.run = (uint32_t)at;
    p = skip_empty(l, p);
    if (i == 0 || p.chunk == l->chunks) return p;
    /* an account that began before belongs to the share before */
    run_place before = p;
    while (before.run == 0 && before.chunk > 0)
        before = (run_place){before.chunk - 1, l->chunk[before.chunk - 1].runs};
    if (before.run == 0) return p;
    before.run--;
    cst_text name = name_at(l, before);
    while (p.chunk < l->chunks && cst_text_equal(name_at(l, p), name))
        p = skip_empty(l, (run_place){p.chunk, p.run + 1});
    return p;
}

static void cut_shares(const cst_ledger *l, ledger_share *share, int threads)
{
    uint64_t runs = 0, n = l->o.ordered ? l->groups : LEDGER_PARTITIONS;
    for (uint32_t c = 0; c < l->chunks; c++) runs += l->chunk[c].runs;
    for (int i = 0; i < threads; i++) {
        if (l->in_order) {
            share[i].from = find_cut(l, runs, i, threads);
            share[i].until = i + 1 < threads ? find_cut(l, runs, i + 1, threads) : (run_place){l->chunks, 0};
        } else {
            share[i].first = (uint32_t)(n * (unsigned)i / (unsigned)threads);
            share[i].end = (uint32_t)(n * (unsigned)(i + 1) / (unsigned)threads);
        }
    }
}

cst_status cst_ledger_each(cst_ledger *l, int threads, cst_ledger_visit *visit, void *const worker[],
                           cst_error *e)
{
    threads = cst_threads(threads);
    cst_status status = cst_ledger_merge(l, threads, e);
    if (status != CST_OK) return status;
    ledger_share *share = calloc((size_t)threads, sizeof *share);
    if (!share) return cst_no_memory(e);
    for (int i = 0; i < threads; i++) share[i] = (ledger_share){.l = l, .visit = visit, .worker = worker[i]};
    cut_shares(l, share, threads);
    status = cst_parallel(threads, visit_share, share, e);
    for (int i = 0; i < threads; i++) {
        cst_ledger_scratch_count(&share[i].scratch, &l->counts);
        cst_ledger_scratch_free(&share[i].scratch);
        if (share[i].status < 0 && status == CST_OK) {
            status = share[i].status;
            if (e) *e = share[i].error;
        }
    }
    free(share);
    return status;
}
