/* report/page.h: the page that is being made: its tables, its words, its bytes. For page.c and the
 * page_*.c.
 *
 * Each section is a question that never changes, an answer that is a sentence of the built-in table
 * words.page, and the tables behind it. A section whose input is missing keeps question and place.
 * Everything that comes from data goes through report_put_text, which escapes it once. */
#ifndef CST_REPORT_PAGE_H
#define CST_REPORT_PAGE_H
#include "base/buffer.h"
#include "chart/chart.h"
#include "chart/number.h"
#include "read/table.h"
#include "report/charts.h"
#include "report/report.h"

typedef enum {
    PAGE_BRIDGE,
    PAGE_QUARTER,
    PAGE_MOVERS,
    PAGE_CUSTOMERS,
    PAGE_SCORES,
    PAGE_PORTFOLIO,
    PAGE_COHORTS,
    PAGE_SURVIVAL,
    PAGE_RENEWALS,
    PAGE_ACCOUNTS,
    PAGE_TIE_OUT,
    PAGE_METRICS,
    PAGE_BACKTEST,
    PAGE_MOVES,
    PAGE_INPUTS
} page_input;

typedef enum { BEFORE_BRIDGE, BEFORE_CUSTOMERS, BEFORE_SCORES, BEFORE_TABLES } page_before;

typedef struct report_page {
    cst_program_io *io;
    const report_options *o;
    cst_table *words, *in[PAGE_INPUTS]; /* NULL: not given */
    cst_table *before[BEFORE_TABLES];   /* of --previous */
    cst_day before_night;
    cst_buffer out, scratch;
    unsigned pictures; /* ids of title and desc */
    cst_day night;     /* the last period's end of the bridge */
    char currency[16]; /* of the bridge */
    size_t *total;     /* rows of totals of the bridge, by period; the last is tonight's */
    size_t totals;
} report_page;

/* Opens the tables that the options name, and finds the totals of the bridge. mode: for messages.
 * CST_USAGE: no bridge; CST_DATA: it is none, or in several currencies. Close it after a failure too. */
cst_status report_page_open(report_page *p, const char *mode, const report_options *o, cst_program_io *io,
                            cst_error *e);
void report_page_close(report_page *p);
/* The page, of tables that are open. */
cst_status report_page_write(report_page *p, cst_sink *to, cst_error *e);
/* Only the words, for a page without a bridge. */
cst_status report_page_words(report_page *p, cst_error *e);

/* ---- values ---- */

/* -1: no such column. */
int report_page_column(const cst_table *t, const char *name);
/* CHART_NONE: missing, or no number. */
chart_value report_page_value(const cst_table *t, size_t row, int column);
cst_day report_page_day(const cst_table *t, size_t row, int column);

/* ---- bytes ---- */

/* The beginning of a document, up to its title; the style sheet of all pages. */
void report_put_document(report_page *p);
void report_put_style(report_page *p);
void report_put(report_page *p, const char *html); /* as it is */
void report_put_text(report_page *p, cst_text t);  /* escaped */
/* A name: escaped, at most 60 characters, set apart where it is read from the right. */
void report_put_name(report_page *p, cst_text t);
/* The name of an account, or else its id; a link to its page where there are such. */
void report_put_account(report_page *p, cst_text name, cst_text id);
/* An id as the name of a file, without its ending: letters, digits, - _ and . stay; other bytes are ~ and
 * two hex digits, in HTML and URLs without a need to escape them. A very long one is cut. */
enum { REPORT_FILE_ROOM = 200 };
void report_file_name(cst_text id, char out[REPORT_FILE_ROOM]);
void report_put_cell(report_page *p, const char *tag, chart_number n); /* tag: "<td>" */
/* A signed amount; what is worse for us is marked. worse: -1 below 0, +1 above 0, 0 never. */
void report_put_change(report_page *p, chart_value v, chart_unit unit, int worse);

/* A sentence of words.page, its {names} replaced; a value that is empty takes its [part] out, and
 * outside brackets the whole sentence. Names and values in turn, ended by NULL. Values are texts as
 * they are read; markup is not possible. */
void report_say(report_page *p, const char *key, ...);
/* The same to the end of a buffer, not escaped. */
void report_sentence(report_page *p, cst_buffer *out, const char *key, ...);
/* A text of words.page as it stands there, not escaped. */
cst_text report_word(report_page *p, const char *key);

/* The heads of a table: a word list with bars between, "Month|New|Churn". A head that begins with < is
 * left-aligned. */
void report_put_heads(report_page *p, const char *key);
/* Behind the tag of a table: its caption, its heads and the beginning of its body. caption NULL: none. */
void report_begin_table(report_page *p, const char *tag, const char *caption, const char *heads);
/* <section id=ID><h2>question</h2><p class=ans> ... the caller says the answer and closes with
 * report_end_section. */
void report_begin_section(report_page *p, const char *id);
void report_end_section(report_page *p);
/* "No {input} tonight." as the answer; the section ends with it. */
void report_no_input(report_page *p, const char *input);

/* A drawing in the page, with its title and description. */
cst_status report_put_picture(report_page *p, chart_drawing *d, cst_text title, cst_text desc, cst_error *e);
/* A chart of charts.h over one file, as a figure with its title over it, unless it is one panel of
 * several. panel, panels: as in report_chart; panels may be NULL. */
cst_status report_put_chart(report_page *p, report_make *make, const char *path, size_t panel, size_t *panels,
                            cst_error *e);
/* The last 24 values of a column of the bridge's totals, as a sparkline. */
cst_status report_put_sparkline(report_page *p, int column, chart_value reference, cst_error *e);

/* ---- sections ---- */

typedef cst_status report_section(report_page *p, cst_error *e);
report_section report_page_number, report_page_bridge, report_page_movers, report_page_tomorrow,
    report_page_health, report_page_cohorts, report_page_ahead, report_page_trust;
extern const char *const report_page_style[]; /* ends with NULL */
#endif
