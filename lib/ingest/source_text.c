/* source_text.c: see source_text.h. */
#include "ingest/source_text.h"

enum { SLACK = 48 }; /* 20 digits at most; the text is copied in blocks of 16 */

void ing_source_text_free(ing_source_text *s)
{
    cst_buffer_free(&s->text);
}

bool ing_source_text_file(ing_source_text *s, const char *prefix, size_t n, bool quoted)
{
    cst_buffer_clear(&s->text);
    if (!cst_buffer_reserve(&s->text, n + SLACK)) return false;
    cst_buffer_add(&s->text, prefix, n);
    memset(s->text.p + n, 0, SLACK);
    s->prefix_n = s->n = n;
    s->stride = 0;
    s->quoted = quoted;
    return true;
}

size_t ing_source_text_room(const ing_source_text *s)
{
    return s->prefix_n + SLACK;
}

char *ing_source_text_renew(ing_source_text *s, char *to, uint64_t line)
{
    s->stride = line / ING_SOURCE_STRIDE;
    s->n = s->prefix_n;
    if (s->stride) {
        s->n = (size_t)(cst_digits_put(s->text.p + s->prefix_n, s->stride) - s->text.p);
        return ing_source_text_put(s, to, line);
    }
    memcpy(to, s->text.p, s->n);
    to = cst_digits_put(to + s->n, line);
    if (s->quoted) *to++ = '"';
    return to;
}
