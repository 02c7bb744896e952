/* report/charts.h: a chart being made: its rows, its table, its words. For charts.c and the chart_*.c. */
#ifndef CST_REPORT_CHARTS_H
#define CST_REPORT_CHARTS_H
#include "base/arena.h"
#include "base/buffer.h"
#include "chart/chart.h"
#include "report/report.h"
#include "report/rows.h"

typedef struct report_chart {
    cst_program_io *io;
    const report_options *o;
    cst_inputs in;        /* the files of the chart */
    cst_inputs history;   /* the file of --history */
    size_t panel, panels; /* of survival: which one to draw, from 1 on, 0 for all; and how many there are */
    report_rows rows;     /* of its files */
    cst_arena *arena;     /* columns of the table live in it */
    chart_table table;    /* what is drawn, for --table */
    cst_buffer title, desc;
    chart_drawing drawing;
} report_chart;

/* Reads the operands and makes drawing, title, desc and table. */
typedef cst_status report_make(report_chart *c, cst_error *e);
report_make report_make_bridge, report_make_triangle, report_make_survival, report_make_scores,
    report_make_trend, report_make_sparkline, report_make_fan, report_make_deciles, report_make_funnel;

/* Makes it; whatever comes of it, report_chart_free frees what it holds. */
cst_status report_chart_make(report_chart *c, report_make *make, cst_error *e);
void report_chart_free(report_chart *c);

/* The mode of a kind of chart: one, from the operands to a file of its own. */
cst_status report_chart_run(report_make *make, const report_options *o, cst_program_io *io, cst_error *e);

/* Opens its files; hint: which command writes such a table. */
cst_status report_chart_open(report_chart *c, const char *hint, cst_error *e);
/* A table of so many rows whose columns have room for them; *column is NULL where memory ran out. */
cst_status report_chart_table(report_chart *c, size_t columns, size_t rows, chart_column **column,
                              cst_error *e);
/* What makes a column of the table: zeroed cells in the arena. NULL: out of memory. */
cst_text *report_new_texts(report_chart *c, chart_column *column, const char *name);
cst_day *report_new_days(report_chart *c, chart_column *column, const char *name);
chart_value *report_new_values(report_chart *c, chart_column *column, const char *name, chart_unit unit);

/* A column of the input that is drawn as it is. */
typedef struct report_drawn {
    const char *column, *name; /* in the input, and in the table of the chart */
    chart_unit unit;
    enum cst_need need;
} report_drawn;
/* Wants n such columns; at: their places among the input's. */
cst_status report_drawn_want(report_chart *c, const report_drawn *d, size_t n, int *at, cst_error *e);
/* Fills as many columns of the table, a row per row of the input. */
cst_status report_drawn_fill(report_chart *c, const report_drawn *d, size_t n, const int *at,
                             chart_column *column, cst_error *e);
/* A copy of what the buffer holds, which is emptied; false: out of memory. */
bool report_keep(report_chart *c, cst_buffer *b, cst_text *out);

static inline cst_text report_text_of(const cst_buffer *b)
{
    return (cst_text){b->p ? b->p : "", (uint32_t)b->n};
}
#endif
