/* What comes up for renewal and what becomes of it: dates from terms, the grace, the check day, rest, rows
 * that two due dates find, what is due ahead, and how lines end. Every figure is worked out in its
 * comment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "ledger/renewal.h"

enum { UNTIL_END = 0 };

static cst_day day(int y, int m, int d)
{
    return cst_day_of(y, m, d);
}

typedef struct fixture {
    cst_renewals w;
    cst_day known;
    cst_error e;
} fixture;

/* One line; an end of 0: none. */
static void begin(fixture *f, cst_day known, int grace, int settle)
{
    const cst_renewal_rules rules = {.grace = grace, .settle = settle, .min_term = 1};
    memset(f, 0, sizeof *f);
    f->known = known;
    cst_renewals_clear(&f->w, &rules);
}

static void add(fixture *f, cst_day start, cst_day end, cst_money amount, int term)
{
    if (end == UNTIL_END) end = CST_LEDGER_OPEN;
    const cst_renewal_row row = {.start = start, .end = end, .held = end, .amount = amount, .term = term};
    assert_true(cst_renewals_add(&f->w, &row));
}

static void find(fixture *f, size_t dates)
{
    assert_int_equal(cst_renewals_find(&f->w, f->known, &f->e), CST_OK);
    assert_int_equal(f->w.dates, dates);
}

static void check(fixture *f, size_t i, cst_day due, cst_money amount, cst_renewal_status status,
                  cst_day found, cst_money renewed)
{
    const cst_renewal *r = &f->w.date[i];
    cst_renewal_fate fate;
    assert_int_equal(cst_renewal_judge(&f->w, r, f->known, &fate, &f->e), CST_OK);
    assert_int_equal(r->due, due);
    assert_int_equal(r->amount, amount);
    assert_int_equal(fate.status, status);
    assert_int_equal(r->found, found);
    assert_int_equal(fate.renewed, renewed);
}

static cst_renewal_status status_on(fixture *f, size_t i, cst_day as_of)
{
    cst_renewal_fate fate;
    assert_int_equal(cst_renewal_judge(&f->w, &f->w.date[i], as_of, &fate, &f->e), CST_OK);
    return fate.status;
}

/* Monthly from the 31st: the anchor is the start, so the third month is back on the 31st; ahead each row
 * counts once, at its own next date. */
static void dates_follow_the_terms(void **state)
{
    (void)state;
    fixture f;
    begin(&f, day(2024, 3, 31), 0, 45);
    add(&f, day(2024, 1, 31), UNTIL_END, 10, 1);
    find(&f, 2);
    check(&f, 0, day(2024, 2, 29), 10, CST_RENEWAL_ON_TIME, day(2024, 2, 29), 10);
    check(&f, 1, day(2024, 3, 31), 10, CST_RENEWAL_ON_TIME, day(2024, 3, 31), 10);
    assert_int_equal(cst_renewals_upcoming(&f.w, f.known, 90, &f.e), CST_OK);
    assert_int_equal(f.w.dates, 3);
    check(&f, 2, day(2024, 4, 30), 10, CST_RENEWAL_UPCOMING, CST_DAY_NONE, 0);
    cst_renewals_free(&f.w);
}

/* Two rows of a line come up on one day; one is renewed five days late at another price. */
static void late_within_the_grace(void **state)
{
    (void)state;
    for (int grace = 4; grace <= 5; grace++) {
        fixture f;
        begin(&f, day(2024, 3, 31), grace, 45);
        add(&f, day(2023, 2, 1), day(2024, 2, 1), 100, 12);
        add(&f, day(2023, 2, 1), day(2024, 2, 1), 20, 12);
        add(&f, day(2024, 2, 6), UNTIL_END, 90, 24);
        find(&f, 1);
        if (grace == 5)
            check(&f, 0, day(2024, 2, 1), 120, CST_RENEWAL_LATE, day(2024, 2, 6), 90);
        else
            check(&f, 0, day(2024, 2, 1), 120, CST_RENEWAL_LOST, CST_DAY_NONE, 0);
        cst_renewals_free(&f.w);
    }
}

/* Due on 10 March with a grace of 10 days: pending up to the 19th, lost from the 20th. Without grace never
 * pending. */
