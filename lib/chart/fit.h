/* chart/fit.h: how wide a text is, by a built-in table, and what to do where it is too wide. The table holds
 * the widths of DejaVu Sans, regular and bold: the widest of the fonts that the style asks for, so that what
 * fits by it fits in all of them. Widths are in tenths of a unit, sizes in units. */
#ifndef CST_CHART_FIT_H
#define CST_CHART_FIT_H
#include <cstools/base.h>

enum { CHART_TEXT_SIZE = 11, CHART_TITLE_SIZE = 14, CHART_LINES_MOST = 8 };

/* The character at *p, which moves behind it; p < end. A byte that begins none counts as U+FFFD. */
uint32_t chart_character(const char **p, const char *end);
int chart_width(cst_text t, int size, bool bold);
int chart_string_width(const char *s, int size, bool bold);
/* The first `most` characters; t itself where it has no more. */
cst_text chart_cut(cst_text t, size_t most);

/* A line of a text that was wrapped, without its blank; cut: an ellipsis goes behind it. */
typedef struct chart_line_of {
    cst_text text;
    bool cut;
} chart_line_of;
/* Parts t into at most `most` lines of that width, at blanks where there are any; what is over is cut off.
 * Returns how many lines there are; 0 for an empty text. */
int chart_wrap(cst_text t, int width, int size, bool bold, chart_line_of *line, int most);

/* Sets n intervals of these sizes, each as near to where it was as can be, in order, `gap` apart and within
 * low .. high, as far as there is room. at: their beginnings. */
void chart_spread(int *at, const int *size, int n, int gap, int low, int high);
#endif
