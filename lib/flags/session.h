/* flags/session.h: what is open during a run, the vigil of one night or of a history. */
#ifndef CST_FLAGS_SESSION_H
#define CST_FLAGS_SESSION_H
#include "flags/decisions.h"
#include "flags/flags.h"
#include "flags/part.h"
#include "flags/state.h"

/* A column that is shown beside flags, of tonight or, for an account without a row tonight, of its last
 * row. */
typedef struct cst_side {
    bool there;
    bool attribute;  /* of the accounts: always as they stand in the table */
    int index;       /* there */
    uint32_t column; /* of the panel */
    size_t kept;
} cst_side;

typedef struct cst_vigil {
    const cst_flags_opts *o;
    cst_program_io *io;
    cst_table *rules_table, *accounts_table, *decisions_table, *labels_table, *reasons_table;
    cst_accounts *accounts;
    cst_rules *rules;
    cst_expr *where;
    cst_part **part; /* of the accounts */
    size_t parts;
    cst_part *portfolio; /* NULL: no such input */
    cst_panel_order order;
    bool surveyed;      /* `judged` is complete before the parts have read */
    cst_periods judged; /* the periods of this run, ascending */
    cst_walk walk;
    cst_side mrr, renewal;
    bool renewal_in_days; /* from the account's last row on, instead of a date */
    char **by_name;
    cst_side *by;
    size_t bys;
    cst_decisions decisions;
    cst_state *state; /* NULL: none */
    bool single;      /* one part only */
} cst_vigil;

/* Opens the tables, checks the rules, surveys the input: all before a row is judged. `single`: one
 * thread, so that an error is that of the first bad row. *lock: of the state file, -1 until it is taken;
 * it outlives the session. */
cst_status cst_vigil_open(const cst_flags_opts *o, cst_program_io *io, bool single, int *lock, cst_vigil *s,
                          cst_error *e);
void cst_vigil_close(cst_vigil *s);
/* Reads all rows and walks the flags through them. */
cst_status cst_vigil_walk(cst_vigil *s, cst_error *e);

/* Makes a part: its readers, its panel, and what is needed of them. */
cst_status cst_vigil_part(cst_vigil *s, cst_part **out, cst_error *e);
cst_status cst_vigil_portfolio(cst_vigil *s, cst_part **out, cst_error *e);
/* Says to a panel what is read of it. */
cst_status cst_vigil_need(const cst_vigil *s, cst_scope scope, cst_panel *panel, cst_error *e);
/* The value of a column beside flags for an account of a part. */
cst_text cst_side_text(const cst_vigil *s, const cst_part *p, const cst_side *side, uint32_t account);
#endif
