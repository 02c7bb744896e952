/* read/rows.h: the rows of a batch, one after the other, by a worker of cst_run. */
#ifndef CST_READ_ROWS_H
#define CST_READ_ROWS_H
#include <cstools/read.h>

/* What a worker does with a row: CST_OK, CST_DATA with the row's place in *why, or a failure. */
typedef cst_status cst_row_work(void *worker, cst_batch *b, uint32_t row, cst_error *why);

/* Rows for which it gives CST_DATA are set aside where the reader allows it. What a cst_work returns:
 * CST_END where it does not. Here, so that `take` is no call through a pointer. */
static inline cst_status cst_batch_each(cst_batch *b, cst_row_work *take, void *worker, cst_error *e)
{
    cst_error why = {0}; /* made once: it is large */
    for (uint32_t row = 0; row < cst_batch_rows(b); row++) {
        cst_status status = take(worker, b, row, &why);
        if (status == CST_DATA) {
            if (cst_row_reject(b, row, &why) < 0) return CST_END;
            why = (cst_error){0};
        } else if (status < 0) {
            if (e) *e = why;
            return status;
        }
    }
    return CST_OK;
}
#endif
