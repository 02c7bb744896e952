/* revenue/options.h: what cs-waterfall's options fill, and the one function that does its work. */
#ifndef CST_REVENUE_OPTIONS_H
#define CST_REVENUE_OPTIONS_H
#include "ledger/renewal_options.h"
#include "ledger/subscriptions.h"
#include "program/options.h"
#include "program/program.h"
#include "tables/part.h"

enum rev_basis { REV_BASIS_SNAPSHOT, REV_BASIS_EVENT };
enum rev_net { REV_NET_ACCOUNT, REV_NET_LINE };

typedef struct rev_opts {
    cst_shared shared;
    cst_periodic periodic;
    cst_subject_opts subjects; /* tables beside the subscriptions */
    cst_stream_opts stream;
    const char *value, *cross_sell_by, *line;
    int net, basis, snapshot; /* indexes into the words of the option table */
    bool split, incomplete, sorted;
    cst_day history_from;
    cst_count grace;
    cst_duration reactivation, window;
    cst_opt_money min_movement, tolerance, ci, base_min;
    cst_count decimals, seed;
    int retention, retention_fx, movement_fx;
    const char *detail, *book, *scores, *likelihood, *flags;
    const char *figure, *compare, *reasons;
    cst_count reason_within; /* days */
    bool brackets, revenue;
    /* modes */
    const char *restate, *tie_out, *tie_out_map, *top, *trace, *churn_by;
    bool renewals, known_to_come, definitions, list_definitions, explain_change;
    cst_part_opts parts;
    cst_renewal_opts renewal;
} rev_opts;

/* Presets what is not zero. */
void rev_init(rev_opts *o);
/* A cst_program_run over a rev_opts. */
cst_status revenue_run(void *opts, cst_program_io *io, cst_error *e);
#endif
