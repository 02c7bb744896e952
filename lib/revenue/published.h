/* revenue/published.h: --definitions: NRR over twelve months, as eight published definitions have it. What an
 * account adds to each is found by published.c, what all of it comes to by published_table.c. */
#ifndef CST_REVENUE_PUBLISHED_H
#define CST_REVENUE_PUBLISHED_H
#include "revenue/session.h"

/* In the order of their numbers, which begin with 1. */
enum {
    PUB_ENDS,       /* one end of the year to the other */
    PUB_MOVEMENTS,  /* --retention movements */
    PUB_COMPOUNDED, /* --retention compounded; what is added up is one month's rate */
    PUB_POOLED,     /* twelve months' sums, to the power of 12 */
    PUB_MEAN,       /* of twelve of the first; nothing of its own is added up */
    PUB_QUARTER,    /* revenue of a quarter */
    PUB_YEAR,       /* revenue of a year */
    PUB_LARGE,      /* the first, of the large ones */
    PUBLISHED
};

/* A fraction of sums. */
typedef struct pub_part {
    cst_wide num, den;
} pub_part;

/* A month. */
typedef struct pub_cell {
    pub_part of[PUBLISHED];
} pub_cell;

typedef struct pub_months {
    cst_period low; /* eleven before the first that is printed */
    uint32_t n;
    pub_cell *cell;
} pub_months;

/* Whether every month that a definition reads at t is one of the data. */
bool rev_published_is_known(const rev_session *s, int definition, cst_period t);
bool rev_published_has_detail(const rev_session *s, int definition);
/* The main output. */
cst_status rev_published_write(rev_session *s, const pub_months *m, cst_error *e);
#endif
