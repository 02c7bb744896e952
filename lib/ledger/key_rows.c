/* ledger/key_rows.c: each thread keeps the hashes of its rows' keys with their places; sorted together, rows
 * of one key lie side by side, the first of the input first. A key is 128 bits of hash, by seeds of the
 * run. */
#include "ledger/key_rows.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "tables/streams.h"
#include <stdlib.h>

enum { COLUMNS = 32 };

void cst_ledger_repeat_note(cst_ledger_repeats *r, uint64_t at, uint64_t before)
{
    const uint64_t line = (UINT64_C(1) << CST_PLACE_LINE_BITS) - 1;
    uint64_t known = (uint64_t)r->file << CST_PLACE_LINE_BITS | r->line;
    r->rows++;
    if (r->rows > 1 && known < at) return;
    r->file = (uint32_t)(at >> CST_PLACE_LINE_BITS);
    r->line = at & line;
    r->before_file = (uint32_t)(before >> CST_PLACE_LINE_BITS);
    r->before_line = before & line;
}

typedef struct key_row {
    uint64_t hash, check, rest; /* rest: of all other columns */
    uint64_t place;             /* the file in the upper 16 bits, the line in the others */
} key_row;

typedef struct key_worker {
    key_row *at;
    size_t n, room;
} key_worker;

typedef struct key_column {
    const char *name;
    int slot;
    bool key;
} key_column;

struct cst_key_rows {
    const cst_identity *identity;
    key_column column[COLUMNS];
    size_t columns;
    int key_if; /* the slot that must be filled; -1: none */
    uint64_t seed;
    key_worker *worker;
    int threads;
};

static bool is_in(const char *list, const char *name)
{
    cst_text rest = cst_text_of(list), part;
    while (cst_text_next(&rest, ',', &part))
        if (cst_text_is(part, name)) return true;
    return false;
}

static cst_status bind_columns(cst_key_rows *k, const struct cst_stream *s, cst_reader *r, cst_error *e)
{
    cst_status status = CST_OK;
    for (const struct cst_stream_column *c = s->columns; c->name && status == CST_OK; c++) {
        if (k->columns == COLUMNS || !cst_reader_has(r, c->name) || strcmp(c->name, "source") == 0) continue;
        key_column *to = &k->column[k->columns++];
        *to = (key_column){.name = c->name, .key = is_in(s->key, c->name)};
        status = cst_reader_bind(r, c->name, CST_OPTIONAL, &to->slot, e);
        if (s->key_if && strcmp(s->key_if, c->name) == 0) k->key_if = to->slot;
    }
    return status;
}

cst_status cst_key_rows_open(const char *stream, cst_reader *r, const cst_identity *identity, int threads,
                             cst_key_rows **out, cst_error *e)
{
    const struct cst_stream *s = cst_stream_find(cst_text_of(stream));
    *out = NULL;
    if (!s || !s->key || (s->key_if && !cst_reader_has(r, s->key_if))) return CST_OK;
    cst_key_rows *k = calloc(1, sizeof *k);
    if (!k || !(k->worker = calloc((size_t)threads, sizeof *k->worker))) {
        free(k);
        return cst_no_memory(e);
    }
    k->identity = identity;
    k->threads = threads;
    k->key_if = -1;
    k->seed = cst_hash_seed();
    cst_status status = bind_columns(k, s, r, e);
    if (status == CST_OK)
        *out = k;
    else
        cst_key_rows_free(k);
    return status;
}

void cst_key_rows_free(cst_key_rows *k)
{
    if (!k) return;
    for (int i = 0; i < k->threads; i++) free(k->worker[i].at);
    free(k->worker);
    free(k);
}

static key_row read_row(const cst_key_rows *k, cst_batch *b, uint32_t row)
{
    key_row out = {k->seed, ~k->seed, k->seed, 0};
    for (size_t i = 0; i < k->columns; i++) {
        const key_column *c = &k->column[i];
        cst_text t = cst_text_at(b, row, c->slot);
        if (c->key && k->identity) t = cst_identity_value(k->identity, cst_text_of(c->name), t);
        uint64_t *hash = c->key ? &out.hash : &out.rest;
        *hash = cst_hash(t.p, t.n, *hash);
        if (c->key) out.check = cst_hash(t.p, t.n, out.check);
    }
    out.place = (uint64_t)cst_batch_file(b) << CST_PLACE_LINE_BITS | cst_line_at(b, row);
    return out;
}

cst_status cst_key_rows_take(cst_key_rows *k, int thread, cst_batch *b, cst_error *e)
{
    key_worker *w = &k->worker[thread];
    uint32_t rows = cst_batch_rows(b);
    if (!cst_grow(&w->at, &w->room, w->n + rows, sizeof *w->at)) return cst_no_memory(e);
    for (uint32_t row = 0; row < rows; row++) {
        if (cst_row_rejected(b, row)) continue;
        if (k->key_if >= 0 && cst_text_at(b, row, k->key_if).n == 0) continue;
        w->at[w->n++] = read_row(k, b, row);
    }
    return CST_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const key_row *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    if (x->check != y->check) return x->check < y->check ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

cst_status cst_key_rows_find(cst_key_rows *k, cst_ledger_repeats *same, cst_ledger_repeats *other,
                             cst_error *e)
{
    key_worker all = {0};
    *same = *other = (cst_ledger_repeats){0};
    size_t n = 0;
    for (int i = 0; i < k->threads; i++) n += k->worker[i].n;
    if (!cst_grow(&all.at, &all.room, n, sizeof *all.at)) return cst_no_memory(e);
    for (int i = 0; i < k->threads; i++) {
        const key_worker *w = &k->worker[i];
        if (w->n) memcpy(all.at + all.n, w->at, w->n * sizeof *w->at);
        all.n += w->n;
    }
    if (n > 1) qsort(all.at, n, sizeof *all.at, compare_rows);
    for (size_t i = 1, first = 0; i < n; i++) {
        const key_row *x = &all.at[first], *y = &all.at[i];
        if (x->hash != y->hash || x->check != y->check)
            first = i;
        else
            cst_ledger_repeat_note(x->rest == y->rest ? same : other, y->place, x->place);
    }
    free(all.at);
    return CST_OK;
}
