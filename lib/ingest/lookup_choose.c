/* lookup_choose.c: the condition of map.lookup_where over the rows of a lookup's file. */
#include "base/memory.h"
#include "ingest/lookup.h"
#include "tables/filter.h"
#include <stdlib.h>

cst_status ing_lookup_where(const ing_lookup_spec *spec, const cst_table *t, bool **keep, cst_error *e)
{
    cst_table_condition c = {.text = spec->where, .label = "map.lookup_where"};
    cst_text *lacks = calloc((size_t)spec->n + 1, sizeof *lacks);
    *keep = NULL;
    if (!lacks) return cst_no_memory(e);
    for (int k = 0; k < spec->n; k++)
        if (spec->maybe[k]) lacks[c.lacking++] = spec->there[k];
    c.lacks = lacks;
    cst_status status = cst_table_where(t, &c, keep, e);
    free(lacks);
    return status;
}
