/* ledger/ledger.c: a ledger that is read whole: opened, filled by a reader or by hand, freed. Workers keep
 * chunks of rows; each.c hands their accounts out. */
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include <stdlib.h>
#include <string.h>

cst_status cst_ledger_open(const cst_ledger_opts *o, cst_ledger **out, cst_error *e)
{
    *out = NULL;
    cst_ledger *l = calloc(1, sizeof *l);
    if (!l) return cst_ledger_fail_memory(e);
    l->o = *o;
    l->counts.first = l->counts.last = CST_DAY_NONE;
    *out = l;
    return CST_OK;
}

void cst_ledger_free(cst_ledger *l)
{
    if (!l) return;
    for (uint32_t i = 0; l->unit_map && i <= l->workers; i++) free(l->unit_map[i]);
    free(l->unit_map);
    free(l->origin);
    free(l->chunk);
    for (uint32_t i = 0; i < l->workers; i++) cst_ledger_worker_free(&l->worker[i]);
    free(l->worker);
    free(l->hand.chunk.cell);
    free(l->hand.chunk.fact);
    free(l->hand.chunk.run);
    free(l->hand.chunk.names);
    cst_ledger_worker_free(&l->hand);
    cst_ledger_intake_free(&l->in);
    for (uint32_t i = 0; i < l->kept_count; i++) cst_labels_free(l->kept[i]);
    free(l->kept);
    cst_arena_free(l->sources);
    cst_labels_free(l->labels);
    free(l->partitions);
    free(l->group);
    for (int i = 0; i < l->slabs; i++) cst_ledger_slab_free(&l->slab[i]);
    free(l->slab);
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
    cst_status status = cst_ledger_worker_take(worker, b, e);
    return status == CST_OK ? cst_ledger_worker_keep(worker, e) : status;
}

static cst_status open_workers(cst_ledger *l, cst_reader *r, int threads, cst_error *e)
{
    if (l->bound) return cst_fail(e, CST_INTERNAL, "a ledger reads one stream");
    cst_status status = cst_ledger_intake_bind(&l->in, &l->o, r, e);
    l->bound = true;
    if (status < 0) return status;
    l->worker = calloc((size_t)threads, sizeof *l->worker);
    if (!l->worker) return cst_ledger_fail_memory(e);
    for (; status == CST_OK && l->workers < (uint32_t)threads; l->workers++)
        status = cst_ledger_worker_init(&l->worker[l->workers], &l->in, l->workers, e);
    return status;
}

cst_status cst_ledger_read(cst_ledger *l, cst_reader *r, int threads, cst_error *e)
{
    threads = cst_threads(threads);
    cst_status status = open_workers(l, r, threads, e);
    if (status < 0) return status;
    void **worker = calloc((size_t)threads, sizeof *worker);
    if (!worker) return cst_ledger_fail_memory(e);
    for (int i = 0; i < threads; i++) worker[i] = &l->worker[i];
    status = cst_run(r, threads, take_batch, worker, NULL, NULL, e);
    free(worker);
    if (status < 0) return status;
    for (uint32_t i = 0; i < l->workers; i++) cst_ledger_counts_add(&l->counts, &l->worker[i].counts);
    return CST_OK;
}

/* Room for one more row, run and name in the chunk of rows added by hand. */
static bool grow_hand(cst_ledger *l, uint32_t name)
{
    ledger_chunk *c = &l->hand.chunk;
    if (c->rows == l->hand_room) {
        uint32_t room = l->hand_room ? 2 * l->hand_room : 32;
        ledger_cell *cell = realloc(c->cell, room * sizeof *cell);
        if (cell) c->cell = cell;
        ledger_fact *fact = realloc(c->fact, room * sizeof *fact);
        if (fact) c->fact = fact;
        ledger_run *run = realloc(c->run, room * sizeof *run);
        if (run) c->run = run;
        if (!cell || !fact || !run) return false;
        l->hand_room = room;
    }
    size_t bytes = l->hand_bytes + sizeof name + name;
    if (bytes > UINT32_MAX) return false;
    if (bytes > l->hand_bytes_room) {
        char *names = realloc(c->names, 2 * bytes);
        if (!names) return false;
        c->names = names;
        l->hand_bytes_room = 2 * bytes;
    }
    return true;
}

/* Adds a row to the last run, or begins one where its account is another. */
static void put_hand(cst_ledger *l, cst_text account, const ledger_cell *cell, const ledger_fact *fact)
{
    ledger_chunk *c = &l->hand.chunk;
    c->fact[c->rows] = *fact;
    c->cell[c->rows++] = *cell;
    int order = c->runs ? cst_text_compare(account, ledger_name(c, c->run[c->runs - 1].name)) : 1;
    if (order != 0) {
        c->run[c->runs++] = (ledger_run){.name = (uint32_t)l->hand_bytes, .first = c->rows - 1};
        l->hand_bytes += ledger_put_name(c->names + l->hand_bytes, account);
    }
    c->ascending &= order >= 0;
    c->run[c->runs - 1].rows++;
}

cst_status cst_ledger_add(cst_ledger *l, cst_text account, const cst_ledger_row *row,
                          const cst_ledger_text *text, cst_error *e)
{
    if (!l->by_hand) {
        cst_status status = cst_ledger_worker_init(&l->hand, &l->in, 0, e);
        if (status < 0) return status;
        l->hand.chunk = (ledger_chunk){.batch = LEDGER_BY_HAND, .ascending = true};
        l->by_hand = true;
    }
    if (row->end < row->start)
        return cst_fail(e, CST_DATA, "expected an end on or after the start, found one before it");
    account = cst_ledger_name(&l->o, account);
    if (!grow_hand(l, account.n)) return cst_ledger_fail_memory(e);
    cst_ledger_counts *n = &l->counts;
    cst_day end = row->end;
    if (l->o.as_of != CST_DAY_NONE && row->start > l->o.as_of) {
        n->after++;
        return CST_OK;
    }
    if (l->o.as_of != CST_DAY_NONE && end > l->o.as_of) end = CST_LEDGER_OPEN;
    cst_labels *status = l->hand.labels;
    cst_unit u = {cst_labels_add_centre(status, text->centre), cst_labels_add_line(status, text->line),
                  cst_labels_add_segment(status, text->segment),
                  cst_labels_add_currency(status, text->currency)};
    ledger_cell cell = {
        .start = row->start, .end = end, .amount = row->amount, .unit = cst_labels_add_unit(status, u)};
    if (cell.unit == CST_UNIT_NONE) return cst_ledger_fail_memory(e);
    ledger_fact fact = {row->quantity, row->source, row->file, row->line, row->term};
    put_hand(l, account, &cell, &fact);
    n->rows++;
    n->empty += cell.start == cell.end;
    if (n->first == CST_DAY_NONE || cell.start < n->first) n->first = cell.start;
    cst_day last = end == CST_LEDGER_OPEN ? cell.start : end;
    if (n->last == CST_DAY_NONE || last > n->last) n->last = last;
    return CST_OK;
}

cst_ledger_counts cst_ledger_counted(const cst_ledger *l)
{
    return l->counts;
}

const cst_labels *cst_ledger_labels(const cst_ledger *l)
{
    return l->labels;
}
