/* Random tables joined: whatever the order of the input rows, the panel gives what the obvious join gives (a
 * grid of all accounts and periods, filled from both tables), and the functions give what the grid's earlier
 * rows say. */
#include "../unit/table_kit.h"

#include "base/buffer.h"
#include "base/date.h"
#include "base/hash.h"
#include "panel/panel.h"
#include <stdlib.h>

enum { ACCOUNTS = 9, PERIODS = 7, CELLS = ACCOUNTS * PERIODS };

static const char *const ids[ACCOUNTS] = {"A", "AA", "AB", "B",       "Z",
                                          "a", "b",  "b1", "\xC3\xA4"}; /* order of bytes */
static const char *const names[] = {"metrics.csv", "scores.csv"};

/* -1: no row; 0: the value is missing; else the value */
static int grid[2][CELLS];
static uint64_t state_of_random;

static uint64_t draw(uint64_t below)
{
    state_of_random = cst_hash_mix(state_of_random);
    return (state_of_random >> 11) % below;
}

static cst_day day_of(int period)
{
    return cst_day_of(2024, period + 1, cst_month_days(2024, period + 1));
}

static void fill_grid(void)
{
    uint64_t density = 1 + draw(4);
    for (int t = 0; t < 2; t++)
        for (int i = 0; i < CELLS; i++) grid[t][i] = draw(4) < density ? (int)draw(4) * (int)draw(50) : -1;
}

/* The cells in the order asked for: by account, by period, or shuffled. */
static void order_cells(cst_panel_order order, int out[CELLS])
{
    for (int i = 0; i < CELLS; i++)
        out[i] = order == CST_PANEL_BY_PERIOD ? i % ACCOUNTS * PERIODS + i / ACCOUNTS : i;
    for (int i = CELLS - 1; i > 0 && order == CST_PANEL_SORT; i--) {
        int other = (int)draw((uint64_t)i + 1), swap = out[i];
        out[i] = out[other];
        out[other] = swap;
    }
}

static void write_table(int table, cst_panel_order order, cst_buffer *b)
{
    int cells[CELLS];
    order_cells(order, cells);
    cst_buffer_printf(b, "account_id,period,v%d\n", table);
    for (int i = 0; i < CELLS; i++) {
        char day[CST_DAY_ROOM];
        int v = grid[table][cells[i]];
        if (v < 0) continue;
        day[cst_day_format(day_of(cells[i] % PERIODS), day)] = '\0';
        cst_buffer_printf(b, "%s,%s,", ids[cells[i] / PERIODS], day);
        cst_buffer_printf(b, v ? "%d\n" : "\n", v);
    }
}

static bool is_row(int cell)
{
    return grid[0][cell] >= 0 || grid[1][cell] >= 0;
}

/* v0 - v0 two rows before, where both are there: coalesced with -1000. */
static int expect_delta(int cell)
{
    int back = 2, before = cell;
    while (back > 0 && before % PERIODS > 0)
        if (is_row(--before)) back--;
    if (back > 0 || grid[0][cell] <= 0 || grid[0][before] <= 0) return -1000;
    return grid[0][cell] - grid[0][before];
}

static void expect_rows(cst_panel_order order, cst_buffer *out)
{
    int cells[CELLS];
    order_cells(order == CST_PANEL_SORT ? CST_PANEL_BY_ACCOUNT : order, cells);
    for (int i = 0; i < CELLS; i++) {
        int c = cells[i];
        if (!is_row(c)) continue;
        cst_buffer_printf(out, "%s %d", ids[c / PERIODS], (int)day_of(c % PERIODS));
        for (int t = 0; t < 2; t++) cst_buffer_printf(out, grid[t][c] > 0 ? " %d" : " -", grid[t][c]);
        cst_buffer_printf(out, " %d\n", expect_delta(c));
    }
}

static void find_rows(cst_panel *p, const cst_expr *x, cst_buffer *out)
{
    cst_error e;
    cst_status status = cst_panel_start(p, &e);
    while (status == CST_OK && (status = cst_panel_next(p, &e)) == CST_OK) {
        double delta = 0;
        cst_text account = cst_panel_account(p);
        cst_buffer_printf(out, "%.*s %d", (int)account.n, account.p, (int)cst_panel_period(p));
        for (uint32_t column = 2; column < 4; column++) {
            cst_text t = cst_panel_text(p, column);
            cst_buffer_printf(out, " %.*s", t.n ? (int)t.n : 1, t.n ? t.p : "-");
        }
        assert_int_equal(cst_expr_number(x, cst_panel_row(p), &delta, &e), CST_OK);
        cst_buffer_printf(out, " %d\n", (int)delta);
    }
    if (status < 0) fail_msg("%s", e.message);
}

static void check_order(cst_panel_order order)
{
    const cst_read_opts o = {.block = 64};
    cst_buffer text[2] = {{0}, {0}}, expected = {0}, found = {0};
    cst_reader *reader[2];
    cst_panel *p;
    cst_expr *x;
    cst_error e;
    cst_expr_env env = {.functions = cst_panel_functions, .want = CST_WANT_NUMBER};
    assert_int_equal(cst_panel_new(order, &p, &e), CST_OK);
    for (int t = 0; t < 2; t++) {
        write_table(t, order, &text[t]);
        reader[t] = read_rows(cst_buffer_string(&text[t]), &names[t], &o);
        assert_int_equal(cst_panel_add(p, reader[t], "account_id", "period", &e), CST_OK);
    }
    env.names = cst_panel_names(p, &env.n);
    assert_int_equal(cst_expr_parse(cst_text_of("coalesce(delta(v0, 2), -1000)"), &env, &x, &e), CST_OK);
    assert_int_equal(cst_panel_need_expr(p, x, &e), CST_OK);
    assert_int_equal(cst_panel_need(p, 3, 0, &e), CST_OK);
    find_rows(p, x, &found);
    expect_rows(order, &expected);
    assert_string_equal(cst_buffer_string(&found), cst_buffer_string(&expected));
    cst_expr_free(x);
    cst_panel_free(p);
    for (int t = 0; t < 2; t++) {
        cst_reader_free(reader[t]);
        cst_buffer_free(&text[t]);
    }
    cst_buffer_free(&expected);
    cst_buffer_free(&found);
}

static void test_random(void **state)
{
    (void)state;
    for (state_of_random = 1; state_of_random <= 300;) {
        uint64_t seed = state_of_random;
        fill_grid();
        for (int order = CST_PANEL_SORT; order <= CST_PANEL_BY_PERIOD; order++)
            check_order((cst_panel_order)order);
        state_of_random = seed + 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
