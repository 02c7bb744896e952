/* Both lanes of the scanner and the walk against libcsv, record by record; the scan in two steps against
 * the scan in one. What libcsv does not know (NUL, UTF-8, a CR alone) is looked for here by itself. TSV
 * has no quoting: there the fields are split by hand. The first byte chooses the delimiter and where the
 * scan is cut in two. */
#include "base/buffer.h"
#include "fuzz.h"
#include "read/scan.h"
#include "read/walk.h"

#include <csv.h>

/* Records as text: fields end with NUL, which no field holds, records with NUL NUL. */
static void end_field(cst_buffer *list, const char *p, size_t n)
{
    if (n) cst_buffer_add(list, p, n);
    cst_buffer_add_char(list, '\0');
}

static void oracle_field(void *p, size_t n, void *context)
{
    end_field(context, p, n);
}

static void oracle_record(int terminator, void *context)
{
    (void)terminator;
    cst_buffer_add_char(context, '\0');
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static bool ask_libcsv(const cst_scan_rules *rules, const char *p, size_t n, cst_buffer *list)
{
    struct csv_parser parser;
    fuzz_require(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0, "csv_init");
    csv_set_space_func(&parser, no_space);
    csv_set_delim(&parser, (unsigned char)rules->delimiter);
    bool good = csv_parse(&parser, p, n, oracle_field, oracle_record, list) == n &&
                csv_fini(&parser, oracle_field, oracle_record, list) == 0;
    csv_free(&parser);
    return good;
}

/* One character of UTF-8 at p, its length; 0: it is none (Unicode 15, table 3-7, by its meaning). */
static size_t character(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80) return 1;
    size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc0 || p[0] > 0xf7 || n < length) return 0;
    uint32_t code = p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < least[length] || code > 0x10ffff || surrogate ? 0 : length;
}

static bool sound_bytes(const cst_scan_rules *rules, const char *p, size_t n)
{
    bool inside = false;
    for (size_t i = 0; i < n;) {
        size_t length = character((const unsigned char *)p + i, n - i);
        if (length == 0 || p[i] == '\0') return false;
        if (rules->quoted && p[i] == '"') inside = !inside;
        if (p[i] == '\r' && !inside && (i + 1 == n || p[i + 1] != '\n')) return false;
        i += length;
    }
    return true;
}

/* TSV: every delimiter and line end counts; lines of no bytes are no records. */
static void split_by_hand(const cst_scan_rules *rules, const char *p, size_t n, cst_buffer *list)
{
    for (size_t at = 0; at < n;) {
        const char *lf = memchr(p + at, '\n', n - at);
        size_t stop = lf ? (size_t)(lf - p) : n, next = stop + 1;
        if (lf && stop > at && p[stop - 1] == '\r') stop--;
        for (size_t from = at, i = at; stop > at && i <= stop; i++) {
            if (i < stop && p[i] != rules->delimiter) continue;
            end_field(list, p + from, i - from);
            from = i + 1;
        }
        if (stop > at) cst_buffer_add_char(list, '\0');
        at = next;
    }
}

static void put_raw(const cst_scan_rules *rules, cst_buffer *list, const char *p, size_t n)
{
    if (!rules->quoted || n == 0 || p[0] != '"') {
        end_field(list, p, n);
        return;
    }
    for (size_t i = 1; i + 1 < n; i++) {
        cst_buffer_add_char(list, p[i]);
        if (p[i] == '"') i++;
    }
    cst_buffer_add_char(list, '\0');
}

/* Fields that end at the scanner's offsets; the last one may end with the text. A line of no bytes is no
 * record. */
