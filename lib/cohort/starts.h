/* cohort/starts.h: the first recurring revenue of each account, for events laid into cohorts of customers. */
#ifndef CST_COHORT_STARTS_H
#define CST_COHORT_STARTS_H
#include "base/intern.h"
#include "cohort/triangle.h"

typedef struct cohort_starts {
    cst_intern *accounts;
    cohort_began *first; /* by id of the accounts: the first tick at whose close it has revenue */
    uint32_t n;
    size_t room;
} cohort_starts;

/* Reads the operands as subscriptions: all their rows, whatever --where and --by say of the events. */
cst_status cohort_starts_read(cohort_starts *s, const cohort_frame *f, const cohort_input *in, cst_error *e);
void cohort_starts_free(cohort_starts *s); /* what it holds */
/* COHORT_NEVER: the account has none. */
cohort_began cohort_starts_find(const cohort_starts *s, cst_text account);
#endif
