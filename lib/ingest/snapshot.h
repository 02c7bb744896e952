/* ingest/snapshot.h: account-month snapshots to stretches. For each key (all columns but the month and the
 * MRR) the months are kept as runs of the same amount, which grow at either end and close up when a gap is
 * filled; so memory grows with keys and changes, not with rows, whatever the order of the file. */
#ifndef CST_INGEST_SNAPSHOT_H
#define CST_INGEST_SNAPSHOT_H
#include "ingest/invoice.h"
#include "ingest/total_rows.h"

typedef struct ing_snapshot ing_snapshot;

ing_snapshot *ing_snapshot_new(const ing_plan *p, bool source);
void ing_snapshot_free(ing_snapshot *s);
/* `file`: the operand's number. CST_END: the key has this month already. */
cst_status ing_snapshot_add(ing_snapshot *s, uint32_t file, const ing_piece *piece, const char *blob,
                            ing_totals *t, cst_error *e);
/* The account and amounts of each key, and the place of its first row. */
bool ing_snapshot_totals(const ing_snapshot *s, ing_total_rows *out);
/* Writes the stretches, keys in order of their bytes. A stretch that holds in the last month of all is
 * still running. */
cst_status ing_snapshot_end(ing_snapshot *s, cst_writer *out, ing_totals *t, cst_error *e);
cst_day ing_snapshot_first(const ing_snapshot *s); /* the first month; CST_DAY_NONE: no rows */
/* The first month between first and last that no row is of, and how many there are; CST_DAY_NONE: none. */
cst_day ing_snapshot_gap(const ing_snapshot *s, uint32_t *months);
#endif
