/* report/plain.h: lists as plain text for a terminal, a chat or a mail: columns, and lines that go on in the
 * next one. Nothing is wider than 100 columns of a terminal. */
#ifndef CST_REPORT_PLAIN_H
#define CST_REPORT_PLAIN_H
#include "base/buffer.h"

enum { REPORT_PLAIN_WIDTH = 100 };

/* Zero-initialise it. */
typedef struct report_plain {
    cst_buffer out;
    cst_buffer line; /* the one that is being made, see report_plain_line */
} report_plain;

void report_plain_free(report_plain *p);
/* A text of the data: bytes that would move the cursor are shown as what they are. */
void report_plain_text(cst_buffer *b, cst_text t);
/* The text in so many columns: cut with three points, or filled up on the right. */
void report_plain_column(report_plain *p, cst_text t, size_t columns);
/* Filled up on the left; never cut. */
void report_plain_right(report_plain *p, const char *text, size_t columns);
/* Ends the line under way, which lies in p->out, without blanks behind it. */
void report_plain_end(report_plain *p);
/* What is in p->line, in lines behind `first` and then `indent`; it is empty afterwards. */
void report_plain_line(report_plain *p, const char *first, const char *indent);
/* p->line as a heading, underlined. */
void report_plain_heading(report_plain *p);
#endif
