/* Write then read is the identity, and so is reading what was written and writing it again: random tables
 * of random bytes in csv (several delimiters) and tsv, through forks of random length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "read/table.h"
#include <cstools/write.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 5, ROWS = 40, TABLES = 1500, CELL = 80 };

static char path[] = "/tmp/cst-roundtrip-XXXXXX";
static uint64_t seed = 20240131;

typedef struct cell {
    uint32_t n;
    char p[CELL];
} cell;

typedef struct table {
    cst_write_opts opts;
    size_t columns, rows;
    char name[COLUMNS][CELL + 16];
    cell at[ROWS][COLUMNS];
} table;

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

/* splitmix64 */
static uint32_t draw(uint32_t below)
{
    uint64_t x = seed += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % below);
}

/* Half of the texts are plain; the rest is made of what needs care. */
static uint32_t draw_text(char *p, bool tsv)
{
    static const char *const parts[] = {"a",
                                        ",",
                                        "\"",
                                        ";",
                                        "|",
                                        " ",
                                        "-",
                                        ".",
                                        "\xC3\xA9",
                                        "\xE6\x9D\xB1",
                                        "\x01",
                                        "\\",
                                        "'",
                                        "0",
                                        "\xEF\xBB\xBF",
                                        "\xF0\x9F\x98\x80",
                                        "\n",
                                        "\r",
                                        "\t",
                                        "\r\n"};
    uint32_t n = 0, few = draw(4) ? draw(6) : draw(CELL / 4);
    bool plain = draw(2);
    for (uint32_t i = 0; i < few; i++) {
        const char *part = parts[plain ? 0 : draw(tsv ? 16 : 20)];
        memcpy(p + n, part, strlen(part));
        n += (uint32_t)strlen(part);
    }
    return n;
}

/* Which a reader refuses. */
static bool is_header(const table *t, size_t row)
{
    for (size_t c = 0; c < t->columns; c++)
        if (t->at[row][c].n != strlen(t->name[c]) ||
            memcmp(t->at[row][c].p, t->name[c], t->at[row][c].n) != 0)
            return false;
    return true;
}

static void draw_table(table *t)
{
    static const char delimiters[] = {0, ';', '|', '\t', ' ', '-', '.'};
    t->opts = (cst_write_opts){.format = draw(3) ? CST_CSV : CST_TSV};
    bool tsv = t->opts.format == CST_TSV;
    if (!tsv) t->opts.delimiter = delimiters[draw(sizeof delimiters)];
    t->columns = 1 + draw(COLUMNS);
    t->rows = draw(ROWS);
    for (size_t c = 0; c < t->columns; c++) {
        uint32_t n = draw_text(t->name[c], tsv);
        t->name[c][n] = (char)('0' + c); /* not empty, not twice */
        t->name[c][n + 1] = 0;
        if (tsv && strncmp(t->name[c], "\xEF\xBB\xBF", 3) == 0)
            t->name[c][0] = t->name[c][1] = t->name[c][2] = 'x';
    }
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++) t->at[r][c].n = draw_text(t->at[r][c].p, tsv);
        if (is_header(t, r)) t->at[r][0].n = 0;
    }
}

static cst_writer *open_writer(const table *t, cst_outputs **o)
{
    cst_error e = {0};
    cst_sink *s;
    cst_writer *w;
    cst_column columns[COLUMNS];
    for (size_t c = 0; c < t->columns; c++) columns[c] = (cst_column){t->name[c], CST_COL_TEXT};
    assert_int_equal(cst_outputs_new(o, &e), CST_OK);
    assert_int_equal(cst_outputs_add(*o, path, &s, &e), CST_OK);
    if (cst_writer_open(s, &t->opts, columns, t->columns, &w, &e) != CST_OK) fail_msg("%s", e.message);
    return w;
}

static void close_writer(cst_writer *w, cst_outputs *o)
{
    cst_error e = {0};
    if (cst_writer_finish(w, &e) != CST_OK || cst_outputs_commit(o, &e) != CST_OK) fail_msg("%s", e.message);
    cst_writer_free(w);
    cst_outputs_free(o);
}

