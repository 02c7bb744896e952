/* panel/feed.c: one row table.
 *
 * A table that is read whole is kept as a row of bytes per record: for each bound column its length (one
 * byte, or 255 and four) and its bytes. That is about the size the columns have in the file, and one pass of
 * decoding when the row comes to be current. Sorting moves only 16-byte keys; input that is in order already
 * is found out and left as it is. */
#include "panel/feed.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/number.h"
#include "base/text.h"
#include "stream/view.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct stored_row {
    cst_key key;
    uint32_t file;
    uint64_t line;
    const unsigned char *cells;
} stored_row;

typedef struct sort_key {
    uint64_t key; /* rank of the account, then period */
    uint64_t row;
} sort_key;

/* What the fields of a column must pass. */
typedef struct field_test {
    int index;
    cst_text name;
    cst_readable *test;
    const char *expected;
} field_test;

struct cst_feed {
    cst_reader *reader;
    cst_intern *accounts;
    char *account_column, *period_column;
    int account_slot, period_slot;
    int *slot; /* of the bound columns */
    int columns, room;
    uint32_t part, parts; /* parts 0: all accounts */
    int only;             /* the bound column that must have the value; with `value` NULL: any row */
    const char *value;
    field_test *test;
    size_t tests;

    cst_key key;      /* of the current row */
    cst_batch *batch; /* read as it goes: what the current row lies in */
    uint32_t row;
    cst_view view;  /* of the batch */
    bool viewed;    /* there is one */
    int32_t *field; /* then, of the bound columns: where they are in it; -1: not there */
    bool started;
    cst_key before; /* the key of the row before, and where it was */
    cst_place place_before;

    bool whole; /* read whole */
    stored_row *stored;
    size_t rows, rows_room, at;
    sort_key *sorted;
    cst_arena *bytes;
    cst_map *seen;  /* (account, period) -> row + 1 */
    cst_text *cell; /* of the current row */
};

/* ---- making ---- */

cst_status cst_feed_new(cst_reader *r, cst_intern *accounts, const char *account_column,
                        const char *period_column, cst_feed **out, cst_error *e)
{
    cst_feed *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s) return cst_fail(e, CST_MEMORY, "out of memory");
    s->reader = r;
    s->accounts = accounts;
    s->account_slot = -1;
    s->account_column = account_column ? strdup(account_column) : NULL;
    s->period_column = strdup(period_column);
    cst_status status = CST_OK;
    if (!s->period_column || (account_column && !s->account_column))
        status = cst_fail(e, CST_MEMORY, "out of memory");
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
    free(s->stored);
    free(s->sorted);
    free(s->cell);
    cst_arena_free(s->bytes);
    cst_map_free(s->seen);
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

cst_status cst_feed_bind(cst_feed *s, cst_text name, int *index, cst_error *e)
{
    if (s->columns == s->room) {
        int room = s->room ? 2 * s->room : 8;
        int *more = realloc(s->slot, (size_t)room * sizeof *more);
        if (more) s->slot = more;
        int32_t *field = realloc(s->field, (size_t)room * sizeof *field);
        if (field) s->field = field;
        if (!more || !field) return cst_fail(e, CST_MEMORY, "out of memory");
        s->room = room;
    }
    cst_buffer string = {0};
    cst_buffer_add(&string, name.p, name.n);
    const char *column = cst_buffer_string(&string);
    cst_status status = string.failed
                            ? cst_fail(e, CST_MEMORY, "out of memory")
                            : cst_reader_bind(s->reader, column, CST_OPTIONAL, &s->slot[s->columns], e);
    cst_buffer_free(&string);
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

cst_status cst_feed_test(cst_feed *s, int index, cst_text name, cst_readable *test, const char *expected,
                         cst_error *e)
{
    for (size_t i = 0; i < s->tests; i++)
        if (s->test[i].index == index && s->test[i].test == test) return CST_OK;
    field_test *more = realloc(s->test, (s->tests + 1) * sizeof *more);
    if (!more) return cst_fail(e, CST_MEMORY, "out of memory");
    s->test = more;
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
        char name[sizeof((cst_error *)0)->field];
        snprintf(name, sizeof name, "%.*s", (int)f->name.n, f->name.p);
        return cst_fail_at(e, CST_DATA, cst_place_at(b, row, slot), name, "expected %s, found \"%.*s%s\"",
                           f->expected, t.n > 60 ? 60 : (int)t.n, t.p, t.n > 60 ? "..." : "");
    }
    return CST_OK;
}

/* ---- keys ---- */

