/* From a block's bytes to records. The scanner's offsets are already the index where every record has
 * the header's width, which is seen by looking at every width-th offset alone: it must be a line end,
 * and there must be no others. Else (a blank line, a ragged record, a record set aside before) the
 * offsets are gone through record by record. Where the scanner refuses 64 bytes, the records from the
 * last good one on are walked byte by byte up to the bad one; if that is set aside or mended, the
 * scanner starts anew behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/engine.h"

enum {
    ENOUGH_OFFSETS = 1 << 23
}; /* mended rows may be wider than their bytes: a batch holds so many fields */

static const cst_scan_rules *rules_of(const cst_batch *b)
{
    return &b->reader->file[b->file].rules;
}

static uint64_t column_of(const cst_batch *b, size_t offset)
{
    const char *newline = offset ? memrchr(b->text, '\n', offset) : NULL;
    return offset - (newline ? (size_t)(newline - b->text) + 1 : 0) + 1;
}

cst_place cst_batch_place(const cst_batch *b, size_t offset)
{
    uint64_t line = b->first_line + b->reader->scanner->count(b->text, offset, '\n');
    return (cst_place){b->reader->file[b->file].name, line, column_of(b, offset)};
}

uint64_t cst_batch_seek_line(cst_batch *b, size_t offset)
{
    const cst_scanner *scanner = b->reader->scanner;
    if (offset >= b->line_at)
        b->line += scanner->count(b->text + b->line_at, offset - b->line_at, '\n');
    else
        b->line -= scanner->count(b->text + offset, b->line_at - offset, '\n');
    b->line_at = offset;
    return b->line;
}

cst_place cst_batch_seek(cst_batch *b, size_t offset)
{
    return (cst_place){b->reader->file[b->file].name, cst_batch_seek_line(b, offset), column_of(b, offset)};
}

/* A record that never becomes a row: set aside, or the end of the batch. */
static cst_status refuse_record(cst_batch *b, size_t at, size_t n, const cst_error *why, cst_error *e)
{
    if (b->reader->opts.keep_rejects && why->status != CST_MEMORY) {
        b->scan_aside++;
        return cst_batch_set_aside(b, at, n, why, e);
    }
    b->failure = *why;
    return CST_OK;
}

static cst_status bad_record(cst_batch *b, enum cst_fault fault, size_t blame, size_t at, size_t n,
                             cst_error *e)
{
    cst_error why;
    cst_fault_fail(fault, b->text, blame, b->n, cst_batch_seek(b, blame), b->reader->options, &why);
    return refuse_record(b, at, n, &why, e);
}

static cst_status bad_width(cst_batch *b, size_t at, size_t n, size_t fields, cst_error *e)
{
    cst_error why;
    char lines[64] = "";
    cst_place place = cst_batch_seek(b, at);
    uint64_t more = b->reader->scanner->count(b->text + at, n, '\n');
    if (more)
        snprintf(lines, sizeof lines, " (lines %llu-%llu)", (unsigned long long)place.line,
                 (unsigned long long)(place.line + more));
    cst_fail_at(
        &why, CST_DATA, place, NULL,
        "expected %u field%s as in the header, found %zu%s; put a field that holds the delimiter in quotes%s",
        b->width, b->width == 1 ? "" : "s", fields, lines,
        b->reader->options ? ", or see --lenient and --rejects" : "");
    return refuse_record(b, at, n, &why, e);
}

/* The values of a record, byte by byte. */
typedef struct value_walk {
    const char *at, *end;
    bool inside; /* quotes */
} value_walk;

enum { WALK_FIELD = 256, WALK_END };

static void begin_field(value_walk *w)
{
    w->inside = w->at < w->end && *w->at == '"';
    w->at += w->inside;
}

