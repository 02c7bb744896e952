/* panel/panel.h: the rows of several tables joined into one row per account and period, with the earlier rows
 * of each account at hand: what the rules of cs-flags, the derived metrics of cs-metrics and scores are
 * evaluated over.
 *
 * What is joined:
 * - row tables (metrics, scores): a reader with an account and a period column. There is a row for every
 * (account, period) that at least one of them has; the columns of those which lack it are missing there.
 * - accounts: the attributes of the row's account, the same for all its periods. They make no rows.
 * - period tables (the bridge, portfolio lines): joined on the period alone. They make no rows.
 * Row tables may also be keyed by the period alone (account column NULL in all of them): a panel of the
 * portfolio, whose one account is the empty text.
 *
 * In which order rows come, and what is held in memory besides the earlier values below:
 * - CST_PANEL_SORT: inputs in any order; they are read whole and held (only the columns asked for, about as
 * many bytes as they have in the file); rows come by account (order of bytes), then period.
 * - CST_PANEL_BY_ACCOUNT: every row table is in order of account, then period, and so come the rows; held is
 * a block of each. A row out of order is an error that names its line.
 * - CST_PANEL_BY_PERIOD: the same for period, then account.
 * In every one of them the rows of an account come in order of period, and a second row of one table for the
 * same account and period is rejected (cst_row_reject).
 *
 * Earlier values: for a column that is needed n rows back, the last n values of every account are kept, as
 * text (a short one takes 32 bytes); so memory is bounded by accounts. "Back" counts the account's own rows,
 * not the calendar: 1 is the row before, however long before. The row that is current is kept once the next
 * one is asked for.
 *
 *     cst_panel_new, cst_panel_add ..., cst_panel_join_...        the tables
 *     cst_panel_names, cst_expr_parse, cst_panel_need_expr        what is wanted of them, before any row
 *     cst_panel_start, cst_panel_seed ...                         earlier rows, of a run before this one
 *     while (cst_panel_next(...) == CST_OK)
 *         cst_expr_true(x, cst_panel_row(p), ...)
 *
 * A panel is for one thread. Readers, accounts and tables stay the caller's and outlive it.
 */
#ifndef CST_PANEL_PANEL_H
#define CST_PANEL_PANEL_H
#include "expr/expr.h"
#include "panel/periods.h"
#include "tables/accounts.h"

typedef struct cst_panel cst_panel;

typedef enum { CST_PANEL_SORT = 0, CST_PANEL_BY_ACCOUNT = 1, CST_PANEL_BY_PERIOD = 2 } cst_panel_order;

cst_status cst_panel_new(cst_panel_order order, cst_panel **out, cst_error *e);
void cst_panel_free(cst_panel *p);

/* Adds a row table, read by no one else. account_column NULL: keyed by the period alone, as all row tables
 * then must be. period_column: dates YYYY-MM-DD. At least one row table is needed; the first gives the keys
 * their names. */
cst_status cst_panel_add(cst_panel *p, cst_reader *r, const char *account_column, const char *period_column,
                         cst_error *e);
cst_status cst_panel_join_accounts(cst_panel *p, const cst_accounts *a, cst_error *e);

/* The columns: the keys (account, unless keyed by the period alone, and period), then those of the tables in
 * the order they were added, their own keys left out. A column is its index here. Of equal names the first is
 * meant. */
const cst_text *cst_panel_names(const cst_panel *p, size_t *n);
/* The column of a name; CST_USAGE with the nearest name and a list for an unknown one. */
cst_status cst_panel_find(const cst_panel *p, cst_text name, uint32_t *column, cst_error *e);
bool cst_panel_has(const cst_panel *p, cst_text name);

/* Says that a column is read, as far back as `back` rows. Columns that nobody needs are not read. Before
 * cst_panel_start. */
cst_status cst_panel_need(cst_panel *p, uint32_t column, int back, cst_error *e);
/* All that an expression reads; it was parsed with the panel's names, and cst_panel_functions where it may
 * look back. */
cst_status cst_panel_need_expr(cst_panel *p, const cst_expr *x, cst_error *e);

/* For a reader that sets bad rows aside: a row in which a field is there but does not pass the test is
 * rejected as it is read, instead of failing whoever asks for the field later. `expected` says in words
 * what it must be. What stands in no row table is not tested. After the column is needed, before
 * cst_panel_start. */
cst_status cst_panel_test(cst_panel *p, uint32_t column, cst_readable *test, const char *expected,
                          cst_error *e);
/* The same for all that an expression reads. */
cst_status cst_panel_test_expr(cst_panel *p, const cst_expr *x, cst_error *e);

