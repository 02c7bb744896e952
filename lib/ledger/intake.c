/* ledger/intake.c: one pass over a batch for the accounts, one for the rest. Consecutive rows of one
 * account form a run, found by comparing with the row before, so that only the first row of a run is
 * looked up; all of a batch's runs are looked up at once. */
#include "ledger/intake.h"
#include "base/decimal.h"
#include "base/text.h"
#include "ledger/fx.h"
#include "ledger/identity.h"
#include "ledger/labels.h"
#include <stdlib.h>
#include <string.h>

static cst_status fail_memory(cst_error *e)
{
    return cst_fail(e, CST_MEMORY, "out of memory while reading subscriptions");
}

static cst_status bind_list(cst_reader *r, const char *const *name, size_t n, enum cst_need need, int **slot,
                            cst_error *e)
{
    *slot = calloc(n ? n : 1, sizeof **slot);
    if (!*slot) return fail_memory(e);
    for (size_t i = 0; i < n; i++) {
        cst_status s = cst_reader_bind(r, name[i], need, &(*slot)[i], e);
        if (s < 0) return s;
    }
    return CST_OK;
}

cst_status cst_ledger_intake_bind(ledger_intake *in, const cst_ledger_opts *o, cst_reader *r, cst_error *e)
{
    *in = (ledger_intake){.o = o};
    ledger_columns *c = &in->column;
    *c = (ledger_columns){.centre = -1, .quantity = -1, .term = -1, .source = -1};
    cst_status s;
    if ((s = cst_reader_bind(r, "account_id", CST_REQUIRED, &c->account, e)) < 0) return s;
    if ((s = cst_reader_bind(r, o->value ? o->value : "mrr", CST_REQUIRED, &c->value, e)) < 0) return s;
    if ((s = cst_reader_bind(r, "start_date", CST_REQUIRED, &c->start, e)) < 0) return s;
    if ((s = cst_reader_bind(r, "end_date", CST_OPTIONAL, &c->end, e)) < 0) return s;
    if ((s = cst_reader_bind(r, "currency", CST_OPTIONAL, &c->currency, e)) < 0) return s;
    if (o->centre && (s = cst_reader_bind(r, o->centre, CST_REQUIRED, &c->centre, e)) < 0) return s;
    if (o->facts) {
        if ((s = cst_reader_bind(r, "quantity", CST_OPTIONAL, &c->quantity, e)) < 0) return s;
        if ((s = cst_reader_bind(r, "term_months", CST_OPTIONAL, &c->term, e)) < 0) return s;
        if ((s = cst_reader_bind(r, "source", CST_OPTIONAL, &c->source, e)) < 0) return s;
    }
    if ((s = bind_list(r, o->line, o->lines, CST_REQUIRED, &c->line, e)) < 0) return s;
    enum cst_need need = o->attribute ? CST_OPTIONAL : CST_REQUIRED;
    if ((s = bind_list(r, o->segment, o->segments, need, &c->segment, e)) < 0) return s;
    for (size_t i = 0; i < o->segments; i++)
        if (c->segment[i] < 0) in->attributes = true;
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
    w->accounts = cst_intern_new();
    w->names = cst_intern_new();
    return w->labels && w->accounts && w->names ? CST_OK : fail_memory(e);
}

void cst_ledger_worker_free(ledger_worker *w)
{
    cst_ledger_chunk_free(&w->chunk);
    cst_labels_free(w->labels);
    cst_intern_free(w->accounts);
    cst_intern_free(w->names);
    free(w->name);
    free(w->run_text);
    free(w->run_id);
    free(w->run_row);
    free(w->joined);
    *w = (ledger_worker){0};
}

void cst_ledger_chunk_free(ledger_chunk *c)
{
    free(c->cell);
    free(c->fact);
    free(c->run);
    cst_arena_free(c->arena);
    *c = (ledger_chunk){0};
}

void cst_ledger_counts_add(cst_ledger_counts *a, const cst_ledger_counts *b)
{
    a->rows += b->rows;
    a->filtered += b->filtered;
    a->after += b->after;
    a->empty += b->empty;
    a->overlapping += b->overlapping;
    a->rounded += b->rounded;
    a->accounts += b->accounts;
    if (b->first != CST_DAY_NONE && (a->first == CST_DAY_NONE || b->first < a->first)) a->first = b->first;
    if (b->last != CST_DAY_NONE && (a->last == CST_DAY_NONE || b->last > a->last)) a->last = b->last;
}

/* ---- names ------------------------------------------------------------------------------------------- */