static void pending_until_the_grace_is_over(void **state)
{
    (void)state;
    fixture f;
    begin(&f, day(2024, 4, 30), 10, 45);
    add(&f, day(2023, 3, 10), day(2024, 3, 10), 70, 12);
    find(&f, 1);
    assert_int_equal(status_on(&f, 0, day(2024, 3, 9)), CST_RENEWAL_UPCOMING);
    assert_int_equal(status_on(&f, 0, day(2024, 3, 10)), CST_RENEWAL_PENDING);
    assert_int_equal(status_on(&f, 0, day(2024, 3, 19)), CST_RENEWAL_PENDING);
    assert_int_equal(status_on(&f, 0, day(2024, 3, 20)), CST_RENEWAL_LOST);
    f.w.rules.grace = 0;
    assert_int_equal(status_on(&f, 0, day(2024, 3, 10)), CST_RENEWAL_LOST);
    cst_renewals_free(&f.w);
}

/* Renewed on time on 10 January, ended 19 days later: it fell through, once that is known. The check day is
 * 45 days after the due date, or as_of. A line that ends on day 46 was renewed. */
static void paid_and_then_no_more(void **state)
{
    (void)state;
    for (int days = 44; days <= 47; days++) {
        fixture f;
        begin(&f, day(2024, 6, 30), 0, 45);
        add(&f, day(2023, 1, 10), day(2024, 1, 10) + days, 100, 12);
        find(&f, 1);
        bool fell = days <= 45; /* nothing on due + 45 */
        check(&f, 0, day(2024, 1, 10), 100, fell ? CST_RENEWAL_FELL_THROUGH : CST_RENEWAL_ON_TIME,
              day(2024, 1, 10), fell ? 0 : 100);
        assert_int_equal(status_on(&f, 0, day(2024, 1, 20)), CST_RENEWAL_ON_TIME);
        cst_renewals_free(&f.w);
    }
}

/* A monthly row is due again after a month: the check comes the day before. */
static void the_check_comes_before_the_next_due_date(void **state)
{
    (void)state;
    fixture f;
    cst_renewal_fate fate;
    begin(&f, day(2024, 6, 30), 0, 45);
    add(&f, day(2024, 1, 10), day(2024, 3, 10), 100, 1);
    find(&f, 2);
    assert_int_equal(cst_renewal_judge(&f.w, &f.w.date[0], f.known, &fate, &f.e), CST_OK);
    assert_int_equal(fate.status, CST_RENEWAL_ON_TIME);
    assert_int_equal(fate.check, day(2024, 3, 9));
    check(&f, 1, day(2024, 3, 10), 100, CST_RENEWAL_LOST, CST_DAY_NONE, 0);
    cst_renewals_free(&f.w);
}

/* On time, and the check day lies after what is known: it may still fall through. */
static void unsettled(void **state)
{
    (void)state;
    fixture f;
    cst_renewal_fate fate;
    begin(&f, day(2024, 6, 30), 0, 45);
    add(&f, day(2023, 6, 1), UNTIL_END, 100, 12);
    find(&f, 1);
    assert_int_equal(cst_renewal_judge(&f.w, &f.w.date[0], f.known, &fate, &f.e), CST_OK);
    assert_true(fate.unsettled && fate.check == f.known && fate.status == CST_RENEWAL_ON_TIME);
    cst_renewals_free(&f.w);
}

/* 100 is up on 1 January 2025 and not renewed; the other 50 of the line run on: rest, lost 100. With a row
 * that follows the rest on its end, and nothing else ends there, that row is rest too. */
static void what_was_not_up_is_rest(void **state)
{
    (void)state;
    fixture f;
    begin(&f, day(2025, 3, 31), 30, 45);
    add(&f, day(2024, 1, 1), day(2025, 1, 1), 100, 12);
    add(&f, day(2024, 6, 1), day(2025, 1, 15), 50, 0);
    add(&f, day(2025, 1, 15), UNTIL_END, 60, 0);
    find(&f, 1);
    check(&f, 0, day(2025, 1, 1), 100, CST_RENEWAL_LOST, CST_DAY_NONE, 0);
    cst_renewals_free(&f.w);
    /* R1 100 up on 1 January, R2 50 that ends on 1 January without a term, R3 100 from 1 January: rest 0 */
    begin(&f, day(2025, 3, 31), 0, 45);
    add(&f, day(2024, 1, 1), day(2025, 1, 1), 100, 12);
    add(&f, day(2024, 3, 1), day(2025, 1, 1), 50, 0);
    add(&f, day(2025, 1, 1), UNTIL_END, 100, 0);
    find(&f, 1);
    check(&f, 0, day(2025, 1, 1), 100, CST_RENEWAL_ON_TIME, day(2025, 1, 1), 100);
    cst_renewals_free(&f.w);
}

