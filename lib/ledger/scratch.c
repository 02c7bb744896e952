/* ledger/scratch.c: one account at a time: its runs are laid side by side in input order, as rows with all
 * their facts. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/balance.h"
#include "ledger/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cst_ledger_scratch_free(ledger_scratch *d)
{
    free(d->row);
    free(d->part);
    free(d->key);
    free(d->source);
    *d = (ledger_scratch){0};
}

/* The rows before the first that has a key have none. */
static bool add_keys(ledger_scratch *d, const ledger_keys *keys, uint32_t rows)
{
    if (!cst_grow(&d->key, &d->key_room, d->rows + rows, sizeof *d->key)) return false;
    if (!d->keyed && d->rows) memset(d->key, 0, d->rows * sizeof *d->key);
    d->keyed = true;
    if (!cst_grow(&d->source, &d->source_room, d->sources + 1, sizeof *d->source)) return false;
    d->source[d->sources++] = *keys;
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t hash = keys->hash ? keys->hash[i] : 0;
        d->key[d->rows + i] = (ledger_key){hash, (uint64_t)(d->sources - 1) << 32 | i};
    }
    return true;
}

bool cst_ledger_scratch_add(ledger_scratch *d, const ledger_cell *cell, const ledger_fact *fact,
                            ledger_keys keys, uint32_t rows, const uint32_t *unit_map,
                            const ledger_origin *origin)
{
    if (!cst_grow(&d->row, &d->room, d->rows + rows, sizeof *d->row)) return false;
    if (d->rows == 0) {
        d->keyed = false;
        d->sources = 0;
    }
    if ((keys.hash || d->keyed) && !add_keys(d, &keys, rows)) return false;
    for (uint32_t i = 0; i < rows; i++) {
        cst_ledger_row *row = &d->row[d->rows++];
        row->start = cell[i].start;
        row->end = cell[i].end;
        row->amount = cell[i].amount;
        row->unit = unit_map ? unit_map[cell[i].unit] : cell[i].unit;
        if (fact) {
            row->term = fact[i].term;
            row->notice = fact[i].notice;
            row->signed_on = fact[i].signed_on;
            row->known_end = fact[i].known_end;
            row->quantity = fact[i].quantity;
            row->source = fact[i].source;
            row->file = fact[i].file;
            row->line = fact[i].line;
        }
        if (!cell[i].origin) continue;
        row->file = origin[cell[i].origin - 1].file;
        row->line = origin[cell[i].origin - 1].line;
    }
    return true;
}

typedef struct scratch_span {
    uint32_t unit;
    cst_day start, end;
} scratch_span;

static int compare_spans(const void *a, const void *b)
{
    const scratch_span *x = a, *y = b;
    if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Rows that begin while an earlier one of the same unit holds. */
static bool count_overlaps(ledger_scratch *d)
{
    if (d->rows < 2) return true;
    scratch_span *span = malloc(d->rows * sizeof *span);
    if (!span) return false;
    for (size_t i = 0; i < d->rows; i++)
        span[i] = (scratch_span){d->row[i].unit, d->row[i].start, d->row[i].end};
    qsort(span, d->rows, sizeof *span, compare_spans);
    cst_day end = span[0].end;
    for (size_t i = 1; i < d->rows; i++) {
        if (span[i].unit != span[i - 1].unit) end = span[i].start;
        if (span[i].start < end && span[i].start < span[i].end) d->overlapping++;
        if (span[i].end > end) end = span[i].end;
    }
    free(span);
    return true;
}

static uint64_t find_place(const ledger_scratch *d, const ledger_key *k)
{
    if (d->sources == 0) return k->place;
    const ledger_keys *of = &d->source[k->place >> 32];
    const ledger_lines *at = of->of ? cst_ledger_partition_lines(of->of, of->batch) : of->at;
    return cst_ledger_place(at, of->first + (uint32_t)k->place);
}

void cst_ledger_scratch_place(ledger_scratch *d, size_t from)
{
    for (size_t i = from; d->keyed && i < d->rows; i++)
        if (d->key[i].hash) d->key[i].place = find_place(d, &d->key[i]);
    d->sources = 0;
}

typedef struct scratch_key {
    ledger_key key;
    size_t row;
} scratch_key;

static int compare_keys(const void *a, const void *b)
{
    const scratch_key *x = a, *y = b;
    if (x->key.hash != y->key.hash) return x->key.hash < y->key.hash ? -1 : 1;
    return (x->key.place > y->key.place) - (x->key.place < y->key.place);
}

/* Rows of one key, in order of their places: each is held against the first. */
static void note_repeats(ledger_scratch *d, const scratch_key *k, size_t n)
{
    const cst_ledger_row *first = &d->row[k->row];
    for (size_t i = 1; i < n; i++) {
        const cst_ledger_row *row = &d->row[k[i].row];
        bool same = row->amount == first->amount && row->end == first->end;
        cst_ledger_repeat_note(same ? &d->matched.same : &d->matched.other, k[i].key.place, k->key.place);
    }
}

/* Before anything is changed in the rows. Most accounts have a few rows and no two of one key. */
static bool find_repeats(ledger_scratch *d)
{
    enum { FEW = 16 };
    bool any = d->rows > FEW;
    for (size_t i = 1; !any && i < d->rows; i++)
        for (size_t k = 0; k < i; k++) any |= d->key[i].hash == d->key[k].hash && d->key[i].hash;
    if (!any) return true;
    scratch_key *key = malloc(d->rows * sizeof *key);
    if (!key) return false;
    size_t n = 0;
    for (size_t i = 0; i < d->rows; i++)
        if (d->key[i].hash) key[n++] = (scratch_key){{d->key[i].hash, find_place(d, &d->key[i])}, i};
    if (n) qsort(key, n, sizeof *key, compare_keys);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && key[end].key.hash == key[i].key.hash;) end++;
        if (end > i + 1) note_repeats(d, key + i, end - i);
    }
    free(key);
    return true;
}

