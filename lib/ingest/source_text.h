/* ingest/source_text.h: the column `source` of rows that follow each other, "file:4711". What stays the same
 * for ten thousand lines is kept as text, so that a row costs a copy and four digits. */
#ifndef CST_INGEST_SOURCE_TEXT_H
#define CST_INGEST_SOURCE_TEXT_H
#include "base/buffer.h"
#include "base/digits.h"

enum { ING_SOURCE_STRIDE = 10000 };

/* Zero-initialise it. */
typedef struct ing_source_text {
    cst_buffer text; /* the prefix, then line / STRIDE if that is not 0; readable for 16 bytes more */
    size_t prefix_n, n;
    uint64_t stride; /* line / STRIDE of the text */
    bool quoted;
} ing_source_text;

void ing_source_text_free(ing_source_text *s);
/* The input that the lines are of: `prefix` is "file:" as it is to be written, and `quoted` whether it begins
 * with a quote, which then is closed behind the number. Copied. */
bool ing_source_text_file(ing_source_text *s, const char *prefix, size_t n, bool quoted);
/* The room a row needs. */
size_t ing_source_text_room(const ing_source_text *s);
/* For a line that does not go with the text: makes the text anew. Also for the first lines of a file, which
 * have fewer digits. */
char *ing_source_text_renew(ing_source_text *s, char *to, uint64_t line);

/* Puts it at `to`; returns the end. */
static inline char *ing_source_text_put(ing_source_text *s, char *to, uint64_t line)
{
    uint64_t low = line - s->stride * ING_SOURCE_STRIDE;
    if (low >= ING_SOURCE_STRIDE || s->stride == 0) return ing_source_text_renew(s, to, line);
    const char *text = s->text.p;
    size_t n = s->n;
    for (size_t i = 0; i < n; i += 16) memcpy(to + i, text + i, 16);
    to += n;
    uint32_t hundreds = (uint32_t)low / 100;
    memcpy(to, cst_digit_pairs + (size_t)hundreds * 2, 2);
    memcpy(to + 2, cst_digit_pairs + (low - hundreds * 100) * 2, 2);
    to += 4;
    if (s->quoted) *to++ = '"';
    return to;
}
#endif
