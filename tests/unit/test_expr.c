/* Expressions: a table of cases per operator, type and error, and what a caller's functions see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/number.h"
#include "base/text.h"
#include "expr/expr.h"
#include <stdio.h>
#include <stdlib.h>

/* The row that every case reads. */
static const struct {
    const char *name, *value;
} columns[] = {
    {"a", "7"},
    {"b", "x"},
    {"empty", ""},
    {"neg", "-2.5"},
    {"zero", "0"},
    {"day", "2024-02-29"},
    {"instant", "2024-02-29T23:30:00-02:00"},
    {"yes", "TRUE"},
    {"no", "no"},
    {"text", "abc"},
    {"seven", "7.0"},
    {"odd name", "3"},
    {"date", "2024-01-01"},
    {"größe", "11"},
    {"big", "1e308"},
    {"quote", "it's"},
    {"missing", "1"},
    {"active_users", "12"},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
static cst_text names[COLUMNS];

static cst_text row_text(void *context, uint32_t slot)
{
    (void)context;
    return cst_text_of(columns[slot].value);
}

static cst_place row_place(void *context, uint32_t slot)
{
    (void)context;
    return (cst_place){"rows.csv", 12, slot + 1};
}

static const cst_row row = {.text = row_text, .place = row_place, .today = 19783}; /* 2024-03-01 */

/* Twice the argument; the test of how functions are called. */
static cst_status eval_twice(const cst_call *call, const cst_row *r, cst_value *out, cst_error *e)
{
    cst_status status = cst_call_number(call, 0, r, &out->number, e);
    out->missing = status == CST_END;
    out->number *= cst_call_arguments(call) == 1 && cst_call_type(call) == CST_VALUE_NUMBER ? 2 : 0;
    return status < 0 ? status : CST_OK;
}

static cst_status eval_count(const cst_call *call, const cst_row *r, cst_value *out, cst_error *e)
{
    (void)r;
    (void)e;
    out->number = cst_call_count(call);
    return CST_OK;
}

static cst_status eval_same(const cst_call *call, const cst_row *r, cst_value *out, cst_error *e)
{
    return cst_call_value(call, 0, r, out, e);
}

static const cst_function functions[] = {
    {.name = "twice",
     .use = "twice(x)",
     .least = 1,
     .most = 1,
     .argument = CST_VALUE_NUMBER,
     .result = CST_VALUE_NUMBER,
     .eval = eval_twice},
    {.name = "ago",
     .use = "ago(x, n)",
     .least = 2,
     .most = 2,
     .result = CST_VALUE_NUMBER,
     .count = 2,
     .eval = eval_count},
    {.name = "over",
     .use = "over(x, n)",
     .least = 2,
     .most = 2,
     .result = CST_VALUE_NUMBER,
     .count = 2,
     .back = 1,
     .eval = eval_count},
    {.name = "last", .use = "last(x)", .least = 1, .most = 1, .back = 1, .eval = eval_same},
    {.name = NULL},
};

static cst_expr_env env = {
    .label = "--where", .names = names, .n = COLUMNS, .functions = functions, .has_today = true};

static int fill_names(void **state)
{
    (void)state;
    for (int i = 0; i < COLUMNS; i++) names[i] = cst_text_of(columns[i].name);
    return 0;
}

static void show_value(const cst_value *v, char *out, size_t room)
{
    char number[CST_NUMBER_ROOM], day[CST_DAY_ROOM];
    if (v->missing) {
        snprintf(out, room, v->type == CST_VALUE_BOOL ? "unknown" : "missing");
    } else if (v->type == CST_VALUE_NUMBER) {
        number[cst_number_format(v->number, number)] = '\0';
        snprintf(out, room, "%s", number);
    } else if (v->type == CST_VALUE_DAY) {
        day[cst_day_format(v->day, day)] = '\0';
        snprintf(out, room, "day %s", day);
    } else if (v->type == CST_VALUE_BOOL) {
        snprintf(out, room, v->truth ? "true" : "false");
    } else {
        snprintf(out, room, "%s '%.*s'", v->type == CST_VALUE_OPEN ? "open" : "text", (int)v->text.n,
                 v->text.p);
    }
}

struct expectation {
    const char *text, *result;
};

static const struct expectation results[] = {
    /* arithmetic */
    {"1 + 2 * 3", "7"},
    {"(1 + 2) * 3", "9"},
    {"10 - 4 - 3", "3"},
    {"24 / 4 / 3", "2"},
    {"-2 * -3", "6"},
    {"- - 2", "2"},
    {"-a", "-7"},
    {"-(a + 1)", "-8"},
    {"a + neg", "4.5"},
    {"a*2-1", "13"},
    {"1.5e2", "150"},
    {"a / zero", "missing"},
    {"0 / 0", "missing"},
    {"big * 10", "missing"},
    {"big * 10 > 1", "unknown"},
    {"a + empty", "missing"},
    {"empty - a", "missing"},
    {"-empty", "missing"},
    {"empty * 0", "missing"},
    {"`odd name` + 1", "4"},
    {"größe + 1", "12"},
    /* comparisons, by what stands on the other side */
    {"a == 7", "true"},
    {"a != 7", "false"},
    {"a < 7", "false"},
    {"a <= 7", "true"},
    {"a > 6.5", "true"},
    {"a >= 8", "false"},
    {"7 == seven", "true"},
    {"a == '7.0'", "false"},
    {"seven == '7.0'", "true"},
    {"a == seven", "true"},
    {"a < active_users", "true"},
    {"a < text", "true"},
    {"text < b", "true"},
    {"text >= 'abc'", "true"},
    {"text > 'ab'", "true"},
    {"'b' > 'abc'", "true"},
    {"b == \"x\"", "true"},
    {"quote == 'it''s'", "true"},
    {"quote == \"it's\"", "true"},
    {"empty == 1", "unknown"},
    {"empty != 'x'", "unknown"},
    {"empty == empty", "unknown"},
    {"a == empty", "unknown"},
    {"a > 5 and b == 'x'", "true"},
    /* days */
    {"day == date('2024-02-29')", "true"},
    {"day < date('2024-03-01')", "true"},
    {"date('2024-03-01') > day", "true"},
    {"instant == date('2024-03-01')", "true"},
    {"empty < date('2024-03-01')", "unknown"},
    {"date(day)", "day 2024-02-29"},
    {"date(day) < date(instant)", "true"},
    {"date < date('2024-01-02')", "true"},
    {"date('2024-03-01') - date('2024-02-01')", "29"},
    {"date('2024-03-01') - day", "1"},
    {"day - date('2024-03-01')", "-1"},
    {"date('2024-02-28') + 1.9", "day 2024-02-29"},
    {"1 + date('2024-02-28')", "day 2024-02-29"},
    {"date('2024-03-01') - (a + 0) - 1", "day 2024-02-22"},
    {"date('2024-03-01') + a", "day 2024-03-08"},
    {"date('2024-03-01') + empty", "missing"},
    {"date('9999-12-31') + 1", "missing"},
    {"days_since(day)", "1"},
    {"days_until(day)", "-1"},
    {"days_until(empty)", "missing"},
    {"days_since(date('2024-01-01')) >= 60", "true"},
    /* three values */
    {"true and true", "true"},
    {"true and false", "false"},
    {"true and empty > 1", "unknown"},
    {"false and empty > 1", "false"},
    {"empty > 1 and false", "false"},
    {"empty > 1 and empty > 1", "unknown"},
    {"false or false", "false"},
    {"false or empty > 1", "unknown"},
    {"empty > 1 or true", "true"},
    {"not true", "false"},
    {"not empty > 1", "unknown"},
    {"not not true", "true"},
    {"not a == 7 or true", "true"},
    {"not (a == 7 or true)", "false"},
    {"true or true and false", "true"},
    {"(true or true) and false", "false"},
    {"a == 7 and b == 'x' and text == 'abc' or false", "true"},
    /* columns as conditions */
    {"yes and not no", "true"},
    {"yes == true", "true"},
    {"begins(text, 'ab')", "true"},
    {"begins(text, 'b')", "false"},
    {"begins(text, 'abcd')", "false"},
    {"ends(text, 'bc')", "true"},
    {"ends(text, 'abcd')", "false"},
    {"contains(text, 'b')", "true"},
    {"contains(text, 'B')", "false"},
    {"contains(empty, 'b')", "unknown"},
    {"not contains(text, 'x')", "true"},
    {"yes == 1", "true"},
    {"0 == yes", "false"},
    {"yes != 0", "true"},
    {"no in (0, 1)", "true"},
    {"coalesce(empty, yes) == 1", "true"},
    {"zero == false", "true"},
    {"empty == true", "unknown"},
    {"(a > 5) == true", "true"},
    {"(a > 5) != (a > 6)", "false"},
    /* in */
    {"b in ('y', 'x')", "true"},
    {"b in ('y', 'z')", "false"},
    {"b not in ('y', 'z')", "true"},
    {"not b in ('x')", "false"},
    {"a in (1, 7)", "true"},
    {"a in (1, 2 + 5)", "true"},
    {"a in (1, empty)", "unknown"},
    {"a in (7, empty)", "true"},
    {"a not in (1, empty)", "unknown"},
    {"empty in (1, 2)", "unknown"},
    {"day in (date('2024-02-29'))", "true"},
    {"a in (b, seven)", "true"},
    /* is missing */
    {"empty is missing", "true"},
    {"a is missing", "false"},
    {"a is not missing", "true"},
    {"empty is not missing", "false"},
    {"(a + empty) is missing", "true"},
    {"a + empty is missing", "true"},
    {"(empty > 1) is missing", "true"},
    {"not empty is missing", "false"},
    {"missing is missing", "false"},
    /* functions */
    {"min(3, a, 5)", "3"},
    {"max(3, a, 5)", "7"},
    {"min(a)", "7"},
    {"min(a, active_users)", "7"},
    {"max(a, active_users)", "12"},
    {"max(a, empty)", "missing"},
    {"max(day, date('2024-03-05'))", "day 2024-03-05"},
    {"min('b', text)", "text 'abc'"},
    {"abs(neg)", "2.5"},
    {"abs(3)", "3"},
    {"abs(empty)", "missing"},
    {"coalesce(empty, a)", "open '7'"},
    {"coalesce(empty, 0) + 1", "1"},
    {"coalesce(empty, a) + 1", "8"},
    {"coalesce(empty, 'none') == 'none'", "true"},
    {"coalesce(empty, empty)", "missing"},
    {"coalesce(a / zero, -1)", "-1"},
    {"coalesce(empty > 1, true)", "true"},
    {"twice(a) + 1", "15"},
    {"twice(twice(1))", "4"},
    {"twice(empty)", "missing"},
    {"ago(a, 12)", "12"},
    {"last(a) + 1", "8"},
    {"last(text) == 'abc'", "true"},
    /* bare values */
    {"a", "open '7'"},
    {"empty", "missing"},
    {"'x'", "text 'x'"},
    {"false", "false"},
};

static void test_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        cst_error e = {0};
        cst_expr *x;
        cst_value v = {0};
        char shown[600] = "";
        if (cst_expr_parse(cst_text_of(results[i].text), &env, &x, &e) < 0 ||
            cst_expr_eval(x, &row, &v, &e) < 0)
            fail_msg("%s: %s", results[i].text, e.message);
        show_value(&v, shown, sizeof shown);
        if (strcmp(shown, results[i].result) != 0)
            fail_msg("%s: expected %s, found %s", results[i].text, results[i].result, shown);
        assert_int_equal(v.type, cst_expr_type(x));
        cst_expr_free(x);
    }
}

