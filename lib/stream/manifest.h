/* stream/manifest.h: the control totals of a run, itself a table item,file,key,value. Rows come out in the order they were added. */
#ifndef CST_STREAM_MANIFEST_H
#define CST_STREAM_MANIFEST_H
#include <cstools/read.h>
#include <cstools/write.h>

typedef struct cst_manifest cst_manifest;

cst_manifest *cst_manifest_new(void);
void cst_manifest_free(cst_manifest *m);
/* item: version, command, input, output, rows, money, definition, model ...; file and key may be NULL. */
void cst_manifest_text(cst_manifest *m, const char *item, const char *file, const char *key, cst_text value);
void cst_manifest_count(cst_manifest *m, const char *item, const char *file, const char *key, uint64_t value);
void cst_manifest_money(cst_manifest *m, const char *item, const char *file, const char *key, cst_wide value);
/* size, crc32, rows, rejected, blank lines of one input */
void cst_manifest_input(cst_manifest *m, const char *file, const cst_read_totals *t);
cst_status cst_manifest_write(const cst_manifest *m, cst_sink *s, cst_error *e);
#endif