static void write_table(const table *t)
{
    cst_error e = {0};
    cst_outputs *o;
    cst_writer *w = open_writer(t, &o), *fork;
    assert_int_equal(cst_writer_fork(w, &fork, &e), CST_OK);
    bool forked = draw(2);
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++)
            cst_put_text(forked ? fork : w, (cst_text){t->at[r][c].p, t->at[r][c].n});
        assert_int_equal(cst_end_row(forked ? fork : w, &e), CST_OK);
        if (draw(3) == 0) assert_int_equal(cst_writer_absorb(w, fork, &e), CST_OK);
    }
    assert_int_equal(cst_writer_absorb(w, fork, &e), CST_OK);
    cst_writer_free(fork);
    close_writer(w, o);
}

static cst_table *read_table(const table *t)
{
    cst_error e = {0};
    cst_table *back;
    cst_read_opts o = {.delimiter = t->opts.delimiter, .tsv = t->opts.format == CST_TSV, .block = 16};
    if (cst_table_load(path, &o, &back, &e) != CST_OK) {
        char text[2048];
        cst_error_format(&e, text, sizeof text);
        fail_msg("%s", text);
    }
    return back;
}

static void compare(const table *t, const cst_table *back)
{
    assert_int_equal(cst_table_columns(back), t->columns);
    assert_int_equal(cst_table_rows(back), t->rows);
    for (size_t c = 0; c < t->columns; c++) {
        cst_text name = cst_table_name(back, c);
        assert_int_equal(name.n, strlen(t->name[c]));
        assert_memory_equal(name.p, t->name[c], name.n);
        for (size_t r = 0; r < t->rows; r++) {
            cst_text got = cst_table_at(back, r, (int)c);
            assert_int_equal(got.n, t->at[r][c].n);
            if (got.n) assert_memory_equal(got.p, t->at[r][c].p, got.n);
        }
    }
}

static size_t read_bytes(char *to, size_t room)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(to, 1, room, f);
    fclose(f);
    return n;
}

static void test_identity(void **state)
{
    (void)state;
    static table t;
    static char first[ROWS * COLUMNS * CELL * 3], second[sizeof first];
    for (int i = 0; i < TABLES; i++) {
        draw_table(&t);
        write_table(&t);
        cst_table *back = read_table(&t);
        compare(&t, back);
        cst_table_free(back);
        size_t n = read_bytes(first, sizeof first);
        assert_true(n < sizeof first);
        write_table(&t); /* other forks, same bytes */
        assert_int_equal(read_bytes(second, sizeof second), n);
        assert_memory_equal(first, second, n);
    }
}

/* Values that are no text come back as themselves. */
static void test_values(void **state)
{
    (void)state;
    enum { VALUES = 2000 };
    static cst_money money[VALUES];
    static cst_day day[VALUES];
    cst_error e = {0};
    cst_outputs *o;
    static const char delimiters[] = {',', '.', '-'};
    for (size_t d = 0; d < sizeof delimiters; d++) {
        table t = {.opts = {.delimiter = delimiters[d]}, .columns = 2, .name = {"money", "day"}};
        cst_writer *w = open_writer(&t, &o);
        for (size_t i = 0; i < VALUES; i++) {
            money[i] = (cst_money)((uint64_t)draw(UINT32_MAX) << 31 >> draw(62));
            if (draw(2)) money[i] = -money[i];
            day[i] = CST_DAY_MIN + (cst_day)draw(CST_DAY_MAX - CST_DAY_MIN + 1);
            cst_put_money(w, money[i]);
            cst_put_day(w, day[i]);
            assert_int_equal(cst_end_row(w, &e), CST_OK);
        }
        close_writer(w, o);
        cst_table *back = read_table(&t);
        assert_int_equal(cst_table_rows(back), VALUES);
        for (size_t i = 0; i < VALUES; i++) {
            cst_money m;
            cst_day read;
            assert_int_equal(cst_table_money(back, i, 0, &m, &e), CST_OK);
            assert_int_equal(cst_table_day(back, i, 1, &read, &e), CST_OK);
            assert_true(m == money[i] && read == day[i]);
        }
        cst_table_free(back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests_name("roundtrip", tests, make_file, drop_file);
}
