/* ingest/revenue.h: the rules between the columns of a row: ends, trials, overdue payments, signs; and
 * what an invoice line is worth a month. */
#ifndef CST_INGEST_REVENUE_H
#define CST_INGEST_REVENUE_H
#include "ingest/convert.h"

/* After the columns of a row are filled. CST_END: set aside, CST_DATA: rejected. */
cst_status ing_convert_rules(ing_convert *c, cst_error *e);
cst_status ing_convert_negative(ing_convert *c, cst_error *e);
/* Nothing is paid, and what is free does not count. Where rows are split (split.h) it is asked of each
 * stretch. */
bool ing_convert_is_free(const ing_convert *c);
/* The day that a rule gives; CST_DAY_NONE: the map has no such rule, or the value is missing. */
cst_status ing_convert_day(ing_convert *c, const ing_rule *r, cst_day *out, cst_error *e);
/* From when and until when, exclusive, the record's discount is given; CST_DAY_NONE: it has no such bound. */
cst_status ing_convert_discount(ing_convert *c, cst_day *from, cst_day *to, cst_error *e);

/* n >= 1 where the service is n whole months, else 0. */
int ing_whole_months(cst_day start, cst_day end);
/* What of an amount is one month's, as a / b; see ing_invoice_mrr. false: the dates do not allow it. */
bool ing_invoice_share(cst_day start, cst_day end, int64_t *a, int64_t *b);
/* The MRR of an amount, num / den millionths, for the service from `start` to `end` (exclusive, end > start).
 * n whole months, counted from either end (a month from 31 January ends on 28 February, one that ends on 31
 * March begins on 28 February): amount / n, to a millionth. Else n whole months counted back from the end,
 * and a part of d days of a month of D days (the month before those): amount x D / (n x D + d), rounded to
 * `digits` decimals, the currency's minor unit. 361.29 from 16 January to 1 February is 361.29 x 31 / 16 =
 * 700.00. Rounded once, from the amount as it was read. false: it does not fit. */
bool ing_invoice_mrr(cst_wide num, int64_t den, cst_day start, cst_day end, int digits, cst_money *out,
                     bool *rounded);
#endif