static void list_offsets(const cst_scan_rules *rules, const char *p, size_t n, const uint32_t *ends,
                         size_t count, cst_buffer *list)
{
    size_t at = 0;
    bool begun = false; /* the record has a field already */
    for (size_t i = 0; i < count || (i == count && (at < n || begun)); i++) {
        size_t end = i < count ? ends[i] : n, stop = end;
        bool last = i == count || p[end] == '\n';
        if (last && i < count && end > at && p[end - 1] == '\r') stop--;
        bool blank = last && !begun && stop == at;
        if (!blank) put_raw(rules, list, p + at, stop - at);
        if (last && !blank) cst_buffer_add_char(list, '\0');
        begun = !last;
        at = end + 1;
    }
}

static bool scan_whole(const cst_scanner *lane, const cst_scan_rules *rules, const char *p, size_t n,
                       size_t middle, cst_scan *s, uint32_t *room)
{
    *s = (cst_scan){.before = 1, .ends = room, .room = n + CST_SCAN_ROOM};
    if (middle < n && lane->scan(rules, p, middle, s) != CST_SCAN_DONE) return false;
    return lane->scan(rules, p, n, s) == CST_SCAN_DONE && !cst_scan_open(s);
}

static bool walk_whole(const cst_scan_rules *rules, const char *p, size_t n, cst_buffer *list)
{
    cst_offsets ends = {0};
    bool good = true;
    for (size_t at = 0; at < n && good;) {
        cst_record_walk w;
        ends.n = 0;
        good = cst_walk_record(rules, p, at, n, true, &ends, &w) == CST_WALKED_RECORD && !w.fault;
        if (!good) break;
        fuzz_require(w.next > at && w.next <= n && w.end <= w.next && ends.n > 0, "a walk goes on");
        for (size_t i = 0, begin = at; i < ends.n && w.end > at; i++) {
            size_t stop = i + 1 == ends.n ? w.end : ends.v[i];
            put_raw(rules, list, p + begin, stop - begin);
            begin = stop + 1;
        }
        if (w.end > at) cst_buffer_add_char(list, '\0');
        at = w.next;
    }
    free(ends.v);
    return good;
}

static void same(const cst_buffer *want, const cst_buffer *found, const char *what)
{
    fuzz_require(want->n == found->n && (want->n == 0 || memcmp(want->p, found->p, want->n) == 0), what);
}

static void check_lane(const cst_scanner *lane, const cst_scan_rules *rules, const char *p, size_t n,
                       size_t middle, const cst_buffer *want, bool good)
{
    uint32_t *room = malloc((n + CST_SCAN_ROOM) * sizeof *room);
    fuzz_require(room != NULL, "memory");
    cst_scan s;
    cst_buffer list = {0};
    fuzz_require(scan_whole(lane, rules, p, n, middle, &s, room) == good, "what the scanner takes");
    if (good) {
        list_offsets(rules, p, n, s.ends, s.n, &list);
        same(want, &list, "the scanner's records");
    }
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++) lines += p[i] == '\n';
    fuzz_require(lane->count(p, n, '\n') == lines, "the count of line ends");
    cst_buffer_free(&list);
    free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiter[] = {',', ';', '\t', '|', ','};
    unsigned choice = (unsigned)fuzz_take(&data, &size, 1);
    const cst_scan_rules rules = {delimiter[choice % 5], choice % 5 != 2};
    size_t middle = size ? choice / 5 % size : 0;
    char *p = fuzz_copy(data, size);
    cst_buffer want = {0}, walked = {0};
    bool good = sound_bytes(&rules, p, size);
    if (rules.quoted)
        good = good && ask_libcsv(&rules, p, size, &want);
    else
        split_by_hand(&rules, p, size, &want);
    fuzz_require(walk_whole(&rules, p, size, &walked) == good, "what the walk takes");
    if (good) same(&want, &walked, "the walk's records");
    for (int step = 0; step < 2; step++) {
        size_t cut = step ? middle : size;
        check_lane(&cst_scanner_portable, &rules, p, size, cut, &want, good);
        check_lane(cst_scanner_of(CST_LANE_BEST), &rules, p, size, cut, &want, good);
    }
    cst_buffer_free(&want);
    cst_buffer_free(&walked);
    free(p);
    return 0;
}
