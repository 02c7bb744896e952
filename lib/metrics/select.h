/* metrics/select.h: the rows of an account that count on one day, judged as they were known then. */
#ifndef CST_METRICS_SELECT_H
#define CST_METRICS_SELECT_H
#include "metrics/aggregate.h"
#include "metrics/grid.h"
#include "metrics/lines.h"
#include "metrics/sliding.h"

typedef struct cst_items {
    cst_item *item;
    size_t n, room;
} cst_items;
bool cst_items_room(cst_items *l, size_t n); /* room for n in all; false: out of memory */
void cst_items_clear(cst_items *l);

typedef struct cst_selector {
    const cst_plans *plans;
    const cst_company *company;
    const cst_desk *desk;
    const cst_grid *grid;
    const cst_valuation *valuation;
    int32_t grace;
    cst_made_list renewals, changes; /* of the account */
    cst_tally tally;                 /* of the values of one measure on one day */
} cst_selector;

void cst_selector_open(cst_selector *s, const cst_plans *plans, const cst_desk *d, const cst_grid *g,
                       const cst_valuation *v, int32_t grace);
void cst_selector_clear(cst_selector *s);
/* Turns to an account; makes its renewals and changes where they are wanted. */
cst_status cst_select_account(cst_selector *s, uint32_t account, bool renewals, bool changes, cst_error *e);
/* Adds the items of a measure over a stream on a day with a window from <= t < to; from INT64_MIN: since
 * ever. */
cst_status cst_select(cst_selector *s, const cst_measure *u, uint32_t account, cst_day day, int64_t from,
                      int64_t to, cst_items *out, cst_error *e);
/* The first day of a subscription of the account; CST_DAY_NONE: it has none. */
cst_day cst_select_first(const cst_selector *s, uint32_t account);
/* 1: MRR > 0 at the close of the day; 0: not; 2: no subscriptions are given. CST_DATA: it is below zero. */
cst_status cst_select_active(const cst_selector *s, uint32_t account, cst_day day, int *out, cst_error *e);
#endif
