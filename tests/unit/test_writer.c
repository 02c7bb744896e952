/* The writer: every format over the same small table, every kind of cell, the bytes that need care, forks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "read/plain.h"
#include "write/writer.h"
#include <cstools/write.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/cst-writer-XXXXXX";
static char got[4 << 20];

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(path) ? chdir(path) : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    unlink("out");
    return rmdir(path);
}

typedef struct job {
    cst_outputs *outputs;
    cst_writer *w;
    cst_error e;
} job;

static cst_write_opts options(enum cst_format format)
{
    return (cst_write_opts){.format = format};
}

static void start(job *j, cst_write_opts o, const cst_column *columns, size_t n)
{
    cst_sink *s;
    *j = (job){0};
    assert_int_equal(cst_outputs_new(&j->outputs, &j->e), CST_OK);
    assert_int_equal(cst_outputs_add(j->outputs, "out", &s, &j->e), CST_OK);
    assert_int_equal(cst_writer_open(s, &o, columns, n, &j->w, &j->e), CST_OK);
}

static void stop(job *j)
{
    cst_writer_free(j->w);
    cst_outputs_free(j->outputs);
}

static const char *collect(job *j)
{
    assert_int_equal(cst_writer_finish(j->w, &j->e), CST_OK);
    assert_int_equal(cst_outputs_commit(j->outputs, &j->e), CST_OK);
    stop(j);
    FILE *f = fopen("out", "r");
    assert_non_null(f);
    size_t n = fread(got, 1, sizeof got - 1, f);
    got[n] = 0;
    fclose(f);
    return got;
}

static const cst_column four[] = {
    {"account_id", CST_COL_TEXT}, {"day", CST_COL_TEXT}, {"mrr", CST_COL_NUMBER}, {"n", CST_COL_NUMBER}};

static void put_four(job *j, const char *id, cst_day day, cst_money mrr, int64_t n)
{
    cst_put_string(j->w, id);
    cst_put_day(j->w, day);
    cst_put_money(j->w, mrr);
    cst_put_int(j->w, n);
    assert_int_equal(cst_end_row(j->w, &j->e), CST_OK);
}

static const char *write_four(cst_write_opts o)
{
    job j;
    start(&j, o, four, 4);
    put_four(&j, "a,1", 0, 1234567 * CST_MONEY_UNIT + 500000, 3);
    put_four(&j, "say \"hi\"|", CST_DAY_NONE, -1500000, -12345);
    assert_int_equal(cst_writer_rows(j.w), 2);
    return collect(&j);
}

static void test_csv(void **state)
{
    (void)state;
    assert_string_equal(write_four(options(CST_CSV)), "account_id,day,mrr,n\n"
                                                      "\"a,1\",1970-01-01,1234567.50,3\n"
                                                      "\"say \"\"hi\"\"|\",,-1.50,-12345\n");
}

static void test_csv_delimiters(void **state)
{
    (void)state;
    cst_write_opts o = {.format = CST_CSV, .delimiter = ';'};
    assert_string_equal(write_four(o), "account_id;day;mrr;n\n"
                                       "a,1;1970-01-01;1234567.50;3\n"
                                       "\"say \"\"hi\"\"|\";;-1.50;-12345\n");
    o.delimiter = '-';
    assert_string_equal(write_four(o), "account_id-day-mrr-n\n"
                                       "a,1-\"1970-01-01\"-1234567.50-3\n"
                                       "\"say \"\"hi\"\"|\"--\"-1.50\"-\"-12345\"\n");
    o.delimiter = '.';
    assert_string_equal(write_four(o), "account_id.day.mrr.n\n"
                                       "a,1.1970-01-01.\"1234567.50\".3\n"
                                       "\"say \"\"hi\"\"|\"..\"-1.50\".-12345\n");
    const char bad[] = {'a', '7', '"', '\n', '\r', (char)0xE9};
    for (size_t i = 0; i < sizeof bad; i++) {
        job j = {0};
        cst_sink *s;
        o.delimiter = bad[i];
        assert_int_equal(cst_outputs_new(&j.outputs, &j.e), CST_OK);
        assert_int_equal(cst_outputs_add(j.outputs, "out", &s, &j.e), CST_OK);
        assert_int_equal(cst_writer_open(s, &o, four, 4, &j.w, &j.e), CST_USAGE);
        assert_null(j.w);
        assert_non_null(strstr(j.e.message, "expected a delimiter"));
        stop(&j);
    }
}

static void test_tsv(void **state)
{
    (void)state;
    assert_string_equal(write_four(options(CST_TSV)), "account_id\tday\tmrr\tn\n"
                                                      "a,1\t1970-01-01\t1234567.50\t3\n"
                                                      "say \"hi\"|\t\t-1.50\t-12345\n");
}

static void test_tsv_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {"a\tb", "a\nb", "a\rb"};
    for (size_t i = 0; i < 3; i++) {
        job j;
        start(&j, options(CST_TSV), four, 2);
        cst_put_string(j.w, bad[i]);
        cst_put_missing(j.w);
        assert_int_equal(cst_end_row(j.w, &j.e), CST_DATA);
        assert_string_equal(j.e.field, "account_id");
        assert_non_null(strstr(j.e.message, "use --format csv"));
        cst_error e = {0};
        assert_int_equal(cst_writer_finish(j.w, &e), CST_DATA); /* the failure sticks */
        assert_string_equal(e.message, j.e.message);
        stop(&j);
    }
    const cst_column tab = {"a\tb", CST_COL_TEXT}, mark = {"\xEF\xBB\xBFid", CST_COL_TEXT};
    for (int i = 0; i < 2; i++) {
        job j = {0};
        cst_sink *s;
        cst_write_opts o = options(CST_TSV);
        assert_int_equal(cst_outputs_new(&j.outputs, &j.e), CST_OK);
        assert_int_equal(cst_outputs_add(j.outputs, "out", &s, &j.e), CST_OK);
        assert_int_equal(cst_writer_open(s, &o, i ? &mark : &tab, 1, &j.w, &j.e), CST_DATA);
        stop(&j);
    }
}

