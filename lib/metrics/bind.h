/* metrics/bind.h: the names of a stream, and their binding to its file. Used while plans are made. */
#ifndef CST_METRICS_BIND_H
#define CST_METRICS_BIND_H
#include "metrics/plan.h"

/* The names and the slots that a stream needs for itself. `metrics`: how many may add slots. `lines`:
 * renewals are asked for, so subscriptions keep what they are for. */
cst_status met_plan_open(met_plan *p, met_from from, const met_plan_input *in, size_t metrics, bool lines,
                         cst_error *e);
/* Binds the columns that turned out to be needed. */
cst_status met_plan_finish(met_plan *p, cst_error *e);
void met_plan_clear(met_plan *p);

int met_plan_name(const met_plan *p, const char *name); /* -1: none */
int met_plan_slot(met_plan *p, int name, met_slot_kind kind, bool required);
#endif
