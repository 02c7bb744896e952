/* drivers/labels.h: what happened to an account and when: read from any table that
 * panel/happened.h can read. */
#ifndef CST_DRIVERS_LABELS_H
#define CST_DRIVERS_LABELS_H
#include "base/intern.h"
#include "base/memory.h"
#include "read/table.h"

typedef struct drv_labels {
    cst_intern *accounts;
    cst_day *day;    /* of all events of the outcome, by account, then day */
    uint32_t *begin; /* by account: where its days begin; one more at the end */
    size_t n;
} drv_labels;

/* Takes the rows that the condition `where` (NULL: none) is true for and whose name is `outcome`; NULL: all
 * names, of which there is then one or none. CST_USAGE: an error in the condition. CST_DATA: no date column,
 * a bad date, no row of that name or that condition, or several names and no outcome (the message lists the
 * names). */
cst_status drv_labels_read(const cst_table *t, const char *outcome, const char *where, drv_labels *out,
                           cst_error *e);
void drv_labels_clear(drv_labels *l);
/* Is there an event in (from, to]? */
bool drv_labels_within(const drv_labels *l, cst_text account, cst_day from, cst_day to);
#endif
