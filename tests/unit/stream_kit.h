/* For the tests of the reader: reads a text in memory through cst_run and writes down all that can be
 * seen of it, so that two ways of reading can be compared as strings. */
#ifndef TESTS_STREAM_KIT_H
#define TESTS_STREAM_KIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "read/engine.h"

typedef struct kit {
    cst_read_opts opts;
    const char *name; /* NULL: "t.csv" */
    size_t chunk;     /* bytes per read; 0: all */
    int threads;      /* 0: one, through cst_reader_next */
    bool places;      /* write the place of every field and record too */
} kit;

typedef struct kit_out {
    cst_buffer all, rejects;
    int slots;
    int slot[64];
    bool places;
} kit_out;

typedef struct kit_hand {
    cst_buffer rows;
    kit_out *out;
} kit_hand;

/* The fields of a column at once are the fields one by one; column -1 has none. */
static inline void kit_check_column(cst_batch *b, int slot)
{
    uint32_t n = cst_batch_rows(b);
    cst_text *all = malloc((n + 1) * sizeof *all);
    assert_non_null(all);
    cst_texts_at(b, slot, all);
    for (uint32_t row = 0; row < n; row++) {
        cst_text one = cst_text_at(b, row, slot);
        assert_true(one.n == all[row].n && memcmp(one.p, all[row].p, one.n) == 0);
    }
    free(all);
}

static inline cst_status kit_work(void *worker, cst_batch *b, cst_error *e)
{
    kit_hand *h = worker;
    (void)e;
    cst_buffer_clear(&h->rows);
    for (int i = -1; i < h->out->slots; i++) kit_check_column(b, i < 0 ? -1 : h->out->slot[i]);
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        for (int i = 0; i < h->out->slots; i++) {
            cst_text t = cst_text_at(b, row, h->out->slot[i]);
            cst_buffer_printf(&h->rows, "[%.*s]", (int)t.n, t.p);
            if (h->out->places) {
                cst_place p = cst_place_at(b, row, h->out->slot[i]);
                cst_buffer_printf(&h->rows, "@%d:%d", (int)p.line, (int)p.column);
            }
        }
        if (h->out->places) {
            cst_text t = cst_record_at(b, row);
            cst_buffer_printf(&h->rows, "#%d<%.*s>", (int)cst_line_at(b, row), (int)t.n, t.p);
        }
        cst_buffer_add_char(&h->rows, '\n');
    }
    return CST_OK;
}

static inline cst_status kit_commit(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    kit_hand *h = worker;
    kit_out *out = shared;
    (void)b;
    (void)e;
    cst_buffer_add(&out->all, h->rows.p, h->rows.n);
    return CST_OK;
}

static inline cst_status kit_reject(void *context, const cst_reject *r, cst_error *e)
{
    kit_out *out = context;
    (void)e;
    cst_buffer_printf(&out->rejects, "reject %d:%d %.*s {%.*s} %.*s\n", (int)r->place.line,
                      (int)r->place.column, (int)r->record.n, r->record.p, (int)r->field.n, r->field.p,
                      (int)r->reason.n, r->reason.p);
    return CST_OK;
}

/* Every row in order, then the error if there is one, else the totals. */
static inline cst_status kit_read_all(kit_out *out, cst_reader *r, int threads, cst_error *e)
{
    kit_hand hands[8] = {0};
    void *worker[8];
    cst_status status = CST_OK;
    for (int i = 0; i < 8; i++) {
        hands[i].out = out;
        worker[i] = &hands[i];
    }
    if (threads > 0) {
        status = cst_run(r, threads, kit_work, worker, kit_commit, out, e);
    } else {
        cst_batch *b;
        while ((status = cst_reader_next(r, &b, e)) == CST_OK) {
            kit_work(&hands[0], b, e);
            kit_commit(&hands[0], b, out, e);
            cst_batch_done(b);
        }
        if (status == CST_END) status = CST_OK;
    }
    for (int i = 0; i < 8; i++) cst_buffer_free(&hands[i].rows);
    return status;
}

/* The caller frees. */
static inline char *kit_read(const kit *k, const char *text, size_t n)
{
    kit_out out = {.places = k->places};
    cst_source *source = NULL;
    cst_reader *r = NULL;
    cst_error e = {0};
    const char *name = k->name ? k->name : "t.csv";
    cst_status status = cst_source_memory((cst_text){text, (uint32_t)n}, name, k->chunk, &source, &e);
    if (status == CST_OK) status = cst_reader_open_sources(&source, &name, 1, &k->opts, true, &r, &e);
    for (size_t i = 0; status == CST_OK && i < cst_reader_columns(r) && i < 64; i++) {
        cst_text column = cst_reader_column_name(r, i);
        cst_buffer_printf(&out.all, "(%.*s)", (int)column.n, column.p);
        if (cst_reader_bind(r, column.p, CST_REQUIRED, &out.slot[out.slots], &e) == CST_OK) out.slots++;
    }
    cst_buffer_add_char(&out.all, '\n');
    if (status == CST_OK) {
        cst_reader_on_reject(r, kit_reject, &out);
        status = kit_read_all(&out, r, k->threads, &e);
    }
    cst_buffer_add(&out.all, out.rejects.p, out.rejects.n);
    if (status < 0) {
        char message[2048];
        assert_int_equal(status, e.status);
        cst_error_format(&e, message, sizeof message);
        cst_buffer_add_string(&out.all, message);
    } else {
        cst_read_totals t = cst_reader_totals(r, 0);
        cst_buffer_printf(&out.all, "%d rows, %d rejected, %d blank, %d mended, %d bytes", (int)t.records,
                          (int)t.rejected, (int)t.blank_lines, (int)t.mended, (int)t.text_bytes);
    }
    cst_reader_free(r);
    char *copy = strdup(cst_buffer_string(&out.all));
    assert_false(out.all.failed);
    cst_buffer_free(&out.all);
    cst_buffer_free(&out.rejects);
    assert_non_null(copy);
    return copy;
}

static inline char *kit_read_string(const kit *k, const char *text)
{
    return kit_read(k, text, strlen(text));
}
#endif
