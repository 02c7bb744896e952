/* writer_choose.c: a table of some of its columns. The cells of a row gather as small records until the row
 * ends; then those that were chosen are put again, in the order of the choice, as the format has them. */
#include "base/memory.h"
#include "base/text.h"
#include "write/writer.h"
#include <stdlib.h>
#include <string.h>

enum { RECORD_TEXT = CST_CELL_WORD + 1 };
typedef struct choose_record {
    uint32_t n;
    unsigned char kind; /* a cst_cell; RECORD_TEXT */
} choose_record;

static void add_record(cst_writer *w, unsigned char kind, uint32_t n)
{
    choose_record r = {n, kind};
    memcpy(w->row.p + w->row.n, &r, sizeof r);
    w->row.n += sizeof r + n;
}

static void choose_text(cst_writer *w, cst_text t)
{
    if (!cst_buffer_reserve(&w->row, sizeof(choose_record) + t.n)) {
        w->out.failed = true;
        return;
    }
    if (t.n > 0) memcpy(w->row.p + w->row.n + sizeof(choose_record), t.p, t.n);
    add_record(w, RECORD_TEXT, t.n);
}

static char *choose_begin(cst_writer *w, size_t room)
{
    if (cst_buffer_reserve(&w->row, sizeof(choose_record) + room))
        return w->row.p + w->row.n + sizeof(choose_record);
    w->out.failed = true;
    return NULL;
}

static void choose_end(cst_writer *w, size_t n, enum cst_cell kind)
{
    add_record(w, (unsigned char)kind, (uint32_t)n);
}

/* Where the cell of a column lies in the row. */
static const char *find_cell(const cst_writer *w, size_t column, choose_record *r)
{
    const char *p = w->row.p;
    for (;; column--, p += sizeof *r + r->n) {
        memcpy(r, p, sizeof *r);
        if (column == 0) return p + sizeof *r;
    }
}

static void choose_end_row(cst_writer *w)
{
    for (w->at = 0; w->at < w->head->n && !w->out.failed; w->at++) {
        choose_record r;
        const char *p = find_cell(w, w->head->choice[w->at], &r);
        if (r.kind == RECORD_TEXT) {
            cst_writer_text(w, (cst_text){p, r.n});
            continue;
        }
        char *to = w->family->begin(w, r.n + 1);
        if (!to) continue;
        memcpy(to, p, r.n);
        w->family->end(w, r.n, (enum cst_cell)r.kind);
    }
    cst_buffer_clear(&w->row);
    w->family->end_row(w);
}

const cst_family cst_family_choosing = {
    .text = choose_text, .begin = choose_begin, .end = choose_end, .end_row = choose_end_row};

/* ---- the choice -------------------------------------------------------------------------------------- */

static size_t find_column(const cst_column *columns, size_t n, cst_text name)
{
    size_t i = 0;
    while (i < n && !cst_text_is(name, columns[i].name)) i++;
    return i;
}

static cst_status refuse_column(const cst_column *columns, size_t n, cst_text name, cst_error *e)
{
    cst_buffer b = {0};
    for (size_t i = 0; i < n; i++) {
        if (i > 0) cst_buffer_add_string(&b, ", ");
        cst_buffer_add_string(&b, columns[i].name);
    }
    cst_status status =
        b.failed
            ? cst_no_memory(e)
            : cst_fail(e, CST_USAGE, "--columns: expected columns of the table, found \"%.*s\"; it has %.*s",
                       (int)name.n, name.p, (int)b.n, b.p);
    cst_buffer_free(&b);
    return status;
}

cst_status cst_writer_choose(const char *list, const cst_column *columns, size_t n, size_t **choice,
                             size_t *chosen, cst_error *e)
{
    cst_text rest = cst_text_of(list), name;
    size_t commas = 0;
    for (const char *p = list; *p; p++) commas += *p == ',';
    *chosen = 0;
    *choice = calloc(commas + 1, sizeof **choice);
    if (!*choice) return cst_no_memory(e);
    while (cst_text_next(&rest, ',', &name)) {
        size_t i = find_column(columns, n, name);
        if (i == n) return refuse_column(columns, n, name, e);
        for (size_t k = 0; k < *chosen; k++)
            if ((*choice)[k] == i)
                return cst_fail(e, CST_USAGE, "--columns: expected every column once, found \"%.*s\" twice",
                                (int)name.n, name.p);
        (*choice)[(*chosen)++] = i;
    }
    return CST_OK;
}
