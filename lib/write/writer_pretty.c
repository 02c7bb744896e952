/* writer_pretty.c: columns aligned for people. Widths are known only at the end, so cells gather in the
 * writer's buffer as small records (a mark, a length, the bytes) and are laid out by finish; a fork's
 * records are simply appended. Numbers stand at the right, their thousands are parted by commas, negative
 * ones stand in brackets where asked; then the other numbers of the column leave a blank for the bracket,
 * so that the digits stay below each other. Control characters of the data are made visible. */
#include "base/text.h"
#include "write/sink.h"
#include "write/writer.h"
#include <stdlib.h>
#include <string.h>

enum mark { MARK_PLAIN, MARK_NEGATIVE, MARK_BRACKETS, MARK_RULE };
enum { RECORD_HEAD = 5, GAP = 2 };

static void put_head(char *at, enum mark mark, uint32_t n)
{
    at[0] = (char)mark;
    memcpy(at + 1, &n, sizeof n);
}

/* Steps over one record. */
static const char *take_record(const char *p, enum mark *mark, cst_text *text)
{
    *mark = (enum mark)p[0];
    memcpy(&text->n, p + 1, sizeof text->n);
    text->p = p + RECORD_HEAD;
    return text->p + text->n;
}

static void put_pretty_text(cst_writer *w, cst_text t)
{
    size_t head = w->out.n;
    if (!cst_writer_reserve(w, RECORD_HEAD)) return;
    w->out.n += RECORD_HEAD;
    cst_buffer_add_visible(&w->out, t.p, t.n, t.n);
    if (w->out.failed) return;
    bool negative = cst_writer_kind(w) == CST_COL_NUMBER && t.n > 1 && t.p[0] == '-';
    put_head(w->out.p + head, negative ? MARK_NEGATIVE : MARK_PLAIN,
             (uint32_t)(w->out.n - head - RECORD_HEAD));
}

/* Numbers grow by a comma for each three digits and by brackets: less than as much again. */
static char *begin_pretty(cst_writer *w, size_t room)
{
    return cst_writer_reserve(w, RECORD_HEAD + 2 * room) ? w->out.p + w->out.n + RECORD_HEAD : NULL;
}

/* Commas into the whole part of [-]digits[.digits], in place; the new length. */
static size_t group_digits(char *p, size_t n)
{
    size_t sign = n > 0 && p[0] == '-';
    const char *point = memchr(p, '.', n);
    size_t whole = (point ? (size_t)(point - p) : n) - sign;
    size_t commas = whole > 0 ? (whole - 1) / 3 : 0;
    memmove(p + sign + whole + commas, p + sign + whole, n - sign - whole);
    for (size_t to = sign + whole + commas, from = sign + whole, run = 0; from < to; run++) {
        if (run == 3) {
            p[--to] = ',';
            run = 0;
        }
        p[--to] = p[--from];
    }
    return n + commas;
}

static void end_pretty(cst_writer *w, size_t n, enum cst_cell kind)
{
    char *head = w->out.p + w->out.n, *p = head + RECORD_HEAD;
    enum mark mark = MARK_PLAIN;
    if (cst_writer_kind(w) == CST_COL_NUMBER && kind != CST_CELL_WORD && n > 0) {
        bool negative = p[0] == '-';
        if (kind == CST_CELL_AMOUNT) n = group_digits(p, n);
        if (negative) mark = w->head->opts.brackets ? MARK_BRACKETS : MARK_NEGATIVE;
        if (mark == MARK_BRACKETS) {
            p[0] = '(';
            p[n++] = ')';
        }
    }
    put_head(head, mark, (uint32_t)n);
    w->out.n += RECORD_HEAD + n;
}

static void end_pretty_row(cst_writer *w)
{
    (void)w;
}

static void put_pretty_rule(cst_writer *w)
{
    if (!cst_writer_reserve(w, RECORD_HEAD)) return;
    put_head(w->out.p + w->out.n, MARK_RULE, 0);
    w->out.n += RECORD_HEAD;
}

/* The names are data too. */
static void open_pretty(cst_writer *w)
{
    for (size_t i = 0; i < w->head->n; i++) {
        char *name = w->head->name[i];
        cst_buffer b = {0};
        cst_buffer_add_visible(&b, name, strlen(name), SIZE_MAX);
        cst_buffer_string(&b);
        if (b.failed) {
            w->out.failed = true;
            cst_buffer_free(&b);
            return;
        }
        w->head->name[i] = b.p;
        free(name);
    }
}

typedef struct pretty_layout {
    cst_writer *w;
    size_t *width;   /* per column, without the bracket's blank */
    size_t *reserve; /* 1 where the column has brackets */
    cst_buffer line; /* laid out, on its way to the sink */
} pretty_layout;

