/* metrics/derive.h: metrics that are expressions over other metrics, the account's attributes, and the names
 * account_id, period, active, first_start (of its subscriptions) and product_features (how many the
 * feature-class table has). They may stand in any order; a circle is an error that names its members. Dates
 * count from the period: days_since(signup_date). */
#ifndef CST_METRICS_DERIVE_H
#define CST_METRICS_DERIVE_H
#include "metrics/gather.h"

typedef struct met_derived met_derived;

/* `accounts` may be NULL. *current of the result tells whether any of them reads an attribute that speaks
 * of the export's day alone (of an accounts table without valid_from; dates that bear their own day,
 * signup_date and first_value_date, are exempt), and which metric. */
cst_status met_derived_new(const met_spec *spec, const met_plans *plans, const cst_accounts *accounts,
                           size_t features, met_derived **out, cst_error *e);
void met_derived_free(met_derived *d);
/* The first metric that reads such an attribute, and its name; NULL: none. */
const met_metric *met_derived_current(const met_derived *d, cst_text *attribute);

/* For one thread: what the expressions see of a row. */
typedef struct met_deriver met_deriver;
met_deriver *met_deriver_new(const met_derived *d);
void met_deriver_free(met_deriver *v);
/* `first_start`: the first day of its subscriptions; CST_DAY_NONE: none. */
void met_deriver_account(met_deriver *v, cst_text account, cst_day first_start);
/* Fills the derived cells of a row whose measured cells are there. */
cst_status met_deriver_row(met_deriver *v, cst_day day, int active, uint64_t *cell, cst_error *e);

/* --where over the attributes alone, as they stand in the accounts table. */
cst_status met_attributes_filter(const char *where, const cst_accounts *accounts, const met_company *c,
                                 bool *skip, cst_error *e);
#endif