static void test_json(void **state)
{
    (void)state;
    assert_string_equal(write_four(options(CST_JSON)),
                        "[\n"
                        "{\"account_id\":\"a,1\",\"day\":\"1970-01-01\",\"mrr\":1234567.50,\"n\":3},\n"
                        "{\"account_id\":\"say \\\"hi\\\"|\",\"day\":null,\"mrr\":-1.50,\"n\":-12345}\n"
                        "]\n");
    assert_string_equal(write_four(options(CST_JSONL)),
                        "{\"account_id\":\"a,1\",\"day\":\"1970-01-01\",\"mrr\":1234567.50,\"n\":3}\n"
                        "{\"account_id\":\"say \\\"hi\\\"|\",\"day\":null,\"mrr\":-1.50,\"n\":-12345}\n");
}

static void test_json_types(void **state)
{
    (void)state;
    const cst_column c[] = {{"t\"\n", CST_COL_TEXT}, {"v", CST_COL_NUMBER}};
    static const char *const text[] = {
        "12", "-0.5e+3", "007", "1.", ".5", "-", "1e", "+1", "a\\b\x01\x1f/\b\f\n\r\t\x7f"};
    job j;
    start(&j, options(CST_JSONL), c, 2);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        cst_put_string(j.w, text[i]);
        cst_put_string(j.w, text[i]);
        assert_int_equal(cst_end_row(j.w, &j.e), CST_OK);
    }
    cst_put_int(j.w, 2024);
    cst_put_day(j.w, 1);
    assert_int_equal(cst_end_row(j.w, &j.e), CST_OK);
    assert_string_equal(collect(&j), "{\"t\\\"\\n\":\"12\",\"v\":12}\n"
                                     "{\"t\\\"\\n\":\"-0.5e+3\",\"v\":-0.5e+3}\n"
                                     "{\"t\\\"\\n\":\"007\",\"v\":\"007\"}\n"
                                     "{\"t\\\"\\n\":\"1.\",\"v\":\"1.\"}\n"
                                     "{\"t\\\"\\n\":\".5\",\"v\":\".5\"}\n"
                                     "{\"t\\\"\\n\":\"-\",\"v\":\"-\"}\n"
                                     "{\"t\\\"\\n\":\"1e\",\"v\":\"1e\"}\n"
                                     "{\"t\\\"\\n\":\"+1\",\"v\":\"+1\"}\n"
                                     "{\"t\\\"\\n\":\"a\\\\b\\u0001\\u001f/\\b\\f\\n\\r\\t\x7f\","
                                     "\"v\":\"a\\\\b\\u0001\\u001f/\\b\\f\\n\\r\\t\x7f\"}\n"
                                     "{\"t\\\"\\n\":\"2024\",\"v\":\"1970-01-02\"}\n");
}

