/* report/page_facts.h: what the page and the digest both say: the figures of a bridge beside those of
 * before, the bridge of a period, who moved. */
#ifndef CST_REPORT_PAGE_FACTS_H
#define CST_REPORT_PAGE_FACTS_H
#include "report/page.h"
#include "report/page_index.h"

/* ---- figures of the bridge's totals (page_number.c) ---- */

/* The total of the period that ends so many months before tonight's; SIZE_MAX: none. */
size_t report_page_before(const report_page *p, int months);
/* CHART_NONE: no such row or column, or an empty cell. */
chart_value report_page_at(const report_page *p, size_t row, const char *column);
/* A share of a change: (a - b) / |b|; CHART_NONE without. */
chart_value report_share_of_change(chart_value a, chart_value b);

/* ---- the bridge of a period (page_bridge.c) ---- */

typedef enum { BRIDGE_LEVEL, BRIDGE_GAIN, BRIDGE_LOSS, BRIDGE_EITHER } report_bridge_kind;
enum { REPORT_BRIDGE_LINES = 12 };
typedef struct report_bridge_line {
    const char *column, *logos;
    report_bridge_kind kind;
    bool always; /* else where it is not 0 */
} report_bridge_line;
extern const report_bridge_line report_bridge_lines[REPORT_BRIDGE_LINES];

typedef struct report_bridge {
    const cst_table *table;
    size_t row;
    chart_value amount[REPORT_BRIDGE_LINES];
    chart_value low, high; /* of the axis */
} report_bridge;

/* The period that is explained: the last of the longer periods, where they are given; false: there is
 * none. */
bool report_bridge_find(const report_page *p, report_bridge *b);
/* Along the axis, 0 .. 10,000. */
int report_bridge_place(const report_bridge *b, chart_value v);

/* ---- who moved (page_movers.c) ---- */

typedef struct report_movers {
    report_page *p;
    const cst_table *t;
    int end, account, amount, movement, to, date;
    cst_day last;
    report_index accounts; /* the caller frees it */
    size_t n[2];           /* down, up */
} report_movers;

/* With --movers. CST_DATA: it is another table. */
cst_status report_movers_open(report_movers *m, report_page *p, cst_error *e);
/* A customer's row of the period; the row of the rest beyond --top names none. */
bool report_mover_here(const report_movers *m, size_t row, bool up);
/* "churn; fx" of the table, in the words of the page, without exchange rates; and the day. */
void report_mover_why(const report_movers *m, size_t row, cst_buffer *out);

/* ---- whether the figures can be trusted (page_trust.c) ---- */

/* The key of the answer in words.page. Errors: of a manifest that cannot be read. */
cst_status report_trust_verdict(report_page *p, const char **key, cst_error *e);
#endif
