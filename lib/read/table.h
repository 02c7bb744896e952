/* read/table.h: a table read whole: maps, models, rules, accounts, rates, labels. Through the same
 * reader, so the grammar and the messages are the same. */
#ifndef CST_READ_TABLE_H
#define CST_READ_TABLE_H
#include <cstools/read.h>

typedef struct cst_table cst_table;

/* A file ("-" is standard input); or bytes in memory, e.g. a built-in table, named `name` in messages. */
cst_status cst_table_load(const char *path, const cst_read_opts *o, cst_table **out, cst_error *e);
/* The same with only those of the named columns (the last name is NULL) that it has, in the file's order: a
 * large table of which little is used. The table has no others. */
cst_status cst_table_load_columns(const char *path, const cst_read_opts *o, const char *const *columns,
                                  cst_table **out, cst_error *e);
cst_status cst_table_parse(cst_text bytes, const char *name, const cst_read_opts *o, cst_table **out,
                           cst_error *e);
void cst_table_free(cst_table *t);

size_t cst_table_rows(const cst_table *t);
size_t cst_table_columns(const cst_table *t);
cst_text cst_table_name(const cst_table *t, size_t column); /* NUL-ended */
/* The column's index; an unknown required one is an error that lists what there is; an optional one, and one
 * that was not loaded, gives -1. */
cst_status cst_table_bind(const cst_table *t, const char *column, enum cst_need need, int *out, cst_error *e);
cst_text cst_table_at(const cst_table *t, size_t row, int column);     /* column -1: missing */
cst_place cst_table_place(const cst_table *t, size_t row, int column); /* of the field; -1: of the record */
/* Of the `byte`-th byte (0-based) of a field's value, quotes seen through. */
cst_place cst_table_place_in(const cst_table *t, size_t row, int column, uint32_t byte);
const char *cst_table_file(const cst_table *t);
cst_read_totals cst_table_totals(const cst_table *t);

/* Converted; CST_END where missing; errors as cst_money_at and its kin. */
cst_status cst_table_money(const cst_table *t, size_t row, int column, cst_money *out, cst_error *e);
cst_status cst_table_day(const cst_table *t, size_t row, int column, cst_day *out, cst_error *e);
#endif
