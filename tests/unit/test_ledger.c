/* The ledger: rows to accounts, renamings, grace, rates, snapshots. Expected values are worked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "ledger/balance.h"
#include "ledger/fx.h"
#include "ledger/grid.h"
#include "ledger/identity.h"
#include "ledger/labels.h"

static cst_day day(int y, int m, int d)
{
    return cst_day_of(y, m, d);
}

static cst_table *table(const char *text)
{
    cst_table *t;
    cst_error e;
    assert_int_equal(cst_table_parse(cst_text_of(text), "t.csv", NULL, &t, &e), CST_OK);
    return t;
}

/* ---- accounts ---------------------------------------------------------------------------------------- */

typedef struct seen {
    char order[256];
    cst_money balance;
    size_t rows;
} seen;

static cst_status note(void *worker, const cst_ledger_account *a, cst_error *e)
{
    (void)e;
    seen *s = worker;
    strncat(s->order, a->id.p, a->id.n);
    cst_money m;
    assert_true(cst_ledger_balance(a, day(2024, 2, 1), &m));
    s->balance += m;
    s->rows += a->rows;
    return CST_OK;
}

static void add(cst_ledger *l, const char *account, cst_day start, cst_day end, cst_money amount,
                const char *currency)
{
    cst_error e;
    cst_ledger_row row = {.start = start, .end = end, .amount = amount};
    cst_ledger_text t = {.currency = cst_text_of(currency)};
    assert_int_equal(cst_ledger_add(l, cst_text_of(account), &row, &t, &e), CST_OK);
}

static void accounts_come_in_order_with_their_rows(void **unused)
{
    (void)unused;
    cst_ledger *l;
    cst_error e;
    cst_ledger_opts o = {.as_of = day(2024, 3, 1), .ordered = true, .count_overlaps = true};
    assert_int_equal(cst_ledger_open(&o, &l, &e), CST_OK);
    add(l, "B", day(2024, 1, 1), day(2024, 2, 1), 5, "");
    add(l, "A", day(2024, 1, 1), day(2024, 6, 1), 7, "");
    add(l, "B", day(2024, 1, 15), CST_LEDGER_OPEN, 11, "");
    add(l, "AB", day(2024, 2, 1), day(2024, 2, 1), 13, "");
    add(l, "C", day(2024, 4, 1), CST_LEDGER_OPEN, 17, "");
    seen s = {0};
    void *worker = &s;
    assert_int_equal(cst_ledger_each(l, 1, note, &worker, &e), CST_OK);
    assert_string_equal(s.order, "AABB"); /* A, AB, B; C starts after as_of */
    assert_int_equal(s.balance, 18);
    cst_ledger_counts n = cst_ledger_counted(l);
    assert_int_equal(n.rows, 4);
    assert_int_equal(n.after, 1);
    assert_int_equal(n.empty, 1);
    assert_int_equal(n.overlapping, 1);
    assert_int_equal(n.accounts, 3);
    assert_int_equal(n.first, day(2024, 1, 1));
    assert_int_equal(n.last, day(2024, 2, 1)); /* A's end has not happened */
    cst_ledger_free(l);
}

static void currencies_may_be_accounts_of_their_own(void **unused)
{
    (void)unused;
    cst_ledger *l;
    cst_error e;
    cst_ledger_opts o = {.as_of = CST_DAY_NONE, .split_currency = true};
    assert_int_equal(cst_ledger_open(&o, &l, &e), CST_OK);
    add(l, "A", day(2024, 1, 1), CST_LEDGER_OPEN, 1, "USD");
    add(l, "A", day(2024, 1, 1), CST_LEDGER_OPEN, 2, "EUR");
    add(l, "A", day(2024, 1, 1), CST_LEDGER_OPEN, 3, "USD");
    seen s = {0};
    void *worker = &s;
    assert_int_equal(cst_ledger_each(l, 1, note, &worker, &e), CST_OK);
    assert_string_equal(s.order, "AA");
    assert_int_equal(s.rows, 3);
    cst_ledger_free(l);
}

static void an_end_before_the_start_is_refused(void **unused)
{
    (void)unused;
    cst_ledger *l;
    cst_error e;
    cst_ledger_opts o = {.as_of = CST_DAY_NONE};
    assert_int_equal(cst_ledger_open(&o, &l, &e), CST_OK);
    cst_ledger_row row = {.start = 10, .end = 9};
    assert_int_equal(cst_ledger_add(l, cst_text_of("A"), &row, &(cst_ledger_text){0}, &e), CST_DATA);
    cst_ledger_free(l);
}

/* ---- grace ------------------------------------------------------------------------------------------- */

