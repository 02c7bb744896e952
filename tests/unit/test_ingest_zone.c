/* Tables of time zones: a small one made here, by its moments and by its rule; and damaged ones, which are
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "ingest/zone.h"

/* A header, with so many changes, two types of offset and four characters. */
static size_t put_header(unsigned char *p, unsigned char changes)
{
    memset(p, 0, 44);
    memcpy(p, "TZif2", 5);
    p[20 + 15] = changes;
    p[20 + 19] = 2;
    p[20 + 23] = 4;
    return 44;
}

static size_t put_number(unsigned char *p, int64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) p[i] = (unsigned char)((uint64_t)v >> 8 * (bytes - 1 - i));
    return (size_t)bytes;
}

/* Both blocks, the second with a change at 1000000 to the second type, and the rule. */
static size_t make_table(unsigned char *p, const char *rule)
{
    size_t n = 0;
    for (int block = 0; block < 2; block++) {
        n += put_header(p + n, 1);
        n += put_number(p + n, 1000000, block ? 8 : 4);
        p[n++] = 1;
        n += put_number(p + n, -1800, 4), p[n++] = 0, p[n++] = 0;
        n += put_number(p + n, 3600, 4), p[n++] = 0, p[n++] = 0;
        memcpy(p + n, "ABC", 4);
        n += 4;
    }
    p[n++] = '\n';
    memcpy(p + n, rule, strlen(rule));
    n += strlen(rule);
    p[n++] = '\n';
    return n;
}

static int32_t offset_at(const char *rule, int64_t seconds)
{
    unsigned char table[400];
    ing_zone *z = NULL;
    cst_error e = {0};
    assert_int_equal(ing_zone_read(table, make_table(table, rule), &z, &e), CST_OK);
    int32_t offset = ing_zone_offset(z, seconds * 1000000);
    ing_zone_free(z);
    return offset;
}

static int64_t at(int year, int month, int day, int hour)
{
    return (int64_t)cst_day_of(year, month, day) * 86400 + hour * 3600;
}

static void test_offsets(void **state)
{
    (void)state;
    assert_int_equal(offset_at("", 999999), -1800);
    assert_int_equal(offset_at("", 1000000), 3600);
    assert_int_equal(offset_at("<+03>-3", 999999), -1800);
    assert_int_equal(offset_at("<+0330>-3:30", at(2024, 1, 1, 0)), 12600);
    static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
    assert_int_equal(offset_at(berlin, at(2024, 3, 31, 1) - 1), 3600);
    assert_int_equal(offset_at(berlin, at(2024, 3, 31, 1)), 7200);
    assert_int_equal(offset_at(berlin, at(2024, 10, 27, 1) - 1), 7200);
    assert_int_equal(offset_at(berlin, at(2024, 10, 27, 1)), 3600);
    static const char south[] = "AEST-10AEDT,M10.1.0,M4.1.0/3"; /* summer over the turn of the year */
    assert_int_equal(offset_at(south, at(2024, 1, 1, 0)), 39600);
    assert_int_equal(offset_at(south, at(2024, 7, 1, 0)), 36000);
    assert_int_equal(offset_at("AAA0BBB-2,J60,J61", at(2024, 3, 1, 12)),
                     7200); /* 29 February is not counted */
    assert_int_equal(offset_at("AAA0BBB,59/0,60/1", at(2024, 2, 29, 12)), 3600); /* here it is */
}

static void test_damage(void **state)
{
    (void)state;
    unsigned char table[400];
    ing_zone *z = NULL;
    cst_error e = {0};
    static const char *const rules[] = {"CE-1",
                                        "CET",
                                        "CET-1CEST",
                                        "CET-1CEST,M3.5.0",
                                        "CET-1CEST,M13.5.0,M10.5.0",
                                        "CET-1CEST,M3.5.0,M10.5.0,",
                                        "<CET-1",
                                        "CET-999",
                                        "CET-1CEST,J0,J5"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_int_equal(ing_zone_read(table, make_table(table, rules[i]), &z, &e), CST_DATA);
    size_t n = make_table(table, "CET-1CEST,M3.5.0,M10.5.0/3");
    for (size_t cut = 0; cut < n; cut++) {
        unsigned char *copy = malloc(cut ? cut : 1); /* of its own, so that reading past it shows */
        assert_non_null(copy);
        memcpy(copy, table, cut);
        assert_int_equal(ing_zone_read(copy, cut, &z, &e), CST_DATA);
        free(copy);
    }
    assert_int_equal(ing_zone_load((cst_text){"../zone", 7}, &z, &e), CST_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_offsets), cmocka_unit_test(test_damage)};
    return cmocka_run_group_tests_name("ingest zones", tests, NULL, NULL);
}
