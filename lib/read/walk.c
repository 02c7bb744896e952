/* The grammar as a machine of four states: at the start of a field, in a bare one, inside quotes, and
 * after a quote inside quotes (which either closed the field or is the first of two). */
#include "read/walk.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "read/utf8.h"

enum state { FIELD_START, IN_BARE, IN_QUOTES, AFTER_QUOTE };

bool cst_offsets_reserve(cst_offsets *o, size_t room)
{
    if (room <= o->room) return true;
    if (room < o->room + o->room / 2) room = o->room + o->room / 2;
    uint32_t *v = realloc(o->v, room * sizeof *v);
    if (!v) return false;
    o->v = v;
    o->room = room;
    return true;
}

bool cst_offsets_add(cst_offsets *o, uint32_t offset)
{
    if (o->n == o->room && !cst_offsets_reserve(o, o->n + 64)) return false;
    o->v[o->n++] = offset;
    return true;
}

static void note_fault(cst_record_walk *w, enum cst_fault fault, size_t at)
{
    if (w->fault) return;
    w->fault = fault;
    w->at = at;
}

static enum cst_walked stop_at(cst_record_walk *w, enum cst_fault fault, size_t at)
{
    note_fault(w, fault, at);
    return CST_WALKED_FAULT;
}

static enum cst_walked end_record(cst_record_walk *w, cst_offsets *ends, size_t end, size_t newline,
                                  size_t next)
{
    w->end = end;
    w->next = next;
    return ends && !cst_offsets_add(ends, (uint32_t)newline) ? CST_WALKED_MEMORY : CST_WALKED_RECORD;
}

/* The bytes are used up in `state`. */
static enum cst_walked end_bytes(cst_record_walk *w, cst_offsets *ends, enum state state, size_t open,
                                 size_t n, bool eof)
{
    if (!eof) return CST_WALKED_MORE;
    if (state == IN_QUOTES) return stop_at(w, CST_FAULT_OPEN_QUOTE, open);
    return end_record(w, ends, n, n, n);
}

/* A byte of data that may not stand anywhere. Returns the bytes to go on by; 0: more are needed. */
static size_t check_data(cst_record_walk *w, const char *text, size_t i, size_t n, bool eof)
{
    if (text[i] == '\0') note_fault(w, CST_FAULT_NUL, i);
    int length = cst_utf8_length(text + i, n - i);
    if (length < 0 && !eof) return 0;
    if (length > 0) return (size_t)length;
    note_fault(w, CST_FAULT_UTF8, i);
    return 1;
}

enum cst_walked cst_walk_record(const cst_scan_rules *rules, const char *text, size_t from, size_t n,
                                bool eof, cst_offsets *ends, cst_record_walk *out)
{
    enum state state = FIELD_START;
    size_t open = from, i = from;
    *out = (cst_record_walk){0};
    while (i < n) {
        char c = text[i];
        bool quote = rules->quoted && c == '"';
        if (state == IN_QUOTES ? quote : state == AFTER_QUOTE && quote) {
            state = state == IN_QUOTES ? AFTER_QUOTE : IN_QUOTES;
            i++;
        } else if (state == IN_QUOTES) {
            size_t step = check_data(out, text, i, n, eof);
            if (!step) return CST_WALKED_MORE;
            i += step;
        } else if (c == rules->delimiter) {
            if (ends && !cst_offsets_add(ends, (uint32_t)i)) return CST_WALKED_MEMORY;
            state = FIELD_START;
            i++;
        } else if (c == '\n') {
            return end_record(out, ends, i, i, i + 1);
        } else if (c == '\r') {
            if (i + 1 == n && !eof) return CST_WALKED_MORE;
            if (i + 1 == n || text[i + 1] != '\n') return stop_at(out, CST_FAULT_LONE_CR, i);
            return end_record(out, ends, i, i + 1, i + 2);
        } else if (state == AFTER_QUOTE) {
            if (!eof && cst_utf8_length(text + i, n - i) < 0) return CST_WALKED_MORE; /* to show it whole */
            return stop_at(out, CST_FAULT_AFTER_QUOTE, i);
        } else if (quote && state == IN_BARE) {
            return stop_at(out, CST_FAULT_BARE_QUOTE, i);
        } else if (quote) {
            state = IN_QUOTES;
            open = i++;
        } else {
            size_t step = check_data(out, text, i, n, eof);
            if (!step) return CST_WALKED_MORE;
            state = IN_BARE;
            i += step;
        }
    }
    return end_bytes(out, ends, state, open, n, eof);
}

/* What stands at `at`, in quotes and with control characters visible. */
static void add_found(cst_buffer *b, const char *text, size_t at, size_t n)
{
    size_t size = 1;
    int length = cst_utf8_length(text + at, n - at);
    if (length > 1) size = (size_t)length;
    cst_buffer_add_char(b, '"');
    cst_buffer_add_visible(b, text + at, size, 8);
    cst_buffer_add_char(b, '"');
}

cst_status cst_fault_fail(enum cst_fault fault, const cst_scan_rules *rules, const char *text, size_t at,
                          size_t n, cst_place place, bool options, cst_error *e)
{
    const char *see = options ? ", or see --lenient and --rejects" : "";
    cst_buffer found = {0};
    cst_status status = CST_DATA;
    if (at < n) add_found(&found, text, at, n);
    switch (fault) {
    case CST_FAULT_BARE_QUOTE:
        cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a quote only as the first byte of a field, found one inside a field; put the field in "
            "quotes and double the quotes in it%s",
            see);
        break;
    case CST_FAULT_AFTER_QUOTE:
        cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a delimiter or a line end after the closing quote, found %s; double the quotes inside "
            "a quoted field%s",
            cst_buffer_string(&found), see);
        break;
    case CST_FAULT_OPEN_QUOTE:
        cst_fail_at(e, CST_DATA, place, NULL,
                    "expected a closing quote, found the end of the input; close the quote that opens here%s",
                    see);
        break;
    case CST_FAULT_LONE_CR:
        cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a line feed after the carriage return, found %s; turn the line ends into line feeds, "
            "e.g. with: tr '\\r' '\\n'",
            at + 1 >= n ? "the end of the input" : "something else");
        break;
    case CST_FAULT_NUL:
        cst_fail_at(e, CST_DATA, place, NULL,
                    "expected text, found a NUL byte; take it out, e.g. with: tr -d '\\000'");
        break;
    case CST_FAULT_UTF8:
        cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected UTF-8, found the byte 0x%02X; convert the file, e.g. with: iconv -f WINDOWS-1252 "
            "-t UTF-8",
            at < n ? (unsigned)(unsigned char)text[at] : 0u);
        break;
    case CST_FAULT_BLANK:
        cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a value, found an empty line; in a table of one column write a missing value as \"\"");
        break;
    case CST_FAULT_FIELD_LIMIT:
        status =
            cst_fail_at(e, CST_LIMIT, place, NULL,
                        "expected a field of at most 16 MiB, found a longer one; is a quote never closed?");
        break;
    case CST_FAULT_RECORD_LIMIT:
        status =
            cst_fail_at(e, CST_LIMIT, place, NULL,
                        "expected a record of at most 64 MiB, found a longer one; is a quote never closed?");
        break;
    case CST_FAULT_WIDTH:
    case CST_FAULT_NONE:
        status = cst_fail_at(e, CST_INTERNAL, place, NULL,
                             "expected a fault of the grammar, found none (delimiter %d)", rules->delimiter);
        break;
    }
    if (found.failed) status = cst_fail(e, CST_MEMORY, "out of memory");
    cst_buffer_free(&found);
    return status;
}