static void grace_fills_a_gap_and_no_more(void **unused)
{
    (void)unused;
    cst_ledger_row r[4] = {
        {.start = 0, .end = 30, .amount = 100},  /* ends with the account's total */
        {.start = 0, .end = 20, .amount = 50},   /* ended before: the total was not zero then */
        {.start = 33, .end = 60, .amount = 120}, /* 3 days later */
        {.start = 64, .end = CST_LEDGER_OPEN, .amount = 10},
    };
    assert_true(cst_ledger_grace(r, 4, 3, NULL));
    assert_int_equal(r[0].end, 33);
    assert_int_equal(r[1].end, 20);
    assert_int_equal(r[2].end, 60); /* 4 days: no */
    cst_ledger_row z[3] = {{.start = 0, .end = 10, .amount = 5},
                           {.start = 11, .end = 12},
                           {.start = 13, .end = 20, .amount = 5}};
    assert_true(cst_ledger_grace(z, 3, 2, NULL)); /* a row of nothing starts nothing */
    assert_int_equal(z[0].end, 10);
}

/* ---- identity ---------------------------------------------------------------------------------------- */

static void names_follow_their_chain(void **unused)
{
    (void)unused;
    cst_table *t = table("kind,old_id,new_id\naccount,a,b\naccount,b,c\nplan,a,z\n");
    cst_identity *d;
    cst_error e;
    assert_int_equal(cst_identity_of(t, &d, &e), CST_OK);
    assert_true(cst_text_is(cst_identity_rename(d, CST_ID_ACCOUNT, cst_text_of("a")), "c"));
    assert_true(cst_text_is(cst_identity_rename(d, CST_ID_PLAN, cst_text_of("a")), "z"));
    assert_true(cst_text_is(cst_identity_rename(d, CST_ID_PRODUCT, cst_text_of("a")), "a"));
    cst_identity_free(d);
    cst_table_free(t);
}

static void bad_renamings_are_refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        "kind,old_id,new_id\naccount,a,b\naccount,b,a\n", /* a circle */
        "kind,old_id,new_id\naccount,a,a\n",              /* itself */
        "kind,old_id,new_id\naccount,a,b\naccount,a,c\n", /* twice */
        "kind,old_id,new_id\nuser,a,b\n",                 /* no such kind */
        "kind,old_id,new_id\naccount,,b\n",               /* no name */
        "kind,old_id\naccount,a\n",                       /* no column */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cst_table *t = table(bad[i]);
        cst_identity *d;
        cst_error e = {0};
        assert_int_equal(cst_identity_of(t, &d, &e), CST_DATA);
        assert_null(d);
        assert_true(e.line > 0);
        cst_table_free(t);
    }
}

static void rows_by_hand_are_renamed_too(void **unused)
{
    (void)unused;
    char path[] = "/tmp/cst_identity_XXXXXX";
    static const char text[] = "kind,old_id,new_id\naccount,old,middle\naccount,middle,new\n";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
    close(file);
    cst_error e = {0};
    cst_identity *d;
    assert_int_equal(cst_identity_open(path, &d, &e), CST_OK);
    unlink(path);
    cst_ledger *l;
    cst_ledger_opts o = {.as_of = CST_DAY_NONE, .identity = d, .ordered = true};
    assert_int_equal(cst_ledger_open(&o, &l, &e), CST_OK);
    add(l, "old", day(2024, 1, 1), CST_LEDGER_OPEN, 7, "");
    add(l, "new", day(2024, 1, 1), CST_LEDGER_OPEN, 5, "");
    add(l, "other", day(2024, 1, 1), CST_LEDGER_OPEN, 1, "");
    seen s = {0};
    void *worker[] = {&s};
    assert_int_equal(cst_ledger_each(l, 1, note, worker, &e), CST_OK);
    assert_string_equal(s.order, "newother");
    assert_int_equal(s.balance, 13);
    assert_int_equal(s.rows, 3);
    assert_int_equal(cst_ledger_counted(l).accounts, 2);
    cst_ledger_free(l);
    cst_identity_free(d);
    assert_int_equal(cst_identity_open(path, &d, &e), CST_IO); /* it is gone by now */
    assert_null(d);
    assert_string_equal(e.file, path);
    cst_identity_free(NULL);
}

/* ---- rates ------------------------------------------------------------------------------------------- */

