/* Reading with --lenient and --rejects: no byte is lost. The records of the rows and of the rejects, laid
 * where their places say, cover the text and leave nothing uncovered but line ends; a text that strict
 * reading takes comes out as strictly; and block, lane and size of a read make no difference. The table
 * has three columns; the first two bytes choose block and read size. */
#include "fuzz.h"

#include "../unit/stream_kit.h"

static const char header[] = "a,b,c\n";

typedef struct cover {
    const char *text;
    size_t n;
    bool *seen;
    size_t rows, rejects, at; /* at: behind the last reject */
    cst_buffer aside;         /* the rejects: place, length and bytes of each */
} cover;

static size_t offset_of(const cover *c, uint64_t line)
{
    size_t at = 0;
    for (uint64_t i = 1; i < line; i++) {
        const char *lf = memchr(c->text + at, '\n', c->n - at);
        fuzz_require(lf != NULL, "a place is in the text");
        at = (size_t)(lf - c->text) + 1;
    }
    return at;
}

static void lay(cover *c, size_t at, cst_text record)
{
    fuzz_require(at + record.n <= c->n && memcmp(c->text + at, record.p, record.n) == 0,
                 "a record is at its place");
    for (size_t i = 0; i < record.n; i++) {
        fuzz_require(!c->seen[at + i], "no byte stands in two records");
        c->seen[at + i] = true;
    }
}

static cst_status take_reject(void *context, const cst_reject *r, cst_error *e)
{
    cover *c = context;
    (void)e;
    c->rejects++;
    fuzz_require(r->reason.n > 0 && r->record.n > 0, "a reject has a reason and bytes");
    cst_buffer_add(&c->aside, &r->place, sizeof r->place);
    cst_buffer_add(&c->aside, &r->record.n, sizeof r->record.n);
    cst_buffer_add(&c->aside, r->record.p, r->record.n);
    return CST_OK;
}

/* The rejects fill what the rows have left, in order. Their place is the byte to blame, which may lie
 * behind the line. */
static void lay_rejects(cover *c)
{
    for (size_t i = 0; i < c->aside.n;) {
        cst_place place;
        cst_text record;
        memcpy(&place, c->aside.p + i, sizeof place);
        memcpy(&record.n, c->aside.p + i + sizeof place, sizeof record.n);
        record.p = c->aside.p + i + sizeof place + sizeof record.n;
        while (c->at < c->n && (c->seen[c->at] || c->text[c->at] == '\n' ||
                                (c->text[c->at] == '\r' && c->at + 1 < c->n && c->text[c->at + 1] == '\n')))
            c->at++;
        fuzz_require(offset_of(c, place.line) + place.column - 1 >= c->at,
                     "the fault is not before the record");
        lay(c, c->at, record);
        i += sizeof place + sizeof record.n + record.n;
    }
}

static cst_status read_batches(cst_reader *r, cover *c, cst_error *e)
{
    cst_batch *b;
    cst_status status;
    while ((status = cst_reader_next(r, &b, e)) == CST_OK) {
        for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
            lay(c, offset_of(c, cst_line_at(b, row)), cst_record_at(b, row));
            for (int slot = 0; slot < 3; slot++) cst_text_at(b, row, slot);
            c->rows++;
        }
        cst_batch_done(b);
    }
    return status;
}

static void check_cover(const char *text, size_t n, const cst_read_opts *opts)
{
    cover c = {.text = text, .n = n, .seen = calloc(n, 1), .at = sizeof header - 1};
    const char *name = "t.csv";
    cst_source *source = NULL;
    cst_reader *r = NULL;
    cst_error e;
    fuzz_require(c.seen && cst_source_memory((cst_text){text, (uint32_t)n}, name, 0, &source, &e) == CST_OK &&
                     cst_reader_open_sources(&source, &name, 1, opts, true, &r, &e) == CST_OK,
                 "memory");
    for (int i = 0; i < 3; i++) {
        int slot;
        fuzz_require(cst_reader_bind(r, (const char *[]){"a", "b", "c"}[i], CST_REQUIRED, &slot, &e) ==
                         CST_OK,
                     "three columns");
    }
    cst_reader_on_reject(r, take_reject, &c);
    fuzz_require(read_batches(r, &c, &e) == CST_END, "lenient reading with rejects never fails");
    lay_rejects(&c);
    cst_read_totals t = cst_reader_totals(r, 0);
    fuzz_require(t.records == c.rows + c.rejects && t.rejected == c.rejects,
                 "rows in = rows used + rejected");
    for (size_t i = sizeof header - 1; i < n; i++)
        fuzz_require(c.seen[i] || text[i] == '\n' || text[i] == '\r', "no byte is lost");
    cst_reader_free(r);
    free(c.seen);
    cst_buffer_free(&c.aside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t block = (uint32_t)fuzz_take(&data, &size, 1);
    size_t chunk = (size_t)fuzz_take(&data, &size, 1);
    if (size > 1500) return 0;
    size_t n = size + sizeof header - 1;
    char *text = malloc(n);
    fuzz_require(text != NULL, "memory");
    memcpy(text, header, sizeof header - 1);
    if (size) memcpy(text + sizeof header - 1, data, size);
    const cst_read_opts opts = {
        .block = 4096, .lenient = true, .keep_rejects = true, .max_rejects = UINT64_MAX};
    check_cover(text, n, &opts);
    kit whole = {.opts = opts}, parts = {.opts = opts, .chunk = chunk}, strict = {.opts = {.block = 4096}};
    parts.opts.block = 1 + block % 130;
    parts.opts.lane = CST_LANE_PORTABLE;
    char *a = kit_read(&whole, text, n), *b = kit_read(&parts, text, n), *c = kit_read(&strict, text, n);
    fuzz_require(strcmp(a, b) == 0, "the same for every block, lane and size of a read");
    const char *end = strrchr(c, '\n');
    if (end && strstr(end, " rejected, ") && strstr(end, " mended, "))
        fuzz_require(strcmp(a, c) == 0, "what is sound is read as strictly");
    free(a);
    free(b);
    free(c);
    free(text);
    return 0;
}
