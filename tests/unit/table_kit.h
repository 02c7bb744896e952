/* For tests that need a table, an accounts join or a reader over a text in memory. */
#ifndef TESTS_TABLE_KIT_H
#define TESTS_TABLE_KIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "read/engine.h"
#include "read/table.h"
#include "tables/accounts.h"

static inline cst_table *read_table(const char *text, const char *name)
{
    const cst_read_opts plain = {0};
    cst_table *t;
    cst_error e;
    if (cst_table_parse(cst_text_of(text), name, &plain, &t, &e) < 0) fail_msg("%s: %s", name, e.message);
    return t;
}

static inline cst_accounts *read_accounts(const cst_table *t)
{
    cst_accounts *a;
    cst_error e;
    if (cst_accounts_new(t, NULL, &a, &e) < 0) fail_msg("%s", e.message);
    return a;
}

static inline cst_reader *read_rows(const char *text, const char *const *name, const cst_read_opts *o)
{
    cst_source *source;
    cst_reader *r = NULL;
    cst_error e;
    if (cst_source_memory(cst_text_of(text), *name, 0, &source, &e) < 0 ||
        cst_reader_open_sources(&source, name, 1, o, false, &r, &e) < 0)
        fail_msg("%s: %s", *name, e.message);
    return r;
}
#endif
