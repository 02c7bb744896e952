/* rows.c: see rows.h. */
#include "report/rows.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_TEXT = 0 }; /* the id of the empty text */

static const size_t cell_size[] = {sizeof(uint32_t), sizeof(cst_day), sizeof(chart_value)};

cst_status report_rows_open(report_rows *r, const cst_inputs *in, const char *where, const char *hint,
                            cst_program_io *io, cst_error *e)
{
    *r = (report_rows){.where = where, .in = in, .io = io};
    r->texts = cst_intern_new();
    if (!r->texts || cst_intern_id(r->texts, (cst_text){"", 0}) != NO_TEXT) return cst_no_memory(e);
    return cst_io_reader_over(io, in, hint, &r->reader, e);
}

static cst_status add_column(report_rows *r, const char *name, report_kind kind, int slot, int *column,
                             cst_error *e)
{
    if (!cst_grow(&r->column, &r->column_room, r->columns + 1, sizeof *r->column)) return cst_no_memory(e);
    *column = (int)r->columns;
    r->column[r->columns++] = (report_cells){name, kind, slot, NULL};
    return CST_OK;
}

cst_status report_rows_want(report_rows *r, const char *name, report_kind kind, enum cst_need need,
                            int *column, cst_error *e)
{
    int slot;
    cst_status status = cst_reader_bind(r->reader, name, need, &slot, e);
    *column = -1;
    return status == CST_OK && slot >= 0 ? add_column(r, name, kind, slot, column, e) : status;
}

cst_status report_rows_want_between(report_rows *r, const char *after, const char *before, int *first,
                                    size_t *n, cst_error *e)
{
    bool inside = after == NULL;
    cst_status status = CST_OK;
    *first = (int)r->columns;
    *n = 0;
    if (!cst_reader_has(r->reader, before)) return CST_OK;
    for (size_t i = 0; i < cst_reader_columns(r->reader) && status == CST_OK; i++) {
        cst_text name = cst_reader_column_name(r->reader, i);
        int column;
        if (cst_text_is(name, before)) break;
        if (inside) {
            status = report_rows_want(r, name.p, REPORT_TEXT, CST_REQUIRED, &column, e);
            ++*n;
        }
        if (after && cst_text_is(name, after)) inside = true;
    }
    return status;
}

/* A decimal; or a number with an exponent, as very small shares are written. */
static cst_status read_value(cst_batch *b, uint32_t row, const report_cells *c, chart_value *out,
                             cst_error *e)
{
    cst_text t = cst_text_at(b, row, c->slot);
    double number;
    cst_money v;
    *out = CHART_NONE;
    if (t.n == 0) return CST_OK;
    cst_decimal_status parsed = cst_money_parse(t, &v);
    if (parsed == CST_DECIMAL_OK || parsed == CST_DECIMAL_ROUNDED) {
        *out = v;
        return CST_OK;
    }
    if (cst_number_parse(t, &number) && fabs(number) < 9e12) {
        *out = (chart_value)llround(number * CHART_ONE);
        return CST_OK;
    }
    return cst_fail_at(e, CST_DATA, cst_place_at(b, row, c->slot), c->name,
                       "expected a number within 9 * 10^12, found \"%.*s\"; correct it, or leave the row out "
                       "with --where",
                       t.n > 60 ? 60 : (int)t.n, t.p);
}

static cst_status read_cell(report_rows *r, cst_batch *b, uint32_t row, report_cells *c, cst_error *e)
{
    cst_status status = CST_OK;
    if (c->kind == REPORT_TEXT) {
        uint32_t id = cst_intern_id(r->texts, cst_text_at(b, row, c->slot));
        ((uint32_t *)c->cells)[r->n] = id;
        return id == CST_INTERN_NONE ? cst_no_memory(e) : CST_OK;
    }
    if (c->kind == REPORT_VALUE) return read_value(b, row, c, &((chart_value *)c->cells)[r->n], e);
    cst_day *day = &((cst_day *)c->cells)[r->n];
    *day = CST_DAY_NONE;
    status = cst_day_at(b, row, c->slot, day, e);
    return status == CST_END ? CST_OK : status;
}

