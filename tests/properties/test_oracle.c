/* libcsv as the oracle of the scanner. On every string of up to EVERY_LENGTH bytes over  a , " LF CR
 * blank  both must accept the same and give the same records, laid across an edge between two blocks
 * of 64 bytes; both lanes, and the byte-by-byte walk. Expected differences are left out by rule: a CR
 * that does not precede LF. Then, on shorter strings, the whole reader with every block size and lane
 * against the same oracle. */
#include "../unit/stream_kit.h"

#include <csv.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { EVERY_LENGTH = 7, READER_LENGTH = 5 }; /* sanitizers are an order slower */
#else
enum { EVERY_LENGTH = 8, READER_LENGTH = 6 };
#endif

static const char alphabet[] = "a,\"\n\r ";
enum { LETTERS = 6 };

/* Records as text: fields end with 1, records with 2. */
typedef struct listing {
    char text[64];
    size_t n;
} listing;

static void put(listing *l, const char *p, size_t n, char end)
{
    assert_true(l->n + n + 1 < sizeof l->text);
    if (n) memcpy(l->text + l->n, p, n);
    l->n += n;
    l->text[l->n++] = end;
}

static void oracle_field(void *p, size_t n, void *context)
{
    put(context, p, n, 1);
}

static void oracle_end(int terminator, void *context)
{
    (void)terminator;
    put(context, NULL, 0, 2);
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* The records up to an error; whether there was none. A parser that has met an error stays in it: a
 * new one each. */
static bool ask_oracle(const char *s, size_t n, listing *l)
{
    struct csv_parser p;
    l->n = 0;
    assert_int_equal(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI), 0);
    csv_set_space_func(&p, no_space);
    bool good = csv_parse(&p, s, n, oracle_field, oracle_end, l) == n;
    good = good && csv_fini(&p, oracle_field, oracle_end, l) == 0;
    csv_free(&p);
    while (!good && l->n && l->text[l->n - 1] != 2) l->n--; /* the fields of the bad record */
    return good;
}

/* The field's bytes, quotes undone, as the header of batch.c says. */
static void put_field(listing *l, const char *p, size_t n)
{
    char undone[16];
    size_t k = 0;
    if (n == 0 || p[0] != '"') {
        put(l, p, n, 1);
        return;
    }
    for (size_t i = 1; i + 1 < n; i++) {
        undone[k++] = p[i];
        if (p[i] == '"') i++;
    }
    put(l, undone, k, 1);
}

/* From the scanner's offsets to the listing; the record that is not over is closed at n. */
static void list_offsets(const char *text, size_t from, size_t n, const uint32_t *ends, size_t count,
                         listing *l)
{
    size_t first = 0, at = from;
    l->n = 0;
    for (size_t i = 0; i <= count; i++) {
        size_t end = i < count ? ends[i] : n;
        if (i < count && text[end] != '\n') continue;
        if (i == count && at == n && first == count) break;
        size_t last = i < count && end > at && text[end - 1] == '\r' ? end - 1 : end;
        if (last > at || i > first) {
            size_t begin = at;
            for (size_t j = first; j <= i; j++) {
                size_t stop = j == i ? last : ends[j];
                put_field(l, text + begin, stop - begin);
                begin = stop + 1;
            }
            put(l, NULL, 0, 2);
        }
        at = end + 1;
        first = i + 1;
    }
}

/* A text whose first line fills a block up to `before` bytes from its edge, then s. */
static size_t lay(char *text, size_t before, const char *s, size_t n)
{
    size_t lead = 64 - before;
    memset(text, 'x', lead);
    text[lead - 1] = '\n';
    memcpy(text + lead, s, n);
    return lead;
}

static bool lone_cr(const char *s, size_t n)
{
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') inside = !inside;
        if (s[i] == '\r' && !inside && (i + 1 == n || s[i + 1] != '\n')) return true;
    }
    return false;
}

static bool scan_accepts(const cst_scanner *lane, const char *text, size_t lead, size_t n, listing *l)
{
    static const cst_scan_rules rules = {',', true};
    uint32_t ends[256];
    cst_scan s = {.before = 1, .ends = ends, .room = 256};
    enum cst_scan_stop stop = lane->scan(&rules, text, lead + n, &s);
    assert_int_not_equal(stop, CST_SCAN_FULL);
    if (stop == CST_SCAN_BAD || cst_scan_open(&s)) return false;
    assert_true(s.n > 0 && ends[0] == lead - 1);
    list_offsets(text, lead, lead + n, ends + 1, s.n - 1, l);
    return true;
}

