/* The pure parts of cs-ingest beside the transforms: month headings, intervals, currencies, what an
 * invoice line is worth a month, canonical cells, keys seen before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "ingest/cell.h"
#include "ingest/keyset.h"
#include "ingest/order.h"
#include "ingest/revenue.h"

static void test_months(void **state)
{
    (void)state;
    static const char *const good[] = {"2025-01",    "2025/01",    "2025.01",      "2025-1",  "01/2025",
                                       "1/2025",     "01-2025",    "01.2025",      "Jan-25",  "jan 25",
                                       "Jan-2025",   "JAN2025",    "January 2025", "Jan '25", "2025 Jan",
                                       "2025-01-31", "2025-01-01", "2025_01"};
    static const char *const bad[] = {"",         "2025",        "13/2025",     "00/2025", "2025-13",
                                      "2025-00",  "Januar 2025", "Total",       "25-01",   "Jan",
                                      "01/25",    "2025-01-32",  "2025-01-1",   "Q1 2025", "2025-01x",
                                      "x2025-01", "May",         "2025--01-01", "202501"};
    cst_day want = cst_day_of(2025, 1, 1), d;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!ing_month_parse(cst_text_of(good[i]), &d) || d != want) fail_msg("%s is January 2025", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (ing_month_parse(cst_text_of(bad[i]), &d)) fail_msg("%s is no month", bad[i]);
}

static void test_currencies(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        int iso, stripe;
    } all[] = {{"USD", 2, 2}, {"JPY", 0, 0}, {"jpy", 0, 0}, {"KWD", 3, 3}, {"ISK", 0, 2}, {"UGX", 0, 2},
               {"MGA", 2, 0}, {"CLF", 4, 4}, {"XYZ", 2, 2}, {"", 2, 2},    {"VND", 0, 0}, {"TND", 3, 3}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_int_equal(ing_currency_digits(cst_text_of(all[i].code), false), all[i].iso);
        assert_int_equal(ing_currency_digits(cst_text_of(all[i].code), true), all[i].stripe);
    }
}

/* amount, start, end, digits, MRR; computed by hand from the rule in revenue.h */
static void test_invoice_lines(void **state)
{
    (void)state;
    static const struct {
        const char *amount, *start, *end;
        int digits;
        const char *mrr;
    } lines[] = {
        {"361.29", "2024-01-16", "2024-02-01", 2, "700.00"}, /* 16 of 31 days */
        {"700.00", "2024-01-01", "2024-02-01", 2, "700.00"},
        {"100.00", "2024-01-31", "2024-02-29", 2, "100.00"}, /* a month from the last day */
        {"100.00", "2024-02-29", "2024-03-31", 2, "100.00"}, /* and on to the last day */
        {"100.00", "2024-04-30", "2024-05-31", 2, "100.00"},
        {"1200.00", "2024-01-01", "2025-01-01", 2, "100.00"},
        {"1200.00", "2024-02-29", "2025-02-28", 2, "100.00"},
        {"100.00", "2024-01-01", "2024-04-01", 2, "33.333333"}, /* whole months: to a millionth */
        {"100.00", "2024-01-31", "2024-04-30", 2, "33.333333"},
        {"-361.29", "2024-01-16", "2024-02-01", 2, "-700.00"},
        {"10.00", "2024-03-01", "2024-03-02", 2, "290.00"}, /* 1 of the 29 days 2 February to 2 March */
        {"250.00", "2024-01-16", "2024-04-01", 2, "99.36"}, /* 2 months and 16 of 31 days: 250 x 31 / 78 */
        {"1000", "2024-01-16", "2024-02-01", 0, "1938.00"}, /* yen: no decimals */
        {"1.000", "2024-01-16", "2024-02-01", 3, "1.938"},  /* dinar: three */
        {"0.00", "2024-01-16", "2024-02-01", 2, "0.00"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        cst_money amount, mrr;
        cst_day start = 0, end = 0;
        bool rounded = false;
        char text[CST_DECIMAL_ROOM];
        cst_money_parse(cst_text_of(lines[i].amount), &amount);
        assert_true(cst_day_parse(cst_text_of(lines[i].start), &start) &&
                    cst_day_parse(cst_text_of(lines[i].end), &end));
        assert_true(ing_invoice_mrr(amount, 1, start, end, lines[i].digits, &mrr, &rounded));
        text[cst_money_format(mrr, 2, text)] = 0;
        if (strcmp(text, lines[i].mrr) != 0)
            fail_msg("%s for %s to %s: expected %s, found %s", lines[i].amount, lines[i].start, lines[i].end,
                     lines[i].mrr, text);
    }
    bool rounded;
    cst_money mrr;
    assert_false(ing_invoice_mrr(INT64_MAX, 1, 0, 1, 2, &mrr, &rounded)); /* x 31 does not fit */
}

/* n months from every day of two years are exactly n months. */
static void test_whole_months(void **state)
{
    (void)state;
    for (cst_day start = cst_day_of(2023, 1, 1); start < cst_day_of(2025, 1, 1); start++)
        for (int n = 1; n <= 26; n++) {
            cst_money mrr;
            bool rounded = false;
            cst_day end = cst_day_add_months(start, n);
            assert_true(ing_invoice_mrr((cst_wide)n * 5 * CST_MONEY_UNIT, 1, start, end, 2, &mrr, &rounded));
            assert_int_equal(mrr, 5 * CST_MONEY_UNIT);
            assert_false(rounded);
        }
}

struct cell {
    cst_type type;
    const char *raw, *want; /* NULL: refused */
};

static void test_cells(void **state)
{
    (void)state;
    static const struct cell cells[] = {
        {CST_TYPE_TEXT, " 007 ", " 007 "},
        {CST_TYPE_DAY, "2024-02-29", "2024-02-29"},
        {CST_TYPE_DAY, "2023-02-29", NULL},
        {CST_TYPE_DAY, "2024-02-29T00:00:00Z", NULL},
        {CST_TYPE_MONEY, "10", "10.00"},
        {CST_TYPE_MONEY, "10.5", "10.50"},
        {CST_TYPE_MONEY, "10.50", "10.50"},
        {CST_TYPE_MONEY, "10.500", "10.50"},
        {CST_TYPE_MONEY, "10.505", "10.505"},
        {CST_TYPE_MONEY, "-0.01", "-0.01"},
        {CST_TYPE_MONEY, "-0", "0.00"},
        {CST_TYPE_MONEY, "-0.00", "0.00"},
        {CST_TYPE_MONEY, "+5", "5.00"},
        {CST_TYPE_MONEY, "007", "7.00"},
        {CST_TYPE_MONEY, "0.1234565", "0.123457"},
        {CST_TYPE_MONEY, "999999999999.999999", "999999999999.999999"},
        {CST_TYPE_MONEY, "9223372036854.775807", "9223372036854.775807"},
        {CST_TYPE_MONEY, "9223372036854.775808", NULL},
        {CST_TYPE_MONEY, "1,000", NULL},
        {CST_TYPE_MONEY, ".5", "0.50"},
        {CST_TYPE_MONEY, "5.", NULL},
        {CST_TYPE_MONEY, "-", NULL},
        {CST_TYPE_MONEY, "nan", NULL},
        {CST_TYPE_NUMBER, "10.50", "10.5"},
        {CST_TYPE_NUMBER, "10.0", "10"},
        {CST_TYPE_NUMBER, "0010", "10"},
        {CST_TYPE_NUMBER, "-3.25", "-3.25"},
        {CST_TYPE_NUMBER, "1e3", NULL},
        {CST_TYPE_COUNT, "012", "12"},
        {CST_TYPE_COUNT, "-1", NULL},
        {CST_TYPE_COUNT, "1.5", NULL},
        {CST_TYPE_RATE, "1.0832", "1.0832"},
        {CST_TYPE_RATE, "0.000037778617", "0.000037778617"},
        {CST_TYPE_RATE, "0", NULL},
        {CST_TYPE_RATE, "-1", NULL},
        {CST_TYPE_BOOLEAN, "TRUE", "true"},
        {CST_TYPE_BOOLEAN, "0", "false"},
        {CST_TYPE_BOOLEAN, "2", NULL},
        {CST_TYPE_CURRENCY, "usd", "USD"},
        {CST_TYPE_CURRENCY, "US", NULL},
        {CST_TYPE_CURRENCY, "U5D", NULL},
        {CST_TYPE_CURRENCY,
         "\xc3\xa4"
         "b",
         NULL},
        {CST_TYPE_WORD, "b", "b"},
        {CST_TYPE_WORD, "B", NULL},
        {CST_TYPE_WORD, "a|b", NULL},
        {CST_TYPE_INSTANT, "2024-01-01", "2024-01-01"},
        {CST_TYPE_INSTANT, "2024-01-01 00:00", "2024-01-01"},
        {CST_TYPE_INSTANT, "2024-01-01T00:00:00Z", "2024-01-01"},
        {CST_TYPE_INSTANT, "2024-01-01T10:00:00+02:00", "2024-01-01T08:00:00Z"},
        {CST_TYPE_INSTANT, "2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"},
        {CST_TYPE_INSTANT, "01/02/2024", NULL},
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        ing_cell cell = {0};
        char room[ING_CELL_ROOM], text[ING_CELL_ROOM];
        bool too_large = false;
        bool good = ing_cell_raw(cells[i].type, "a|b|c", cst_text_of(cells[i].raw), room, &cell, &too_large);
        snprintf(text, sizeof text, "%.*s", good ? (int)cell.text.n : 0, good ? cell.text.p : "");
        if (good != (cells[i].want != NULL) || (good && strcmp(text, cells[i].want) != 0))
            fail_msg("%s \"%s\": expected %s, found %s", cst_type_name(cells[i].type), cells[i].raw,
                     cells[i].want ? cells[i].want : "a refusal", good ? text : "a refusal");
    }
}

static ing_key make_key(const char *a, const char *b)
{
    ing_key k = ing_key_begin(7);
    ing_key_add(&k, cst_text_of(a));
    ing_key_add(&k, cst_text_of(b));
    return ing_key_end(k);
}

/* Words of a field are the same whether they are loaded byte by byte or in any other way. */
static void test_key_words(void **state)
{
    (void)state;
    const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (uint32_t n = 0; n <= 16; n++) {
        char *tight = malloc(n + 1); /* the sanitizer sees a byte too many */
        char padded[16] = {0};
        uint64_t word[2];
        assert_non_null(tight);
        memcpy(tight + 1, text, n);
        memcpy(padded, text, n);
        memcpy(word, padded, 16);
        ing_key a = ing_key_begin(7), b = ing_key_begin(7);
        ing_key_add(&a, (cst_text){tight + 1, n});
        ing_key_add_words(&b, word[0], word[1], n);
        assert_true(a.hash == b.hash && a.check == b.check);
        free(tight);
    }
}

static int add_key(ing_keyset *s, ing_key k, uint32_t file, uint64_t line, ing_key_place *first)
{
    ing_seen seen = ing_seen_at(k, file, line);
    return ing_keyset_add(s, &seen, first);
}

static void test_keys(void **state)
{
    (void)state;
    enum { N = 100000 };
    ing_keyset *s = ing_keyset_new(0);
    ing_key_place first;
    char a[24], b[24];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < N; i++) {
            snprintf(a, sizeof a, "account-%d", i % 317);
            snprintf(b, sizeof b, "%0*d", i % 17 + 1, i);
            int want = round ? 0 : 1;
            assert_int_equal(add_key(s, make_key(a, b), (uint32_t)(i % 3), (uint64_t)i + 1, &first), want);
            if (!round) continue;
            assert_int_equal(first.line, (uint64_t)i + 1);
            assert_int_equal(first.file, (uint32_t)(i % 3));
        }
    assert_int_equal(ing_keyset_count(s), N);
    ing_keyset_free(s);
    /* the borders of the fields count, and so do their lengths */
    assert_true(make_key("ab", "c").hash != make_key("a", "bc").hash);
    assert_true(make_key("", "a").hash != make_key("a", "").hash);
    assert_true(make_key("aaaaaaaa", "").hash != make_key("aaaaaaaaa", "").hash);
}