static int next_byte(value_walk *w, char delimiter)
{
    if (w->inside && w->at < w->end && *w->at == '"') {
        w->at++;
        w->inside = w->at < w->end && *w->at == '"';
    }
    if (w->at == w->end) return WALK_END;
    char c = *w->at++;
    if (w->inside || c != delimiter) return (unsigned char)c;
    begin_field(w);
    return WALK_FIELD;
}

/* A record that is the header again, field by field: two files put together, or a report that repeats it on
 * each page. */
static bool is_header(const cst_batch *b, size_t at, size_t end)
{
    const cst_file *f = &b->reader->file[b->file];
    if (!f->rules.quoted || !(b->quoted || f->header_quoted))
        return end - at == f->header_n && memcmp(b->text + at, f->header, f->header_n) == 0;
    value_walk header = {f->header, f->header + f->header_n, false},
               row = {b->text + at, b->text + end, false};
    begin_field(&header);
    begin_field(&row);
    for (;;) {
        int want = next_byte(&header, f->rules.delimiter);
        if (want != next_byte(&row, f->rules.delimiter)) return false;
        if (want == WALK_END) return true;
    }
}

static cst_status header_again(cst_batch *b, size_t at, size_t n, cst_error *e)
{
    cst_error why;
    cst_fail_at(
        &why, CST_DATA, cst_batch_seek(b, at), NULL,
        "expected a row, found the header once more: two files put together? give them as two inputs%s "
        "[repeated-header]",
        b->reader->options ? ", or set such lines aside with --rejects" : "");
    return refuse_record(b, at, n, &why, e);
}

/* The field that is longer than the limit; false: none is. */
static bool find_long_field(size_t at, const uint32_t *ends, size_t n, size_t *blame)
{
    for (size_t i = 0; i < n; i++) {
        if (ends[i] - at > CST_FIELD_MAX) {
            *blame = at;
            return true;
        }
        at = ends[i] + 1;
    }
    return false;
}

static cst_status add_row(cst_batch *b, size_t at, const uint32_t *ends, cst_error *e)
{
    if (!cst_offsets_reserve(&b->ends, b->ends.n + b->width) || !cst_offsets_add(&b->start, (uint32_t)at))
        return cst_no_memory(e);
    memcpy(b->ends.v + b->ends.n, ends, b->width * sizeof *ends);
    b->ends.n += b->width;
    b->rows++;
    return CST_OK;
}

/* One well quoted record text[at..end), its fields' ends as the scanner gives them. */
static cst_status take_record(cst_batch *b, size_t at, size_t end, const uint32_t *ends, size_t n,
                              cst_error *e)
{
    size_t blame = at;
    if (end == at && n == 1) {
        if (b->width > 1) {
            b->blanks++;
            return CST_OK;
        }
        if (b->quoted) return bad_record(b, CST_FAULT_BLANK, at, at, 0, e);
    }
    if (end - at > CST_RECORD_MAX) return bad_record(b, CST_FAULT_RECORD_LIMIT, at, at, end - at, e);
    if (end - at > CST_FIELD_MAX && find_long_field(at, ends, n, &blame))
        return bad_record(b, CST_FAULT_FIELD_LIMIT, blame, at, end - at, e);
    if (n == b->width && is_header(b, at, end)) return header_again(b, at, end - at, e);
    if (n == b->width) return add_row(b, at, ends, e);
    bool mended = false;
    if (b->reader->opts.lenient) {
        cst_status status = cst_lenient_width(b, at, end - at, ends, n, &mended, e);
        if (status < 0 || mended) return status;
    }
    return bad_width(b, at, end - at, n, e);
}

/* Whether the offsets hold so many line ends. An LF inside quotes is none; where there are no such,
 * the count of all LFs up to the last offset settles it. */
static bool has_line_ends(const cst_batch *b, size_t count)
{
    size_t n = b->raw.n, last = b->raw.v[n - 1], found = last == b->n;
    uint64_t lines = b->lines;
    if (lines == CST_LINES_UNKNOWN) lines = b->reader->scanner->count(b->text, last + !found, '\n');
    if (lines + found == count) return true;
    found = 0;
    for (size_t i = 0; i < n; i++) found += b->text[b->raw.v[i]] == '\n';
    return found == count;
}

