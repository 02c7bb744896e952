/* revenue/partial.h: --partial writes what a part of the accounts adds up to; --merge adds parts
 * together. A part is a table item,period,group,name,value of integers (millionths) and texts; the
 * definition it was made under is in it, and parts made under different ones are refused. Any split of
 * the accounts gives the same bytes as one run. */
#ifndef CST_REVENUE_PARTIAL_H
#define CST_REVENUE_PARTIAL_H
#include "revenue/session.h"

cst_status cst_partial_run(cst_session *s, cst_error *e);
cst_status cst_merge_run(cst_session *s, cst_error *e);

/* definition.c: the definition of a run as names and texts. */
enum { CST_DEFINITIONS = 28 };
typedef struct cst_definition {
    const char *name;
    char *text; /* freed by cst_definition_free */
} cst_definition;
/* What a run's options (and, with `s`, its tables) come to. */
cst_status cst_definition_of(const cst_revenue_opts *o, const cst_session *s,
                             cst_definition out[CST_DEFINITIONS], cst_error *e);
void cst_definition_free(cst_definition d[CST_DEFINITIONS]);
/* Puts them into the manifest: a figure is worth what its definition is known to be. */
cst_status cst_definition_tell(const cst_session *s, cst_error *e);
/* Sets the option that a name and a text stand for; false: no such name or no such value. `text`
 * outlives the options. */
bool cst_definition_apply(cst_revenue_opts *o, const char *name, const char *text);
#endif
