/* ingest/split.h: a row whose discount is given for a time only becomes up to three: what is paid before the
 * discount, with it, and after it. */
#ifndef CST_INGEST_SPLIT_H
#define CST_INGEST_SPLIT_H
#include "ingest/worker.h"

/* Puts the record under way, which was converted with its discount: *rows of them, their MRR added up in
 * *mrr. CST_END: none of them counts, see c.kind. */
cst_status ing_split_put(ing_worker *w, uint32_t *rows, cst_money *mrr, cst_error *e);
#endif
