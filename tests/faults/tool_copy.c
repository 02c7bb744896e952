/* tool_copy.c: the smallest command there can be: copies a table through the reader, the writer and
 * cst_program, so that all of them can be tested without a command's own work. A column `amount`, where
 * there is one, must hold money or nothing. */
#include "base/text.h"
#include "program/program.h"
#include "read/table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    cst_shared shared;
    const char *extra, *state, *table;
    bool verdict, idle;
    cst_count warn;
} options;

#define AT(field) offsetof(options, field)
static const cst_option rows[] = {
    {"extra", 0, CST_OPT_OUTPUT, "FILE", AT(extra), "Copy", "The names of the columns, as a further output."},
    {"state", 0, CST_OPT_OUTPUT, "FILE", AT(state), NULL, "Counts the runs: read, and written anew."},
    {"table", 0, CST_OPT_INPUT, "FILE", AT(table), NULL, "A table to look at."},
    {"verdict", 0, CST_OPT_FLAG, NULL, AT(verdict), NULL, "End with status 1."},
    {"idle", 0, CST_OPT_FLAG, NULL, AT(idle), NULL, "Do nothing at all."},
    {"warn", 0, CST_OPT_COUNT, "N", AT(warn), NULL, "Warn N times in each of two ways."},
    {0},
};
static const cst_option_table tables[] = {{rows, 0}, {cst_shared_options, AT(shared)}, {0}};
static const cst_command command = {
    .name = "tool_copy",
    .summary = "copy a table",
    .usage = "[OPTION]... [FILE]...",
    .examples = "tool_copy in.csv\ntool_copy --format pretty in.csv -o out.txt\n",
    .tables = tables,
};

typedef struct worker {
    cst_writer *fork;
    const int *slot;
    size_t n;
    int amount;
} worker;

static cst_status encode(void *state, cst_batch *b, cst_error *e)
{
    worker *w = state;
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        cst_money m;
        cst_error why; /* filled by a failure; clearing it for each row would cost more than the copy */
        if (cst_row_rejected(b, row)) continue;
        if (cst_money_at(b, row, w->amount, &m, &why) < 0) {
            cst_status status = cst_row_reject(b, row, &why);
            if (status == CST_OK) continue;
            if (e) *e = why;
            return status;
        }
        for (size_t i = 0; i < w->n; i++) cst_put_text(w->fork, cst_text_at(b, row, w->slot[i]));
        cst_status status = cst_end_row(w->fork, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

static cst_status settle(void *state, cst_batch *b, void *shared, cst_error *e)
{
    (void)b;
    return cst_writer_absorb(shared, ((worker *)state)->fork, e);
}

static cst_status copy_rows(cst_program_io *io, cst_reader *r, cst_writer *out, const int *slot, size_t n,
                            cst_error *e)
{
    int threads = cst_io_threads(io), made = 0, amount;
    cst_status status = cst_reader_bind(r, "amount", CST_OPTIONAL, &amount, e);
    worker *w = calloc((size_t)threads, sizeof *w);
    void **state = calloc((size_t)threads, sizeof *state);
    if (status == CST_OK && (!w || !state)) status = cst_fail(e, CST_MEMORY, "out of memory");
    for (; status == CST_OK && made < threads; made++) {
        w[made] = (worker){NULL, slot, n, amount};
        state[made] = &w[made];
        status = cst_writer_fork(out, &w[made].fork, e);
    }
    if (status == CST_OK) status = cst_run(r, threads, encode, state, settle, out, e);
    for (int i = 0; i < made; i++) cst_writer_free(w[i].fork);
    free(w);
    free(state);
    return status == CST_OK ? cst_writer_finish(out, e) : status;
}

static cst_status write_extra(cst_program_io *io, const options *o, const cst_column *columns, size_t n,
                              cst_error *e)
{
    static const cst_column one = {"name", CST_COL_TEXT};
    cst_writer *w = NULL;
    if (!o->extra) return CST_OK;
    cst_status status = cst_io_extra_writer(io, o->extra, &one, 1, &w, e);
    for (size_t i = 0; i < n && status == CST_OK; i++) {
        cst_put_string(w, columns[i].name);
        status = cst_end_row(w, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

static cst_status write_state(cst_program_io *io, const options *o, cst_error *e)
{
    static const cst_column one = {"run", CST_COL_NUMBER};
    cst_table *before;
    cst_writer *w = NULL;
    if (!o->state) return CST_OK;
    cst_status status = cst_io_state_table(io, o->state, &before, e);
    size_t runs = status == CST_OK ? cst_table_rows(before) : 0;
    cst_table_free(before);
    if (status >= 0) status = cst_io_state_writer(io, o->state, &one, 1, &w, e);
    for (size_t i = 0; i <= runs && status == CST_OK; i++) {
        cst_put_int(w, (int64_t)i + 1);
        status = cst_end_row(w, e);
    }
    if (status == CST_OK) status = cst_writer_finish(w, e);
    cst_writer_free(w);
    return status;
}

static cst_status bind_all(cst_reader *r, cst_column *columns, int *slot, size_t n, cst_error *e)
{
    for (size_t i = 0; i < n; i++) {
        cst_text name = cst_reader_column_name(r, i);
        char *copy = strndup(name.p, name.n);
        if (!copy) return cst_fail(e, CST_MEMORY, "out of memory");
        columns[i] = (cst_column){copy, strcmp(copy, "amount") == 0 ? CST_COL_NUMBER : CST_COL_TEXT};
        cst_status status = cst_reader_bind(r, copy, CST_OPTIONAL, &slot[i], e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    const options *o = values;
    cst_reader *r;
    cst_writer *w = NULL;
    cst_table *t = NULL;
    for (uint64_t i = 1; i <= o->warn.n; i++) {
        cst_io_warn(io, "warning %d", (int)i);
        cst_io_warn(io, "other warning %d", (int)i);
    }
    if (o->idle) return CST_OK;
    cst_status status = cst_io_reader(io, NULL, &r, e);
    if (status == CST_OK && o->table) status = cst_io_table(io, o->table, &t, e);
    cst_table_free(t);
    if (status != CST_OK) return status;
    size_t n = cst_reader_columns(r);
    cst_column *columns = calloc(n + 1, sizeof *columns);
    int *slot = calloc(n + 1, sizeof *slot);
    status = columns && slot ? bind_all(r, columns, slot, n, e) : cst_fail(e, CST_MEMORY, "out of memory");
    if (status == CST_OK) status = cst_io_writer(io, columns, n, &w, e);
    if (status == CST_OK) status = copy_rows(io, r, w, slot, n, e);
    if (status == CST_OK)
        cst_manifest_count(cst_io_manifest(io), "rows", NULL, "written", cst_writer_rows(w));
    cst_writer_free(w);
    if (status == CST_OK) status = write_extra(io, o, columns, n, e);
    if (status == CST_OK) status = write_state(io, o, e);
    for (size_t i = 0; i < n && columns; i++) free((char *)(uintptr_t)columns[i].name);
    free(columns);
    free(slot);
    return status == CST_OK && o->verdict ? CST_END : status;
}

int main(int argc, char **argv)
{
    options o = {0};
    return cst_program(&command, argc, argv, &o, &o.shared, run);
}
