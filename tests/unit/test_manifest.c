/* The manifest: sections in their order, values exact, and a command line a shell can read back; the table of
 * rejects beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "program/manifest.h"
#include "program/program_io.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/cst-manifest-XXXXXX";
static cst_error e;

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static cst_outputs *open_output(cst_sink **s)
{
    cst_outputs *o;
    assert_int_equal(cst_outputs_new(&o, &e), CST_OK);
    assert_int_equal(cst_outputs_add(o, path, s, &e), CST_OK);
    return o;
}

static const char *close_output(cst_outputs *o)
{
    static char bytes[8192];
    assert_int_equal(cst_outputs_commit(o, &e), CST_OK);
    cst_outputs_free(o);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes - 1, f);
    bytes[n] = 0;
    fclose(f);
    return bytes;
}

static const char *write_manifest(const cst_manifest *m, enum cst_format format)
{
    cst_sink *s;
    cst_write_opts o = {.format = format};
    cst_outputs *outputs = open_output(&s);
    assert_int_equal(cst_manifest_write(m, s, &o, &e), CST_OK);
    return close_output(outputs);
}

static void test_manifest(void **state)
{
    (void)state;
    char *argv[] = {"bin/cs-x", "a file.csv", "--where", "it's", "", "--by=plan", "-", NULL};
    cst_read_totals t = {.bytes = 1234,
                         .crc32 = 0xabc,
                         .records = 10,
                         .rejected = 2,
                         .blank_lines = 1,
                         .mended = 3,
                         .rounded = 4};
    cst_manifest *m = cst_manifest_new();
    assert_non_null(m);
    cst_manifest_count(m, "rows", NULL, "used", UINT64_MAX);
    cst_manifest_money(m, "money", "a file.csv", "mrr_read", -(cst_wide)INT64_MAX * 4);
    cst_manifest_text(m, "definition", NULL, "nrr", (cst_text){"a,b\"c", 5});
    cst_manifest_input(m, "a file.csv", &t);
    cst_manifest_output(m, "out.csv", 56, "0123");
    cst_manifest_program(m, "cs-x", 7, argv);
    assert_string_equal(write_manifest(m, CST_CSV),
                        "item,file,key,value\n"
                        "version,,,cs-x " CST_VERSION "\n"
                        "command,,,cs-x 'a file.csv' --where 'it'\\''s' '' --by=plan -\n"
                        "input,a file.csv,size,1234\n"
                        "input,a file.csv,crc32,00000abc\n"
                        "input,a file.csv,rows,10\n"
                        "input,a file.csv,rejected,2\n"
                        "input,a file.csv,blank_lines,1\n"
                        "input,a file.csv,mended,3\n"
                        "input,a file.csv,rounded,4\n"
                        "output,out.csv,size,56\n"
                        "output,out.csv,sha256,0123\n"
                        "rows,,used,18446744073709551615\n"
                        "money,a file.csv,mrr_read,-36893488147419.103228\n"
                        "definition,,nrr,\"a,b\"\"c\"\n");
    assert_non_null(strstr(write_manifest(m, CST_TSV), "definition\t\tnrr\ta,b\"c\n"));
    cst_manifest_free(m);
    cst_manifest_free(NULL);
}

static void test_many_rows(void **state)
{
    (void)state;
    cst_manifest *m = cst_manifest_new();
    assert_non_null(m);
    for (unsigned i = 0; i < 200; i++) cst_manifest_count(m, "rows", NULL, "n", i);
    const char *text = write_manifest(m, CST_CSV);
    size_t lines = 0;
    for (const char *p = text; *p; p++) lines += *p == '\n';
    assert_int_equal(lines, 201);
    assert_non_null(strstr(text, "rows,,n,199\n"));
    cst_manifest_free(m);
}

static void test_rejects(void **state)
{
    (void)state;
    cst_sink *s;
    cst_writer *r;
    cst_outputs *o = open_output(&s);
    assert_int_equal(cst_rejects_open(s, &r, &e), CST_OK);
    cst_reject bad = {{"in.csv", 7, 3}, {"expected a, found b", 19}, {"mrr", 3}, {"a\"b,\tc", 6}};
    assert_int_equal(cst_rejects_take(r, &bad, &e), CST_OK);
    bad = (cst_reject){{"in.csv", 9, 0}, {"why", 3}, {"", 0}, {"x", 1}};
    assert_int_equal(cst_rejects_take(r, &bad, &e), CST_OK);
    assert_int_equal(cst_writer_rows(r), 2);
    assert_int_equal(cst_writer_finish(r, &e), CST_OK);
    cst_writer_free(r);
    assert_string_equal(close_output(o), "file,line,column,reason,field,record\n"
                                         "in.csv,7,3,\"expected a, found b\",mrr,\"a\"\"b,\tc\"\n"
                                         "in.csv,9,,why,,x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manifest),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_rejects),
    };
    return cmocka_run_group_tests_name("manifest", tests, make_file, drop_file);
}
