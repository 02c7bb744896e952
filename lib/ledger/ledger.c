/* ledger/ledger.c: a ledger that is read whole: opened, filled by a reader or by hand, freed. Workers keep
 * chunks of rows; each.c hands their accounts out. */
#include "base/memory.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ledger/labels.h"
#include "ledger/store.h"
#include <stdlib.h>
#include <string.h>

cst_status cst_ledger_open(const cst_ledger_opts *o, cst_ledger **out, cst_error *e)
{
    *out = NULL;
    cst_ledger *l = calloc(1, sizeof *l);
    if (!l) return cst_no_memory(e);
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
    for (uint32_t i = 0; i < l->workers; i++) cst_ledger_worker_free(l->worker[i]);
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
    if (!cst_resize(&l->kept, l->kept_count + 1, sizeof *l->kept)) return false;
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
    if (status != CST_OK) return status;
    l->worker = cst_workers(threads, sizeof(ledger_worker));
    if (!l->worker) return cst_no_memory(e);
    for (; status == CST_OK && l->workers < (uint32_t)threads; l->workers++)
        status = cst_ledger_worker_init(l->worker[l->workers], &l->in, l->workers, e);
    return status;
}

cst_status cst_ledger_read(cst_ledger *l, cst_reader *r, int threads, cst_error *e)
{
    threads = cst_threads(threads);
    cst_status status = open_workers(l, r, threads, e);
    if (status == CST_OK) status = cst_run(r, threads, take_batch, l->worker, NULL, NULL, e);
    for (uint32_t i = 0; status == CST_OK && i < l->workers; i++)
        cst_ledger_counts_add(&l->counts, &ledger_worker_at(l, i)->counts);
    return status;
}

/* Room for one more row, run and name in the chunk of rows added by hand. */
static bool grow_hand(cst_ledger *l, uint32_t name)
{
    ledger_chunk *c = &l->hand.chunk;
    if (c->rows == l->hand_room) {
        size_t room = cst_room_for(l->hand_room, c->rows + 1);
        if (!cst_resize(&c->cell, room, sizeof *c->cell) || !cst_resize(&c->fact, room, sizeof *c->fact) ||
            !cst_resize(&c->run, room, sizeof *c->run))
            return false;
        l->hand_room = room;
    }
    size_t bytes = l->hand_bytes + sizeof name + name;
    return bytes <= UINT32_MAX && cst_grow(&c->names, &l->hand_bytes_room, bytes, 1);
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
        if (status != CST_OK) return status;
        l->hand.chunk = (ledger_chunk){.batch = LEDGER_BY_HAND, .ascending = true};
        l->by_hand = true;
    }
    if (row->end < row->start)
        return cst_fail(e, CST_DATA, "expected an end on or after the start, found one before it");
    account = cst_ledger_name(&l->o, account);
    if (!grow_hand(l, account.n)) return cst_no_memory(e);
    cst_day end = row->end;
    if (l->o.as_of != CST_DAY_NONE && row->start > l->o.as_of) {
        l->counts.after++;
        return CST_OK;
    }
    if (l->o.as_of != CST_DAY_NONE && end > l->o.as_of) end = CST_LEDGER_OPEN;
    cst_labels *labels = l->hand.labels;
    cst_unit u = {cst_labels_add(labels, LEDGER_CENTRE, text->centre),
                  cst_labels_add(labels, LEDGER_LINE, text->line),
                  cst_labels_add(labels, LEDGER_SEGMENT, text->segment),
                  cst_labels_add(labels, LEDGER_CURRENCY, text->currency)};
    ledger_cell cell = {
        .start = row->start, .end = end, .amount = row->amount, .unit = cst_labels_add_unit(labels, u)};
    if (cell.unit == CST_UNIT_NONE) return cst_no_memory(e);
    ledger_fact fact = {.quantity = row->quantity,
                        .source = row->source,
                        .file = row->file,
                        .line = row->line,
                        .term = row->term,
                        .notice = row->notice,
                        .signed_on = row->signed_on,
                        .known_end = row->end};
    put_hand(l, account, &cell, &fact);
    cst_ledger_count_row(&l->counts, &cell);
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
