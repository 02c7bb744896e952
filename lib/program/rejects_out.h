/* program/rejects_out.h: the table of rejected rows: file,line,column,reason,field,record, where `record`
 * is the row's bytes as they stood in the input. Always CSV: a record may hold TABs and line ends.
 *
 *     cst_rejects_open(sink, &out, e);
 *     cst_reader_on_reject(reader, cst_rejects_take, out);
 *     ... read ...
 *     cst_rejects_finish(out, e);
 */
#ifndef CST_PROGRAM_REJECTS_OUT_H
#define CST_PROGRAM_REJECTS_OUT_H
#include <cstools/read.h>
#include <cstools/write.h>

typedef struct cst_rejects cst_rejects;

cst_status cst_rejects_open(cst_sink *s, cst_rejects **out, cst_error *e);
cst_status cst_rejects_take(void *rejects, const cst_reject *r, cst_error *e); /* a cst_reject_sink */
cst_status cst_rejects_finish(cst_rejects *r, cst_error *e);
void cst_rejects_free(cst_rejects *r);
#endif
