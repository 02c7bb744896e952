/* ledger/each.c: accounts of a ledger that was read whole, handed out. Units are translated to those of one
 * set of labels first. Where the runs come in the order of their accounts, as exports mostly do, an account is
 * a run, or the last of one chunk and the first of the next, and the chunks are gone through as they lie.
 * Else the runs are grouped (group.h). Each thread takes a stretch of the accounts and lays the rows of one
 * side by side at a time. */
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include "ledger/together.h"
#include <stdlib.h>

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
    if (!l->unit_map[i]) return cst_ledger_fail_memory(e);
    for (uint32_t u = 0; u < n; u++) {
        l->unit_map[i][u] = cst_labels_adopt(l->labels, from, u);
        if (l->unit_map[i][u] == CST_UNIT_NONE) return cst_ledger_fail_memory(e);
    }
    return CST_OK;
}

/* Whether the runs of all chunks come in the order of their accounts. */
static bool is_in_order(const cst_ledger *l)
{
    const ledger_chunk *before = NULL;
    for (uint32_t i = 0; i < l->chunks; i++) {
        const ledger_chunk *c = &l->chunk[i];
        if (c->runs == 0) continue;
        if (!c->ascending) return false;
        if (before && cst_text_compare(ledger_name(before, before->run[before->runs - 1].name),
                                       ledger_name(c, c->run[0].name)) > 0)
            return false;
        before = c;
    }
    return true;
}

/* The chunk of rows added by hand comes last. */
static bool add_hand(cst_ledger *l)
{
    if (!l->chunk && !(l->chunk = malloc(sizeof *l->chunk))) return false;
    l->hand.chunk.worker = l->workers;
    l->chunk[l->chunks++] = l->hand.chunk;
    return true;
}

cst_status cst_ledger_merge(cst_ledger *l, int threads, cst_error *e)
{
    if (l->merged) return CST_OK;
    l->merged = true;
    l->labels = cst_labels_new();
    l->unit_map = calloc(l->workers + 1, sizeof *l->unit_map);
    if (!l->labels || !l->unit_map || (l->by_hand && !add_hand(l))) return cst_ledger_fail_memory(e);
    cst_status s = CST_OK;
    for (uint32_t i = 0; s == CST_OK && i < l->workers + l->by_hand; i++) s = merge_units(l, i, e);
    if (s < 0) return s;
    l->in_order = is_in_order(l);
    if (l->in_order || cst_ledger_group(l->chunk, l->chunks, l->o.ordered, threads, &l->groups))
        return CST_OK;
    return cst_ledger_fail_memory(e);
}

/* ---- handing out ------------------------------------------------------------------------------------- */

/* A place among the runs as they lie. */
typedef struct run_place {
    uint32_t chunk, run;
} run_place;

typedef struct ledger_share {
    cst_ledger *l;
    run_place from, until; /* in order; else: */
    uint32_t first, end;   /* parts */
    cst_ledger_visit *visit;
    void *worker;
    ledger_desk desk;
    cst_status status;
    cst_error error;
} ledger_share;

static bool add_rows(ledger_share *s, uint32_t chunk, uint32_t first, uint32_t rows)
{
    const ledger_chunk *c = &s->l->chunk[chunk];
    if (cst_ledger_desk_add(&s->desk, c, first, rows, s->l->unit_map[c->worker])) return true;
    s->status = cst_ledger_fail_memory(&s->error);
    return false;
}

static bool visit_desk(ledger_share *s, cst_text name)
{
    s->status = cst_ledger_desk_visit(&s->desk, &s->l->o, name, s->l->labels, s->visit, s->worker, &s->error);
    s->desk.rows = 0;
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

static bool is_before(run_place a, run_place b)
{
    return a.chunk < b.chunk || (a.chunk == b.chunk && a.run < b.run);
}

static void visit_in_order(ledger_share *s)
{
    const cst_ledger *l = s->l;
    run_place p = skip_empty(l, s->from);
    while (is_before(p, s->until)) {
        cst_text name = name_at(l, p);
        bool more = true;
        while (more) {
            const ledger_run *run = &l->chunk[p.chunk].run[p.run];
            if (!add_rows(s, p.chunk, run->first, run->rows)) return;
            p.run++;
            more = p.run == l->chunk[p.chunk].runs; /* within a chunk the next run is another account's */
            p = skip_empty(l, p);
            more = more && p.chunk < l->chunks && cst_text_equal(name_at(l, p), name);
        }
        if (!visit_desk(s, name)) return;
    }
}

/* Rows of accounts that lie scattered are fetched while those before them are worked on. */
static void fetch_ahead(const cst_ledger *l, const ledger_group *g)
{
    for (uint32_t i = 0; i < g->refs && i < 64; i++)
        __builtin_prefetch(&l->chunk[g->ref[i].chunk].cell[g->ref[i].first]);
}

static void visit_groups(ledger_share *s)
{
    enum { AHEAD = 8 };
    for (uint32_t p = s->first; p < s->end; p++) {
        const ledger_part *part = &s->l->groups.part[p];
        for (uint32_t i = 0; i < part->n; i++) {
            const ledger_group *g = &part->group[i];
            if (i + AHEAD < part->n) fetch_ahead(s->l, g + AHEAD);
            for (uint32_t r = 0; r < g->refs; r++)
                if (!add_rows(s, g->ref[r].chunk, g->ref[r].first, g->ref[r].rows)) return;
            if (!visit_desk(s, g->name)) return;
        }
    }
}

static void visit_share(void *share)
{
    ledger_share *s = share;
    if (s->l->in_order)
        visit_in_order(s);
    else
        visit_groups(s);
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
    uint64_t runs = 0;
    for (uint32_t c = 0; c < l->chunks; c++) runs += l->chunk[c].runs;
    for (int i = 0; i < threads; i++) {
        if (l->in_order) {
            share[i].from = find_cut(l, runs, i, threads);
            share[i].until = i + 1 < threads ? find_cut(l, runs, i + 1, threads) : (run_place){l->chunks, 0};
        } else {
            share[i].first = (uint32_t)((uint64_t)l->groups.parts * (unsigned)i / (unsigned)threads);
            share[i].end = (uint32_t)((uint64_t)l->groups.parts * (unsigned)(i + 1) / (unsigned)threads);
        }
    }
}

cst_status cst_ledger_each(cst_ledger *l, int threads, cst_ledger_visit *visit, void *const worker[],
                           cst_error *e)
{
    threads = cst_threads(threads);
    cst_status status = cst_ledger_merge(l, threads, e);
    if (status < 0) return status;
    ledger_share *share = calloc((size_t)threads, sizeof *share);
    if (!share) return cst_ledger_fail_memory(e);
    for (int i = 0; i < threads; i++) share[i] = (ledger_share){.l = l, .visit = visit, .worker = worker[i]};
    cut_shares(l, share, threads);
    cst_ledger_together(visit_share, share, sizeof *share, threads);
    for (int i = 0; i < threads; i++) {
        l->counts.accounts += share[i].desk.accounts;
        l->counts.overlapping += share[i].desk.overlapping;
        cst_ledger_desk_free(&share[i].desk);
        if (share[i].status < 0 && status == CST_OK) {
            status = share[i].status;
            if (e) *e = share[i].error;
        }
    }
    free(share);
    return status;
}
