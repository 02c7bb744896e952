/* forecast/layout.h: a table as a list of columns, each a field of the row's struct; with --by the group
 * columns and `row` (segment or total) stand where the list has a row whose name is NULL. */
#ifndef CST_FORECAST_LAYOUT_H
#define CST_FORECAST_LAYOUT_H
#include "forecast/record.h"
#include "forecast/session.h"

enum forecast_cell {
    FORECAST_BY,           /* the group columns; the name is NULL */
    FORECAST_DAY,          /* cst_day */
    FORECAST_WORD,         /* const char *; NULL: missing */
    FORECAST_AMOUNT,       /* cst_wide */
    FORECAST_MAYBE_AMOUNT, /* forecast_maybe */
    FORECAST_RATIO,        /* forecast_maybe */
    FORECAST_NUMBER,       /* int */
    FORECAST_MAYBE_NUMBER  /* int; 0: missing */
};

typedef struct forecast_column {
    const char *name;
    enum forecast_cell kind;
    size_t offset;
} forecast_column;

/* Opens a table of n columns: the main output, or the file of an option (path not NULL). */
cst_status forecast_table_open(const forecast_session *s, const forecast_column *column, size_t n,
                               const char *path, cst_writer **out, cst_error *e);
/* Writes a row. group: of s->sums; -1: the total. */
cst_status forecast_table_row(const forecast_session *s, cst_writer *w, const forecast_column *column,
                              size_t n, int64_t group, const void *row, cst_error *e);
/* Six decimals, however large. */
void forecast_put_ratio(cst_writer *w, forecast_maybe m);
#endif
