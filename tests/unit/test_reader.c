/* Conformance of the reader: rows, errors and places on texts built so that the right answer is known,
 * each read with both lanes, several block sizes and numbers of threads. Its name does not say
 * "thread" but it uses them: the cases are tiny; test_reader_threads.c has the big ones. */
#include <stdio.h>

#include "stream_kit.h"

static const uint32_t blocks[] = {0, 1, 2, 3, 7, 64, 65};
enum { BLOCKS = sizeof blocks / sizeof *blocks };

/* Reads in every way; all must give the same; the caller frees. */
static char *read_every_way(kit k, const char *text, size_t n)
{
    char *first = NULL;
    for (int i = 0; i < BLOCKS * 4; i++) {
        k.opts.block = blocks[i / 4];
        k.opts.lane = i % 2 ? CST_LANE_BEST : CST_LANE_PORTABLE;
        k.threads = i % 4 / 2 + (i % 8 == 7 ? 2 : 0);
        k.chunk = (size_t)(i % 3);
        char *out = kit_read(&k, text, n);
        if (!first) {
            first = out;
            continue;
        }
        assert_string_equal(out, first);
        free(out);
    }
    return first;
}

static void expect(kit k, const char *text, const char *right)
{
    char *out = read_every_way(k, text, strlen(text));
    assert_string_equal(out, right);
    free(out);
}

#define SEE ", or see --lenient and --rejects"

static void test_rows(void **state)
{
    (void)state;
    const kit k = {.places = true};
    expect(k, "a,b\n1,2\n3,4\n",
           "(a)(b)\n[1]@2:1[2]@2:3#2<1,2>\n[3]@3:1[4]@3:3#3<3,4>\n2 rows, 0 rejected, 0 blank, 0 mended, 12 "
           "bytes");
    expect(k, "a,b\r\n1,\r\n,4",
           "(a)(b)\n[1]@2:1[]@2:3#2<1,>\n[]@3:1[4]@3:2#3<,4>\n"
           "2 rows, 0 rejected, 0 blank, 0 mended, 11 bytes");
    expect(k, "a,b\n\"x\ny\",\"p\"\"q\"\n\"\",z\n",
           "(a)(b)\n[x\ny]@2:1[p\"q]@3:4#2<\"x\ny\",\"p\"\"q\">\n[]@4:1[z]@4:4#4<\"\",z>\n"
           "2 rows, 0 rejected, 0 blank, 0 mended, 22 bytes");
    expect(k,
           "\xef\xbb\xbf"
           "a\n7\n",
           "(a)\n[7]@2:1#2<7>\n1 rows, 0 rejected, 0 blank, 0 mended, 7 bytes");
    expect(k, "a,b\n", "(a)(b)\n0 rows, 0 rejected, 0 blank, 0 mended, 4 bytes");
    expect(k, "a,b", "(a)(b)\n0 rows, 0 rejected, 0 blank, 0 mended, 3 bytes");
    expect(k, "\n\r\na,b\n\n1,2\n\r\n\n",
           "(a)(b)\n[1]@5:1[2]@5:3#5<1,2>\n1 rows, 0 rejected, 5 blank, 0 mended, 15 bytes");
    expect(k, "a\n\"\"\n1\n",
           "(a)\n[]@2:1#2<\"\">\n[1]@3:1#3<1>\n2 rows, 0 rejected, 0 blank, 0 mended, 7 bytes");
    expect(k, " a , b\n 1 ,\" 2 \"\n",
           "( a )( b)\n[ 1 ]@2:1[ 2 ]@2:5#2< 1 ,\" 2 \">\n1 rows, 0 rejected, 0 blank, 0 mended, 17 bytes");
    expect(k, "\"a,1\",\"b\"\"\"\nx,y\n",
           "(a,1)(b\")\n[x]@2:1[y]@2:3#2<x,y>\n1 rows, 0 rejected, 0 blank, 0 mended, 16 bytes");
}

