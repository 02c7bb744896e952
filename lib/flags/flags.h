/* flags/flags.h: what cs-flags is told, and the run. */
#ifndef CST_FLAGS_FLAGS_H
#define CST_FLAGS_FLAGS_H
#include "program/program.h"

typedef struct flag_opts {
    const char *rules; /* NAME or FILE */
    const char *accounts, *bridge, *portfolio, *decisions, *state, *labels, *reasons;
    cst_list scores;
    const char *mrr_column; /* NULL: mrr, where there is one */
    const char *customers, *loss_column;
    const char *where, *by, *outcome;
    bool skip_unknown, changes, all, exit_code, totals, backtest, loss_review;
    cst_duration horizon;    /* n 0: 90d */
    cst_day from, to, as_of; /* CST_DAY_NONE: not given */
} flag_opts;

/* CST_END: --exit-code, and a flag opened. */
cst_status flags_run(const flag_opts *o, cst_program_io *io, cst_error *e);
#endif
