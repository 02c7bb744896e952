/* An interner turns keys into ids, an array ids into rows of the table. */
#include "ingest/lookup.h"
#include "base/intern.h"
#include "base/text.h"
#include <stdlib.h>

struct ing_lookup {
    cst_table *table;
    cst_intern *keys;
    size_t *row; /* id -> row */
    int key;
    int *column;
    const bool *maybe; /* per column, of the spec */
    int n;
    bool *unclear; /* per row: others of its key differ in columns that may be lacking */
    size_t unclears;
    size_t unclear_row[2]; /* of the first such key: its first row and the one that differs, */
    int unclear_column;    /* and in which column */
};

static cst_status key_twice(ing_lookup *l, const ing_lookup_spec *spec, size_t first, size_t second,
                            cst_error *e)
{
    for (int k = 0; k < l->n; k++) {
        cst_text a = cst_table_at(l->table, first, l->column[k]),
                 b = cst_table_at(l->table, second, l->column[k]);
        if (cst_text_equal(a, b)) continue;
        if (spec->maybe[k]) {
            if (l->unclears == 0) {
                l->unclear_row[0] = first, l->unclear_row[1] = second;
                l->unclear_column = k;
            }
            l->unclears += !l->unclear[first];
            l->unclear[first] = true;
            continue;
        }
        cst_text key = cst_table_at(l->table, second, l->key);
        return cst_fail_at(e, CST_DATA, cst_table_place(l->table, second, l->key), spec->key_there.p,
                           "expected each key once, found \"%.*s\" here and in line %llu with another %.*s",
                           (int)key.n, key.p, (unsigned long long)cst_table_place(l->table, first, -1).line,
                           (int)spec->there[k].n, spec->there[k].p);
    }
    return CST_OK;
}

static cst_status fill(ing_lookup *l, const ing_lookup_spec *spec, cst_error *e)
{
    size_t rows = cst_table_rows(l->table);
    l->keys = cst_intern_new();
    l->row = calloc(rows ? rows : 1, sizeof *l->row);
    l->unclear = calloc(rows ? rows : 1, sizeof *l->unclear);
    if (!l->keys || !l->row || !l->unclear) return cst_no_memory(e);
    for (size_t i = 0; i < rows; i++) {
        cst_text key = cst_table_at(l->table, i, l->key);
        if (!key.n) continue;
        uint32_t seen = cst_intern_count(l->keys), id = cst_intern_id(l->keys, key);
        if (id == CST_INTERN_NONE) return cst_no_memory(e);
        if (id == seen) {
            l->row[id] = i;
            continue;
        }
        cst_status status = key_twice(l, spec, l->row[id], i, e);
        if (status != CST_OK) return status;
    }
    return CST_OK;
}

cst_status ing_lookup_new(const ing_lookup_spec *spec, cst_table *t, ing_lookup **out, cst_error *e)
{
    ing_lookup *l = calloc(1, sizeof *l);
    if (l) l->column = calloc((size_t)spec->n, sizeof *l->column);
    if (!l || !l->column) {
        free(l);
        cst_table_free(t);
        return cst_no_memory(e);
    }
    l->table = t;
    l->n = spec->n;
    l->maybe = spec->maybe;
    cst_status status = cst_table_bind(t, spec->key_there.p, CST_REQUIRED, &l->key, e);
    for (int i = 0; status == CST_OK && i < l->n; i++)
        status = cst_table_bind(t, spec->there[i].p, spec->maybe[i] ? CST_OPTIONAL : CST_REQUIRED,
                                &l->column[i], e);
    if (status == CST_OK) status = fill(l, spec, e);
    if (status != CST_OK) {
        ing_lookup_free(l);
        return status;
    }
    *out = l;
    return CST_OK;
}

void ing_lookup_free(ing_lookup *l)
{
    if (!l) return;
    cst_table_free(l->table);
    cst_intern_free(l->keys);
    free(l->row);
    free(l->unclear);
    free(l->column);
    free(l);
}

int64_t ing_lookup_find(const ing_lookup *l, cst_text key)
{
    uint32_t id = key.n ? cst_intern_find(l->keys, key) : CST_INTERN_NONE;
    return id == CST_INTERN_NONE ? -1 : (int64_t)l->row[id];
}

cst_text ing_lookup_at(const ing_lookup *l, int64_t row, int column)
{
    if (row >= 0 && l->unclear[row] && l->maybe[column]) row = -1;
    return row < 0 ? (cst_text){"", 0} : cst_table_at(l->table, (size_t)row, l->column[column]);
}

const char *ing_lookup_file(const ing_lookup *l)
{
    return cst_table_file(l->table);
}

size_t ing_lookup_unclear(const ing_lookup *l)
{
    return l->unclears;
}

void ing_lookup_tell_unclear(const ing_lookup *l, const ing_lookup_spec *spec, cst_buffer *out)
{
    if (l->unclears == 0) return;
    char key[80];
    ing_found(cst_table_at(l->table, l->unclear_row[0], l->key), key);
    cst_buffer_printf(out, "%s:%llu: expected one %s for %s \"%s\", found another in line %llu; ",
                      ing_lookup_file(l),
                      (unsigned long long)cst_table_place(l->table, l->unclear_row[1], -1).line,
                      spec->there[l->unclear_column].p, spec->key_there.p, key,
                      (unsigned long long)cst_table_place(l->table, l->unclear_row[0], -1).line);
    cst_buffer_printf(out, "such columns read as missing for %llu of its keys: keep one row of each",
                      (unsigned long long)l->unclears);
}
