/* base/buffer.c: a string of bytes that grows by half again, so that n adds cost O(n). A failure to
 * grow sticks in `failed`; later adds do nothing, and the caller checks once at the end. */
#include "base/buffer.h"
#include "base/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cst_buffer_reserve(cst_buffer *b, size_t more)
{
    if (b->failed) return false;
    if (more <= b->room - b->n) return true;
    size_t room = b->n + more, grown = b->room + b->room / 2;
    if (room < grown) room = grown;
    if (room < 64) room = 64;
    b->failed = more > SIZE_MAX / 4 - b->n || !cst_resize(&b->p, room, 1);
    if (!b->failed) b->room = room;
    return !b->failed;
}

void cst_buffer_add(cst_buffer *b, const void *p, size_t n)
{
    if (n == 0 || !cst_buffer_reserve(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void cst_buffer_add_string(cst_buffer *b, const char *s)
{
    cst_buffer_add(b, s, strlen(s));
}

void cst_buffer_add_packed(cst_buffer *b, cst_text t)
{
    cst_buffer_add(b, &t.n, sizeof t.n);
    cst_buffer_add(b, t.p, t.n);
}

void cst_buffer_add_char(cst_buffer *b, char c)
{
    if (!cst_buffer_reserve(b, 1)) return;
    b->p[b->n++] = c;
}

void cst_buffer_printf(cst_buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char tiny[1];
    int n = vsnprintf(tiny, sizeof tiny, format, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
    } else if (cst_buffer_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

/* \xNN */
static void write_hex(unsigned char c, char out[4])
{
    static const char hex[] = "0123456789abcdef";
    out[0] = '\\';
    out[1] = 'x';
    out[2] = hex[c >> 4];
    out[3] = hex[c & 15];
}

/* The marks that turn the direction of what stands behind them (UAX #9): U+061C, U+200E, U+200F, U+202A to
 * U+202E, U+2066 to U+2069. The code point, or 0; *length is that of its UTF-8. */
static unsigned find_direction(const char *p, size_t n, size_t *length)
{
    const unsigned char *c = (const unsigned char *)p;
    *length = 2;
    if (n > 1 && c[0] == 0xD8 && c[1] == 0x9C) return 0x061C;
    *length = 3;
    if (n < 3 || c[0] != 0xE2 || (c[1] != 0x80 && c[1] != 0x81)) return 0;
    unsigned code = 0x2000u + (c[1] & 0x3Fu) * 64u + (c[2] & 0x3Fu);
    bool turns = code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                 (code >= 0x2066 && code <= 0x2069);
    return turns ? code : 0;
}

size_t cst_visible(const char *p, size_t n, char out[CST_VISIBLE_ROOM], size_t *used)
{
    unsigned char c = (unsigned char)p[0], next = n > 1 ? (unsigned char)p[1] : 0;
    *used = 1;
    if (c == '\n' || c == '\t' || c == '\r') {
        out[0] = '\\';
        out[1] = c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
        return 2;
    }
    if (c < 0x20 || c == 0x7F) {
        write_hex(c, out);
        return 4;
    }
    if (c == 0xC2 && next >= 0x80 && next <= 0x9F) {
        write_hex(c, out);
        write_hex(next, out + 4);
        *used = 2;
        return 8;
    }
    size_t length;
    unsigned turning = find_direction(p, n, &length);
    if (turning) {
        *used = length;
        return (size_t)snprintf(out, CST_VISIBLE_ROOM, "\\u{%04x}", turning);
    }
    if (n > 2 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        for (int i = 0; i < 3; i++) write_hex((unsigned char)p[i], out + 4 * (ptrdiff_t)i);
        *used = 3;
        return 12;
    }
    out[0] = p[0];
    return 1;
}

void cst_buffer_add_visible(cst_buffer *b, const char *p, size_t n, size_t limit)
{
    size_t shown = n < limit ? n : limit;
    while (shown < n && shown > 0 && ((unsigned char)p[shown] & 0xC0) == 0x80) shown--;
    for (size_t i = 0, used; i < shown; i += used) {
        char seen[CST_VISIBLE_ROOM];
        cst_buffer_add(b, seen, cst_visible(p + i, shown - i, seen, &used));
    }
    if (shown < n) cst_buffer_add_string(b, "...");
}

const char *cst_buffer_string(cst_buffer *b)
{
    if (!cst_buffer_reserve(b, 1)) return "";
    b->p[b->n] = '\0';
    return b->p;
}

cst_status cst_buffer_fail(cst_buffer *b, cst_status status, cst_place place, const char *field, cst_error *e)
{
    status = b->failed ? cst_no_memory(e) : cst_fail_at(e, status, place, field, "%s", cst_buffer_string(b));
    cst_buffer_free(b);
    return status;
}

void cst_buffer_clear(cst_buffer *b)
{
    b->n = 0;
    b->failed = false;
}

void cst_buffer_free(cst_buffer *b)
{
    if (!b) return;
    free(b->p);
    *b = (cst_buffer){0};
}
