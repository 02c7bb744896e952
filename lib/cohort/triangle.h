/* cohort/triangle.h: cells of cohort x age as sums that any worker may fill and that are merged by key.
 *
 * Time is counted in ticks, the periods of --every. An account has an anchor, the tick its ages run from;
 * at tick t its age is t - anchor. Its cohort is the period of --cohort-every that holds the day on which
 * it began, a day of the anchor; or the value of a column. Sums are integers, so that neither threads nor
 * the order of rows change a cell. */
#ifndef CST_COHORT_TRIANGLE_H
#define CST_COHORT_TRIANGLE_H
#include "base/map.h"
#include "base/period.h"
#include "cohort/input.h"

/* The edges of a triangle and what its cells are. */
typedef struct cohort_frame {
    cst_calendar ages, cohorts;
    bool labels;         /* cohorts are the values of a column: the last part of a group's key */
    bool one_anchor;     /* all accounts of a cohort have the same anchor: a cell has a calendar period */
    bool split;          /* a tick may lie in two cohorts, as weeks do in months: the day tells which */
    cst_day day;         /* the data is good for */
    cst_day complete;    /* a cohort that ends by then is complete */
    cst_period last;     /* the last tick that is complete */
    cst_period from, to; /* cohorts that are wanted */
    cst_period history;  /* a first revenue at or before this tick has an unknown start; INT32_MIN: none */
    enum cohort_measure measure;
    bool never_left;
    bool lives;                         /* to be projected: what became of each account is counted */
    bool worth;                         /* logos: `den` is what those who are counted pay */
    const struct cohort_starts *starts; /* with events: anchors are first revenues; NULL: first events */
    int date_column;                    /* of the accounts: the cohort's date; -1: the first activity */
} cohort_frame;

/* What goes before the data is seen; cohort_frame_close sets the right edge. CST_USAGE: options that do
 * not go together. */
cst_status cohort_frame_open(cohort_frame *f, const cohort_input *in, cst_error *e);
void cohort_frame_close(cohort_frame *f, const cohort_input *in, cst_day day);

typedef struct cohort_cell {
    cst_wide num; /* accounts, millionths of money, events */
    cst_wide den; /* nrr, grr: what the same accounts paid at age 0, valued at this tick; or see `worth` */
} cohort_cell;

/* What became, from one age to the next, of those who never left. */
typedef struct cohort_life {
    uint64_t risk, lost; /* there at the age before, and followed to this one; of these, gone at it */
} cohort_life;

/* A cohort of a group. Ages past `ages` are zero. */
typedef struct cohort_line {
    uint32_t group;    /* of the triangle's interner */
    cst_period cohort; /* 0 where cohorts are labels */
    cst_period latest; /* anchor of any of its accounts */
    uint64_t size;     /* accounts */
    cohort_cell *cell;
    uint32_t ages, lives;
    size_t room, life_room;
    cohort_life *life; /* by age, where the frame asks for it */
} cohort_line;

/* When an account began. */
typedef struct cohort_began {
    cst_period tick; /* the first that it is active in; INT32_MAX: none */
    cst_day day;     /* a day of it; set where the frame is split */
} cohort_began;
#define COHORT_NEVER ((cohort_began){INT32_MAX, CST_DAY_NONE})

/* Accounts that are in no cohort, and why. */
typedef struct cohort_left_out {
    uint64_t undated;   /* the cohort's date is missing */
    uint64_t unstarted; /* have events and no revenue */
    uint64_t before;    /* their start is not known */
} cohort_left_out;

typedef struct cohort_triangle {
    cst_intern *groups;
    cst_map *index; /* group and cohort -> line */
    cohort_line *line;
    size_t n, room;
    cohort_left_out out;
} cohort_triangle;

cst_status cohort_triangle_init(cohort_triangle *t, cst_error *e);
void cohort_triangle_free(cohort_triangle *t);
bool cohort_triangle_merge(cohort_triangle *into, const cohort_triangle *from);

/* One account in one group, by tick from `low` on. */
typedef struct cohort_profile {
    cst_text account;
    cst_text key; /* of the group */
    cst_period low;
    uint32_t n;
    const unsigned char *active;
    const cst_wide *amount; /* NULL: logos alone */
    /* nrr and grr: what the account paid at the anchor, valued at a tick; NULL: the amount at the anchor. */
    const cst_wide *base; /* by age */
} cohort_profile;

/* The anchor and the cohort of an account that began then, unless the frame says otherwise. false:
 * in no cohort, which is counted where it must be told. */
bool cohort_anchor(cohort_triangle *t, const cohort_frame *f, const cohort_input *in, cst_text account,
                   cohort_began began, cst_period *anchor, cst_period *cohort, cst_status *status,
                   cst_error *e);
/* Adds the account to its cohort. */
cst_status cohort_triangle_add(cohort_triangle *t, const cohort_frame *f, const cohort_profile *p,
                               cst_period anchor, cst_period cohort, cst_error *e);
/* An account that has no rows of the main stream, into its cohort; see add_unseen. */
cst_status cohort_triangle_add_quiet(cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                     cst_text account, cst_error *e);
/* With cohorts by a date of the accounts: those that no row speaks of are in their cohort too.
 * seen[account]. */
cst_status cohort_triangle_add_unseen(cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                      const unsigned char *seen, cst_error *e);

/* How many ages all accounts of a line have reached; 0: not even the first. */
uint32_t cohort_line_reached(const cohort_line *l, const cohort_frame *f);

/* The key of an account whose group columns are all attributes. */
void cohort_attribute_key(const cohort_input *in, cst_text account, cst_buffer *out);

cst_status cohort_triangle_of_subscriptions(cohort_triangle *t, cohort_frame *f, cohort_input *in,
                                            cst_error *e);
cst_status cohort_triangle_of_events(cohort_triangle *t, cohort_frame *f, cohort_input *in, cst_error *e);
cst_status cohort_triangle_write(const cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                 cst_error *e);
#endif
