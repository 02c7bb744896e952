/* flags/listed.h: the flags of an account that are anything but absent after a walk, with what people need to
 * know of each: how it stands, since when, what is at risk. */
#ifndef CST_FLAGS_LISTED_H
#define CST_FLAGS_LISTED_H
#include "flags/session.h"

typedef enum {
    FLAG_STATUS_OPEN,
    FLAG_STATUS_CLEARED,
    FLAG_STATUS_INHIBITED,
    FLAG_STATUS_ACCEPTED,
    FLAG_STATUS_SILENCED,
    FLAG_STATUS_PENDING,
    FLAG_STATUS_COOLING
} flag_status;

typedef struct flag_listed {
    const flag_night *night;
    const flag_shard *part;
    uint32_t account, rule;
    cst_text id;
    flag_stage_now state;
    flag_status status;
    bool changed;       /* opened or cleared tonight */
    uint32_t inhibitor; /* + 1 */
    const flag_decision *decision;
    bool has_mrr;
    cst_money mrr;
    int64_t days; /* to renewal, below 0: past; INT64_MAX: not known */
    bool leads;   /* the first open flag of its account: there the account counts */
} flag_listed;

/* What is the same for all flags of an account: id, MRR and days to renewal. CST_DATA: they cannot be
 * read. */
cst_status flag_listed_account(const flag_night *s, const flag_shard *p, uint32_t account, flag_listed *x,
                               cst_error *e);
/* An amount of the account in a column that an option names. CST_DATA: it is none. */
cst_status flag_listed_read_amount(const flag_listed *x, const char *column, const char *option, cst_text t,
                                   cst_money *out, cst_error *e);
/* Fills the rest for a rule; false: that flag is absent. */
bool flag_listed_rule(flag_listed *x, uint32_t rule);
/* Opened or cleared tonight, and neither inhibited nor decided about. */
bool flag_listed_counts(const flag_listed *x);
/* By the columns of --by, a missing value last: < 0, 0, > 0. */
int flag_listed_compare_blocks(const flag_listed *x, const flag_listed *y);
/* Appends what people read: the phrase of the rule, or the flag's name with blanks. */
void flag_listed_add_phrase(const flag_listed *x, cst_buffer *b);
/* The values of --by. */
void flag_listed_put_by(const flag_listed *x, cst_writer *w);
/* A writer's columns with those of --by before them; the caller frees them. NULL: no memory. */
cst_column *flag_listed_columns(const flag_night *s, const cst_column *columns, size_t n);
#endif
