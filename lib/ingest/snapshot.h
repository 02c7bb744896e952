/* ingest/snapshot.h: account-month snapshots to stretches. For each key (all columns but the month and the
 * MRR) the months are kept as runs of the same amount, which grow at either end and close up when a gap is
 * filled; so memory grows with keys and changes, not with rows, whatever the order of the file. */
#ifndef CST_INGEST_SNAPSHOT_H
#define CST_INGEST_SNAPSHOT_H
#include "ingest/invoice.h"

typedef struct cst_snapshot cst_snapshot;

cst_snapshot *cst_snapshot_new(const cst_plan *p, bool source); /* NULL: out of memory */
void cst_snapshot_free(cst_snapshot *s);
/* CST_END: the key has this month already; *first is then the line of the earlier row's run. */
cst_status cst_snapshot_add(cst_snapshot *s, const cst_piece *piece, const char *blob, cst_totals *t,
                            cst_error *e);
/* Writes the stretches, keys in order of their bytes. A stretch that holds in the last month of all is
 * still running. */
cst_status cst_snapshot_end(cst_snapshot *s, cst_writer *out, cst_totals *t, cst_error *e);
cst_day cst_snapshot_first(const cst_snapshot *s); /* the first month; CST_DAY_NONE: no rows */
/* The first month between first and last that no row is of, and how many there are; CST_DAY_NONE: none. */
cst_day cst_snapshot_gap(const cst_snapshot *s, uint32_t *months);
#endif
