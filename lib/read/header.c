/* An input is opened and its header read, byte by byte (headers are short). What was read beyond the
 * header waits in the file's carry for the first block. */
#include <stdlib.h>
#include <string.h>

#include "read/engine.h"

static bool ends_with(const char *name, size_t n, const char *end)
{
    size_t k = strlen(end);
    return n >= k && strncmp(name + n - k, end, k) == 0;
}

/* The delimiter by option, then by extension (.tsv, .tab, also before .gz), then a comma. */
static cst_scan_rules choose_rules(const cst_read_opts *o, const char *name)
{
    if (o->tsv) return (cst_scan_rules){'\t', false};
    if (o->delimiter) return (cst_scan_rules){o->delimiter, true};
    size_t n = strlen(name);
    if (ends_with(name, n, ".gz")) n -= 3;
    if (ends_with(name, n, ".tsv") || ends_with(name, n, ".tab")) return (cst_scan_rules){'\t', false};
    return (cst_scan_rules){',', true};
}

cst_status cst_file_read(cst_file *f, char *p, size_t n, size_t *got)
{
    size_t held = f->carry_n < n ? f->carry_n : n, more = 0;
    if (held) memcpy(p, f->carry, held);
    f->carry_n -= held;
    if (f->carry_n) memmove(f->carry, f->carry + held, f->carry_n);
    if (held < n && !f->ended) {
        cst_status status = cst_source_read(f->source, p + held, n - held, &more, &f->failure);
        if (status < 0 || more < n - held) f->ended = true;
        /* bytes before a failure come without it: ask again, so that it is not taken for the end */
        if (status == CST_OK && f->ended) {
            size_t none = 0;
            cst_source_read(f->source, p + held + more, n - held - more, &none, &f->failure);
        }
        f->totals.text_bytes += more;
        if (more) f->last = p[held + more - 1];
    }
    *got = held + more;
    return f->failure.status;
}

/* After the mark and the blank lines; n where there is nothing else. */
static size_t skip_blank(const char *p, size_t n, uint64_t *blank_lines)
{
    size_t at = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *blank_lines = 0;
    for (;;) {
        size_t next = at;
        if (next < n && p[next] == '\r') next++;
        if (next >= n || p[next] != '\n') return at;
        at = next + 1;
        (*blank_lines)++;
    }
}

static cst_place place_in(const cst_file *f, const char *p, size_t at)
{
    cst_place place = {f->name, 1, 1};
    for (size_t i = 0; i < at; i++) {
        place.column++;
        if (p[i] == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    return place;
}

/* UTF-16 shows by its mark, or by a NUL beside each of the first two characters. */
static bool looks_utf16(const char *p, size_t n)
{
    if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) return true;
    return n >= 4 && ((p[0] && !p[1] && p[2] && !p[3]) || (!p[0] && p[1] && !p[2] && p[3]));
}

/* A line sep=C, which spreadsheets write and read: the character that separates the fields. Its length with
 * the line end; 0: it is none. */
static size_t read_separator(const char *p, size_t n, char *out)
{
    if (n < 6 || memcmp(p, "sep=", 4) != 0) return 0;
    *out = p[4];
    if (p[5] == '\n') return 6;
    return n > 6 && p[5] == '\r' && p[6] == '\n' ? 7 : 0;
}

/* A header without commas and with one kind of other separators outside quotes is split at those. */
static void find_delimiter(cst_file *f, size_t from)
{
    const char *p = f->carry + from, *end = memchr(p, '\n', f->carry_n - from);
    size_t n = end ? (size_t)(end - p) : f->carry_n - from, commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        quoted ^= p[i] == '"';
        commas += !quoted && p[i] == ',';
        semicolons += !quoted && p[i] == ';';
        tabs += !quoted && p[i] == '\t';
    }
    if (quoted || commas || !semicolons == !tabs) return;
    f->rules = (cst_scan_rules){semicolons ? ';' : '\t', true};
}

