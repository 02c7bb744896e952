/* tables/groups.c: cuts the list of --by at its commas and resolves each name. */
#include "tables/groups.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

#define BEFORE "by_"

static cst_status fail_unknown(cst_text name, const cst_text *names, size_t n, cst_error *e)
{
    cst_buffer b = {0};
    cst_suggest_unknown(&b, "a column", name, names, n, "; the columns are ", 20);
    return cst_buffer_fail(&b, CST_USAGE, (cst_place){0}, "--by", e);
}

static cst_status add_name(cst_groups *g, cst_text name, cst_reader *r, const cst_accounts *a,
                           const cst_text *names, size_t n, cst_error *e)
{
    size_t i = 0;
    if (name.n == 0)
        return cst_fail_at(e, CST_USAGE, (cst_place){0}, "--by",
                           "expected columns with a comma between, found an empty name");
    for (size_t k = 0; k < g->n; k++)
        if (cst_text_equal(g->column[k].name, name))
            return cst_fail_at(e, CST_USAGE, (cst_place){0}, "--by",
                               "expected each column once, found \"%.*s\" twice", (int)name.n, name.p);
    while (i < n && !cst_text_equal(names[i], name)) i++;
    if (i == n) return fail_unknown(name, names, n, e);
    cst_status status = cst_joined_bind(r, a, i, &g->column[g->n], e);
    if (status < 0) return status;
    if (g->column[g->n].from == CST_FROM_ROW)
        g->of_rows = true;
    else
        g->of_accounts = true;
    g->n++;
    return CST_OK;
}

size_t cst_by_room(cst_text name)
{
    return sizeof BEFORE + name.n;
}

const char *cst_by_name(cst_text name, char *at)
{
    char *out = at + strlen(BEFORE);
    memcpy(at, BEFORE, strlen(BEFORE));
    memcpy(out, name.p, name.n);
    out[name.n] = 0;
    return out;
}

/* The names as strings, in one block with their pointers. */
static cst_status keep_names(cst_groups *g, cst_error *e)
{
    size_t room = g->n * sizeof *g->name;
    for (size_t i = 0; i < g->n; i++) room += cst_by_room(g->column[i].name);
    g->name = malloc(room);
    if (!g->name) return cst_no_memory(e);
    char *at = (char *)(g->name + g->n);
    for (size_t i = 0; i < g->n; i++) {
        g->name[i] = cst_by_name(g->column[i].name, at);
        at += cst_by_room(g->column[i].name);
    }
    return CST_OK;
}

cst_status cst_groups_check(const char *list, cst_error *e)
{
    if (!list || *list) return CST_OK;
    return cst_fail(e, CST_USAGE,
                    "--by: expected columns with a comma between, found an empty name; leave the option out");
}

cst_status cst_groups_resolve(const char *list, cst_reader *r, const cst_accounts *a, cst_groups *out,
                              cst_error *e)
{
    size_t n, most = 1;
    *out = (cst_groups){0};
    if (!list || !*list) return CST_OK;
    for (const char *p = list; *p; p++) most += *p == ',';
    cst_text *names = cst_joined_names(r, a, &n);
    out->column = calloc(most, sizeof *out->column);
    cst_status status = names && out->column ? CST_OK : cst_no_memory(e);
    cst_text rest = cst_text_of(list), name;
    while (status == CST_OK && cst_text_next(&rest, ',', &name))
        status = add_name(out, name, r, a, names, n, e);
    if (status == CST_OK) status = keep_names(out, e);
    if (status < 0) {
        cst_groups_free(out);
        *out = (cst_groups){0};
    }
    free(names);
    return status;
}

void cst_groups_free(cst_groups *g)
{
    free(g->column);
    free(g->name);
}

cst_text cst_groups_value(const cst_groups *g, size_t i, cst_batch *b, uint32_t row, const cst_accounts *a,
                          uint32_t account)
{
    const cst_joined *c = &g->column[i];
    return c->from == CST_FROM_ROW ? cst_text_at(b, row, c->column) : cst_accounts_at(a, account, c->column);
}
