/* charts.c: the mode `chart`: one chart, in a file of its own. */
#include "report/charts.h"
#include "base/memory.h"
#include "base/text.h"

cst_status report_chart_open(report_chart *c, const char *hint, cst_error *e)
{
    return report_rows_open(&c->rows, &c->in, c->o->where, hint, c->io, e);
}

cst_status report_chart_table(report_chart *c, size_t columns, size_t rows, chart_column **column,
                              cst_error *e)
{
    *column = cst_arena_alloc(c->arena, columns * sizeof **column);
    if (!*column) return cst_no_memory(e);
    c->table = (chart_table){*column, columns, rows};
    return CST_OK;
}

static void *new_cells(report_chart *c, size_t size)
{
    return cst_arena_alloc(c->arena, (c->table.rows + 1) * size);
}

cst_text *report_new_texts(report_chart *c, chart_column *column, const char *name)
{
    cst_text *cells = new_cells(c, sizeof *cells);
    *column = (chart_column){.name = name, .text = cells};
    return cells;
}

cst_day *report_new_days(report_chart *c, chart_column *column, const char *name)
{
    cst_day *cells = new_cells(c, sizeof *cells);
    *column = (chart_column){.name = name, .day = cells};
    return cells;
}

chart_value *report_new_values(report_chart *c, chart_column *column, const char *name, chart_unit unit)
{
    chart_value *cells = new_cells(c, sizeof *cells);
    *column = (chart_column){.name = name, .unit = unit, .value = cells};
    return cells;
}

cst_status report_drawn_want(report_chart *c, const report_drawn *d, size_t n, int *at, cst_error *e)
{
    cst_status status = CST_OK;
    for (size_t i = 0; i < n && status == CST_OK; i++)
        status = report_rows_want(&c->rows, d[i].column, REPORT_VALUE, d[i].need, &at[i], e);
    return status;
}

cst_status report_drawn_fill(report_chart *c, const report_drawn *d, size_t n, const int *at,
                             chart_column *column, cst_error *e)
{
    for (size_t k = 0; k < n; k++) {
        chart_value *v = report_new_values(c, &column[k], d[k].name, d[k].unit);
        if (!v) return cst_no_memory(e);
        for (size_t i = 0; i < c->rows.n; i++) v[i] = report_value(&c->rows, i, at[k]);
    }
    return CST_OK;
}

bool report_keep(report_chart *c, cst_buffer *b, cst_text *out)
{
    bool ok = !b->failed;
    *out = ok ? cst_arena_text(c->arena, report_text_of(b), &ok) : (cst_text){"", 0};
    cst_buffer_clear(b);
    return ok;
}

static void put_value(cst_writer *w, chart_value v, chart_unit unit)
{
    if (v == CHART_NONE)
        cst_put_missing(w);
    else if (unit == CHART_PERCENT)
        cst_put_ratio(w, v);
    else if (unit == CHART_COUNT && v % CHART_ONE == 0)
        cst_put_int(w, v / CHART_ONE);
    else
        cst_put_money(w, v);
}

static void put_cell(cst_writer *w, const chart_column *column, size_t row)
{
    if (column->text)
        cst_put_text(w, column->text[row]);
    else if (column->day)
        cst_put_day(w, column->day[row]);
    else
        put_value(w, column->value[row], column->unit);
}

/* --table: what is drawn, as a table. */
static cst_status write_table(report_chart *c, const char *path, cst_error *e)
{
    const chart_table *t = &c->table;
    cst_column *head = cst_arena_alloc(c->arena, (t->columns + 1) * sizeof *head);
    cst_writer *w;
    if (!head) return cst_no_memory(e);
    for (size_t i = 0; i < t->columns; i++)
        head[i] = (cst_column){t->column[i].name, t->column[i].value ? CST_COL_NUMBER : CST_COL_TEXT};
    cst_status status = cst_io_extra_writer(c->io, path, head, t->columns, &w, e);
    if (status != CST_OK) return status;
    for (size_t row = 0; row < t->rows && status == CST_OK; row++) {
        for (size_t i = 0; i < t->columns; i++) put_cell(w, &t->column[i], row);
        status = cst_end_row(w, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

static cst_status write_picture(report_chart *c, cst_error *e)
{
    cst_buffer out = {0};
    chart_frame frame = {report_text_of(&c->title), report_text_of(&c->desc), true, 1};
    if (c->o->title) frame.title = cst_text_of(c->o->title);
    cst_status status = chart_write(&out, &c->drawing, &frame, e);
    if (status == CST_OK) status = cst_sink_write(cst_io_main(c->io), out.p, out.n, e);
    cst_buffer_free(&out);
    return status;
}

void report_chart_free(report_chart *c)
{
    report_rows_free(&c->rows);
    chart_drawing_free(&c->drawing);
    cst_buffer_free(&c->title);
    cst_buffer_free(&c->desc);
    cst_arena_free(c->arena);
}

cst_status report_chart_make(report_chart *c, report_make *make, cst_error *e)
{
    c->arena = cst_arena_new();
    cst_status status = c->arena ? make(c, e) : cst_no_memory(e);
    return status == CST_OK && (c->title.failed || c->desc.failed) ? cst_no_memory(e) : status;
}

cst_status report_chart_run(report_make *make, const report_options *o, cst_program_io *io, cst_error *e)
{
    report_chart c = {.io = io, .o = o, .in = *cst_io_operands(io), .history = {&o->history, 1}};
    cst_status status = report_chart_make(&c, make, e);
    if (status == CST_OK && o->table) status = write_table(&c, o->table, e);
    if (status == CST_OK) status = write_picture(&c, e);
    report_chart_free(&c);
    return status;
}
