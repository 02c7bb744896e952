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
    uint64_t undated; /* rows that have not happened: of an empty drv_label_rows.date */
} drv_labels;

/* Which rows of a table are labels. */
typedef struct drv_label_rows {
    const char *outcome; /* their name; NULL: all names, of which there is then one or none */
    const char *where;   /* a condition that is true for them; NULL: none */
    const char *date; /* the column of the day, where an empty one has not happened; NULL: see happened.h */
} drv_label_rows;

/* CST_USAGE: an error in the condition. CST_DATA: no date column, a bad date, no row of that name or that
 * condition, or several names and no outcome (the message lists the names). */
cst_status drv_labels_read(const cst_table *t, const drv_label_rows *which, drv_labels *out, cst_error *e);
void drv_labels_clear(drv_labels *l);
/* Is there an event in (from, to]? */
bool drv_labels_within(const drv_labels *l, cst_text account, cst_day from, cst_day to);
#endif
