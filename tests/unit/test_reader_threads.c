/* Threads: the same rows, rejects and error for any number of them; commits in order; failures of
 * work, commit and sink. Runs under ThreadSanitizer. */
#include <stdio.h>

#include "stream_kit.h"

static const char *const piece[] = {"plain", "\"quoted\"", "\"two\nlines\"",   "\"a \"\"b\"\"\"",
                                    "",      "3.25",       "\xc3\xa9t\xc3\xa9"};

/* So many rows of id,text,value; a blank line and a CR LF here and there. `bad`: each how many-th row
 * is spoilt. */
static void make_table(cst_buffer *b, int rows, int bad)
{
    static const char *const spoilt[] = {"only,two\n", "one,\"x\"y,3\n", "four,fi\"elds,3\n", "nul,\xff,3\n"};
    cst_buffer_add_string(b, "id,text,value\n");
    for (int i = 0; i < rows; i++) {
        if (bad && i % bad == bad - 1) {
            cst_buffer_add_string(b, spoilt[i / bad % 4]);
            continue;
        }
        if (i % 97 == 0) cst_buffer_add_char(b, '\n');
        cst_buffer_printf(b, "acc_%d,%s,%d.5%s", i % 1000, piece[(i + i / 7) % 7], i, i % 5 ? "\n" : "\r\n");
    }
}

static void test_same_for_any_number(void **state)
{
    (void)state;
    static const uint32_t blocks[] = {700, 4096, 0};
    for (int bad = 0; bad < 3; bad++) {
        cst_buffer text = {0};
        make_table(&text, 1500, bad == 0 ? 0 : bad == 1 ? 800 : 30);
        for (int mode = 0; mode < 3; mode++) {
            char *first = NULL;
            for (int i = 0; i < 18; i++) {
                kit k = {.threads = i / 3 % 3 * 2, .places = true};
                k.opts = (cst_read_opts){.keep_rejects = mode > 0, .lenient = mode == 2, .max_rejects = 100};
                k.opts.block = blocks[i % 3];
                k.opts.lane = i < 9 ? CST_LANE_BEST : CST_LANE_PORTABLE;
                char *out = kit_read(&k, text.p, text.n);
                if (first) assert_string_equal(out, first);
                if (first)
                    free(out);
                else
                    first = out;
            }
            free(first);
        }
        cst_buffer_free(&text);
    }
}

enum where { NOWHERE, IN_WORK, IN_COMMIT };

/* A worker and commit that check the order, fail or reject where they are told to. */
typedef struct check {
    int slot;
    enum where fail, reject; /* the row with `at`, counted from 0, or every one that divides by `every` */
    int64_t at;
    int64_t every;
    bool stop_with_end; /* the work gives CST_END after a failed cst_row_reject */
} check;

typedef struct order {
    const check *check;
    uint64_t next, rows;
    int64_t last;
    cst_buffer rejects;
} order;

typedef struct worker {
    const check *check;
    uint32_t rows;
} worker;

static cst_status look(const check *c, enum where here, cst_batch *b, cst_error *e)
{
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        int64_t value;
        cst_status status = cst_int_at(b, row, c->slot, &value, e);
        if (status < 0) return status;
        if (c->reject == here && value % c->every == 0) {
            cst_error why;
            cst_fail_at(&why, CST_DATA, cst_place_at(b, row, c->slot), "n", "expected no multiple of %lld",
                        (long long)c->every);
            assert_int_equal(cst_row_reject(b, row, &why), CST_OK);
            assert_int_equal(cst_row_reject(b, row, &why), CST_OK); /* counts once */
            assert_true(cst_row_rejected(b, row));
        } else if (c->fail == here && value >= c->at) {
            cst_fail_at(e, CST_DATA, cst_place_at(b, row, c->slot), "n", "expected less than %lld",
                        (long long)c->at);
            status = cst_row_reject(b, row, e);
            assert_int_equal(status, CST_DATA);
            return c->stop_with_end ? CST_END : status;
        }
    }
    return CST_OK;
}

