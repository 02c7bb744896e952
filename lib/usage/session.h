/* usage/session.h: one run of cs-usage: what it reads, the crowd it found, and the groups of its users. */
#ifndef CST_USAGE_SESSION_H
#define CST_USAGE_SESSION_H
#include "tables/layout.h"
#include "usage/gather.h"
#include <cstools/stats.h>

typedef struct usage_session {
    const usage_options *o;
    cst_program_io *io;
    cst_reader *reader; /* belongs to the program */
    cst_subjects subjects;
    cst_filter *filter;
    cst_groups groups;
    cst_table *feature_table;
    cst_features *features;
    usage_plan plan;
    cst_text *step; /* of --funnel */
    char *step_text;
    usage_crowd crowd;
    uint32_t *order; /* users by account and id, in the order of bytes */
    /* with --by: the groups that users are in, in the order of their names; else the total alone */
    cst_intern *group_names;
    uint32_t *group_of; /* by user: its place in `group` */
    uint32_t *group;    /* ids of group_names */
    uint32_t n_groups;
    cst_day as_of;
    int expect;   /* days: 1, 7, 28 */
    double level; /* of intervals */
} usage_session;

/* Opens, reads and orders everything. Free it also after a failure. */
cst_status usage_session_open(usage_session *s, const usage_options *o, cst_program_io *io, cst_error *e);
void usage_session_free(usage_session *s);
/* The name of a group, as cst_layout_row wants it; g == n_groups: the total. */
cst_text usage_session_group(const usage_session *s, uint32_t g);
static inline cst_layout usage_layout(const usage_session *s, const cst_layout_column *column, size_t n)
{
    return (cst_layout){.column = column, .n = n, .by = s->groups.name, .bys = s->groups.n};
}
/* What --features says of a feature: its class, and the day it was released; the first row of that name. */
usage_feature usage_session_feature(const usage_session *s, uint32_t feature);
/* Features by their names in the order of bytes; the caller frees. NULL: out of memory. */
uint32_t *usage_session_features(const usage_session *s);
/* A share of whole numbers; not there where the whole is 0. */
cst_maybe usage_share(uint64_t part, uint64_t whole);
/* The interval of a share by Wilson 1927, as prop.test(correct = FALSE) of R; NAN where n is 0. */
typedef struct usage_interval {
    double lower, upper;
} usage_interval;
usage_interval usage_wilson(uint64_t part, uint64_t n, double level);

/* The end of a stretch of time from a moment on: --within. */
cst_instant usage_deadline(cst_instant at, cst_duration within);

/* The state of a user at the end of a day. */
typedef enum {
    USAGE_NEW,
    USAGE_RETURNING,
    USAGE_CURRENT,
    USAGE_AT_RISK,
    USAGE_DORMANT,
    USAGE_UNSEEN
} usage_state;
extern const char *const usage_states[];
usage_state usage_state_at(const usage_user *u, cst_day day, int expect);

/* ---- what is written ---- */

cst_status usage_users_write(const usage_session *s, cst_error *e);
cst_status usage_lifecycle_write(const usage_session *s, cst_error *e);
cst_status usage_power_write(const usage_session *s, cst_error *e);
cst_status usage_together_write(const usage_session *s, cst_error *e);
cst_status usage_struggle_write(const usage_session *s, cst_error *e);
cst_status usage_adoption_write(const usage_session *s, cst_error *e);
cst_status usage_funnel_write(const usage_session *s, cst_error *e);
#endif
