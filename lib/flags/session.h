/* flags/session.h: what is open during a run, of one night or of a history. */
#ifndef CST_FLAGS_SESSION_H
#define CST_FLAGS_SESSION_H
#include "flags/decisions.h"
#include "flags/flags.h"
#include "flags/shard.h"
#include "flags/state.h"

/* A column that is shown beside flags, of tonight or, for an account without a row tonight, of its last
 * row. */
typedef struct flag_side {
    bool there;
    bool attribute;  /* of the accounts: always as they stand in the table */
    int index;       /* there */
    uint32_t column; /* of the panel */
} flag_side;

typedef struct flag_night {
    const flag_opts *o;
    cst_program_io *io;
    cst_table *rules_table, *accounts_table, *decisions_table, *labels_table, *reasons_table;
    cst_accounts *accounts;
    flag_rules *rules;
    cst_expr *where;
    flag_shard **part; /* of the accounts */
    size_t parts;
    flag_shard *portfolio; /* NULL: no such input */
    cst_panel_order order;
    bool surveyed;      /* `judged` is complete before the parts have read */
    cst_periods judged; /* the periods of this run, ascending */
    flag_pass pass;
    flag_side active, mrr, renewal, name, loss; /* name and loss for --customers alone */
    bool renewal_in_days;                       /* from the account's last row on, instead of a date */
    char **by_name;
    flag_side *by;
    size_t bys;
    flag_decisions decisions;
    flag_state *state; /* NULL: none */
    bool single;       /* one part only */
} flag_night;

/* Opens the tables, checks the rules, surveys the input: all before a row is judged. `single`: one
 * thread, so that an error is that of the first bad row. *lock: of the state file, -1 until it is taken;
 * it outlives the session. */
cst_status flag_night_open(const flag_opts *o, cst_program_io *io, bool single, int *lock, flag_night *s,
                           cst_error *e);
void flag_night_close(flag_night *s);
/* Reads all rows and walks the flags through them. */
cst_status flag_night_pass(flag_night *s, cst_error *e);

/* Makes a part: its readers, its panel, and what is needed of them. */
cst_status flag_night_part(flag_night *s, flag_shard **out, cst_error *e);
cst_status flag_night_portfolio(flag_night *s, flag_shard **out, cst_error *e);
/* Says to a panel what is read of it. */
cst_status flag_night_need(const flag_night *s, flag_scope scope, cst_panel *panel, cst_error *e);
/* The value of a column beside flags for an account of a part. */
cst_text flag_side_text(const flag_night *s, const flag_shard *p, const flag_side *side, uint32_t account);
#endif
