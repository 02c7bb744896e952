/* rejects_out.c: see rejects_out.h. */
#include "program/rejects_out.h"
#include "base/memory.h"
#include <stdlib.h>

struct cst_rejects {
    cst_writer *writer;
};

cst_status cst_rejects_open(cst_sink *s, cst_rejects **out, cst_error *e)
{
    static const cst_column columns[] = {{"file", CST_COL_TEXT},     {"line", CST_COL_NUMBER},
                                         {"column", CST_COL_NUMBER}, {"reason", CST_COL_TEXT},
                                         {"field", CST_COL_TEXT},    {"record", CST_COL_TEXT}};
    static const cst_write_opts csv = {.format = CST_CSV};
    *out = calloc(1, sizeof **out);
    if (!*out) return cst_no_memory(e);
    cst_status status =
        cst_writer_open(s, &csv, columns, sizeof columns / sizeof *columns, &(*out)->writer, e);
    if (status == CST_OK) return CST_OK;
    cst_rejects_free(*out);
    *out = NULL;
    return status;
}

static void put_position(cst_writer *w, uint64_t at)
{
    if (at == 0)
        cst_put_missing(w);
    else
        cst_put_int(w, (int64_t)at);
}

cst_status cst_rejects_take(void *rejects, const cst_reject *r, cst_error *e)
{
    cst_writer *w = ((cst_rejects *)rejects)->writer;
    cst_put_string(w, r->place.file);
    put_position(w, r->place.line);
    put_position(w, r->place.column);
    cst_put_text(w, r->reason);
    cst_put_text(w, r->field);
    cst_put_text(w, r->record);
    return cst_end_row(w, e);
}

cst_status cst_rejects_finish(cst_rejects *r, cst_error *e)
{
    return cst_writer_finish(r->writer, e);
}

void cst_rejects_free(cst_rejects *r)
{
    if (!r) return;
    cst_writer_free(r->writer);
    free(r);
}
