/* program/definition.h: what makes two runs comparable: options as names and texts, written down beside a
 * result and read back. */
#ifndef CST_PROGRAM_DEFINITION_H
#define CST_PROGRAM_DEFINITION_H
#include "base/buffer.h"
#include "program/manifest.h"
#include "program/options.h"

/* The options of a definition are rows of an option table: name, kind, words of a choice, offset. Kinds:
 * TEXT, DATE, CHOICE, FLAG, COUNT, MONTH, MONEY, DURATION. */
typedef struct cst_definition {
    const cst_option *rows; /* ends with a row whose name is NULL */
    size_t n;
    char **text; /* by row; "" where the option is not given */
} cst_definition;

/* What an option's value in *values is as text; nothing where it is not given. */
void cst_option_text(const cst_option *row, const void *values, cst_buffer *out);
/* Sets an option from such a text; false: no such value. An empty text changes nothing. `text` outlives
 * *values. */
bool cst_option_take(const cst_option *row, void *values, const char *text);

cst_status cst_definition_of(const cst_option *rows, const void *values, cst_definition *out, cst_error *e);
void cst_definition_free(cst_definition *d);
/* The row of a name; d->n: there is none. */
size_t cst_definition_find(const cst_definition *d, cst_text name);
cst_status cst_definition_set(cst_definition *d, size_t row, const char *text, cst_error *e);
/* Puts what is given into the manifest: a figure is worth what its definition is known to be. */
void cst_definition_tell(const cst_definition *d, cst_manifest *m);
#endif