static bool join_part(ledger_worker *w, size_t *n, size_t part, cst_text t)
{
    if (*n + t.n + 1 > w->joined_room) {
        size_t room = 2 * (*n + t.n + 1) + 64;
        char *grown = realloc(w->joined, room);
        if (!grown) return false;
        w->joined = grown;
        w->joined_room = room;
    }
    if (part > 0) w->joined[(*n)++] = CST_LABEL_JOINT;
    if (t.n) memcpy(w->joined + *n, t.p, t.n);
    *n += t.n;
    return true;
}

static cst_text rename_field(const ledger_worker *w, const char *column, cst_text t)
{
    enum cst_identity_kind kind;
    if (!w->in->o->identity || !cst_identity_column(column, &kind)) return t;
    return cst_identity_rename(w->in->o->identity, kind, t);
}

/* The id of a row's group: the stream's columns from the row (b NULL: none are), the others from the
 * account. */
static uint32_t find_segment(ledger_worker *w, cst_batch *b, uint32_t row, cst_text account)
{
    const cst_ledger_opts *o = w->in->o;
    size_t n = 0;
    for (size_t i = 0; i < o->segments; i++) {
        int slot = w->in->column.segment[i];
        cst_text t = slot >= 0 ? rename_field(w, o->segment[i], cst_text_at(b, row, slot))
                               : o->attribute(o->attribute_context, account, i);
        if (slot >= 0 && strcmp(o->segment[i], "account_id") == 0) t = account;
        if (!join_part(w, &n, i, t)) return CST_UNIT_NONE;
    }
    return cst_labels_add_segment(w->labels, (cst_text){n ? w->joined : "", (uint32_t)n});
}

static bool name_account(ledger_worker *w, uint32_t id, cst_text raw)
{
    const cst_ledger_opts *o = w->in->o;
    if (id >= w->name_room) {
        uint32_t room = id < 512 ? 1024 : 2 * id;
        ledger_name *grown = realloc(w->name, room * sizeof *grown);
        if (!grown) return false;
        w->name = grown;
        w->name_room = room;
    }
    cst_text t = raw;
    if (o->identity) t = cst_identity_rename(o->identity, CST_ID_ACCOUNT, t);
    if (o->customer) t = o->customer(o->customer_context, t);
    if (t.p != raw.p) {
        uint32_t name = cst_intern_id(w->names, t);
        if (name == CST_INTERN_NONE) return false;
        t = cst_intern_text(w->names, name);
    }
    w->name[id] = (ledger_name){.text = t};
    return true;
}

/* Names every account that was seen for the first time. */
static bool name_accounts(ledger_worker *w)
{
    uint32_t n = cst_intern_count(w->accounts);
    for (; w->named < n; w->named++)
        if (!name_account(w, w->named, cst_intern_text(w->accounts, w->named))) return false;
    return true;
}

/* ---- runs -------------------------------------------------------------------------------------------- */

static bool grow_runs(ledger_worker *w, uint32_t n)
{
    if (n < w->run_room) return true;
    uint32_t room = n < 1024 ? 2048 : 2 * n;
    cst_text *text = realloc(w->run_text, room * sizeof *text);
    if (text) w->run_text = text;
    uint32_t *id = realloc(w->run_id, room * sizeof *id);
    if (id) w->run_id = id;
    uint32_t *row = realloc(w->run_row, room * sizeof *row);
    if (row) w->run_row = row;
    ledger_run *run = realloc(w->chunk.run, room * sizeof *run);
    if (run) w->chunk.run = run;
    if (!text || !id || !row || !run) return false;
    w->run_room = room;
    return true;
}

/* Cuts the batch into runs of one account. A row without an account is rejected here. */
static cst_status cut_runs(ledger_worker *w, cst_batch *b, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b), runs = 0;
    int slot = w->in->column.account;
    cst_text last = {NULL, 0};
    w->run_room = 0;
    if (!grow_runs(w, 1)) return fail_memory(e);
    for (uint32_t row = 0; row < rows; row++) {
        if (cst_row_rejected(b, row)) continue;
        cst_text t = cst_text_at(b, row, slot);
        if (t.n == 0) {
            cst_error why;
            cst_fail_at(
                &why, CST_DATA, cst_place_at(b, row, slot), "account_id",
                "expected an account, found nothing; fill it in, or set such rows aside with --rejects FILE");
            cst_status s = cst_row_reject(b, row, &why);
            if (s < 0) {
                if (e) *e = why;
                return s;
            }
            continue;
        }
        if (runs > 0 && t.n == last.n && memcmp(t.p, last.p, t.n) == 0) continue;
        if (!grow_runs(w, runs + 1)) return fail_memory(e);
        w->run_text[runs] = last = t;
        w->run_row[runs] = row;
        w->chunk.run[runs++] = (ledger_run){.first = row};
    }
    w->chunk.runs = runs;
    if (!cst_intern_ids(w->accounts, w->run_text, w->run_id, runs) || !name_accounts(w))
        return fail_memory(e);
    for (uint32_t i = 0; i < runs; i++) w->chunk.run[i].account = w->run_id[i];
    return CST_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