/* Where the header may begin, and how it is split. false: more of the text is needed to say. */
static bool find_start(const cst_reader *r, cst_file *f, size_t *from)
{
    const cst_read_opts *o = &r->opts;
    char separator;
    uint64_t blank_lines = 0;
    f->rules = choose_rules(o, f->name);
    *from = skip_blank(f->carry, f->carry_n, &f->totals.blank_lines);
    for (uint32_t i = 0; i < o->skip_lines; i++) {
        const char *end = memchr(f->carry + *from, '\n', f->carry_n - *from);
        if (!end && !f->ended) return false;
        *from = end ? (size_t)(end - f->carry) + 1 : f->carry_n;
    }
    if (f->carry_n - *from < 7 && !f->ended) return false;
    size_t line = read_separator(f->carry + *from, f->carry_n - *from, &separator);
    if (line) f->rules = (cst_scan_rules){separator, true};
    *from += line;
    if (line || o->skip_lines) *from += skip_blank(f->carry + *from, f->carry_n - *from, &blank_lines);
    f->totals.blank_lines += blank_lines;
    bool whole = f->ended || memchr(f->carry + *from, '\n', f->carry_n - *from);
    if (o->find_delimiter && !line && f->rules.delimiter == ',' && whole) find_delimiter(f, *from);
    return true;
}

/* The first look at the text: what is no table at all. */
static cst_status check_text(const cst_file *f, size_t from, cst_error *e)
{
    cst_place place = {f->name, 0, 0};
    if (looks_utf16(f->carry, f->carry_n))
        return cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected UTF-8, found UTF-16; convert it first, e.g. with: iconv -f UTF-16 -t UTF-8");
    if (from == f->carry_n && f->ended)
        return cst_fail_at(
            e, CST_DATA, place, NULL,
            "expected a header with the names of the columns, found %s; a table without rows is its "
            "header alone",
            f->totals.text_bytes ? "only empty lines" : "an empty file");
    return CST_OK;
}

/* Whether a record has the field that the header is known by. */
static bool is_header(const cst_reader *r, const cst_file *f, size_t from, const cst_offsets *ends,
                      const cst_record_walk *w)
{
    const char *column = r->opts.header_column;
    size_t n = column ? strlen(column) : 0;
    for (size_t c = 0; column && c < ends->n; c++) {
        size_t end = c + 1 == ends->n ? w->end : ends->v[c];
        const char *p = f->carry + from;
        bool quoted = f->rules.quoted && end - from > 1 && *p == '"';
        if (end - from - 2 * quoted == n && memcmp(p + quoted, column, n) == 0) return true;
        from = end + 1;
    }
    return !column;
}

/* Reads more of the text behind what is held, which stays in place. */
static cst_status read_more(cst_file *f, size_t room, cst_error *e)
{
    if (room > CST_BLOCK_MAX) room = CST_BLOCK_MAX;
    if (!cst_resize(&f->carry, room, 1)) return cst_no_memory(e);
    f->carry_room = room;
    size_t got = 0, held = f->carry_n;
    f->carry_n = 0;
    cst_file_read(f, f->carry + held, room - held, &got);
    f->carry_n = held + got;
    return CST_OK;
}

static cst_status no_header(const cst_reader *r, const cst_file *f, cst_error *e)
{
    return cst_fail_at(e, CST_DATA, (cst_place){f->name, 0, 0}, NULL,
                       "expected a header with the column \"%s\", found no line that has it; see map.header",
                       r->opts.header_column);
}

/* The first record from `from` on that is the header; those before it are passed over, also where they break
 * the grammar. */
static enum cst_walked walk_header(const cst_reader *r, cst_file *f, size_t *from, cst_offsets *ends,
                                   cst_record_walk *w)
{
    for (;;) {
        ends->n = 0;
        *w = (cst_record_walk){0};
        if (*from >= f->carry_n) return CST_WALKED_MORE;
        enum cst_walked walked =
            cst_walk_record(&f->rules, f->carry, *from, f->carry_n, f->ended && !f->failure.status, ends, w);
        if (walked == CST_WALKED_MEMORY || (walked == CST_WALKED_MORE && !w->fault)) return walked;
        if (!w->fault && is_header(r, f, *from, ends, w)) return walked;
        if (!r->opts.header_column) return walked;
        const char *end = memchr(f->carry + *from, '\n', f->carry_n - *from);
        if (!end && !f->ended) return CST_WALKED_MORE;
        *from = !end ? f->carry_n : w->fault ? (size_t)(end - f->carry) + 1 : w->next;
    }
}

