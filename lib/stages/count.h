/* stages/count.h: what became of the items that came to a stage, and how long they were in it.
 *
 * A spell is the time from the row that enters a stage to the row that enters another; the rows of an item
 * give one spell after the other, and each ends in one way. An item passes an open stage that it jumps over,
 * from an open stage to a higher one that is open or won. */
#ifndef CST_STAGES_COUNT_H
#define CST_STAGES_COUNT_H
#include "stages/session.h"

typedef struct stages_count {
    uint64_t entered; /* spells: the sum of the next five */
    uint64_t forward, back, won, lost, still_there;
    uint64_t passed;         /* items that jumped it and were never in it */
    uint64_t moved, reached; /* items that came to it and have a next stage; that got to a higher one */
    uint64_t ended_won, ended_lost; /* items that came to it, by their last end after that */
    uint64_t overdue;               /* still there, for more days than the stage's target */
    double *days;                   /* by item that was in it: the sum of its spells */
    unsigned char *left;            /* likewise: it is not there any more */
    size_t n, room;
} stages_count;

/* By group of the item's last row, and the total; each a count per stage of the pipeline. */
typedef struct stages_counts {
    stages_count *at;
    uint64_t *items; /* by group */
    size_t groups, stages;
} stages_counts;

cst_status stages_counts_make(const stages_session *s, stages_counts *out, cst_error *e);
void stages_counts_free(stages_counts *c);
/* group: of the items' groups; c->groups: the total. */
static inline stages_count *stages_count_at(const stages_counts *c, size_t group, size_t stage)
{
    return &c->at[group * c->stages + stage];
}
#endif