static void test_md(void **state)
{
    (void)state;
    assert_string_equal(write_four(options(CST_MD)), "| account_id | day | mrr | n |\n"
                                                     "|---|---|---:|---:|\n"
                                                     "| a,1 | 1970-01-01 | 1234567.50 | 3 |\n"
                                                     "| say \"hi\"\\| |  | -1.50 | -12345 |\n");
    job j;
    start(&j, options(CST_MD), four, 1);
    cst_put_string(j.w, "a\\b*c\r\nd`e<f\x1b");
    assert_int_equal(cst_end_row(j.w, &j.e), CST_OK);
    assert_string_equal(collect(&j), "| account_id |\n|---|\n| a\\\\b\\*c<br>d\\`e\\<f\\x1b |\n");
}

static void test_pretty(void **state)
{
    (void)state;
    assert_string_equal(write_four(options(CST_PRETTY)), "account_id  day                  mrr        n\n"
                                                         "----------  ----------  ------------  -------\n"
                                                         "a,1         1970-01-01  1,234,567.50        3\n"
                                                         "say \"hi\"|                      -1.50  -12,345\n");
    cst_write_opts o = {.format = CST_PRETTY, .brackets = true, .color = true};
    assert_string_equal(write_four(o),
                        "\033[1maccount_id  day                  mrr         n\033[0m\n"
                        "----------  ----------  -------------  --------\n"
                        "a,1         1970-01-01  1,234,567.50         3\n"
                        "say \"hi\"|                      \033[31m(1.50)\033[0m  \033[31m(12,345)\033[0m\n");
}

static void test_pretty_rule_and_width(void **state)
{
    (void)state;
    const cst_column c[] = {{"name", CST_COL_TEXT}, {"ratio", CST_COL_NUMBER}, {"year", CST_COL_TEXT}};
    job j;
    start(&j, options(CST_PRETTY), c, 3);
    const char *names[] = {"Zo\xC3\xAB", "\xE6\x9D\xB1\xE4\xBA\xAC", "e\xCC\x81t\xC3\xA9", "a\nb"};
    for (int i = 0; i < 4; i++) {
        cst_put_string(j.w, names[i]);
        cst_put_ratio(j.w, 1000000 * i);
        cst_put_int(j.w, 2024);
        assert_int_equal(cst_end_row(j.w, &j.e), CST_OK);
    }
    cst_put_rule(j.w);
    cst_put_string(j.w, "all");
    cst_put_ratio(j.w, 1234500000);
    cst_put_missing(j.w);
    assert_int_equal(cst_end_row(j.w, &j.e), CST_OK);
    assert_string_equal(collect(&j), "name        ratio  year\n"
                                     "----  -----------  ----\n"
                                     "Zo\xC3\xAB      0.000000  2024\n"
                                     "\xE6\x9D\xB1\xE4\xBA\xAC     1.000000  2024\n"
                                     "e\xCC\x81t\xC3\xA9      2.000000  2024\n"
                                     "a\\nb     3.000000  2024\n"
                                     "----  -----------  ----\n"
                                     "all   1234.500000\n");
    assert_int_equal(cst_display_width("\xF0\x9F\x98\x80", 4), 2);
    assert_int_equal(cst_display_width("\xFF\xC3", 2), 2);
    assert_int_equal(cst_display_width("", 0), 0);
}

