/* tables/builtin.h: tables that come with the programs: maps, metric specs, rules, models. Each is a file
 * lib/ROOM/builtin/KIND.NAME.csv in the source tree and a byte array in the program. */
#ifndef CST_TABLES_BUILTIN_H
#define CST_TABLES_BUILTIN_H
#include "read/table.h"
#include <cstools/base.h>
#include <cstools/write.h>
#include <stdio.h>

struct cst_builtin {
    const char *kind; /* map, spec, rules, model ... */
    const char *name;
    const unsigned char *bytes;
    size_t n;
    const char *file; /* its name in messages: map.stripe.csv */
};
extern const struct cst_builtin cst_builtin_tables[]; /* sorted by file name; ends with kind NULL */

const struct cst_builtin *cst_builtin_find(const char *kind, const char *name); /* NULL: none */
/* Loads NAME or FILE: a value with '/' or '.' is a file, "-" standard input, else a built-in of that kind; an
 * unknown name is a CST_USAGE error that lists the names there are. */
cst_status cst_builtin_load(const char *kind, const char *name_or_file, cst_table **out, cst_error *e);
bool cst_builtin_is_file(const char *name_or_file);
/* --print-KIND NAME: writes the bytes as they are; --list-KINDs: one name a line. */
cst_status cst_builtin_print(const char *kind, const char *name, cst_sink *out, cst_error *e);
cst_status cst_builtin_list(const char *kind, cst_sink *out, cst_error *e);
#endif