static bool walk_accepts(const char *text, size_t lead, size_t n, listing *l)
{
    static const cst_scan_rules rules = {',', true};
    uint32_t room[64];
    l->n = 0;
    for (size_t at = lead; at < lead + n;) {
        cst_offsets ends = {room, 0, 64};
        cst_record_walk w;
        if (cst_walk_record(&rules, text, at, lead + n, true, &ends, &w) != CST_WALKED_RECORD || w.fault)
            return false;
        for (size_t i = 0, begin = at; i < ends.n && w.end > at; i++) {
            size_t stop = i + 1 == ends.n ? w.end : ends.v[i];
            put_field(l, text + begin, stop - begin);
            begin = stop + 1;
        }
        if (w.end > at) put(l, NULL, 0, 2);
        at = w.next;
    }
    return true;
}

static void spell(uint64_t number, size_t n, char *s)
{
    for (size_t i = 0; i < n; i++, number /= LETTERS) s[i] = alphabet[number % LETTERS];
}

static uint64_t strings_of(size_t n)
{
    uint64_t count = 1;
    while (n--) count *= LETTERS;
    return count;
}

static void same_listing(const listing *a, const listing *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->text, b->text, a->n);
}

static void test_every_string(void **state)
{
    (void)state;
    uint64_t accepted = 0, refused = 0;
    const cst_scanner *lanes[] = {&cst_scanner_portable, cst_scanner_of(CST_LANE_BEST)};
    for (size_t n = 0; n <= EVERY_LENGTH; n++) {
        for (uint64_t number = 0; number < strings_of(n); number++) {
            char s[16], text[96];
            listing right, l;
            spell(number, n, s);
            if (lone_cr(s, n)) continue;
            bool good = ask_oracle(s, n, &right);
            size_t lead = lay(text, 0, s, n);
            assert_int_equal(walk_accepts(text, lead, n, &l), good);
            if (good) same_listing(&right, &l);
            for (size_t before = 0; before <= n; before++) {
                lead = lay(text, before, s, n);
                for (int lane = 0; lane < 2; lane++) {
                    assert_int_equal(scan_accepts(lanes[lane], text, lead, n, &l), good);
                    if (good) same_listing(&right, &l);
                }
            }
            accepted += good;
            refused += !good;
        }
    }
    assert_true(accepted > strings_of(EVERY_LENGTH) / 50 && refused > strings_of(EVERY_LENGTH) / 50);
}

/* A CR that does not precede LF is refused, whatever libcsv says. */
static void test_lone_cr(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t n = 1; n <= READER_LENGTH; n++) {
        for (uint64_t number = 0; number < strings_of(n); number++) {
            char s[16], text[96];
            listing l;
            spell(number, n, s);
            if (!lone_cr(s, n)) continue;
            size_t lead = lay(text, number % 9, s, n);
            seen++;
            assert_false(walk_accepts(text, lead, n, &l));
            assert_false(scan_accepts(&cst_scanner_portable, text, lead, n, &l));
            assert_false(scan_accepts(cst_scanner_of(CST_LANE_BEST), text, lead, n, &l));
        }
    }
    assert_true(seen > 100);
}

/* What the whole reader must give for a table of two columns: the oracle's records up to the first
 * that is bad. */
static bool expect_rows(const listing *right, bool good, cst_buffer *rows)
{
    for (size_t at = 0; at < right->n;) {
        size_t fields = 0, end = at;
        for (; right->text[end] != 2; end++) fields += right->text[end] == 1;
        if (fields != 2) return false;
        for (; right->text[at] != 2; at++) {
            if (at == 0 || right->text[at - 1] <= 2) cst_buffer_add_char(rows, '[');
            cst_buffer_add_char(rows, right->text[at] == 1 ? ']' : right->text[at]);
        }
        cst_buffer_add_char(rows, '\n');
        at++;
    }
    return good;
}

static void check_reader(const char *s, size_t n, const cst_buffer *rows, bool good)
{
    static const uint32_t block[] = {1, 3, 8, 0};
    char text[64] = "h,i\n";
    memcpy(text + 4, s, n);
    char *first = NULL;
    for (int i = 0; i < 8; i++) {
        kit k = {.opts = {.block = block[i / 2], .lane = i % 2 ? CST_LANE_BEST : CST_LANE_PORTABLE},
                 .threads = 0};
        char *out = kit_read(&k, text, n + 4), *body = strchr(out, '\n') + 1;
        assert_memory_equal(body, rows->p ? rows->p : "", rows->n);
        assert_int_equal(strstr(body + rows->n, " rows, ") != NULL, good);
        if (first) assert_string_equal(out, first);
        if (first)
            free(out);
        else
            first = out;
    }
    free(first);
}

static void test_whole_reader(void **state)
{
    (void)state;
    for (size_t n = 0; n <= READER_LENGTH; n++) {
        for (uint64_t number = 0; number < strings_of(n); number++) {
            char s[16];
            listing right;
            cst_buffer rows = {0};
            spell(number, n, s);
            if (lone_cr(s, n)) continue;
            bool good = ask_oracle(s, n, &right);
            good = expect_rows(&right, good, &rows);
            check_reader(s, n, &rows, good);
            cst_buffer_free(&rows);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_string),
        cmocka_unit_test(test_lone_cr),
        cmocka_unit_test(test_whole_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
