/* style.c: the one table of colours, and the classes of the elements. Contrast to the background is 4.5 or
 * more for every colour that text may have: ink, mute, gain, loss, tot, g; y is for fills and signs alone. A
 * test computes it. */
#include "chart/svg.h"

const char chart_font[] = "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif";

const chart_colour chart_colours[] = {
    {"bg", "#ffffff", "#12171c"},                                 /* page */
    {"ink", "#1a222b", "#e7eaed"},                                /* text, lines of data */
    {"mute", "#56616d", "#9ba6b1"},                               /* notes, axis */
    {"line", "#d5dbe0", "#323b44"},                               /* rules */
    {"hair", "#eaedf0", "#222a31"},                               /* grid */
    {"gain", "#1f6aa8", "#6db1ec"},                               /* more */
    {"loss", "#a33a08", "#ec7440"},                               /* less, the lowest band */
    {"tot", "#66727e", "#8d99a5"},                                /* levels */
    {"y", "#bd8d00", "#f2d67a"},                                  /* bands between, never text */
    {"g", "#1b7f6b", "#4cc0a0"},                                  /* the highest band */
    {"link", "#0a58a6", "#7cbcf5"}, {"a1", "#e7f0f8", "#16283a"}, /* heat, above */
    {"a2", "#cde1f1", "#1a3954"},   {"a3", "#a8cbe7", "#1e4c73"},
    {"a4", "#80b1da", "#226093"},   {"b1", "#fbefe5", "#32261d"}, /* heat, below */
    {"b2", "#f7dcc5", "#4a3221"},   {"b3", "#efc09a", "#663f22"},
    {"b4", "#e4a06e", "#844c22"},   {0},
};

/* i ink, b bold, h title, e and m anchors; gr grid, ax axis, rf reference; ln data, oth others, bd band, med
 * the group's own curve; fX fills, sX strokes, tX signs of bands; out outline, cn connector, brk cut of a
 * bar; a1 .. b4 cells. */
const char chart_classes[] =
    ".bg{fill:var(--bg)}.c text{font-size:11px;fill:var(--mute)}.c .i{fill:var(--ink)}.c .b{font-weight:600}"
    ".c .h{font-size:14px}.c .e{text-anchor:end}.c .m{text-anchor:middle}.gr{stroke:var(--hair)}"
    ".ax{stroke:var(--mute)}.rf{stroke:var(--mute);stroke-dasharray:2 3}"
    ".ln{fill:none;stroke:var(--ink);stroke-width:1.6;stroke-linejoin:round}"
    ".oth{fill:none;stroke:var(--mute);stroke-width:1;opacity:.55}.bd{fill:var(--gain);opacity:.16}"
    ".med{fill:none;stroke:var(--gain);stroke-width:1.6}.da{stroke-dasharray:5 3}"
    ".fg{fill:var(--gain)}.fl{fill:var(--loss)}.ft{fill:var(--tot)}"
    ".sg{stroke:var(--gain)}.sl{stroke:var(--loss)}.st{stroke:var(--tot)}.sy{stroke:var(--y)}"
    ".sh{stroke:var(--g)}"
    ".c .tr{fill:var(--loss)}.c .ty{fill:var(--y)}.c .tg{fill:var(--g)}"
    ".dot{stroke:var(--ink);stroke-width:6;stroke-linecap:round}.sp path{vector-effect:non-scaling-stroke}"
    ".out{fill:none;stroke:var(--ink);stroke-width:1.2}.cn{stroke:var(--mute);fill:none}"
    ".brk{stroke:var(--bg);stroke-width:3;fill:none}"
    ".a1{fill:var(--a1)}.a2{fill:var(--a2)}.a3{fill:var(--a3)}.a4{fill:var(--a4)}"
    ".b1{fill:var(--b1)}.b2{fill:var(--b2)}.b3{fill:var(--b3)}.b4{fill:var(--b4)}";

static void add_colours(cst_buffer *out, bool dark)
{
    cst_buffer_add_string(out, ":root{");
    for (const chart_colour *c = chart_colours; c->name; c++)
        cst_buffer_printf(out, "%s--%s:%s", c == chart_colours ? "" : ";", c->name,
                          dark ? c->dark : c->light);
    cst_buffer_add_char(out, '}');
}

void chart_style(cst_buffer *out)
{
    cst_buffer_printf(out, "svg{font-family:%s;font-variant-numeric:tabular-nums}", chart_font);
    add_colours(out, false);
    cst_buffer_add_string(out, "@media screen and (prefers-color-scheme:dark){");
    add_colours(out, true);
    cst_buffer_add_char(out, '}');
    cst_buffer_add_string(out, chart_classes);
}
