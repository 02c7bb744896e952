/* stats/logistic.h: what a fit is asked before it begins. */
#ifndef CST_STATS_LOGISTIC_H
#define CST_STATS_LOGISTIC_H
#include <cstools/stats.h>

typedef struct cst_logistic_input {
    uint64_t events;
    /* sums over all rows and over the events; both proper: 0 < event_weight < weight */
    double weight, event_weight;
} cst_logistic_input;

cst_status cst_logistic_check(const cst_design *d, const unsigned char *label, const cst_logistic_options *o,
                              cst_logistic_input *out, cst_error *e);
#endif