static void test_tsv(void **state)
{
    (void)state;
    const kit t = {.places = true, .opts = {.tsv = true}}, quoted = {.opts = {.delimiter = '\t'}};
    expect(t, "a\tb\n\"x\t\\n\n",
           "(a)(b)\n[\"x]@2:1[\\n]@2:4#2<\"x\t\\n>\n1 rows, 0 rejected, 0 blank, 0 mended, 10 bytes");
    expect(t, "a\n\n1\n", "(a)\n[]@2:1#2<>\n[1]@3:1#3<1>\n2 rows, 0 rejected, 0 blank, 0 mended, 5 bytes");
    expect(t, "a\tb\n\n1\t2\r\n",
           "(a)(b)\n[1]@3:1[2]@3:3#3<1\t2>\n1 rows, 0 rejected, 1 blank, 0 mended, 10 bytes");
    expect(quoted, "a\tb\n\"x\ty\"\t2\n",
           "(a)(b)\n[x\ty][2]\n1 rows, 0 rejected, 0 blank, 0 mended, 12 bytes");
    const kit by_name = {.name = "t.tab"}, packed = {.name = "t.tsv.gz"};
    expect(by_name, "a\tb\n1,5\t\"\n", "(a)(b)\n[1,5][\"]\n1 rows, 0 rejected, 0 blank, 0 mended, 10 bytes");
    expect(packed, "a\tb\n1\t\"\n", "(a)(b)\n[1][\"]\n1 rows, 0 rejected, 0 blank, 0 mended, 8 bytes");
    const kit semicolon = {.opts = {.delimiter = ';'}};
    expect(semicolon, "a;b\n1,5;\"2;3\"\n",
           "(a)(b)\n[1,5][2;3]\n1 rows, 0 rejected, 0 blank, 0 mended, 14 bytes");
}

static void test_errors(void **state)
{
    (void)state;
    const kit k = {0};
    expect(k, "",
           "\nt.csv: expected a header with the names of the columns, found an empty file; a table without "
           "rows is "
           "its header alone");
    expect(
        k, "\n\n",
        "\nt.csv: expected a header with the names of the columns, found only empty lines; a table without "
        "rows is its header alone");
    expect(k, "a,b\n1,2\n3\n4,5\n",
           "(a)(b)\n[1][2]\nt.csv:3:1: expected 2 fields as in the header, found 1; put a field "
           "that holds the delimiter in quotes" SEE);
    expect(k, "a,b\n1,2\n3,\"\n\n\",5\n",
           "(a)(b)\n[1][2]\nt.csv:3:1: expected 2 fields as in the header, found 3 (lines "
           "3-5); put a field that holds the delimiter in quotes" SEE);
    expect(k, "a,b\n1,2\n3,x\"y\"\n",
           "(a)(b)\n[1][2]\nt.csv:3:4: expected a quote only as the first byte of a field, found "
           "one inside a field; put the field in quotes and double the quotes in it" SEE);
    expect(k, "a,b\n\"1\nx\"y,2\n",
           "(a)(b)\nt.csv:3:3: expected a delimiter or a line end after the closing quote, found "
           "\"y\"; double the quotes inside a quoted field" SEE);
    expect(k, "a,b\n1,2\n3,\"x\n4,5\n",
           "(a)(b)\n[1][2]\nt.csv:3:3: expected a closing quote, found the end of the input; "
           "close the quote that opens here" SEE);
    expect(k, "a,b\n1,2\r",
           "(a)(b)\nt.csv:2:4: expected a line feed after the carriage return, found the end of the "
           "input; turn the line ends into line feeds, e.g. with: tr '\\r' '\\n'");
    expect(k, "a,b\r1,2\r",
           "\nt.csv:1:4: expected a line feed after the carriage return, found something else; turn the "
           "line ends into line feeds, e.g. with: tr '\\r' '\\n'");
    expect(k, "a\n1\n\n2\n",
           "(a)\n[1]\nt.csv:3:1: expected a value, found an empty line; in a table of one column write a "
           "missing value as \"\"");
    expect(k, "a,b\n1,\xe9\n",
           "(a)(b)\nt.csv:2:3: expected UTF-8, found the byte 0xE9; convert the file, e.g. with: iconv "
           "-f WINDOWS-1252 -t UTF-8");
    expect(k, "a,b\n1,\xc3",
           "(a)(b)\nt.csv:2:3: expected UTF-8, found the byte 0xC3; convert the file, e.g. with: iconv "
           "-f WINDOWS-1252 -t UTF-8");
    expect(k,
           "\xff\xfe"
           "a",
           "\nt.csv: expected UTF-8, found UTF-16; convert it first, e.g. with: iconv -f UTF-16 -t UTF-8");
    char *out = read_every_way(k, "a,b\n1,\0\n", 8);
    assert_string_equal(
        out, "(a)(b)\nt.csv:2:3: expected text, found a NUL byte; take it out, e.g. with: tr -d '\\000'");
    free(out);
    out = read_every_way(k, "a\0b\0\n\0", 6);
    assert_string_equal(
        out, "\nt.csv: expected UTF-8, found UTF-16; convert it first, e.g. with: iconv -f UTF-16 -t UTF-8");
    free(out);
}

