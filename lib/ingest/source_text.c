/* source_text.c: see source_text.h. */
#include "ingest/source_text.h"

enum { SLACK = 48 }; /* 20 digits at most; the text is copied in blocks of 16 */

const char ing_digit_pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051"
    "525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

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

static size_t put_digits(char *to, uint64_t v)
{
    char digits[20];
    size_t n = sizeof digits;
    do digits[--n] = (char)('0' + v % 10);
    while (v /= 10);
    memcpy(to, digits + n, sizeof digits - n);
    return sizeof digits - n;
}

char *ing_source_text_renew(ing_source_text *s, char *to, uint64_t line)
{
    s->stride = line / ING_SOURCE_STRIDE;
    s->n = s->prefix_n;
    if (s->stride) {
        s->n += put_digits(s->text.p + s->prefix_n, s->stride);
        return ing_source_text_put(s, to, line);
    }
    memcpy(to, s->text.p, s->n);
    to += s->n;
    to += put_digits(to, line);
    if (s->quoted) *to++ = '"';
    return to;
}
