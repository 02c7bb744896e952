/* report/page_index.h: tables by account, and the bands of tonight's scores from the lowest up. */
#ifndef CST_REPORT_PAGE_INDEX_H
#define CST_REPORT_PAGE_INDEX_H
#include "report/page.h"

typedef struct report_entry {
    cst_text account;
    size_t row;
} report_entry;

typedef struct report_index {
    const cst_table *table; /* NULL: none, and nothing is found */
    report_entry *entry;    /* by account, in order of bytes */
    size_t n;
} report_index;

/* period: the column of days of which only the last counts; NULL: all rows. t may be NULL. CST_MEMORY. */
cst_status report_index_new(const cst_table *t, const char *period, report_index *out, cst_error *e);
void report_index_free(report_index *x);
/* The place in `entry` of its first row, or where that would be. */
size_t report_index_first(const report_index *x, cst_text account);
/* Its row; SIZE_MAX: none. */
size_t report_index_find(const report_index *x, cst_text account);
/* An empty text where there is no such row or column. */
cst_text report_index_text(const report_index *x, cst_text account, const char *column);

enum { REPORT_BANDS_MOST = 16 };
typedef struct report_band {
    cst_text name;
    int64_t sum, n;         /* of its scores tonight */
    int64_t all_sum, all_n; /* of those of all nights in the table: the order */
    cst_wide mrr;           /* of its customers; 0 without metrics */
} report_band;
typedef struct report_bands {
    report_band band[REPORT_BANDS_MOST]; /* by their mean score; those without anyone tonight, too */
    int n;
    int64_t customers; /* of all bands */
    cst_wide mrr;
} report_bands;
/* metrics: of tonight; whether the account is a customer: `active`, else an mrr above 0; every account
 * without a table. *mrr: what it pays, as far as that is known. */
bool report_is_customer(const report_index *metrics, cst_text account, cst_money *mrr);
/* metrics: of the same night, whose rows say who is a customer: `active`, and mrr above 0. Without a
 * table all scored accounts are. */
void report_bands_find(const report_index *scores, const report_index *metrics, report_bands *out);
/* Its place among them; b->n: none of them. */
int report_band_place(const report_bands *b, cst_text name);
/* The class of a band's sign: bl lowest, bm between, bh highest; "" no band. */
const char *report_band_class(const report_bands *b, cst_text name);

/* ---- groups of cs-flags --customers: the columns before `row`, as many as `columns` ---- */

/* Whether the row is of the group: its values, ", " between them, "(none)" for an empty one. Without
 * columns the group is "All". */
bool report_is_group(const cst_table *t, size_t row, int columns, const char *group);
/* CST_USAGE: --owner names no group. */
cst_status report_no_group(const char *group, cst_error *e);
#endif