/* The centre of a row, and the line where the centre makes it. A few centres take turns: the last ones are
 * kept, with their texts in the labels. */
static bool find_centre(ledger_worker *w, cst_batch *b, uint32_t row)
{
    int slot = w->in->column.centre;
    ledger_recent *r = &w->recent;
    if (slot < 0 && r->known) return true;
    cst_text t = slot >= 0 ? rename_field(w, w->in->o->centre, cst_text_at(b, row, slot)) : (cst_text){"", 0};
    if (r->known && cst_text_equal(t, r->centre)) return true;
    uint32_t id = CST_UNIT_NONE;
    for (uint32_t i = 0; i < r->centres && id == CST_UNIT_NONE; i++)
        if (cst_text_equal(t, r->centre_text[i])) id = r->centre_id[i];
    if (id == CST_UNIT_NONE) {
        id = cst_labels_add_centre(w->labels, t);
        if (id == CST_UNIT_NONE) return false;
        uint32_t i = r->centres < LEDGER_RECENT ? r->centres++ : id % LEDGER_RECENT;
        r->centre_id[i] = id;
        r->centre_text[i] = cst_labels_centre(w->labels, id);
    }
    r->unit.centre = id;
    r->centre = cst_labels_centre(w->labels, id);
    if (w->in->o->lines == 0) {
        /* lines are the centres then, added in the same order: the same id */
        r->unit.line = cst_labels_centres(w->labels) > cst_labels_lines(w->labels)
                           ? cst_labels_add_line(w->labels, r->centre)
                           : id;
    }
    r->changed = true;
    return r->unit.line != CST_UNIT_NONE;
}

/* The unit of the four ids in hand; where the centre alone tells lines and segments, kept by centre. */
static bool find_id(ledger_worker *w)
{
    ledger_recent *r = &w->recent;
    bool simple = w->in->o->lines == 0 && w->in->o->segments == 0 && r->unit.centre < LEDGER_SIMPLE;
    if (simple && r->by_centre[r->unit.centre] && r->by_currency[r->unit.centre] == r->unit.currency) {
        r->id = r->by_centre[r->unit.centre] - 1;
        return true;
    }
    r->id = cst_labels_add_unit(w->labels, r->unit);
    if (r->id == CST_UNIT_NONE) return false;
    if (simple) {
        r->by_centre[r->unit.centre] = r->id + 1;
        r->by_currency[r->unit.centre] = r->unit.currency;
    }
    return true;
}

static bool find_line(ledger_worker *w, cst_batch *b, uint32_t row)
{
    const cst_ledger_opts *o = w->in->o;
    size_t n = 0;
    if (!join_part(w, &n, 0, w->recent.centre)) return false;
    for (size_t i = 0; i < o->lines; i++) {
        cst_text t = rename_field(w, o->line[i], cst_text_at(b, row, w->in->column.line[i]));
        if (!join_part(w, &n, i + 1, t)) return false;
    }
    uint32_t id = cst_labels_add_line(w->labels, (cst_text){w->joined, (uint32_t)n});
    if (id != w->recent.unit.line) w->recent.changed = true;
    w->recent.unit.line = id;
    return id != CST_UNIT_NONE;
}

static cst_status find_currency(ledger_worker *w, cst_batch *b, uint32_t row, cst_error *e)
{
    ledger_recent *r = &w->recent;
    int slot = w->in->column.currency;
    cst_text t = cst_text_at(b, row, slot);
    if (r->known && cst_text_equal(t, r->currency)) return CST_OK;
    if (t.n && !cst_currency_valid(t))
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), "currency",
                           "expected three letters, found \"%.*s\"; use the ISO 4217 code", (int)t.n, t.p);
    r->unit.currency = cst_labels_add_currency(w->labels, t);
    if (r->unit.currency == CST_UNIT_NONE) return fail_memory(e);
    r->currency = cst_labels_currency(w->labels, r->unit.currency);
    cst_place place;
    uint64_t number = cst_batch_first_row(b) + row;
    if (number < cst_labels_currency_row(w->labels, r->unit.currency, &place) &&
        !cst_labels_note_currency(w->labels, r->unit.currency, number, cst_place_at(b, row, slot)))
        return fail_memory(e);
    r->changed = true;
    return CST_OK;
}

