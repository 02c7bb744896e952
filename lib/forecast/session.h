/* forecast/session.h: one run of cs-forecast: what it reads, the rules it follows, and what it adds up. */
#ifndef CST_FORECAST_SESSION_H
#define CST_FORECAST_SESSION_H
#include "forecast/walk.h"
#include "ledger/currency.h"
#include "ledger/identity.h"
#include "ledger/subscriptions.h"
#include "read/table.h"
#include "tables/accounts.h"
#include "tables/part.h"

typedef struct forecast_session {
    const forecast_opts *o;
    cst_program_io *io;
    cst_reader *reader; /* belongs to the program */
    cst_subjects subjects;
    cst_filter *filter;
    cst_groups groups;
    cst_subscriptions subscriptions; /* these, for the ledger */
    const char **group_column;       /* names; before each there is a "by_" in memory */
    size_t bys;
    const char *value, *centre; /* centre NULL: none, all growth is upsell */
    bool by_currency;           /* currency is a group column, and there are no rates */
    cst_calendar periods;       /* months or quarters */
    forecast_rules rules;
    cst_ledger_opts ledger_opts;
    cst_ledger *ledger;
    int threads;
    void **walk; /* of forecast_walk: threads, and one more for a sorted stream */
    /* what was read, or merged */
    cst_ledger_counts counts;
    uint64_t signed_rows;
    forecast_sums sums;
    cst_text *group_name; /* by group of `sums`, parts joined */
    uint32_t *group_order;
    char currency[CST_CURRENCY_ROOM]; /* of every figure; "" none, or by group */
    /* --merge: options with those of the parts, and what their texts and the groups' names live in */
    forecast_opts *merged;
    cst_parts parts;
} forecast_session;

/* Checks the options, opens every input and settles the rules; with --merge there is nothing but parts to
 * open. The caller frees the session, also after a failure. */
cst_status forecast_session_open(forecast_session *s, const forecast_opts *o, cst_program_io *io,
                                 cst_error *e);
void forecast_session_free(forecast_session *s);
/* What follows from as_of, history-from and snapshot, and the periods of --every. */
cst_status forecast_session_rules(forecast_session *s, cst_error *e);
/* Reads the subscriptions, walks every account, brings the threads' sums together. */
cst_status forecast_session_collect(forecast_session *s, cst_error *e);
/* Orders the groups of s->sums by their names. */
cst_status forecast_session_order(forecast_session *s, cst_error *e);
#endif