/* Fields by how they are written: what stands in the file, what it means. */
static const char *const written[][2] = {{"x", "x"},
                                         {"", ""},
                                         {"\"\"", ""},
                                         {"\"x y\"", "x y"},
                                         {"\"a\"\"b\"", "a\"b"},
                                         {"\"p,q\"", "p,q"},
                                         {"\"l\nm\"", "l\nm"},
                                         {"\"c\r\nd\"", "c\r\nd"},
                                         {"\xc3\xa9", "\xc3\xa9"},
                                         {"\"\xe2\x82\xac\"", "\xe2\x82\xac"}};
enum { WRITTEN = sizeof written / sizeof *written };
static const char *const header[] = {"h,i,j", "h,h,j", "h,,j"};
static const char *const bound[] = {"(h)(i)(j)", "(h)(j)", "(h)()(j)"};
enum ragged { EVEN, SHORT, LONG, NUL };

/* Every combination of field, line end, blank line, ragged row, NUL and header; the answer is made
 * beside the text. */
static void test_combinations(void **state)
{
    (void)state;
    for (int c = 0; c < WRITTEN * WRITTEN * 2 * 2 * 3 * 4 * 3; c++) {
        int x = c, f = x % WRITTEN, g = (x /= WRITTEN) % WRITTEN, crlf = (x /= WRITTEN) % 2,
            last = (x /= 2) % 2;
        int blank = (x /= 2) % 3, ragged = (x /= 3) % 4, head = (x /= 4) % 3;
        const char *eol = crlf ? "\r\n" : "\n", *gap = blank == 0 ? "" : blank == 1 ? "\n" : "\r\n";
        cst_buffer text = {0}, right = {0};
        cst_buffer_printf(&text, "%s%s%s", header[head], eol, gap);
        cst_buffer_printf(&text, "%s,%s,1%s%s", written[f][0], written[g][0], eol, gap);
        cst_buffer_printf(&right, "%s\n", bound[head]);
        const char *one[] = {written[f][1], written[g][1], "1"};
        for (int i = 0; i < 3; i++)
            if (head == 0 || i == 2 || (head == 2 && i == 0)) cst_buffer_printf(&right, "[%s]", one[i]);
        cst_buffer_add_char(&right, '\n');
        uint64_t line = 1;
        for (size_t i = 0; i < text.n; i++) line += text.p[i] == '\n';
        cst_buffer_printf(&text, "2,%s", written[f][0]);
        cst_buffer_add(&text, ",\0,7", ragged == NUL ? 2 : ragged == SHORT ? 0 : ragged == LONG ? 4 : 1);
        if (ragged == LONG) text.p[text.n - 3] = '8';
        if (!last) cst_buffer_add_string(&text, eol);
        if (ragged == EVEN && head == 0) cst_buffer_printf(&right, "[2][%s][]\n", written[f][1]);
        if (ragged == EVEN && head == 1) cst_buffer_printf(&right, "[]\n");
        if (ragged == EVEN && head == 2) cst_buffer_printf(&right, "[2][]\n");
        char place[64];
        snprintf(place, sizeof place, "t.csv:%llu:1: expected 3 fields", (unsigned long long)line);
        const char *end = ragged == EVEN ? "2 rows, " : ragged == NUL ? "expected text, found a NUL" : place;
        kit k = {
            .opts = {.block = blocks[c % BLOCKS], .lane = c / BLOCKS % 2 ? CST_LANE_BEST : CST_LANE_PORTABLE},
            .threads = c / 14 % 3};
        char *out = kit_read(&k, text.p, text.n);
        assert_true(strlen(out) > right.n);
        assert_memory_equal(out, right.p, right.n);
        if (ragged == NUL)
            assert_non_null(strstr(out + right.n, end));
        else
            assert_memory_equal(out + right.n, end, strlen(end));
        free(out);
        cst_buffer_free(&text);
        cst_buffer_free(&right);
    }
}

