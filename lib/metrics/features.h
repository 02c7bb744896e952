/* metrics/features.h: what the names of events mean. Some are fixed (tickets, surveys, meetings ...: the
 * vocabulary of cs-metrics(1)); every other event is use of the product. A feature-class table, event and
 * further columns (class, as a rule), says more of them: its columns are joined to the events by name. */
#ifndef CST_METRICS_FEATURES_H
#define CST_METRICS_FEATURES_H
#include "read/table.h"

typedef struct met_features met_features;

#define MET_FEATURE_NONE UINT32_MAX

/* t may be NULL: no table; else it outlives the features. CST_DATA: no column event, a row without one, an
 * event that stands twice (with both lines). */
cst_status met_features_new(const cst_table *t, met_features **out, cst_error *e);
void met_features_free(met_features *f);
uint32_t met_features_find(const met_features *f, cst_text event); /* its row; MET_FEATURE_NONE */
/* The table; NULL: none. Column 0.. of it are joined, but for `event`. */
const cst_table *met_features_table(const met_features *f);
/* Is it use of the product? What the table lists is, and what the vocabulary does not have. */
bool met_features_is_use(const met_features *f, cst_text event);
#endif