static void test_bounded_keys(void **state)
{
    (void)state;
    ing_keyset *s = ing_keyset_new(2);
    ing_key_place first;
    assert_int_equal(add_key(s, make_key("a", ""), 0, 1, &first), 1);
    assert_int_equal(add_key(s, make_key("b", ""), 0, 2, &first), 1);
    assert_false(ing_keyset_full(s));
    assert_int_equal(add_key(s, make_key("c", ""), 0, 3, &first), 2);
    assert_int_equal(add_key(s, make_key("c", ""), 0, 4, &first), 2);
    assert_int_equal(add_key(s, make_key("a", ""), 0, 5, &first), 0);
    assert_true(ing_keyset_full(s));
    ing_keyset_free(s);
    ing_keyset_free(NULL);
}

/* Keys in batches, ascending for a while and then not, with repeats: noted while they ascend, looked up
 * after, as the commit does; the verdicts are those of a plain list. */
static void check_ordered_keys(uint32_t seed, uint32_t wild)
{
    enum { N = 3000, BATCH = 70 };
    static char id[N][2][16];
    ing_keyset *s = ing_keyset_new(0);
    ing_order all = {0}, batch = {0};
    uint32_t next = 0;
    ing_order_clear(&all);
    for (uint32_t i = 0; i < N; i++) {
        seed = seed * 1664525 + 1013904223;
        next = (seed >> 8) % wild == 0 ? (seed >> 16) % (next + 1) : next + 1;
        snprintf(id[i][0], sizeof id[i][0], "A%u", (seed >> 20) % 3 ? next / 5 : next / 7);
        snprintf(id[i][1], sizeof id[i][1], "sub_%06u", next);
    }
    for (uint32_t from = 0; from < N; from += BATCH) {
        uint32_t to = from + BATCH < N ? from + BATCH : N;
        ing_order_clear(&batch);
        for (uint32_t i = from; i < to; i++)
            assert_true(ing_order_add(&batch, cst_text_of(id[i][0]), cst_text_of(id[i][1]), i % 2));
        assert_true(ing_order_join(&all, &batch));
        for (uint32_t i = from; i < to; i++) {
            uint32_t first = 0;
            while (strcmp(id[first][0], id[i][0]) != 0 || strcmp(id[first][1], id[i][1]) != 0) first++;
            ing_key_place place = {0};
            ing_key k = make_key(id[i][0], id[i][1]);
            if (ing_order_holds(&all)) {
                assert_int_equal(first, i);
                ing_seen seen = ing_seen_at(k, 0, i + 1);
                assert_true(ing_keyset_note(s, &seen, 1));
                continue;
            }
            int found = add_key(s, k, 0, i + 1, &place);
            assert_int_equal(found, first == i);
            if (!found) assert_int_equal(place.line, first + 1);
        }
    }
    ing_order_free(&all);
    ing_order_free(&batch);
    ing_keyset_free(s);
}

static void test_ordered_keys(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        check_ordered_keys(seed, 1000000);
        check_ordered_keys(seed, 1500);
        check_ordered_keys(seed, 20);
        check_ordered_keys(seed, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_invoice_lines), cmocka_unit_test(test_whole_months),
        cmocka_unit_test(test_cells),         cmocka_unit_test(test_key_words),
        cmocka_unit_test(test_keys),          cmocka_unit_test(test_bounded_keys),
        cmocka_unit_test(test_ordered_keys),
    };
    return cmocka_run_group_tests_name("ingest units", tests, NULL, NULL);
}
