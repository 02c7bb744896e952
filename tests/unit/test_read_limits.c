/* The limits of field, record and header, at the last value that is allowed and the first that is not;
 * and lines that are too long among rejects. */
#include <stdio.h>

#include "stream_kit.h"

enum { MIB = 1024 * 1024 };

/* 16 MiB less a hair in each of three fields, then one that takes the record to `n` bytes. */
static void add_record(cst_buffer *b, size_t n)
{
    size_t end = b->n + n;
    assert_true(cst_buffer_reserve(b, n + 2));
    memset(b->p + b->n, 'x', n);
    for (size_t at = b->n + 15 * MIB; at < end; at += 15 * MIB) b->p[at] = ',';
    b->n = end;
}

static const char five[] = "a,b,c,d,e\n";

static char *read_strict(const cst_buffer *b, uint32_t block)
{
    static const cst_read_opts none = {0};
    const char *name = "t.csv";
    cst_source *source = NULL;
    cst_reader *r = NULL;
    cst_batch *batch;
    cst_error e = {0};
    cst_read_opts o = none;
    uint64_t rows = 0;
    char message[2048], *out = NULL;
    o.block = block;
    cst_status status = cst_source_memory((cst_text){b->p, (uint32_t)b->n}, name, 0, &source, &e);
    if (status == CST_OK) status = cst_reader_open_sources(&source, &name, 1, &o, true, &r, &e);
    while (status == CST_OK && (status = cst_reader_next(r, &batch, &e)) == CST_OK) {
        rows += cst_batch_rows(batch);
        cst_batch_done(batch);
    }
    message[0] = '\0';
    if (status < 0) cst_error_format(&e, message, sizeof message);
    assert_true(asprintf(&out, "%d rows; %s", (int)rows, message) > 0);
    cst_reader_free(r);
    return out;
}

static void expect(const cst_buffer *b, const char *right)
{
    static const uint32_t blocks[] = {0, 100000, 70 * MIB};
    for (int i = 0; i < 3; i++) {
        char *out = read_strict(b, blocks[i]);
        assert_string_equal(out, right);
        free(out);
    }
}

static void test_field(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        cst_buffer b = {0};
        cst_buffer_add_string(&b, "a,b\n1,2\n3,");
        assert_true(cst_buffer_reserve(&b, 17 * MIB));
        memset(b.p + b.n, 'x', 16 * MIB + (size_t)over);
        b.n += 16 * MIB + (size_t)over;
        cst_buffer_add_string(&b, "\n5,6\n");
        expect(&b, over ? "1 rows; t.csv:3:3: expected a field of at most 16 MiB, found a longer one; is a "
                          "quote never closed?"
                        : "3 rows; ");
        cst_buffer_free(&b);
    }
}

static void test_record(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        for (int crlf = 0; crlf < 3; crlf++) {
            cst_buffer b = {0};
            cst_buffer_add_string(&b, five);
            cst_buffer_add_string(&b, "1,2,3,4,5\n");
            add_record(&b, 64 * MIB + (size_t)over);
            cst_buffer_add_string(&b, crlf == 0 ? "" : crlf == 1 ? "\r\n" : "\n1,2,3,4,5\n");
            char *out = read_strict(&b, crlf == 2 ? 0 : 100000);
            assert_string_equal(
                out, over
                         ? "1 rows; t.csv:3:1: expected a record of at most 64 MiB, found a longer one; is a "
                           "quote never closed?"
                     : crlf == 2 ? "3 rows; "
                                 : "2 rows; ");
            free(out);
            cst_buffer_free(&b);
        }
    }
}

/* A quote that is never closed stops at the limit, at the record's first byte. */
static void test_open_quote(void **state)
{
    (void)state;
    cst_buffer b = {0};
    cst_buffer_add_string(&b, five);
    cst_buffer_add_string(&b, "1,2,3,4,5\n1,\"");
    for (int i = 0; i < 70 * MIB / 16; i++) cst_buffer_add_string(&b, "line of text ..\n");
    expect(&b, "1 rows; t.csv:3:1: expected a record of at most 64 MiB, found a longer one; is a quote never "
               "closed?");
    b.n = 30 * MIB;
    expect(&b, "1 rows; t.csv:3:3: expected a closing quote, found the end of the input; close the quote "
               "that opens here, or "
               "see --lenient and --rejects");
    cst_buffer_free(&b);
}

static uint64_t rejected_bytes, rejected;

static cst_status count_reject(void *context, const cst_reject *r, cst_error *e)
{
    (void)context;
    (void)e;
    rejected++;
    rejected_bytes += r->record.n;
    return CST_OK;
}

/* Among rejects a line longer than the longest record is dropped up to its end, and the rows behind it
 * are read. */
static void test_reject_long_line(void **state)
{
    (void)state;
    const char *name = "t.csv";
    cst_buffer b = {0};
    cst_buffer_add_string(&b, five);
    add_record(&b, 100 * MIB);
    cst_buffer_add_string(&b, "\n1,2,3,4,5\n");
    for (uint32_t block = 0; block <= 100000; block += 100000) {
        cst_source *source = NULL;
        cst_reader *r = NULL;
        cst_batch *batch;
        cst_error e;
        const cst_read_opts o = {.keep_rejects = true, .max_rejects = 5, .block = block};
        uint64_t line = 0;
        int slot;
        rejected = rejected_bytes = 0;
        assert_int_equal(cst_source_memory((cst_text){b.p, (uint32_t)b.n}, name, 0, &source, &e), CST_OK);
        assert_int_equal(cst_reader_open_sources(&source, &name, 1, &o, true, &r, &e), CST_OK);
        cst_reader_on_reject(r, count_reject, NULL);
        assert_int_equal(cst_reader_bind(r, "e", CST_REQUIRED, &slot, &e), CST_OK);
        cst_status status;
        while ((status = cst_reader_next(r, &batch, &e)) == CST_OK) {
            assert_int_equal(cst_batch_rows(batch), 1);
            assert_int_equal(cst_text_at(batch, 0, slot).p[0], '5');
            line = cst_line_at(batch, 0);
            cst_batch_done(batch);
        }
        assert_int_equal(status, CST_END);
        assert_int_equal(line, 3);
        assert_int_equal(rejected, 1);
        assert_int_equal(rejected_bytes, CST_BLOCK_MAX);
        assert_int_equal(cst_reader_totals(r, 0).records, 2);
        cst_reader_free(r);
    }
    cst_buffer_free(&b);
}

static void test_columns(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        cst_buffer b = {0};
        for (int i = 0; i < 65536 + over; i++) cst_buffer_printf(&b, "%sc%d", i ? "," : "", i);
        cst_buffer_add_char(&b, '\n');
        expect(&b,
               over
                   ? "0 rows; t.csv:1:1: expected at most 65536 columns, found 65537; is the delimiter right?"
                   : "0 rows; ");
        cst_buffer_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field),      cmocka_unit_test(test_record),
        cmocka_unit_test(test_open_quote), cmocka_unit_test(test_reject_long_line),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
