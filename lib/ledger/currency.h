/* ledger/currency.h: whether the currencies of a ledger's rows can stand in one table. */
#ifndef CST_LEDGER_CURRENCY_H
#define CST_LEDGER_CURRENCY_H
#include "ledger/fx.h"
#include <cstools/ledger.h>

#define CST_CURRENCY_ROOM 16

/* What the rows come to, over the labels of all threads (some of them NULL). `apart`: results are grouped by
 * currency, so that several may stand. name: the one currency of all figures, "" where rows name none or
 * *several are kept apart; with fx the one that is reported. CST_DATA, with the place of the earliest such
 * row of the input: several currencies without either, or rows with and rows without a currency. */
cst_status cst_currency_settle(const cst_labels *const *labels, size_t n, const cst_fx *fx, bool apart,
                               char name[CST_CURRENCY_ROOM], bool *several, cst_error *e);
#endif
