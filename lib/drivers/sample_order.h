/* drivers/sample_order.h: one order of the rows, whatever order the input had. */
#ifndef CST_DRIVERS_SAMPLE_ORDER_H
#define CST_DRIVERS_SAMPLE_ORDER_H
#include "drivers/sample.h"

/* Sorts the rows by period, then account (bytes); s->place stays in the order of the input. CST_DATA: two
 * rows of one account and period; the message names their places by the reader's files. */
cst_status drv_sample_order(drv_sample *s, const cst_reader *reader, cst_error *e);
#endif
