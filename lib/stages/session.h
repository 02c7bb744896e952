/* stages/session.h: one run of cs-stages: what it reads, and the items it found. */
#ifndef CST_STAGES_SESSION_H
#define CST_STAGES_SESSION_H
#include "base/intern.h"
#include "ledger/currency.h"
#include "ledger/labels.h"
#include "stages/items.h"
#include "stages/stages.h"
#include "tables/layout.h"

typedef struct stages_session {
    const stages_options *o;
    cst_program_io *io;
    cst_reader *reader; /* belongs to the program */
    cst_subjects subjects;
    cst_filter *filter; /* NULL: every row is used */
    cst_groups groups;
    cst_subscriptions subscriptions; /* these, for a ledger and the word on currencies */
    cst_table *pipeline_table;
    stages_pipeline pipeline;
    stages_items items;
    cst_labels *labels;               /* the currencies of the stream, and where they first are */
    char currency[CST_CURRENCY_ROOM]; /* of every figure; "" none, or by group */
    bool several;                     /* several currencies are kept apart, so that there is no total */
    cst_day as_of;
    double level; /* of intervals */
} stages_session;

/* Opens the tables and the main stream: `hint` says of what. Free it also after a failure. */
cst_status stages_session_open(stages_session *s, const stages_options *o, cst_program_io *io,
                               const char *hint, cst_error *e);
void stages_session_free(stages_session *s);
/* Reads the stream into s->items, and says what was left out. */
cst_status stages_session_read(stages_session *s, cst_error *e);
/* Whether the amounts can stand in one table: one currency, rates, or groups by currency. Sets
 * s->currency. */
cst_status stages_session_settle(stages_session *s, cst_error *e);
/* An amount of a row on a day: at the rate of the day, or as it is. CST_DATA: no rate; CST_LIMIT. */
cst_status stages_session_convert(const stages_session *s, cst_money amount, cst_text currency, cst_day day,
                                  cst_money *out, cst_error *e);
/* A table of n columns, by the groups of the run. */
static inline cst_layout stages_layout(const stages_session *s, const cst_layout_column *column, size_t n)
{
    return (cst_layout){.column = column, .n = n, .by = s->groups.name, .bys = s->groups.n};
}

/* ---- what is written, from a session that was read ---- */

/* report.c: a row per group and stage: how many came, how they left, how long it took. */
cst_status stages_report_write(const stages_session *s, cst_error *e);
/* flow.c: a row per period and group: the bridge of what is open, tied to --subscriptions. */
cst_status stages_flow_write(const stages_session *s, cst_error *e);
/* open.c: a row per item that is open. */
cst_status stages_open_write(const stages_session *s, cst_error *e);
/* incidence.c: a row per group, cohort of start and day: the shares that were won and lost by then. */
cst_status stages_incidence_write(const stages_session *s, cst_error *e);
/* gap.c: reads subscriptions; a row per account and product that it lacks and its peers have. */
cst_status stages_gap_write(stages_session *s, cst_error *e);
#endif