static bool make_room(report_rows *r)
{
    if (r->n < r->room) return true;
    size_t room = cst_room_for(r->room, r->n + 1);
    bool ok = cst_resize(&r->line, room, sizeof *r->line) && cst_resize(&r->file, room, sizeof *r->file);
    for (size_t i = 0; i < r->columns && ok; i++)
        ok = cst_resize(&r->column[i].cells, room, cell_size[r->column[i].kind]);
    if (ok) r->room = room;
    return ok;
}

static cst_status read_row(report_rows *r, cst_batch *b, uint32_t row, cst_error *e)
{
    bool keep = true;
    cst_status status = r->filter ? cst_filter_row(r->filter, b, row, &keep, e) : CST_OK;
    r->left_out += !keep;
    if (status != CST_OK || !keep) return status;
    if (!make_room(r)) return cst_no_memory(e);
    r->line[r->n] = cst_line_at(b, row);
    r->file[r->n] = cst_batch_file(b);
    for (size_t i = 0; i < r->columns && status == CST_OK; i++)
        status = read_cell(r, b, row, &r->column[i], e);
    if (status == CST_OK) r->n++;
    return status;
}

static cst_status read_batch(report_rows *r, cst_batch *b, cst_error *e)
{
    cst_error why = {0}; /* made once: it is large */
    cst_status status = CST_OK;
    for (uint32_t row = 0; row < cst_batch_rows(b) && status == CST_OK; row++) {
        status = read_row(r, b, row, &why);
        if (status == CST_DATA) status = cst_row_reject(b, row, &why);
        if (status < 0 && e) *e = why;
        if (status == CST_OK) why.status = CST_OK;
    }
    return status;
}

cst_status report_rows_read(report_rows *r, cst_error *e)
{
    cst_filter_opts o = {0};
    cst_status status = r->where ? cst_filter_open(r->where, r->reader, &o, &r->filter, e) : CST_OK;
    while (status == CST_OK) {
        cst_batch *b;
        status = cst_reader_next(r->reader, &b, e);
        if (status != CST_OK) break;
        status = read_batch(r, b, e);
        cst_batch_done(b);
    }
    if (status != CST_END) return status;
    cst_manifest_count(cst_io_manifest(r->io), "rows", NULL, "used", r->n);
    if (r->where)
        cst_manifest_count(cst_io_manifest(r->io), "rows", NULL, "left out by --where", r->left_out);
    return CST_OK;
}

void report_rows_free(report_rows *r)
{
    for (size_t i = 0; i < r->columns; i++) free(r->column[i].cells);
    free(r->column);
    free(r->line);
    free(r->file);
    cst_filter_free(r->filter);
    cst_intern_free(r->texts);
}

cst_text report_text(const report_rows *r, size_t row, int column)
{
    return cst_intern_text(r->texts, column < 0 ? NO_TEXT : ((const uint32_t *)r->column[column].cells)[row]);
}

cst_day report_day(const report_rows *r, size_t row, int column)
{
    return column < 0 ? CST_DAY_NONE : ((const cst_day *)r->column[column].cells)[row];
}

chart_value report_value(const report_rows *r, size_t row, int column)
{
    return column < 0 ? CHART_NONE : ((const chart_value *)r->column[column].cells)[row];
}

cst_place report_place(const report_rows *r, size_t row)
{
    return (cst_place){r->in->path[r->file[row]], r->line[row], 0};
}

const char *report_file(const report_rows *r)
{
    return strcmp(r->in->path[0], "-") == 0 ? "standard input" : r->in->path[0];
}

void report_add_group(const report_rows *r, size_t row, int first, size_t n, cst_buffer *out)
{
    for (size_t i = 0; i < n; i++) {
        cst_text t = report_text(r, row, first + (int)i);
        if (i > 0) cst_buffer_add_string(out, " / ");
        chart_add_name(out, t.n ? t : cst_text_of("(none)"), REPORT_NAME_MOST);
    }
}

bool report_same_group(const report_rows *r, size_t a, size_t b, int first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!cst_text_equal(report_text(r, a, first + (int)i), report_text(r, b, first + (int)i)))
            return false;
    return true;
}
