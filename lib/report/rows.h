/* report/rows.h: a table that another command wrote, read by the columns that are asked for.
 *
 *     report_rows_open(&r, in, where, hint, io, e)
 *     report_rows_want(&r, "closing", REPORT_VALUE, CST_REQUIRED, &closing, e) ...
 *     report_rows_read(&r, e)
 *     ... report_value(&r, row, closing) ...
 *     report_rows_free(&r)
 */
#ifndef CST_REPORT_ROWS_H
#define CST_REPORT_ROWS_H
#include "base/intern.h"
#include "chart/chart.h"
#include "program/program.h"
#include "tables/filter.h"

typedef enum { REPORT_TEXT, REPORT_DAY, REPORT_VALUE } report_kind;

typedef struct report_cells {
    const char *name;
    report_kind kind;
    int slot;    /* of the reader; -1: the table has no such column */
    void *cells; /* uint32_t ids of texts, cst_day or chart_value, by kind */
} report_cells;

typedef struct report_rows {
    cst_program_io *io;
    cst_reader *reader; /* the program's */
    cst_filter *filter; /* NULL: all rows */
    const char *where;
    const cst_inputs *in;
    size_t n, room;
    uint64_t left_out; /* by --where */
    report_cells *column;
    size_t columns, column_room;
    uint64_t *line;
    uint32_t *file; /* its index, of each row */
    cst_intern *texts;
} report_rows;

/* `in` outlives the rows; its files are one table in parts. hint: where such a table comes from, for a
 * column that is missing. where: NULL, or which rows are used. */
cst_status report_rows_open(report_rows *r, const cst_inputs *in, const char *where, const char *hint,
                            cst_program_io *io, cst_error *e);
/* *column is -1 where an optional one is not there. The name outlives the rows. */
cst_status report_rows_want(report_rows *r, const char *name, report_kind kind, enum cst_need need,
                            int *column, cst_error *e);
/* The columns between two others, as texts: what a table made by --by is grouped by. after NULL: from the
 * first on. *n of them from *first on; none where `before` is not there. */
cst_status report_rows_want_between(report_rows *r, const char *after, const char *before, int *first,
                                    size_t *n, cst_error *e);
cst_status report_rows_read(report_rows *r, cst_error *e);
void report_rows_free(report_rows *r); /* what it holds */

/* Column -1, and an empty cell: an empty text, CST_DAY_NONE, CHART_NONE. */
cst_text report_text(const report_rows *r, size_t row, int column);
cst_day report_day(const report_rows *r, size_t row, int column);
chart_value report_value(const report_rows *r, size_t row, int column);
cst_place report_place(const report_rows *r, size_t row);
const char *report_file(const report_rows *r); /* the first one's name, for messages about the whole */

enum { REPORT_NAME_MOST = 60 }; /* characters of a name, then an ellipsis */
/* The values of n columns from `first` on, " / " between them. */
void report_add_group(const report_rows *r, size_t row, int first, size_t n, cst_buffer *out);
bool report_same_group(const report_rows *r, size_t a, size_t b, int first, size_t n);
#endif
