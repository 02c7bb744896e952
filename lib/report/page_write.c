/* report/page_write.c: what all sections write with: bytes, names, signed figures, sentences. See
 * page.h. */
#include "base/memory.h"
#include "base/text.h"
#include "report/page.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

int report_page_column(const cst_table *t, const char *name)
{
    for (size_t c = 0; t && c < cst_table_columns(t); c++)
        if (cst_text_is(cst_table_name(t, c), name)) return (int)c;
    return -1;
}

chart_value report_page_value(const cst_table *t, size_t row, int column)
{
    cst_money m;
    cst_text cell = cst_table_at(t, row, column);
    if (cell.n == 0) return CHART_NONE;
    cst_decimal_status parsed = cst_money_parse(cell, &m);
    return parsed == CST_DECIMAL_OK || parsed == CST_DECIMAL_ROUNDED ? m : CHART_NONE;
}

cst_day report_page_day(const cst_table *t, size_t row, int column)
{
    cst_day day;
    return cst_day_parse(cst_table_at(t, row, column), &day) ? day : CST_DAY_NONE;
}

/* ---- bytes ---- */

void report_put(report_page *p, const char *html)
{
    cst_buffer_add_string(&p->out, html);
}

void report_put_text(report_page *p, cst_text t)
{
    chart_escape(&p->out, t);
}

void report_put_name(report_page *p, cst_text t)
{
    cst_buffer b = {0};
    chart_add_name(&b, t, 60);
    if (b.failed) p->out.failed = true;
    report_put_text(p, (cst_text){b.p ? b.p : "", (uint32_t)b.n});
    cst_buffer_free(&b);
}

void report_file_name(cst_text id, char out[REPORT_FILE_ROOM])
{
    size_t n = 0;
    for (uint32_t i = 0; i < id.n && n + 4 < REPORT_FILE_ROOM; i++) {
        unsigned char c = (unsigned char)id.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '_' || (c == '.' && i > 0);
        n += (size_t)snprintf(out + n, REPORT_FILE_ROOM - n, plain ? "%c" : "~%02x", c);
    }
    out[n] = '\0';
}

void report_put_account(report_page *p, cst_text name, cst_text id)
{
    char file[REPORT_FILE_ROOM];
    if (p->o->pages) {
        report_file_name(id, file);
        report_put(p, "<a href=\"");
        report_put(p, p->o->pages);
        report_put(p, file);
        report_put(p, ".html\">");
    }
    report_put_name(p, name.n ? name : id);
    if (p->o->pages) report_put(p, "</a>");
}

void report_put_cell(report_page *p, const char *tag, chart_number n)
{
    report_put(p, tag);
    report_put(p, n.s);
}

void report_put_change(report_page *p, chart_value v, chart_unit unit, int worse)
{
    bool bad = v != CHART_NONE && ((worse < 0 && v < 0) || (worse > 0 && v > 0));
    if (bad) report_put(p, "<span class=bad>");
    report_put(p, v == 0 && unit == CHART_MONEY ? CHART_DASH : chart_difference(v, unit).s);
    if (bad) report_put(p, "</span>");
}

/* ---- sentences ---- */

cst_text report_word(report_page *p, const char *key)
{
    for (size_t i = 0; i < cst_table_rows(p->words); i++)
        if (cst_text_is(cst_table_at(p->words, i, 0), key)) return cst_table_at(p->words, i, 1);
    return cst_text_of(key);
}

enum { VALUES_MOST = 16 };
struct said {
    const char *name[VALUES_MOST], *value[VALUES_MOST];
    int n;
};

static const char *find_value(const struct said *s, cst_text name)
{
    for (int i = 0; i < s->n; i++)
        if (cst_text_is(name, s->name[i])) return s->value[i];
    return "";
}

/* Adds a part of a sentence to the end of `b`; false, and nothing added, where a value in it is
 * missing. */
static bool add_part(cst_buffer *b, cst_text t, const struct said *s)
{
    size_t start = b->n;
    for (uint32_t i = 0; i < t.n; i++) {
        const char *end = t.p[i] == '{' ? memchr(t.p + i, '}', t.n - i) : NULL;
        if (!end) {
            cst_buffer_add_char(b, t.p[i]);
            continue;
        }
        uint32_t to = (uint32_t)(end - t.p);
        const char *value = find_value(s, (cst_text){t.p + i + 1, to - i - 1});
        if (!*value) {
            b->n = start;
            return false;
        }
        cst_buffer_add_string(b, value);
        i = to;
    }
    return true;
}

