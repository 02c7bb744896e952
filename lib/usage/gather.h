/* usage/gather.h: events gathered by user, in any order and by several threads, each into a crowd of its
 * own; crowds are merged. Memory grows with users, their days, sessions and features, not with the rows;
 * with flows or a funnel also with the moments these are made of. */
#ifndef CST_USAGE_GATHER_H
#define CST_USAGE_GATHER_H
#include "base/arena.h"
#include "base/intern.h"
#include "base/map.h"
#include "tables/features.h"
#include "usage/usage.h"

typedef enum { USAGE_USE, USAGE_ERROR, USAGE_TICKET, USAGE_START, USAGE_FINISH } usage_kind;

/* A feature of the table, or an event of its own. */
typedef struct usage_feature {
    cst_text name, class;
    cst_day released; /* CST_DAY_NONE: not known */
} usage_feature;

/* Days as bits: bit b of word w is day 64 (low + w) + b. */
typedef struct usage_days {
    int32_t low;
    uint32_t words;
    uint64_t *bits;
} usage_days;

/* A stretch of use without a gap as long as --session-gap. */
typedef struct usage_stretch {
    cst_instant from, to;
} usage_stretch;

typedef struct usage_user {
    cst_text account, id; /* the customer's account */
    cst_day first, last;
    uint64_t uses; /* events that are use, errors among them */
    usage_days days;
    usage_stretch *stretch; /* in order of time */
    uint32_t stretches, stretch_room;
} usage_user;

/* What a user did with a feature. */
typedef struct usage_use {
    uint32_t user, feature;
    cst_day first, second, last; /* days of use; second: the next one after the first; CST_DAY_NONE: none */
    uint64_t uses, errors, tickets;
} usage_use;

/* A start or a finish of a flow, or a step of a funnel. */
typedef struct usage_moment {
    uint32_t user, feature; /* of a funnel: the step */
    cst_instant at;
    usage_kind kind;
} usage_moment;

typedef struct usage_crowd {
    cst_intern *names; /* of users: account and user_id, joined as labels are */
    usage_user *user;
    size_t users, user_room;
    cst_intern *features; /* their names; ids are those of `use` and `moment` */
    cst_map *index;       /* user and feature -> use + 1 */
    usage_use *use;
    size_t uses, use_room;
    usage_moment *moment;
    size_t moments, moment_room;
    cst_arena *bits; /* of the days */
    cst_day begin;   /* the first day of all; CST_DAY_NONE: no event */
    cst_day latest;
    uint64_t rows, filtered, after, nameless,
        other; /* used; left out, and why: other: no use of the product */
} usage_crowd;

/* Where the columns are, and what is wanted of the rows. Only read once made. */
typedef struct usage_plan {
    const usage_options *o;
    const cst_subjects *subjects;
    const cst_filter *filter; /* NULL: every row */
    const cst_features *features;
    int account, user, time, event; /* slots */
    int name_at, kind_at;           /* columns of the feature table; -1: it has none */
    cst_instant gap;                /* microseconds */
    const cst_text *step;           /* of a funnel */
    size_t steps;
    bool sessions, uses, flows; /* what is kept */
} usage_plan;

/* Binds the columns of the reader. CST_DATA: one is missing, a feature table that is none. */
cst_status usage_plan_bind(usage_plan *p, cst_reader *r, cst_error *e);
cst_status usage_crowd_init(usage_crowd *c, cst_error *e);
void usage_crowd_free(usage_crowd *c);
/* Reads the whole stream into *out with so many threads. */
cst_status usage_gather(const usage_plan *p, cst_reader *r, int threads, usage_crowd *out, cst_error *e);

/* Days of use in (from, to]. */
uint32_t usage_days_count(const usage_days *d, cst_day from, cst_day to);
/* Whether there is one. */
bool usage_days_any(const usage_days *d, cst_day from, cst_day to);
#endif
