/* ingest/zone.h: the clock of a time zone, from the system's tables (TZif, RFC 9636, under
 * /usr/share/zoneinfo). The machine's own zone and the environment are never asked. */
#ifndef CST_INGEST_ZONE_H
#define CST_INGEST_ZONE_H
#include <cstools/base.h>

typedef struct ing_zone ing_zone;

/* A zone by its name, as Europe/Berlin. CST_DATA: no such table, or one that cannot be read. */
cst_status ing_zone_load(cst_text name, ing_zone **out, cst_error *e);
void ing_zone_free(ing_zone *z);
/* How far its clock is ahead of UTC at the instant, in seconds. Any number of threads may ask. */
int32_t ing_zone_offset(const ing_zone *z, cst_instant i);

/* A table as the file has it. CST_DATA: it is none, or a damaged one. */
cst_status ing_zone_read(const unsigned char *p, size_t n, ing_zone **out, cst_error *e);
#endif
