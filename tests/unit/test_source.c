/* Bytes of an input: plain, from a pipe in small pieces, gzip whole, in members, cut at every byte,
 * with a byte changed, with something behind it; what is refused; size and CRC-32 of the bytes on
 * disk. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "stream_kit.h"

static char folder[] = "/tmp/cst-source-XXXXXX";
static char path[64];

static void write_file(const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* One gzip member. */
static void add_member(cst_buffer *b, const char *p, size_t n)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&z, n);
    assert_true(cst_buffer_reserve(b, bound));
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)b->p + b->n;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    b->n += bound - z.avail_out;
    deflateEnd(&z);
}

/* All of the file at `path`, in reads of `step` bytes; the caller frees. */
static cst_status read_file(cst_buffer *out, size_t step, uint64_t *bytes, uint32_t *crc, cst_error *e)
{
    cst_source *s = NULL;
    cst_buffer_clear(out);
    cst_status status = cst_source_open(path, true, &s, e);
    while (status == CST_OK) {
        size_t got = 0;
        assert_true(cst_buffer_reserve(out, step));
        status = cst_source_read(s, out->p + out->n, step, &got, e);
        out->n += got;
        if (status == CST_OK && got < step) {
            /* at the end it stays at the end, and a failure kept back comes now */
            status = cst_source_read(s, out->p + out->n, step - got, &got, e);
            assert_int_equal(got, 0);
            break;
        }
    }
    if (bytes) *bytes = s ? cst_source_bytes(s) : 0;
    if (crc) *crc = s ? cst_source_crc32(s) : 0;
    cst_source_free(s);
    return status;
}

/* Text that does not compress away. */
static void make_text(cst_buffer *b, size_t n)
{
    uint64_t x = 5;
    cst_buffer_add_string(b, "id,value\n");
    while (b->n < n) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        cst_buffer_printf(b, "acc_%u,%u.%u\n", (unsigned)(x >> 40) % 100000, (unsigned)(x >> 20) % 1000,
                          (unsigned)(x >> 50) % 100);
    }
}

static void test_plain_and_gzip(void **state)
{
    (void)state;
    static const size_t steps[] = {1000, 65536, 300000, 7};
    cst_buffer text = {0}, packed = {0}, out = {0};
    cst_error e;
    uint64_t bytes;
    uint32_t crc;
    make_text(&text, 200000);
    for (int i = 0; i < 4; i++) {
        write_file(text.p, text.n);
        assert_int_equal(read_file(&out, steps[i], &bytes, &crc, &e), CST_OK);
        assert_int_equal(out.n, text.n);
        assert_memory_equal(out.p, text.p, text.n);
        assert_int_equal(bytes, text.n);
        assert_int_equal(crc, crc32_z(0, (const Bytef *)text.p, text.n));
        cst_buffer_clear(&packed);
        for (size_t at = 0, part = 70000; at < text.n; at += part)
            add_member(&packed, text.p + at, text.n - at < part ? text.n - at : part);
        add_member(&packed, "", 0);
        write_file(packed.p, packed.n);
        assert_int_equal(read_file(&out, steps[i], &bytes, &crc, &e), CST_OK);
        assert_int_equal(out.n, text.n);
        assert_memory_equal(out.p, text.p, text.n);
        assert_int_equal(bytes, packed.n);
        assert_int_equal(crc, crc32_z(0, (const Bytef *)packed.p, packed.n));
    }
    cst_buffer_free(&text);
    cst_buffer_free(&packed);
    cst_buffer_free(&out);
}

/* Every truncation is an error, and what came before it was given out; but after a whole member it is
 * the end. */
