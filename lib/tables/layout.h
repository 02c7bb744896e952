/* tables/layout.h: a table of results as a list of columns, each a field of the row's struct. With --by the
 * group columns and `row` (segment or total) stand where the list has CST_LAY_BY.
 *
 *     static const cst_layout_column columns[] = {
 *         {NULL, CST_LAY_BY, 0}, {"opening", CST_LAY_AMOUNT, offsetof(step, opening)}};
 */
#ifndef CST_TABLES_LAYOUT_H
#define CST_TABLES_LAYOUT_H
#include "base/decimal.h"
#include "program/program.h"

typedef enum {
    CST_LAY_BY,           /* the group columns; the name is NULL */
    CST_LAY_DAY,          /* cst_day */
    CST_LAY_WORD,         /* const char *; NULL: missing */
    CST_LAY_TEXT,         /* cst_text */
    CST_LAY_AMOUNT,       /* cst_wide */
    CST_LAY_MAYBE_AMOUNT, /* cst_maybe */
    CST_LAY_RATIO,        /* cst_maybe, of 1e-6 */
    CST_LAY_NUMBER,       /* int */
    CST_LAY_MAYBE_NUMBER, /* int; 0: missing */
    CST_LAY_COUNT,        /* int64_t, or uint64_t below 2^63 */
    CST_LAY_MAYBE_COUNT,  /* cst_maybe, a whole number */
    CST_LAY_REAL,         /* double, all its digits; NAN: missing */
    CST_LAY_FIGURE        /* double of a statistic: all its digits, or six decimals where people read it */
} cst_layout_kind;

typedef struct cst_layout_column {
    const char *name;
    cst_layout_kind kind;
    size_t offset;
} cst_layout_column;

typedef struct cst_layout {
    const cst_layout_column *column;
    size_t n;
    const char *const *by; /* group columns; before each there is a "by_" in memory (cst_groups) */
    size_t bys;
    bool untold; /* there are no totals, and no column `row` */
    bool read;   /* people read it; set by the opening */
} cst_layout;

/* Opens the table: the main output, or the file of an option (path not NULL). A group column that is called
 * as another column of the table has by_ before it. */
cst_status cst_layout_open(cst_layout *l, cst_program_io *io, const char *path, cst_writer **out,
                           cst_error *e);
/* Writes a row. group: the values of the group columns, joined as labels are; p NULL: the total. */
cst_status cst_layout_row(const cst_layout *l, cst_writer *w, cst_text group, const void *row, cst_error *e);
/* Six decimals, however large. */
void cst_put_maybe_ratio(cst_writer *w, cst_maybe m);
#endif
