/* report/pick.h: which rows of a table by period a chart is made of: one for each period, the total where
 * there is one. */
#ifndef CST_REPORT_PICK_H
#define CST_REPORT_PICK_H
#include "report/charts.h"

typedef struct report_pick {
    int day;             /* the period's last day */
    int start, complete; /* -1: not there */
    int kind;            /* the column row: segment or total; -1: not there */
    int group;           /* the first of the columns of --by */
    size_t groups;
} report_pick;

/* Binds the column of days and those that say what a row is for. */
cst_status report_pick_bind(report_pick *p, report_rows *r, const char *day, cst_error *e);
/* The rows, one for each period, in order of time; the caller frees *row. CST_DATA: two for one period. */
cst_status report_pick_all(const report_pick *p, const report_rows *r, size_t **row, size_t *n, cst_error *e);
/* That of the period that holds `day`; CST_DAY_NONE: of the last complete one, else of the last. CST_END:
 * there is none at all; CST_USAGE: none that holds the day. */
cst_status report_pick_one(const report_pick *p, const report_rows *r, cst_day day, size_t *row,
                           cst_error *e);
/* ", SMB / USD": the group that a row is for; nothing for a total. */
void report_pick_add_group(const report_pick *p, const report_rows *r, size_t row, cst_buffer *out);

/* How far apart periods are. */
enum { REPORT_WEEKLY = 7, REPORT_MONTHLY = 31, REPORT_QUARTERLY = 92, REPORT_YEARLY = INT32_MAX };
typedef struct report_rhythm {
    int days; /* at most, from one to the next: one of the above */
    const char *each, *many;
} report_rhythm;
const report_rhythm *report_rhythm_of(int days); /* NULL: not known, for 0 and less */

/* A chart of a table without a row: a sentence. */
cst_status report_make_empty(report_chart *c, const char *title, const char *sentence, cst_error *e);
#endif
