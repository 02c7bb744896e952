/* svg.c: see svg.h. */
#include "chart/svg.h"
#include "base/memory.h"
#include "base/text.h"
#include "chart/chart.h"
#include "chart/fit.h"
#include <string.h>

enum { MARGIN = 16, TITLE_ROOM = 28, TITLE_LINE = 18, TITLE_LINES = 2 };

/* Characters that would turn the order of what stands after them, or are none of XML 1.0. FSI and PDI stay:
 * they set a name apart and end with the text. */
static bool is_barred(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || c == 0x2066 ||
           c == 0x2067 || c == 0xFFFE || c == 0xFFFF;
}

void chart_escape(cst_buffer *out, cst_text t)
{
    const char *p = t.p, *end = t.p + t.n;
    while (p < end) {
        const char *from = p;
        uint32_t c = chart_character(&p, end);
        switch (c) {
        case '&':
            cst_buffer_add_string(out, "&amp;");
            break;
        case '<':
            cst_buffer_add_string(out, "&lt;");
            break;
        case '>':
            cst_buffer_add_string(out, "&gt;");
            break;
        case '"':
            cst_buffer_add_string(out, "&quot;");
            break;
        default:
            if (is_barred(c))
                cst_buffer_add_string(out, "\xEF\xBF\xBD");
            else
                cst_buffer_add(out, from, (size_t)(p - from));
        }
    }
}

/* Hebrew, Arabic, Syriac, Thaana, N'Ko and what follows them, their presentation forms, and the ancient
 * scripts. */
static bool is_right_to_left(uint32_t c)
{
    return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF) ||
           (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF);
}

void chart_add_name(cst_buffer *out, cst_text name, size_t most)
{
    cst_text cut = chart_cut(name, most);
    bool apart = false;
    for (const char *p = cut.p; p < cut.p + cut.n;)
        apart |= is_right_to_left(chart_character(&p, cut.p + cut.n));
    if (apart) cst_buffer_add_string(out, "\xE2\x81\xA8");
    cst_buffer_add(out, cut.p, cut.n);
    if (cut.n < name.n) cst_buffer_add_string(out, "\xE2\x80\xA6");
    if (apart) cst_buffer_add_string(out, "\xE2\x81\xA9");
}

/* Tenths as a number of units: 12, 12.5, -0.3. */
static void add_tenths(cst_buffer *b, int v)
{
    int whole = v < 0 ? -(v / 10) : v / 10, rest = v < 0 ? -(v % 10) : v % 10;
    cst_buffer_printf(b, rest ? "%s%d.%d" : "%s%d", v < 0 ? "-" : "", whole, rest);
}

static void open_text(chart_drawing *d, int x, int y, const char *classes)
{
    cst_buffer_printf(&d->body,
                      *classes ? "<text x=\"%d\" y=\"%d\" class=\"%s\">" : "<text x=\"%d\" y=\"%d\">", x, y,
                      classes);
}

void chart_text(chart_drawing *d, int x, int y, const char *classes, cst_text t)
{
    if (t.n == 0) return;
    open_text(d, x, y, classes);
    chart_escape(&d->body, t);
    cst_buffer_add_string(&d->body, "</text>\n");
}

static bool has_class(const char *classes, char c)
{
    for (const char *p = classes; *p; p += p[1] == ' ' ? 2 : 1)
        if (*p == c && (p[1] == ' ' || p[1] == '\0')) return true;
    return false;
}

/* A line that was wrapped; what was cut off leaves an ellipsis. */
static void add_line(cst_buffer *b, const chart_line_of *line)
{
    chart_escape(b, line->text);
    if (line->cut) cst_buffer_add_string(b, "\xE2\x80\xA6");
    cst_buffer_add_string(b, "</text>\n");
}

int chart_paragraph(chart_drawing *d, int x, int y, const char *classes, cst_text t, int width, int most,
                    int leading)
{
    chart_line_of line[CHART_LINES_MOST];
    int size = has_class(classes, 'h') ? CHART_TITLE_SIZE : CHART_TEXT_SIZE;
    int n = chart_wrap(t, width, size, has_class(classes, 'b'), line,
                       most < CHART_LINES_MOST ? most : CHART_LINES_MOST);
    for (int i = 0; i < n; i++) {
        open_text(d, x, y + i * leading, classes);
        add_line(&d->body, &line[i]);
    }
    return n;
}

void chart_string(chart_drawing *d, int x, int y, const char *classes, const char *s)
{
    chart_text(d, x, y, classes, cst_text_of(s));
}

void chart_signed_text(chart_drawing *d, int x, int y, const char *classes, const char *sign_class,
                       const char *sign, cst_text t)
{
    open_text(d, x, y, classes);
    cst_buffer_printf(&d->body, "<tspan class=\"%s\">%s</tspan> ", sign_class, sign);
    chart_escape(&d->body, t);
    cst_buffer_add_string(&d->body, "</text>\n");
}

