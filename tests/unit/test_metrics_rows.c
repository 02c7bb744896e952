/* The reader of tables of metrics: what it takes and leaves out, what `active` means, the order of rows. */
#include "table_kit.h"

#include "base/date.h"
#include "tables/metrics_rows.h"

static const char *const name = "metrics.csv";

/* A caller that keeps the first measure, and what `active` said, row by row. */
struct kept {
    double x[16];
    cst_active active[16];
    size_t n;
};

struct thread {
    cst_metrics_numbers numbers;
    struct kept batch;
};

static cst_status begin(void *state, cst_batch *b, cst_error *e)
{
    (void)e;
    cst_metrics_numbers_begin(&((struct thread *)state)->numbers, b);
    return CST_OK;
}

/* Rows without a measure are left out. */
static cst_status take(void *state, cst_batch *b, uint32_t row, const cst_metrics_seen *seen, uint32_t at,
                       cst_error *e)
{
    struct thread *t = state;
    t->batch.active[at] = seen->active;
    return cst_metrics_number(&t->numbers, b, row, 0, &t->batch.x[at], e);
}

static cst_status append(void *state, uint32_t n, void *shared, cst_error *e)
{
    (void)e;
    struct kept *all = shared, *batch = &((struct thread *)state)->batch;
    for (uint32_t i = 0; i < n; i++, all->n++) {
        all->x[all->n] = batch->x[i];
        all->active[all->n] = batch->active[i];
    }
    return CST_OK;
}

static cst_status read_metrics(const char *text, const char *where, cst_metrics_rows *rows, struct kept *kept,
                               cst_error *e)
{
    const cst_read_opts plain = {0};
    const cst_metrics_use use = {begin, take, NULL, append};
    struct thread t = {0};
    void *state[] = {&t};
    int slot;
    cst_metrics_opts o = {.reader = read_rows(text, &name, &plain), .where = where, .threads = 1};
    o.from = cst_day_of(2024, 1, 1), o.to = CST_DAY_NONE;
    *kept = (struct kept){0};
    assert_int_equal(cst_metrics_rows_init(rows, e), CST_OK);
    assert_int_equal(cst_metrics_bind(o.reader, CST_REQUIRED, &o.slot, e), CST_OK);
    assert_int_equal(cst_reader_bind(o.reader, "x", CST_REQUIRED, &slot, e), CST_OK);
    assert_int_equal(cst_metrics_numbers_init(&t.numbers, &slot, 1, e), CST_OK);
    cst_status status = cst_metrics_read(&o, &use, state, kept, rows, e);
    if (status == CST_OK) status = cst_metrics_order(rows, o.reader, e);
    cst_metrics_numbers_free(&t.numbers);
    cst_reader_free(o.reader);
    return status;
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        cst_active active;
    } words[] = {{"1", CST_ACTIVE_YES},   {"TRUE", CST_ACTIVE_YES}, {"Yes", CST_ACTIVE_YES},
                 {"0", CST_ACTIVE_NO},    {"False", CST_ACTIVE_NO}, {"OFF", CST_ACTIVE_NO},
                 {"", CST_ACTIVE_UNKNOWN}};
    cst_active active;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_true(cst_active_read(cst_text_of(words[i].word), &active));
        assert_int_equal(active, words[i].active);
    }
    assert_false(cst_active_read(cst_text_of("maybe"), &active));
    assert_false(cst_active_read(cst_text_of(" "), &active));
}

static void test_rows(void **state)
{
    (void)state;
    cst_metrics_rows m;
    struct kept kept;
    cst_error e;
    assert_int_equal(read_metrics("account_id,x,period,active\n"
                                  "b,1,2024-02-29,\n"
                                  "a,2,2024-02-29,yes\n"
                                  "c,3,2024-01-31,no\n"
                                  "a,4,2023-12-31,maybe\n" /* another period: nothing else is asked of it */
                                  "d,5,2024-01-31,maybe\n" /* left out by --where, likewise */
                                  "e,,2024-01-31,\n"       /* the caller leaves it out */
                                  "\"a\",\"6\",2024-01-31,1\n",
                                  "account_id != 'd'", &m, &kept, &e),
                     CST_OK);
    static const uint32_t order[] = {3, 2, 1, 0};
    static const double x[] = {1, 2, 3, 6};
    static const cst_active active[] = {CST_ACTIVE_UNKNOWN, CST_ACTIVE_YES, CST_ACTIVE_NO, CST_ACTIVE_YES};
    assert_int_equal(m.n, 4);
    assert_int_equal(m.outside, 1);
    assert_int_equal(m.filtered, 1);
    assert_int_equal(m.unknown, 1);
    for (size_t i = 0; i < m.n; i++) {
        assert_true(kept.x[i] == x[i]);
        assert_int_equal(kept.active[i], active[i]);
        assert_int_equal(m.row[i].active, active[i] == CST_ACTIVE_YES);
        assert_int_equal(m.order[i], order[i]);
    }
    assert_int_equal(m.row[3].line, 8);
    assert_int_equal(m.row[3].account, m.row[1].account);
    assert_int_equal(m.days, 2);
    assert_int_equal(m.day[0], cst_day_of(2024, 1, 31));
    assert_int_equal(m.begin[1], 2);
    assert_int_equal(m.begin[2], 4);
    cst_metrics_rows_clear(&m);
}

/* A column that no row fills is as no column; that a row of another period fills it is enough. */
static void test_empty_column(void **state)
{
    (void)state;
    cst_metrics_rows m;
    struct kept kept;
    cst_error e;
    assert_int_equal(
        read_metrics("account_id,period,active,x\na,2024-01-31,,1\nb,2024-01-31,,2\n", NULL, &m, &kept, &e),
        CST_OK);
    assert_int_equal(m.unknown, 0);
    assert_true(m.row[0].active && m.row[1].active);
    cst_metrics_rows_clear(&m);
    assert_int_equal(
        read_metrics("account_id,period,active,x\na,2024-01-31,,1\nb,2023-01-31,0,2\n", NULL, &m, &kept, &e),
        CST_OK);
    assert_int_equal(m.unknown, 1);
    assert_false(m.row[0].active);
    cst_metrics_rows_clear(&m);
    assert_int_equal(read_metrics("account_id,period,x\na,2024-01-31,1\n", NULL, &m, &kept, &e), CST_OK);
    assert_true(m.row[0].active);
    cst_metrics_rows_clear(&m);
}

static void test_twice(void **state)
{
    (void)state;
    cst_metrics_rows m;
    struct kept kept;
    cst_error e;
    assert_int_equal(read_metrics("account_id,period,x\n"
                                  "z,2024-02-29,1\n"
                                  "a,2024-01-31,1\n"
                                  "z,2024-02-29,1\n" /* the first second row, and the last in order */
                                  "a,2024-01-31,1\n",
                                  NULL, &m, &kept, &e),
                     CST_DATA);
    assert_int_equal(e.line, 4);
    assert_non_null(strstr(e.message, "\"z\" at 2024-02-29 (the first is metrics.csv:2)"));
    cst_metrics_rows_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_empty_column),
        cmocka_unit_test(test_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
