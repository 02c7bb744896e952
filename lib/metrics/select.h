/* metrics/select.h: the rows of an account that count on one day, judged as they were known then. */
#ifndef CST_METRICS_SELECT_H
#define CST_METRICS_SELECT_H
#include "base/memory.h"
#include "metrics/aggregate.h"
#include "metrics/grid.h"
#include "metrics/lines.h"
#include "metrics/sliding.h"

typedef struct met_items {
    met_item *item;
    size_t n, room;
} met_items;
static inline bool met_items_room(met_items *l, size_t n) /* for n in all */
{
    return cst_grow(&l->item, &l->room, n, sizeof *l->item);
}
void met_items_clear(met_items *l);

typedef struct met_selector {
    const met_plans *plans;
    const met_company *company;
    const met_scratch *scratch;
    const met_grid *grid;
    const met_valuation *valuation;
    const cst_renewal_rules *rules;
    cst_renewals lines;                            /* of the account */
    met_generated_list renewals, changes, endings; /* of the account */
    met_tally tally;                               /* of the values of one measure on one day */
} met_selector;

void met_selector_open(met_selector *s, const met_plans *plans, const met_scratch *d, const met_grid *g,
                       const met_valuation *v, const cst_renewal_rules *rules);
void met_selector_clear(met_selector *s);
/* Which rows that are made of the subscriptions are wanted. */
typedef struct met_wanted {
    bool renewals, changes, endings;
} met_wanted;
/* Turns to an account; makes what is wanted. */
cst_status met_select_account(met_selector *s, uint32_t account, met_wanted wanted, cst_error *e);
/* Adds the items of a measure over a stream on a day with a window from <= t < to; from INT64_MIN: since
 * ever. */
cst_status met_select(met_selector *s, const met_measure *u, uint32_t account, cst_day day, int64_t from,
                      int64_t to, met_items *out, cst_error *e);
/* The first day of a subscription of the account; CST_DAY_NONE: it has none. */
cst_day met_select_first(const met_selector *s, uint32_t account);
/* 1: MRR > 0 at the close of the day; 0: not; 2: no subscriptions are given. CST_DATA: it is below zero. */
cst_status met_select_active(const met_selector *s, uint32_t account, cst_day day, int *out, cst_error *e);
#endif