static void test_truncated(void **state)
{
    (void)state;
    cst_buffer text = {0}, packed = {0}, out = {0};
    cst_error e;
    make_text(&text, 600);
    add_member(&packed, text.p, text.n);
    size_t first = packed.n;
    add_member(&packed, "more\n", 5);
    for (size_t n = 2; n < packed.n; n++) {
        write_file(packed.p, n);
        cst_status status = read_file(&out, 100, NULL, NULL, &e);
        assert_int_equal(status, n == first ? CST_OK : CST_DATA);
        assert_true(out.n <= text.n + 5);
        if (n >= first) assert_memory_equal(out.p, text.p, text.n);
        if (status < 0)
            assert_string_equal(e.message,
                                "expected whole gzip data, found its end missing (the file is truncated); "
                                "get the file anew and test it with: gzip -t");
        if (status < 0) assert_string_equal(e.file, path);
    }
    cst_buffer_free(&text);
    cst_buffer_free(&packed);
    cst_buffer_free(&out);
}

/* One byte changed: an error, or, in the header's name and time, the same text; never another text. */
static void test_corrupt(void **state)
{
    (void)state;
    cst_buffer text = {0}, packed = {0}, out = {0};
    cst_error e;
    int refused = 0;
    make_text(&text, 600);
    add_member(&packed, text.p, text.n);
    for (size_t i = 2; i < packed.n; i++) {
        packed.p[i] ^= 0x10;
        write_file(packed.p, packed.n);
        cst_status status = read_file(&out, 4096, NULL, NULL, &e);
        packed.p[i] ^= 0x10;
        if (status == CST_OK) {
            assert_true(i < 10);
            assert_int_equal(out.n, text.n);
            assert_memory_equal(out.p, text.p, text.n);
        }
        refused += status == CST_DATA;
    }
    assert_true(refused >= (int)packed.n - 10);
    cst_buffer_free(&text);
    cst_buffer_free(&packed);
    cst_buffer_free(&out);
}

static void test_garbage_behind(void **state)
{
    (void)state;
    static const char *const garbage[] = {"x", "\x1fx", "more text\n", "\n"};
    cst_buffer out = {0};
    cst_error e;
    for (int i = 0; i < 5; i++) {
        cst_buffer packed = {0};
        add_member(&packed, "a\n1\n", 4);
        if (i < 4)
            cst_buffer_add_string(&packed, garbage[i]);
        else
            cst_buffer_add(&packed, "\0\0", 2);
        write_file(packed.p, packed.n);
        assert_int_equal(read_file(&out, 100, NULL, NULL, &e), CST_DATA);
        assert_non_null(strstr(e.message, "found other bytes behind its end"));
        assert_memory_equal(out.p, "a\n1\n", 4);
        cst_buffer_free(&packed);
    }
    cst_buffer_free(&out);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *found;
    } row[] = {
        {"\x28\xb5\x2f\xfd....", 8, "found a zstd file; unpack it first, e.g. with: zstd -dc"},
        {"BZh91AY", 7, "found a bzip2 file; unpack it first, e.g. with: bzip2 -dc"},
        {"\xfd"
         "7zXZ\0",
         6, "found an xz file; unpack it first, e.g. with: xz -dc"},
        {"PK\x03\x04..", 6, "found a zip file or a workbook; unpack it, or save the sheet as CSV"},
        {"\xff\xfe"
         "a\0",
         4, "found UTF-16; convert it first, e.g. with: iconv -f UTF-16 -t UTF-8"},
        {"\xfe\xff\0a", 4, "found UTF-16; convert it first, e.g. with: iconv -f UTF-16 -t UTF-8"},
    };
    cst_source *s = NULL;
    cst_error e;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        write_file(row[i].bytes, row[i].n);
        assert_int_equal(cst_source_open(path, false, &s, &e), CST_DATA);
        assert_non_null(strstr(e.message, row[i].found));
        assert_string_equal(e.file, path);
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(cst_source_open(path, false, &s, &e), CST_IO);
    assert_string_equal(e.message,
                        "expected a file that can be read, found: No such file or directory; check the file");
    assert_int_equal(cst_source_open(folder, false, &s, &e), CST_IO);
    assert_string_equal(e.message, "expected a file that can be read, found: Is a directory; check the file");
}

