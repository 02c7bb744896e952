/* What lines paid that ended is held against the bridge, account by account: figures that agree pass, one
 * that is off by a millionth, in another period or missing fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "revenue/renewals.h"

/* What the check is told that ended, in two months. */
typedef struct told {
    cst_wide january, march;
    cst_status status;
    cst_error error;
} told;

static cst_status visit(void *context, const cst_ledger_account *a, cst_error *e)
{
    told *t = context;
    cst_grid grid;
    cst_calendar months = {.every = CST_MONTH, .fiscal_start = 1};
    assert_int_equal(cst_grid_init(&grid, months, CST_SNAP_LAST, CST_DAY_NONE, e), CST_OK);
    const rev_rules rules = {.grid = &grid};
    rev_ended_check check = {0};
    rev_ended_begin(&check, &rules);
    if (t->january)
        assert_true(rev_ended_add(&check, cst_period_of(&months, cst_day_of(2024, 1, 1)), t->january));
    if (t->march)
        assert_true(rev_ended_add(&check, cst_period_of(&months, cst_day_of(2024, 3, 1)), t->march));
    t->status = rev_ended_compare(&check, a, &t->error);
    rev_ended_free(&check);
    cst_grid_free(&grid);
    return CST_OK;
}

/* Line p pays 100 until 10 January, in two rows, and comes back at 70 until 31 March's eve; q pays on. */
static told compare(cst_wide january, cst_wide march, cst_money negative)
{
    const cst_ledger_opts o = {.as_of = CST_DAY_NONE};
    const cst_ledger_text p = {.centre = {"p", 1}, .line = {"p", 1}},
                          q = {.centre = {"q", 1}, .line = {"q", 1}};
    const struct {
        cst_ledger_row row;
        const cst_ledger_text *text;
    } row[] = {{{cst_day_of(2023, 5, 1), cst_day_of(2024, 1, 10), 60, .file = NULL}, &p},
               {{cst_day_of(2023, 6, 1), cst_day_of(2024, 1, 5), 40, .file = NULL}, &p},
               {{cst_day_of(2024, 2, 1), cst_day_of(2024, 3, 30), 70, .file = NULL}, &p},
               {{cst_day_of(2023, 5, 1), CST_LEDGER_OPEN, 500, .file = NULL}, &q},
               {{cst_day_of(2023, 5, 1), CST_LEDGER_OPEN, negative, .file = NULL}, &q}};
    told t = {january, march, CST_OK, {0}};
    void *worker[1] = {&t};
    cst_ledger *l;
    cst_error e;
    assert_int_equal(cst_ledger_open(&o, &l, &e), CST_OK);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_int_equal(cst_ledger_add(l, cst_text_of("acme"), &row[i].row, row[i].text, &e), CST_OK);
    assert_int_equal(cst_ledger_each(l, 1, visit, worker, &e), CST_OK);
    cst_ledger_free(l);
    return t;
}

static void figures_that_agree_pass(void **state)
{
    (void)state;
    assert_int_equal(compare(100, 70, 0).status, CST_OK);
}

static void one_that_differs_fails(void **state)
{
    (void)state;
    assert_int_equal(compare(99, 70, 0).status, CST_INTERNAL);
    assert_int_equal(compare(70, 100, 0).status, CST_INTERNAL);
    assert_int_equal(compare(0, 70, 0).status, CST_INTERNAL);
    told t = compare(100, 71, 0);
    assert_int_equal(t.status, CST_INTERNAL);
    assert_non_null(strstr(t.error.message, "account \"acme\" in the period that ends on 2024-03-31"));
}

/* With a credit in the account the two may differ. */
static void accounts_with_negative_rows_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(compare(1, 2, -10).status, CST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_that_agree_pass),
        cmocka_unit_test(one_that_differs_fails),
        cmocka_unit_test(accounts_with_negative_rows_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