/* The parts of a sentence, in and out of brackets. */
static void add_sentence(cst_buffer *b, cst_text t, const struct said *s)
{
    size_t start = b->n;
    while (t.n > 0) {
        bool bracket = t.p[0] == '[';
        const char *stop = memchr(t.p, bracket ? ']' : '[', t.n);
        uint32_t to = stop ? (uint32_t)(stop - t.p) : t.n;
        cst_text part = {t.p + bracket, to - bracket};
        bool whole = add_part(b, part, s);
        if (!whole && !bracket) {
            b->n = start;
            return;
        }
        to += bracket && stop;
        t = (cst_text){t.p + to, t.n - to};
    }
}

static void add_said(report_page *p, cst_buffer *out, const char *key, va_list list)
{
    struct said s = {.n = 0};
    const char *name;
    while (s.n < VALUES_MOST && (name = va_arg(list, const char *)) != NULL) {
        s.name[s.n] = name;
        s.value[s.n++] = va_arg(list, const char *);
    }
    add_sentence(out, report_word(p, key), &s);
}

void report_say(report_page *p, const char *key, ...)
{
    va_list list;
    va_start(list, key);
    cst_buffer_clear(&p->scratch);
    add_said(p, &p->scratch, key, list);
    va_end(list);
    report_put_text(p, (cst_text){p->scratch.p ? p->scratch.p : "", (uint32_t)p->scratch.n});
    if (p->scratch.failed) p->out.failed = true;
}

void report_sentence(report_page *p, cst_buffer *out, const char *key, ...)
{
    va_list list;
    va_start(list, key);
    add_said(p, out, key, list);
    va_end(list);
}

void report_put_heads(report_page *p, const char *key)
{
    cst_text list = report_word(p, key), head;
    while (cst_text_next(&list, '|', &head)) {
        bool left = head.n > 0 && head.p[0] == '<';
        report_put(p, left ? "<th class=t>" : "<th>");
        report_put_text(p, (cst_text){head.p + left, head.n - left});
    }
}

void report_begin_table(report_page *p, const char *tag, const char *caption, const char *heads)
{
    report_put(p, tag);
    if (caption) {
        report_put(p, "<caption>");
        report_put_text(p, report_word(p, caption));
        report_put(p, "</caption>");
    }
    report_put(p, "<thead><tr>");
    report_put_heads(p, heads);
    report_put(p, "<tbody>");
}

/* ---- sections and pictures ---- */

void report_begin_section(report_page *p, const char *id)
{
    char key[40];
    snprintf(key, sizeof key, "%s.question", id);
    report_put(p, "<section id=");
    report_put(p, id);
    report_put(p, "><h2>");
    report_put_text(p, report_word(p, key));
    report_put(p, "</h2>\n<p class=ans>");
}

void report_end_section(report_page *p)
{
    report_put(p, "</section>\n");
}

void report_no_input(report_page *p, const char *input)
{
    report_say(p, "no-input", "input", input, NULL);
    report_put(p, "\n");
    report_end_section(p);
}

cst_status report_put_picture(report_page *p, chart_drawing *d, cst_text title, cst_text desc, cst_error *e)
{
    chart_frame frame = {title, desc, false, ++p->pictures};
    return chart_write(&p->out, d, &frame, e);
}

cst_status report_put_chart(report_page *p, report_make *make, const char *path, size_t panel, size_t *panels,
                            cst_error *e)
{
    report_options o = {.period = CST_DAY_NONE, .as_of = CST_DAY_NONE, .model = p->o->model};
    report_chart c = {.io = p->io, .o = &o, .in = {&path, 1}, .history = {&p->o->bridge, 1}, .panel = panel};
    o.history = p->o->bridge;
    cst_status status = report_chart_make(&c, make, e);
    if (status == CST_OK) {
        if (panels) *panels = c.panels;
        report_put(p, "<figure>");
        if (!panel) {
            report_put(p, "<figcaption><b>");
            report_put_text(p, report_text_of(&c.title));
            report_put(p, "</b></figcaption>");
        }
        status = report_put_picture(p, &c.drawing, report_text_of(&c.title), report_text_of(&c.desc), e);
        report_put(p, "</figure>\n");
    }
    report_chart_free(&c);
    return status;
}

cst_status report_put_sparkline(report_page *p, int column, chart_value reference, cst_error *e)
{
    const cst_table *t = p->in[PAGE_BRIDGE];
    chart_drawing d = {0};
    chart_frame frame = {.id = 0};
    chart_value *v = calloc(p->totals + 1, sizeof *v);
    if (!v) return cst_no_memory(e);
    for (size_t i = 0; i < p->totals; i++) v[i] = report_page_value(t, p->total[i], column);
    chart_sparkline(&d, v, p->totals, reference);
    cst_status status = chart_write(&p->out, &d, &frame, e);
    chart_drawing_free(&d);
    free(v);
    return status;
}
