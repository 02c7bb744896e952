/* tables/builtin.c: finds, loads, prints and lists the tables that come with the programs. The list is made
 * at build time, sorted by file name, so what is listed is in a fixed order. */
#include "tables/builtin.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>

const struct cst_builtin *cst_builtin_find(const char *kind, const char *name)
{
    for (const struct cst_builtin *b = cst_builtin_tables; b->kind; b++)
        if (strcmp(b->kind, kind) == 0 && strcmp(b->name, name) == 0) return b;
    return NULL;
}

bool cst_builtin_is_file(const char *name_or_file)
{
    return strcmp(name_or_file, "-") == 0 || strpbrk(name_or_file, "/.") != NULL;
}

/* The names of a kind; *n of them. NULL: out of memory. */
static cst_text *collect_names(const char *kind, size_t *n)
{
    size_t all = 0;
    while (cst_builtin_tables[all].kind) all++;
    cst_text *names = calloc(all + 1, sizeof *names);
    *n = 0;
    for (size_t i = 0; names && i < all; i++)
        if (strcmp(cst_builtin_tables[i].kind, kind) == 0)
            names[(*n)++] = cst_text_of(cst_builtin_tables[i].name);
    return names;
}

static cst_status fail_unknown(const char *kind, const char *name, cst_error *e)
{
    size_t n;
    char what[128];
    cst_buffer b = {0};
    cst_text *names = collect_names(kind, &n);
    if (!names) return cst_no_memory(e);
    snprintf(what, sizeof what, "the name of a built-in %s table, or a file (a value with / or .)", kind);
    cst_suggest_unknown(&b, what, cst_text_of(name), names, n,
                        n ? "; there are " : "; there are none built in", 40);
    free(names);
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, NULL, e);
}

cst_status cst_builtin_load(const char *kind, const char *name_or_file, cst_table **out, cst_error *e)
{
    const cst_read_opts plain = {.find_delimiter = true};
    *out = NULL;
    if (cst_builtin_is_file(name_or_file)) return cst_table_load(name_or_file, &plain, out, e);
    const struct cst_builtin *b = cst_builtin_find(kind, name_or_file);
    if (!b) return fail_unknown(kind, name_or_file, e);
    const cst_text bytes = {(const char *)b->bytes, (uint32_t)b->n};
    return cst_table_parse(bytes, b->file, &plain, out, e);
}

cst_status cst_builtin_print(const char *kind, const char *name, cst_sink *out, cst_error *e)
{
    const struct cst_builtin *b = cst_builtin_find(kind, name);
    return b ? cst_sink_write(out, b->bytes, b->n, e) : fail_unknown(kind, name, e);
}

cst_status cst_builtin_list(const char *kind, cst_sink *out, cst_error *e)
{
    cst_status status = CST_OK;
    for (const struct cst_builtin *b = cst_builtin_tables; b->kind && status == CST_OK; b++) {
        if (strcmp(b->kind, kind) != 0) continue;
        status = cst_sink_write(out, b->name, strlen(b->name), e);
        if (status == CST_OK) status = cst_sink_write(out, "\n", 1, e);
    }
    return status;
}