static void measure(pretty_layout *l)
{
    const cst_head *h = l->w->head;
    for (size_t i = 0; i < h->n; i++) l->width[i] = cst_display_width(h->name[i], strlen(h->name[i]));
    const char *p = l->w->out.p, *end = p + l->w->out.n;
    size_t column = 0;
    while (p < end) {
        enum mark mark;
        cst_text t;
        p = take_record(p, &mark, &t);
        if (mark == MARK_RULE) continue;
        size_t width = cst_display_width(t.p, t.n) - (mark == MARK_BRACKETS);
        if (width > l->width[column]) l->width[column] = width;
        if (mark == MARK_BRACKETS) l->reserve[column] = 1;
        column = column + 1 == h->n ? 0 : column + 1;
    }
}

static void pad(cst_buffer *b, size_t n)
{
    while (n-- > 0) cst_buffer_add_char(b, ' ');
}

/* One cell; *owed counts the blanks before it, written only if something follows, so that no line ends in
 * blanks. */
static void lay_cell(pretty_layout *l, size_t column, cst_text t, enum mark mark, size_t *owed)
{
    const cst_head *h = l->w->head;
    bool right = h->kind[column] == CST_COL_NUMBER;
    size_t width = l->width[column] + l->reserve[column], used = cst_display_width(t.p, t.n);
    size_t behind = right ? l->reserve[column] && mark != MARK_BRACKETS : width - used;
    if (right) *owed += width - used - behind;
    if (t.n > 0) {
        bool red = h->opts.color && (mark == MARK_NEGATIVE || mark == MARK_BRACKETS);
        pad(&l->line, *owed);
        if (red) cst_buffer_add_string(&l->line, "\033[31m");
        cst_buffer_add(&l->line, t.p, t.n);
        if (red) cst_buffer_add_string(&l->line, "\033[0m");
        *owed = 0;
    } else {
        *owed += used;
    }
    *owed += behind + GAP;
}

static void lay_rule(pretty_layout *l)
{
    for (size_t i = 0; i < l->w->head->n; i++) {
        if (i > 0) pad(&l->line, GAP);
        for (size_t k = l->width[i] + l->reserve[i]; k > 0; k--) cst_buffer_add_char(&l->line, '-');
    }
    cst_buffer_add_char(&l->line, '\n');
}

static void lay_header(pretty_layout *l)
{
    const cst_head *h = l->w->head;
    size_t owed = 0;
    if (h->opts.color) cst_buffer_add_string(&l->line, "\033[1m");
    for (size_t i = 0; i < h->n; i++)
        lay_cell(l, i, (cst_text){h->name[i], (uint32_t)strlen(h->name[i])}, MARK_PLAIN, &owed);
    if (h->opts.color) cst_buffer_add_string(&l->line, "\033[0m");
    cst_buffer_add_char(&l->line, '\n');
    lay_rule(l);
}

static void pass_on(pretty_layout *l)
{
    cst_writer *w = l->w;
    if (l->line.failed)
        w->out.failed = true;
    else if (cst_sink_write(w->sink, l->line.p, l->line.n, &w->failure) != CST_OK)
        w->limit = 0;
    cst_buffer_clear(&l->line);
}

static void lay_rows(pretty_layout *l)
{
    const char *p = l->w->out.p, *end = p + l->w->out.n;
    size_t column = 0, owed = 0;
    while (p < end && l->w->failure.status == CST_OK && !l->w->out.failed) {
        enum mark mark;
        cst_text t;
        p = take_record(p, &mark, &t);
        if (mark == MARK_RULE) {
            lay_rule(l);
            continue;
        }
        lay_cell(l, column, t, mark, &owed);
        if (++column < l->w->head->n) continue;
        cst_buffer_add_char(&l->line, '\n');
        column = owed = 0;
        if (l->line.n >= CST_SINK_ROOM || l->line.failed) pass_on(l);
    }
}

static void finish_pretty(cst_writer *w)
{
    pretty_layout l = {.w = w};
    cst_buffer sizes = {0};
    size_t bytes = 2 * w->head->n * sizeof(size_t);
    if (w->out.failed || !cst_buffer_reserve(&sizes, bytes)) {
        w->out.failed = true;
        return;
    }
    memset(sizes.p, 0, bytes);
    l.width = (size_t *)(void *)sizes.p;
    l.reserve = l.width + w->head->n;
    measure(&l);
    lay_header(&l);
    lay_rows(&l);
    if (w->failure.status == CST_OK) pass_on(&l);
    w->out.n = 0; /* whether it failed is looked at next */
    cst_buffer_free(&l.line);
    cst_buffer_free(&sizes);
}

const cst_family cst_family_pretty = {.open = open_pretty,
                                      .text = put_pretty_text,
                                      .begin = begin_pretty,
                                      .end = end_pretty,
                                      .end_row = end_pretty_row,
                                      .rule = put_pretty_rule,
                                      .finish = finish_pretty,
                                      .collects = true};
