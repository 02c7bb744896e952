/* cohort/moves.h: the group that an account is in, from day to day, where groups are columns of the rows: the
 * one that pays most. A move from one to another is no loss and no beginning. */
#ifndef CST_COHORT_MOVES_H
#define CST_COHORT_MOVES_H
#include "cohort/survival.h"
#include <cstools/ledger.h>

/* From `day` on the account is in this group of the ledger's. */
typedef struct cohort_stay {
    cst_day day;
    uint32_t group;
} cohort_stay;

/* Of one account after the other. Zero-initialise. */
typedef struct cohort_stays {
    cohort_stay *at; /* the first is on the first day */
    size_t n, room;
    bool several;                     /* pay on the first day: a choice was made */
    struct cohort_group_event *event; /* scratch */
    struct cohort_group_sum *sum;
    size_t event_room, sum_room;
} cohort_stays;

/* The groups of an account, whose rows cohort_book_part has ordered, on the days first <= d < end. Of groups
 * that pay the same it is in the one that it was in, else in the first by its bytes. Amounts of several
 * currencies are compared as numbers. */
bool cohort_stays_fill(cohort_stays *s, const cst_ledger_account *a, cst_day first, cst_day end);
void cohort_stays_free(cohort_stays *s);

/* Takes the moves of an account among its stays into a list of text; unit: of tenure. */
bool cohort_moves_add(cohort_moves *m, const cohort_stays *s, const cst_ledger_account *a, cst_every unit);
bool cohort_moves_merge(cohort_moves *into, const cohort_moves *from);
void cohort_moves_free(cohort_moves *m);
/* A row per move, in the order of the list. */
cst_status cohort_write_moves(const cohort_subjects *s, const cohort_input *in, cst_error *e);

/* Whole units completed from a day to another, not before it. */
int32_t cohort_tenure(cst_every unit, cst_day from, cst_day to);
#endif