/* A text with everything in it, cut at every byte: each way of reading gives the same. */
static void test_cut_at_every_byte(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf"
                               "id,\"na\"\"me\",x\r\n1,\"a\r\nb\",\xe2\x82\xac\n\n2,\"\",\"\xc3\xa9,\"\r\n"
                               "3,bad\"quote,4\n5,6\n7,\"8\"x,9\n10,11,12\n\"unclosed,13,14\n";
    for (size_t n = 0; n < sizeof text; n++) {
        kit k = {.places = true};
        free(read_every_way(k, text, n));
        k.opts.keep_rejects = true;
        k.opts.max_rejects = 2;
        free(read_every_way(k, text, n));
        k.opts.lenient = true;
        free(read_every_way(k, text, n));
    }
}

/* The first bad record of the input is the one that is reported, wherever it stands. */
static void test_first_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"1,2,3\n", "1,\"x\n", "x\"y,2\n", "1,\xff\n", "a\rb,c\n"};
    for (int first = 0; first < 5; first++) {
        for (int second = 0; second < 5; second++) {
            for (int rows = 0; rows < 30; rows += 3) {
                cst_buffer text = {0};
                cst_buffer_add_string(&text, "a,b\n");
                for (int i = 0; i < rows; i++) cst_buffer_printf(&text, "%d,y\n", i);
                cst_buffer_add_string(&text, bad[first]);
                for (int i = 0; i < rows; i++) cst_buffer_printf(&text, "%d,y\n", i);
                cst_buffer_add_string(&text, bad[second]);
                char *out = read_every_way((kit){0}, text.p, text.n), place[32],
                     *found = strstr(out, "t.csv:");
                /* an open quote is closed by the next one, or shows where the text is no UTF-8, or ends */
                bool later = first == 1 && second >= 1 && second <= 3;
                snprintf(place, sizeof place, "t.csv:%d:", later ? 2 * rows + 3 : rows + 2);
                assert_non_null(found);
                assert_memory_equal(found, place, strlen(place));
                free(out);
                cst_buffer_free(&text);
            }
        }
    }
}

static void test_rejects(void **state)
{
    (void)state;
    const kit k = {.opts = {.keep_rejects = true, .max_rejects = 100}};
    expect(k, "a,b\n1,2\n3\n\"4,\n5,6\n7,8\"\n\n9,10\n",
           "(a)(b)\n[1][2]\n[9][10]\n"
           "reject 3:1 3 {} expected 2 fields as in the header, found 1; put a field that holds the "
           "delimiter in quotes" SEE "\nreject 4:1 \"4,\n5,6\n7,8\" {} expected 2 fields as in the header, "
           "found 1 (lines 4-6); put a field that holds "
           "the delimiter in quotes" SEE "\n4 rows, 2 rejected, 1 blank, 0 mended, 29 bytes");
    expect(k, "a,b\n\"1\"x,2\n\"open,3\n4,5\n",
           "(a)(b)\n[4][5]\n"
           "reject 2:4 \"1\"x,2 {} expected a delimiter or a line end after the closing quote, found \"x\"; "
           "double the "
           "quotes inside a quoted field" SEE "\nreject 3:1 \"open,3 {} expected a closing quote, found the "
           "end of the input; close the quote that opens "
           "here" SEE "\n3 rows, 2 rejected, 0 blank, 0 mended, 23 bytes");
    const kit few = {.opts = {.keep_rejects = true, .max_rejects = 1}};
    expect(few, "a,b\n1\n2\n3,4\n",
           "(a)(b)\n[3][4]\n"
           "reject 2:1 1 {} expected 2 fields as in the header, found 1; put a field that holds the "
           "delimiter in quotes" SEE "\nreject 3:1 2 {} expected 2 fields as in the header, found 1; put a "
           "field that holds the delimiter in quotes" SEE
           "\nexpected at most 1 rejected rows, found 2 of 3; see the rejects for the reasons, or raise "
           "--max-rejects");
    const kit share = {.opts = {.keep_rejects = true, .max_rejects = UINT64_MAX, .max_reject_share = 0.5}};
    char *out = read_every_way(share, "a,b\n1\n2\n3,4\n", 12);
    assert_non_null(strstr(out, "expected at most 50% of the rows rejected, found 2 of 3;"));
    free(out);
    out = read_every_way(share, "a,b\n1\n3,4\n", 10);
    assert_non_null(strstr(out, "\n2 rows, 1 rejected, "));
    free(out);
}

static cst_status open_text(const char *text, const cst_read_opts *o, cst_reader **r, cst_error *e)
{
    static const char *name = "t.csv";
    cst_source *source = NULL;
    assert_int_equal(cst_source_memory((cst_text){text, (uint32_t)strlen(text)}, name, 0, &source, e),
                     CST_OK);
    return cst_reader_open_sources(&source, &name, 1, o, true, r, e);
}