/* 100 is due on 1 and on 10 January, 150 begin on 15 January: the first has its 100, the second what is
 * left. */
static void two_dates_share_what_they_find(void **state)
{
    (void)state;
    fixture f;
    begin(&f, day(2025, 6, 30), 30, 45);
    add(&f, day(2024, 1, 1), day(2025, 1, 1), 100, 12);
    add(&f, day(2024, 1, 10), day(2025, 1, 10), 100, 12);
    add(&f, day(2025, 1, 15), UNTIL_END, 150, 12);
    find(&f, 2);
    check(&f, 0, day(2025, 1, 1), 100, CST_RENEWAL_LATE, day(2025, 1, 15), 100);
    check(&f, 1, day(2025, 1, 10), 100, CST_RENEWAL_LATE, day(2025, 1, 15), 50);
    cst_renewals_free(&f.w);
}

/* Credits lessen what is due, and are due for nothing alone. */
static void credits(void **state)
{
    (void)state;
    fixture f;
    begin(&f, day(2025, 3, 31), 0, 45);
    add(&f, day(2024, 1, 1), UNTIL_END, 100, 12);
    add(&f, day(2024, 1, 1), UNTIL_END, -30, 12);
    add(&f, day(2024, 2, 1), UNTIL_END, -5, 12);
    find(&f, 1);
    check(&f, 0, day(2025, 1, 1), 70, CST_RENEWAL_ON_TIME, day(2025, 1, 1), 70);
    cst_renewals_free(&f.w);
}

static void terms_that_are_left_out(void **state)
{
    (void)state;
    fixture f;
    begin(&f, day(2025, 3, 31), 0, 45);
    f.w.rules.min_term = 6;
    add(&f, day(2024, 1, 1), UNTIL_END, 100, 12);
    add(&f, day(2024, 1, 1), UNTIL_END, 10, 3);
    find(&f, 1);
    check(&f, 0, day(2025, 1, 1), 100, CST_RENEWAL_ON_TIME, day(2025, 1, 1), 100);
    cst_renewals_free(&f.w);
}

/* One year from 1 February 2023. Ended on the term, 45 and 46 days after it, in mid-term, and without a
 * term. */
static void how_lines_end(void **state)
{
    (void)state;
    const struct {
        cst_day end;
        int term;
        cst_line_end how;
    } line[] = {{day(2024, 2, 1), 12, CST_END_AT_TERM},
                {day(2024, 2, 1) + 45, 12, CST_END_AFTER_TERM},
                {day(2024, 2, 1) + 46, 12, CST_END_EARLY},
                {day(2023, 12, 1), 12, CST_END_EARLY},
                {day(2023, 12, 1), 0, CST_END_NO_TERM}};
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        fixture f;
        cst_day ended;
        cst_line_end how;
        begin(&f, day(2024, 6, 30), 0, 45);
        add(&f, day(2023, 2, 1), line[i].end, 100, line[i].term);
        assert_int_equal(cst_renewals_find(&f.w, f.known, &f.e), CST_OK);
        assert_int_equal(cst_renewals_end(&f.w, 0, 1, f.known, f.known, &ended, &how, &f.e), CST_OK);
        assert_int_equal(ended, line[i].end);
        assert_int_equal(how, line[i].how);
        cst_renewals_free(&f.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_follow_the_terms),
        cmocka_unit_test(late_within_the_grace),
        cmocka_unit_test(pending_until_the_grace_is_over),
        cmocka_unit_test(paid_and_then_no_more),
        cmocka_unit_test(the_check_comes_before_the_next_due_date),
        cmocka_unit_test(unsettled),
        cmocka_unit_test(what_was_not_up_is_rest),
        cmocka_unit_test(two_dates_share_what_they_find),
        cmocka_unit_test(credits),
        cmocka_unit_test(terms_that_are_left_out),
        cmocka_unit_test(how_lines_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
