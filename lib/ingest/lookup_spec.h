/* ingest/lookup_spec.h: how a lookup is written, in a map and on the command line. */
#ifndef CST_INGEST_LOOKUP_SPEC_H
#define CST_INGEST_LOOKUP_SPEC_H
#include "ingest/map.h"

/* A map's row: name is the lookup's (with ? behind it: optional), spec is KEY:COLUMN[,COLUMN]. KEY is a
 * column's name in both files, or HERE=THERE; COLUMN likewise is a name, or HERE=THERE. */
cst_status ing_lookup_spec_read(ing_map *m, cst_text name, cst_text spec, cst_place place, cst_error *e);
#endif
