/* A small table held whole: its batches are kept as they came, with an array of all cells over them,
 * so that any number of threads may read it. Places are computed from the batches when asked for. */
#include "read/table.h"

#include <stdlib.h>

#include "base/text.h"
#include "read/convert.h"
#include "read/engine.h"

typedef struct table_part {
    cst_batch *batch;
    size_t first; /* its first row in the table */
} table_part;

struct cst_table {
    cst_reader *reader; /* over one file; its slots are the columns of the table */
    table_part *part;
    size_t parts, part_room, rows;
    cst_text *cell; /* rows x columns */
    size_t cell_room;
};

static cst_status add_batch(cst_table *t, cst_batch *b, cst_error *e)
{
    size_t width = cst_table_columns(t), cells = (t->rows + b->rows) * width;
    if (!cst_grow(&t->part, &t->part_room, t->parts + 1, sizeof *t->part) ||
        !cst_grow(&t->cell, &t->cell_room, cells, sizeof *t->cell))
        return cst_no_memory(e);
    cst_text *to = cells ? t->cell + t->rows * width : NULL;
    for (uint32_t row = 0; row < b->rows; row++)
        for (size_t c = 0; c < width; c++) *to++ = cst_text_at(b, row, (int)c);
    t->part[t->parts++] = (table_part){b, t->rows};
    t->rows += b->rows;
    return CST_OK;
}

static bool is_among(const char *const *names, cst_text name)
{
    while (*names && !cst_text_is(name, *names)) names++;
    return *names != NULL;
}

/* The slots of the only file are its columns, those that are named or all. */
static cst_status bind_columns(cst_reader *r, const char *const *columns, cst_error *e)
{
    cst_file *f = &r->file[0];
    f->column_of = malloc(f->width * sizeof *f->column_of);
    if (!f->column_of) return cst_no_memory(e);
    for (uint32_t c = 0; c < f->width; c++)
        if (!columns || is_among(columns, cst_intern_text(r->names, f->name_of[c])))
            f->column_of[r->n_slots++] = (int32_t)c;
    return CST_OK;
}

static cst_status take_all(cst_table *t, const char *const *columns, cst_error *e)
{
    cst_status status = bind_columns(t->reader, columns, e);
    while (status == CST_OK) {
        cst_batch *b;
        status = cst_reader_take(t->reader, &b, e);
        if (status != CST_OK) break;
        status = add_batch(t, b, e);
        if (status < 0) {
            cst_batch_free(b);
            break;
        }
        status = cst_batch_settle(b, e);
        if (status == CST_OK && b->failure.status) {
            if (e) *e = b->failure;
            status = b->failure.status;
        }
    }
    return status == CST_END ? cst_reader_judge(t->reader, e) : status;
}

static cst_status load(cst_source *source, const char *name, const cst_read_opts *o,
                       const char *const *columns, cst_table **out, cst_error *e)
{
    static const cst_read_opts none = {0};
    cst_table *t = calloc(1, sizeof *t);
    if (!t) {
        cst_source_free(source);
        return cst_no_memory(e);
    }
    cst_status status = cst_reader_open_sources(&source, &name, 1, o ? o : &none, false, &t->reader, e);
    if (status == CST_OK) status = take_all(t, columns, e);
    if (status < 0) {
        cst_table_free(t);
        return status;
    }
    *out = t;
    return CST_OK;
}

cst_status cst_table_load(const char *path, const cst_read_opts *o, cst_table **out, cst_error *e)
{
    return cst_table_load_columns(path, o, NULL, out, e);
}

cst_status cst_table_load_columns(const char *path, const cst_read_opts *o, const char *const *columns,
                                  cst_table **out, cst_error *e)
{
    cst_source *source;
    cst_status status = cst_source_open(path, !(o && o->no_crc32), &source, e);
    if (status != CST_OK) return status;
    if (o && o->sha256) cst_source_begin_sha256(source);
    return load(source, path, o, columns, out, e);
}

cst_status cst_table_parse(cst_text bytes, const char *name, const cst_read_opts *o, cst_table **out,
                           cst_error *e)
{
    cst_source *source;
    cst_status status = cst_source_memory(bytes, name, 0, &source, e);
    return status < 0 ? status : load(source, name, o, NULL, out, e);
}