static cst_status do_work(void *context, cst_batch *b, cst_error *e)
{
    worker *w = context;
    w->rows = cst_batch_rows(b);
    return look(w->check, IN_WORK, b, e);
}

static cst_status do_commit(void *context, cst_batch *b, void *shared, cst_error *e)
{
    worker *w = context;
    order *o = shared;
    assert_true(w->rows >= cst_batch_rows(b));
    assert_int_equal(cst_batch_number(b), o->next++);
    assert_int_equal(cst_batch_first_row(b), o->rows);
    o->rows += cst_batch_rows(b);
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        int64_t value;
        if (cst_int_at(b, row, o->check->slot, &value, e) != CST_OK) return CST_INTERNAL;
        assert_true(value > o->last);
        o->last = value;
    }
    return look(o->check, IN_COMMIT, b, e);
}

static cst_status note_reject(void *context, const cst_reject *r, cst_error *e)
{
    order *o = context;
    (void)e;
    cst_buffer_printf(&o->rejects, "%d %.*s;", (int)r->place.line, (int)r->record.n, r->record.p);
    return CST_OK;
}

static cst_status refuse_reject(void *context, const cst_reject *r, cst_error *e)
{
    (void)context;
    return cst_fail(e, CST_IO, "expected room for %.*s", (int)r->record.n, r->record.p);
}

static cst_status run_numbers(int rows, cst_read_opts o, check *c, order *seen, cst_reject_sink *sink,
                              int threads, cst_error *e)
{
    static const char *name = "n.csv";
    cst_buffer text = {0};
    cst_source *source = NULL;
    cst_reader *r = NULL;
    worker workers[8];
    void *worker_of[8];
    cst_buffer_add_string(&text, "n\n");
    for (int i = 0; i < rows; i++) cst_buffer_printf(&text, "%d\n", i);
    assert_int_equal(cst_source_memory((cst_text){text.p, (uint32_t)text.n}, name, 0, &source, e), CST_OK);
    assert_int_equal(cst_reader_open_sources(&source, &name, 1, &o, true, &r, e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "n", CST_REQUIRED, &c->slot, e), CST_OK);
    *seen = (order){.check = c, .last = -1};
    cst_reader_on_reject(r, sink ? sink : note_reject, seen);
    for (int i = 0; i < 8; i++) {
        workers[i] = (worker){c, 0};
        worker_of[i] = &workers[i];
    }
    cst_status status = cst_run(r, threads, do_work, worker_of, do_commit, seen, e);
    cst_reader_free(r);
    cst_buffer_free(&text);
    return status;
}

static void test_commit_in_order(void **state)
{
    (void)state;
    check c = {0};
    order seen;
    cst_error e;
    for (int threads = 1; threads <= 4; threads++) {
        assert_int_equal(run_numbers(20000, (cst_read_opts){.block = 512}, &c, &seen, NULL, threads, &e),
                         CST_OK);
        assert_int_equal(seen.rows, 20000);
        assert_int_equal(seen.last, 19999);
    }
}

/* The first row that fails is the one reported, by work or by commit. */
static void test_first_failure(void **state)
{
    (void)state;
    order seen;
    cst_error e;
    for (int i = 0; i < 24; i++) {
        int64_t at = i * 797 % 9000;
        check c = {.fail = i % 2 ? IN_WORK : IN_COMMIT, .at = at};
        assert_int_equal(run_numbers(9000, (cst_read_opts){.block = 300}, &c, &seen, NULL, 1 + i % 4, &e),
                         CST_DATA);
        assert_int_equal(e.line, at + 2);
        assert_string_equal(e.field, "n");
        assert_true(seen.last < at + (c.fail == IN_COMMIT ? 150 : 0)); /* a block's rows */
    }
}