static cst_status find_unit(ledger_worker *w, cst_batch *b, uint32_t row, cst_text account, uint32_t *out,
                            cst_error *e)
{
    const cst_ledger_opts *o = w->in->o;
    ledger_recent *r = &w->recent;
    if (!find_centre(w, b, row) || (o->lines > 0 && !find_line(w, b, row))) return fail_memory(e);
    cst_status s = find_currency(w, b, row, e);
    if (s < 0) return s;
    if (o->segments > 0 || !r->known) {
        uint32_t id = find_segment(w, b, row, account);
        if (id == CST_UNIT_NONE) return fail_memory(e);
        if (id != r->unit.segment) r->changed = true;
        r->unit.segment = id;
    }
    if ((r->changed || !r->known) && !find_id(w)) return fail_memory(e);
    r->known = true;
    r->changed = false;
    *out = r->id;
    return CST_OK;
}

/* Whether every row is for the same thing, so that nothing needs looking up. */
static bool is_plain(const ledger_intake *in)
{
    return in->column.centre < 0 && in->o->lines == 0 && in->o->segments == 0 && in->column.currency < 0;
}

static cst_status expect_value(cst_batch *b, uint32_t row, int slot, const char *name, const char *what,
                               cst_error *e)
{
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), name,
                       "expected %s, found nothing; fill it in, or set such rows aside with --rejects FILE",
                       what);
}

static cst_status read_fact(ledger_worker *w, cst_batch *b, uint32_t row, ledger_fact *f, cst_error *e)
{
    const ledger_columns *c = &w->in->column;
    *f = (ledger_fact){0};
    cst_status s = cst_money_at(b, row, c->quantity, &f->quantity, e);
    if (s < 0) return s;
    int64_t term = 0;
    if ((s = cst_int_at(b, row, c->term, &term, e)) < 0) return s;
    if (term < 0 || term > 1200)
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, c->term), "term_months",
                           "expected 0 to 1200 months, found %lld; correct it", (long long)term);
    f->term = (int32_t)term;
    cst_text source = cst_text_at(b, row, c->source);
    if (source.n == 0) {
        cst_place place = cst_place_at(b, row, -1);
        f->file = place.file;
        f->line = place.line;
        return CST_OK;
    }
    bool ok = true;
    f->source = cst_arena_text(w->chunk.arena, source, &ok);
    return ok ? CST_OK : fail_memory(e);
}

/* Reads a row's own values. *use is cleared for a row that is left out. */
static cst_status read_cell(ledger_worker *w, cst_batch *b, uint32_t row, ledger_cell *cell, bool *use,
                            cst_error *e)
{
    const ledger_columns *c = &w->in->column;
    const cst_ledger_opts *o = w->in->o;
    cst_text amount = cst_text_at(b, row, c->value);
    cst_decimal_status d = cst_money_parse(amount, &cell->amount);
    if (d == CST_DECIMAL_ROUNDED) w->counts.rounded++;
    if (d == CST_DECIMAL_BAD || d == CST_DECIMAL_TOO_LARGE) {
        if (amount.n == 0) return expect_value(b, row, c->value, o->value ? o->value : "mrr", "an amount", e);
        return cst_money_at(b, row, c->value, &cell->amount, e);
    }
    cst_status s = cst_day_at(b, row, c->start, &cell->start, e);
    if (s == CST_END) return expect_value(b, row, c->start, "start_date", "a date", e);
    if (s < 0) return s;
    cell->end = CST_LEDGER_OPEN;
    s = cst_day_at(b, row, c->end, &cell->end, e);
    if (s < 0) return s;
    if (cell->end < cell->start)
        return cst_fail_at(
            e, CST_DATA, cst_place_at(b, row, c->end), "end_date",
            "expected a day on or after start_date, found one before it; correct it, or set such rows "
            "aside with --rejects FILE");
    if (o->as_of == CST_DAY_NONE) return CST_OK;
    if (cell->start > o->as_of) {
        w->counts.after++;
        *use = false;
    } else if (cell->end > o->as_of) {
        cell->end = CST_LEDGER_OPEN;
    }
    return CST_OK;
}

