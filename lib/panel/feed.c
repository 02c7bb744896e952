/* panel/feed.c: one row table. What a row is, which rows are seen and which are set aside is the same whether
 * the table is read as it goes, where each row lies in the reader's batch, or is read whole and held. */
#include "panel/feed.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "panel/held.h"
#include "read/view.h"
#include <stdlib.h>

/* What the fields of a column must pass. */
typedef struct field_test {
    int index;
    const char *name;
    cst_readable *test;
    const char *expected;
} field_test;

struct cst_feed {
    cst_reader *reader;
    cst_intern *accounts;
    char *account_column, *period_column;
    int account_slot, period_slot;
    int *slot; /* of the bound columns */
    int columns;
    size_t room;
    uint32_t part, parts; /* parts 0: all accounts */
    int only;             /* the bound column that must have the value; with `value` NULL: any row */
    const char *value;
    field_test *test;
    size_t tests, test_room;

    cst_panel_key key; /* of the current row */
    cst_batch *batch;  /* read as it goes: what the current row lies in */
    uint32_t row;
    cst_view view;  /* of the batch */
    bool viewed;    /* there is one */
    int32_t *field; /* then, of the bound columns: where they are in it; -1: not there */
    bool started;
    cst_panel_key before; /* the key of the row before, and where it was */
    cst_place place_before;

    cst_held *held;       /* read whole; else NULL */
    const cst_text *cell; /* then, of the current row */
};

/* ---- making ---- */

cst_status cst_feed_new(cst_reader *r, cst_intern *accounts, const char *account_column,
                        const char *period_column, cst_feed **out, cst_error *e)
{
    cst_feed *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s) return cst_no_memory(e);
    s->reader = r;
    s->accounts = accounts;
    s->account_slot = -1;
    s->account_column = account_column ? strdup(account_column) : NULL;
    s->period_column = strdup(period_column);
    cst_status status = CST_OK;
    if (!s->period_column || (account_column && !s->account_column)) status = cst_no_memory(e);
    if (status == CST_OK && account_column)
        status = cst_reader_bind(r, account_column, CST_REQUIRED, &s->account_slot, e);
    if (status == CST_OK) status = cst_reader_bind(r, period_column, CST_REQUIRED, &s->period_slot, e);
    if (status == CST_OK)
        *out = s;
    else
        cst_feed_free(s);
    return status;
}

void cst_feed_free(cst_feed *s)
{
    if (!s) return;
    if (s->batch) cst_batch_done(s->batch);
    free(s->account_column);
    free(s->period_column);
    free(s->slot);
    free(s->field);
    free(s->test);
    cst_held_free(s->held);
    free(s);
}

const char *cst_feed_account_column(const cst_feed *s)
{
    return s->account_column;
}

const char *cst_feed_period_column(const cst_feed *s)
{
    return s->period_column;
}

const cst_reader *cst_feed_reader(const cst_feed *s)
{
    return s->reader;
}

cst_status cst_feed_bind(cst_feed *s, const char *name, int *index, cst_error *e)
{
    if ((size_t)s->columns == s->room) {
        size_t room = cst_room_for(s->room, s->room + 1);
        if (!cst_resize(&s->slot, room, sizeof *s->slot) || !cst_resize(&s->field, room, sizeof *s->field))
            return cst_no_memory(e);
        s->room = room;
    }
    cst_status status = cst_reader_bind(s->reader, name, CST_OPTIONAL, &s->slot[s->columns], e);
    if (status == CST_OK) *index = s->columns++;
    return status;
}

void cst_feed_part(cst_feed *s, uint32_t part, uint32_t parts)
{
    s->part = part;
    s->parts = parts;
}

void cst_feed_only(cst_feed *s, int index, const char *value)
{
    s->only = index;
    s->value = value;
}

cst_status cst_feed_test(cst_feed *s, int index, const char *name, cst_readable *test, const char *expected,
                         cst_error *e)
{
    for (size_t i = 0; i < s->tests; i++)
        if (s->test[i].index == index && s->test[i].test == test) return CST_OK;
    if (!cst_grow(&s->test, &s->test_room, s->tests + 1, sizeof *s->test)) return cst_no_memory(e);
    s->test[s->tests++] = (field_test){index, name, test, expected};
    return CST_OK;
}

