/* The panel: the join, its three orders, the earlier rows and the functions over them. */
#include "table_kit.h"

#include "base/buffer.h"
#include "base/date.h"
#include "base/number.h"
#include "panel/panel.h"
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 4 };

struct stand { /* a panel and what it stands on */
    cst_panel *panel;
    cst_reader *reader[MOST];
    size_t readers;
    cst_table *table[MOST];
    size_t tables;
    cst_accounts *accounts;
    cst_buffer rejects;
};

static const char *const metrics_name = "metrics.csv";
static const char *const scores_name = "scores.csv";

static cst_status note_reject(void *context, const cst_reject *r, cst_error *e)
{
    cst_buffer *b = context;
    (void)e;
    cst_buffer_printf(b, "%d: %.*s\n", (int)r->place.line, (int)r->reason.n, r->reason.p);
    return CST_OK;
}

static struct stand *open_stand(cst_panel_order order)
{
    cst_error e;
    struct stand *s = calloc(1, sizeof *s);
    assert_non_null(s);
    assert_int_equal(cst_panel_new(order, &s->panel, &e), CST_OK);
    return s;
}

static void close_stand(struct stand *s)
{
    cst_panel_free(s->panel);
    for (size_t i = 0; i < s->readers; i++) cst_reader_free(s->reader[i]);
    cst_accounts_free(s->accounts);
    for (size_t i = 0; i < s->tables; i++) cst_table_free(s->table[i]);
    cst_buffer_free(&s->rejects);
    free(s);
}

static void add_rows(struct stand *s, const char *const *name, const char *text, bool keep_rejects)
{
    const cst_read_opts o = {.keep_rejects = keep_rejects, .max_rejects = UINT64_MAX, .block = 64};
    cst_error e;
    cst_reader *r = read_rows(text, name, &o);
    cst_reader_on_reject(r, note_reject, &s->rejects);
    s->reader[s->readers++] = r;
    const char *account = strncmp(text, "account_id", 10) == 0 ? "account_id" : NULL;
    if (cst_panel_add(s->panel, r, account, "period", &e) < 0) fail_msg("%s", e.message);
}

static void join_accounts(struct stand *s, const char *text)
{
    cst_error e;
    s->table[s->tables] = read_table(text, "accounts.csv");
    s->accounts = read_accounts(s->table[s->tables++]);
    assert_int_equal(cst_panel_join_accounts(s->panel, s->accounts, &e), CST_OK);
}

static void need_all(struct stand *s)
{
    size_t n;
    cst_error e;
    cst_panel_names(s->panel, &n);
    for (size_t i = 0; i < n; i++) assert_int_equal(cst_panel_need(s->panel, (uint32_t)i, 0, &e), CST_OK);
}

/* All rows with all columns; an error ends them. */
static void write_rows(struct stand *s, cst_buffer *out)
{
    size_t n;
    cst_error e = {0};
    cst_panel_names(s->panel, &n);
    cst_status status = cst_panel_start(s->panel, &e);
    while (status == CST_OK && (status = cst_panel_next(s->panel, &e)) == CST_OK) {
        for (size_t i = 0; i < n; i++) {
            cst_text t = cst_panel_text(s->panel, (uint32_t)i);
            cst_buffer_printf(out, i ? ",%.*s" : "%.*s", (int)t.n, t.p);
        }
        cst_buffer_add_char(out, '\n');
    }
    char message[1200];
    cst_error_format(&e, message, sizeof message);
    if (status < 0) cst_buffer_printf(out, "%s\n", message);
}

static void expect_rows(struct stand *s, const char *expected)
{
    cst_buffer out = {0};
    write_rows(s, &out);
    assert_string_equal(cst_buffer_string(&out), expected);
    cst_buffer_free(&out);
}

#define METRICS_BY_ACCOUNT                                                                                   \
    "account_id,period,mrr,\"note\"\nA,2024-01-31,100,\"x,y\"\nA,2024-02-29,90,\nB,2024-01-31,5,"            \
    "\"q\"\"q\"\n"                                                                                           \
    "B,2024-03-31,,z\n"
#define METRICS_BY_PERIOD                                                                                    \
    "account_id,period,mrr,\"note\"\nA,2024-01-31,100,\"x,y\"\nB,2024-01-31,5,\"q\"\"q\"\nA,2024-02-29,90,"  \
    "\n"                                                                                                     \
    "B,2024-03-31,,z\n"