static void count_row(ledger_worker *w, const ledger_cell *cell)
{
    cst_ledger_counts *n = &w->counts;
    n->rows++;
    n->empty += cell->start == cell->end;
    if (n->first == CST_DAY_NONE || cell->start < n->first) n->first = cell->start;
    cst_day last = cell->end == CST_LEDGER_OPEN ? cell->start : cell->end;
    if (n->last == CST_DAY_NONE || last > n->last) n->last = last;
}

static cst_status read_row(ledger_worker *w, cst_batch *b, uint32_t row, cst_text account, bool plain,
                           bool *use, cst_error *e)
{
    const cst_ledger_opts *o = w->in->o;
    ledger_chunk *chunk = &w->chunk;
    ledger_cell *cell = &chunk->cell[chunk->rows];
    *use = true;
    cst_status s = CST_OK;
    if (o->filter) {
        s = o->filter(o->filter_context, b, row, account, use, e);
        if (s < 0) return s;
        if (!*use) {
            w->counts.filtered++;
            return CST_OK;
        }
    }
    s = read_cell(w, b, row, cell, use, e);
    if (s < 0 || !*use) return s < 0 ? s : CST_OK;
    if (!plain || !w->recent.known) {
        s = find_unit(w, b, row, account, &cell->unit, e);
        if (s < 0) return s;
    } else {
        cell->unit = w->recent.id;
    }
    if (!chunk->fact) return CST_OK;
    s = read_fact(w, b, row, &chunk->fact[chunk->rows], e);
    return s < 0 ? s : CST_OK;
}

static cst_status open_chunk(ledger_worker *w, cst_batch *b, cst_error *e)
{
    uint32_t rows = cst_batch_rows(b);
    w->chunk = (ledger_chunk){.number = cst_batch_number(b), .worker = w->index};
    w->chunk.cell = malloc((rows ? rows : 1) * sizeof *w->chunk.cell);
    if (!w->chunk.cell) return fail_memory(e);
    if (!w->in->o->facts) return CST_OK;
    w->chunk.fact = malloc((rows ? rows : 1) * sizeof *w->chunk.fact);
    w->chunk.arena = cst_arena_new();
    return w->chunk.fact && w->chunk.arena ? CST_OK : fail_memory(e);
}

/* Gives back what a chunk does not fill. */
static void trim_chunk(ledger_chunk *c)
{
    ledger_run *run = realloc(c->run, (c->runs ? c->runs : 1) * sizeof *run);
    if (run) c->run = run;
}

/* The rows of run i, up to the first row of the next. */
static cst_status read_run(ledger_worker *w, cst_batch *b, uint32_t i, uint32_t end, bool plain, cst_error *e)
{
    ledger_chunk *chunk = &w->chunk;
    ledger_run *run = &chunk->run[i];
    uint32_t first = run->first;
    /* a name is a cache miss: only where somebody asks for it */
    bool named = w->in->o->filter || w->in->o->segments > 0;
    cst_text account = named ? w->name[run->account].text : (cst_text){"", 0};
    run->first = chunk->rows;
    for (uint32_t row = first; row < end; row++) {
        if (cst_row_rejected(b, row)) continue;
        bool use;
        cst_error why;
        cst_status s = read_row(w, b, row, account, plain, &use, &why);
        if (s < 0) {
            if (s == CST_DATA) s = cst_row_reject(b, row, &why);
            if (s < 0) {
                if (e) *e = why;
                return s;
            }
            continue;
        }
        if (!use) continue;
        count_row(w, &chunk->cell[chunk->rows++]);
        run->rows++;
    }
    return CST_OK;
}

cst_status cst_ledger_worker_take(ledger_worker *w, cst_batch *b, cst_error *e)
{
    if (w->streaming) {
        cst_intern_free(w->accounts);
        w->accounts = cst_intern_new();
        cst_intern_free(w->names);
        w->names = cst_intern_new();
        w->named = 0;
        if (!w->accounts || !w->names) return fail_memory(e);
    }
    cst_status s = open_chunk(w, b, e);
    if (s == CST_OK) s = cut_runs(w, b, e);
    bool plain = is_plain(w->in);
    for (uint32_t i = 0; s == CST_OK && i < w->chunk.runs; i++) {
        uint32_t end = i + 1 < w->chunk.runs ? w->chunk.run[i + 1].first : cst_batch_rows(b);
        s = read_run(w, b, i, end, plain, e);
    }
    if (s < 0) {
        cst_ledger_chunk_free(&w->chunk);
        return s;
    }
    trim_chunk(&w->chunk);
    return CST_OK;
}
