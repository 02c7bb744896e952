/* ledger/intake.c: a worker takes a batch: one pass for the accounts, one for the rest. */
#include "ledger/intake.h"
#include "base/hash.h"
#include "base/memory.h"
#include "ledger/labels.h"
#include "tables/shard.h"
#include <stdlib.h>

static cst_status bind_list(cst_reader *r, const char *const *name, size_t n, enum cst_need need, int **slot,
                            cst_error *e)
{
    *slot = calloc(n ? n : 1, sizeof **slot);
    if (!*slot) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        cst_status status = cst_reader_bind(r, name[i], need, &(*slot)[i], e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

cst_status cst_ledger_intake_bind(ledger_intake *in, const cst_ledger_opts *o, cst_reader *r, cst_error *e)
{
    *in = (ledger_intake){.o = o};
    ledger_columns *c = &in->column;
    *c = (ledger_columns){.centre = -1,
                          .quantity = -1,
                          .term = -1,
                          .source = -1,
                          .notice = -1,
                          .signed_on = -1,
                          .subscription = -1,
                          .product = -1,
                          .plan = -1,
                          .center = -1};
    in->keyed = o->keys && cst_reader_has(r, "subscription_id");
    in->seed = cst_hash_seed();
    const struct {
        const char *name; /* NULL: not wanted */
        enum cst_need need;
        int *slot;
    } single[] = {{"account_id", CST_REQUIRED, &c->account},
                  {o->value ? o->value : "mrr", CST_REQUIRED, &c->value},
                  {"start_date", CST_REQUIRED, &c->start},
                  {"end_date", CST_OPTIONAL, &c->end},
                  {"currency", CST_OPTIONAL, &c->currency},
                  {o->centre, CST_REQUIRED, &c->centre},
                  {o->facts ? "quantity" : NULL, CST_OPTIONAL, &c->quantity},
                  {o->facts ? "term_months" : NULL, CST_OPTIONAL, &c->term},
                  {o->facts ? "source" : NULL, CST_OPTIONAL, &c->source},
                  {o->plans ? "notice_days" : NULL, CST_OPTIONAL, &c->notice},
                  {o->plans ? "signed_date" : NULL, CST_OPTIONAL, &c->signed_on},
                  {in->keyed ? "subscription_id" : NULL, CST_OPTIONAL, &c->subscription},
                  {in->keyed ? "product" : NULL, CST_OPTIONAL, &c->product},
                  {in->keyed ? "plan" : NULL, CST_OPTIONAL, &c->plan},
                  {in->keyed ? "buying_center" : NULL, CST_OPTIONAL, &c->center}};
    cst_status status = CST_OK;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        if (single[i].name) status = cst_reader_bind(r, single[i].name, single[i].need, single[i].slot, e);
        if (status != CST_OK) return status;
        if (*single[i].slot >= (int)in->slots) in->slots = (uint32_t)*single[i].slot + 1;
    }
    if ((status = bind_list(r, o->line, o->lines, CST_REQUIRED, &c->line, e)) != CST_OK) return status;
    enum cst_need need = o->attribute ? CST_OPTIONAL : CST_REQUIRED;
    if ((status = bind_list(r, o->segment, o->segments, need, &c->segment, e)) != CST_OK) return status;
    for (size_t i = 0; i < o->segments; i++)
        if (c->segment[i] < 0) in->attributes = true;
    if (in->slots > LEDGER_SLOTS) in->slots = LEDGER_SLOTS;
    return CST_OK;
}

void cst_ledger_intake_free(ledger_intake *in)
{
    free(in->column.line);
    free(in->column.segment);
    in->column.line = in->column.segment = NULL;
}

cst_status cst_ledger_worker_init(ledger_worker *w, const ledger_intake *in, uint32_t index, cst_error *e)
{
    *w = (ledger_worker){.in = in, .index = index};
    w->counts.first = w->counts.last = CST_DAY_NONE;
    w->labels = cst_labels_new();
    w->sources = cst_arena_new();
    return w->labels && w->sources ? CST_OK : cst_no_memory(e);
}

void cst_ledger_worker_free(ledger_worker *w)
{
    cst_ledger_slab_free(&w->slab);
    cst_ledger_slab_free(&w->lines);
    cst_ledger_partitions_free(w->partitions);
    free(w->kept);
    cst_labels_free(w->labels);
    cst_arena_free(w->sources);
    free(w->origin);
    free(w->run_text);
    free(w->run_row);
    free(w->joined);
    *w = (ledger_worker){0};
}

static void add_repeats(cst_ledger_repeats *a, const cst_ledger_repeats *b)
{
    uint64_t rows = a->rows + b->rows;
    bool first =
        b->rows > 0 && (a->rows == 0 || b->file < a->file || (b->file == a->file && b->line < a->line));
    if (first) *a = *b;
    a->rows = rows;
}

void cst_ledger_counts_add(cst_ledger_counts *a, const cst_ledger_counts *b)
{
    a->rows += b->rows;
    a->filtered += b->filtered;
    a->others += b->others;
    a->after += b->after;
    a->empty += b->empty;
    a->overlapping += b->overlapping;
    a->rounded += b->rounded;
    a->accounts += b->accounts;
    add_repeats(&a->same, &b->same);
    add_repeats(&a->other, &b->other);
    bool first =
        b->unmatched > 0 && (a->unmatched == 0 || strcmp(b->first_unmatched, a->first_unmatched) < 0);
    if (first) memcpy(a->first_unmatched, b->first_unmatched, sizeof a->first_unmatched);
    a->unmatched += b->unmatched;
    a->paid += b->paid;
    a->unmatched_paid += b->unmatched_paid;
    a->mixed |= b->mixed;
    if (b->first != CST_DAY_NONE && (a->first == CST_DAY_NONE || b->first < a->first)) a->first = b->first;
    if (b->last != CST_DAY_NONE && (a->last == CST_DAY_NONE || b->last > a->last)) a->last = b->last;
}

static void look_at(ledger_worker *w, cst_batch *b)
{
    ledger_seen *s = &w->seen;
    s->b = b;
    s->slots = cst_batch_view(b, &s->view) ? w->in->slots : 0;
    s->rejected = s->slots == 0;
    for (uint32_t i = 0; i < s->slots; i++) s->column[i] = cst_batch_column(b, (int)i);
}

/* Room for every row of the batch. */
static bool open_rows(ledger_worker *w)
{
    ledger_chunk *c = &w->chunk;
    size_t rows = cst_batch_rows(w->seen.b);
    if (w->in->o->facts && !(c->fact = cst_ledger_slab_take(&w->slab, rows * sizeof *c->fact))) return false;
    if (w->in->keyed && !(c->key = cst_ledger_slab_take(&w->slab, rows * sizeof *c->key))) return false;
    c->cell = cst_ledger_slab_take(&w->slab, rows * sizeof *c->cell);
    return c->cell;
}

cst_status cst_ledger_worker_take(ledger_worker *w, cst_batch *b, cst_error *e)
{
    if (w->streaming) {
        cst_ledger_slab_clear(&w->slab);
        cst_ledger_slab_clear(&w->lines);
        cst_arena_clear(w->sources);
        w->origins = 0;
    }
    look_at(w, b);
    ledger_chunk *c = &w->chunk;
    *c = (ledger_chunk){.batch = (uint32_t)cst_batch_number(b), .worker = w->index};
    if (w->in->keyed)
        c->at =
            (ledger_lines){.file = cst_batch_file(b), .first = w->seen.slots ? w->seen.view.first_line : 0};
    cst_status status = cst_ledger_cut_runs(w, e);
    if (status != CST_OK) return status;
    if (!open_rows(w)) return cst_no_memory(e);
    for (uint32_t i = 0; status == CST_OK && i < c->runs; i++) {
        uint32_t end = i + 1 < c->runs ? c->run[i + 1].first : cst_batch_rows(b);
        if (w->in->o->shards && cst_shard_of(w->run_text[i], w->in->o->shards) != w->in->o->shard) {
            w->counts.others += end - c->run[i].first;
            c->run[i].first = c->rows;
            continue;
        }
        status = cst_ledger_read_run(w, &c->run[i], end, w->run_text[i], e);
    }
    /* where some rows were left out, their room at the end of the slab is given back */
    if (status == CST_OK) cst_ledger_slab_cut(&w->slab, c->cell + c->rows);
    return status;
}

bool cst_ledger_worker_partition(ledger_worker *w)
{
    if (!w->partitions && !(w->partitions = cst_ledger_partitions_new(w->in->o->facts, w->in->keyed)))
        return false;
    for (uint32_t i = 0; i < w->keeps; i++)
        if (!cst_ledger_partition(w->partitions, &w->kept[i])) return false;
    w->keeps = 0;
    cst_ledger_slab_clear(&w->slab);
    return true;
}

cst_status cst_ledger_worker_keep(ledger_worker *w, cst_error *e)
{
    if (!cst_grow(&w->kept, &w->keep_room, w->keeps + 1, sizeof *w->kept)) return cst_no_memory(e);
    w->kept[w->keeps++] = w->chunk;
    if (w->chunk.ascending || cst_ledger_worker_partition(w)) return CST_OK;
    return cst_no_memory(e);
}