static cst_status test_fields(const cst_feed *s, cst_batch *b, uint32_t row, cst_error *e)
{
    for (size_t i = 0; i < s->tests; i++) {
        const field_test *f = &s->test[i];
        int slot = s->slot[f->index];
        cst_text t = cst_text_at(b, row, slot);
        if (t.n == 0 || f->test(t)) continue;
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), f->name, "expected %s, found \"%.*s%s\"",
                           f->expected, t.n > 60 ? 60 : (int)t.n, t.p, t.n > 60 ? "..." : "");
    }
    return CST_OK;
}

/* ---- rows ---- */

/* The key of a row; CST_END: not one to be seen; CST_DATA where a part is missing or no date. */
static cst_status read_key(cst_feed *s, cst_batch *b, uint32_t row, cst_panel_key *out, cst_error *e)
{
    cst_text account = {"", 0};
    if (s->value && !cst_text_is(cst_text_at(b, row, s->slot[s->only]), s->value)) return CST_END;
    if (s->account_column) {
        account = cst_text_at(b, row, s->account_slot);
        if (account.n == 0)
            return cst_fail_at(e, CST_DATA, cst_place_at(b, row, s->account_slot), s->account_column,
                               "expected an account, found none; fill it or leave the row out");
        if (s->parts > 1 && cst_hash(account.p, account.n, 0) % s->parts != s->part) return CST_END;
    }
    cst_status status = cst_day_at(b, row, s->period_slot, &out->period, e);
    if (status == CST_END)
        return cst_fail_at(
            e, CST_DATA, cst_place_at(b, row, s->period_slot), s->period_column,
            "expected the last day of a period, YYYY-MM-DD, found none; fill it or leave the row out");
    if (status == CST_OK) status = test_fields(s, b, row, e);
    if (status < 0) return status;
    out->account = cst_intern_id(s->accounts, account);
    return out->account == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
}

/* A row that cannot be used is set aside where the reader allows it. */
static cst_status reject_row(cst_batch *b, uint32_t row, cst_status status, cst_error *e)
{
    if (status != CST_DATA) return status;
    status = cst_row_reject(b, row, e);
    return status == CST_MEMORY ? cst_no_memory(e) : status;
}

/* ---- read whole ---- */

static cst_status hold_row(cst_feed *s, cst_batch *b, uint32_t row, cst_error *e)
{
    cst_panel_key key;
    cst_held_place first;
    cst_status status = read_key(s, b, row, &key, e);
    if (status != CST_OK) return status;
    status = cst_held_add(s->held, key, b, row, s->slot, &first, e);
    if (status != CST_END) return status;
    cst_place before = {cst_reader_file(s->reader, first.file), first.line, 0};
    return cst_key_repeated(s->accounts, key, cst_place_at(b, row, -1), before, e);
}

static cst_status hold_batch(cst_feed *s, cst_batch *b, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t row = 0; row < cst_batch_rows(b) && status >= 0; row++) {
        if (cst_row_rejected(b, row)) continue;
        status = hold_row(s, b, row, e);
        if (status < 0) status = reject_row(b, row, status, e);
    }
    return status;
}

cst_status cst_feed_load(cst_feed *s, cst_error *e)
{
    cst_batch *b;
    cst_status status;
    s->held = cst_held_new(s->columns);
    if (!s->held) return cst_no_memory(e);
    while ((status = cst_reader_next(s->reader, &b, e)) == CST_OK) {
        status = hold_batch(s, b, e);
        cst_batch_done(b);
        if (status < 0) return status;
    }
    cst_held_close(s->held);
    return status < 0 ? status : CST_OK;
}

cst_status cst_feed_sort(cst_feed *s, const uint32_t *rank, cst_error *e)
{
    return cst_held_sort(s->held, rank, e);
}

bool cst_feed_periods(const cst_feed *s, cst_periods *periods)
{
    return !s->held || cst_held_periods(s->held, periods);
}

