/* forecast/layout.c: rows by their list of columns. */
#include "forecast/layout.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

/* A group column that is called as another column of the table has by_ before it. */
static const char *name_group(const forecast_session *s, size_t i, const forecast_column *column, size_t n)
{
    const char *name = s->group_column[i];
    bool taken = strcmp(name, "row") == 0;
    for (size_t k = 0; k < n && !taken; k++) taken = column[k].name && strcmp(column[k].name, name) == 0;
    return taken ? name - strlen("by_") : name;
}

cst_status forecast_table_open(const forecast_session *s, const forecast_column *column, size_t n,
                               const char *path, cst_writer **out, cst_error *e)
{
    cst_column *c = calloc(n + s->bys + 1, sizeof *c);
    size_t k = 0;
    if (!c) return cst_no_memory(e);
    for (size_t i = 0; i < n; i++) {
        bool text = column[i].kind == FORECAST_DAY || column[i].kind == FORECAST_WORD;
        if (column[i].kind != FORECAST_BY) {
            c[k++] = (cst_column){column[i].name, text ? CST_COL_TEXT : CST_COL_NUMBER};
            continue;
        }
        for (size_t b = 0; b < s->bys; b++) c[k++] = (cst_column){name_group(s, b, column, n), CST_COL_TEXT};
        if (s->bys) c[k++] = (cst_column){"row", CST_COL_TEXT};
    }
    cst_status status =
        path ? cst_io_extra_writer(s->io, path, c, k, out, e) : cst_io_writer(s->io, c, k, out, e);
    free(c);
    return status;
}

static void put_group(const forecast_session *s, cst_writer *w, int64_t group)
{
    if (!s->bys) return;
    for (size_t i = 0; i < s->bys; i++)
        cst_put_text(w, group < 0 ? (cst_text){"", 0} : cst_label_part(s->group_name[group], i));
    cst_put_string(w, group < 0 ? "total" : "segment");
}

void forecast_put_ratio(cst_writer *w, forecast_maybe m)
{
    if (!m.there)
        cst_put_missing(w);
    else if (m.v <= INT64_MAX && m.v >= -INT64_MAX)
        cst_put_ratio(w, (cst_ratio)m.v);
    else
        cst_put_wide_fixed(w, m.v, 6);
}

static void put_cell(cst_writer *w, const forecast_column *c, const char *at)
{
    union {
        cst_day day;
        const char *word;
        cst_wide amount;
        forecast_maybe maybe;
        int number;
    } v;
    switch (c->kind) {
    case FORECAST_BY:
        return;
    case FORECAST_DAY:
        memcpy(&v.day, at, sizeof v.day);
        cst_put_day(w, v.day);
        return;
    case FORECAST_WORD:
        memcpy(&v.word, at, sizeof v.word);
        cst_put_string(w, v.word);
        return;
    case FORECAST_AMOUNT:
        memcpy(&v.amount, at, sizeof v.amount);
        cst_put_wide(w, v.amount);
        return;
    case FORECAST_MAYBE_AMOUNT:
        memcpy(&v.maybe, at, sizeof v.maybe);
        if (v.maybe.there)
            cst_put_wide(w, v.maybe.v);
        else
            cst_put_missing(w);
        return;
    case FORECAST_RATIO:
        memcpy(&v.maybe, at, sizeof v.maybe);
        forecast_put_ratio(w, v.maybe);
        return;
    case FORECAST_NUMBER:
    case FORECAST_MAYBE_NUMBER:
        memcpy(&v.number, at, sizeof v.number);
        if (v.number == 0 && c->kind == FORECAST_MAYBE_NUMBER)
            cst_put_missing(w);
        else
            cst_put_int(w, v.number);
    }
}

cst_status forecast_table_row(const forecast_session *s, cst_writer *w, const forecast_column *column,
                              size_t n, int64_t group, const void *row, cst_error *e)
{
    for (size_t i = 0; i < n; i++) {
        if (column[i].kind == FORECAST_BY)
            put_group(s, w, group);
        else
            put_cell(w, &column[i], (const char *)row + column[i].offset);
    }
    return cst_end_row(w, e);
}