static void a_rate_is_the_latest_and_not_too_old(void **unused)
{
    (void)unused;
    cst_table *t =
        table("currency,date,rate\nEUR,2024-02-01,1.2\nVND,2024-01-01,0.0000407\nEUR,2024-01-01,1.1\n");
    cst_fx *fx;
    cst_error e;
    cst_rate r;
    assert_int_equal(cst_fx_of(t, "USD", 31, &fx, &e), CST_OK);
    assert_int_equal(cst_fx_rate(fx, cst_text_of("EUR"), day(2024, 1, 31), &r, &e), CST_OK);
    assert_int_equal(r, INT64_C(1100000000000));
    assert_int_equal(cst_fx_rate(fx, cst_text_of("EUR"), day(2024, 2, 1), &r, &e), CST_OK);
    assert_int_equal(r, INT64_C(1200000000000));
    assert_int_equal(cst_fx_rate(fx, cst_text_of("VND"), day(2024, 1, 5), &r, &e), CST_OK);
    assert_int_equal(r, 40700000);
    assert_int_equal(cst_fx_rate(fx, cst_text_of("USD"), day(1999, 1, 1), &r, &e), CST_OK);
    assert_int_equal(r, CST_RATE_UNIT);
    assert_int_equal(cst_fx_rate(fx, cst_text_of("EUR"), day(2024, 3, 3), &r, &e), CST_OK); /* 31 days */
    assert_int_equal(cst_fx_rate(fx, cst_text_of("EUR"), day(2024, 3, 4), &r, &e), CST_DATA);
    assert_non_null(strstr(e.message, "EUR"));
    assert_non_null(strstr(e.message, "2024-03-04"));
    assert_int_equal(cst_fx_rate(fx, cst_text_of("EUR"), day(2023, 12, 31), &r, &e), CST_DATA);
    assert_int_equal(cst_fx_rate(fx, cst_text_of("GBP"), day(2024, 1, 31), &r, &e), CST_DATA);
    cst_fx_free(fx);
    cst_table_free(t);
}

static void bad_rates_are_refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"currency,date,rate\nEUR,2024-01-01,0\n",
                                      "currency,date,rate\nEUR,2024-01-01,x\n",
                                      "currency,date,rate\nEU,2024-01-01,1\n", "currency,date,rate\nEUR,,1\n",
                                      "currency,date,rate\nEUR,2024-01-01,1\nEUR,2024-01-01,1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cst_table *t = table(bad[i]);
        cst_fx *fx;
        cst_error e;
        assert_int_equal(cst_fx_of(t, "USD", 31, &fx, &e), CST_DATA);
        cst_table_free(t);
    }
}

/* ---- snapshots --------------------------------------------------------------------------------------- */

/* Whether a row from `start` to `end` counts in the month of `in`, by the words of each rule. */
static bool counts(enum cst_snapshot rule, cst_day start, cst_day end, cst_day first, cst_day last)
{
    if (rule == CST_SNAP_TOUCH) return start <= last && (end == CST_LEDGER_OPEN || end >= first);
    cst_day d = rule == CST_SNAP_FIRST ? first : last;
    return start <= d && end > d;
}

static void snapshots_are_what_their_words_say(void **unused)
{
    (void)unused;
    cst_calendar months = {CST_MONTH, 0};
    for (int rule = 0; rule < 3; rule++) {
        cst_grid g;
        cst_error e;
        assert_int_equal(cst_grid_init(&g, months, (enum cst_snapshot)rule, CST_DAY_NONE, &e), CST_OK);
        static const cst_day bases[] = {19700, 47440, -400}; /* within and beyond the tables */
        for (size_t b = 0; b < 3; b++)
            for (cst_day start = bases[b]; start < bases[b] + 64; start += 3)
                for (cst_day end = start; end < start + 70; end += 7) {
                    cst_period t = cst_grid_tick(&g, start) + (end % 3);
                    bool on = cst_grid_on(&g, start) <= t && t < cst_grid_off(&g, end);
                    assert_int_equal(on, counts((enum cst_snapshot)rule, start, end,
                                                cst_period_first(&months, t), cst_period_last(&months, t)));
                }
        assert_int_equal(cst_grid_off(&g, CST_LEDGER_OPEN), CST_TICK_NEVER);
        cst_grid_free(&g);
    }
}

static void a_quarter_closes_with_its_last_month(void **unused)
{
    (void)unused;
    cst_grid g;
    cst_error e;
    cst_calendar c = {CST_QUARTER, 2}, months = {CST_MONTH, 0};
    assert_int_equal(cst_grid_init(&g, c, CST_SNAP_LAST, day(2024, 4, 10), &e), CST_OK);
    cst_period q = cst_period_of(&c, day(2024, 2, 1));
    assert_int_equal(cst_grid_close(&g, q), cst_period_of(&months, day(2024, 4, 1)));
    assert_int_equal(cst_grid_period(&g, cst_period_of(&months, day(2024, 3, 5))), q);
    assert_int_equal(cst_grid_day(&g, cst_grid_close(&g, q)), day(2024, 4, 10)); /* not after as_of */
    cst_grid_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_come_in_order_with_their_rows),
        cmocka_unit_test(currencies_may_be_accounts_of_their_own),
        cmocka_unit_test(an_end_before_the_start_is_refused),
        cmocka_unit_test(grace_fills_a_gap_and_no_more),
        cmocka_unit_test(names_follow_their_chain),
        cmocka_unit_test(bad_renamings_are_refused),
        cmocka_unit_test(rows_by_hand_are_renamed_too),
        cmocka_unit_test(a_rate_is_the_latest_and_not_too_old),
        cmocka_unit_test(bad_rates_are_refused),
        cmocka_unit_test(snapshots_are_what_their_words_say),
        cmocka_unit_test(a_quarter_closes_with_its_last_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
