/* base/error.c: fills cst_error. An error lives on the caller's stack and allocates nothing, so that
 * running out of memory can be reported like anything else. Text that came from outside is made
 * harmless here, once, for every message: a control character in a file name or a field could
 * otherwise rewrite the reader's terminal. */
#include "base/buffer.h"
#include <cstools/base.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Copies `from` with control characters made visible. What does not fit is cut before a whole character. */
static void copy_visible(char *to, size_t room, const char *from)
{
    size_t n = 0, left = strlen(from), used;
    for (; left; from += used, left -= used) {
        char seen[CST_VISIBLE_ROOM];
        size_t more = cst_visible(from, left, seen, &used);
        if (n + more >= room) break;
        memcpy(to + n, seen, more);
        n += more;
    }
    if (left && ((unsigned char)*from & 0xC0) == 0x80) {
        while (n > 0 && ((unsigned char)to[n - 1] & 0xC0) == 0x80) n--;
        if (n > 0) n--;
    }
    to[n] = '\0';
}

static void set_place(cst_error *e, cst_place place, const char *field)
{
    copy_visible(e->file, sizeof e->file, place.file ? place.file : "");
    e->line = place.line;
    e->column = place.column;
    copy_visible(e->field, sizeof e->field, field ? field : "");
}

static void set_message(cst_error *e, cst_status status, const char *format, va_list args)
{
    char raw[sizeof e->message + 8]; /* longer, so that the cut is made below, at a whole character */
    if (vsnprintf(raw, sizeof raw, format, args) < 0) raw[0] = '\0';
    e->status = status;
    copy_visible(e->message, sizeof e->message, raw);
}

cst_status cst_fail(cst_error *e, cst_status status, const char *format, ...)
{
    if (!e) return status;
    va_list args;
    va_start(args, format);
    set_message(e, status, format, args);
    va_end(args);
    set_place(e, (cst_place){0}, NULL);
    return status;
}

cst_status cst_fail_at(cst_error *e, cst_status status, cst_place place, const char *field,
                       const char *format, ...)
{
    if (!e) return status;
    va_list args;
    va_start(args, format);
    set_message(e, status, format, args);
    va_end(args);
    set_place(e, place, field);
    return status;
}

cst_status cst_error_place(cst_error *e, cst_place place, const char *field)
{
    if (!e) return CST_OK;
    if (!e->file[0] && e->line == 0) {
        copy_visible(e->file, sizeof e->file, place.file ? place.file : "");
        e->line = place.line;
        e->column = place.column;
    }
    if (!e->field[0] && field) copy_visible(e->field, sizeof e->field, field);
    return e->status;
}

cst_status cst_error_advise(cst_error *e, cst_status status, const char *advice)
{
    if (!e) return status;
    size_t n = strlen(e->message);
    if (n + 3 < sizeof e->message) {
        memcpy(e->message + n, "; ", 3);
        copy_visible(e->message + n + 2, sizeof e->message - n - 2, advice);
    }
    return status;
}

size_t cst_error_format(const cst_error *e, char *buffer, size_t size)
{
    char line[24] = "", column[24] = "";
    if (e->line) snprintf(line, sizeof line, ":%llu", (unsigned long long)e->line);
    if (e->line && e->column) snprintf(column, sizeof column, ":%llu", (unsigned long long)e->column);
    bool placed = e->file[0] || e->line;
    int n = snprintf(buffer, size, "%s%s%s%s%s%s%s", e->file[0] || !e->line ? e->file : "input", line, column,
                     placed ? ": " : "", e->field, e->field[0] ? ": " : "", e->message);
    return n < 0 ? 0 : (size_t)n;
}

const char *cst_version(void)
{
    return CST_VERSION;
}