/* Reads until the header is whole in carry. */
static cst_status find_header(const cst_reader *r, cst_file *f, size_t *from, cst_offsets *ends,
                              cst_record_walk *w, cst_error *e)
{
    for (size_t room = 4096;; room *= 2) {
        cst_status status = read_more(f, room, e);
        if (status < 0) return status;
        bool started = find_start(r, f, from);
        status =
            f->failure.status || (!started && f->carry_n < CST_BLOCK_MAX) ? CST_OK : check_text(f, *from, e);
        if (status < 0) return status;
        enum cst_walked walked = started ? walk_header(r, f, from, ends, w) : CST_WALKED_MORE;
        if (walked == CST_WALKED_MEMORY) return cst_no_memory(e);
        if (walked == CST_WALKED_MORE && !w->fault && f->carry_n == CST_BLOCK_MAX) {
            w->fault = CST_FAULT_RECORD_LIMIT;
            w->at = *from;
        }
        if (w->fault)
            return cst_fault_fail(w->fault, f->carry, w->at, f->carry_n, place_in(f, f->carry, w->at),
                                  r->options, e);
        if (walked == CST_WALKED_RECORD) return CST_OK;
        if (f->failure.status) {
            if (e) *e = f->failure;
            return f->failure.status;
        }
        if (f->ended && *from >= f->carry_n) return no_header(r, f, e);
    }
}

/* The name between two delimiters, its quotes undone in place. */
static cst_text undo_name(const cst_scan_rules *rules, char *p, size_t from, size_t end)
{
    if (!rules->quoted || from == end || p[from] != '"') return (cst_text){p + from, (uint32_t)(end - from)};
    char *to = p + from + 1;
    uint32_t n = 0;
    for (size_t i = from + 1; i < end - 1; i++) {
        to[n++] = p[i];
        if (p[i] == '"') i++;
    }
    return (cst_text){to, n};
}

static cst_status keep_names(cst_reader *r, cst_file *f, size_t from, const cst_offsets *ends,
                             const cst_record_walk *w, cst_error *e)
{
    if (ends->n > CST_COLUMNS_MAX)
        return cst_fail_at(e, CST_LIMIT, place_in(f, f->carry, from), NULL,
                           "expected at most 65536 columns, found %zu; is the delimiter right?", ends->n);
    f->width = (uint32_t)ends->n;
    f->name_of = calloc(f->width, sizeof *f->name_of);
    f->header_at = calloc(f->width, sizeof *f->header_at);
    if (!f->name_of || !f->header_at) return cst_no_memory(e);
    cst_place place = place_in(f, f->carry, from);
    for (uint32_t c = 0; c < f->width; c++) {
        size_t end = c + 1 == f->width ? w->end : ends->v[c];
        f->header_at[c] = place;
        for (size_t i = from; i <= end && i < f->carry_n; i++) { /* with the delimiter */
            place.column++;
            if (f->carry[i] == '\n') place = (cst_place){f->name, place.line + 1, 1};
        }
        f->name_of[c] = cst_intern_id(r->names, undo_name(&f->rules, f->carry, from, end));
        if (f->name_of[c] == CST_INTERN_NONE) return cst_no_memory(e);
        from = end + 1;
    }
    f->known = cst_intern_count(r->names);
    f->first_of = calloc(f->known, sizeof *f->first_of);
    f->second_of = calloc(f->known, sizeof *f->second_of);
    if (!f->first_of || !f->second_of) return cst_no_memory(e);
    for (uint32_t c = 0; c < f->width; c++) {
        uint32_t id = f->name_of[c];
        if (!f->first_of[id])
            f->first_of[id] = c + 1;
        else if (!f->second_of[id])
            f->second_of[id] = c + 1;
    }
    return CST_OK;
}

cst_status cst_file_open(cst_reader *r, cst_file *f, cst_error *e)
{
    cst_offsets ends = {0};
    cst_record_walk w = {0};
    size_t from = 0;
    cst_status status = find_header(r, f, &from, &ends, &w, e);
    if (status == CST_OK) {
        f->line = 1 + r->scanner->count(f->carry, w.next, '\n');
        if (w.next == w.end) f->line++; /* the input ends without a line end */
        f->header_n = (uint32_t)(w.end - from);
        f->header = malloc(f->header_n + 1);
        if (f->header) memcpy(f->header, f->carry + from, f->header_n);
        f->header_quoted = memchr(f->carry + from, '"', f->header_n) != NULL;
        status = f->header ? keep_names(r, f, from, &ends, &w, e) : cst_no_memory(e);
    }
    if (status == CST_OK) {
        f->carry_n -= w.next;
        memmove(f->carry, f->carry + w.next, f->carry_n);
    }
    free(ends.v);
    return status;
}

void cst_file_close(cst_file *f)
{
    cst_source_free(f->source);
    free(f->carry);
    free(f->header);
    free(f->name_of);
    free(f->header_at);
    free(f->first_of);
    free(f->second_of);
    free(f->column_of);
    *f = (cst_file){0};
}