/* All records have the width of the header: the scanner's offsets are the index as they are. */
static bool take_all(cst_batch *b, size_t *at)
{
    size_t width = b->width, rows = b->raw.n / width;
    if (b->rows || b->n_aside || rows * width != b->raw.n || (width == 1 && b->quoted) ||
        b->n > CST_FIELD_MAX)
        return false;
    if (!cst_offsets_reserve(&b->start, rows)) return false;
    const uint32_t *last = b->raw.v + width - 1;
    uint32_t from = (uint32_t)*at, *start = b->start.v;
    const char *text = b->text;
    for (size_t row = 0; row < rows; row++, last += width) {
        if (text[*last] != '\n') return false;
        if (is_header(b, from, *last - (*last > from && text[*last - 1] == '\r'))) return false;
        start[row] = from;
        from = *last + 1;
    }
    if (!has_line_ends(b, rows)) return false;
    b->rows = (uint32_t)rows;
    b->start.n = rows;
    *at = from < b->n ? from : b->n;
    cst_offsets swap = b->ends;
    b->ends = b->raw;
    b->raw = swap;
    return true;
}

static cst_status take_records(cst_batch *b, size_t *at, cst_error *e)
{
    if (b->raw.n == 0 || take_all(b, at)) return CST_OK;
    cst_status status = CST_OK;
    const uint32_t *raw = b->raw.v;
    size_t n = b->raw.n;
    b->start.n = b->rows;
    for (size_t i = 0, j = 0; j < n && status == CST_OK && !b->failure.status && !b->enough; j++) {
        if (b->text[raw[j]] != '\n') continue;
        size_t end = raw[j], next = end + 1 < b->n ? end + 1 : b->n;
        if (end < b->n && end > *at && b->text[end - 1] == '\r') end--;
        status = take_record(b, *at, end, raw + i, j + 1 - i, e);
        *at = next;
        i = j + 1;
        b->enough = b->reader->opts.lenient && (b->ends.n > ENOUGH_OFFSETS || b->used > CST_BLOCK_MAX * 4u);
    }
    return status;
}

/* The line of a record that cannot be read: mended, or bad. false in *whole: it goes on behind the block. */
static cst_status take_bad_line(cst_batch *b, const cst_record_walk *w, size_t *at, bool *whole, cst_error *e)
{
    const char *newline = memchr(b->text + *at, '\n', b->n - *at);
    bool too_long = w->fault == CST_FAULT_RECORD_LIMIT;
    *whole = !b->reader->settle_early || newline || b->eof || too_long || (b->full && *at == 0);
    if (!*whole) return CST_OK;
    size_t next = newline ? (size_t)(newline - b->text) + 1 : b->n, end = newline ? next - 1 : b->n;
    if (end > *at && b->text[end - 1] == '\r' && newline) end--;
    bool mended = false, quoting = w->fault == CST_FAULT_BARE_QUOTE || w->fault == CST_FAULT_AFTER_QUOTE ||
                                   w->fault == CST_FAULT_OPEN_QUOTE;
    cst_status status = CST_OK;
    if (b->reader->opts.lenient && quoting) status = cst_lenient_line(b, *at, end - *at, &mended, e);
    if (status == CST_OK && !mended) status = bad_record(b, w->fault, w->at, *at, end - *at, e);
    *at = next;
    return status;
}

/* The end of a table that was broken off is forgiven by neither --rejects nor --lenient. */
static bool fail_broken(cst_batch *b, size_t at, size_t end)
{
    cst_text name;
    if (!cst_walk_broken(b->text, at, end, &name)) return false;
    cst_fail_at(
        &b->failure, CST_DATA, cst_batch_seek(b, at), NULL,
        "expected a whole table, found a broken one: the command before this one failed: %.*s; see its "
        "message",
        (int)name.n, name.p);
    return true;
}

