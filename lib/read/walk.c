/* The grammar as a machine of four states: at the start of a field, in a bare one, inside quotes, and
 * after a quote inside quotes (which either closed the field or is the first of two). */
#include "read/walk.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "read/utf8.h"
#include <string.h>

enum state { FIELD_START, IN_BARE, IN_QUOTES, AFTER_QUOTE };

bool cst_offsets_reserve(cst_offsets *o, size_t room)
{
    return cst_grow(&o->v, &o->room, room, sizeof *o->v);
}

bool cst_offsets_add(cst_offsets *o, uint32_t offset)
{
    if (!cst_offsets_reserve(o, o->n + 1)) return false;
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

bool cst_walk_broken(const char *text, size_t from, size_t n, cst_text *name)
{
    static const char words[] = CST_BROKEN_WORDS;
    size_t end = sizeof words - 1;
    if (n - from < end + 2 || (text[from] != '"' && text[from] != '\0')) return false;
    *name = (cst_text){text + from + 1, (uint32_t)(n - from - 1 - end)};
    if (name->n > 64 || memcmp(text + n - end, words, end) != 0) return false;
    for (uint32_t i = 0; i < name->n; i++)
        if (name->p[i] != '-' && (name->p[i] < 'a' || name->p[i] > 'z')) return false;
    return true;
}

/* "expected ..., found ...; remedy". found NULL: what is there, see add_found. */
typedef struct fault_text {
    cst_status status;
    const char *expected, *found, *remedy;
    bool lenient; /* --lenient and --rejects may help */
} fault_text;

static const fault_text fault_texts[] = {
    [CST_FAULT_NONE] = {CST_INTERNAL, "a fault of the grammar", "none", "this is a defect of the program",
                        false},
    [CST_FAULT_BARE_QUOTE] = {CST_DATA, "a quote only as the first byte of a field", "one inside a field",
                              "put the field in quotes and double the quotes in it", true},
    [CST_FAULT_AFTER_QUOTE] = {CST_DATA, "a delimiter or a line end after the closing quote", NULL,
                               "double the quotes inside a quoted field", true},
    [CST_FAULT_OPEN_QUOTE] = {CST_DATA, "a closing quote", "the end of the input",
                              "close the quote that opens here", true},
    [CST_FAULT_LONE_CR] = {CST_DATA, "a line feed after the carriage return", NULL,
                           "turn the line ends into line feeds, e.g. with: tr '\\r' '\\n'", false},
    [CST_FAULT_NUL] = {CST_DATA, "text", "a NUL byte", "take it out, e.g. with: tr -d '\\000'", false},
    [CST_FAULT_UTF8] = {CST_DATA, "UTF-8", NULL,
                        "convert the file, e.g. with: iconv -f WINDOWS-1252 -t UTF-8", false},
    [CST_FAULT_BLANK] = {CST_DATA, "a value", "an empty line",
                         "in a table of one column write a missing value as \"\"", false},
    [CST_FAULT_FIELD_LIMIT] = {CST_LIMIT, "a field of at most 16 MiB", "a longer one",
                               "is a quote never closed?", false},
    [CST_FAULT_RECORD_LIMIT] = {CST_LIMIT, "a record of at most 64 MiB", "a longer one",
                                "is a quote never closed?", false},
};

/* What is there: a byte that is no UTF-8, what follows a CR, else a character in quotes, made visible. */
static void add_found(cst_buffer *b, enum cst_fault fault, const char *text, size_t at, size_t n)
{
    int length = cst_utf8_length(text + at, n - at);
    if (fault == CST_FAULT_UTF8) {
        cst_buffer_printf(b, "the byte 0x%02X", (unsigned)(unsigned char)text[at]);
    } else if (fault == CST_FAULT_LONE_CR) {
        cst_buffer_add_string(b, at + 1 >= n ? "the end of the input" : "something else");
    } else {
        cst_buffer_add_char(b, '"');
        cst_buffer_add_visible(b, text + at, length > 1 ? (size_t)length : 1, 8);
        cst_buffer_add_char(b, '"');
    }
}

cst_status cst_fault_fail(enum cst_fault fault, const char *text, size_t at, size_t n, cst_place place,
                          bool options, cst_error *e)
{
    const fault_text *t = &fault_texts[fault];
    cst_buffer found = {0};
    if (!t->found) add_found(&found, fault, text, at, n);
    cst_status status = cst_fail_at(e, t->status, place, NULL, "expected %s, found %s; %s%s", t->expected,
                                    t->found ? t->found : cst_buffer_string(&found), t->remedy,
                                    t->lenient && options ? ", or see --lenient and --rejects" : "");
    if (found.failed) status = cst_no_memory(e);
    cst_buffer_free(&found);
    return status;
}
