/* ledger/identity.h: renamings of accounts, plans, products and subscriptions, applied before anything
 * else, so that a migration is not churn. A table kind,old_id,new_id; chains are followed to their end,
 * a cycle is an error. */
#ifndef CST_LEDGER_IDENTITY_H
#define CST_LEDGER_IDENTITY_H
#include "read/table.h"
#include <cstools/ledger.h>

enum cst_identity_kind { CST_ID_ACCOUNT, CST_ID_PLAN, CST_ID_PRODUCT, CST_ID_SUBSCRIPTION, CST_ID_KINDS };

/* Errors: CST_DATA an unknown kind, an empty id, an old_id renamed twice, a cycle; each with its place. */
cst_status cst_identity_of(const cst_table *t, cst_identity **out, cst_error *e);
/* The final name of an id, or the id itself. d NULL: no renaming. Any number of threads may ask. */
cst_text cst_identity_rename(const cst_identity *d, enum cst_identity_kind kind, cst_text id);
/* The kind that a column of the subscriptions is renamed by (account_id, plan, product,
 * subscription_id); false: none. */
bool cst_identity_column(const char *column, enum cst_identity_kind *kind);
/* What a value of a column is called now, as the filter of rows wants it (tables/filter.h); `identity` is a
 * cst_identity. */
cst_text cst_identity_value(const void *identity, cst_text column, cst_text value);
#endif