/* ---- read as it goes ---- */

static cst_status next_record(cst_feed *s, cst_error *e)
{
    if (s->batch) s->row++;
    while (!s->batch || s->row >= cst_batch_rows(s->batch)) {
        if (s->batch) cst_batch_done(s->batch);
        s->batch = NULL;
        cst_status status = cst_reader_next(s->reader, &s->batch, e);
        if (status != CST_OK) {
            s->batch = NULL;
            return status;
        }
        s->row = 0;
        s->viewed = cst_batch_view(s->batch, &s->view);
        for (int i = 0; i < s->columns; i++) s->field[i] = cst_batch_column(s->batch, s->slot[i]);
    }
    return CST_OK;
}

/* A row that cannot be used is set aside where the reader allows it; CST_END: it was. */
static cst_status set_aside(cst_feed *s, cst_status status, cst_error *e)
{
    s->viewed = false;
    status = reject_row(s->batch, s->row, status, e);
    return status == CST_OK ? CST_END : status;
}

/* A field of the row at hand. Bare ones, and that is nearly all, are looked at where they lie. */
static inline cst_text read_field(cst_feed *s, int index)
{
    int32_t column = s->viewed ? s->field[index] : -1;
    if (column >= 0) {
        uint32_t n;
        const char *p = cst_view_field(&s->view, s->row, (uint32_t)column, &n);
        if (n == 0 || *p != '"') return (cst_text){p, n};
    }
    return cst_text_at(s->batch, s->row, s->slot[index]);
}

/* The record at hand: its key, checked against the one before. CST_END: not one to be seen. */
static cst_status take_record(cst_feed *s, cst_panel_order order, cst_error *e)
{
    cst_status status = read_key(s, s->batch, s->row, &s->key, e);
    if (status == CST_END) return status;
    if (status < 0) return set_aside(s, status, e);
    int step = s->started ? cst_key_compare(s->accounts, order, s->key, s->before) : 1;
    if (step <= 0) {
        cst_place place = cst_place_at(s->batch, s->row, -1);
        if (step < 0) return cst_key_misplaced(s->accounts, order, s->key, s->before, place, e);
        status = cst_key_repeated(s->accounts, s->key, place, s->place_before, e);
        return set_aside(s, status, e);
    }
    s->started = true;
    s->before = s->key;
    s->place_before.file = cst_reader_file(s->reader, cst_batch_file(s->batch));
    s->place_before.line = cst_line_at(s->batch, s->row);
    return CST_OK;
}

static cst_status next_read(cst_feed *s, cst_panel_order order, cst_error *e)
{
    for (;;) {
        cst_status status = next_record(s, e);
        if (status != CST_OK) return status;
        if (cst_row_rejected(s->batch, s->row)) continue;
        status = take_record(s, order, e);
        if (status != CST_END) return status;
    }
}

/* ---- for both ---- */

cst_status cst_feed_next(cst_feed *s, cst_panel_order order, cst_error *e)
{
    if (!s->held) return next_read(s, order, e);
    const cst_text *cell = cst_held_next(s->held, &s->key);
    if (!cell) return CST_END;
    s->cell = cell;
    return CST_OK;
}

cst_panel_key cst_feed_key(const cst_feed *s)
{
    return s->key;
}

cst_text cst_feed_text(cst_feed *s, int index)
{
    return s->held ? s->cell[index] : read_field(s, index);
}

cst_parsed cst_feed_number(cst_feed *s, int index, double *out)
{
    cst_text t = s->held ? s->cell[index] : read_field(s, index);
    if (t.n == 0) return CST_PARSED_MISSING;
    return cst_number_parse(t, out) ? CST_PARSED_NUMBER : CST_PARSED_NO_NUMBER;
}

cst_place cst_feed_place(const cst_feed *s, int index)
{
    if (!s->held) return cst_place_at(s->batch, s->row, s->slot[index]);
    cst_held_place at = cst_held_at(s->held);
    return (cst_place){cst_reader_file(s->reader, at.file), at.line, 0};
}
