/* Built-in tables: found by kind and name, a value with / or . is a file. The list here takes the place of
 * the one that the build makes. */
#include "table_kit.h"

#include "tables/builtin.h"
#include <stdlib.h>
#include <unistd.h>

static const unsigned char stripe[] = "column,from,transform\nmrr,amount,minor\n";
static const unsigned char recurly[] = "column,from,transform\n";

const struct cst_builtin cst_builtin_tables[] = {
    {"map", "recurly", recurly, sizeof recurly - 1, "map.recurly.csv"},
    {"map", "stripe", stripe, sizeof stripe - 1, "map.stripe.csv"},
    {"rules", "nine", recurly, sizeof recurly - 1, "rules.nine.csv"},
    {NULL, NULL, NULL, 0, NULL},
};

static void test_find(void **state)
{
    (void)state;
    assert_ptr_equal(cst_builtin_find("map", "stripe"), &cst_builtin_tables[1]);
    assert_null(cst_builtin_find("map", "nine"));
    assert_null(cst_builtin_find("spec", "stripe"));
    assert_false(cst_builtin_is_file("stripe"));
    assert_true(cst_builtin_is_file("stripe.csv"));
    assert_true(cst_builtin_is_file("maps/stripe"));
    assert_true(cst_builtin_is_file("-"));
}

static void test_load(void **state)
{
    cst_table *t;
    cst_error e = {0};
    (void)state;
    assert_int_equal(cst_builtin_load("map", "stripe", &t, &e), CST_OK);
    assert_int_equal(cst_table_rows(t), 1);
    assert_true(cst_text_is(cst_table_at(t, 0, 1), "amount"));
    assert_string_equal(cst_table_file(t), "map.stripe.csv");
    cst_table_free(t);
    assert_int_equal(cst_builtin_load("map", "strip", &t, &e), CST_USAGE);
    assert_null(t);
    assert_string_equal(e.message,
                        "expected the name of a built-in map table, or a file (a value with / or .), found "
                        "\"strip\"; did you mean \"stripe\"?; there are recurly, stripe");
    assert_int_equal(cst_builtin_load("model", "x", &t, &e), CST_USAGE);
    assert_string_equal(e.message,
                        "expected the name of a built-in model table, or a file (a value with / or .), found "
                        "\"x\"; there are none built in");
    assert_int_equal(cst_builtin_load("map", "/no/such/file.csv", &t, &e), CST_IO);
}

static void check_output(cst_status (*write_it)(cst_sink *, cst_error *), const char *expected)
{
    char path[] = "/tmp/test_builtin.XXXXXX", read_back[200] = "";
    int fd = mkstemp(path);
    cst_outputs *o;
    cst_sink *s;
    cst_error e;
    assert_true(fd >= 0);
    assert_int_equal(cst_outputs_new(&o, &e), CST_OK);
    assert_int_equal(cst_outputs_add(o, path, &s, &e), CST_OK);
    assert_int_equal(write_it(s, &e), CST_OK);
    assert_int_equal(cst_outputs_commit(o, &e), CST_OK);
    cst_outputs_free(o);
    close(fd);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fread(read_back, 1, sizeof read_back - 1, f), strlen(expected));
    fclose(f);
    unlink(path);
    assert_string_equal(read_back, expected);
}

static cst_status print_stripe(cst_sink *s, cst_error *e)
{
    return cst_builtin_print("map", "stripe", s, e);
}

static cst_status list_maps(cst_sink *s, cst_error *e)
{
    return cst_builtin_list("map", s, e);
}

static void test_output(void **state)
{
    (void)state;
    check_output(print_stripe, (const char *)stripe);
    check_output(list_maps, "recurly\nstripe\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_load),
                                       cmocka_unit_test(test_output)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
