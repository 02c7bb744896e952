/* The nearest name. Distances are worked out by hand beside each row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/suggest.h"
#include "base/text.h"

static const char *const columns[] = {"account_id", "start_date", "end_date", "mrr", "plan", "Currency"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void fill(cst_text names[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) names[i] = cst_text_of(columns[i]);
}

static void nearest(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int want;
    } rows[] = {
        {"mrr", 3},        /* itself */
        {"MRR", 3},        /* case folded */
        {"mr", 3},         /* one byte short */
        {"mrrr", 3},       /* one too many */
        {"mxr", 3},        /* one replaced */
        {"rmr", 3},        /* a swap is one step; as two replacements it would be 2, the limit for 3 bytes */
        {"acount_id", 0},  /* distance 1 */
        {"acocunt_di", 0}, /* two swaps */
        {"strat_dtae", 1}, /* two swaps, limit 1 + 10 / 3 = 4 */
        {"stop_date", 1},  /* stop->start: 2 replaced or added, then "end_date" is 4 away */
        {"currency", 5},   /* case of the candidate folded */
        {"plna", 4},       /* swap */
        {"x", -1},         /* limit 1: every name is at least 3 away */
        {"revenue", -1},   /* far from all */
        {"", -1},          /* nothing is near nothing */
    };
    cst_text names[COLUMNS];
    fill(names);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int got = cst_suggest(cst_text_of(rows[i].name), names, COLUMNS);
        if (got != rows[i].want) fail_msg("%s: expected %d, found %d", rows[i].name, rows[i].want, got);
    }
}

static void limit_is_one_and_a_third(void **state)
{
    (void)state;
    cst_text names[] = {cst_text_of("abcdef")};
    assert_int_equal(cst_suggest(cst_text_of("abcxyz"), names, 1), 0);  /* 3 away, limit 1 + 6 / 3 = 3 */
    assert_int_equal(cst_suggest(cst_text_of("abwxyz"), names, 1), -1); /* 4 away */
    assert_int_equal(cst_suggest(cst_text_of("abc"), names, 1), -1);    /* 3 away, limit 2 */
    assert_int_equal(cst_suggest(cst_text_of("abcd"), names, 1), 0);    /* 2 away, limit 2 */
}

static void first_of_equals(void **state)
{
    (void)state;
    cst_text names[] = {cst_text_of("far_away"), cst_text_of("cat"), cst_text_of("bat"), cst_text_of("hat")};
    assert_int_equal(cst_suggest(cst_text_of("rat"), names, 4), 1);
    assert_int_equal(cst_suggest(cst_text_of("bat"), names, 4), 2);
    assert_int_equal(cst_suggest(cst_text_of("rat"), names, 0), -1);
}

static void long_names(void **state)
{
    (void)state;
    char a[300], b[300];
    memset(a, 'a', sizeof a);
    memset(b, 'a', sizeof b);
    b[100] = 'b';
    cst_text longest[] = {{b, 255}}, longer[] = {{b, 256}}, empty[] = {{"", 0}};
    assert_int_equal(cst_suggest((cst_text){a, 255}, longest, 1), 0);
    assert_int_equal(cst_suggest((cst_text){a, 255}, longer, 1), -1);
    assert_int_equal(cst_suggest((cst_text){a, 256}, longest, 1), -1);
    assert_int_equal(cst_suggest(cst_text_of("a"), empty, 1), -1);
}

static void added_to_a_message(void **state)
{
    (void)state;
    cst_text names[COLUMNS];
    fill(names);
    cst_buffer b = {0};
    cst_buffer_add_string(&b, "no column \"palns\"");
    cst_suggest_add(&b, cst_text_of("palns"), names, COLUMNS);
    assert_string_equal(cst_buffer_string(&b), "no column \"palns\"; did you mean \"plan\"?");
    cst_suggest_add(&b, cst_text_of("zzzzzz"), names, COLUMNS);
    assert_string_equal(cst_buffer_string(&b), "no column \"palns\"; did you mean \"plan\"?");
    cst_buffer_free(&b);
}

static void list_ends_with_a_count(void **state)
{
    (void)state;
    cst_text names[COLUMNS];
    fill(names);
    static const struct {
        size_t n, most;
        const char *want;
    } rows[] = {
        {0, 3, ""},
        {1, 3, "account_id"},
        {3, 3, "account_id, start_date, end_date"},
        {6, 3, "account_id, start_date, end_date and 3 more"},
        {6, 0, "and 6 more"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cst_buffer b = {0};
        cst_suggest_list(&b, names, rows[i].n, rows[i].most);
        assert_string_equal(cst_buffer_string(&b), rows[i].want);
        cst_buffer_free(&b);
    }
}

static void list_shows_control_characters(void **state)
{
    (void)state;
    cst_text names[] = {cst_text_of("a\tb")};
    cst_buffer b = {0};
    cst_suggest_list(&b, names, 1, 5);
    assert_string_equal(cst_buffer_string(&b), "a\\tb");
    cst_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest),
        cmocka_unit_test(limit_is_one_and_a_third),
        cmocka_unit_test(first_of_equals),
        cmocka_unit_test(long_names),
        cmocka_unit_test(added_to_a_message),
        cmocka_unit_test(list_ends_with_a_count),
        cmocka_unit_test(list_shows_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
