/* The hot path of event triangles: times read without being converted, against the conversion; and the roll
 * of accounts against plain arrays, keys of every length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "cohort/account_set.h"
#include "cohort/event_time.h"

static cohort_times times;

static int open_times(void **state)
{
    static const cst_calendar months = {CST_MONTH, 1};
    (void)state;
    return cohort_times_init(&times, &months, NULL) != CST_OK;
}

static int close_times(void **state)
{
    (void)state;
    cohort_times_free(&times);
    return 0;
}

/* What is read is what the conversion makes of it; what the conversion refuses is not read. */
static void compare_time(const char *text, uint32_t n)
{
    cohort_day_of date = {0};
    cst_instant at;
    bool right = cst_instant_parse((cst_text){text, n}, &at);
    if (!cohort_times_read(&times, (cst_text){text, n}, &date)) return;
    if (!right) fail_msg("\"%.*s\" is no time", (int)n, text);
    assert_int_equal(date.day, cst_instant_day(at));
    assert_int_equal(date.tick, cst_period_of(&times.ages, date.day));
}

static void reads_every_day(void **state)
{
    (void)state;
    cohort_day_of last = {0};
    for (cst_day day = 0; day < cst_day_of(2120, 1, 1); day++) {
        char text[32];
        size_t n = cst_day_format(day, text);
        assert_true(cohort_times_read(&times, (cst_text){text, (uint32_t)n}, &last));
        assert_int_equal(last.day, day);
        assert_int_equal(last.tick, cst_period_of(&times.ages, day));
        memcpy(text + n, "T00:00:00Z", 10);
        assert_true(cohort_times_read(&times, (cst_text){text, 20}, &last));
        assert_int_equal(last.day, day);
    }
    assert_false(cohort_times_read(&times, (cst_text){"1969-12-31", 10}, &last));
    assert_false(cohort_times_read(&times, (cst_text){"2120-01-01", 10}, &last));
    assert_int_equal(cohort_times_tick(&times, -1), cst_period_of(&times.ages, -1));
    assert_int_equal(cohort_times_tick(&times, 60000), cst_period_of(&times.ages, 60000));
}

/* A form of the clock is read for every hour, minute and second there is, and for no other. */
static void reads_every_second(void **state)
{
    (void)state;
    cohort_day_of last = {0};
    for (int hour = 0; hour < 30; hour++)
        for (int minute = 0; minute < 100; minute++)
            for (int second = 0; second < 100; second++) {
                char text[64];
                snprintf(text, sizeof text, "2024-02-29T%02d:%02d:%02dZ", hour, minute, second);
                assert_int_equal(cohort_times_read(&times, (cst_text){text, 20}, &last),
                                 hour < 24 && minute < 60 && second < 60);
            }
}

static void takes_no_wrong_byte(void **state)
{
    static const char *const forms[] = {"2024-12-31T23:59:59Z", "2000-01-10T10:00:00Z"};
    (void)state;
    for (size_t f = 0; f < 2; f++)
        for (size_t at = 0; at < 20; at++)
            for (int byte = 0; byte < 256; byte++) {
                char text[20];
                memcpy(text, forms[f], 20);
                text[at] = (char)byte;
                compare_time(text, 20);
                if (at < 10) compare_time(text, 10);
            }
}

/* The same date again is told by its bytes; another is not taken for it, nor is a bad clock behind it. */
static void knows_the_date_before(void **state)
{
    (void)state;
    cohort_day_of last = {0};
    assert_true(cohort_times_read(&times, (cst_text){"2024-03-05T10:00:00Z", 20}, &last));
    assert_true(cohort_times_read(&times, (cst_text){"2024-03-06T10:00:00Z", 20}, &last));
    assert_int_equal(last.day, cst_day_of(2024, 3, 6));
    assert_true(cohort_times_read(&times, (cst_text){"2024-03-06", 10}, &last));
    assert_false(cohort_times_read(&times, (cst_text){"2024-03-06T10:00:60Z", 20}, &last));
    assert_false(cohort_times_read(&times, (cst_text){"2024-03-06T10:00:00", 19}, &last));
}

enum { KEYS = 3000, MARKS = 40000, LONGEST = 70 };

static char keys[KEYS][LONGEST];
static uint32_t lengths[KEYS];
static uint64_t counts[KEYS];

/* Keys that differ in one place only, so that a comparison of part of them would show. */
static void make_keys(void)
{
    for (uint32_t i = 0; i < KEYS; i++) {
        lengths[i] = 4 + i % (LONGEST - 4);
        memset(keys[i], 'k', lengths[i]);
        char number[8];
        snprintf(number, sizeof number, "%04u", i);
        memcpy(keys[i] + (i / 7) % (lengths[i] - 3), number, 4);
    }
}