void chart_path(chart_drawing *d, const char *classes, int stroke)
{
    d->path = d->body.n;
    cst_buffer_printf(&d->body, "<path class=\"%s\"", classes);
    if (stroke > 0) {
        cst_buffer_add_string(&d->body, " stroke-width=\"");
        add_tenths(&d->body, stroke);
        cst_buffer_add_char(&d->body, '"');
    }
    cst_buffer_add_string(&d->body, " d=\"");
    d->empty = d->body.n;
}

static void add_step(chart_drawing *d, char command, int a)
{
    cst_buffer_add_char(&d->body, command);
    add_tenths(&d->body, a);
}

static void add_point(chart_drawing *d, char command, int x, int y)
{
    add_step(d, command, x);
    cst_buffer_add_char(&d->body, ' ');
    add_tenths(&d->body, y);
}

void chart_move(chart_drawing *d, int x, int y)
{
    add_point(d, 'M', x, y);
}

void chart_line(chart_drawing *d, int x, int y)
{
    add_point(d, 'L', x, y);
}

void chart_across(chart_drawing *d, int x)
{
    add_step(d, 'H', x);
}

void chart_down(chart_drawing *d, int y)
{
    add_step(d, 'V', y);
}

void chart_box(chart_drawing *d, int x, int y, int width, int height)
{
    chart_move(d, x, y);
    add_step(d, 'h', width);
    add_step(d, 'v', height);
    add_step(d, 'h', -width);
    chart_close(d);
}

void chart_close(chart_drawing *d)
{
    cst_buffer_add_char(&d->body, 'z');
}

void chart_path_end(chart_drawing *d)
{
    if (d->body.failed) return;
    if (d->body.n == d->empty)
        d->body.n = d->path;
    else
        cst_buffer_add_string(&d->body, "\"/>\n");
}

/* What every drawing has: its box, what it is called, and what it shows. */
static void add_head(cst_buffer *out, const chart_drawing *d, const chart_frame *f, int lines)
{
    int margin = !f->alone ? 0 : d->line_only ? 4 : MARGIN;
    int above = !f->alone || d->line_only ? margin : margin + TITLE_ROOM + (lines - 1) * TITLE_LINE;
    int width = d->width + 2 * margin, height = d->height + above + margin;
    if (f->alone) cst_buffer_add_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    cst_buffer_add_string(out, "<svg ");
    if (f->alone) cst_buffer_add_string(out, "xmlns=\"http://www.w3.org/2000/svg\" ");
    cst_buffer_printf(out, "class=\"%s\" viewBox=\"%d %d %d %d\"", d->line_only ? "c sp" : "c", -margin,
                      -above, width, height);
    if (f->alone) cst_buffer_printf(out, " width=\"%d\" height=\"%d\"", width, height);
    if (d->line_only && !f->alone) {
        cst_buffer_add_string(out, " preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        return;
    }
    cst_buffer_printf(out, " role=\"img\" aria-labelledby=\"t%u d%u\"><title id=\"t%u\">", f->id, f->id,
                      f->id);
    chart_escape(out, f->title);
    cst_buffer_printf(out, "</title>\n<desc id=\"d%u\">", f->id);
    chart_escape(out, f->desc);
    cst_buffer_add_string(out, "</desc>\n");
    if (!f->alone) return;
    cst_buffer_add_string(out, "<style>");
    chart_style(out);
    cst_buffer_printf(out, "</style>\n<rect class=\"bg\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
                      -margin, -above, width, height);
}

cst_status chart_write(cst_buffer *out, const chart_drawing *d, const chart_frame *f, cst_error *e)
{
    chart_drawing title = {0};
    chart_line_of line[TITLE_LINES];
    int lines = chart_wrap(f->title, d->width * 10, CHART_TITLE_SIZE, true, line, TITLE_LINES);
    int above = TITLE_ROOM - 8 + (lines > 1 ? (lines - 1) * TITLE_LINE : 0);
    add_head(out, d, f, lines > 0 ? lines : 1);
    if (f->alone && !d->line_only)
        chart_paragraph(&title, 0, -above, "i b h", f->title, d->width * 10, TITLE_LINES, TITLE_LINE);
    cst_buffer_add(out, title.body.p, title.body.n);
    cst_buffer_add(out, d->body.p, d->body.n);
    cst_buffer_add_string(out, f->alone ? "</svg>\n" : "</svg>");
    bool failed = out->failed || title.body.failed || d->body.failed;
    chart_drawing_free(&title);
    return failed ? cst_no_memory(e) : CST_OK;
}

void chart_drawing_free(chart_drawing *d)
{
    cst_buffer_free(&d->body);
}

void chart_sentence(chart_drawing *d, cst_text sentence)
{
    d->width = CHART_WIDTH;
    d->height = 18 * chart_paragraph(d, 0, 12, "i", sentence, CHART_WIDTH * 10, 4, 18);
}