static void *write_slowly(void *context)
{
    static const char text[] = "a,b\n1,2\n\"3\n\",4\n";
    int fd = open(path, O_WRONLY);
    (void)context;
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        if (write(fd, text + i, 1) != 1) break;
        usleep(200);
    }
    close(fd);
    return NULL;
}

/* A FIFO gives a byte at a time. */
static void test_short_reads(void **state)
{
    (void)state;
    pthread_t thread;
    cst_buffer out = {0};
    cst_error e;
    uint64_t bytes;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, write_slowly, NULL), 0);
    assert_int_equal(read_file(&out, 5, &bytes, NULL, &e), CST_OK);
    pthread_join(thread, NULL);
    assert_int_equal(bytes, 15);
    assert_string_equal(cst_buffer_string(&out), "a,b\n1,2\n\"3\n\",4\n");
    cst_buffer_free(&out);
    unlink(path);
}

/* Through the reader: whole records before the truncation are rows, then comes the error; the same for
 * any block. */
static void test_reader_on_truncated(void **state)
{
    (void)state;
    static const uint32_t blocks[] = {0, 1, 64, 1000};
    const char *name = path;
    cst_buffer text = {0}, packed = {0};
    cst_error e;
    make_text(&text, 60000);
    add_member(&packed, text.p, text.n);
    for (size_t n = 20; n < packed.n; n += 997) {
        uint64_t rows[4] = {0};
        write_file(packed.p, n);
        for (int i = 0; i < 8; i++) {
            cst_reader *r = NULL;
            cst_batch *b;
            uint64_t seen = 0;
            const cst_read_opts o = {.block = blocks[i / 2], .keep_rejects = i % 2, .max_rejects = 9};
            const cst_inputs in = {&name, 1};
            cst_status status = cst_reader_open(&in, &o, &r, &e);
            while (status == CST_OK && (status = cst_reader_next(r, &b, &e)) == CST_OK) {
                seen += cst_batch_rows(b);
                cst_batch_done(b);
            }
            assert_int_equal(status, CST_DATA);
            assert_non_null(strstr(e.message, "truncated"));
            cst_reader_free(r);
            if (i == 0) rows[0] = seen;
            assert_int_equal(seen, rows[0]);
        }
        assert_true(n < 5000 || rows[0] > 100);
    }
    cst_buffer_free(&text);
    cst_buffer_free(&packed);
}

static void test_totals(void **state)
{
    (void)state;
    const char *name = path;
    const cst_inputs in = {&name, 1};
    cst_buffer packed = {0};
    cst_error e;
    add_member(&packed, "a,b\n1,2\n\n3,4\n", 13);
    write_file(packed.p, packed.n);
    for (int plain = 0; plain < 2; plain++) {
        const cst_read_opts o = {.no_crc32 = plain};
        cst_reader *r = NULL;
        cst_batch *b;
        assert_int_equal(cst_reader_open(&in, &o, &r, &e), CST_OK);
        assert_int_equal(cst_reader_next(r, &b, &e), CST_OK);
        cst_batch_done(b);
        assert_int_equal(cst_reader_next(r, &b, &e), CST_END);
        cst_read_totals t = cst_reader_totals(r, 0);
        assert_int_equal(t.bytes, packed.n);
        assert_int_equal(t.text_bytes, 13);
        assert_int_equal(t.crc32, plain ? 0 : crc32_z(0, (const Bytef *)packed.p, packed.n));
        assert_int_equal(t.records, 2);
        assert_int_equal(t.blank_lines, 1);
        assert_int_equal(cst_reader_totals(r, SIZE_MAX).crc32, 0);
        cst_reader_free(r);
    }
    cst_buffer_free(&packed);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_and_gzip),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_corrupt),
        cmocka_unit_test(test_garbage_behind),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_short_reads),
        cmocka_unit_test(test_reader_on_truncated),
        cmocka_unit_test(test_totals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
