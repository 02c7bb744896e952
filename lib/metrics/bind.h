/* metrics/bind.h: the names of a stream, and their binding to its file. Used while plans are made. */
#ifndef CST_METRICS_BIND_H
#define CST_METRICS_BIND_H
#include "metrics/plan.h"

/* The names and the slots that a stream needs for itself. `metrics`: how many may add slots. `lines`:
 * renewals are asked for, so subscriptions keep what they are for. */
cst_status cst_plan_open(cst_plan *p, cst_from from, const cst_plan_input *in, size_t metrics, bool lines,
                         cst_error *e);
/* Binds the columns that turned out to be needed. */
cst_status cst_plan_finish(cst_plan *p, cst_error *e);
void cst_plan_clear(cst_plan *p);

int cst_plan_name(const cst_plan *p, const char *name); /* -1: none */
int cst_plan_slot(cst_plan *p, int name, cst_slot_kind kind, bool required);
#endif
