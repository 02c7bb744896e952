/* Errors: status and place, the printed form, texts too long for their fields, harmless messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cstools/base.h>

static void fills(void **state)
{
    (void)state;
    cst_error e;
    memset(&e, 'x', sizeof e);
    assert_int_equal(cst_fail(&e, CST_IO, "cannot read %s", "a.csv"), CST_IO);
    assert_int_equal(e.status, CST_IO);
    assert_string_equal(e.message, "cannot read a.csv");
    assert_string_equal(e.file, "");
    assert_string_equal(e.field, "");
    assert_int_equal(e.line, 0);
    assert_int_equal(e.column, 0);
    assert_int_equal(cst_fail(NULL, CST_MEMORY, "nobody listens"), CST_MEMORY);
    assert_int_equal(cst_fail_at(NULL, CST_DATA, (cst_place){0}, NULL, "nobody"), CST_DATA);
}

static void keeps_the_first_place(void **state)
{
    (void)state;
    cst_error e;
    cst_fail(&e, CST_DATA, "expected a date");
    assert_int_equal(cst_error_place(&e, (cst_place){"s.csv", 7, 3}, "start_date"), CST_DATA);
    assert_string_equal(e.file, "s.csv");
    assert_int_equal(e.line, 7);
    assert_int_equal(e.column, 3);
    assert_string_equal(e.field, "start_date");
    assert_int_equal(cst_error_place(&e, (cst_place){"other.csv", 9, 9}, "mrr"), CST_DATA);
    assert_string_equal(e.file, "s.csv");
    assert_int_equal(e.line, 7);
    assert_string_equal(e.field, "start_date");
    cst_fail_at(&e, CST_DATA, (cst_place){"t.csv", 1, 2}, NULL, "expected a date");
    cst_error_place(&e, (cst_place){"other.csv", 9, 9}, "mrr");
    assert_string_equal(e.file, "t.csv");
    assert_int_equal(e.column, 2);
    assert_string_equal(e.field, "mrr"); /* each part is filled where it is missing */
}

static void adds_advice(void **state)
{
    (void)state;
    cst_error e;
    cst_fail(&e, CST_DATA, "expected a map");
    assert_int_equal(cst_error_advise(&e, CST_DATA, "print one"), CST_DATA);
    assert_string_equal(e.message, "expected a map; print one");
    memset(e.message, 'x', sizeof e.message);
    e.message[sizeof e.message - 5] = '\0';
    cst_error_advise(&e, CST_DATA, "print one"); /* cut where the room ends */
    assert_string_equal(e.message + sizeof e.message - 7, "xx; pr");
    assert_int_equal(cst_error_advise(&e, CST_DATA, "one"), CST_DATA);
    assert_string_equal(e.message + sizeof e.message - 7, "xx; pr");
    assert_int_equal(cst_error_advise(NULL, CST_MEMORY, "nobody"), CST_MEMORY);
}

static void formats(void **state)
{
    (void)state;
    static const struct {
        cst_place place;
        const char *field, *want;
    } rows[] = {
        {{"subs.csv", 4711, 12}, "start_date", "subs.csv:4711:12: start_date: bad"},
        {{"subs.csv", 4711, 12}, NULL, "subs.csv:4711:12: bad"},
        {{"subs.csv", 4711, 0}, NULL, "subs.csv:4711: bad"},
        {{"subs.csv", 0, 0}, NULL, "subs.csv: bad"},
        {{"subs.csv", 0, 5}, "mrr", "subs.csv: mrr: bad"}, /* a column of no line says nothing */
        {{NULL, 0, 0}, "mrr", "mrr: bad"},
        {{NULL, 0, 0}, NULL, "bad"},
        {{NULL, 3, 1}, NULL, "input:3:1: bad"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cst_error e;
        cst_fail_at(&e, CST_DATA, rows[i].place, rows[i].field, "bad");
        char text[128], small[8];
        assert_int_equal(cst_error_format(&e, text, sizeof text), strlen(rows[i].want));
        assert_string_equal(text, rows[i].want);
        assert_int_equal(cst_error_format(&e, small, sizeof small), strlen(rows[i].want));
        assert_true(strlen(small) < sizeof small);
        assert_memory_equal(small, rows[i].want, strlen(small));
    }
}

static void harmless(void **state)
{
    (void)state;
    cst_error e;
    cst_fail_at(&e, CST_DATA, (cst_place){"a\nb\x1b.csv", 1, 1}, "m\trr", "found \"%s\"",
                "\x1b[2J\n\xc2\x9b");
    assert_string_equal(e.file, "a\\nb\\x1b.csv");
    assert_string_equal(e.field, "m\\trr");
    assert_string_equal(e.message, "found \"\\x1b[2J\\n\\xc2\\x9b\"");
}

static void cuts_at_whole_characters(void **state)
{
    (void)state;
    static char text[4001];
    for (int shift = 0; shift < 2; shift++) {
        memset(text, 'a', 4000);
        for (int i = shift; i + 1 < 4000; i += 2) memcpy(text + i, "\xc3\xa9", 2);
        cst_error e;
        cst_fail_at(&e, CST_DATA, (cst_place){text, 1, 1}, text, "%s", text);
        const char *cut[] = {e.file, e.field, e.message};
        size_t room[] = {sizeof e.file, sizeof e.field, sizeof e.message};
        for (int i = 0; i < 3; i++) {
            size_t n = strlen(cut[i]);
            assert_int_equal((n - shift) % 2, 0);
            assert_true(n + 2 >= room[i] - 1);
            assert_memory_equal(cut[i], text, n);
        }
    }
    /* an escape is not cut in two either */
    memset(text, 1, 4000);
    cst_error e;
    cst_fail(&e, CST_DATA, "%s", text);
    assert_int_equal(strlen(e.message) % 4, 0);
    assert_true(strlen(e.message) >= sizeof e.message - 5);
}

static void version(void **state)
{
    (void)state;
    assert_string_equal(cst_version(), CST_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills),       cmocka_unit_test(keeps_the_first_place),
        cmocka_unit_test(adds_advice), cmocka_unit_test(formats),
        cmocka_unit_test(harmless),    cmocka_unit_test(cuts_at_whole_characters),
        cmocka_unit_test(version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
