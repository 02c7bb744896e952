/* program/manifest.h: the control totals of a run, itself a table item,file,key,value. Version and command
 * line come first, then the inputs, the outputs, then all else in the order it was added.
 */
#ifndef CST_PROGRAM_MANIFEST_H
#define CST_PROGRAM_MANIFEST_H
#include <cstools/read.h>
#include <cstools/write.h>

typedef struct cst_manifest cst_manifest;

cst_manifest *cst_manifest_new(void);
void cst_manifest_free(cst_manifest *m);
/* item: version, command, input, output, rows, money, definition, model ...; file and key may be NULL. All is
 * copied. Running out of memory is kept and comes back from cst_manifest_write. */
void cst_manifest_text(cst_manifest *m, const char *item, const char *file, const char *key, cst_text value);
void cst_manifest_count(cst_manifest *m, const char *item, const char *file, const char *key, uint64_t value);
void cst_manifest_money(cst_manifest *m, const char *item, const char *file, const char *key, cst_wide value);
/* The item "version" (program and version) and the item "command": the words as a shell would have to read
 * them. */
void cst_manifest_program(cst_manifest *m, const char *name, int argc, char *const *argv);
/* size (bytes on disk), crc32 (of these, 8 hex digits), rows, rejected, blank_lines, mended, rounded of
 * one input */
void cst_manifest_input(cst_manifest *m, const char *file, const cst_read_totals *t);
/* size (bytes) of one output; the manifest itself is none */
void cst_manifest_output(cst_manifest *m, const char *file, uint64_t bytes);
cst_status cst_manifest_write(const cst_manifest *m, cst_sink *s, const cst_write_opts *o, cst_error *e);
#endif
