/* report/workbook.h: the month's book for finance: the tables of the other commands as sheets of an
 * .xlsx file, with live formulas where a figure is a sum of others. For workbook.c and the
 * workbook_*.c.
 *
 * No double holds money but here: a cell is an amount rounded to cents, and the sheets say so. A
 * formula is written only where the figure of the table is that sum, to the millionth; beside it stands
 * the figure of the table as its stored result. Texts and ids are cells of text, so none is read as a
 * formula. */
#ifndef CST_REPORT_WORKBOOK_H
#define CST_REPORT_WORKBOOK_H
#include "read/table.h"
#include "report/report.h"
#include <xlsxwriter.h>

enum { BOOK_ROWS_MOST = 1048576, BOOK_TEXT_MOST = 32767 }; /* of a sheet, of a cell */
enum { BOOK_HEAD = 1 };                                    /* the row of the names; the note is above it */

typedef enum { BOOK_TEXT, BOOK_DAY, BOOK_MONEY, BOOK_COUNT, BOOK_RATIO, BOOK_KINDS } report_book_kind;

typedef struct report_book {
    cst_program_io *io;
    const report_options *o;
    lxw_workbook *file;
    lxw_format *head, *note, *plain, *of[BOOK_KINDS];
    uint64_t cut; /* texts that were too long for a cell */
    cst_table *bridge, *detail, *metrics;
} report_book;

/* A table as a sheet: the note in the first row, the names in the second, the rows below. */
typedef struct report_book_sheet {
    report_book *book;
    lxw_worksheet *sheet;
    const cst_table *table;
    report_book_kind *kind; /* of each column; freed by report_book_sheet_end */
    const char *name;
} report_book_sheet;

/* CST_LIMIT: more rows than a sheet holds. */
cst_status report_book_sheet_begin(report_book *b, const char *name, const cst_table *t, const char *note,
                                   report_book_sheet *out, cst_error *e);
/* One column more, behind those of the table or alone. */
void report_book_sheet_head(report_book_sheet *s, lxw_row_t row, lxw_col_t column, const char *name,
                            report_book_kind kind);
/* Writes a cell of the table as its column has it. CST_IO, CST_MEMORY. */
cst_status report_book_sheet_cell(report_book_sheet *s, size_t row, lxw_col_t column, cst_error *e);
cst_status report_book_sheet_text(report_book_sheet *s, lxw_row_t row, lxw_col_t column, cst_text t,
                                  cst_error *e);
void report_book_sheet_end(report_book_sheet *s);
/* All cells of a table. */
cst_status report_book_sheet_fill(report_book_sheet *s, cst_error *e);

/* What a library call gave. */
cst_status report_book_status(lxw_error error, cst_error *e);
/* The amount of a cell in cents as a number of units. */
double report_book_cents(cst_money m);

/* workbook_bridge.c, workbook_cohort.c */
cst_status report_book_bridge(report_book *b, cst_error *e);
cst_status report_book_cohort(report_book *b, cst_error *e);
#endif