static void expect_bind(const char *text, const char *hint, const char *column, const char *right)
{
    cst_reader *r;
    cst_error e;
    char message[2048];
    int slot;
    const cst_read_opts o = {.missing_hint = hint};
    assert_int_equal(open_text(text, &o, &r, &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, column, CST_REQUIRED, &slot, &e), CST_DATA);
    cst_error_format(&e, message, sizeof message);
    assert_string_equal(message, right);
    cst_reader_free(r);
}

static void test_bind(void **state)
{
    (void)state;
    cst_reader *r;
    cst_error e;
    int a, b, again, none = 7;
    const cst_read_opts o = {0};
    assert_int_equal(open_text("a,b,a\n1,2,3\n", &o, &r, &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "b", CST_REQUIRED, &b, &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "b", CST_OPTIONAL, &again, &e), CST_OK);
    assert_int_equal(b, again);
    assert_int_equal(cst_reader_bind(r, "z", CST_OPTIONAL, &none, &e), CST_OK);
    assert_int_equal(none, -1);
    assert_int_equal(cst_reader_bind(r, "a", CST_OPTIONAL, &a, &e), CST_DATA);
    assert_int_equal(cst_reader_columns(r), 2);
    assert_true(cst_reader_has(r, "a") && !cst_reader_has(r, "c"));
    cst_batch *batch;
    assert_int_equal(cst_reader_next(r, &batch, &e), CST_OK);
    assert_int_equal(cst_text_at(batch, 0, none).n, 0);
    assert_int_equal(cst_text_at(batch, 0, b).p[0], '2');
    cst_batch_done(batch);
    assert_int_equal(cst_reader_next(r, &batch, &e), CST_END);
    cst_reader_free(r);
    expect_bind("acount,mrr\n", NULL, "account",
                "t.csv:1: expected a column \"account\", found acount, mrr; did you mean \"acount\"?");
    expect_bind("x,y\n", "wanted by the map stripe", "account",
                "t.csv:1: expected a column \"account\" (wanted by the map stripe), found x, y");
    expect_bind("a,b,a\n", NULL, "a",
                "t.csv:1:5: expected the column \"a\" once, found it as columns 1 and 3; rename one of them");
    expect_bind("a,,b\n", NULL, "",
                "t.csv:1:3: expected a name for every column that is used, found none for column 2; name it");
    expect_bind("a,,b,\n", NULL, "",
                "t.csv:1:6: expected the column \"\" once, found it as columns 2 and 4; rename one of them");
}

