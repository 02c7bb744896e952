/* What the tests of charts ask of a drawing, by reading its bytes: that it is well-formed, keeps the rules of
 * the look, and that its texts lie within the canvas and beside one another by the built-in widths. */
#ifndef TESTS_UNIT_CHART_KIT_H
#define TESTS_UNIT_CHART_KIT_H
#include "base/text.h"
#include "chart/chart.h"
#include "chart/fit.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIT_TEXTS_MOST = 4000, KIT_DEPTH_MOST = 8, KIT_BYTES_MOST = 20000 };

typedef struct kit_box {
    int left, right, top, bottom; /* tenths */
    char text[80];
} kit_box;

/* &amp; and its kin back to one byte; any other character of XML as it is. */
static inline size_t kit_plain(const char *p, size_t n, char *out)
{
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    size_t length = 0;
    for (size_t i = 0; i < n;) {
        size_t k = 0;
        while (k < 4 && strncmp(p + i, entity[k], strlen(entity[k])) != 0) k++;
        if (p[i] == '&' && k == 4) fail_msg("a bare & in: %.40s", p + i);
        if (p[i] == '"' || p[i] == '>') fail_msg("a bare %c in: %.40s", p[i], p + i);
        out[length++] = p[i] == '&' ? "&<>\""[k] : p[i];
        i += p[i] == '&' ? strlen(entity[k]) : 1;
    }
    out[length] = '\0';
    return length;
}

/* Tags nest, attributes are quoted, and nothing else begins with <. */
static inline void kit_well_formed(const char *svg)
{
    char open[KIT_DEPTH_MOST][16];
    int depth = 0, roots = 0;
    const char *p = strncmp(svg, "<?xml", 5) == 0 ? strchr(svg, '\n') : svg;
    while ((p = strchr(p, '<'))) {
        const char *end = strchr(p, '>');
        assert_non_null(end);
        bool closing = p[1] == '/', empty = end[-1] == '/';
        const char *name = p + 1 + closing;
        int n = (int)strcspn(name, " />");
        int quotes = 0;
        for (const char *q = p; q < end; q++) quotes += *q == '"';
        if (quotes % 2 != 0 || n == 0 || n > 15) fail_msg("a bad tag: %.60s", p);
        if (closing) {
            if (depth == 0 || strncmp(open[--depth], name, (size_t)n) != 0) fail_msg("not open: %.40s", p);
        } else if (!empty) {
            if (depth == 0) roots++;
            assert_true(depth < KIT_DEPTH_MOST);
            snprintf(open[depth++], sizeof open[0], "%.*s", n, name);
        }
        p = end;
    }
    assert_int_equal(depth, 0);
    assert_int_equal(roots, 1);
}

static inline void kit_view(const char *svg, int view[4])
{
    const char *p = strstr(svg, "viewBox=\"");
    assert_non_null(p);
    assert_int_equal(sscanf(p, "viewBox=\"%d %d %d %d\"", &view[0], &view[1], &view[2], &view[3]), 4);
}

static inline bool kit_has_class(const char *classes, char c)
{
    for (const char *p = classes; *p && *p != '"'; p++)
        if (*p == c && (p[1] == ' ' || p[1] == '"') && (p == classes || p[-1] == ' ')) return true;
    return false;
}

/* The boxes of all texts. Text stands at whole units, beginning, ending or with its middle at x. */
static inline size_t kit_texts(const char *svg, kit_box *box)
{
    size_t n = 0;
    for (const char *p = svg; (p = strstr(p, "<text ")); n++) {
        int x, y, used = 0;
        const char *end = strstr(p, "</text>"), *from = strchr(p, '>') + 1, *classes = strstr(p, "class=\"");
        static char text[60000];
        assert_true(n < KIT_TEXTS_MOST);
        if (sscanf(p, "<text x=\"%d\" y=\"%d\"%n", &x, &y, &used) != 2 || used == 0) fail_msg("%.60s", p);
        if (!classes || classes > from) classes = "class=\"\"";
        classes += 7;
        int sign = 0;
        if (strncmp(from, "<tspan", 6) == 0) { /* the sign of a band and a blank */
            const char *inside = strchr(from, '>') + 1, *close = strstr(from, "</tspan>");
            sign = chart_width((cst_text){inside, (uint32_t)(close - inside)}, 11, false);
            from = close + 8;
        }
        kit_plain(from, (size_t)(end - from), text);
        int size = kit_has_class(classes, 'h') ? 14 : 11;
        int width = sign + chart_string_width(text, size, kit_has_class(classes, 'b'));
        int left = x * 10 - (kit_has_class(classes, 'e')   ? width
                             : kit_has_class(classes, 'm') ? width / 2
                                                           : 0);
        box[n] = (kit_box){left, left + width, y * 10 - size * 8, y * 10 + size * 2, ""};
        snprintf(box[n].text, sizeof box[n].text, "%.70s", text);
        p = end;
    }
    return n;
}

