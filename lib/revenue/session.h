/* revenue/session.h: one run of cs-waterfall: what it reads, the rules it follows, and what it adds up. */
#ifndef CST_REVENUE_SESSION_H
#define CST_REVENUE_SESSION_H
#include "base/intern.h"
#include "base/text.h"
#include "ledger/currency.h"
#include "ledger/subscriptions.h"
#include "program/definition.h"
#include "revenue/options.h"
#include "revenue/walk.h"
#include <string.h>

/* What a thread adds up, and the rows it has made for a further output. */
typedef struct session_worker {
    struct rev_session *session;
    rev_sums sums;
    rev_walk walk;
    struct session_book *book;
    cst_intern *accounts; /* with --partial, without --shard: their names */
} session_worker;

enum { SESSION_WRITERS = 2 }; /* further outputs of one run, at most */

/* What a thread keeps for whoever takes account periods: how a callback's book begins. */
typedef struct session_book {
    const struct rev_session *s;
    void *owner;
    cst_writer *fork[SESSION_WRITERS]; /* of the callback's writers */
} session_book;

/* Whoever takes account periods, account by account in the order of their bytes: the detail, the largest
 * movers ... */
typedef struct session_callback {
    rev_period_sink *period;    /* may be NULL */
    rev_balance_sink *balances; /* may be NULL */
    size_t size;                /* of a book: a session_book, and zeros */
    void *owner;
    /* a fork of each is in each book, and taken up in the order of the accounts; NULL: none */
    cst_writer *writer[SESSION_WRITERS];
    /* Hands on what else a book holds and empties it, in the order of the accounts; NULL: nothing. */
    cst_status (*settle)(void *book, cst_error *e);
    void (*close)(void *book); /* frees what it holds; NULL: nothing */
} session_callback;

typedef struct rev_session {
    const rev_opts *o;
    cst_program_io *io;
    cst_reader *reader;
    cst_subjects subjects;
    cst_filter *filter;
    cst_groups groups;
    cst_subscriptions subscriptions; /* these, for the ledger */
    const char **segment;            /* names of group columns; before each there is a "by_" in memory */
    const char **line;               /* names of line columns */
    size_t bys;                      /* group columns */
    size_t lines;
    char *line_names;   /* their bytes */
    const char *centre; /* the cross-sell column; NULL: none */
    const char *value;
    cst_calendar calendar;
    cst_grid grid;
    rev_rules rules;
    cst_ledger_opts ledger_opts;
    cst_ledger *ledger;
    void **worker; /* of session_worker: threads, and one more for a sorted stream */
    int threads;
    const session_callback *callback;
    cst_ledger_visit *visit;     /* what is done with an account; default: it is walked */
    int back;                    /* periods before the first that is printed that figures are wanted of */
    struct rev_compare *compare; /* with --compare */
    /* after the read */
    cst_ledger_counts counts;
    rev_sums sums;                    /* of all */
    cst_text *group_name;             /* by group of `sums`, parts joined */
    uint32_t *group_order;            /* groups by their bytes */
    char currency[CST_CURRENCY_ROOM]; /* of every figure; "" none or by segment */
    bool by_currency;                 /* currency is a group column and there are no rates */
    bool total;                       /* a total row makes sense */
    bool any;                         /* there is a period to print */
    cst_period first, last;
} rev_session;

static inline session_worker *rev_session_worker(const rev_session *s, int i)
{
    return s->worker[i];
}

/* Whether the value column is annual: ARR is the closing itself, and a month's revenue a twelfth. */
static inline bool rev_session_is_annual(const rev_session *s)
{
    return strcmp(s->value, "arr") == 0;
}

/* The currency of an account's amounts. */
static inline cst_text rev_session_account_currency(const rev_session *s, const cst_ledger_account *a)
{
    if (s->subjects.fx) return cst_text_of(cst_fx_report(s->subjects.fx));
    return cst_labels_currency(a->labels, cst_labels_unit(a->labels, a->row[0].unit).currency);
}

/* Opens every input and settles the rules. The caller frees the session, also after a failure. */
cst_status rev_session_open(rev_session *s, const rev_opts *o, cst_program_io *io, cst_error *e);
void rev_session_free(rev_session *s);
/* Whether account periods are wanted decides how accounts are walked: set before the collection. */
void rev_session_take(rev_session *s, const session_callback *callback);
/* Frees the callback's books; before the callback's owner goes. */
void rev_session_close_books(rev_session *s);
/* Reads the subscriptions, walks every account, brings the threads' sums together, finds the periods. */
cst_status rev_session_collect(rev_session *s, cst_error *e);
/* The periods that options and data come to; sets any, first, last. `first_day` and `last_day` are of
 * the data. */
void rev_session_range(rev_session *s, cst_day first_day, cst_day last_day);
bool rev_session_printed(const rev_session *s, cst_period p);
/* Checks the range of currencies and names the one there is. */
cst_status rev_session_currency(rev_session *s, const cst_labels *const *labels, size_t n, cst_error *e);
/* Orders the groups of s->sums by their names. */
cst_status rev_session_order_groups(rev_session *s, cst_error *e);
/* Warnings about what the data cannot say, once the sums are closed. */
void rev_session_warn(rev_session *s);

/* setup.c */
cst_status rev_session_rules(rev_session *s, cst_error *e);

/* definition.c: the options that make it; */
extern const cst_option rev_definition_rows[];
/* what a run's options (and, with `s`, its tables) come to. */
cst_status rev_definition_of(const rev_opts *o, const rev_session *s, cst_definition *out, cst_error *e);
/* Puts it into the manifest. */
cst_status rev_definition_tell(const rev_session *s, cst_error *e);

/* compare.c: a figure beside an earlier or a planned one. Opens the budget, if it is one, and says how far
 * back figures are wanted; */
cst_status rev_compare_open(rev_session *s, cst_error *e);
void rev_compare_free(rev_session *s);
cst_status rev_compare_write(rev_session *s, cst_error *e); /* the main output, over closed sums */

/* The modes: each collects and writes its tables. */
cst_status rev_detail_run(rev_session *s, cst_error *e); /* the bridge, and every movement of every account */
cst_status rev_restate_run(rev_session *s, cst_error *e);   /* an earlier detail against today's */
cst_status rev_top_run(rev_session *s, cst_error *e);       /* per period the accounts that moved most */
cst_status rev_trace_run(rev_session *s, cst_error *e);     /* one account's rows, balances, movements */
cst_status rev_renewals_run(rev_session *s, cst_error *e);  /* what came up for renewal */
cst_status rev_known_run(rev_session *s, cst_error *e);     /* what is signed and scheduled after as_of */
cst_status rev_churn_by_run(rev_session *s, cst_error *e);  /* losses by what the reasons say of them */
cst_status rev_explain_run(rev_session *s, cst_error *e);   /* what groups have to do with a change of NRR */
cst_status rev_published_run(rev_session *s, cst_error *e); /* NRR under eight published definitions */
cst_status rev_published_list(cst_program_io *io, cst_error *e); /* what these are; needs no session */
cst_status rev_partial_run(rev_session *s, cst_error *e);        /* the sums, to be added to others */
cst_status rev_merge_run(rev_session *s, cst_error *e);          /* such sums added */
/* Closings against a table of balances (period, amount; also by account_id). CST_END: a difference beyond
 * the tolerance, or a period that one side lacks. */
cst_status rev_tieout_run(rev_session *s, cst_error *e);
#endif
