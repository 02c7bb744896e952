/* tables/accounts.c: an interner over the account_id column. Ids are dense in order of first sight and no id
 * may come twice, so an account's id is its row: no second index is kept. */
#include "tables/accounts.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

struct cst_accounts {
    const cst_table *table;
    cst_intern *ids;
    int id_column;
    cst_renaming renaming; /* rename NULL: none */
    cst_intern *names;     /* what accounts are called now, where any is renamed; else NULL */
    uint32_t *row;         /* by name */
};

static cst_status fail_repeated(const cst_table *t, size_t row, int column, uint32_t first, cst_error *e)
{
    cst_text id = cst_table_at(t, row, column);
    cst_place before = cst_table_place(t, first, column);
    int shown = id.n > 60 ? 60 : (int)id.n;
    return cst_fail_at(
        e, CST_DATA, cst_table_place(t, row, column), "account_id",
        "expected one row per account, found \"%.*s\" again (first on line %llu); keep one of the two", shown,
        id.p, (unsigned long long)before.line);
}

static cst_status index_rows(cst_accounts *a, cst_error *e)
{
    size_t rows = cst_table_rows(a->table);
    if (rows >= CST_ACCOUNT_NONE)
        return cst_fail(e, CST_LIMIT, "expected fewer than 4,294,967,295 accounts, found %zu", rows);
    for (size_t row = 0; row < rows; row++) {
        cst_text id = cst_table_at(a->table, row, a->id_column);
        if (id.n == 0)
            return cst_fail_at(e, CST_DATA, cst_table_place(a->table, row, a->id_column), "account_id",
                               "expected an account_id, found none; fill it or leave the row out");
        uint32_t found = cst_intern_id(a->ids, id);
        if (found == CST_INTERN_NONE) return cst_no_memory(e);
        if (found != row) return fail_repeated(a->table, row, a->id_column, found, e);
    }
    return CST_OK;
}

/* Rows by the names that accounts have now: a row whose id is such a name before one that was renamed to
 * it. */
static cst_status index_names(cst_accounts *a, cst_error *e)
{
    uint32_t rows = cst_intern_count(a->ids);
    a->names = cst_intern_new();
    a->row = malloc(((size_t)rows + 1) * sizeof *a->row);
    if (!a->names || !a->row) return cst_no_memory(e);
    for (int renamed = 0; renamed < 2; renamed++)
        for (uint32_t i = 0; i < rows; i++) {
            cst_text id = cst_intern_text(a->ids, i), name = a->renaming.rename(a->renaming.context, id);
            if (cst_text_equal(id, name) == renamed) continue;
            uint32_t known = cst_intern_count(a->names), k = cst_intern_id(a->names, name);
            if (k == CST_INTERN_NONE) return cst_no_memory(e);
            if (k == known) a->row[k] = i;
        }
    return CST_OK;
}

cst_status cst_accounts_new(const cst_table *t, const cst_renaming *renaming, cst_accounts **out,
                            cst_error *e)
{
    cst_accounts *a = calloc(1, sizeof *a);
    *out = NULL;
    if (!a) return cst_no_memory(e);
    a->table = t;
    if (renaming) a->renaming = *renaming;
    a->ids = cst_intern_new();
    cst_status status = a->ids ? CST_OK : cst_no_memory(e);
    if (status == CST_OK) status = cst_table_bind(t, "account_id", CST_REQUIRED, &a->id_column, e);
    if (status == CST_OK) status = index_rows(a, e);
    if (status == CST_OK && renaming) status = index_names(a, e);
    if (status == CST_OK)
        *out = a;
    else
        cst_accounts_free(a);
    return status;
}

void cst_accounts_free(cst_accounts *a)
{
    if (!a) return;
    cst_intern_free(a->ids);
    cst_intern_free(a->names);
    free(a->row);
    free(a);
}

uint32_t cst_accounts_count(const cst_accounts *a)
{
    return cst_intern_count(a->ids);
}

uint32_t cst_accounts_find(const cst_accounts *a, cst_text account_id)
{
    if (!a->names) return cst_intern_find(a->ids, account_id);
    uint32_t k = cst_intern_find(a->names, account_id);
    return k == CST_INTERN_NONE ? CST_ACCOUNT_NONE : a->row[k];
}

cst_text cst_accounts_id(const cst_accounts *a, uint32_t account)
{
    return cst_intern_text(a->ids, account);
}

size_t cst_accounts_columns(const cst_accounts *a)
{
    return cst_table_columns(a->table);
}

cst_text cst_accounts_column_name(const cst_accounts *a, size_t column)
{
    return cst_table_name(a->table, column);
}

cst_status cst_accounts_bind(const cst_accounts *a, const char *name, enum cst_need need, int *column,
                             cst_error *e)
{
    return cst_table_bind(a->table, name, need, column, e);
}

cst_text cst_accounts_at(const cst_accounts *a, uint32_t account, int column)
{
    return account == CST_ACCOUNT_NONE ? (cst_text){"", 0} : cst_table_at(a->table, account, column);
}

cst_place cst_accounts_place(const cst_accounts *a, uint32_t account, int column)
{
    return account == CST_ACCOUNT_NONE ? (cst_place){cst_table_file(a->table), 0, 0}
                                       : cst_table_place(a->table, account, column);
}

cst_text cst_accounts_lift(const cst_accounts *a, cst_text account_id, int column)
{
    cst_text parent = cst_accounts_at(a, cst_accounts_find(a, account_id), column);
    if (!parent.n) return account_id;
    return a->renaming.rename ? a->renaming.rename(a->renaming.context, parent) : parent;
}

/* ---- joined columns: one list of names over the main stream and the accounts; an index tells which of
 * them a name is ---- */

cst_text *cst_joined_names(const cst_reader *r, const cst_accounts *a, size_t *n)
{
    size_t main = cst_reader_columns(r);
    size_t more = a ? cst_accounts_columns(a) : 0;
    cst_text *names = calloc(main + more + 1, sizeof *names);
    *n = main + more;
    for (size_t i = 0; names && i < main; i++) names[i] = cst_reader_column_name(r, i);
    for (size_t i = 0; names && i < more; i++) names[main + i] = cst_accounts_column_name(a, i);
    return names;
}

cst_status cst_joined_bind(cst_reader *r, const cst_accounts *a, size_t i, cst_joined *out, cst_error *e)
{
    size_t main = cst_reader_columns(r);
    out->from = i < main ? CST_FROM_ROW : CST_FROM_ACCOUNT;
    out->name = i < main ? cst_reader_column_name(r, i) : cst_accounts_column_name(a, i - main);
    return out->from == CST_FROM_ROW ? cst_reader_bind(r, out->name.p, CST_OPTIONAL, &out->column, e)
                                     : cst_accounts_bind(a, out->name.p, CST_REQUIRED, &out->column, e);
}