int cst_key_compare(const cst_intern *accounts, cst_panel_order order, cst_key a, cst_key b)
{
    int period = (a.period > b.period) - (a.period < b.period);
    int account = 0;
    if (order == CST_PANEL_BY_PERIOD && period) return period;
    if (a.account != b.account)
        account =
            cst_text_compare(cst_intern_text(accounts, a.account), cst_intern_text(accounts, b.account));
    return account ? account : period;
}

/* The key of a row; CST_END: not one to be seen; CST_DATA where a part is missing or no date. */
static cst_status read_key(cst_feed *s, cst_batch *b, uint32_t row, cst_key *out, cst_error *e)
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
    return out->account == CST_INTERN_NONE ? cst_fail(e, CST_MEMORY, "out of memory") : CST_OK;
}

static cst_status fail_repeated(const cst_feed *s, cst_key key, cst_place place, cst_place first,
                                cst_error *e)
{
    char day[CST_DAY_ROOM];
    cst_text account = cst_intern_text(s->accounts, key.account);
    int shown = account.n > 60 ? 60 : (int)account.n;
    cst_day_format(key.period, day);
    return cst_fail_at(
        e, CST_DATA, place, NULL,
        "expected one row per account and period, found %s%.*s%s%s again (first at %s:%llu); keep one",
        account.n ? "\"" : "", shown, account.p, account.n ? "\" " : "", day, first.file ? first.file : "",
        (unsigned long long)first.line);
}

/* ---- read whole ---- */

static cst_status add_row(cst_feed *s, const stored_row *row, cst_error *e)
{
    if (s->rows == s->rows_room) {
        size_t room = s->rows_room ? 2 * s->rows_room : 1024;
        stored_row *more = realloc(s->stored, room * sizeof *more);
        if (!more) return cst_fail(e, CST_MEMORY, "out of memory");
        s->stored = more;
        s->rows_room = room;
    }
    s->stored[s->rows++] = *row;
    return CST_OK;
}

static unsigned char *pack_cells(cst_feed *s, cst_batch *b, uint32_t row)
{
    size_t size = 1;
    for (int i = 0; i < s->columns; i++) {
        s->cell[i] = cst_text_at(b, row, s->slot[i]);
        size += s->cell[i].n + (s->cell[i].n < 255 ? 1 : 5);
    }
    unsigned char *cells = cst_arena_alloc(s->bytes, size), *p = cells;
    for (int i = 0; cells && i < s->columns; i++) {
        uint32_t n = s->cell[i].n;
        *p++ = (unsigned char)(n < 255 ? n : 255);
        if (n >= 255) memcpy(p, &n, sizeof n);
        if (n >= 255) p += sizeof n;
        if (n) memcpy(p, s->cell[i].p, n);
        p += n;
    }
    return cells;
}

static void unpack_cells(cst_feed *s, const unsigned char *p)
{
    for (int i = 0; i < s->columns; i++) {
        uint32_t n = *p++;
        if (n == 255) {
            memcpy(&n, p, sizeof n);
            p += sizeof n;
        }
        s->cell[i] = (cst_text){(const char *)p, n};
        p += n;
    }
}

static cst_place place_stored(const cst_feed *s, const stored_row *row)
{
    return (cst_place){cst_reader_file(s->reader, row->file), row->line, 0};
}

static cst_status store_row(cst_feed *s, cst_batch *b, uint32_t row, cst_error *e)
{
    stored_row stored = {.file = cst_batch_file(b), .line = cst_line_at(b, row)};
    bool fresh;
    cst_status status = read_key(s, b, row, &stored.key, e);
    if (status != CST_OK) return status;
    uint32_t *first =
        cst_map_at(s->seen, cst_map_pair(stored.key.account, (uint32_t)stored.key.period), &fresh);
    if (!first) return cst_fail(e, CST_MEMORY, "out of memory");
    if (!fresh)
        return fail_repeated(s, stored.key, cst_place_at(b, row, -1), place_stored(s, &s->stored[*first - 1]),
                             e);
    *first = (uint32_t)s->rows + 1;
    stored.cells = pack_cells(s, b, row);
    return stored.cells ? add_row(s, &stored, e) : cst_fail(e, CST_MEMORY, "out of memory");
}

/* A row that cannot be used is set aside where the reader allows it. */
static cst_status reject_row(cst_batch *b, uint32_t row, cst_status status, cst_error *e)
{
    if (status != CST_DATA) return status;
    status = cst_row_reject(b, row, e);
    return status == CST_MEMORY ? cst_fail(e, CST_MEMORY, "out of memory") : status;
}

