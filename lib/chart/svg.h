/* chart/svg.h: the elements of a drawing, and the frame around it. Everything is escaped here, once.
 * Coordinates of paths are in tenths of a unit, those of text in units. */
#ifndef CST_CHART_SVG_H
#define CST_CHART_SVG_H
#include "base/buffer.h"

/* Zero-initialise it, draw, write its frame, free it. */
typedef struct chart_drawing {
    int width, height; /* units */
    bool line_only;    /* a sparkline: no text, strokes keep their width however it is stretched */
    cst_buffer body;
    size_t path;  /* where the path under way begins in body */
    size_t empty; /* body's length while that path has no step */
} chart_drawing;

/* A line of text with its baseline at y. classes: i ink, b bold, e ends at x, m middle at x; else it begins
 * there. */
void chart_text(chart_drawing *d, int x, int y, const char *classes, cst_text t);
void chart_string(chart_drawing *d, int x, int y, const char *classes, const char *s);
/* The same with a sign before it in a colour of its own: the shape of a band. */
void chart_signed_text(chart_drawing *d, int x, int y, const char *classes, const char *sign_class,
                       const char *sign, cst_text t);

/* A text in at most `most` lines that are no wider than `width` tenths, `leading` units apart; what is over
 * ends in an ellipsis. Returns the number of lines. */
int chart_paragraph(chart_drawing *d, int x, int y, const char *classes, cst_text t, int width, int most,
                    int leading);

/* One path. stroke: its width in tenths; 0: as the class has it. A path without a step is left out. */
void chart_path(chart_drawing *d, const char *classes, int stroke);
void chart_move(chart_drawing *d, int x, int y);
void chart_line(chart_drawing *d, int x, int y);
void chart_across(chart_drawing *d, int x); /* a horizontal line to x */
void chart_down(chart_drawing *d, int y);   /* a vertical line to y */
void chart_box(chart_drawing *d, int x, int y, int width, int height);
void chart_close(chart_drawing *d);
void chart_path_end(chart_drawing *d);

typedef struct chart_frame {
    cst_text title, desc;
    bool alone;  /* a file of its own: with its style, 16 units and the title around it */
    unsigned id; /* of title and desc: t1, d1; unique in a page */
} chart_frame;
/* Writes the drawing in its frame. CST_MEMORY: it, or the drawing, ran out of memory. */
cst_status chart_write(cst_buffer *out, const chart_drawing *d, const chart_frame *f, cst_error *e);
void chart_drawing_free(chart_drawing *d);

/* Adds text as XML has it: & < > " escaped; control characters, those that turn the direction of what
 * follows, and what is no character of XML become U+FFFD. The text is UTF-8. */
void chart_escape(cst_buffer *out, cst_text t);
/* Adds a name to a sentence: set apart (FSI, PDI) where it holds a right-to-left letter, at most `most`
 * characters and then an ellipsis. */
void chart_add_name(cst_buffer *out, cst_text name, size_t most);

/* The style: colours as variables, light and dark, and the classes of the elements. */
void chart_style(cst_buffer *out);
typedef struct chart_colour {
    const char *name, *light, *dark;
} chart_colour;
extern const chart_colour chart_colours[]; /* ends with name NULL */
extern const char chart_classes[];
extern const char chart_font[];
#endif
