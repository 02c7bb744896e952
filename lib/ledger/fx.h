/* ledger/fx.h: rates of exchange: a table currency,date,rate, rate = units of the reporting currency for
 * one. The rate of a day is the latest on or before it, at most max_age days old; the reporting currency
 * itself is 1. */
#ifndef CST_LEDGER_FX_H
#define CST_LEDGER_FX_H
#include "read/table.h"
#include <cstools/base.h>

typedef struct cst_fx cst_fx;

/* `report` outlives the rates. Errors: a bad or non-positive rate, a (currency, date) that stands twice. */
cst_status cst_fx_of(const cst_table *t, const char *report, int32_t max_age, cst_fx **out, cst_error *e);
void cst_fx_free(cst_fx *fx);
const char *cst_fx_report(const cst_fx *fx);
/* No rate: CST_DATA, naming currency and day. Any number of threads may ask. */
cst_status cst_fx_rate(const cst_fx *fx, cst_text currency, cst_day day, cst_rate *out, cst_error *e);
/* The mean of the rates of the days first .. last, half away from zero; each day needs one, as above. */
cst_status cst_fx_mean(const cst_fx *fx, cst_text currency, cst_day first, cst_day last, cst_rate *out,
                       cst_error *e);
bool cst_currency_valid(cst_text t); /* three capital or small letters */
#endif
