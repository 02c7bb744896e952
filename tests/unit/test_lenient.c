/* Leniency: what is mended and how, what is never forgiven, and that nothing crosses a line end. */
#include "stream_kit.h"

/* `text` read leniently with rejects kept, for several blocks, lanes and threads. */
static void expect(char delimiter, const char *text, const char *right)
{
    static const uint32_t blocks[] = {0, 1, 5, 64};
    for (int i = 0; i < 16; i++) {
        kit k = {.opts = {.lenient = true, .keep_rejects = true, .max_rejects = 9, .delimiter = delimiter}};
        k.opts.block = blocks[i / 4];
        k.opts.lane = i % 2 ? CST_LANE_BEST : CST_LANE_PORTABLE;
        k.threads = i % 4;
        char *out = kit_read_string(&k, text), *reason;
        /* the reasons are held by test_reader; here it is what is rejected that counts */
        while ((reason = strstr(out, " {} ")))
            memmove(reason, strchr(reason, '\n'), strlen(strchr(reason, '\n')) + 1);
        assert_string_equal(out, right);
        free(out);
    }
}

static void test_quotes(void **state)
{
    (void)state;
    expect(0, "a,b\n1,x\"y\"\n2,z\n",
           "(a)(b)\n[1][x\"y\"]\n[2][z]\n2 rows, 0 rejected, 0 blank, 1 mended, 15 bytes");
    expect(0, "a,b\n\"1\"x,2\n",
           "(a)(b)\nreject 2:4 \"1\"x,2\n1 rows, 1 rejected, 0 blank, 0 mended, 11 bytes");
    expect(0, "a,b\n1, \"x,y\" \n", "(a)(b)\n[1][x,y]\n1 rows, 0 rejected, 0 blank, 1 mended, 14 bytes");
    expect(0, "a,b\r\n3\",4\r\n5,6\r\n",
           "(a)(b)\n[3\"][4]\n[5][6]\n2 rows, 0 rejected, 0 blank, 1 mended, 16 bytes");
    expect(';', "a;b\n1;5,0\"\n", "(a)(b)\n[1][5,0\"]\n1 rows, 0 rejected, 0 blank, 1 mended, 11 bytes");
}

static void test_width(void **state)
{
    (void)state;
    expect(0, "a,b,c\n1\n2,3\n4,5,6,,\"\"\n7,8,9,x\n",
           "(a)(b)(c)\n[1][][]\n[2][3][]\n[4][5][6]\nreject 5:1 7,8,9,x\n4 rows, 1 rejected, 0 blank, 3 "
           "mended, 30 bytes");
    expect(0, "a,b,c\n\"x\ny\"\n\"p\"\"q\",\r\n",
           "(a)(b)(c)\n[x\ny][][]\n[p\"q][][]\n2 rows, 0 rejected, 0 blank, 2 mended, 21 bytes");
    expect(
        0, "a,b\n1,x\"y,z\n2,x\"y,,\n3\"\n",
        "(a)(b)\n[2][x\"y]\n[3\"][]\nreject 2:4 1,x\"y,z\n3 rows, 1 rejected, 0 blank, 2 mended, 23 bytes");
}

/* A quote that is never closed costs its own line; nothing after it is swallowed. */
static void test_nothing_swallowed(void **state)
{
    (void)state;
    expect(0, "a,b\n1,\"x\n2,y\n3,z\n",
           "(a)(b)\n[2][y]\n[3][z]\nreject 2:3 1,\"x\n3 rows, 1 rejected, 0 blank, 0 mended, 17 bytes");
    expect(0, "a,b\n1,\"a\"b\n2,\"c\"\n",
           "(a)(b)\n[2][c]\nreject 2:6 1,\"a\"b\n2 rows, 1 rejected, 0 blank, 0 mended, 17 bytes");
    expect(0, "a,b\n\"x,1\ny\"z,2\n3,4\n",
           "(a)(b)\n[y\"z][2]\n[3][4]\nreject 3:3 \"x,1\n3 rows, 1 rejected, 0 blank, 1 mended, 19 bytes");
}