static cst_status store_batch(cst_feed *s, cst_batch *b, cst_error *e)
{
    cst_status status = CST_OK;
    for (uint32_t row = 0; row < cst_batch_rows(b) && status >= 0; row++) {
        if (cst_row_rejected(b, row)) continue;
        if (s->rows >= UINT32_MAX - 1)
            return cst_fail(e, CST_LIMIT, "expected fewer than 4,294,967,294 rows to sort");
        status = store_row(s, b, row, e);
        if (status < 0) status = reject_row(b, row, status, e);
    }
    return status;
}

cst_status cst_feed_load(cst_feed *s, cst_error *e)
{
    cst_batch *b;
    cst_status status;
    s->whole = true;
    s->bytes = cst_arena_new();
    s->seen = cst_map_new();
    s->cell = calloc((size_t)s->columns + 1, sizeof *s->cell);
    if (!s->bytes || !s->seen || !s->cell) return cst_fail(e, CST_MEMORY, "out of memory");
    while ((status = cst_reader_next(s->reader, &b, e)) == CST_OK) {
        status = store_batch(s, b, e);
        cst_batch_done(b);
        if (status < 0) return status;
    }
    cst_map_free(s->seen);
    s->seen = NULL;
    return status < 0 ? status : CST_OK;
}

static int compare_sort_keys(const void *a, const void *b)
{
    uint64_t x = ((const sort_key *)a)->key, y = ((const sort_key *)b)->key;
    return (x > y) - (x < y);
}

cst_status cst_feed_sort(cst_feed *s, const uint32_t *rank, cst_error *e)
{
    bool in_order = true;
    s->sorted = malloc((s->rows + 1) * sizeof *s->sorted);
    if (!s->sorted) return cst_fail(e, CST_MEMORY, "out of memory");
    for (size_t i = 0; i < s->rows; i++) {
        cst_key key = s->stored[i].key;
        uint32_t period = (uint32_t)(key.period - CST_DAY_MIN); /* from 0 on */
        s->sorted[i] = (sort_key){cst_map_pair(rank[key.account], period), i};
        if (i > 0 && s->sorted[i].key < s->sorted[i - 1].key) in_order = false;
    }
    if (!in_order) qsort(s->sorted, s->rows, sizeof *s->sorted, compare_sort_keys);
    return CST_OK;
}

bool cst_feed_periods(const cst_feed *s, cst_periods *periods)
{
    for (size_t i = 0; i < s->rows; i++)
        if (!cst_periods_add(periods, s->stored[i].key.period)) return false;
    return true;
}

/* ---- read as it goes ---- */

static cst_status fail_order(const cst_feed *s, cst_panel_order order, cst_error *e)
{
    char day[CST_DAY_ROOM], before[CST_DAY_ROOM];
    cst_text a = cst_intern_text(s->accounts, s->key.account);
    cst_text b = cst_intern_text(s->accounts, s->before.account);
    cst_day_format(s->key.period, day);
    cst_day_format(s->before.period, before);
    return cst_fail_at(
        e, CST_DATA, cst_place_at(s->batch, s->row, -1), NULL,
        "expected rows in order of %s, found \"%.*s\" %s after \"%.*s\" %s; sort the file, or do not say "
        "that it is sorted",
        order == CST_PANEL_BY_PERIOD ? "period, then account" : "account, then period",
        a.n > 60 ? 60 : (int)a.n, a.p, day, b.n > 60 ? 60 : (int)b.n, b.p, before);
}

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
    if (step < 0) return fail_order(s, order, e);
    if (step == 0) {
        status = fail_repeated(s, s->key, cst_place_at(s->batch, s->row, -1), s->place_before, e);
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
    if (!s->whole) return next_read(s, order, e);
    if (s->at == s->rows) return CST_END;
    const stored_row *row = &s->stored[s->sorted[s->at++].row];
    s->key = row->key;
    unpack_cells(s, row->cells);
    return CST_OK;
}

cst_key cst_feed_key(const cst_feed *s)
{
    return s->key;
}

cst_text cst_feed_text(cst_feed *s, int index)
{
    return s->whole ? s->cell[index] : read_field(s, index);
}

cst_parsed cst_feed_number(cst_feed *s, int index, double *out)
{
    cst_text t = s->whole ? s->cell[index] : read_field(s, index);
    if (t.n == 0) return CST_PARSED_MISSING;
    return cst_number_parse(t, out) ? CST_PARSED_NUMBER : CST_PARSED_NO_NUMBER;
}

cst_place cst_feed_place(const cst_feed *s, int index)
{
    if (!s->whole) return cst_place_at(s->batch, s->row, s->slot[index]);
    return place_stored(s, &s->stored[s->sorted[s->at - 1].row]);
}