/* Walks from *at until a bad record is dealt with. *more: the bytes end first. */
static cst_status walk_on(cst_batch *b, size_t *at, bool *more, cst_error *e)
{
    cst_offsets ends = {0};
    cst_status status = CST_OK;
    for (bool found = false; !found && !*more && status == CST_OK && !b->failure.status && *at < b->n;) {
        cst_record_walk w;
        ends.n = 0;
        enum cst_walked walked = cst_walk_record(rules_of(b), b->text, *at, b->n, b->eof, &ends, &w);
        bool over = walked == CST_WALKED_MORE && b->full && *at == 0;
        found = true;
        if (walked == CST_WALKED_MEMORY) {
            status = cst_no_memory(e);
        } else if (w.fault && fail_broken(b, *at, walked == CST_WALKED_RECORD ? w.next : b->n)) {
            break;
        } else if (walked == CST_WALKED_RECORD && !w.fault) {
            status = take_record(b, *at, w.end, ends.v, ends.n, e);
            *at = w.next;
            found = false;
        } else if (walked == CST_WALKED_RECORD) {
            status = bad_record(b, w.fault, w.at, *at, w.end - *at, e);
            *at = w.next;
        } else if (walked == CST_WALKED_MORE && !over) {
            *more = true;
        } else {
            if (over && !w.fault) w = (cst_record_walk){.fault = CST_FAULT_RECORD_LIMIT, .at = *at};
            bool whole = true;
            status = take_bad_line(b, &w, at, &whole, e);
            *more = !whole;
        }
    }
    free(ends.v);
    return status;
}

/* The last record may lack its line end: it gets one behind the text. */
static bool close_last(cst_batch *b, size_t at)
{
    size_t last = b->raw.n ? b->raw.v[b->raw.n - 1] : 0;
    bool ended = b->raw.n ? b->text[last] == '\n' && last + 1 == b->n : at == b->n;
    if (ended) return true;
    b->text[b->n] = '\n';
    return cst_offsets_add(&b->raw, (uint32_t)b->n);
}

cst_status cst_batch_index(cst_batch *b, size_t *used, cst_error *e)
{
    const cst_scanner *scanner = b->reader->scanner;
    size_t at = 0;
    cst_status status = CST_OK;
    cst_scan s = {.before = 1};
    b->rows = 0;
    b->ends.n = b->start.n = b->raw.n = 0;
    b->blanks = b->n_aside = b->scan_aside = b->n_mended = 0;
    b->used = b->n + 1;
    for (;;) {
        if (!cst_offsets_reserve(&b->raw, b->raw.n + CST_SCAN_ROOM + (b->n - s.at) / 8))
            return cst_no_memory(e);
        s.ends = b->raw.v;
        s.room = b->raw.room;
        enum cst_scan_stop stop = scanner->scan(rules_of(b), b->text, b->n, &s);
        b->raw.n = s.n;
        if (stop == CST_SCAN_FULL) continue;
        bool trouble = stop == CST_SCAN_BAD || cst_scan_open(&s), more = false;
        if (!trouble && b->eof && !close_last(b, at)) return cst_no_memory(e);
        /* offsets behind the last line end are of a record that is not whole */
        while (b->raw.n && b->text[b->raw.v[b->raw.n - 1]] != '\n') b->raw.n--;
        if (b->full && !b->eof && b->raw.n == 0) trouble = true; /* a record longer than the longest block */
        status = take_records(b, &at, e);
        if (status < 0 || b->failure.status || b->enough || !trouble) break;
        status = walk_on(b, &at, &more, e);
        if (status < 0 || b->failure.status || more || at == b->n) break;
        s = (cst_scan){.at = at, .before = 1};
        b->raw.n = 0;
    }
    *used = at;
    return status;
}
