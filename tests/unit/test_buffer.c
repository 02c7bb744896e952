/* Growing strings: content across many growths, the sticky failure, control characters made visible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

static void grows(void **state)
{
    (void)state;
    cst_buffer b = {0};
    for (int i = 0; i < 1000; i++) cst_buffer_printf(&b, "%d,", i);
    cst_buffer_add_char(&b, '!');
    assert_false(b.failed);
    assert_int_equal(b.n, 10 * 2 + 90 * 3 + 900 * 4 + 1);
    const char *s = cst_buffer_string(&b);
    assert_int_equal(strlen(s), b.n);
    assert_memory_equal(s, "0,1,2,3,", 8);
    assert_string_equal(s + b.n - 9, "998,999,!");
    assert_true(b.room >= b.n);
    cst_buffer_clear(&b);
    assert_int_equal(b.n, 0);
    assert_string_equal(cst_buffer_string(&b), "");
    cst_buffer_add_string(&b, "again");
    assert_string_equal(cst_buffer_string(&b), "again");
    cst_buffer_free(&b);
    assert_null(b.p);
    assert_int_equal(b.room, 0);
}

static void nothing_added(void **state)
{
    (void)state;
    cst_buffer b = {0};
    cst_buffer_add(&b, NULL, 0);
    assert_int_equal(b.n, 0);
    assert_string_equal(cst_buffer_string(&b), "");
    cst_buffer_free(&b);
    cst_buffer_free(NULL);
}

static void failure_sticks(void **state)
{
    (void)state;
    cst_buffer b = {0};
    cst_buffer_add_string(&b, "kept");
    assert_false(cst_buffer_reserve(&b, SIZE_MAX - 2));
    assert_true(b.failed);
    cst_buffer_add_string(&b, "more");
    cst_buffer_add_char(&b, 'x');
    cst_buffer_printf(&b, "%d", 1);
    assert_int_equal(b.n, 4);
    assert_false(cst_buffer_reserve(&b, 0));
    assert_string_equal(cst_buffer_string(&b), "");
    cst_buffer_clear(&b);
    cst_buffer_add_string(&b, "well");
    assert_string_equal(cst_buffer_string(&b), "well");
    cst_buffer_free(&b);
}

static void long_printf(void **state)
{
    (void)state;
    cst_buffer b = {0};
    cst_buffer_printf(&b, "%0500d|", 7);
    assert_int_equal(b.n, 501);
    assert_string_equal(cst_buffer_string(&b) + 498, "07|");
    cst_buffer_free(&b);
}

static void visible(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t n, limit;
        const char *want;
    } rows[] = {
        {"plain", 5, 99, "plain"},
        {"a\nb\tc\rd", 7, 99, "a\\nb\\tc\\rd"},
        {"\x1b[31m\x7f", 6, 99, "\\x1b[31m\\x7f"},
        {"a\0b", 3, 99, "a\\x00b"},
        {"caf\xc3\xa9", 5, 99, "caf\xc3\xa9"}, /* letters stay */
        {"\xc2\x9b"
         "31m",
         5, 99, "\\xc2\\x9b31m"},        /* the one-character CSI */
        {"\xc2\xa0", 2, 99, "\xc2\xa0"}, /* the first that is no control */
        {"\xef\xbb\xbf"
         "id",
         5, 99, "\\xef\\xbb\\xbfid"}, /* a byte order mark has no width */
        {"\xef\xbb\xbe", 3, 99, "\xef\xbb\xbe"},
        {"\xe2\x80\xae"
         "gnp.exe",
         10, 99, "\\u{202e}gnp.exe"}, /* it would turn the line round */
        {"\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", 8, 99, "\\u{061c}\\u{200e}\\u{200f}"},
        {"\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9", 9, 99, "\\u{202a}\\u{2066}\\u{2069}"},
        {"\xe2\x80\x8d\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa", 15, 99,
         "\xe2\x80\x8d\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa"}, /* their neighbours */
        {"\xd8\xb9\xd9\x84\xd9\x8a", 6, 99, "\xd8\xb9\xd9\x84\xd9\x8a"},  /* Arabic stays */
        {"\xe2\x80", 2, 99, "\xe2\x80"},
        {"abcdef", 6, 3, "abc..."},
        {"abc", 3, 3, "abc"},
        {"ab\xc3\xa9z", 5, 3, "ab..."}, /* not half a character */
        {"ab\xc3\xa9z", 5, 4, "ab\xc3\xa9..."},
        {"\n\n\n", 3, 2, "\\n\\n..."}, /* the limit counts what is read */
        {"", 0, 9, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cst_buffer b = {0};
        cst_buffer_add_visible(&b, rows[i].in, rows[i].n, rows[i].limit);
        assert_string_equal(cst_buffer_string(&b), rows[i].want);
        cst_buffer_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows),       cmocka_unit_test(nothing_added), cmocka_unit_test(failure_sticks),
        cmocka_unit_test(long_printf), cmocka_unit_test(visible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
