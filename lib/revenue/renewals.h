/* revenue/renewals.h: --renewals: what came up for renewal, what became of it, and how lines ended. What a
 * renewal is, ledger/renewal.h says. */
#ifndef CST_REVENUE_RENEWALS_H
#define CST_REVENUE_RENEWALS_H
#include "base/intern.h"
#include "ledger/renewal.h"
#include "revenue/session.h"
#include "tables/latest.h"

/* A due date as the table counts it and the detail shows it; money in the currency of the report. */
typedef struct rev_renewal {
    const cst_renewal *date;
    cst_renewal_fate fate;
    cst_text line;             /* what tells its line from others of the account */
    cst_money change;          /* renewed less due, where renewed; else 0 */
    const cst_ledger_row *row; /* of those that came up, the one that pays most */
} rev_renewal;

/* Lines, and what they paid before; more and less: what they pay more or less since. */
enum rev_renewal_figure {
    REV_DUE,
    REV_ON_TIME,
    REV_LATE,
    REV_MORE,
    REV_LESS,
    REV_LOST,
    REV_FELL_THROUGH,
    REV_PENDING,
    REV_UNSETTLED,
    REV_RENEWAL_FIGURES
};

/* A stretch of days after --as-of, both included. */
typedef struct rev_stretch {
    const char *name;
    int first, last;
} rev_stretch;
enum { REV_STRETCHES = 5, REV_AHEAD_DAYS = 90 };
extern const rev_stretch rev_stretches[REV_STRETCHES];

typedef struct rev_renewal_cell {
    int64_t logos, lines[REV_RENEWAL_FIGURES]; /* logos: accounts */
    cst_wide mrr[REV_RENEWAL_FIGURES], renewed, ended[CST_ENDS];
    uint64_t account, line; /* the last that was counted, by the thread's own numbers; 0: none */
} rev_renewal_cell;

/* Periods of one group, from `low` on, and the stretches ahead. */
typedef struct rev_renewal_series {
    bool met; /* an account has rows in it */
    cst_period low;
    size_t n, room;
    rev_renewal_cell *cell;
    rev_renewal_cell ahead[REV_STRETCHES];
} rev_renewal_series;

/* Zero-initialise it; free it also after a failure. */
typedef struct rev_renewal_counts {
    rev_renewal_series *series; /* 0: the total; then by group + 1 */
    size_t n, room;
} rev_renewal_counts;

void rev_renewal_counts_free(rev_renewal_counts *c);

/* Made where it is not there yet. */
rev_renewal_series *rev_renewal_series_at(rev_renewal_counts *c, size_t i);
rev_renewal_cell *rev_renewal_cell_at(rev_renewal_series *s, cst_period p);
/* A cell of zeros where it is not there. */
const rev_renewal_cell *rev_renewal_cell_of(const rev_renewal_series *s, cst_period p);

/* Adds the cells of `from`. */
bool rev_renewal_series_add(rev_renewal_series *into, const rev_renewal_series *from);
/* The sums that must foot; what is renewed adds up in the total alone, since the credits of a group have no
 * part of it. CST_INTERNAL: they do not. */
cst_status rev_renewal_check(const rev_renewal_cell *c, bool total, cst_error *e);

/* renewal_check.c: what lines paid that ended is, for accounts without negative rows, that part of the churn
 * and contraction of the bridge (by --net line, snapshots) by which lines come to nothing. */

/* What lines of the account in hand that ended in a period paid before, less what the bridge says. */
typedef struct rev_ended {
    cst_period period;
    cst_wide more;
} rev_ended;

/* A bridge beside the renewals, account by account; of a thread. */
typedef struct rev_ended_check {
    rev_rules rules;
    rev_sums sums;
    rev_walk walk;
    rev_ended *at;
    size_t n, room;
    bool open;
} rev_ended_check;

/* rules: of the session, once the periods that are valued are known. Zero-initialise it before the first;
 * begins an account. */
void rev_ended_begin(rev_ended_check *c, const rev_rules *rules);
void rev_ended_free(rev_ended_check *c);
bool rev_ended_add(rev_ended_check *c, cst_period p, cst_wide paid);
/* The account with its rows after bridging. CST_INTERNAL: the two differ. An account that the bridge cannot
 * value is not held against it. */
cst_status rev_ended_compare(rev_ended_check *c, const cst_ledger_account *a, cst_error *e);

/* renewal_table.c */

/* The main output: for every period of the session its groups and the total, then the same for the days
 * ahead. names: of the groups; group k is series k + 1. */
cst_status rev_renewal_table_write(rev_session *s, const rev_renewal_counts *counts, const cst_intern *names,
                                   cst_error *e);

/* renewal_lines.c: further outputs line by line. Each is opened with its columns (cst_writer_free also after
 * a failure) and written to that writer or a fork of it; amounts in the currency of the report. */

/* Of two rows of a line (NULL: none) the one that tables show. */
const cst_ledger_row *rev_renewal_shown(const cst_labels *l, const cst_ledger_row *x,
                                        const cst_ledger_row *y);

/* --detail: a row per due date. */
cst_status rev_renewal_detail_open(rev_session *s, cst_writer **out, cst_error *e);
cst_status rev_renewal_detail_write(const rev_session *s, cst_writer *w, const cst_ledger_account *a,
                                    const rev_renewal *r, cst_error *e);

/* A line that is paid on --as-of: its rows, what they pay, and what tells it from others. */
typedef struct rev_held_line {
    size_t from, to; /* of cst_renewals->row */
    cst_wide mrr;
    cst_text name;
} rev_held_line;

/* Scratch of a thread. Zero-initialise it. */
typedef struct rev_held_lines {
    rev_held_line *at;
    size_t n, room;
    uint64_t lines, unscored; /* written; of them without a score */
} rev_held_lines;

/* book_joins.c: --scores, the latest of each account up to --as-of, with --likelihood a share of what is due;
 * --flags, those that are open. Zero-initialise it; free it also after a failure. */
typedef struct rev_book_joins {
    cst_table *scores, *flags_table;
    cst_latest *latest; /* NULL: the option is not given, as the next */
    struct rev_book_flags *flags;
    int score, band, likelihood; /* -1: no such column */
} rev_book_joins;
enum { REV_BOOK_JOINS = 8 };

cst_status rev_book_joins_open(rev_session *s, rev_book_joins *x, cst_error *e);
void rev_book_joins_free(rev_book_joins *x);
/* The names of the columns that it puts behind a row, and NULL. */
size_t rev_book_joins_columns(const rev_opts *o, const char *out[REV_BOOK_JOINS]);
/* due: what comes up; NULL: nothing. CST_DATA: a likelihood that is no share. */
cst_status rev_book_joins_put(cst_writer *w, const rev_book_joins *x, cst_text account, const cst_money *due,
                              bool *unscored, cst_error *e);

void rev_held_lines_free(rev_held_lines *l);

/* --book: a row per line of the account that is paid on --as-of, whose sum is its closing. The ledger keeps
 * plans; work->date[upcoming ..] is what cst_renewals_upcoming found, for all days. */
cst_status rev_renewal_book_open(rev_session *s, cst_writer **out, cst_error *e);
cst_status rev_renewal_book_write(const rev_session *s, cst_writer *w, rev_held_lines *l,
                                  const rev_book_joins *joins, const cst_ledger_account *a,
                                  const cst_renewals *work, size_t upcoming, cst_error *e);
#endif
