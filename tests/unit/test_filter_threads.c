/* One filter, several threads, each with batches of its own: the same rows are kept as by one thread. */
#include "table_kit.h"

#include "base/buffer.h"
#include "tables/filter.h"

enum { ROWS = 20000, THREADS = 4 };

static const char *const rows_name = "rows.csv";

struct hand {
    const cst_filter *filter;
    uint64_t kept;   /* of the batch at hand */
    uint64_t digest; /* of their row numbers */
};

struct sum {
    uint64_t kept, digest;
};

static cst_status count_kept(void *worker, cst_batch *b, cst_error *e)
{
    struct hand *h = worker;
    h->kept = h->digest = 0;
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        bool keep;
        cst_status status = cst_filter_row(h->filter, b, row, &keep, e);
        if (status < 0) return status;
        if (!keep) continue;
        h->kept++;
        h->digest = h->digest * 31 + row;
    }
    return CST_OK;
}

static cst_status add_up(void *worker, cst_batch *b, void *shared, cst_error *e)
{
    const struct hand *h = worker;
    struct sum *s = shared;
    (void)b;
    (void)e;
    s->kept += h->kept;
    s->digest = s->digest * 131 + h->digest;
    return CST_OK;
}

static struct sum run_with(int threads, const char *text, const cst_accounts *accounts)
{
    const cst_read_opts o = {.block = 4096};
    const cst_filter_opts f = {.accounts = accounts};
    struct hand hands[THREADS];
    void *workers[THREADS];
    struct sum s = {0, 0};
    cst_filter *filter;
    cst_error e;
    cst_reader *r = read_rows(text, &rows_name, &o);
    if (cst_filter_open("(seats > 5 and plan == 'p3') or segment in ('x', 'y') and mrr < 40", r, &f, &filter,
                        &e) < 0)
        fail_msg("%s", e.message);
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){.filter = filter};
        workers[i] = &hands[i];
    }
    if (cst_run(r, threads, count_kept, workers, add_up, &s, &e) < 0) fail_msg("%s", e.message);
    cst_filter_free(filter);
    cst_reader_free(r);
    return s;
}

/* seats = account mod 10, segment x for every seventh account, plan and mrr by row: counted here with C's
 * operators. */
static void test_threads(void **state)
{
    cst_buffer rows = {0}, accounts = {0};
    uint64_t expected = 0;
    (void)state;
    cst_buffer_add_string(&accounts, "account_id,seats,segment\n");
    for (int i = 0; i < 100; i++) cst_buffer_printf(&accounts, "a%d,%d,%s\n", i, i % 10, i % 7 ? "z" : "x");
    cst_buffer_add_string(&rows, "account_id,plan,mrr\n");
    for (int i = 0; i < ROWS; i++) {
        int a = i * 7919 % 120; /* twenty of them are in no table */
        cst_buffer_printf(&rows, "a%d,p%d,%d\n", a, i % 5, i % 90);
        if (a < 100 && ((a % 10 > 5 && i % 5 == 3) || (a % 7 == 0 && i % 90 < 40))) expected++;
    }
    cst_table *t = read_table(cst_buffer_string(&accounts), "accounts.csv");
    cst_accounts *joined = read_accounts(t);
    struct sum one = run_with(1, cst_buffer_string(&rows), joined);
    struct sum four = run_with(THREADS, cst_buffer_string(&rows), joined);
    assert_int_equal(one.kept, expected);
    assert_int_equal(four.kept, one.kept);
    assert_int_equal(four.digest, one.digest);
    cst_accounts_free(joined);
    cst_table_free(t);
    cst_buffer_free(&rows);
    cst_buffer_free(&accounts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
