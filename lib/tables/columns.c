/* tables/columns.c: one list of names over the main stream and the accounts; an index tells which of them a
 * name is. */
#include "tables/columns.h"
#include "base/buffer.h"
#include "base/memory.h"
#include <stdlib.h>

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
    cst_buffer name = {0};
    cst_buffer_add(&name, out->name.p, out->name.n);
    const char *string = cst_buffer_string(&name);
    cst_status status;
    if (name.failed)
        status = cst_no_memory(e);
    else if (out->from == CST_FROM_ROW)
        status = cst_reader_bind(r, string, CST_OPTIONAL, &out->column, e);
    else
        status = cst_accounts_bind(a, string, CST_REQUIRED, &out->column, e);
    cst_buffer_free(&name);
    return status;
}
