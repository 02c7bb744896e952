/* panel/history.h: the last values of some columns, per account; private to lib/panel.
 *
 * An account has a block of rings, one per kept column and one of periods; all turn together, by the number
 * of rows the account has had, so a ring needs no position of its own. Values up to 16 bytes, and that is
 * nearly all of them, lie in the ring itself. */
#ifndef CST_PANEL_HISTORY_H
#define CST_PANEL_HISTORY_H
#include <cstools/base.h>

typedef struct cst_history cst_history;

/* back[i] (>= 1) values are kept of column i; `depth` periods, at least the greatest of them. NULL: out of
 * memory. */
cst_history *cst_history_new(const int *back, size_t n, int depth);
void cst_history_free(cst_history *h);

/* Adds a row behind the account's others. CST_DATA: its period is not after the last one's. */
cst_status cst_history_add(cst_history *h, uint32_t account, cst_day period, const cst_text *values,
                           cst_error *e);

/* back >= 1: 1 is the row added last. CST_DAY_NONE, missing: there is none. */
cst_day cst_history_period(const cst_history *h, uint32_t account, int back);
cst_text cst_history_text(const cst_history *h, uint32_t account, size_t column, int back);
/* CST_END: missing; CST_DATA: no number (no error is filled). Parsed once. */
cst_status cst_history_number(cst_history *h, uint32_t account, size_t column, int back, double *out);
#endif
