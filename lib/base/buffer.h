/* base/buffer.h: a string of bytes that grows. Zero-initialise it, add to it, free it.
 *
 *     cst_buffer b = {0};
 *     cst_buffer_add(&b, "mrr", 3);
 *     cst_buffer_printf(&b, " %d", 12);
 *     if (b.failed) ...                  // one check at the end: a failed add sticks
 *     cst_buffer_free(&b);
 */
#ifndef CST_BASE_BUFFER_H
#define CST_BASE_BUFFER_H
#include <cstools/base.h>
#include <string.h>

typedef struct cst_buffer {
    char *p;     /* not NUL-ended unless cst_buffer_string was called */
    size_t n;    /* bytes held */
    size_t room; /* bytes allocated */
    bool failed; /* an add ran out of memory; the content is incomplete */
} cst_buffer;

bool cst_buffer_reserve(cst_buffer *b, size_t more); /* false and b->failed when out of memory */
void cst_buffer_add(cst_buffer *b, const void *p, size_t n);
void cst_buffer_add_string(cst_buffer *b, const char *s);
/* A text behind its length, as cst_packed_text reads it. */
void cst_buffer_add_packed(cst_buffer *b, cst_text t);
/* The packed text at *at, which then points behind it. The text lives as long as the bytes. */
static inline cst_text cst_packed_text(const char **at)
{
    cst_text t;
    memcpy(&t.n, *at, sizeof t.n);
    t.p = *at + sizeof t.n;
    *at = t.p + t.n;
    return t;
}
void cst_buffer_add_char(cst_buffer *b, char c);
void cst_buffer_printf(cst_buffer *b, const char *format, ...) CST_PRINTF(2, 3);
/* Adds bytes with control characters made visible (\n, \t, \r, \xNN, \u{202e}); for messages. At most `limit`
 * bytes of p, whole UTF-8 characters only, then "...". */
void cst_buffer_add_visible(cst_buffer *b, const char *p, size_t n, size_t limit);
/* The one rule of what is made visible: turns the first character of p (n > 0 bytes) into `out`, not
 * NUL-ended. Returns the length of out; *used is how many bytes of p it stands for. C0, DEL, the C1
 * controls of UTF-8, the marks that turn the direction of a line, and a byte order mark, which has no width,
 * are escaped. What is visible stays as it is when it is made visible once more. */
#define CST_VISIBLE_ROOM 12
size_t cst_visible(const char *p, size_t n, char out[CST_VISIBLE_ROOM], size_t *used);
const char *cst_buffer_string(cst_buffer *b); /* NUL-ends it; "" when empty or failed */
/* Fails with the content as the message, and frees the buffer. */
cst_status cst_buffer_fail(cst_buffer *b, cst_status status, cst_place place, const char *field,
                           cst_error *e);
void cst_buffer_clear(cst_buffer *b); /* empty, memory kept */
void cst_buffer_free(cst_buffer *b);
#endif
