/* tables/layout.c: rows by their list of columns. */
#include "tables/layout.h"
#include "base/memory.h"
#include <cstools/ledger.h>
#include <stdlib.h>
#include <string.h>

static const char *name_group(const cst_layout *l, size_t i)
{
    bool taken = !l->untold && strcmp(l->by[i], "row") == 0;
    for (size_t k = 0; k < l->n && !taken; k++)
        taken = l->column[k].name && strcmp(l->column[k].name, l->by[i]) == 0;
    return taken ? l->by[i] - strlen("by_") : l->by[i];
}

static bool is_text(cst_layout_kind kind)
{
    return kind == CST_LAY_DAY || kind == CST_LAY_WORD || kind == CST_LAY_TEXT;
}

cst_status cst_layout_open(cst_layout *l, cst_program_io *io, const char *path, cst_writer **out,
                           cst_error *e)
{
    cst_column *c = calloc(l->n + l->bys + 1, sizeof *c);
    size_t k = 0;
    if (!c) return cst_no_memory(e);
    for (size_t i = 0; i < l->n; i++) {
        if (l->column[i].kind != CST_LAY_BY) {
            c[k++] =
                (cst_column){l->column[i].name, is_text(l->column[i].kind) ? CST_COL_TEXT : CST_COL_NUMBER};
            continue;
        }
        for (size_t b = 0; b < l->bys; b++) c[k++] = (cst_column){name_group(l, b), CST_COL_TEXT};
        if (l->bys && !l->untold) c[k++] = (cst_column){"row", CST_COL_TEXT};
    }
    int format = cst_io_shared(io)->format;
    l->read = format == CST_PRETTY || format == CST_MD;
    cst_status status = path ? cst_io_extra_writer(io, path, c, k, out, e) : cst_io_writer(io, c, k, out, e);
    free(c);
    return status;
}

static void put_group(const cst_layout *l, cst_writer *w, cst_text group)
{
    if (!l->bys) return;
    for (size_t i = 0; i < l->bys; i++)
        cst_put_text(w, group.p ? cst_label_part(group, i) : (cst_text){"", 0});
    if (!l->untold) cst_put_string(w, group.p ? "segment" : "total");
}

void cst_put_maybe_ratio(cst_writer *w, cst_maybe m)
{
    if (!m.there)
        cst_put_missing(w);
    else if (m.v <= INT64_MAX && m.v >= -INT64_MAX)
        cst_put_ratio(w, (cst_ratio)m.v);
    else
        cst_put_wide_fixed(w, m.v, 6);
}

static void put_maybe(cst_writer *w, cst_layout_kind kind, cst_maybe m)
{
    if (kind == CST_LAY_RATIO)
        cst_put_maybe_ratio(w, m);
    else if (!m.there)
        cst_put_missing(w);
    else if (kind == CST_LAY_MAYBE_AMOUNT)
        cst_put_wide(w, m.v);
    else
        cst_put_int(w, (int64_t)m.v);
}

static void put_cell(const cst_layout *l, cst_writer *w, cst_layout_kind kind, const char *at)
{
    union {
        cst_day day;
        const char *word;
        cst_text text;
        cst_wide amount;
        cst_maybe maybe;
        int number;
        int64_t count;
        double real;
    } v;
#define TAKE(member) memcpy(&v.member, at, sizeof v.member)
    switch (kind) {
    case CST_LAY_BY:
        return;
    case CST_LAY_DAY:
        TAKE(day);
        cst_put_day(w, v.day);
        return;
    case CST_LAY_WORD:
        TAKE(word);
        cst_put_string(w, v.word);
        return;
    case CST_LAY_TEXT:
        TAKE(text);
        cst_put_text(w, v.text);
        return;
    case CST_LAY_AMOUNT:
        TAKE(amount);
        cst_put_wide(w, v.amount);
        return;
    case CST_LAY_MAYBE_AMOUNT:
    case CST_LAY_RATIO:
    case CST_LAY_MAYBE_COUNT:
        TAKE(maybe);
        put_maybe(w, kind, v.maybe);
        return;
    case CST_LAY_NUMBER:
    case CST_LAY_MAYBE_NUMBER:
        TAKE(number);
        if (v.number == 0 && kind == CST_LAY_MAYBE_NUMBER)
            cst_put_missing(w);
        else
            cst_put_int(w, v.number);
        return;
    case CST_LAY_COUNT:
        TAKE(count);
        cst_put_int(w, v.count);
        return;
    case CST_LAY_REAL:
    case CST_LAY_FIGURE:
        TAKE(real);
        if (kind == CST_LAY_FIGURE && l->read)
            cst_put_decimals(w, v.real, 6);
        else
            cst_put_number(w, v.real);
    }
#undef TAKE
}

cst_status cst_layout_row(const cst_layout *l, cst_writer *w, cst_text group, const void *row, cst_error *e)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->column[i].kind == CST_LAY_BY)
            put_group(l, w, group);
        else
            put_cell(l, w, l->column[i].kind, (const char *)row + l->column[i].offset);
    }
    return cst_end_row(w, e);
}
