/* plain.c: see plain.h. */
#include "report/plain.h"
#include "base/text.h"
#include <string.h>

void report_plain_text(cst_buffer *b, cst_text t)
{
    cst_buffer_add_visible(b, t.p, t.n, 400);
}

void report_plain_column(report_plain *p, cst_text t, size_t columns)
{
    cst_buffer shown = {0};
    report_plain_text(&shown, t);
    size_t n = shown.n, width = cst_display_width(shown.p, n);
    bool cut = width > columns;
    while (n > 0 && width + 3 > columns && cut) {
        do n--;
        while (n > 0 && ((unsigned char)shown.p[n] & 0xc0) == 0x80);
        width = cst_display_width(shown.p, n);
    }
    cst_buffer_add(&p->out, shown.p, n);
    if (cut) cst_buffer_add_string(&p->out, "...");
    for (size_t k = width + (cut ? 3 : 0); k < columns; k++) cst_buffer_add_char(&p->out, ' ');
    p->out.failed |= shown.failed;
    cst_buffer_free(&shown);
}

void report_plain_right(report_plain *p, const char *text, size_t columns)
{
    for (size_t k = cst_display_width(text, strlen(text)); k < columns; k++)
        cst_buffer_add_char(&p->out, ' ');
    cst_buffer_add_string(&p->out, text);
}

/* A blank behind which a line may go on: NEW stays with what is new. */
static bool may_break(const char *p, size_t i)
{
    return p[i] == ' ' && !(i >= 3 && memcmp(p + i - 3, "NEW", 3) == 0 && (i == 3 || p[i - 4] == ' '));
}

/* As many bytes of n as fit: up to a blank, or, of a word that is too long, up to a character. */
static size_t fit(const char *p, size_t n, size_t room)
{
    size_t words = 0, bytes = 0;
    if (cst_display_width(p, n) <= room) return n;
    for (size_t i = 1; i < n && cst_display_width(p, i) <= room; i++) {
        if (((unsigned char)p[i] & 0xc0) != 0x80) bytes = i;
        if (may_break(p, i)) words = i;
    }
    return words ? words : bytes ? bytes : n;
}

void report_plain_line(report_plain *p, const char *first, const char *indent)
{
    const char *at = p->line.p, *head = first;
    for (size_t n = p->line.n, take; n > 0; at += take, n -= take, head = indent) {
        take = fit(at, n, REPORT_PLAIN_WIDTH - strlen(head));
        cst_buffer_add_string(&p->out, head);
        cst_buffer_add(&p->out, at, take);
        cst_buffer_add_char(&p->out, '\n');
        while (take < n && at[take] == ' ') take++;
    }
    p->out.failed |= p->line.failed;
    cst_buffer_clear(&p->line);
}

void report_plain_end(report_plain *p)
{
    while (p->out.n && p->out.p[p->out.n - 1] == ' ') p->out.n--;
    cst_buffer_add_char(&p->out, '\n');
}

void report_plain_heading(report_plain *p)
{
    size_t under = cst_display_width(p->line.p, p->line.n);
    cst_buffer_add_char(&p->out, '\n');
    report_plain_line(p, "", "");
    for (size_t k = 0; k < under && k < REPORT_PLAIN_WIDTH; k++) cst_buffer_add_char(&p->out, '=');
    cst_buffer_add_char(&p->out, '\n');
}

void report_plain_free(report_plain *p)
{
    cst_buffer_free(&p->out);
    cst_buffer_free(&p->line);
}
