/* read/convert.h: a field's bytes to a value, with the message where they are none; the caller adds
 * the place. A missing field (n == 0) gives CST_END and leaves *out alone. */
#ifndef CST_READ_CONVERT_H
#define CST_READ_CONVERT_H
#include <cstools/base.h>

/* *rounded counts the amounts with more than six decimals. */
cst_status cst_convert_money(cst_text t, cst_money *out, uint64_t *rounded, cst_error *e);
cst_status cst_convert_day(cst_text t, cst_day *out, cst_error *e);
cst_status cst_convert_instant(cst_text t, cst_instant *out, cst_error *e);
cst_status cst_convert_number(cst_text t, double *out, cst_error *e);
cst_status cst_convert_int(cst_text t, int64_t *out, cst_error *e);
#endif