#define METRICS_MIXED                                                                                        \
    "account_id,period,mrr,\"note\"\nB,2024-03-31,,z\nA,2024-02-29,90,\nB,2024-01-31,5,\"q\"\"q\"\n"         \
    "A,2024-01-31,100,\"x,y\"\n"
#define SCORES_BY_ACCOUNT                                                                                    \
    "account_id,score,period,mrr\nA,80,2024-02-29,0\nA,70,2024-03-31,0\nAB,1,2024-01-31,0\nB,60,2024-01-31," \
    "0\n"
#define SCORES_BY_PERIOD                                                                                     \
    "account_id,score,period,mrr\nAB,1,2024-01-31,0\nB,60,2024-01-31,0\nA,80,2024-02-29,0\nA,70,2024-03-31," \
    "0\n"
#define ACCOUNTS "account_id,segment\nA,Mid\nC,SMB\n"

static const char joined_by_account[] = "A,2024-01-31,100,x,y,,,Mid\n"
                                        "A,2024-02-29,90,,80,0,Mid\n"
                                        "A,2024-03-31,,,70,0,Mid\n"
                                        "AB,2024-01-31,,,1,0,\n"
                                        "B,2024-01-31,5,q\"q,60,0,\n"
                                        "B,2024-03-31,,z,,,\n";
static const char joined_by_period[] = "A,2024-01-31,100,x,y,,,Mid\n"
                                       "AB,2024-01-31,,,1,0,\n"
                                       "B,2024-01-31,5,q\"q,60,0,\n"
                                       "A,2024-02-29,90,,80,0,Mid\n"
                                       "A,2024-03-31,,,70,0,Mid\n"
                                       "B,2024-03-31,,z,,,\n";

static void test_join(void **state)
{
    static const struct {
        cst_panel_order order;
        const char *metrics, *scores, *expected;
    } cases[] = {
        {CST_PANEL_SORT, METRICS_BY_ACCOUNT, SCORES_BY_ACCOUNT, joined_by_account},
        {CST_PANEL_SORT, METRICS_MIXED, SCORES_BY_PERIOD, joined_by_account},
        {CST_PANEL_BY_ACCOUNT, METRICS_BY_ACCOUNT, SCORES_BY_ACCOUNT, joined_by_account},
        {CST_PANEL_BY_PERIOD, METRICS_BY_PERIOD, SCORES_BY_PERIOD, joined_by_period},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stand *s = open_stand(cases[i].order);
        add_rows(s, &metrics_name, cases[i].metrics, false);
        add_rows(s, &scores_name, cases[i].scores, false);
        join_accounts(s, ACCOUNTS);
        need_all(s);
        expect_rows(s, cases[i].expected);
        close_stand(s);
    }
}

static void test_names(void **state)
{
    static const char *const expected[] = {"account_id", "period", "mrr", "note", "score", "mrr", "segment"};
    struct stand *s = open_stand(CST_PANEL_SORT);
    size_t n;
    uint32_t column = 99;
    cst_error e;
    (void)state;
    add_rows(s, &metrics_name, METRICS_MIXED, false);
    add_rows(s, &scores_name, SCORES_BY_PERIOD, false);
    join_accounts(s, ACCOUNTS);
    const cst_text *names = cst_panel_names(s->panel, &n);
    assert_int_equal(n, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < n; i++) assert_true(cst_text_is(names[i], expected[i]));
    assert_int_equal(cst_panel_find(s->panel, cst_text_of("mrr"), &column, &e), CST_OK);
    assert_int_equal(column, 2);
    assert_true(cst_panel_has(s->panel, cst_text_of("segment")));
    assert_false(cst_panel_has(s->panel, cst_text_of("nrr")));
    assert_int_equal(cst_panel_find(s->panel, cst_text_of("scores"), &column, &e), CST_USAGE);
    assert_string_equal(e.message,
                        "expected a column, found \"scores\"; did you mean \"score\"?; the columns are "
                        "account_id, period, mrr, note, score, mrr, segment");
    close_stand(s);
    cst_panel_free(NULL);
}

