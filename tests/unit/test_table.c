/* A table held whole: from memory and from a file, over many batches, with places and messages. */
#include "read/table.h"

#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "stream_kit.h"

static cst_table *parse(const char *text, const cst_read_opts *o)
{
    cst_table *t = NULL;
    cst_error e;
    assert_int_equal(cst_table_parse(cst_text_of(text), "builtin", o, &t, &e), CST_OK);
    return t;
}

static void test_cells(void **state)
{
    (void)state;
    cst_table *t = parse("a,b,a\n1,\"x \"\"y\"\"\",3\n\n\"p\nq\",,5", NULL);
    cst_error e;
    int b, none;
    assert_int_equal(cst_table_rows(t), 2);
    assert_int_equal(cst_table_columns(t), 3);
    assert_true(cst_text_is(cst_table_name(t, 2), "a"));
    assert_int_equal(cst_table_bind(t, "b", CST_REQUIRED, &b, &e), CST_OK);
    assert_int_equal(b, 1);
    assert_int_equal(cst_table_bind(t, "z", CST_OPTIONAL, &none, &e), CST_OK);
    assert_int_equal(none, -1);
    assert_true(cst_text_is(cst_table_at(t, 0, b), "x \"y\""));
    assert_true(cst_text_is(cst_table_at(t, 1, 0), "p\nq"));
    assert_int_equal(cst_table_at(t, 1, b).n, 0);
    assert_int_equal(cst_table_at(t, 1, none).n, 0);
    cst_place p = cst_table_place(t, 1, 2);
    assert_int_equal(p.line, 5);
    assert_int_equal(p.column, 5);
    p = cst_table_place(t, 1, -1);
    assert_int_equal(p.line, 4);
    assert_int_equal(p.column, 1);
    assert_string_equal(p.file, "builtin");
    assert_string_equal(cst_table_file(t), "builtin");
    assert_int_equal(cst_table_totals(t).records, 2);
    assert_int_equal(cst_table_totals(t).blank_lines, 1);
    assert_int_equal(cst_table_bind(t, "a", CST_OPTIONAL, &none, &e), CST_DATA);
    assert_string_equal(e.message,
                        "expected the column \"a\" once, found it as columns 1 and 3; rename one of them");
    assert_int_equal(cst_table_bind(t, "bb", CST_REQUIRED, &none, &e), CST_DATA);
    assert_string_equal(e.message, "expected a column \"bb\", found a, b, a; did you mean \"b\"?");
    cst_table_free(t);
}

static void test_values(void **state)
{
    (void)state;
    cst_table *t = parse("m,d,n\n1.25,2024-01-31,0.5\n,,\nx,y,z\n", NULL);
    cst_error e;
    cst_money m = 0;
    cst_day d = 0;
    assert_int_equal(cst_table_money(t, 0, 0, &m, &e), CST_OK);
    assert_int_equal(cst_table_day(t, 0, 1, &d, &e), CST_OK);
    assert_true(m == 1250000 && d == 19753);
    assert_int_equal(cst_table_money(t, 1, 0, &m, &e), CST_END);
    assert_int_equal(cst_table_day(t, 1, -1, &d, &e), CST_END);
    assert_int_equal(cst_table_money(t, 2, 0, &m, &e), CST_DATA);
    assert_int_equal(cst_table_day(t, 2, 1, &d, &e), CST_DATA);
    assert_int_equal(e.line, 4);
    assert_int_equal(e.column, 3);
    assert_string_equal(e.field, "d");
    cst_table_free(t);
}

/* Rows over many batches, through a file. */
static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/cst-table-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    fprintf(f, "id,text\n");
    for (int i = 0; i < 3000; i++) fprintf(f, "%d,\"t\"\"%d\"\n", i, i);
    assert_int_equal(fclose(f), 0);
    const cst_read_opts o = {.block = 300};
    cst_table *t = NULL;
    cst_error e;
    assert_int_equal(cst_table_load(path, &o, &t, &e), CST_OK);
    assert_int_equal(cst_table_rows(t), 3000);
    for (int i = 0; i < 3000; i++) {
        char text[32];
        snprintf(text, sizeof text, "t\"%d", i);
        assert_true(cst_text_is(cst_table_at(t, (size_t)i, 1), text));
        assert_int_equal(cst_table_place(t, (size_t)i, 0).line, i + 2);
    }
    assert_int_equal(cst_table_totals(t).records, 3000);
    cst_table_free(t);
    unlink(path);
    assert_int_equal(cst_table_load(path, &o, &t, &e), CST_IO);
    assert_string_equal(e.file, path);
}

/* Columns that are not named are not there; the others keep their names, cells and places. */
static void test_columns(void **state)
{
    (void)state;
    static const char *const named[] = {"mrr", "id", "none", NULL}, *const none[] = {"none", NULL};
    char path[] = "/tmp/cst-table-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    fprintf(f, "note,id,seats,mrr\nx,a1,5,10.5\n\"q\"\"\",a2,6,oops\n");
    assert_int_equal(fclose(f), 0);
    cst_table *t = NULL;
    cst_error e;
    cst_money m;
    int mrr, seats;
    assert_int_equal(cst_table_load_columns(path, NULL, named, &t, &e), CST_OK);
    assert_int_equal(cst_table_columns(t), 2);
    assert_true(cst_text_is(cst_table_name(t, 0), "id"));
    assert_true(cst_text_is(cst_table_at(t, 1, 0), "a2"));
    assert_int_equal(cst_table_bind(t, "mrr", CST_REQUIRED, &mrr, &e), CST_OK);
    assert_int_equal(mrr, 1);
    assert_int_equal(cst_table_money(t, 0, mrr, &m, &e), CST_OK);
    assert_int_equal(m, 10500000);
    assert_int_equal(cst_table_money(t, 1, mrr, &m, &e), CST_DATA);
    assert_int_equal(e.line, 3);
    assert_int_equal(e.column, 12);
    assert_int_equal(cst_table_bind(t, "seats", CST_OPTIONAL, &seats, &e), CST_OK);
    assert_int_equal(seats, -1);
    cst_table_free(t);
    assert_int_equal(cst_table_load_columns(path, NULL, none, &t, &e), CST_OK);
    assert_int_equal(cst_table_columns(t), 0);
    assert_int_equal(cst_table_rows(t), 2);
    cst_table_free(t);
    unlink(path);
}

static void test_bad(void **state)
{
    (void)state;
    cst_table *t = NULL;
    cst_error e;
    assert_int_equal(cst_table_parse(cst_text_of("a,b\n1\n"), "builtin", NULL, &t, &e), CST_DATA);
    assert_string_equal(
        e.message,
        "expected 2 fields as in the header, found 1; put a field that holds the delimiter in quotes");
    assert_int_equal(e.line, 2);
    assert_int_equal(cst_table_parse(cst_text_of("a\n\"1\n"), "builtin", NULL, &t, &e), CST_DATA);
    assert_int_equal(cst_table_parse(cst_text_of(""), "builtin", NULL, &t, &e), CST_DATA);
    assert_null(t);
    t = parse("only\n", NULL);
    assert_int_equal(cst_table_rows(t), 0);
    cst_table_free(t);
    cst_table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),   cmocka_unit_test(test_values), cmocka_unit_test(test_file),
        cmocka_unit_test(test_columns), cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