/* An account that a joined table lacks: how much is paid by such. */
static void count_known(ledger_scratch *d, const cst_ledger_opts *o, const cst_ledger_account *a)
{
    cst_ledger_counts *n = &d->matched;
    cst_wide paid = 0;
    for (size_t i = 0; i < a->rows; i++) {
        const cst_ledger_row *row = &a->row[i];
        if (row->end == CST_LEDGER_OPEN) paid += row->amount;
        if (n->mixed || (d->labels == a->labels && d->unit == row->unit)) continue; /* as the row before */
        cst_text t = cst_labels_currency(a->labels, cst_labels_unit(a->labels, row->unit).currency);
        if (d->currency.p && !cst_text_equal(t, d->currency)) n->mixed = true;
        d->currency = t;
        d->labels = a->labels;
        d->unit = row->unit;
    }
    n->paid += paid;
    if (o->known(o->known_context, a->id)) return;
    cst_ledger_counts one = {
        .unmatched = 1, .unmatched_paid = paid, .first = CST_DAY_NONE, .last = CST_DAY_NONE};
    snprintf(one.first_unmatched, sizeof one.first_unmatched, "%.*s", (int)(a->id.n < 60 ? a->id.n : 60),
             a->id.p);
    cst_ledger_counts_add(n, &one);
}

void cst_ledger_scratch_count(const ledger_scratch *d, cst_ledger_counts *n)
{
    cst_ledger_counts counted = d->matched;
    counted.accounts = d->accounts;
    counted.overlapping = d->overlapping;
    counted.first = counted.last = CST_DAY_NONE;
    cst_ledger_counts_add(n, &counted);
}

/* Visits the rows of each currency apart, in order of the currencies' texts. */
static cst_status visit_currencies(ledger_scratch *d, cst_ledger_account *a, cst_ledger_visit *visit,
                                   void *worker, cst_error *e)
{
    if (!cst_grow(&d->part, &d->part_room, d->rows, sizeof *d->part)) return cst_no_memory(e);
    const cst_labels *labels = a->labels;
    cst_text last = {"", 0};
    for (bool first = true;; first = false) {
        cst_text next = {NULL, 0};
        for (size_t i = 0; i < d->rows; i++) {
            cst_text t = cst_labels_currency(labels, cst_labels_unit(labels, d->row[i].unit).currency);
            int after = t.n == last.n ? memcmp(t.p, last.p, t.n) : t.n > last.n ? 1 : -1;
            if (!first && after <= 0) continue;
            if (!next.p || (t.n == next.n ? memcmp(t.p, next.p, t.n) < 0 : t.n < next.n)) next = t;
        }
        if (!next.p) return CST_OK;
        a->rows = 0;
        for (size_t i = 0; i < d->rows; i++) {
            cst_text t = cst_labels_currency(labels, cst_labels_unit(labels, d->row[i].unit).currency);
            if (t.n == next.n && memcmp(t.p, next.p, t.n) == 0) d->part[a->rows++] = d->row[i];
        }
        a->row = d->part;
        cst_status status = visit(worker, a, e);
        if (status < 0) return status;
        last = next;
    }
}

cst_status cst_ledger_scratch_visit(ledger_scratch *d, const cst_ledger_opts *o, cst_text account,
                                    const cst_labels *labels, cst_ledger_visit *visit, void *worker,
                                    cst_error *e)
{
    if (d->rows == 0) return CST_OK;
    d->accounts++;
    cst_ledger_account a = {.id = account, .row = d->row, .rows = d->rows, .labels = labels};
    if (d->keyed && !find_repeats(d)) return cst_no_memory(e);
    if (!cst_ledger_grace(d->row, d->rows, o->grace, labels) || (o->count_overlaps && !count_overlaps(d)))
        return cst_no_memory(e);
    if (o->known) count_known(d, o, &a);
    if (o->split_currency) return visit_currencies(d, &a, visit, worker, e);
    return visit(worker, &a, e);
}

bool cst_ledger_balance(const cst_ledger_account *a, cst_day day, cst_money *out)
{
    cst_wide sum = 0;
    for (size_t i = 0; i < a->rows; i++)
        if (a->row[i].start <= day && a->row[i].end > day) sum += a->row[i].amount;
    *out = (cst_money)sum;
    return sum == *out;
}