static void test_never_forgiven(void **state)
{
    (void)state;
    expect(0, "a,b\n1,x\ry\n2,z\n",
           "(a)(b)\n[2][z]\nreject 2:4 1,x\ry\n2 rows, 1 rejected, 0 blank, 0 mended, 14 bytes");
    expect(0, "a,b\n1\"\r,2\n",
           "(a)(b)\nreject 2:2 1\"\r,2\n1 rows, 1 rejected, 0 blank, 0 mended, 10 bytes");
    expect(0, "a,b\n1\",\xff\n",
           "(a)(b)\nreject 2:2 1\",\xff\n1 rows, 1 rejected, 0 blank, 0 mended, 9 bytes");
    expect(0, "a\n1\n\n", "(a)\n[1]\nreject 3:1 \n2 rows, 1 rejected, 0 blank, 0 mended, 5 bytes");
    kit k = {.opts = {.lenient = true}};
    char *out = kit_read(&k, "a,b\n1\",\0\n3,4\n", 13);
    assert_non_null(strstr(out, "t.csv:2:2: expected a quote only as the first byte"));
    free(out);
}

/* The record and the place of a mended row are those in the file. */
static void test_places(void **state)
{
    (void)state;
    for (uint32_t block = 0; block < 40; block += 13) {
        kit k = {.opts = {.lenient = true, .block = block}, .places = true};
        char *out = kit_read_string(&k, "a,b\n1,2\n\n3,x\"\n\"4\n\"\n5,6\n");
        assert_string_equal(
            out, "(a)(b)\n[1]@2:1[2]@2:3#2<1,2>\n[3]@4:1[x\"]@4:1#4<3,x\">\n[4\n]@5:1[]@5:1#5<\"4\n\">\n"
                 "[5]@7:1[6]@7:3#7<5,6>\n4 rows, 0 rejected, 1 blank, 2 mended, 23 bytes");
        free(out);
    }
}

/* Many short rows of a wide table: the batch ends before the mended rows outgrow memory. */
static void test_wide(void **state)
{
    (void)state;
    enum { COLUMNS = 60000, ROWS = 400 };
    cst_buffer text = {0};
    for (int i = 0; i < COLUMNS; i++) cst_buffer_printf(&text, "%sc%d", i ? "," : "", i);
    cst_buffer_add_char(&text, '\n');
    for (int i = 0; i < ROWS; i++) cst_buffer_printf(&text, "%d\n", i);
    const char *name = "wide.csv";
    cst_source *source = NULL;
    cst_reader *r = NULL;
    cst_batch *b;
    cst_error e;
    int slot, last;
    int64_t rows = 0, batches = 0, value;
    const cst_read_opts o = {.lenient = true};
    assert_int_equal(cst_source_memory((cst_text){text.p, (uint32_t)text.n}, name, 0, &source, &e), CST_OK);
    assert_int_equal(cst_reader_open_sources(&source, &name, 1, &o, true, &r, &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "c0", CST_REQUIRED, &slot, &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "c59999", CST_REQUIRED, &last, &e), CST_OK);
    while (cst_reader_next(r, &b, &e) == CST_OK) {
        batches++;
        for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
            assert_int_equal(cst_int_at(b, row, slot, &value, &e), CST_OK);
            assert_int_equal(value, rows++);
            assert_int_equal(cst_text_at(b, row, last).n, 0);
            assert_int_equal(cst_line_at(b, row), rows + 1);
        }
        cst_batch_done(b);
    }
    assert_int_equal(rows, ROWS);
    assert_true(batches > 1);
    assert_int_equal(cst_reader_totals(r, 0).mended, ROWS);
    cst_reader_free(r);
    cst_buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_nothing_swallowed),
        cmocka_unit_test(test_never_forgiven),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
