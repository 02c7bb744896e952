/* The ledger must hand out the same accounts with the same rows in input order, however the rows come:
 * in the order of accounts, in none, in order but for a second stretch, each batch in order but not
 * all of them; by any number of threads, from blocks of any size, with facts or without, in order or
 * not. What is expected is made here, row by row, without the ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include <cstools/ledger.h>

enum { ACCOUNTS = 300, ROWS = 4000, THREADS = 4, LETTERS = 24 };

/* A row's amount is its number, its name is that of account[]. Some accounts have one row, some hundreds. */
static int account_of[ROWS];

static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*state * n) >> 32);
}

static char name_of[ACCOUNTS][LETTERS];

/* Names of several lengths, one the beginning of another. */
static void name_accounts(void)
{
    for (int i = 0; i < ACCOUNTS; i++)
        snprintf(name_of[i], LETTERS, i % 7 ? "acct-%04d" : "acct-%04d-long-name", i % 7 == 1 ? i - 1 : i);
}

static int find_account(const char *name)
{
    for (int i = 0; i < ACCOUNTS; i++)
        if (strcmp(name, name_of[i]) == 0) return i;
    fail_msg("no account is called %s", name);
    return -1;
}

static int compare_ints(const void *a, const void *b)
{
    return strcmp(name_of[*(const int *)a], name_of[*(const int *)b]);
}

enum shape { IN_ORDER, SHUFFLED, TWO_STRETCHES, BACKWARDS, LATE_STRAY, SHAPES };

static void shape_rows(enum shape shape)
{
    uint32_t state = 7;
    for (int i = 0; i < ROWS; i++)
        account_of[i] = draw(&state, 4) ? (int)draw(&state, ACCOUNTS) : (int)draw(&state, 3);
    if (shape == SHUFFLED) return;
    int half = shape == TWO_STRETCHES ? ROWS / 2 : ROWS;
    qsort(account_of, (size_t)half, sizeof *account_of, compare_ints);
    if (half < ROWS) qsort(account_of + half, (size_t)(ROWS - half), sizeof *account_of, compare_ints);
    if (shape == LATE_STRAY) account_of[ROWS - 1] = account_of[10];
    for (int i = 0; shape == BACKWARDS && i < ROWS / 2; i++) {
        int other = account_of[i];
        account_of[i] = account_of[ROWS - 1 - i];
        account_of[ROWS - 1 - i] = other;
    }
}

static void write_rows(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "account_id,mrr,start_date,product,source\n");
    for (int i = 0; i < ROWS; i++) {
        /* some negative, some quoted, so that neither plain fields nor plain rows are all there is */
        fprintf(f, i % 11 ? "%s,%d,2024-01-01,p%d,raw:%d\n" : "\"%s\",%d,2024-01-01,p%d,raw:%d\n",
                name_of[account_of[i]], i % 13 ? i : -i, i % 5, i);
    }
    assert_int_equal(fclose(f), 0);
}

typedef struct seen {
    bool facts, ordered;
    int accounts, rows;
    char last[LETTERS];
    char *path;
} seen;

static cst_status check_account(void *worker, const cst_ledger_account *a, cst_error *e)
{
    (void)e;
    seen *s = worker;
    char id[LETTERS];
    assert_true(a->id.n < LETTERS);
    memcpy(id, a->id.p, a->id.n);
    id[a->id.n] = 0;
    if (s->ordered) assert_true(strcmp(s->last, id) < 0);
    memcpy(s->last, id, sizeof id);
    int next = 0, account = find_account(id);
    for (size_t i = 0; i < a->rows; i++) {
        cst_money amount = a->row[i].amount / CST_MONEY_UNIT;
        int row = (int)(amount < 0 ? -amount : amount);
        for (; next < row; next++) assert_int_not_equal(account_of[next], account); /* no row is left out */
        assert_int_equal(account_of[row], account);
        char product[8], source[16];
        snprintf(product, sizeof product, "p%d", row % 5);
        snprintf(source, sizeof source, "raw:%d", row);
        assert_true(cst_text_is(
            cst_labels_centre(a->labels, cst_labels_unit(a->labels, a->row[i].unit).centre), product));
        if (s->facts) assert_true(cst_text_is(a->row[i].source, source));
        if (amount < 0) {
            assert_string_equal(a->row[i].file, s->path);
            assert_int_equal(a->row[i].line, row + 2);
        }
        next = row + 1;
    }
    for (; next < ROWS; next++) assert_int_not_equal(account_of[next], account);
    s->accounts++;
    s->rows += (int)a->rows;
    return CST_OK;
}

static int count_accounts(void)
{
    bool there[ACCOUNTS] = {false};
    int n = 0;
    for (int i = 0; i < ROWS; i++) {
        n += !there[account_of[i]];
        there[account_of[i]] = true;
    }
    return n;
}

static void read_once(char *path, int threads, uint32_t block, bool facts, bool ordered, bool streaming)
{
    cst_inputs in = {(const char *const *)&path, 1};
    cst_read_opts ro = {.block = block};
    cst_ledger_opts lo = {.centre = "product", .as_of = CST_DAY_NONE, .facts = facts, .ordered = ordered};
    cst_reader *r;
    cst_ledger *l;
    cst_error e;
    seen s[THREADS + 1] = {{0}};
    void *worker[THREADS + 1];
    for (int i = 0; i <= THREADS; i++) {
        /* a stream's worker has accounts of many batches, each in order, and those that straddle come late */
        s[i] = (seen){.facts = facts, .ordered = ordered && !streaming, .path = path};
        worker[i] = &s[i];
    }
    assert_int_equal(cst_reader_open(&in, &ro, &r, &e), CST_OK);
    assert_int_equal(cst_ledger_open(&lo, &l, &e), CST_OK);
    if (streaming) {
        assert_int_equal(cst_ledger_stream(l, r, threads, check_account, worker, NULL, NULL, &e), CST_OK);
    } else {
        assert_int_equal(cst_ledger_read(l, r, threads, &e), CST_OK);
        assert_int_equal(cst_ledger_each(l, threads, check_account, worker, &e), CST_OK);
    }
    int accounts = 0, rows = 0;
    for (int i = 0; i <= THREADS; i++) {
        if (ordered && !streaming && i > 0 && s[i].accounts && s[i - 1].accounts)
            assert_true(strcmp(s[i - 1].last, s[i].last) < 0);
        accounts += s[i].accounts;
        rows += s[i].rows;
    }
    assert_int_equal(rows, ROWS);
    assert_int_equal(accounts, count_accounts());
    assert_int_equal(cst_ledger_counted(l).accounts, accounts);
    cst_ledger_free(l);
    cst_reader_free(r);
}

static void accounts_are_the_same_however_the_rows_come(void **unused)
{
    (void)unused;
    name_accounts();
    char path[] = "/tmp/cs-ledger-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (enum shape shape = 0; shape < SHAPES; shape++) {
        shape_rows(shape);
        write_rows(path);
        for (int threads = 1; threads <= THREADS; threads *= 2)
            for (uint32_t block = 512; block <= 512 * 1024; block *= 32)
                for (int way = 0; way < 4; way++) read_once(path, threads, block, way & 1, way & 2, false);
        if (shape == IN_ORDER)
            for (int threads = 1; threads <= THREADS; threads *= 2)
                for (int way = 0; way < 2; way++) read_once(path, threads, 512, way, true, true);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(accounts_are_the_same_however_the_rows_come)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