/* Which table has a row at the key; columns that nobody needs are not read; places. */
static void test_current(void **state)
{
    struct stand *s = open_stand(CST_PANEL_BY_ACCOUNT);
    cst_error e = {0};
    (void)state;
    add_rows(s, &metrics_name, METRICS_BY_ACCOUNT, false);
    add_rows(s, &scores_name, SCORES_BY_ACCOUNT, false);
    join_accounts(s, ACCOUNTS);
    assert_int_equal(cst_panel_need(s->panel, 2, 0, &e), CST_OK);
    assert_int_equal(cst_panel_need(s->panel, 4, 0, &e), CST_OK);
    assert_int_equal(cst_panel_need(s->panel, 6, 0, &e), CST_OK);
    assert_int_equal(cst_panel_start(s->panel, &e), CST_OK);
    assert_int_equal(cst_panel_next(s->panel, &e), CST_OK);
    assert_int_equal(cst_panel_text(s->panel, 3).n, 0);
    assert_true(cst_text_is(cst_panel_text(s->panel, 2), "100"));
    assert_int_equal(cst_panel_text(s->panel, 4).n, 0);
    assert_int_equal(cst_panel_place(s->panel, 2).column, 14);
    assert_int_equal(cst_panel_next(s->panel, &e), CST_OK);
    assert_true(cst_text_is(cst_panel_text(s->panel, 2), "90"));
    assert_int_equal(cst_panel_place(s->panel, 4).line, 2);
    assert_int_equal(cst_panel_period(s->panel), cst_day_of(2024, 2, 29));
    assert_true(cst_text_is(cst_panel_account(s->panel), "A"));
    close_stand(s);
}

