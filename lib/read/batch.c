/* What a batch's owner asks for: fields, places, records. A field is the bytes between two offsets of
 * the index; a quoted one without doubled quotes is handed out where it stands, one with them is
 * copied into the scratch. */
#include "read/engine.h"
#include "read/view.h"
#include <string.h>

typedef struct batch_span {
    size_t from, end;
} batch_span;

/* The bytes of a field as they stand, quotes and all, without the line end. */
static inline batch_span find_field(const cst_batch *b, uint32_t row, uint32_t column)
{
    const uint32_t *ends = b->ends.v + (size_t)row * b->width;
    batch_span s = {column ? ends[column - 1] + (size_t)1 : b->start.v[row], ends[column]};
    if (column + 1 == b->width && s.end > s.from && b->text[s.end - 1] == '\r') s.end--;
    return s;
}

/* NULL: the row stands in the file as it is. */
static const cst_mended *find_mended(const cst_batch *b, uint32_t row)
{
    size_t low = 0, high = b->n_mended;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->mended[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < b->n_mended && b->mended[low].row == row ? &b->mended[low] : NULL;
}

static size_t find_record(const cst_batch *b, uint32_t row)
{
    const cst_mended *m = b->n_mended ? find_mended(b, row) : NULL;
    return m ? m->at : b->start.v[row];
}

/* Takes the quotes off; text[from] is the first one. */
static cst_text undo_quotes(cst_batch *b, batch_span s)
{
    const char *p = b->text + s.from + 1;
    size_t n = s.end - s.from - 2;
    if (n == 0) return (cst_text){"", 0};
    const char *quote = memchr(p, '"', n);
    if (!quote) return (cst_text){p, (uint32_t)n};
    char *to = cst_arena_alloc(b->scratch, n);
    if (!to) {
        b->out_of_memory = true;
        return (cst_text){"", 0};
    }
    size_t k = (size_t)(quote - p);
    memcpy(to, p, k);
    for (size_t i = k; i < n; i++) {
        to[k++] = p[i];
        if (p[i] == '"') i++;
    }
    return (cst_text){to, (uint32_t)k};
}

cst_text cst_text_at(cst_batch *b, uint32_t row, int slot)
{
    int32_t column = slot < 0 ? -1 : b->column_of[slot];
    if (column < 0) return (cst_text){"", 0};
    batch_span s = find_field(b, row, (uint32_t)column);
    if (s.end == s.from) return (cst_text){"", 0};
    if (b->text[s.from] == '"' && b->quoted) return undo_quotes(b, s);
    return (cst_text){b->text + s.from, (uint32_t)(s.end - s.from)};
}

void cst_texts_at(cst_batch *b, int slot, cst_text *out)
{
    int32_t column = slot < 0 ? -1 : b->column_of[slot];
    for (uint32_t r = 0; r < b->rows && column < 0; r++) out[r] = (cst_text){"", 0};
    for (uint32_t r = 0; r < b->rows && column >= 0; r++) {
        batch_span s = find_field(b, r, (uint32_t)column);
        const char *p = b->text + s.from;
        out[r] = s.end == s.from          ? (cst_text){"", 0}
                 : b->quoted && *p == '"' ? undo_quotes(b, s)
                                          : (cst_text){p, (uint32_t)(s.end - s.from)};
    }
}

uint32_t cst_batch_rows(const cst_batch *b)
{
    return b->rows;
}

uint64_t cst_batch_number(const cst_batch *b)
{
    return b->number;
}

uint64_t cst_batch_first_row(const cst_batch *b)
{
    return b->first_row;
}

uint32_t cst_batch_file(const cst_batch *b)
{
    return b->file;
}

/* The byte a place points at: the field's first, or the record's. */
static size_t find_place(const cst_batch *b, uint32_t row, int slot)
{
    int32_t column = slot < 0 ? -1 : b->column_of[slot];
    if (column < 0 || (b->n_mended && find_mended(b, row))) return find_record(b, row);
    return find_field(b, row, (uint32_t)column).from;
}

/* A batch belongs to one thread, so that its cursor may move though the batch is const to the caller. */
cst_place cst_place_at(const cst_batch *b, uint32_t row, int slot)
{
    return cst_batch_seek((cst_batch *)b, find_place(b, row, slot));
}

cst_place cst_place_shared(const cst_batch *b, uint32_t row, int slot)
{
    return cst_batch_place(b, find_place(b, row, slot));
}

uint64_t cst_line_at(cst_batch *b, uint32_t row)
{
    return cst_batch_seek_line(b, find_record(b, row));
}

cst_text cst_record_at(const cst_batch *b, uint32_t row)
{
    const cst_mended *m = b->n_mended ? find_mended(b, row) : NULL;
    if (m) return (cst_text){b->text + m->at, (uint32_t)m->n};
    size_t from = b->start.v[row], end = find_field(b, row, b->width - 1).end;
    return (cst_text){b->text + from, (uint32_t)(end - from)};
}

/* ---- view.h ---- */

bool cst_batch_view(const cst_batch *b, cst_view *out)
{
    if (b->n_mended || b->n_aside) return false;
    *out = (cst_view){.text = b->text,
                      .limit = b->text + b->room,
                      .start = b->start.v,
                      .ends = b->ends.v,
                      .width = b->width,
                      .delimiter = b->reader->file[b->file].rules.delimiter,
                      .quoted = b->quoted,
                      .first_line = b->first_line};
    /* as many line ends as records, and no blank line: each record is one line */
    uint64_t ended = b->rows && b->n && b->text[b->n - 1] != '\n' ? b->rows - 1 : b->rows;
    out->even = b->blanks == 0 && b->lines == ended && b->failure.status == CST_OK;
    return true;
}

int32_t cst_batch_column(const cst_batch *b, int slot)
{
    return slot < 0 ? -1 : b->column_of[slot];
}
