/* ingest/lines.h: the end of what was held (hold.h): invoice lines become rows once credits are netted and
 * parts of a term are priced by the lines they go with, a log of changes becomes stretches. */
#ifndef CST_INGEST_LINES_H
#define CST_INGEST_LINES_H
#include "ingest/hold.h"

/* A credit takes back lines of its group: the same account, currency, subscription, product and buying
 * centre. Credits go in the order of their start, end and place, and so do the lines that each meets. Then
 * each line pays
 *
 *     n whole months                      amount / n
 *     a part that ends with a line of n whole months, begun earlier
 *                                         amount x days of that line / own days / n, to the minor unit
 *     another part                        as ing_invoice_mrr has it; the MRR of a line of whole months that
 *                                         it joins, if they differ by what rounding may do
 *     time that is partly taken back      what it paid x what is left / what it carried
 *
 * and rows stand where their lines were. What a credit is more than its lines carry is rejected, or with
 * map.negative allow a row below zero. */
cst_status ing_lines_end(const ing_plan *p, ing_hold *h, ing_invoice *v, cst_writer *out, ing_totals *t,
                         cst_error *e);

/* changes.c: a log of plan changes becomes stretches: what a row says holds until the next one of its account
 * and subscription, or where it has none, of its account, product and buying centre. Of rows of one day the
 * last one holds. A row that is cancelled, pays nothing or was set aside for its state only ends what held
 * before it. Rows stand where the changes were. */
cst_status ing_changes_end(const ing_plan *p, const ing_hold *h, ing_invoice *v, cst_writer *out,
                           ing_totals *t, cst_error *e);
#endif