void cst_table_free(cst_table *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->parts; i++) cst_batch_free(t->part[i].batch);
    cst_reader_free(t->reader);
    free(t->part);
    free(t->cell);
    free(t);
}

size_t cst_table_rows(const cst_table *t)
{
    return t->rows;
}

size_t cst_table_columns(const cst_table *t)
{
    return t->reader->n_slots;
}

cst_text cst_table_name(const cst_table *t, size_t column)
{
    const cst_file *f = &t->reader->file[0];
    return cst_intern_text(t->reader->names, f->name_of[f->column_of[column]]);
}

cst_status cst_table_bind(const cst_table *t, const char *column, enum cst_need need, int *out, cst_error *e)
{
    int32_t found;
    cst_status status = cst_file_column(t->reader, &t->reader->file[0], column, need, &found, e);
    if (status != CST_OK) return status;
    const cst_file *f = &t->reader->file[0];
    *out = -1;
    for (uint32_t slot = 0; slot < t->reader->n_slots; slot++)
        if (f->column_of[slot] == found) *out = (int)slot;
    return status;
}

cst_text cst_table_at(const cst_table *t, size_t row, int column)
{
    if (column < 0) return (cst_text){"", 0};
    return t->cell[row * cst_table_columns(t) + (size_t)column];
}

/* The last part that begins at or before the row. */
static const table_part *find_part(const cst_table *t, size_t row)
{
    size_t low = 0, high = t->parts;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->part[middle].first <= row)
            low = middle;
        else
            high = middle;
    }
    return &t->part[low];
}

cst_place cst_table_place(const cst_table *t, size_t row, int column)
{
    const table_part *part = find_part(t, row);
    return cst_place_shared(part->batch, (uint32_t)(row - part->first), column);
}

/* Goes one byte on. */
static void pass_byte(cst_place *place, char c)
{
    place->column++;
    if (c != '\n') return;
    place->line++;
    place->column = 1;
}

cst_place cst_table_place_in(const cst_table *t, size_t row, int column, uint32_t byte)
{
    const table_part *part = find_part(t, row);
    cst_text record = cst_record_at(part->batch, (uint32_t)(row - part->first));
    cst_place at = cst_table_place(t, row, -1), field = cst_table_place(t, row, column);
    uint32_t i = 0;
    while (i < record.n && (at.line < field.line || (at.line == field.line && at.column < field.column)))
        pass_byte(&at, record.p[i++]);
    bool quoted =
        i < record.n && record.p[i] == '"' && cst_table_at(t, row, column).n > 0 && part->batch->quoted;
    if (quoted) pass_byte(&at, record.p[i++]);
    for (; byte > 0 && i < record.n; byte--) {
        if (quoted && record.p[i] == '"' && i + 1 < record.n) pass_byte(&at, record.p[i++]);
        pass_byte(&at, record.p[i++]);
    }
    return at;
}

const char *cst_table_file(const cst_table *t)
{
    return t->reader->file[0].name;
}

cst_read_totals cst_table_totals(const cst_table *t)
{
    return cst_reader_totals(t->reader, 0);
}

/* The error was made without a place: it gets that of the field. */
static cst_status blame_cell(const cst_table *t, size_t row, int column, cst_status status, cst_error *e)
{
    return e ? cst_error_place(e, cst_table_place(t, row, column), cst_table_name(t, (size_t)column).p)
             : status;
}

cst_status cst_table_money(const cst_table *t, size_t row, int column, cst_money *out, cst_error *e)
{
    uint64_t rounded = 0;
    cst_status status = cst_convert_money(cst_table_at(t, row, column), out, &rounded, e);
    return status < 0 ? blame_cell(t, row, column, status, e) : status;
}

cst_status cst_table_day(const cst_table *t, size_t row, int column, cst_day *out, cst_error *e)
{
    cst_status status = cst_convert_day(cst_table_at(t, row, column), out, e);
    return status < 0 ? blame_cell(t, row, column, status, e) : status;
}