struct refusal {
    const char *text;
    int column; /* 1-based byte */
    const char *message;
};

/* Strings, joined by the compiler with what stands before them. */
#define COLUMN_LIST                                                                                          \
    "; the columns are a, b, empty, neg, zero, day, instant, yes, no, text, seven, odd name, " MORE
#define MORE  "date, größe, big, quote, missing, active_users"
#define VALUE "a value: a column, a number, a text in quotes, a call or ("

static const struct refusal refusals[] = {
    {"", 1, "expected an expression such as mrr > 0, found the end"},
    {"  ", 3, "expected an expression such as mrr > 0, found the end"},
    {"activ_users > 1", 1,
     "expected a column, found \"activ_users\"; did you mean \"active_users\"?" COLUMN_LIST},
    {"a > 1 and xyzzy == 2", 11, "expected a column, found \"xyzzy\"" COLUMN_LIST},
    {"coalesc(a, 1)", 1,
     "expected a function, found \"coalesc\"; did you mean \"coalesce\"?; the functions are date, twice, "
     "ago, over, last, "
     "abs, begins, contains, coalesce, days_since, days_until, ends, max, min"},
    {"a = 7", 3, "expected an operator, found \"=\"; write == to compare"},
    {"a <> 7", 3, "expected an operator, found \"<>\"; write != for \"is not\""},
    {"a && b", 3, "expected an operator, found \"&&\"; write and"},
    {"a || b", 3, "expected an operator, found \"||\"; write or"},
    {"!a", 1, "expected a value or an operator, found \"!\"; write not, or != to compare"},
    {"a ** 2", 3, "expected an operator, found \"**\"; there is no power"},
    {"a # 2", 3, "expected a value or an operator, found \"#\""},
    {".5", 1, "expected a value, found \".\"; write 0.5, or a name with a dot in backquotes"},
    {"12ab", 1, "expected a number such as 1, 0.25 or 1e6, found \"12ab\""},
    {"1.2.3", 1, "expected a number such as 1, 0.25 or 1e6, found \"1.2.3\""},
    {"a == 9007199254740993", 6,
     "expected a number of at most 15 digits, or an id in quotes, found \"9007199254740993\""},
    {"1e999", 1, "expected a number such as 1, 0.25 or 1e6, found \"1e999\""},
    {"b == 'x", 6, "expected a text that ends with the quote it begins with, found \"'x\""},
    {"b == ''", 6, "expected a text, found empty quotes; an empty field is missing: write x is missing"},
    {"`a", 1, "expected a column's name between ` and `, found \"`a\""},
    {"``", 1, "expected a column's name between ` and `, found \"``\""},
    {"a +", 4, "expected " VALUE ", found the end"},
    {"a + * 2", 5, "expected " VALUE ", found \"*\""},
    {"(a", 3, "expected an operator or a closing parenthesis, found the end"},
    {"a)", 2, "expected an operator or the end, found \")\""},
    {"a b", 3, "expected an operator or the end, found \"b\""},
    {"a > 1 AND b == 'x'", 7,
     "expected an operator (and, or, in, is are written in small letters) or the end, found \"AND\""},
    {"a > and", 5, "expected a value (a column of such a name stands in backquotes), found \"and\""},
    {"a < 1 < 2", 7,
     "expected and, or or the end (comparisons do not chain: write a < b and b < c), found \"<\""},
    {"a is b", 6, "expected missing or not missing, found \"b\""},
    {"a is not b", 10, "expected missing, found \"b\""},
    {"a not b", 7, "expected in, found \"b\""},
    {"a in 1", 6, "expected a list such as ('a', 'b') after in, found \"1\""},
    {"a in ()", 7, "expected " VALUE ", found \")\""},
    {"a in (1", 8, "expected a comma or a closing parenthesis, found the end"},
    {"a in (1, 'x')", 10, "expected a number, found a text; a number stands without quotes"},
    {"abs(a", 6, "expected a comma or a closing parenthesis, found the end"},
    {"abs()", 1, "expected 1 argument, found 0; it is abs(x)"},
    {"abs(1, 2)", 1, "expected 1 argument, found 2; it is abs(x)"},
    {"min()", 1, "expected at least 1 argument, found 0; it is min(x, y, ...)"},
    {"ago(a)", 1, "expected 2 arguments, found 1; it is ago(x, n)"},
    {"ago(a, b)", 8, "expected a whole number from 1 to 1000 as the count of ago(x, n)"},
    {"ago(a, 0)", 8, "expected a whole number from 1 to 1000 as the count of ago(x, n)"},
    {"ago(a, 1.5)", 8, "expected a whole number from 1 to 1000 as the count of ago(x, n)"},
    {"over(a, 1)", 9, "expected a whole number from 2 to 1000 as the count of over(x, n)"},
    {"last(last(last(last(a))))", 16, "expected at most 3 calls that look back within one another"},
    {"last(ago(a, 1000))", 6, "expected to look back at most 1000 rows in all"},
    {"prev(a) > 1", 1,
     "prev needs the history of an account; it is known in rules and metrics, not in --where"},
    {"slope(a, 3) > 1", 1,
     "slope needs the history of an account; it is known in rules and metrics, not in --where"},
    {"1 + 'x'", 5, "expected a number, found a text; a number stands without quotes"},
    {"a > 1 + true", 9, "expected a number, found a condition"},
    {"date('2024-01-01') + date('2024-01-01')", 22, "expected a number, found a date"},
    {"date('2024-01-01') * 2", 1, "expected a number, found a date"},
    {"2 - date('2024-01-01')", 1, "expected a date, found a number; write date('2025-01-31')"},
    {"date(day) < '2024-01-01'", 13, "expected a date, found a text; write date('2025-01-31')"},
    {"'x' == 1", 8, "expected a text, found a number; a text stands in quotes"},
    {"date('2024-02-30')", 6, "expected a date YYYY-MM-DD, found \"2024-02-30\""},
    {"date(1)", 6, "expected a date, found a number; write date('2025-01-31')"},
    {"date('2024-02-28'", 18, "expected a closing parenthesis, found the end"},
    {"a and 1", 7, "expected a condition such as mrr > 0, found a number"},
    {"not 'x'", 5, "expected a condition such as mrr > 0, found a text"},
    {"yes < true", 7,
     "expected a number, a text or a date, found a condition; only == and != compare conditions"},
    {"(a > 1) > (a > 2)", 11,
     "expected a number, a text or a date, found a condition; only == and != compare conditions"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        cst_error e = {0};
        cst_expr *x;
        char message[1100];
        cst_status status = cst_expr_parse(cst_text_of(refusals[i].text), &env, &x, &e);
        assert_null(x);
        snprintf(message, sizeof message, "byte %d: %s", refusals[i].column, refusals[i].message);
        if (status != CST_USAGE || strcmp(message, e.message) != 0)
            fail_msg("%s:\nexpected %s\nfound    %s", refusals[i].text, message, e.message);
        assert_int_equal(e.column, refusals[i].column);
        assert_string_equal(e.field, "--where");
        assert_int_equal(e.line, 0);
    }
}