/* CST_END after a rejected row: the rows before it are committed, to the last one, for any block. */
static void test_rows_before_failure(void **state)
{
    (void)state;
    static const uint32_t blocks[] = {1, 300, 0};
    order seen;
    cst_error e;
    for (int i = 0; i < 12; i++) {
        check c = {.fail = IN_WORK, .at = 777, .stop_with_end = true};
        assert_int_equal(
            run_numbers(3000, (cst_read_opts){.block = blocks[i % 3]}, &c, &seen, NULL, 1 + i / 3, &e),
            CST_DATA);
        assert_int_equal(e.line, 779);
        assert_int_equal(seen.last, 776);
    }
}

static void test_row_rejects(void **state)
{
    (void)state;
    order seen;
    cst_error e;
    cst_buffer right = {0};
    for (int i = 0; i < 5000; i += 70) cst_buffer_printf(&right, "%d %d;", i + 2, i);
    for (int i = 0; i < 8; i++) {
        check c = {.reject = i % 2 ? IN_WORK : IN_COMMIT, .every = 70};
        cst_read_opts o = {.block = 256, .keep_rejects = true, .max_rejects = 72};
        assert_int_equal(run_numbers(5000, o, &c, &seen, NULL, 1 + i / 2, &e), CST_OK);
        assert_string_equal(cst_buffer_string(&seen.rejects), cst_buffer_string(&right));
        cst_buffer_free(&seen.rejects);
        o.max_rejects = 71;
        assert_int_equal(run_numbers(5000, o, &c, &seen, NULL, 1 + i / 2, &e), CST_DATA);
        assert_string_equal(cst_buffer_string(&seen.rejects),
                            cst_buffer_string(&right)); /* judged at the end */
        cst_buffer_free(&seen.rejects);
        assert_int_equal(run_numbers(5000, o, &c, &seen, refuse_reject, 1 + i / 2, &e), CST_IO);
        assert_string_equal(e.message, "expected room for 0");
    }
    cst_buffer_free(&right);
}

typedef struct taker {
    cst_reader *reader;
    pthread_t thread;
    uint64_t rows;
} taker;

static void *take_all(void *context)
{
    taker *t = context;
    cst_batch *b;
    cst_error e;
    while (cst_reader_next(t->reader, &b, &e) == CST_OK) {
        t->rows += cst_batch_rows(b);
        cst_batch_done(b);
    }
    return NULL;
}

static void test_next_from_threads(void **state)
{
    (void)state;
    static const char *name = "n.csv";
    cst_buffer text = {0};
    cst_source *source = NULL;
    cst_reader *r = NULL;
    cst_error e;
    const cst_read_opts o = {.block = 400};
    make_table(&text, 5000, 0);
    assert_int_equal(cst_source_memory((cst_text){text.p, (uint32_t)text.n}, name, 0, &source, &e), CST_OK);
    assert_int_equal(cst_reader_open_sources(&source, &name, 1, &o, true, &r, &e), CST_OK);
    taker t[3] = {{.reader = r}, {.reader = r}, {.reader = r}};
    for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&t[i].thread, NULL, take_all, &t[i]), 0);
    for (int i = 0; i < 3; i++) pthread_join(t[i].thread, NULL);
    assert_int_equal(t[0].rows + t[1].rows + t[2].rows, 5000);
    assert_int_equal(cst_reader_totals(r, 0).records, 5000);
    cst_reader_free(r);
    cst_buffer_free(&text);
}

static void test_number(void **state)
{
    (void)state;
    assert_true(cst_threads(0) >= 1);
    assert_int_equal(cst_threads(3), 3);
    assert_int_equal(cst_threads(100000), 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_for_any_number),
        cmocka_unit_test(test_commit_in_order),
        cmocka_unit_test(test_first_failure),
        cmocka_unit_test(test_rows_before_failure),
        cmocka_unit_test(test_row_rejects),
        cmocka_unit_test(test_next_from_threads),
        cmocka_unit_test(test_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