/* Bad rows: fatal, or set aside where the reader keeps rejects; the same in every order. */
static void test_bad_rows(void **state)
{
    static const struct {
        const char *text, *fatal, *rejects, *rows;
    } cases[] = {
        {"account_id,period,x\nA,2024-01-31,1\n,2024-02-29,2\nB,2024-02-29,3\n",
         "metrics.csv:3:1: account_id: expected an account, found none; fill it or leave the row out\n",
         "3: expected an account, found none; fill it or leave the row out\n",
         "A,2024-01-31,1\nB,2024-02-29,3\n"},
        {"account_id,period,x\nA,2024-01-31,1\nA,,2\nB,2024-02-29,3\n",
         "metrics.csv:3:3: period: expected the last day of a period, YYYY-MM-DD, found none; fill it or "
         "leave the row "
         "out\n",
         "3: expected the last day of a period, YYYY-MM-DD, found none; fill it or leave the row out\n",
         "A,2024-01-31,1\nB,2024-02-29,3\n"},
        {"account_id,period,x\nA,2024-01-31,1\nA,2024-01-31,2\nB,2024-02-29,3\n",
         "metrics.csv:3:1: expected one row per account and period, found \"A\" 2024-01-31 again (first at "
         "metrics.csv:2); keep one\n",
         "3: expected one row per account and period, found \"A\" 2024-01-31 again (first at metrics.csv:2); "
         "keep one\n",
         "A,2024-01-31,1\nB,2024-02-29,3\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int order = CST_PANEL_SORT; order <= CST_PANEL_BY_PERIOD; order++)
            for (int keep = 0; keep < 2; keep++) {
                struct stand *s = open_stand((cst_panel_order)order);
                cst_buffer out = {0};
                add_rows(s, &metrics_name, cases[i].text, keep);
                need_all(s);
                write_rows(s, &out);
                const char *rows = cst_buffer_string(&out);
                if (keep) {
                    assert_string_equal(rows, cases[i].rows);
                    assert_string_equal(cst_buffer_string(&s->rejects), cases[i].rejects);
                } else {
                    assert_string_equal(rows + strlen(rows) - strlen(cases[i].fatal), cases[i].fatal);
                }
                cst_buffer_free(&out);
                close_stand(s);
            }
}

static void test_out_of_order(void **state)
{
    struct stand *s = open_stand(CST_PANEL_BY_ACCOUNT);
    (void)state;
    add_rows(s, &metrics_name, METRICS_BY_PERIOD, true);
    expect_rows(s, "A,2024-01-31,,\nB,2024-01-31,,\nmetrics.csv:4:1: expected rows in order of account, then "
                   "period, found \"A\" "
                   "2024-02-29 after \"B\" 2024-01-31; sort the file, or do not say that it is sorted\n");
    close_stand(s);
    s = open_stand(CST_PANEL_BY_PERIOD);
    add_rows(s, &metrics_name, METRICS_MIXED, true);
    expect_rows(
        s,
        "B,2024-03-31,,\n"
        "metrics.csv:3:1: expected rows in order of period, then account, found \"A\" 2024-02-29 after \"B\" "
        "2024-03-31; sort the file, or do not say that it is sorted\n");
    close_stand(s);
}

static const char history_text[] = "account_id,period,x,t,d\n"
                                   "A,2024-01-31,10,red,2024-01-01\n"
                                   "A,2024-02-29,20,red,2024-01-01\n"
                                   "A,2024-03-31,,a text of more than sixteen bytes,2024-03-01\n"
                                   "A,2024-04-30,5,a text of more than sixteen bytes,\n"
                                   "A,2024-05-31,5.0,blue,2024-05-31\n"
                                   "B,2024-01-31,0,,2024-01-01\n"
                                   "B,2024-03-31,-4,red,2024-01-01\n"
                                   "B,2024-04-30,4,red,2024-01-01\n";
static const char history_by_period[] = "account_id,period,x,t,d\n"
                                        "A,2024-01-31,10,red,2024-01-01\n"
                                        "B,2024-01-31,0,,2024-01-01\n"
                                        "A,2024-02-29,20,red,2024-01-01\n"
                                        "A,2024-03-31,,a text of more than sixteen bytes,2024-03-01\n"
                                        "B,2024-03-31,-4,red,2024-01-01\n"
                                        "A,2024-04-30,5,a text of more than sixteen bytes,\n"
                                        "B,2024-04-30,4,red,2024-01-01\n"
                                        "A,2024-05-31,5.0,blue,2024-05-31\n";

static cst_expr *parse_over(struct stand *s, const char *text)
{
    cst_expr *x;
    cst_error e;
    cst_expr_env env = {.label = "when", .functions = cst_panel_functions, .has_today = true};
    env.names = cst_panel_names(s->panel, &env.n);
    if (cst_expr_parse(cst_text_of(text), &env, &x, &e) < 0) fail_msg("%s: %s", text, e.message);
    if (cst_panel_need_expr(s->panel, x, &e) < 0) fail_msg("%s: %s", text, e.message);
    return x;
}

static void show(const cst_value *v, cst_buffer *out)
{
    char room[CST_NUMBER_ROOM];
    if (v->missing)
        cst_buffer_add_string(out, "-");
    else if (v->type == CST_VALUE_NUMBER)
        cst_buffer_add(out, room, cst_number_format(v->number, room));
    else if (v->type == CST_VALUE_BOOL)
        cst_buffer_add_string(out, v->truth ? "yes" : "no");
    else
        cst_buffer_add(out, v->text.p, v->text.n);
}

/* The values over A's rows in order of period, then over B's, "|" between the accounts. */
static void evaluate(struct stand *s, const cst_expr *x, cst_buffer *out)
{
    cst_buffer of[2] = {{0}, {0}};
    cst_error e = {0};
    cst_status status = cst_panel_start(s->panel, &e);
    while (status == CST_OK && (status = cst_panel_next(s->panel, &e)) == CST_OK) {
        cst_value v;
        cst_buffer *b = &of[cst_panel_account(s->panel).p[0] == 'B'];
        if (b->n) cst_buffer_add_char(b, ' ');
        if (cst_expr_eval(x, cst_panel_row(s->panel), &v, &e) < 0) fail_msg("%s: %s", e.field, e.message);
        show(&v, b);
    }
    assert_int_equal(status, CST_END);
    cst_buffer_printf(out, "%s | %s", cst_buffer_string(&of[0]), cst_buffer_string(&of[1]));
    cst_buffer_free(&of[0]);
    cst_buffer_free(&of[1]);
}

/* slope: A's last three of 10, 20, -, 5, 5: 20, -, 5 has the slope -15 / 2; -, 5, 5 has 0; 10, 20, - has 10.
 */
static void test_functions(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"prev(x)", "- 10 20 - 5 | - 0 -4"},
        {"prev(x) + 1", "- 11 21 - 6 | - 1 -3"},
        {"prev(prev(x))", "- - 10 20 - | - - 0"},
        {"prev(t)",
         "- red red a text of more than sixteen bytes a text of more than sixteen bytes | - - red"},
        {"prev(x > 5)", "- yes yes - no | - no no"},
        {"prev(coalesce(x, 7)) * 2", "- 20 40 14 10 | - 0 -8"},
        {"delta(x, 1)", "- 10 - - 0 | - -4 8"},
        {"delta(x, 2)", "- - - -15 - | - - 4"},
        {"pct_change(x, 1)", "- 1 - - 0 | - - 2"},
        {"pct_change(x + 10, 1)", "- 0.5 - - 0 | - -0.4 1.3333333333333333"},
        {"slope(x, 3)", "- - 10 -7.5 0 | - - 2"},
        {"slope(x, 2)", "- 10 - - 0 | - -4 8"},
        {"delta(slope(x, 2), 1)", "- - - - - | - - 12"},
        {"changed(x)", "- yes - - no | - yes yes"},
        {"changed(t)", "- no yes no yes | - - no"},
        {"changed(x > 5)", "- no - - no | - no no"},
        {"x == 0 and prev(x) is missing", "no no no no no | yes no no"},
        {"days_since(d)", "30 59 30 - 0 | 30 90 120"},
        {"prev(days_since(d))", "- 30 59 30 - | - 30 90"},
        {"days_until(d) > prev(days_until(d))", "- no yes - - | - no no"},
        {"prev(days_since(date('2024-01-31')))", "- 0 29 60 90 | - 0 60"},
        {"prev(period)", "- 2024-01-31 2024-02-29 2024-03-31 2024-04-30 | - 2024-01-31 2024-03-31"},
        {"prev(account_id)", "- A A A A | - B B"},
        {"delta(days_since(date('2024-01-31')), 1)", "- 29 31 30 31 | - 60 30"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int order = CST_PANEL_SORT; order <= CST_PANEL_BY_PERIOD; order++) {
            struct stand *s = open_stand((cst_panel_order)order);
            cst_buffer out = {0};
            add_rows(s, &metrics_name, order == CST_PANEL_BY_PERIOD ? history_by_period : history_text,
                     false);
            cst_expr *x = parse_over(s, cases[i].text);
            evaluate(s, x, &out);
            if (strcmp(cst_buffer_string(&out), cases[i].expected) != 0)
                fail_msg("%s (order %d): expected %s, found %s", cases[i].text, order, cases[i].expected,
                         cst_buffer_string(&out));
            cst_expr_free(x);
            cst_buffer_free(&out);
            close_stand(s);
        }
}

/* Night by night = one run: what is kept after the first rows, seeded into a second panel, gives the same
 * values. */
static void test_seed(void **state)
{
    static const char first[] = "account_id,period,x,t\nA,2024-01-31,10,a text of more than sixteen bytes\n"
                                "A,2024-02-29,20,b\nB,2024-01-31,1,c\n";
    static const char second[] =
        "account_id,period,x,t\nA,2024-03-31,5,b\nB,2024-03-31,7,c\nC,2024-03-31,1,d\n";
    static const char text[] = "coalesce(delta(x, 2), -99) + coalesce(prev(x), 1000)";
    struct stand *s = open_stand(CST_PANEL_SORT), *t = open_stand(CST_PANEL_SORT);
    cst_error e = {0};
    cst_buffer out = {0};
    (void)state;
    add_rows(s, &metrics_name, first, false);
    add_rows(t, &metrics_name, second, false);
    cst_expr *x = parse_over(s, text), *y = parse_over(s, "changed(t)");
    cst_expr *z = parse_over(t, text), *w = parse_over(t, "changed(t)");
    assert_int_equal(cst_panel_start(s->panel, &e), CST_OK);
    while (cst_panel_next(s->panel, &e) == CST_OK)
        ;
    assert_int_equal(cst_panel_start(t->panel, &e), CST_OK);
    int back;
    assert_int_equal(cst_panel_kept(s->panel), 2);
    assert_int_equal(cst_panel_kept_column(s->panel, 0, &back), 2);
    assert_int_equal(back, 2);
    assert_int_equal(cst_panel_kept_column(s->panel, 1, &back), 3);
    assert_int_equal(back, 1);
    assert_int_equal(cst_panel_depth(s->panel), 2);
    assert_int_equal(cst_panel_accounts(s->panel), 2);
    for (uint32_t a = 0; a < 2; a++)
        for (int i = cst_panel_depth(s->panel); i >= 1; i--) {
            cst_text values[] = {cst_panel_earlier(s->panel, a, 0, i), cst_panel_earlier(s->panel, a, 1, i)};
            cst_day period = cst_panel_earlier_period(s->panel, a, i);
            cst_text id = cst_panel_account_id(s->panel, a);
            if (period == CST_DAY_NONE) continue;
            assert_int_equal(cst_panel_seed(t->panel, id, period, values, &e), CST_OK);
        }
    while (cst_panel_next(t->panel, &e) == CST_OK) {
        cst_value v;
        assert_int_equal(cst_expr_eval(z, cst_panel_row(t->panel), &v, &e), CST_OK);
        show(&v, &out);
        cst_buffer_add_char(&out, ' ');
        assert_int_equal(cst_expr_eval(w, cst_panel_row(t->panel), &v, &e), CST_OK);
        show(&v, &out);
        cst_buffer_add_char(&out, '\n');
    }
    assert_string_equal(cst_buffer_string(&out), "15 no\n-98 no\n901 -\n");
    cst_buffer_free(&out);
    cst_expr_free(x);
    cst_expr_free(y);
    cst_expr_free(z);
    cst_expr_free(w);
    close_stand(s);
    close_stand(t);
}

/* A row that is not after what is kept of the account is an error at its place. */
static void test_seed_too_late(void **state)
{
    struct stand *s = open_stand(CST_PANEL_SORT);
    cst_error e = {0};
    cst_text seven = cst_text_of("7");
    (void)state;
    add_rows(s, &metrics_name, "account_id,period,x\nA,2024-01-31,1\n", false);
    cst_expr *x = parse_over(s, "prev(x)");
    assert_int_equal(cst_panel_start(s->panel, &e), CST_OK);
    assert_int_equal(cst_panel_seed(s->panel, cst_text_of("A"), cst_day_of(2024, 1, 31), &seven, &e), CST_OK);
    assert_int_equal(cst_panel_seed(s->panel, cst_text_of("A"), cst_day_of(2024, 1, 31), &seven, &e),
                     CST_DATA);
    assert_int_equal(cst_panel_next(s->panel, &e), CST_OK);
    assert_int_equal(cst_panel_next(s->panel, &e), CST_DATA);
    assert_string_equal(
        e.message, "expected a period after 2024-01-31, the last one kept of the account, found 2024-01-31");
    assert_string_equal(e.file, "metrics.csv");
    assert_int_equal(e.line, 2);
    cst_expr_free(x);
    close_stand(s);
}

/* A field that is no number: at its place now; without one where it was read in an earlier row. */
static void test_bad_field(void **state)
{
    struct stand *s = open_stand(CST_PANEL_SORT);
    cst_error e = {0};
    cst_value v;
    (void)state;
    add_rows(s, &metrics_name, "account_id,period,x\nA,2024-01-31,abc\nA,2024-02-29,1\n", false);
    cst_expr *x = parse_over(s, "delta(x, 1)");
    assert_int_equal(cst_panel_start(s->panel, &e), CST_OK);
    assert_int_equal(cst_panel_next(s->panel, &e), CST_OK);
    assert_int_equal(cst_expr_eval(x, cst_panel_row(s->panel), &v, &e), CST_DATA);
    assert_string_equal(e.file, "metrics.csv");
    assert_int_equal(e.line, 2);
    assert_string_equal(e.field, "x");
    assert_int_equal(cst_panel_next(s->panel, &e), CST_OK);
    assert_int_equal(cst_expr_eval(x, cst_panel_row(s->panel), &v, &e), CST_DATA);
    assert_string_equal(e.file, "");
    assert_string_equal(e.field, "x");
    cst_expr_free(x);
    close_stand(s);
}

/* Row tables keyed by the period alone: the portfolio. */
static void test_portfolio(void **state)
{
    struct stand *s = open_stand(CST_PANEL_SORT);
    (void)state;
    add_rows(s, &metrics_name, "period,nrr\n2024-02-29,0.9\n2024-01-31,1.1\n", false);
    add_rows(s, &scores_name, "share,period\n0.5,2024-02-29\n", false);
    need_all(s);
    expect_rows(s, "2024-01-31,1.1,\n2024-02-29,0.9,0.5\n");
    close_stand(s);
}

static void test_empty(void **state)
{
    (void)state;
    for (int order = CST_PANEL_SORT; order <= CST_PANEL_BY_PERIOD; order++) {
        struct stand *s = open_stand((cst_panel_order)order);
        add_rows(s, &metrics_name, "account_id,period,x\n", false);
        need_all(s);
        expect_rows(s, "");
        close_stand(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),         cmocka_unit_test(test_names),
        cmocka_unit_test(test_current),      cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_out_of_order), cmocka_unit_test(test_functions),
        cmocka_unit_test(test_seed),         cmocka_unit_test(test_seed_too_late),
        cmocka_unit_test(test_bad_field),    cmocka_unit_test(test_portfolio),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
