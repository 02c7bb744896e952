/* Leniency. A line that the grammar refuses for its quoting is offered alone to libcsv, which knows
 * the ways of spreadsheets; what it makes of it is written anew, well quoted, behind the batch's text,
 * and the row's offsets point there. A record of the wrong width gets empty fields at its end, or
 * loses empty ones. Nothing is ever taken across a line end that the grammar did not find. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "read/engine.h"
#include "read/utf8.h"

typedef struct collector {
    const cst_scan_rules *rules;
    cst_buffer text;  /* the record written anew */
    cst_offsets ends; /* of its fields, in `text` */
    size_t last;      /* the last field that is not empty, from 1 */
    size_t records;
    bool failed;
} collector;

static bool needs_quotes(const cst_scan_rules *rules, const char *p, size_t n)
{
    return memchr(p, '"', n) || memchr(p, rules->delimiter, n) || memchr(p, '\n', n) || memchr(p, '\r', n);
}

static void end_field(collector *c)
{
    if (!cst_offsets_add(&c->ends, (uint32_t)c->text.n)) c->failed = true;
    cst_buffer_add_char(&c->text, c->rules->delimiter);
}

static void take_field(void *p, size_t n, void *context)
{
    collector *c = context;
    const char *field = p;
    if (n > 0) c->last = c->ends.n + 1;
    if (n > 0 && needs_quotes(c->rules, field, n)) {
        cst_buffer_add_char(&c->text, '"');
        for (size_t i = 0; i < n; i++) {
            if (field[i] == '"') cst_buffer_add_char(&c->text, '"');
            cst_buffer_add_char(&c->text, field[i]);
        }
        cst_buffer_add_char(&c->text, '"');
    } else if (n > 0) {
        cst_buffer_add(&c->text, field, n);
    }
    end_field(c);
}

static void take_end(int terminator, void *context)
{
    (void)terminator;
    ((collector *)context)->records++;
}

/* The collected record becomes a row, if its width can be forgiven. */
static cst_status take_row(cst_batch *b, collector *c, size_t at, size_t n, uint32_t fields, bool *mended,
                           cst_error *e)
{
    if (c->last > b->width) return CST_OK;
    while (c->ends.n < b->width && !c->failed) end_field(c);
    size_t size = b->used + c->text.n;
    if (c->failed || c->text.failed || !cst_offsets_reserve(&b->ends, b->ends.n + b->width) ||
        !cst_grow(&b->mended, &b->mended_room, b->n_mended + 1, sizeof *b->mended) ||
        !cst_grow(&b->text, &b->room, size, 1) || !cst_offsets_add(&b->start, (uint32_t)b->used))
        return cst_no_memory(e);
    memcpy(b->text + b->used, c->text.p, c->text.n);
    for (size_t i = 0; i < b->width; i++) b->ends.v[b->ends.n++] = (uint32_t)b->used + c->ends.v[i];
    b->used = size;
    b->mended[b->n_mended++] = (cst_mended){b->rows++, at, n, fields};
    *mended = true;
    return CST_OK;
}

/* What is never forgiven: NUL, a CR, and bytes that are no UTF-8. */
static bool is_hopeless(const char *p, size_t n)
{
    bool cut = false;
    return n == 0 || memchr(p, '\0', n) || memchr(p, '\r', n) || cst_utf8_check(p, n, &cut) < n;
}

cst_status cst_lenient_line(cst_batch *b, size_t at, size_t n, bool *mended, cst_error *e)
{
    collector c = {.rules = &b->reader->file[b->file].rules};
    struct csv_parser parser;
    *mended = false;
    if (is_hopeless(b->text + at, n)) return CST_OK;
    if (csv_init(&parser, 0) != 0) return cst_no_memory(e);
    csv_set_delim(&parser, (unsigned char)c.rules->delimiter);
    bool good = csv_parse(&parser, b->text + at, n, take_field, take_end, &c) == n;
    csv_set_opts(&parser, CSV_STRICT | CSV_STRICT_FINI); /* now an end inside quotes is an error */
    good = good && csv_fini(&parser, take_field, take_end, &c) == 0;
    bool memory = csv_error(&parser) == CSV_ENOMEM || c.failed || c.text.failed;
    csv_free(&parser);
    cst_status status = CST_OK;
    if (memory)
        status = cst_no_memory(e);
    else if (good && c.records == 1)
        status = take_row(b, &c, at, n, 0, mended, e);
    cst_buffer_free(&c.text);
    free(c.ends.v);
    return status;
}

cst_status cst_lenient_width(cst_batch *b, size_t at, size_t n, const uint32_t *ends, size_t n_ends,
                             bool *mended, cst_error *e)
{
    collector c = {.rules = &b->reader->file[b->file].rules};
    *mended = false;
    size_t from = at;
    for (size_t i = 0; i < n_ends; i++) {
        size_t end = i + 1 == n_ends ? at + n : ends[i], size = end - from;
        const char *p = b->text + from;
        if (size && !(size == 2 && b->quoted && p[0] == '"')) c.last = i + 1;
        if (i < b->width) {
            cst_buffer_add(&c.text, p, size);
            end_field(&c);
        }
        from = end + 1;
    }
    cst_status status = take_row(b, &c, at, n, (uint32_t)n_ends, mended, e);
    cst_buffer_free(&c.text);
    free(c.ends.v);
    return status;
}