/* No text leaves the canvas or meets another. Half a unit is given for rounding. */
static inline void kit_layout(const char *svg)
{
    static kit_box box[KIT_TEXTS_MOST];
    int view[4];
    kit_view(svg, view);
    size_t n = kit_texts(svg, box);
    for (size_t i = 0; i < n; i++) {
        const kit_box *a = &box[i];
        if (a->left < view[0] * 10 - 5 || a->right > (view[0] + view[2]) * 10 + 5 ||
            a->top < view[1] * 10 - 5 || a->bottom > (view[1] + view[3]) * 10 + 5)
            fail_msg("\"%s\" leaves the canvas: %d to %d, %d to %d", a->text, a->left, a->right, a->top,
                     a->bottom);
        for (size_t k = 0; k < i; k++) {
            const kit_box *b = &box[k];
            if (a->left < b->right - 5 && b->left < a->right - 5 && a->top < b->bottom - 10 &&
                b->top < a->bottom - 10)
                fail_msg("\"%s\" and \"%s\" meet", a->text, b->text);
        }
    }
}

/* A number of a path or stroke has at most one decimal; `-` never stands before a digit of a text. */
static inline void kit_numbers(const char *svg)
{
    for (const char *p = svg; (p = strstr(p, " d=\"")); p++)
        for (const char *q = p + 4; *q && *q != '"'; q++) {
            if (*q != '.') continue;
            if (!isdigit((unsigned char)q[1]) || isdigit((unsigned char)q[2]))
                fail_msg("decimals: %.40s", q - 5);
        }
    for (const char *p = svg; (p = strstr(p, "<text ")); p++) {
        const char *end = strstr(p, "</text>");
        for (const char *q = strchr(p, '>'); q < end; q++)
            if (*q == '-' && isdigit((unsigned char)q[1]) && !isdigit((unsigned char)q[-1]))
                fail_msg("%.40s", q);
    }
}

/* What may not be in any drawing. */
static inline void kit_barred(const char *svg)
{
    static const char *const barred[] = {"<script", "https:",   "url(",     "@import",  "href",
                                         "<image",  "<animate", "gradient", "Gradient", "<filter",
                                         "rx=",     "nan",      "inf\"",    "onload="};
    const char *space = "xmlns=\"http://www.w3.org/2000/svg\"", *found = strstr(svg, "http:");
    for (size_t i = 0; i < sizeof barred / sizeof *barred; i++)
        if (strstr(svg, barred[i])) fail_msg("%s in: %.60s", barred[i], strstr(svg, barred[i]));
    if (found && strncmp(found - 7, space, strlen(space)) != 0) fail_msg("%.60s", found);
    if (found && strstr(found + 1, "http:")) fail_msg("an address: %.60s", strstr(found + 1, "http:"));
    assert_non_null(strstr(svg, "role=\"img\" aria-labelledby=\"t1 d1\"><title id=\"t1\">"));
    assert_non_null(strstr(svg, "</title>\n<desc id=\"d1\">"));
}

/* Grid lines are one path a panel, and so are all bars of a colour. */
static inline size_t kit_count(const char *svg, const char *part)
{
    size_t n = 0;
    for (const char *p = svg; (p = strstr(p, part)); p++) n++;
    return n;
}

static inline void kit_paths(const char *svg, size_t panels)
{
    static const char *const one[] = {"class=\"gr\"", "class=\"ft\"", "class=\"fg\"",  "class=\"fl\"",
                                      "class=\"sg\"", "class=\"sl\"", "class=\"st\"",  "class=\"sy\"",
                                      "class=\"sh\"", "class=\"bd\"", "class=\"out\"", "class=\"med\""};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        if (kit_count(svg, one[i]) > panels) fail_msg("%zu times %s", kit_count(svg, one[i]), one[i]);
    assert_int_equal(kit_count(svg, "d=\"\""), 0);
}

/* The drawing in a frame of its own; the caller frees it. */
static inline char *kit_write(chart_drawing *d, const char *title)
{
    cst_buffer out = {0};
    chart_frame f = {cst_text_of(title), cst_text_of("What it shows."), true, 1};
    assert_int_equal(chart_write(&out, d, &f, NULL), CST_OK);
    cst_buffer_add_char(&out, '\0');
    assert_false(out.failed);
    chart_drawing_free(d);
    return out.p;
}

/* All of it. width: of the canvas in units; points: how many there are. */
static inline void kit_check(chart_drawing *d, int width, size_t panels, size_t points)
{
    int view[4];
    char *svg = kit_write(d, "A chart");
    kit_well_formed(svg);
    kit_view(svg, view);
    assert_int_equal(view[0], -16);
    assert_int_equal(view[1], -44);
    if (width > 0) assert_int_equal(view[2], width + 32);
    assert_non_null(
        strstr(svg, "<text x=\"0\" y=\"-20\" class=\"i b h\">A chart</text>")); /* 28 units above */
    kit_barred(svg);
    kit_numbers(svg);
    kit_paths(svg, panels);
    kit_layout(svg);
    if (points <= 60 && strlen(svg) > KIT_BYTES_MOST) fail_msg("%zu bytes", strlen(svg));
    free(svg);
}
#endif
