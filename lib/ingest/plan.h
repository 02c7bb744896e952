/* ingest/plan.h: binds a map to an input: where each raw column comes from, which columns are written. */
#ifndef CST_INGEST_PLAN_H
#define CST_INGEST_PLAN_H
#include "ingest/convert.h"

/* The map is finished, the reader open, nothing read yet; the lookups of p->lookup are loaded. All that is
 * allocated lives in the map's arena. */
cst_status ing_plan_bind(ing_plan *p, ing_map *m, cst_reader *r, cst_error *e);
#endif
