/* tables/metrics_rows.h: reads a table of metrics (cs-tables(5)): one row for an account and period, whether
 * the account was active, and what the caller measures. Every command that reads such a table reads it here,
 * so that a row means the same to all of them.
 *
 *     cst_metrics_bind                  the columns account_id, period, active
 *     (the caller binds its measures)
 *     cst_metrics_read                  threads take the rows; the caller's columns grow batch by batch
 *     cst_metrics_order                 the order of output: period, then account
 */
#ifndef CST_TABLES_METRICS_ROWS_H
#define CST_TABLES_METRICS_ROWS_H
#include "base/intern.h"
#include "base/number.h"
#include "read/view.h"
#include "tables/accounts.h"

/* For the message that a column is missing. */
#define CST_METRICS_HINT "of metrics; cs-metrics makes them of canonical streams"

/* ---- the cells of `active` ---- */

typedef enum { CST_ACTIVE_NO, CST_ACTIVE_YES, CST_ACTIVE_UNKNOWN } cst_active;

#define CST_ACTIVE_EXPECTED "1 or 0, true or false, yes or no" /* for messages, with the remedy: */
#define CST_ACTIVE_REMEDY   "it says whether the account pays"

/* A boolean word in any case; an empty cell is not known. false: another word, *out is left alone. */
bool cst_active_read(cst_text cell, cst_active *out);

/* ---- the rows ---- */

typedef struct cst_metrics_row {
    uint32_t account; /* id in the rows' interner */
    cst_day period;
    uint64_t active : 1; /* known to be active, or in a table that says so of no row */
    uint64_t file : 21;  /* where the row stood; more operands or lines than that do not exist */
    uint64_t line : 42;
} cst_metrics_row;

/* Rows in the order of the input. What the caller keeps of them are columns of its own, row by row beside
 * these. */
typedef struct cst_metrics_rows {
    cst_intern *accounts;
    cst_metrics_row *row;
    size_t n, room;
    uint64_t outside;  /* rows of other periods, left out */
    uint64_t filtered; /* left out by --where */
    uint64_t unknown;  /* taken, and not known to be active or not, in a table that says so of other rows */
    /* after cst_metrics_order */
    uint32_t *order; /* rows by period, then account (bytes) */
    cst_day *day;    /* the distinct periods, ascending */
    size_t days;
    uint32_t *begin; /* where the rows of each period begin in `order`, and where the last one's end */
} cst_metrics_rows;

cst_status cst_metrics_rows_init(cst_metrics_rows *m, cst_error *e);
void cst_metrics_rows_clear(cst_metrics_rows *m);
/* Room for `more` rows. CST_LIMIT: 2^32 rows. */
cst_status cst_metrics_rows_reserve(cst_metrics_rows *m, size_t more, cst_error *e);

/* ---- reading ---- */

/* Slots of the reader; -1: the table does not have the column. */
typedef struct cst_metrics_slots {
    int account, period, active;
} cst_metrics_slots;

/* account_id is required, active is optional, and `period` says what the period is. CST_DATA: a required
 * column that is not there. */
cst_status cst_metrics_bind(cst_reader *r, enum cst_need period, cst_metrics_slots *out, cst_error *e);

typedef struct cst_metrics_opts {
    cst_reader *reader; /* nothing read from it yet */
    cst_metrics_slots slot;
    const cst_accounts *accounts; /* for --where; NULL: no join */
    const char *where;            /* NULL: all rows */
    cst_day from, to;             /* periods outside are left out; CST_DAY_NONE: no such end */
    int threads;
} cst_metrics_opts;

/* A row that is in the periods and that --where keeps. */
typedef struct cst_metrics_seen {
    cst_text id;       /* lives as long as the batch */
    cst_day period;    /* CST_DAY_NONE: the table has no such column */
    cst_active active; /* CST_ACTIVE_YES where the table has no such column */
} cst_metrics_seen;

/* What a caller does with the rows. `state` is a thread's own. */
typedef struct cst_metrics_use {
    /* A batch begins: makes room for all its rows. */
    cst_status (*begin)(void *state, cst_batch *b, cst_error *e);
    /* Keeps what it needs of a row as the state's `at`-th of the batch (0, 1, 2 ...). CST_END: left out, and
     * `at` is free again; CST_DATA: the row is rejected, likewise. */
    cst_status (*take)(void *state, cst_batch *b, uint32_t row, const cst_metrics_seen *seen, uint32_t at,
                       cst_error *e);
    /* n rows were taken; still in parallel. NULL: nothing to do. */
    cst_status (*end)(void *state, uint32_t n, cst_error *e);
    /* They go behind the rows there are, in input order, one batch at a time: the caller's columns get
     * n more, at rows->n. Called with n == 0 too. */
    cst_status (*append)(void *state, uint32_t n, void *shared, cst_error *e);
} cst_metrics_use;

/* Reads all rows; state[0 .. threads) are the threads', which hold what they took when it is appended.
 * A table whose column `active` is empty in every row says of no account that it is not active: it is read
 * like one without the column. CST_USAGE: an error in --where. CST_DATA: a row without an account or (where
 * there is such a column) a period, a word in `active` that is no boolean, where rows may not be rejected. */
cst_status cst_metrics_read(const cst_metrics_opts *o, const cst_metrics_use *use, void *const state[],
                            void *shared, cst_metrics_rows *out, cst_error *e);

/* Fills order, day and begin. CST_DATA: two rows of one account and period; the message has both places, and
 * of several such pairs it is the one whose second row comes first in the input. */
cst_status cst_metrics_order(cst_metrics_rows *m, const cst_reader *reader, cst_error *e);

/* ---- measures that are numbers ---- */

/* The numbers of a batch's rows, read where they are. */
typedef struct cst_metrics_numbers {
    cst_view view;
    const int *slot; /* of each measure, the caller's; -1: not a number of the row */
    int32_t *field;  /* of each: its column in this batch's file; -1: not to be read through the view */
    size_t n;
} cst_metrics_numbers;

cst_status cst_metrics_numbers_init(cst_metrics_numbers *m, const int *slot, size_t n, cst_error *e);
void cst_metrics_numbers_free(cst_metrics_numbers *m);
void cst_metrics_numbers_begin(cst_metrics_numbers *m, const cst_batch *b); /* at each batch */

/* As cst_number_at: CST_END missing, CST_DATA no number. A bare field, as nearly all are, is read where it
 * is; what is no number there (quoted, too) is asked for again in the way that knows all of it and its
 * place. */
static inline cst_status cst_metrics_number(const cst_metrics_numbers *m, cst_batch *b, uint32_t row,
                                            size_t k, double *x, cst_error *e)
{
    if (m->field[k] >= 0) {
        cst_text t;
        t.p = cst_view_field(&m->view, row, (uint32_t)m->field[k], &t.n);
        if (t.n == 0) return CST_END;
        if (cst_number_parse(t, x)) return CST_OK;
    }
    return cst_number_at(b, row, m->slot[k], x, e);
}
#endif
