/* program/manifest.h: the control totals of a run, itself a table item,file,key,value. Version, command
 * line, who and why come first, then the inputs, the outputs, all else in the order it was added, and
 * last the manifests of the commands before. */
#ifndef CST_PROGRAM_MANIFEST_H
#define CST_PROGRAM_MANIFEST_H
#include "read/table.h"
#include <cstools/read.h>
#include <cstools/write.h>

typedef struct cst_manifest cst_manifest;

cst_manifest *cst_manifest_new(void);
void cst_manifest_free(cst_manifest *m);
/* item: version, command, input, output, rows, money, definition, model ...; file and key may be NULL.
 * All is copied. Running out of memory is kept and comes back from cst_manifest_write. */
void cst_manifest_text(cst_manifest *m, const char *item, const char *file, const char *key, cst_text value);
void cst_manifest_count(cst_manifest *m, const char *item, const char *file, const char *key, uint64_t value);
void cst_manifest_money(cst_manifest *m, const char *item, const char *file, const char *key, cst_wide value);
/* The item "version" (program and version) and the item "command": the words as a shell would have to read
 * them. */
void cst_manifest_program(cst_manifest *m, const char *name, int argc, char *const *argv);
/* The items "by_whom" and "note", which stand by the command; NULL adds none. */
void cst_manifest_people(cst_manifest *m, const char *by_whom, const char *note);
/* size (bytes on disk), crc32 (of these, 8 hex digits), rows, rejected, blank_lines, mended, rounded of
 * one input, "last line" where that has no line end, and its sha256 (64 hex digits) where it was digested */
void cst_manifest_input(cst_manifest *m, const char *file, const cst_read_totals *t);
/* size (bytes) and sha256 (left out where it is empty) of one output; the manifest itself is none */
void cst_manifest_output(cst_manifest *m, const char *file, uint64_t bytes, const char *sha256);
/* Takes in the manifest of a command before: a row manifest,FILE,sha256,HEX, then its rows as they are.
 * CST_DATA: it lacks a column of a manifest. */
cst_status cst_manifest_take(cst_manifest *m, const char *file, const cst_table *t, cst_error *e);
/* Once all inputs and manifests are in: an input that is an output of one of these, by its digest, gets a
 * row input,FILE,made_by,MANIFEST. `changed` is called for one that is not, but has the name of an
 * output. */
typedef void cst_manifest_changed(void *context, const char *input, const char *manifest);
void cst_manifest_link(cst_manifest *m, cst_manifest_changed *changed, void *context);
/* Counts and sums of an earlier manifest that this one has as well, under the name of the file without
 * its folder: `shrunk` is called for each that fell by more than so many percent (millionths of them)
 * from the earlier value. CST_DATA: the table is no manifest. */
typedef void cst_manifest_shrunk(void *context, const char *what, cst_text file, cst_money before,
                                 cst_money now);
cst_status cst_manifest_compare(const cst_manifest *m, const cst_table *t, cst_money percent,
                                cst_manifest_shrunk *shrunk, void *context, cst_error *e);
cst_status cst_manifest_write(const cst_manifest *m, cst_sink *s, const cst_write_opts *o, cst_error *e);
#endif
