/* The scanner's two lanes against each other and against the walk, on random texts of many lengths;
 * counting, cutting and UTF-8 against plain loops. */
#include "stream_kit.h"

#include "read/utf8.h"

static uint64_t seed = 1;

static uint32_t draw(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

/* Fields and separators in turn from p[from] on; every second text also has what is not allowed. */
static size_t make_text(char *p, size_t from, size_t n)
{
    static const char *const field[] = {
        "",        "a",        "bc",           "long field ",      "\"\"",         "\"x\"\"y\"",
        "\"a,b\"", "\"\n\r\"", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\"\xc3\xa9\"", "1"};
    static const char *const bad[] = {"\"", "\r", "\xff", "\xc3", "\xe2\x82", "x\"", "\"x", "\xed\xa0\x80"};
    static const char *const end[] = {",", ",", ",", "\n", "\n", "\r\n"};
    size_t at = from;
    bool clean = draw(2);
    memset(p, 'x', from);
    while (at + 32 < n) {
        const char *s = field[draw(sizeof field / sizeof *field)];
        if (!clean && draw(40) == 0) s = bad[draw(sizeof bad / sizeof *bad)];
        at = (size_t)(stpcpy(p + at, s) - p);
        if (!clean && draw(200) == 0) p[at++] = '\0';
        at = (size_t)(stpcpy(p + at, end[draw(sizeof end / sizeof *end)]) - p);
    }
    return at;
}

static void test_lanes_agree(void **state)
{
    (void)state;
    static char text[1024];
    static uint32_t a[1200], b[1200];
    const cst_scanner *best = cst_scanner_of(CST_LANE_BEST);
    uint32_t clean = 0;
    for (int round = 0; round < 60000; round++) {
        const cst_scan_rules rules = {',', draw(4) != 0};
        size_t from = draw(70), n = make_text(text, from, from + 32 + draw(600));
        cst_scan s = {.at = from, .before = 1, .ends = a, .room = 1200}, t = s;
        t.ends = b;
        enum cst_scan_stop stop = cst_scanner_portable.scan(&rules, text, n, &s);
        assert_int_equal(best->scan(&rules, text, n, &t), stop);
        assert_int_equal(s.at, t.at);
        assert_int_equal(s.n, t.n);
        assert_memory_equal(a, b, s.n * sizeof *a);
        if (stop == CST_SCAN_BAD) continue;
        assert_int_equal(s.at, n);
        assert_int_equal(cst_scan_open(&s), cst_scan_open(&t));
        assert_int_equal(s.inside != 0, t.inside != 0);
        clean++;
    }
    assert_true(clean > 10000);
}

/* Clean exactly where the walk finds every record good; and the same offsets. */
static void test_scan_is_walk(void **state)
{
    (void)state;
    static char text[1024];
    static uint32_t a[1200];
    uint32_t good = 0, bad = 0;
    for (int round = 0; round < 60000; round++) {
        const cst_scan_rules rules = {',', draw(4) != 0};
        size_t n = make_text(text, 0, 32 + draw(600));
        cst_scan s = {.before = 1, .ends = a, .room = 1200};
        bool clean =
            cst_scanner_of(CST_LANE_BEST)->scan(&rules, text, n, &s) == CST_SCAN_DONE && !cst_scan_open(&s);
        bool sound = true;
        cst_offsets ends = {0};
        for (size_t at = 0; at < n && sound;) {
            cst_record_walk w;
            sound = cst_walk_record(&rules, text, at, n, true, &ends, &w) == CST_WALKED_RECORD && !w.fault;
            at = w.next;
        }
        assert_int_equal(clean, sound);
        if (clean && ends.n && ends.v[ends.n - 1] == n) ends.n--; /* the end that has no byte */
        if (clean) assert_int_equal(s.n, ends.n);
        if (clean && s.n) assert_memory_equal(a, ends.v, s.n * sizeof *a);
        free(ends.v);
        good += clean;
        bad += !clean;
    }
    assert_true(good > 5000 && bad > 5000);
}

/* A scan that is stopped for want of room, again and again, gives the same offsets. */
static void test_room(void **state)
{
    (void)state;
    static char text[1024];
    static uint32_t a[1200], b[1200];
    const cst_scan_rules rules = {',', false};
    for (int round = 0; round < 500; round++) {
        size_t n = make_text(text, 0, 900), stops = 0;
        for (size_t i = 0; i < n; i++)
            if (text[i] == '\0' || text[i] == '\r' || text[i] & 0x80) text[i] = ',';
        cst_scan s = {.before = 1, .ends = a, .room = 1200},
                 t = {.before = 1, .ends = b, .room = CST_SCAN_ROOM};
        assert_int_equal(cst_scanner_of(CST_LANE_BEST)->scan(&rules, text, n, &s), CST_SCAN_DONE);
        while (cst_scanner_of(CST_LANE_BEST)->scan(&rules, text, n, &t) == CST_SCAN_FULL) {
            t.room = t.n + CST_SCAN_ROOM;
            stops++;
        }
        assert_true(stops > 2);
        assert_int_equal(s.n, t.n);
        assert_memory_equal(a, b, s.n * sizeof *a);
    }
}

static void test_count_and_cut(void **state)
{
    (void)state;
    static char text[40000];
    for (int round = 0; round < 3000; round++) {
        size_t n = make_text(text, 0, 32 + draw(round < 20 ? 39900 : 500)), lines = 0, cut = 0, plain = 0;
        bool inside = false;
        for (size_t i = 0; i < n; i++) {
            if (text[i] == '"') inside = !inside;
            if (text[i] == '\n' && !inside) cut = i + 1;
            if (text[i] == '\n') plain = i + 1;
            lines += text[i] == '\n';
        }
        for (int lane = 0; lane < 2; lane++) {
            const cst_scanner *s = lane ? cst_scanner_of(CST_LANE_BEST) : &cst_scanner_portable;
            assert_int_equal(s->count(text, n, '\n'), lines);
            assert_int_equal(cst_scan_cut(s, &(cst_scan_rules){',', true}, text, n), cut);
            assert_int_equal(cst_scan_cut(s, &(cst_scan_rules){'\t', false}, text, n), plain);
        }
    }
}

/* Every code point there is, coded by hand, and every pair and triple of bytes at the edges of the table. */
static void test_utf8(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char p[4];
        int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        p[0] = (char)(n == 1 ? c : n == 2 ? 0xc0 | c >> 6 : n == 3 ? 0xe0 | c >> 12 : 0xf0 | c >> 18);
        for (int i = 1; i < n; i++) p[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
        bool valid = c < 0x110000 && (c < 0xd800 || c > 0xdfff), cut;
        assert_int_equal(cst_utf8_length(p, (size_t)n), valid ? n : 0);
        for (int k = 1; k < n && valid; k++) assert_int_equal(cst_utf8_length(p, (size_t)k), -1);
        assert_int_equal(cst_utf8_check(p, (size_t)n, &cut), valid ? n : 0);
        assert_false(cut);
    }
    static const char *const bad[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf",  "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80",
        "\xfe", "\xff", "\xc3(",    "\xe2\x82(", "\xf0\x9f\x98("};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(cst_utf8_length(bad[i], strlen(bad[i])), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lanes_agree), cmocka_unit_test(test_scan_is_walk),
        cmocka_unit_test(test_room),        cmocka_unit_test(test_count_and_cut),
        cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
