/* The accounts join, --where and --by over it. */
#include "table_kit.h"

#include "tables/filter.h"
#include "tables/groups.h"
#include <stdio.h>

static const char accounts_text[] = "account_id,segment,parent_id,seats,mrr\n"
                                    "a1,Enterprise,p1,10,1\n"
                                    "a2,SMB,,x,2\n"
                                    "\"a\"\"3\",\"Mid, large\",p1,,3\n";

static const char rows_text[] = "account_id,mrr,plan,mrr2,mrr2\n"
                                "a1,100,Basic,1,1\n"
                                "a2,50.5,Pro,1,1\n"
                                "\"a\"\"3\",,Pro,1,1\n"
                                "a9,7,,1,1\n"
                                ",abc,Basic,1,1\n";
static const char *const rows_name = "rows.csv";

struct joined {
    cst_table *table;
    cst_accounts *accounts;
    cst_reader *reader;
};

static struct joined open_all(void)
{
    const cst_read_opts plain = {0};
    struct joined j = {.table = read_table(accounts_text, "accounts.csv")};
    j.accounts = read_accounts(j.table);
    j.reader = read_rows(rows_text, &rows_name, &plain);
    return j;
}

static void close_all(struct joined j)
{
    cst_reader_free(j.reader);
    cst_accounts_free(j.accounts);
    cst_table_free(j.table);
}

static void test_accounts(void **state)
{
    struct joined j = open_all();
    cst_error e;
    int segment, parent, none;
    (void)state;
    assert_int_equal(cst_accounts_count(j.accounts), 3);
    assert_int_equal(cst_accounts_find(j.accounts, cst_text_of("a2")), 1);
    assert_int_equal(cst_accounts_find(j.accounts, cst_text_of("a\"3")), 2);
    assert_int_equal(cst_accounts_find(j.accounts, cst_text_of("a4")), CST_ACCOUNT_NONE);
    assert_int_equal(cst_accounts_find(j.accounts, cst_text_of("")), CST_ACCOUNT_NONE);
    assert_true(cst_text_is(cst_accounts_id(j.accounts, 0), "a1"));
    assert_int_equal(cst_accounts_columns(j.accounts), 5);
    assert_true(cst_text_is(cst_accounts_column_name(j.accounts, 3), "seats"));
    assert_int_equal(cst_accounts_bind(j.accounts, "segment", CST_REQUIRED, &segment, &e), CST_OK);
    assert_int_equal(cst_accounts_bind(j.accounts, "parent_id", CST_REQUIRED, &parent, &e), CST_OK);
    assert_int_equal(cst_accounts_bind(j.accounts, "region", CST_OPTIONAL, &none, &e), CST_OK);
    assert_int_equal(none, -1);
    assert_int_equal(cst_accounts_bind(j.accounts, "segmnt", CST_REQUIRED, &none, &e), CST_DATA);
    assert_true(cst_text_is(cst_accounts_at(j.accounts, 2, segment), "Mid, large"));
    assert_int_equal(cst_accounts_at(j.accounts, CST_ACCOUNT_NONE, segment).n, 0);
    assert_int_equal(cst_accounts_at(j.accounts, 2, -1).n, 0);
    assert_int_equal(cst_accounts_place(j.accounts, 1, segment).line, 3);
    assert_int_equal(cst_accounts_place(j.accounts, 1, segment).column, 4);
    assert_true(cst_text_is(cst_accounts_lift(j.accounts, cst_text_of("a1"), parent), "p1"));
    assert_true(cst_text_is(cst_accounts_lift(j.accounts, cst_text_of("a2"), parent), "a2"));
    assert_true(cst_text_is(cst_accounts_lift(j.accounts, cst_text_of("a7"), parent), "a7"));
    close_all(j);
    cst_accounts_free(NULL);
}

