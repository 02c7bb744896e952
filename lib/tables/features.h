/* tables/features.h: what the names of events mean. Some are fixed (tickets, surveys, meetings ...: the
 * vocabulary of cs-metrics(1)); every other event is use of the product. A feature-class table, event and
 * further columns (class, as a rule), says more of them: its columns are joined to the events by name. */
#ifndef CST_TABLES_FEATURES_H
#define CST_TABLES_FEATURES_H
#include "read/table.h"

typedef struct cst_features cst_features;

#define CST_FEATURE_NONE UINT32_MAX

/* t may be NULL: no table; else it outlives the features. CST_DATA: no column event, a row without one, an
 * event that stands twice (with both lines). */
cst_status cst_features_new(const cst_table *t, cst_features **out, cst_error *e);
void cst_features_free(cst_features *f);
uint32_t cst_features_find(const cst_features *f, cst_text event); /* its row; CST_FEATURE_NONE */
/* The table; NULL: none. Column 0.. of it are joined, but for `event`. */
const cst_table *cst_features_table(const cst_features *f);
/* Is it use of the product? What the table lists is, and what the vocabulary does not have. */
bool cst_features_is_use(const cst_features *f, cst_text event);
#endif
