/* panel/feed.h: a row table of a panel, row by row in the order asked for; private to lib/panel. Either it
 * is read as it goes (sorted input), or it has been read whole and is put out sorted. */
#ifndef CST_PANEL_FEED_H
#define CST_PANEL_FEED_H
#include "panel/key.h"
#include "panel/periods.h"

typedef struct cst_feed cst_feed;

/* account_column NULL: keyed by the period alone. The interner is shared by all feeds of a panel. */
cst_status cst_feed_new(cst_reader *r, cst_intern *accounts, const char *account_column,
                        const char *period_column, cst_feed **out, cst_error *e);
void cst_feed_free(cst_feed *s);
const char *cst_feed_account_column(const cst_feed *s);
const char *cst_feed_period_column(const cst_feed *s);
const cst_reader *cst_feed_reader(const cst_feed *s);

/* Binds a column; its index in cst_feed_text. Before reading. */
cst_status cst_feed_bind(cst_feed *s, const char *name, int *index, cst_error *e);

/* Only accounts whose hash falls into one of `parts` equal parts are seen. Before reading. */
void cst_feed_part(cst_feed *s, uint32_t part, uint32_t parts);
/* Only rows that have `value` (which outlives the feed) in a bound column are seen. Before reading. */
void cst_feed_only(cst_feed *s, int index, const char *value);

/* Rows with a field in a bound column that is there but does not pass the test are rejected. The name
 * outlives the feed. Before reading. */
cst_status cst_feed_test(cst_feed *s, int index, const char *name, cst_readable *test, const char *expected,
                         cst_error *e);

/* CST_PANEL_SORT: reads the table whole; cst_feed_sort then puts it in order, once all tables have been
 * read (`rank` = the place of each account in order of bytes). */
cst_status cst_feed_load(cst_feed *s, cst_error *e);
cst_status cst_feed_sort(cst_feed *s, const uint32_t *rank, cst_error *e);

/* Adds the periods of a table that was read whole. */
bool cst_feed_periods(const cst_feed *s, cst_periods *periods);

/* Goes to the next row; CST_END after the last. */
cst_status cst_feed_next(cst_feed *s, cst_panel_order order, cst_error *e);
cst_panel_key cst_feed_key(const cst_feed *s);
cst_text cst_feed_text(cst_feed *s, int index); /* of the current row, until the next */
/* The same as a number, where it is one. */
cst_parsed cst_feed_number(cst_feed *s, int index, double *out);
cst_place cst_feed_place(const cst_feed *s, int index); /* without a column where the table was read whole */
#endif