/* Functions over the account's earlier rows, for cst_expr_env.functions:
 *   prev(x)           x in the row before; any type
 *   delta(x, n)       x - x n rows before
 *   pct_change(x, n)  delta(x, n) / |x n rows before|, a share: -0.2 is a fifth less; missing where x was 0
 *   slope(x, n)       the least-squares slope of x over the last n rows, this one included, per row; n >= 2;
 *                     missing values are left out; missing where there are fewer than n rows or fewer than
 *                     two values
 *   changed(x)        x != prev(x); unknown where one of them is missing
 * Where there is no such row before, the value is missing. days_since and days_until count from the row's own
 * period, also within prev. */
extern const cst_function cst_panel_functions[];

/* Another order than cst_panel_new was told; for a caller who asks for it only once the columns are known. */
void cst_panel_set_order(cst_panel *p, cst_panel_order order);
/* Lets the panel see only the accounts whose hash falls into one of `parts` equal parts: so that as many
 * panels over the same files, one per thread, share the work. */
void cst_panel_part(cst_panel *p, uint32_t part, uint32_t parts);
/* Lets a row table take part only with the rows that have `value` (which outlives the panel) in this column
 * of it. */
cst_status cst_panel_only(cst_panel *p, uint32_t column, const char *value, cst_error *e);
/* Keeps one row more of every account than was asked for so far, so that at the end also what was kept
 * before its last row can be told. */
void cst_panel_keep_spare(cst_panel *p);
/* Is it an attribute of the accounts? Then its column there. */
bool cst_panel_attribute(const cst_panel *p, uint32_t column, int *attribute);

/* Ends the preparation; with CST_PANEL_SORT reads everything. */
cst_status cst_panel_start(cst_panel *p, cst_error *e);

/* The columns that are kept beyond their row, in order of the columns: what a state file has to hold. */
size_t cst_panel_kept(const cst_panel *p);
uint32_t cst_panel_kept_column(const cst_panel *p, size_t kept, int *back);
size_t cst_panel_kept_place(const cst_panel *p, uint32_t column); /* cst_panel_kept: it is not kept */
/* Depth over all kept columns, and expressions that look back at no column but the period. */
int cst_panel_depth(const cst_panel *p);
/* Adds a row of a run before, of values by kept column, as if it had just been read; after cst_panel_start,
 * before the first cst_panel_next, in order of period for each account. CST_DATA: not after the account's
 * last one. */
cst_status cst_panel_seed(cst_panel *p, cst_text account, cst_day period, const cst_text *values,
                          cst_error *e);

/* Goes to the next row; CST_END after the last. Texts of the row before are gone then. */
cst_status cst_panel_next(cst_panel *p, cst_error *e);

/* Does as if there were no such row: it will not be an earlier one. */
void cst_panel_drop(cst_panel *p);

/* The current row. */
cst_text cst_panel_account(const cst_panel *p);
uint32_t cst_panel_account_number(const cst_panel *p); /* dense, in order of first sight, seeds included */
cst_day cst_panel_period(const cst_panel *p);
bool cst_panel_in(const cst_panel *p, size_t table); /* has the table-th row table a row here? */
cst_text cst_panel_text(cst_panel *p, uint32_t column);
cst_place cst_panel_place(cst_panel *p, uint32_t column);
/* The current row as expressions read it; valid until the panel is freed, following the current row. */
const cst_row *cst_panel_row(const cst_panel *p);

/* The number of an account, new if it must be; CST_INTERN_NONE: out of memory. */
uint32_t cst_panel_know(cst_panel *p, cst_text account);

/* All accounts seen, and what is kept of them. While a row is current, back 1 is the one before; after
 * CST_END it is the account's last. */
uint32_t cst_panel_accounts(const cst_panel *p);
cst_text cst_panel_account_id(const cst_panel *p, uint32_t account);
cst_day cst_panel_earlier_period(const cst_panel *p, uint32_t account,
                                 int back); /* CST_DAY_NONE: none is kept */
cst_text cst_panel_earlier(const cst_panel *p, uint32_t account, size_t kept, int back);

/* *orders: how the files of a row table are sorted: CST_PANEL_BY_ACCOUNT and CST_PANEL_BY_PERIOD or'ed
 * together, 0 for neither; for choosing an order before anything is read. They are read to the end, once,
 * for the two key columns only. 0 without reading where one of them is no regular file (it could not be
 * read twice), and for anything that is wrong with them: the reader proper will say what. Adds the periods
 * (NULL: not asked for), which are complete unless *orders is 0. Fails only where the system does: CST_IO,
 * CST_MEMORY. */
cst_status cst_panel_survey(const cst_inputs *in, const cst_read_opts *o, const char *account_column,
                            const char *period_column, int *orders, cst_periods *periods, cst_error *e);
/* The periods of a panel that has read everything (CST_PANEL_SORT), after cst_panel_start. false: out of
 * memory */
bool cst_panel_periods(const cst_panel *p, cst_periods *periods);
#endif