/* Expected texts are those of the formats' rules: at least two decimals, six in a ratio, shortest doubles. */
static void test_cells(void **state)
{
    (void)state;
    const cst_column c = {"v", CST_COL_NUMBER};
    job j;
    start(&j, options(CST_CSV), &c, 1);
    cst_error *e = &j.e;
    cst_put_money(j.w, 0), cst_end_row(j.w, e);
    cst_put_money(j.w, 1), cst_end_row(j.w, e);
    cst_put_money(j.w, INT64_MIN), cst_end_row(j.w, e);
    cst_put_money_fixed(j.w, 12 * CST_MONEY_UNIT, 0), cst_end_row(j.w, e);
    cst_put_wide(j.w, (cst_wide)INT64_MAX * 10), cst_end_row(j.w, e);
    cst_put_ratio(j.w, -953000), cst_end_row(j.w, e);
    cst_put_day(j.w, CST_DAY_MAX), cst_end_row(j.w, e);
    cst_put_int(j.w, INT64_MIN), cst_end_row(j.w, e);
    cst_put_number(j.w, 0.1), cst_end_row(j.w, e);
    cst_put_decimals(j.w, 2.0 / 3, 4), cst_end_row(j.w, e);
    cst_put_number(j.w, nan("")), cst_end_row(j.w, e);
    cst_put_decimals(j.w, nan(""), 2), cst_end_row(j.w, e);
    cst_put_day(j.w, CST_DAY_NONE), cst_end_row(j.w, e);
    cst_put_string(j.w, NULL), cst_end_row(j.w, e);
    assert_string_equal(collect(&j), "v\n0.00\n0.000001\n-9223372036854.775808\n12\n92233720368547.75807\n"
                                     "-0.953000\n9999-12-31\n-9223372036854775808\n"
                                     "0.1\n0.6667\n\"\"\n\"\"\n\"\"\n\"\"\n");
}

static void test_headers_without_rows(void **state)
{
    (void)state;
    static const char *const want[] = {"account_id,day\n",
                                       "account_id\tday\n",
                                       "[\n]\n",
                                       "",
                                       "| account_id | day |\n|---|---|\n",
                                       "account_id  day\n----------  ---\n"};
    for (int f = CST_CSV; f <= CST_PRETTY; f++) {
        job j;
        start(&j, options((enum cst_format)f), four, 2);
        assert_string_equal(collect(&j), want[f]);
    }
    const cst_column mark[] = {{"\xEF\xBB\xBFid", CST_COL_TEXT}, {"a,b", CST_COL_TEXT}},
                     none = {"", CST_COL_TEXT};
    job j;
    start(&j, options(CST_CSV), mark, 2);
    assert_string_equal(collect(&j), "\"\xEF\xBB\xBFid\",\"a,b\"\n");
    start(&j, options(CST_CSV), &none, 1);
    assert_string_equal(collect(&j), "\"\"\n");
}

static void test_wrong_rows(void **state)
{
    (void)state;
    job j;
    start(&j, options(CST_CSV), four, 2);
    cst_put_int(j.w, 1);
    assert_int_equal(cst_end_row(j.w, &j.e), CST_INTERNAL);
    stop(&j);
    start(&j, options(CST_CSV), four, 2);
    for (int i = 0; i < 3; i++) cst_put_int(j.w, 1);
    assert_int_equal(cst_end_row(j.w, &j.e), CST_INTERNAL);
    stop(&j);
    start(&j, options(CST_CSV), four, 2);
    cst_put_int(j.w, 1);
    assert_int_equal(cst_writer_finish(j.w, &j.e), CST_INTERNAL);
    stop(&j);
}

/* Any dealing of rows to forks gives the bytes of one writer. */
/* Memory that ran out within a row is what is told, not the cell that is short for it. */
static void test_no_memory(void **state)
{
    (void)state;
    for (enum cst_format format = CST_CSV; format <= CST_PRETTY; format++) {
        job j;
        cst_write_opts o = options(format);
        start(&j, o, four, 4);
        cst_put_string(j.w, "a");
        cst_put_day(j.w, 0);
        j.w->out.failed = true;
        j.w->out.room = j.w->out.n;
        cst_put_money(j.w, 1);
        cst_put_int(j.w, 1);
        assert_int_equal(cst_end_row(j.w, &j.e), CST_MEMORY);
        assert_string_equal(j.e.message, "out of memory");
        assert_int_equal(cst_writer_finish(j.w, &j.e), CST_MEMORY);
        stop(&j);
    }
}

