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

/* A value as it goes in: its text, and the number it was found to be, if it was asked for. */
typedef enum { CST_UNREAD, CST_IS_NUMBER, CST_NO_NUMBER } cst_reading;
typedef struct cst_kept {
    cst_text text;
    cst_reading reading;
    double number; /* of CST_IS_NUMBER */
} cst_kept;

/* Adds a row behind the account's others. CST_DATA: its period is not after the last one's. */
cst_status cst_history_add(cst_history *h, uint32_t account, cst_day period, const cst_kept *values,
                           cst_error *e);

/* back >= 1: 1 is the row added last. CST_DAY_NONE, missing: there is none. */
cst_day cst_history_period(const cst_history *h, uint32_t account, int back);
cst_text cst_history_text(const cst_history *h, uint32_t account, size_t column, int back);
/* CST_END: missing; CST_DATA: no number (no error is filled). Parsed once. */
cst_status cst_history_number(cst_history *h, uint32_t account, size_t column, int back, double *out);
#endif