static void test_values(void **state)
{
    (void)state;
    cst_reader *r;
    cst_error e;
    cst_batch *b;
    int slot[5];
    const char *names[] = {"m", "d", "t", "n", "i"};
    char message[2048];
    const cst_read_opts o = {0};
    assert_int_equal(
        open_text(
            "m,d,t,n,i\n12.5,2024-02-29,2024-01-01T00:00:01Z,-1.5e3,42\n,,,,\n$1,2024-02-30,x,nan,\"4\n2\"\n"
            "0.1234567,,,,\n",
            &o, &r, &e),
        CST_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(cst_reader_bind(r, names[i], CST_REQUIRED, &slot[i], &e), CST_OK);
    assert_int_equal(cst_reader_next(r, &b, &e), CST_OK);
    cst_money m = 0;
    cst_day d = 0;
    cst_instant t = 0;
    double n = 0;
    int64_t i = 0;
    assert_int_equal(cst_money_at(b, 0, slot[0], &m, &e), CST_OK);
    assert_int_equal(cst_day_at(b, 0, slot[1], &d, &e), CST_OK);
    assert_int_equal(cst_instant_at(b, 0, slot[2], &t, &e), CST_OK);
    assert_int_equal(cst_number_at(b, 0, slot[3], &n, &e), CST_OK);
    assert_int_equal(cst_int_at(b, 0, slot[4], &i, &e), CST_OK);
    assert_true(m == 12500000 && d == 19782 && t == INT64_C(1704067201000000) && n == -1500 && i == 42);
    assert_int_equal(cst_money_at(b, 1, slot[0], &m, &e), CST_END);
    assert_int_equal(cst_day_at(b, 1, slot[1], &d, &e), CST_END);
    assert_int_equal(cst_instant_at(b, 1, slot[2], &t, &e), CST_END);
    assert_int_equal(cst_number_at(b, 1, slot[3], &n, &e), CST_END);
    assert_int_equal(cst_int_at(b, 1, slot[4], &i, &e), CST_END);
    assert_int_equal(cst_int_at(b, 1, -1, &i, &e), CST_END);
    assert_true(m == 12500000 && i == 42);
    assert_int_equal(cst_money_at(b, 2, slot[0], &m, &e), CST_DATA);
    cst_error_format(&e, message, sizeof message);
    assert_string_equal(
        message, "t.csv:4:1: m: expected an amount like 1234.50, found \"$1\"; leave out currency signs and "
                 "thousands separators");
    assert_int_equal(cst_day_at(b, 2, slot[1], &d, &e), CST_DATA);
    cst_error_format(&e, message, sizeof message);
    assert_string_equal(
        message, "t.csv:4:4: d: expected YYYY-MM-DD, found \"2024-02-30\"; write the date as ISO 8601 has "
                 "it, e.g. 2024-12-31");
    assert_int_equal(cst_instant_at(b, 2, slot[2], &t, &e), CST_DATA);
    assert_int_equal(cst_number_at(b, 2, slot[3], &n, &e), CST_DATA);
    assert_int_equal(cst_int_at(b, 2, slot[4], &i, &e), CST_DATA);
    cst_error_format(&e, message, sizeof message);
    assert_string_equal(
        message, "t.csv:4:21: i: expected a whole number, found \"4\\n2\"; leave the field empty where the "
                 "value is missing");
    assert_int_equal(cst_money_at(b, 3, slot[0], &m, &e), CST_OK);
    assert_int_equal(m, 123457);
    cst_batch_done(b);
    assert_int_equal(cst_reader_next(r, &b, &e), CST_END);
    assert_int_equal(cst_reader_totals(r, 0).rounded, 1);
    cst_reader_free(r);
}

/* Two inputs with their columns in another order, and one without a column. */
static void test_operands(void **state)
{
    (void)state;
    const char *name[] = {"p.csv", "q.tsv", "empty.csv"};
    const char *text[] = {"a,b\n1,2\n\n3,4", "b\ta\tc\n5\t6\t7\n", "c,b\n"};
    cst_source *source[3] = {0};
    cst_reader *r;
    cst_error e;
    const cst_read_opts o = {0};
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            cst_source_memory((cst_text){text[i], (uint32_t)strlen(text[i])}, name[i], 0, &source[i], &e),
            CST_OK);
    assert_int_equal(cst_reader_open_sources(source, name, 3, &o, true, &r, &e), CST_OK);
    kit_out out = {.places = true, .slots = 3};
    assert_int_equal(cst_reader_bind(r, "a", CST_REQUIRED, &out.slot[0], &e), CST_DATA);
    assert_string_equal(e.file, "empty.csv");
    assert_int_equal(cst_reader_bind(r, "a", CST_OPTIONAL, &out.slot[0], &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "b", CST_REQUIRED, &out.slot[1], &e), CST_OK);
    assert_int_equal(cst_reader_bind(r, "c", CST_OPTIONAL, &out.slot[2], &e), CST_OK);
    assert_int_equal(kit_read_all(&out, r, 2, &e), CST_OK);
    assert_string_equal(cst_buffer_string(&out.all),
                        "[1]@2:1[2]@2:3[]@2:1#2<1,2>\n[3]@4:1[4]@4:3[]@4:1#4<3,4>\n"
                        "[6]@2:3[5]@2:1[7]@2:5#2<5\t6\t7>\n");
    assert_int_equal(cst_reader_columns(r), 3);
    assert_int_equal(cst_reader_totals(r, SIZE_MAX).records, 3);
    assert_int_equal(cst_reader_totals(r, 0).blank_lines, 1);
    assert_int_equal(cst_reader_totals(r, 2).records, 0);
    assert_string_equal(cst_reader_file(r, 1), "q.tsv");
    assert_null(cst_reader_file(r, 3));
    cst_buffer_free(&out.all);
    cst_reader_free(r);
}

static void test_delimiters(void **state)
{
    (void)state;
    const char bad[] = "a0\"\r\n\xe9";
    for (size_t i = 0; bad[i]; i++) {
        kit k = {.opts = {.delimiter = bad[i]}};
        char *out = kit_read_string(&k, "x\n1\n");
        assert_non_null(strstr(out, "expected one ASCII character that is no letter"));
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_tsv),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_first_error),
        cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_bind),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_delimiters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