/* What is wanted of the whole; and functions that need a day where there is none. */
static void test_wants(void **state)
{
    static const struct {
        cst_want want;
        const char *text, *message;
    } cases[] = {
        {CST_WANT_CONDITION, "a + 1", "byte 1: expected a condition such as mrr > 0, found a number"},
        {CST_WANT_CONDITION, "'x'", "byte 1: expected a condition such as mrr > 0, found a text"},
        {CST_WANT_NUMBER, "date('2024-01-01')", "byte 1: expected a number, found a date"},
        {CST_WANT_NUMBER, "days_since(day)",
         "byte 1: days_since needs a day to count from, and the rows here have none; compare with "
         "date('2025-01-31')"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cst_expr_env bare = {.names = names, .n = COLUMNS, .want = cases[i].want};
        cst_error e = {0};
        cst_expr *x;
        assert_int_equal(cst_expr_parse(cst_text_of(cases[i].text), &bare, &x, &e), CST_USAGE);
        assert_string_equal(e.message, cases[i].message);
        assert_string_equal(e.field, "");
    }
}

static cst_expr *parse_as(cst_want want, const char *text)
{
    cst_expr_env asked = env;
    cst_error e;
    cst_expr *x;
    asked.want = want;
    if (cst_expr_parse(cst_text_of(text), &asked, &x, &e) < 0) fail_msg("%s: %s", text, e.message);
    return x;
}

static void test_true_and_number(void **state)
{
    cst_error e;
    bool truth = true;
    double number = 0;
    cst_expr *unknown = parse_as(CST_WANT_CONDITION, "empty > 1");
    cst_expr *column = parse_as(CST_WANT_CONDITION, "yes");
    cst_expr *condition = parse_as(CST_WANT_NUMBER, "a > 5");
    cst_expr *bare = parse_as(CST_WANT_NUMBER, "a");
    cst_expr *none = parse_as(CST_WANT_NUMBER, "empty > 1");
    (void)state;
    assert_int_equal(cst_expr_true(unknown, &row, &truth, &e), CST_OK);
    assert_false(truth);
    assert_int_equal(cst_expr_true(column, &row, &truth, &e), CST_OK);
    assert_true(truth);
    assert_int_equal(cst_expr_number(condition, &row, &number, &e), CST_OK);
    assert_true(number == 1);
    assert_int_equal(cst_expr_number(bare, &row, &number, &e), CST_OK);
    assert_true(number == 7);
    assert_int_equal(cst_expr_number(none, &row, &number, &e), CST_END);
    cst_expr_free(unknown);
    cst_expr_free(column);
    cst_expr_free(condition);
    cst_expr_free(bare);
    cst_expr_free(none);
    cst_expr_free(NULL);
}

/* A field that cannot be read as its use wants: place, column, what was expected and found. */
static void test_bad_fields(void **state)
{
    static const struct {
        const char *text, *field, *message;
        int column;
    } cases[] = {
        {"text > 5", "text", "expected a number, found \"abc\"; an expression uses it so", 10},
        {"1 + coalesce(empty, text) > 0", "text",
         "expected a number, found \"abc\"; an expression uses it so", 10},
        {"last(text) > 5", "text", "expected a number, found \"abc\"; an expression uses it so", 10},
        {"a == 7 and a < date('2024-01-01')", "a",
         "expected a date YYYY-MM-DD, found \"7\"; an expression uses it so", 1},
        {"text", "text", "expected true or false, found \"abc\"; an expression uses it so", 10},
        {"text in (1, 2)", "text", "expected a number, found \"abc\"; an expression uses it so", 10},
        {"not days_since(text) > 1", "text",
         "expected a date YYYY-MM-DD, found \"abc\"; an expression uses it so", 10},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cst_error e = {0};
        bool truth;
        cst_expr *x = parse_as(CST_WANT_CONDITION, cases[i].text);
        assert_int_equal(cst_expr_true(x, &row, &truth, &e), CST_DATA);
        assert_string_equal(e.message, cases[i].message);
        assert_string_equal(e.field, cases[i].field);
        assert_string_equal(e.file, "rows.csv");
        assert_int_equal(e.line, 12);
        assert_int_equal(e.column, cases[i].column);
        cst_expr_free(x);
    }
}

/* A decided and or or does not read on: the other side's field may be anything. */
static void test_decided_early(void **state)
{
    cst_error e = {0};
    bool truth = false;
    cst_expr *x = parse_as(CST_WANT_CONDITION, "a == 7 or text > 5");
    (void)state;
    assert_int_equal(cst_expr_true(x, &row, &truth, &e), CST_OK);
    assert_true(truth);
    cst_expr_free(x);
}

static void test_back(void **state)
{
    cst_expr *x =
        parse_as(CST_WANT_ANY, "ago(a, 3) + last(last(a)) + over(neg, 6) + zero + last(days_since(day))");
    (void)state;
    assert_int_equal(cst_expr_back(x, 0), 3);
    assert_int_equal(cst_expr_back(x, 1), -1);
    assert_int_equal(cst_expr_back(x, 3), 5);
    assert_int_equal(cst_expr_back(x, 4), 0);
    assert_int_equal(cst_expr_back(x, 5), 1);
    assert_int_equal(cst_expr_depth(x), 5);
    cst_expr_free(x);
    x = parse_as(CST_WANT_ANY, "last(days_since(date('2024-01-01')))");
    assert_int_equal(cst_expr_depth(x), 1);
    cst_expr_free(x);
}

static char *repeat(const char *head, const char *unit, int n, const char *tail)
{
    size_t length = strlen(unit);
    char *text = malloc(strlen(head) + length * n + strlen(tail) + 1);
    assert_non_null(text);
    char *p = stpcpy(text, head);
    for (int i = 0; i < n; i++) p = stpcpy(p, unit);
    strcpy(p, tail);
    return text;
}

/* Past a limit there is a message, below it a result. */
static void test_limits(void **state)
{
    static const struct {
        const char *head, *unit, *tail;
        int fits;
        const char *message;
    } cases[] = {
        {"", "(", "", 0, "levels of parentheses"},
        {"", "-", "a", CST_EXPR_NESTING, "levels of parentheses"},
        {"", "not ", "yes", CST_EXPR_NESTING, "levels of parentheses"},
        {"a", " + a", "", CST_EXPR_HEIGHT - 1, "operations within one another"},
        {"yes", " and yes", "", 5000, "at most 65536 bytes"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cst_error e = {0};
        cst_value v;
        cst_expr *x = NULL;
        char *below = repeat(cases[i].head, cases[i].unit, cases[i].fits, cases[i].tail);
        char *above = repeat(cases[i].head, cases[i].unit,
                             i == 4 ? 9000 : cases[i].fits + CST_EXPR_NESTING + 1, cases[i].tail);
        if (cases[i].fits) {
            if (cst_expr_parse(cst_text_of(below), &env, &x, &e) < 0) fail_msg("%zu: %s", i, e.message);
            assert_int_equal(cst_expr_eval(x, &row, &v, &e), CST_OK);
            cst_expr_free(x);
        }
        assert_int_equal(cst_expr_parse(cst_text_of(above), &env, &x, &e), CST_USAGE);
        assert_non_null(strstr(e.message, cases[i].message));
        free(below);
        free(above);
    }
}

/* A holder that keeps parsed numbers is asked for them, and its refusal becomes the field's error. */
static cst_status row_number(void *context, uint32_t slot, double *out)
{
    (*(int *)context)++;
    if (cst_text_is(names[slot], "empty")) return CST_END;
    return cst_number_parse(row_text(NULL, slot), out) ? CST_OK : CST_DATA;
}

static void test_number_callback(void **state)
{
    int calls = 0;
    cst_row kept = row;
    cst_error e = {0};
    double v = 0;
    cst_expr *sum = parse_as(CST_WANT_NUMBER, "a + seven");
    cst_expr *none = parse_as(CST_WANT_NUMBER, "empty + 1");
    cst_expr *bad = parse_as(CST_WANT_NUMBER, "text + 1");
    (void)state;
    kept.context = &calls;
    kept.number = row_number;
    assert_int_equal(cst_expr_number(sum, &kept, &v, &e), CST_OK);
    assert_true(v == 14);
    assert_int_equal(calls, 2);
    assert_int_equal(cst_expr_number(none, &kept, &v, &e), CST_END);
    assert_int_equal(cst_expr_number(bad, &kept, &v, &e), CST_DATA);
    assert_string_equal(e.field, "text");
    cst_expr_free(sum);
    cst_expr_free(none);
    cst_expr_free(bad);
}

/* The short way must come to what the walk comes to, or ask. */
static void check_simple(const char *text, size_t parts)
{
    cst_simple simple[4];
    cst_error e;
    bool truth = false;
    cst_expr *x = parse_as(CST_WANT_CONDITION, text);
    if (cst_expr_simple(x, simple, 4) != parts) fail_msg("%s: not of %zu parts", text, parts);
    enum cst_verdict verdict = CST_YES;
    for (size_t i = 0; i < parts && verdict == CST_YES; i++)
        verdict = cst_simple_judge(&simple[i], row_text(NULL, simple[i].slot));
    cst_status status = cst_expr_true(x, &row, &truth, &e);
    if (parts && verdict != CST_ASK && (status != CST_OK || truth != (verdict == CST_YES)))
        fail_msg("%s: the short way comes to something else", text);
    cst_expr_free(x);
}

static void test_simple(void **state)
{
    static const char *const op[] = {"==", "!=", "<", "<=", ">", ">="};
    static const char *const number[] = {"-3", "0", "6.5", "7", "1e308"};
    static const char *const word[] = {"'abc'", "'ab'", "'x'", "'abd'", "'zz'"};
    char text[200];
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 5; k++) {
            for (size_t c = 0; c < COLUMNS; c++) {
                if (strchr(columns[c].name, ' ') || strcmp(columns[c].name, "date") == 0 ||
                    strcmp(columns[c].name, "missing") == 0)
                    continue;
                snprintf(text, sizeof text, "%s %s %s", columns[c].name, op[i], number[k]);
                if (cst_number_parse(cst_text_of(columns[c].value), &(double){0})) check_simple(text, 1);
                snprintf(text, sizeof text, "%s %s %s", word[k], op[i], columns[c].name);
                check_simple(text, 1);
                snprintf(text, sizeof text, "%s %s a and %s %s text", number[k], op[i], word[k], op[5 - i]);
                check_simple(text, 2);
            }
        }
    }
    check_simple("a > 3 and b == 'x' and text != 'y' and zero < 1", 4);
    check_simple("a > 3 and b == 'x' and text != 'y' and zero < 1 and a < 9", 0); /* no room */
    check_simple("a > 3 or b == 'x'", 0);
    check_simple("not (a > 3)", 0);
    check_simple("a > zero", 0);
    check_simple("a + 1 > 3", 0);
    check_simple("day < date('2024-03-01')", 0);
    check_simple("b in ('x', 'y')", 0);
    check_simple("yes", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_true_and_number),
        cmocka_unit_test(test_bad_fields),
        cmocka_unit_test(test_decided_early),
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_number_callback),
        cmocka_unit_test(test_simple),
    };
    return cmocka_run_group_tests(tests, fill_names, NULL);
}