static void test_forks(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    static char want[sizeof got];
    for (int f = CST_CSV; f <= CST_PRETTY; f++)
        for (int deal = 0; deal < 4; deal++) {
            static const int every[] = {ROWS + 1, 1, 7,
                                        ROWS / 2}; /* rows of a fork; the first writes them all itself */
            job j, plain;
            cst_writer *fork;
            start(&j, options((enum cst_format)f), four, 4);
            assert_int_equal(cst_writer_fork(j.w, &fork, &j.e), CST_OK);
            plain = j;
            if (deal > 0) plain.w = fork;
            for (int i = 0; i < ROWS; i++) {
                put_four(&plain, i % 3 ? "plain" : "quo\"ted", i, i * INT64_C(123456), i);
                if ((i + 1) % every[deal] == 0) assert_int_equal(cst_writer_absorb(j.w, fork, &j.e), CST_OK);
            }
            assert_int_equal(cst_writer_absorb(j.w, fork, &j.e), CST_OK);
            assert_int_equal(cst_writer_rows(j.w), ROWS);
            assert_int_equal(cst_writer_finish(fork, &j.e), CST_INTERNAL);
            cst_writer_free(fork);
            memset(&j.e, 0, sizeof j.e);
            collect(&j);
            if (deal == 0) memcpy(want, got, sizeof want);
            assert_true(strlen(got) > ROWS * 10);
            assert_true(strcmp(got, want) == 0);
        }
}

static void test_fork_failure(void **state)
{
    (void)state;
    job j;
    cst_writer *fork;
    start(&j, options(CST_TSV), four, 1);
    assert_int_equal(cst_writer_fork(j.w, &fork, &j.e), CST_OK);
    cst_put_string(fork, "a\tb");
    assert_int_equal(cst_end_row(fork, &j.e), CST_DATA);
    assert_int_equal(cst_writer_absorb(j.w, fork, &j.e), CST_DATA);
    assert_int_equal(cst_writer_finish(j.w, &j.e), CST_DATA);
    cst_writer_free(fork);
    stop(&j);
}

/* The fast lane against the plain loop: each special byte at each place of fields of each length. */
static void test_plain_lanes(void **state)
{
    (void)state;
    static const char bytes[] = {',', '"', '\n', '\r', 'x', 0x2D, (char)0xAC, (char)0x8A, 0x0B};
    for (size_t n = 0; n <= 50; n++) {
        char *in = malloc(n + 1), *a = malloc(n + 16),
             *b = malloc(n + 16); /* exact, for the address sanitizer */
        assert_true(in && a && b);
        for (size_t at = 0; at <= n; at++)
            for (size_t k = 0; k < sizeof bytes; k++) {
                memset(in, 'a', n + 1);
                in[at] = bytes[k]; /* at n: just behind the field, must not count */
                bool fast = cst_plain_copy(a, in, n, ','), slow = cst_plain_copy_portable(b, in, n, ',');
                assert_int_equal(fast, slow);
                assert_int_equal(slow, at == n || k >= 4);
                assert_memory_equal(a, in, n);
                assert_memory_equal(b, in, n);
            }
        free(in);
        free(a);
        free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_delimiters),
        cmocka_unit_test(test_tsv),
        cmocka_unit_test(test_tsv_refuses),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_types),
        cmocka_unit_test(test_md),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_pretty_rule_and_width),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_headers_without_rows),
        cmocka_unit_test(test_wrong_rows),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_forks),
        cmocka_unit_test(test_fork_failure),
        cmocka_unit_test(test_plain_lanes),
    };
    return cmocka_run_group_tests_name("writer", tests, make_folder, drop_folder);
}
