/* cohort/tally.h: durations and events as counts per distinct duration and group, so that memory does not
 * grow with the rows. Counts are integers: any split of the rows, merged in any order, gives the same. */
#ifndef CST_COHORT_TALLY_H
#define CST_COHORT_TALLY_H
#include "base/intern.h"
#include "base/map.h"
#include <cstools/stats.h>

/* One group's counts. Zero-initialise. Durations that are small whole numbers, the common case, index an
 * array; others go through a map from their bits. */
typedef struct cohort_tally {
    uint64_t (*whole)[3]; /* by duration: without and with the event; who entered then */
    size_t whole_n;
    cst_map *other; /* bits of the duration -> index into count + 1 */
    cst_survival_count *count;
    size_t n, room;
} cohort_tally;

bool cohort_tally_add(cohort_tally *t, double duration, bool event, uint64_t times);
/* A subject that is not seen before that duration, besides its end. */
bool cohort_tally_enter(cohort_tally *t, double duration, uint64_t times);
bool cohort_tally_merge(cohort_tally *into, const cohort_tally *from);
/* All of it, ascending; *n of them; the caller frees. */
cst_survival_count *cohort_tally_counts(const cohort_tally *t, size_t *n);
void cohort_tally_free(cohort_tally *t); /* what it holds */

/* The tallies of all groups, by id of an interner of keys. */
typedef struct cohort_tallies {
    cohort_tally *at;
    uint32_t n;
    size_t room;
} cohort_tallies;

cohort_tally *cohort_tallies_at(cohort_tallies *s, uint32_t id);
/* Adds `from`, whose ids are of `from_names`, to `into`, whose ids are of `names`. */
bool cohort_tallies_merge(cohort_tallies *into, cst_intern *names, const cohort_tallies *from,
                          const cst_intern *from_names);
void cohort_tallies_free(cohort_tallies *s);
#endif