static void test_bad_accounts(void **state)
{
    static const struct {
        const char *text, *message;
        int line;
    } cases[] = {
        {"account_id,x\na,1\nb,2\na,3\n",
         "expected one row per account, found \"a\" again (first on line 2); keep one of the two", 4},
        {"account_id,x\na,1\n,2\n", "expected an account_id, found none; fill it or leave the row out", 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cst_table *t = read_table(cases[i].text, "accounts.csv");
        cst_accounts *a;
        cst_error e = {0};
        assert_int_equal(cst_accounts_new(t, NULL, &a, &e), CST_DATA);
        assert_null(a);
        assert_string_equal(e.message, cases[i].message);
        assert_string_equal(e.field, "account_id");
        assert_string_equal(e.file, "accounts.csv");
        assert_int_equal(e.line, cases[i].line);
        cst_table_free(t);
    }
    cst_table *t = read_table("account,x\na,1\n", "accounts.csv");
    cst_accounts *a;
    cst_error e = {0};
    assert_int_equal(cst_accounts_new(t, NULL, &a, &e), CST_DATA);
    assert_non_null(strstr(e.message, "account_id"));
    cst_table_free(t);
}

/* Which of the rows are kept: 1, 0, or e for an error. */
static void keep_rows(const char *where, const cst_accounts *accounts, cst_reader *r, char out[8],
                      cst_error *e)
{
    const cst_filter_opts o = {.accounts = accounts, .has_today = true, .today = 19783};
    cst_filter *f;
    cst_batch *b;
    if (cst_filter_open(where, r, &o, &f, e) < 0) fail_msg("%s: %s", where, e->message);
    assert_int_equal(cst_reader_next(r, &b, e), CST_OK);
    uint32_t n = cst_batch_rows(b);
    for (uint32_t row = 0; row < n; row++) {
        bool keep;
        out[row] = cst_filter_row(f, b, row, &keep, e) < 0 ? 'e' : keep ? '1' : '0';
    }
    out[n] = '\0';
    cst_batch_done(b);
    cst_filter_free(f);
}

static void test_where(void **state)
{
    static const struct {
        const char *where, *kept;
    } cases[] = {
        {"plan == 'Pro'", "01100"},
        {"plan != 'Pro'", "10001"},
        {"plan is missing", "00010"},
        {"mrr > 50", "1100e"},
        {"segment == 'Enterprise'", "10000"},
        {"segment is missing", "00011"},
        {"segment in ('SMB', 'Mid, large') and plan == 'Pro'", "01100"},
        {"account_id == 'a\"3'", "00100"},
        {"coalesce(parent_id, account_id) == 'p1'", "10100"},
        {"seats > 5", "1e000"},
        {"days_since(date('2024-02-29')) == 1", "11111"},
        {"true", "11111"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct joined j = open_all();
        cst_error e;
        char kept[8];
        keep_rows(cases[i].where, j.accounts, j.reader, kept, &e);
        if (strcmp(kept, cases[i].kept) != 0)
            fail_msg("%s: expected %s, found %s", cases[i].where, cases[i].kept, kept);
        close_all(j);
    }
}

/* A field that is not what the condition needs is blamed where it stands: in the rows or in the accounts. */
static void test_where_places(void **state)
{
    char kept[8];
    cst_error e = {0};
    struct joined j = open_all();
    (void)state;
    keep_rows("mrr > 50", j.accounts, j.reader, kept, &e);
    assert_string_equal(e.file, "rows.csv");
    assert_int_equal(e.line, 6);
    assert_int_equal(e.column, 2);
    assert_string_equal(e.field, "mrr");
    close_all(j);
    j = open_all();
    keep_rows("seats > 5", j.accounts, j.reader, kept, &e);
    assert_string_equal(e.file, "accounts.csv");
    assert_int_equal(e.line, 3);
    assert_int_equal(e.column, 9);
    assert_string_equal(e.field, "seats");
    close_all(j);
}

static void test_bad_where(void **state)
{
    static const struct {
        const char *where;
        bool joined;
        cst_status status;
        const char *message;
    } cases[] = {
        {"segmnt == 'x'", true, CST_USAGE,
         "byte 1: expected a column, found \"segmnt\"; did you mean \"segment\"?; the columns are "
         "account_id, mrr, plan, "
         "mrr2, account_id, segment, parent_id, seats, mrr"},
        {"segment == 'x'", false, CST_USAGE,
         "byte 1: expected a column, found \"segment\"; the columns are account_id, mrr, plan, mrr2"},
        {"days_since(plan) > 1", true, CST_USAGE,
         "byte 1: days_since needs a day to count from, and the rows here have none; compare with "
         "date('2025-01-31')"},
        {"prev(mrr) > 1", true, CST_USAGE,
         "byte 1: prev needs the history of an account; it is known in rules and metrics, not in --where"},
        {"mrr", true, CST_OK, ""},
        {"mrr + 1", true, CST_USAGE, "byte 1: expected a condition such as mrr > 0, found a number"},
        {"mrr2 > 1", true, CST_DATA, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct joined j = open_all();
        const cst_filter_opts o = {.accounts = cases[i].joined ? j.accounts : NULL};
        cst_filter *f;
        cst_error e = {0};
        assert_int_equal(cst_filter_open(cases[i].where, j.reader, &o, &f, &e), cases[i].status);
        if (cases[i].message) assert_string_equal(e.message, cases[i].message);
        if (cases[i].status == CST_USAGE) assert_string_equal(e.field, "--where");
        cst_filter_free(f);
        close_all(j);
    }
    cst_filter_free(NULL);
}

static void test_by(void **state)
{
    struct joined j = open_all();
    cst_groups g;
    cst_error e;
    cst_batch *b;
    (void)state;
    assert_int_equal(cst_groups_resolve("segment, plan,mrr", j.reader, j.accounts, &g, &e), CST_OK);
    assert_int_equal(g.n, 3);
    assert_true(g.of_rows && g.of_accounts);
    assert_int_equal(g.column[0].from, CST_FROM_ACCOUNT);
    assert_int_equal(g.column[1].from, CST_FROM_ROW);
    assert_int_equal(g.column[2].from, CST_FROM_ROW); /* both have it: the main stream's */
    assert_true(cst_text_is(g.column[1].name, "plan"));
    assert_int_equal(cst_reader_next(j.reader, &b, &e), CST_OK);
    assert_true(cst_text_is(cst_groups_value(&g, 0, b, 1, j.accounts, 1), "SMB"));
    assert_true(cst_text_is(cst_groups_value(&g, 1, b, 1, j.accounts, 1), "Pro"));
    assert_true(cst_text_is(cst_groups_value(&g, 2, b, 0, j.accounts, 0), "100"));
    assert_int_equal(cst_groups_value(&g, 0, b, 3, j.accounts, CST_ACCOUNT_NONE).n, 0);
    cst_batch_done(b);
    cst_groups_free(&g);
    close_all(j);
}

static void test_bad_by(void **state)
{
    static const struct {
        const char *list;
        cst_status status;
        const char *message;
    } cases[] = {
        {NULL, CST_OK, ""},
        {"", CST_OK, ""},
        {"plan,,segment", CST_USAGE, "expected columns with a comma between, found an empty name"},
        {"plan, ", CST_USAGE, "expected columns with a comma between, found an empty name"},
        {"plan,segment,plan", CST_USAGE, "expected each column once, found \"plan\" twice"},
        {"plan,segmet", CST_USAGE,
         "expected a column, found \"segmet\"; did you mean \"segment\"?; the columns are account_id, mrr, "
         "plan, mrr2, "
         "account_id, segment, parent_id, seats, mrr"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct joined j = open_all();
        cst_groups g;
        cst_error e = {0};
        assert_int_equal(cst_groups_resolve(cases[i].list, j.reader, j.accounts, &g, &e), cases[i].status);
        assert_string_equal(e.message, cases[i].message);
        if (cases[i].status < 0) assert_string_equal(e.field, "--by");
        assert_int_equal(g.n, 0);
        assert_null(g.column);
        close_all(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts),  cmocka_unit_test(test_bad_accounts),
        cmocka_unit_test(test_where),     cmocka_unit_test(test_where_places),
        cmocka_unit_test(test_bad_where), cmocka_unit_test(test_by),
        cmocka_unit_test(test_bad_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