static void counts_marks_by_key(void **state)
{
    (void)state;
    cohort_account_set r;
    static cohort_bundle bundle[2];
    int now = 0;
    uint64_t seed = 1;
    make_keys();
    assert_int_equal(cohort_account_set_init(&r, COHORT_SLOT_COUNT, NULL), CST_OK);
    for (int i = 0; i < MARKS; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t k = (uint32_t)(seed >> 33) % KEYS;
        cohort_bundle *s = &bundle[now];
        s->mark[s->n++] =
            (cohort_mark){.p = keys[k], .n = lengths[k], .account = lengths[k], .tick = (cst_period)(k % 5)};
        counts[k]++;
        if (s->n < COHORT_BUNDLE && i + 1 < MARKS) continue;
        assert_int_equal(cohort_account_set_turn(&r, s, &bundle[!now], NULL), CST_OK);
        now = !now;
        assert_int_equal(bundle[now].n, 0);
    }
    assert_int_equal(cohort_account_set_turn(&r, &bundle[now], &bundle[!now], NULL), CST_OK);
    uint32_t met = 0;
    for (uint32_t k = 0; k < KEYS; k++) {
        if (counts[k] == 0) continue;
        met++;
        cohort_entry *entry = cohort_account_set_at(&r, (cst_text){keys[k], lengths[k]}, lengths[k]);
        assert_non_null(entry);
        uint64_t *slot = cohort_store_at(&r.store, &entry->span, (cst_period)(k % 5));
        assert_int_equal(*slot, counts[k]);
    }
    assert_int_equal(r.n, met);
    cohort_account_set_free(&r);
}

/* The account A in the group (B US C) and the account (A US B) in the group C are the same bytes, cut
 * elsewhere; others begin alike. Turn k brings all keys but the first k: key k is counted k + 1 times. */
static void tells_accounts_of_equal_bytes_apart(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t account;
    } key[] = {{"A\037B\037C", 1}, {"A\037B\037C", 3}, {"A\037B", 1}, {"A", 1}};
    enum { N = sizeof key / sizeof *key };
    cohort_account_set r;
    static cohort_bundle bundle[2];
    assert_int_equal(cohort_account_set_init(&r, COHORT_SLOT_COUNT, NULL), CST_OK);
    for (int turn = 0; turn <= N; turn++) {
        cohort_bundle *s = &bundle[turn % 2];
        for (int k = turn; k < N; k++)
            s->mark[s->n++] = (cohort_mark){
                .p = key[k].bytes, .n = (uint32_t)strlen(key[k].bytes), .account = key[k].account};
        assert_int_equal(cohort_account_set_turn(&r, s, &bundle[(turn + 1) % 2], NULL), CST_OK);
    }
    assert_int_equal(r.n, N);
    for (int k = 0; k < N; k++) {
        cohort_entry *entry = cohort_account_set_at(&r, cst_text_of(key[k].bytes), key[k].account);
        assert_non_null(entry);
        assert_int_equal(entry->account, key[k].account);
        assert_int_equal(*(uint64_t *)cohort_store_at(&r.store, &entry->span, 0), k + 1);
    }
    assert_int_equal(r.n, N);
    cohort_account_set_free(&r);
}

/* A key and its beginning that have one hash of the seed 0, found by search: the length alone tells them
 * apart. */
static void tells_keys_of_one_hash_apart(void **state)
{
    (void)state;
    static const cst_text longer = {"lmolaailca\037xy", 13}, shorter = {"lmolaailca\037x", 12};
    cohort_account_set r;
    uint64_t hash[2];
    size_t found = 0;
    assert_int_equal(cohort_account_set_init(&r, COHORT_SLOT_COUNT, NULL), CST_OK);
    r.seed = 0;
    assert_int_equal(cohort_account_set_at(&r, longer, 10)->n, 13);
    assert_int_equal(cohort_account_set_at(&r, shorter, 10)->n, 12);
    assert_int_equal(cohort_account_set_at(&r, longer, 10)->n, 13);
    assert_int_equal(r.n, 2);
    for (size_t i = 0; i < (size_t)1 << r.bits; i++)
        if (r.slot[i]) hash[found++] = r.slot[i] >> 32;
    assert_int_equal(hash[0], hash[1]); /* if it fails: another hash, search again */
    cohort_account_set_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_day),
        cmocka_unit_test(reads_every_second),
        cmocka_unit_test(takes_no_wrong_byte),
        cmocka_unit_test(knows_the_date_before),
        cmocka_unit_test(counts_marks_by_key),
        cmocka_unit_test(tells_accounts_of_equal_bytes_apart),
        cmocka_unit_test(tells_keys_of_one_hash_apart),
    };
    return cmocka_run_group_tests(tests, open_times, close_times);
}
