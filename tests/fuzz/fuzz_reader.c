/* The whole reader against itself and libcsv: whatever the block, the lane and the size of a read, the
 * same records, places, totals and message; and the records of a table that is sound are those libcsv
 * gives. The first two bytes choose block and read size. */
#include "fuzz.h"

#include "../unit/stream_kit.h"

#include <csv.h>

typedef struct oracle {
    cst_buffer rows; /* as stream_kit writes them: [field][field] LF */
    uint32_t fields, width, records;
    bool ragged;
} oracle;

static void oracle_field(void *p, size_t n, void *context)
{
    oracle *o = context;
    o->fields++;
    if (o->records) cst_buffer_printf(&o->rows, "[%.*s]", (int)n, p ? (char *)p : "");
}

static void oracle_record(int terminator, void *context)
{
    oracle *o = context;
    (void)terminator;
    if (o->records++ == 0) o->width = o->fields;
    o->ragged |= o->fields != o->width;
    if (o->records > 1) cst_buffer_add_char(&o->rows, '\n');
    o->fields = 0;
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* The rows of a text that strict reading took, in the order of the header; NULL rows where libcsv sees it
 * otherwise. */
static bool ask_libcsv(const char *p, size_t n, oracle *o)
{
    struct csv_parser parser;
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) p += 3, n -= 3;
    fuzz_require(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0, "csv_init");
    csv_set_space_func(&parser, no_space);
    bool good = csv_parse(&parser, p, n, oracle_field, oracle_record, o) == n &&
                csv_fini(&parser, oracle_field, oracle_record, o) == 0;
    csv_free(&parser);
    return good && !o->ragged;
}

/* Every column bound to a slot of its own: stream_kit leaves out a repeated name, and names of no bytes. */
static bool all_bound(const char *out, uint32_t width)
{
    uint32_t names = 0;
    const char *p = out;
    for (; *p != '\n'; p++) names += *p == '(';
    if (p[1] != '[') return false;
    uint32_t fields = 0;
    for (p++; *p != '\n'; p++) fields += *p == '[';
    return names == width && fields == width;
}

static void check_oracle(const char *text, size_t n, const char *plain)
{
    oracle o = {0};
    fuzz_require(ask_libcsv(text, n, &o), "libcsv takes what the reader takes");
    const char *body = strchr(plain, '\n') + 1;
    bool simple = memchr(text, '[', n) == NULL && memchr(text, '(', n) == NULL;
    uint32_t header_lines = 0;
    for (const char *p = plain; p < body; p++) header_lines += *p == '\n';
    if (simple && header_lines == 1 && o.width > 0 && all_bound(plain, o.width)) {
        fuzz_require(strncmp(body, cst_buffer_string(&o.rows), o.rows.n) == 0, "the records are libcsv's");
        char want[32];
        snprintf(want, sizeof want, "%u rows, ", o.records - 1);
        fuzz_require(strncmp(body + o.rows.n, want, strlen(want)) == 0, "and there are as many");
    }
    cst_buffer_free(&o.rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t block = (uint32_t)fuzz_take(&data, &size, 1);
    size_t chunk = (size_t)fuzz_take(&data, &size, 1);
    if (size == 0 || size > 1500) return 0;
    char *text = fuzz_copy(data, size);
    kit whole = {.opts = {.block = 4096, .lane = CST_LANE_BEST}, .places = true};
    kit parts = {
        .opts = {.block = 1 + block % 130, .lane = CST_LANE_PORTABLE}, .chunk = chunk, .places = true};
    char *a = kit_read(&whole, text, size), *b = kit_read(&parts, text, size);
    fuzz_require(strcmp(a, b) == 0, "the same for every block, lane and size of a read");
    free(b);
    whole.places = false;
    b = kit_read(&whole, text, size);
    const char *end = strrchr(b, '\n');
    if (strstr(end ? end : b, " rejected, ") && strstr(end ? end : b, " mended, "))
        check_oracle(text, size, b);
    free(a);
    free(b);
    free(text);
    return 0;
}
