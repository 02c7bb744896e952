/* What a panel lets a caller do who shares the work or goes on from a night before: parts of the accounts,
 * chosen rows, dropped rows, a spare row of what is kept, the periods. */
#include "table_kit.h"

#include "base/buffer.h"
#include "base/date.h"
#include "panel/panel.h"
#include <stdlib.h>

static const char *const name = "metrics.csv";

struct stand {
    cst_reader *reader;
    cst_panel *panel;
};

static struct stand open_stand(const char *text, cst_panel_order order)
{
    const cst_read_opts o = {.block = 64};
    cst_error e;
    struct stand s = {.reader = read_rows(text, &name, &o)};
    const char *account = strncmp(text, "account_id", 10) == 0 ? "account_id" : NULL;
    assert_int_equal(cst_panel_new(order, &s.panel, &e), CST_OK);
    assert_int_equal(cst_panel_add(s.panel, s.reader, account, "period", &e), CST_OK);
    return s;
}

static void close_stand(struct stand *s)
{
    cst_panel_free(s->panel);
    cst_reader_free(s->reader);
}

static uint32_t find(cst_panel *p, const char *column)
{
    uint32_t found;
    cst_error e;
    assert_int_equal(cst_panel_find(p, cst_text_of(column), &found, &e), CST_OK);
    return found;
}

static char *write_rows(void) /* 40 accounts, three periods each */
{
    cst_buffer b = {0};
    cst_buffer_add_string(&b, "account_id,period,x\n");
    for (int i = 0; i < 40; i++)
        for (int m = 1; m <= 3; m++) cst_buffer_printf(&b, "acct-%02d,2024-0%d-01,%d\n", i, m, i * 10 + m);
    cst_buffer_string(&b);
    return b.p;
}

/* Every account is seen by one part and whole; each part sees some. */
static void test_parts(void **state)
{
    (void)state;
    char *text = write_rows();
    for (int order = CST_PANEL_SORT; order <= CST_PANEL_BY_ACCOUNT; order++) {
        int seen[40] = {0};
        for (uint32_t part = 0; part < 3; part++) {
            struct stand s = open_stand(text, CST_PANEL_SORT);
            cst_error e;
            int rows = 0;
            cst_panel_set_order(s.panel, (cst_panel_order)order);
            cst_panel_part(s.panel, part, 3);
            assert_int_equal(cst_panel_start(s.panel, &e), CST_OK);
            while (cst_panel_next(s.panel, &e) == CST_OK) {
                int account = atoi(cst_panel_account(s.panel).p + 5);
                seen[account] += 1 << (8 * (int)part);
                rows++;
            }
            assert_true(rows > 0 && rows < 120 && rows % 3 == 0);
            close_stand(&s);
        }
        for (int i = 0; i < 40; i++) assert_true(seen[i] == 3 || seen[i] == 3 << 8 || seen[i] == 3 << 16);
    }
    free(text);
}

static void test_chosen_rows(void **state)
{
    (void)state;
    struct stand s = open_stand("period,row,nrr\n2024-01-31,total,1\n2024-01-31,group,2\n2024-02-29,group,3\n"
                                "2024-02-29,\"total\",4\n",
                                CST_PANEL_SORT);
    cst_error e;
    uint32_t nrr = find(s.panel, "nrr");
    assert_int_equal(cst_panel_need(s.panel, nrr, 0, &e), CST_OK);
    assert_int_equal(cst_panel_only(s.panel, find(s.panel, "row"), "total", &e), CST_OK);
    assert_int_equal(cst_panel_start(s.panel, &e), CST_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cst_panel_next(s.panel, &e), CST_OK);
        assert_true(cst_text_is(cst_panel_text(s.panel, nrr), i ? "4" : "1"));
    }
    assert_int_equal(cst_panel_next(s.panel, &e), CST_END);
    close_stand(&s);
}

/* A dropped row is no earlier one; the spare keeps one row more than was asked for. */
static void test_dropped_and_spare(void **state)
{
    (void)state;
    struct stand s =
        open_stand("account_id,period,x\na,2024-01-01,1\na,2024-02-01,2\na,2024-03-01,3\na,2024-04-01,4\n",
                   CST_PANEL_BY_ACCOUNT);
    cst_error e;
    int back;
    uint32_t x = find(s.panel, "x");
    assert_int_equal(cst_panel_need(s.panel, x, 1, &e), CST_OK);
    cst_panel_keep_spare(s.panel);
    assert_int_equal(cst_panel_start(s.panel, &e), CST_OK);
    assert_int_equal(cst_panel_kept_column(s.panel, 0, &back), x);
    assert_int_equal(back, 2);
    assert_int_equal(cst_panel_depth(s.panel), 2);
    for (int i = 1; i <= 4; i++) {
        assert_int_equal(cst_panel_next(s.panel, &e), CST_OK);
        if (i == 3) cst_panel_drop(s.panel);
        if (i == 4) assert_true(cst_text_is(cst_panel_earlier(s.panel, 0, 0, 1), "2"));
    }
    assert_int_equal(cst_panel_next(s.panel, &e), CST_END);
    assert_true(cst_text_is(cst_panel_earlier(s.panel, 0, 0, 1), "4"));
    assert_true(cst_text_is(cst_panel_earlier(s.panel, 0, 0, 2), "2"));
    assert_int_equal(cst_panel_know(s.panel, cst_text_of("a")), 0);
    assert_int_equal(cst_panel_know(s.panel, cst_text_of("b")), 1);
    assert_int_equal(cst_panel_earlier_period(s.panel, 1, 1), CST_DAY_NONE);
    close_stand(&s);
}

static void test_periods(void **state)
{
    (void)state;
    static const cst_day days[] = {30, 10, 10, 20, 30, 5, 40, 20};
    cst_periods p = {0};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) assert_true(cst_periods_add(&p, days[i]));
    for (cst_day d = 100; d < 200; d++) assert_true(cst_periods_add(&p, d));
    assert_int_equal(p.n, 105);
    for (size_t i = 1; i < p.n; i++) assert_true(p.day[i - 1] < p.day[i]);
    assert_int_equal(cst_periods_from(&p, 11), 2);
    assert_int_equal(cst_periods_from(&p, 20), 2);
    assert_int_equal(cst_periods_from(&p, 200), p.n);
    free(p.day);

    char *text = write_rows();
    struct stand s = open_stand(text, CST_PANEL_SORT);
    cst_error e;
    cst_periods q = {0};
    assert_int_equal(cst_panel_start(s.panel, &e), CST_OK);
    assert_true(cst_panel_periods(s.panel, &q));
    assert_int_equal(q.n, 3);
    assert_int_equal(q.day[2], cst_day_of(2024, 3, 1));
    free(q.day);
    close_stand(&s);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_chosen_rows),
        cmocka_unit_test(test_dropped_and_spare),
        cmocka_unit_test(test_periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
