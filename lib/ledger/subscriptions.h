/* ledger/subscriptions.h: the stream that a ledger is read from: which of its rows count (--where), what they
 * are grouped by (--by), whom they belong to, and which column tells cross-sell; the same in every command
 * that reads subscriptions. */
#ifndef CST_LEDGER_SUBSCRIPTIONS_H
#define CST_LEDGER_SUBSCRIPTIONS_H
#include "ledger/subjects.h"
#include "program/definition.h"
#include "tables/filter.h"
#include "tables/groups.h"
#include "tables/shard.h"
#include <cstools/ledger.h>

/* For the message that a column is missing. */
#define CST_SUBSCRIPTIONS_HINT "of subscriptions; cs-ingest subscriptions makes them of an export"

/* Which rows count, and by what; NULL: not given. */
typedef struct cst_stream_opts {
    const char *where, *by;
} cst_stream_opts;
extern const cst_option cst_stream_options[];

/* On loan from the command; they outlive its ledger. */
typedef struct cst_subscriptions {
    const cst_subjects *subjects;
    const cst_groups *groups;
    const cst_filter *filter; /* NULL: every row counts */
    cst_shard shard;          /* of 0: every customer does */
} cst_subscriptions;

/* The condition of --where over the stream and its subjects; where NULL: *out is NULL. today: what
 * days_since counts from; CST_DAY_NONE: not known. Errors: those of cst_filter_open. */
cst_status cst_subscriptions_where(const char *where, cst_reader *r, const cst_subjects *s, cst_day today,
                                   cst_filter **out, cst_error *e);

/* The cross-sell column: the one that is named, else the first of buying_center and product that the header
 * has; NULL: none, all growth is upsell. */
const char *cst_subscriptions_centre(const char *named, const cst_reader *r);

/* Whether currencies are kept apart: there are no rates, and they are a group column of the rows. */
bool cst_subscriptions_by_currency(const cst_subscriptions *s);

/* Sets what follows for a ledger: its groups, rows, names and customers. */
void cst_subscriptions_serve(const cst_subscriptions *s, cst_ledger_opts *o);
/* After the accounts were visited: rows that are there twice. CST_DATA: such a row is an error. The second is
 * for those who read by key_rows.h; what: the stream. */
cst_status cst_subscriptions_check_keys(cst_program_io *io, const cst_reader *r, const cst_ledger_counts *n,
                                        cst_error *e);
cst_status cst_keys_check(cst_program_io *io, const cst_reader *r, const char *what,
                          const cst_ledger_repeats *same, const cst_ledger_repeats *other, cst_error *e);
/* After the accounts were visited: those that the file of --accounts lacks. */
void cst_subscriptions_check(cst_program_io *io, const char *accounts, const cst_ledger_counts *n);

/* A definition with the options value, cross-sell-by, fx-max-age and retention-fx (as many as it has): puts
 * the cross-sell column there is in place of the one that was named. */
cst_status cst_subscriptions_define(cst_definition *d, const char *centre, cst_error *e);
/* The same for a manifest: what is bridged is named, and how rates are used says nothing where there are
 * none. */
cst_status cst_subscriptions_define_told(cst_definition *d, const char *value, bool rates, cst_error *e);
#endif
